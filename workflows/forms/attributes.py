"""What a form-js component may say, and how each thing is read: the rest is refused by name and place, not ignored."""

import re
from collections.abc import Mapping
from typing import Any

from workflows.forms import feel
from workflows.forms.refusals import FormRefused, Place, shortened

KEY = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)
CODE = re.compile(r"[A-Za-z0-9_]{1,60}", re.ASCII)
# A choice may be a legal name (绿色工厂); whatever has a meaning in HTML, CSS or FEEL may not be in it.
CHOICE = re.compile(r"[A-Za-z0-9_\u4e00-\u9fff]{1,60}")
_EDITOR = {"id", "type", "layout", "conditional", "properties", "appearance"}
_FIELD = _EDITOR | {"key", "label", "description", "validate", "readonly", "disabled"}
ATTRIBUTES = {
    "text": _EDITOR | {"text"},
    "separator": _EDITOR,
    "group": _EDITOR | {"label", "components", "showOutline", "verticalAlignment"},
    "dynamiclist": _EDITOR
    | {"label", "path", "components", "showOutline", "verticalAlignment", "isRepeating", "allowAddRemove"}
    | {"defaultRepetitions", "disableCollapse", "nonCollapsedItems"},
    "textfield": _FIELD,
    "textarea": _FIELD,
    "number": _FIELD | {"decimalDigits", "increment"},
    "checkbox": _FIELD,
    "radio": _FIELD | {"values"},
    "select": _FIELD | {"values", "searchable"},
    "checklist": _FIELD | {"values"},
    "datetime": _FIELD - {"label"} | {"subtype", "dateLabel"},
}
VALIDATE = {
    "textfield": {"required", "minLength", "maxLength", "pattern", "patternErrorMessage", "validationType"},
    "textarea": {"required", "minLength", "maxLength"},
    "number": {"required", "min", "max"},
}
PROPERTIES = {"name", "example", "prefill", "required_when"}
KIND_PROPERTIES = {"kind", "unit", "min", "max", "decimals"}
LIST_PROPERTIES = {"name", "description", "example", "prefill", "required_when", "min_items", "max_items"}
ROOT = {"type", "id", "schemaVersion", "exporter", "executionPlatform", "executionPlatformVersion", "components"}

# What the editor calls the attributes that people meet most often among the refused ones.
_WORDS = {
    "defaultValue": "默认值",
    "valuesKey": "动态选项",
    "valuesExpression": "选项表达式",
    "conditional": "显示条件",
    "validationType": "校验方式",
    "versionTag": "版本标记",
    "serializeToString": "以文本输出",
    "disallowPassedDates": "不允许过去的日期",
    "pattern": "格式（正则表达式）",
    "min": "最小值",
    "max": "最大值",
    "minLength": "最少字数",
    "maxLength": "最多字数",
    "kind": "数据类型",
    "unit": "计量单位",
    "decimals": "小数位数",
}


def read_code(choice: Mapping[str, Any], where: Place) -> str:
    """The value of a choice: a word that may stand in a condition and in a URL."""
    code = read_string(choice, "value", where, words="选项值")
    if not CHOICE.fullmatch(code):
        raise FormRefused(
            where,
            f"choice {shortened(code)!r}: letters, Chinese characters, digits and _ only",
            f"的选项值“{shortened(code)}”只能由汉字、字母、数字和下划线组成",
        )
    return code


def read_hide(component: Mapping[str, Any], where: Place) -> feel.Condition | None:
    """When the component does not apply; None when it always does."""
    conditional = component.get("conditional")
    if conditional is None:
        return None
    if not isinstance(conditional, dict) or set(conditional) != {"hide"}:
        raise FormRefused(where, "a conditional has one entry, hide", "的显示条件只能写“满足时隐藏”一项")
    return read_condition(conditional["hide"], where)


def read_condition(text: object, where: Place) -> feel.Condition | None:
    """The condition of a FEEL expression; None when there is none."""
    if text is None:
        return None
    if not isinstance(text, str):
        raise FormRefused(where, "a condition is a FEEL expression", "的条件须为一个表达式")
    try:
        return feel.parse(text)
    except feel.FeelRefused as error:
        raise FormRefused(
            where,
            f"condition {shortened(text)!r}: {error}",
            f'的条件“{shortened(text)}”不支持：{error.message_zh}。只能写“字段 = "选项值"”或“!=”，用and、or和括号连接',
        ) from error


def read_properties(component: Mapping[str, Any], allowed: set[str], where: Place) -> Mapping[str, str]:
    """The component's own properties, each a text, of which only the `allowed` may be there."""
    properties = component.get("properties", {})
    if not isinstance(properties, dict) or not all(isinstance(value, str) for value in properties.values()):
        raise FormRefused(where, "properties map names to texts", "的扩展属性须为文字")
    allow_only(properties, allowed, where, "properties: ", "扩展属性")
    return properties


def allow_only(mapping: Mapping[str, Any], allowed: set[str], where: Place, of: str = "", of_zh: str = "") -> None:
    """Refuses whatever is not among the `allowed` attributes."""
    stray = sorted(set(mapping) - allowed)
    if stray:
        names = [shortened(name) for name in stray[:5]]
        words = "、".join(f"{_WORDS[name]}（{name}）" if name in _WORDS else name for name in names)
        raise FormRefused(where, f"{of}not supported: {', '.join(names)}", f"的{of_zh}设置不支持：{words}，请删去")


def read_key(component: Mapping[str, Any], name: str, where: Place) -> str:
    """The name of a field in the data."""
    key = read_string(component, name, where, words="字段标识")
    if not KEY.fullmatch(key):
        raise FormRefused(
            where,
            f"{name} {shortened(key)!r}: lower-case letters, digits and _ only",
            f"的字段标识“{shortened(key)}”须以小写字母开头，只能由小写字母、数字和下划线组成",
        )
    return key


def read_string(
    mapping: Mapping[str, Any], name: str, where: Place, default: str | None = None, *, words: str = ""
) -> str:
    """A plain text; expressions are refused. Without a `default` it must be there. `words` name it in Chinese."""
    value = mapping.get(name, default)
    words = words or {"label": "名称", "dateLabel": "名称", "description": "填写说明", "text": "文字"}.get(name, name)
    if not isinstance(value, str) or (default is None and not value):
        raise FormRefused(where, f"{name} must be a text", f"的{words}未填写或不是文字")
    if value.startswith("=") or "{{" in value:
        raise FormRefused(
            where, f"{name} must be plain text, not an expression", f"的{words}只能是文字，不能是表达式或模板"
        )
    return value


def read_whole(value: object, where: Place, name: str, words: str, most: int) -> int:
    """A whole number from 0 to `most`, also when it is written as text; `name` and `words` say which."""
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch("[0-9]{1,9}", text, re.ASCII) or int(text) > most:
        raise FormRefused(where, f"{name} must be a whole number up to {most}", f"的{words}须为0至{most}的整数")
    return int(text)
