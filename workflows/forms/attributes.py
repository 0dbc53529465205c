"""What a form-js component may say, and how each thing is read: the rest is refused by name and place, not ignored."""

import re
from collections.abc import Mapping
from typing import Any

from workflows.forms import feel

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


class FormRefused(ValueError):
    """The form uses something that is not supported; the message says what and where."""


def read_code(choice: Mapping[str, Any], where: str) -> str:
    """The value of a choice: a word that may stand in a condition and in a URL."""
    code = read_string(choice, "value", where)
    if not CHOICE.fullmatch(code):
        raise FormRefused(f"{where}: choice {code!r}: letters, Chinese characters, digits and _ only")
    return code


def read_hide(component: Mapping[str, Any], where: str) -> feel.Condition | None:
    """When the component does not apply; None when it always does."""
    conditional = component.get("conditional")
    if conditional is None:
        return None
    if not isinstance(conditional, dict) or set(conditional) != {"hide"}:
        raise FormRefused(f"{where}: a conditional has one entry, hide")
    return read_condition(conditional["hide"], where)


def read_condition(text: object, where: str) -> feel.Condition | None:
    """The condition of a FEEL expression; None when there is none."""
    if text is None:
        return None
    if not isinstance(text, str):
        raise FormRefused(f"{where}: a condition is a FEEL expression")
    try:
        return feel.parse(text)
    except feel.FeelRefused as error:
        raise FormRefused(f"{where}: condition {text[:100]!r}: {error}") from error


def read_properties(component: Mapping[str, Any], allowed: set[str], where: str) -> Mapping[str, str]:
    """The component's own properties, each a text, of which only the `allowed` may be there."""
    properties = component.get("properties", {})
    if not isinstance(properties, dict) or not all(isinstance(value, str) for value in properties.values()):
        raise FormRefused(f"{where}: properties map names to texts")
    allow_only(properties, allowed, f"{where}: properties")
    return properties


def allow_only(mapping: Mapping[str, Any], allowed: set[str], where: str) -> None:
    """Refuses whatever is not among the `allowed` attributes."""
    stray = sorted(set(mapping) - allowed)
    if stray:
        raise FormRefused(f"{where}: not supported: {', '.join(stray)}")


def read_key(component: Mapping[str, Any], name: str, where: str) -> str:
    """The name of a field in the data."""
    key = read_string(component, name, where)
    if not KEY.fullmatch(key):
        raise FormRefused(f"{where}: {name} {key!r}: lower-case letters, digits and _ only")
    return key


def read_string(mapping: Mapping[str, Any], name: str, where: str, default: str | None = None) -> str:
    """A plain text; expressions are refused. Without a `default` it must be there."""
    value = mapping.get(name, default)
    if not isinstance(value, str) or (default is None and not value):
        raise FormRefused(f"{where}: {name} must be a text")
    if value.startswith("=") or "{{" in value:
        raise FormRefused(f"{where}: {name} must be plain text, not an expression")
    return value


def read_whole(value: object, where: str, most: int) -> int:
    """A whole number from 0 to `most`, also when it is written as text."""
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch("[0-9]{1,9}", text, re.ASCII) or int(text) > most:
        raise FormRefused(f"{where} must be a whole number up to {most}")
    return int(text)
