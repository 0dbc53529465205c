"""What two versions of a form differ in: fields added, removed, changed and moved, attribute by attribute.

Everything that stands in the schema is compared, also what this program does not support: nothing changes unseen. A
field is the same field as long as its key is the same, for that is its name in the data; texts, groups and lines go by
their id.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from workflows.forms.loading import NO_PARTS, load_part
from workflows.forms.refusals import FormRefused
from workflows.forms.shared_parts import Contents, contents_of, parts_named, put_in_place

FORM = ""
"""The id under which the form's own attributes are compared."""

KINDS = {
    "default": "表单",
    "textfield": "单行文字",
    "textarea": "多行文字",
    "number": "整数",
    "datetime": "日期",
    "radio": "单选",
    "select": "下拉选择",
    "checklist": "多选",
    "checkbox": "勾选",
    "dynamiclist": "明细表",
    "group": "分组",
    "text": "说明文字",
    "separator": "分隔线",
}
_LABELS = {
    "type": "类型",
    "label": "名称",
    "dateLabel": "名称",
    "description": "填写说明",
    "text": "文字",
    "key": "字段编号",
    "path": "字段编号",
    "readonly": "只读",
    "disabled": "停用",
    "validate.required": "必填",
    "validate.minLength": "最少字数",
    "validate.maxLength": "最多字数",
    "validate.min": "最小值",
    "validate.max": "最大值",
    "validate.pattern": "格式要求",
    "validate.patternErrorMessage": "格式不符时的提示",
    "conditional.hide": "隐藏条件",
    "properties.title": "标题",
    "properties.name": "简称",
    "properties.kind": "数据种类",
    "properties.unit": "单位",
    "properties.min": "最小值",
    "properties.max": "最大值",
    "properties.decimals": "小数位数",
    "properties.example": "示例",
    "properties.prefill": "预填来源",
    "properties.required_when": "必填条件",
    "properties.description": "填写说明",
    "properties.min_items": "最少行数",
    "properties.max_items": "最多行数",
    "properties.part": "共用部分",
    "values": "选项顺序",
    "appearance.suffixAdorner": "后缀",
    "appearance.prefixAdorner": "前缀",
    "showOutline": "显示边框",
    "subtype": "日期类型",
    "decimalDigits": "小数位数",
    "id": "组件编号",
}
# Of a component that only one version has these say nothing; where two versions differ they count.
_UNSAID = frozenset({"type", "label", "dateLabel", "id", "key", "path", "values", "subtype", "decimalDigits"})


class NotComparable(Exception):
    """One of the two files is no form-js schema at all."""


@dataclass(frozen=True)
class AttributeDifference:
    """One attribute: its code, its Chinese label, the old and the new value, None where it has none."""

    field: str
    label: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class ComponentDifference:
    """A component of a form that differs; `id` is a field's path, "" for the form itself. `place` says where it is."""

    id: str
    name: str
    kind: str
    kind_name: str
    place: str
    fields: tuple[AttributeDifference, ...]
    moved: bool


@dataclass(frozen=True)
class FormDifference:
    """What differs between two forms, `name` being the title; `moved` is what is the same and stands elsewhere."""

    name: str
    added: tuple[ComponentDifference, ...]
    removed: tuple[ComponentDifference, ...]
    changed: tuple[ComponentDifference, ...]
    moved: tuple[ComponentDifference, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.moved)


@dataclass
class _Component:
    id: str
    kind: str
    within: str
    place: str
    values: dict[str, str] = field(default_factory=dict)
    # How it is laid out in its row; with the order of its group that is where it stands.
    layout: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        said = next(
            (self.values[each] for each in ("properties.title", "label", "dateLabel") if each in self.values), ""
        )
        return said or " ".join(self.values.get("text", "").split())[:40] or self.id


def compare_forms(
    old: bytes | None,
    new: bytes | None,
    old_parts: Mapping[str, bytes] = NO_PARTS,
    new_parts: Mapping[str, bytes] = NO_PARTS,
) -> FormDifference:
    """Compare two form-js schemas; None is a form that does not exist. Raises NotComparable for what is no schema.

    A shared part that both hold is compared as a file of its own, not here. One that only one of them holds is looked
    into: what was written in the form before is still there when a part holds it.
    """
    shared = set(parts_named(old or b"")) & set(parts_named(new or b""))
    before, after = _read(old, _others(old_parts, shared)), _read(new, _others(new_parts, shared))
    added = [_whole(each, is_new=True) for key, each in after.items() if key not in before]
    removed = [_whole(each, is_new=False) for key, each in before.items() if key not in after]
    moved = _moved(before, after)
    both = [_compare(before[key], each, moved=key in moved) for key, each in after.items() if key in before]
    title = next((form[FORM].name for form in (after, before) if form), "")
    return FormDifference(
        title,
        tuple(added),
        tuple(removed),
        tuple(each for each in both if each.fields),
        tuple(each for each in both if each.moved and not each.fields),
    )


def _others(parts: Mapping[str, bytes], left_out: set[str]) -> Contents:
    """The components of the parts but these; of one that cannot be used none, which the gate says."""
    others: dict[str, Sequence[Mapping[str, Any]]] = {}
    for name, text in parts.items():
        with suppress(FormRefused):
            if name not in left_out and load_part(text):
                others |= contents_of([name], parts)
    return others


def _read(text: bytes | None, contents: Contents) -> dict[str, _Component]:
    """The components of a form by id, in reading order, the form itself first."""
    if text is None:
        return {}
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotComparable(str(error)) from error
    if not isinstance(schema, dict):
        raise NotComparable("not an object")
    schema = put_in_place(schema, contents)
    form = _Component(FORM, "default", FORM, "", dict(_values(schema)))
    found = {FORM: form}
    _walk(schema.get("components"), FORM, "", found)
    return found


def _walk(components: object, within: str, place: str, found: dict[str, _Component]) -> None:
    row = None
    for each in components if isinstance(components, list) else []:
        if not isinstance(each, dict):
            found[FORM].values.setdefault("components", json.dumps(each, ensure_ascii=False))
            continue
        kind = str(each.get("type", ""))
        layout = each["layout"] if isinstance(each.get("layout"), dict) else {}
        # Ids of rows are the editor's own: what counts is who stands in one row.
        beside = "beside" if row is not None and layout.get("row") == row else ""
        row = layout.get("row")
        others = [f"{name}={value}" for name, value in sorted(layout.items()) if name != "row" and value is not None]
        identity = _identity(each, kind, within, found)
        component = _Component(identity, kind, within, place, dict(_values(each)), (beside, *others))
        found[identity] = component
        inner = f"{place}／{component.name}" if place else component.name
        _walk(each.get("components"), identity, inner, found)


def _identity(component: Mapping[str, Any], kind: str, within: str, found: Mapping[str, _Component]) -> str:
    key = component.get("path" if kind == "dynamiclist" else "key")
    if isinstance(key, str) and key:
        in_list = found[within].kind == "dynamiclist"
        wanted = f"{within}.{key}" if in_list else key
    else:
        wanted = f"#{component.get('id') or kind}"
    number, free = 1, wanted
    while free in found:
        number += 1
        free = f"{wanted}({number})"
    return free


def _values(node: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every attribute as a code and a text; components and their layout are compared by themselves."""
    for name, value in node.items():
        if not prefix and (name == "components" or (name == "layout" and isinstance(value, dict))):
            continue
        code = f"{prefix}{name}"
        if not prefix and name == "values" and isinstance(value, list):
            yield from _options(value)
        elif isinstance(value, dict) and value:
            yield from _values(value, f"{code}.")
        elif value is not None:
            yield code, _text(value)


def _options(values: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Each choice by its value, and their order."""
    met: Counter[str] = Counter()
    order = []
    for each in values:
        known = isinstance(each, dict) and set(each) == {"value", "label"}
        value = str(each["value"]) if known else _text(each)
        met[value] += 1
        order.append(value)
        yield f"option:{value}" + (f"({met[value]})" if met[value] > 1 else ""), _text(each["label"] if known else each)
    yield "values", "、".join(order)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _moved(before: Mapping[str, _Component], after: Mapping[str, _Component]) -> set[str]:
    """What stands in another group, in another row or among others: of two neighbours that swapped, one."""
    both = [key for key in after if key in before]
    moved = {key for key in both if before[key].within != after[key].within or before[key].layout != after[key].layout}
    for group in {after[key].within for key in both}:
        now = [key for key in both if after[key].within == before[key].within == group]
        then = [key for key in before if key in set(now)]
        same = {
            then[block.a + step]
            for block in SequenceMatcher(None, then, now, autojunk=False).get_matching_blocks()
            for step in range(block.size)
        }
        moved |= set(now) - same
    return moved


def _whole(component: _Component, *, is_new: bool) -> ComponentDifference:
    fields = tuple(
        AttributeDifference(code, label_of(code), None if is_new else value, value if is_new else None)
        for code, value in component.values.items()
        if code not in _UNSAID
    )
    return _difference(component, fields, moved=False)


def _compare(old: _Component, new: _Component, *, moved: bool) -> ComponentDifference:
    fields = [
        _said(code, old.values.get(code), new.values.get(code))
        for code in dict.fromkeys([*new.values, *old.values])
        if old.values.get(code) != new.values.get(code)
    ]
    # Where choices came or went, their order says it a second time.
    if any(each.field.startswith("option:") and None in (each.old, each.new) for each in fields):
        fields = [each for each in fields if each.field != "values" or _reordered(each)]
    return _difference(new, tuple(fields), moved=moved)


def _reordered(options: AttributeDifference) -> bool:
    old, new = (said.split("、") if said else [] for said in (options.old, options.new))
    return [each for each in old if each in new] != [each for each in new if each in old]


def _said(code: str, old: str | None, new: str | None) -> AttributeDifference:
    if code == "type":
        old, new = (said if said is None else KINDS.get(said, said) for said in (old, new))
    return AttributeDifference(code, label_of(code), old, new)


def label_of(code: str) -> str:
    """An attribute's name in Chinese; what the program has no word for goes by what it is called in the file."""
    if code.startswith("option:"):
        return f"选项“{code.removeprefix('option:')}”"
    return _LABELS.get(code) or f"其他属性“{code}”"


def _difference(component: _Component, fields: tuple[AttributeDifference, ...], *, moved: bool) -> ComponentDifference:
    kind_name = KINDS.get(component.kind, component.kind)
    return ComponentDifference(component.id, component.name, component.kind, kind_name, component.place, fields, moved)
