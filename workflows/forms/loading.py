"""Reads a form-js schema into a `Form`, and refuses what this program would not render, validate or document alike.

A form is data that process owners edit. Whatever form-js may store but we do not honour (expressions in labels, file
uploads, scripts, hidden default values) is refused here, by name and place, not ignored.
"""

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from workflows.forms import feel
from workflows.forms.form import DECISION, Field, Form, Group, Option, Part, Separator, Text
from workflows.forms.kinds import CODES, Kind, kind_of
from workflows.forms.rehearsal import flaws

MAX_BYTES = 512 * 1024
MAX_FIELDS = 300
MAX_ROWS = 500
LONGEST_TEXT = {"textfield": 1000, "textarea": 20_000}
USUAL_TEXT = {"textfield": 200, "textarea": 2000}
LARGEST_NUMBER = 10**12
LONGEST_MATCHED = 200

_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9_]{1,60}", re.ASCII)
_EDITOR = {"id", "type", "layout", "conditional", "properties", "appearance"}
_FIELD = _EDITOR | {"key", "label", "description", "validate", "readonly", "disabled"}
_ATTRIBUTES = {
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
_VALIDATE = {
    "textfield": {"required", "minLength", "maxLength", "pattern", "patternErrorMessage", "validationType"},
    "textarea": {"required", "minLength", "maxLength"},
    "number": {"required", "min", "max"},
}
_PROPERTIES = {"name", "example", "prefill", "required_when"}
_KIND_PROPERTIES = {"kind", "unit", "min", "max", "decimals"}
_LIST_PROPERTIES = {"name", "description", "example", "prefill", "required_when", "min_items", "max_items"}
_ROOT = {"type", "id", "schemaVersion", "exporter", "executionPlatform", "executionPlatformVersion", "components"}


class FormRefused(ValueError):
    """The form uses something that is not supported; the message says what and where."""


@lru_cache(maxsize=256)
def load(text: bytes) -> Form:
    """The form that the bytes of a `.form` file describe; the same bytes give the same object. Raises FormRefused."""
    if len(text) > MAX_BYTES:
        raise FormRefused(f"the form is larger than {MAX_BYTES} bytes")
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormRefused(f"not readable as JSON: {error}") from error
    if not isinstance(schema, dict) or schema.get("type") != "default":
        raise FormRefused('not a form-js schema: "type" must be "default"')
    _only(schema, _ROOT | {"properties"}, "form")
    key = _string(schema, "id", "form")
    if not _KEY.fullmatch(key):
        raise FormRefused(f"form id {key!r}: lower-case letters, digits and _ only")
    properties = _properties(schema, {"title", "prefill"}, key)
    if properties.get("prefill", "facts") != "facts":
        raise FormRefused(f'{key}: property prefill of a form can only be "facts"')
    reading = _Reading(key)
    parts = reading.parts(schema.get("components"), None)
    fields = tuple(_fields(parts))
    _check_conditions(key, fields, parts)
    _check_decision(key, fields)
    form = Form(
        key=key,
        title=properties.get("title", key),
        parts=parts,
        fields=fields,
        prefills="prefill" in properties,
        sha256=hashlib.sha256(text).hexdigest(),
    )
    found = flaws(form)
    if found:
        raise FormRefused(f"{key}: {'; '.join(found)}")
    return form


@dataclasses.dataclass
class _Reading:
    """Walks the components of one form; remembers the keys met so that none is used twice."""

    form: str
    count: int = 0
    ids: set[str] = dataclasses.field(default_factory=set)

    def parts(self, components: object, hide: feel.Condition | None, within: str = "") -> tuple[Part, ...]:
        if not isinstance(components, list):
            raise FormRefused(f"{within or self.form}: components must be a list")
        parts = tuple(self.part(component, hide, within) for component in components)
        keys = [part.key for part in _fields(parts)]
        doubles = {key for key in keys if keys.count(key) > 1}
        if doubles:
            raise FormRefused(f"{within or self.form}: key used twice: {', '.join(sorted(doubles))}")
        return parts

    def part(self, component: object, hide: feel.Condition | None, within: str) -> Part:
        self.count += 1
        if self.count > MAX_FIELDS:
            raise FormRefused(f"{self.form}: more than {MAX_FIELDS} components")
        if not isinstance(component, dict):
            raise FormRefused(f"{self.form}: a component must be an object")
        kind = component.get("type")
        where = f"{self.form}/{within + '.' if within else ''}{component.get('key') or component.get('id') or kind}"
        if not isinstance(kind, str) or kind not in _ATTRIBUTES:
            raise FormRefused(f"{where}: component type {kind!r} is not supported")
        _only(component, _ATTRIBUTES[kind], where)
        if within and (kind in ("group", "dynamiclist") or "conditional" in component):
            raise FormRefused(f"{where}: no groups, lists or conditions inside a list")
        hide = _join(hide, _hide(component, where))
        id_ = self.id(component, where)
        match kind:
            case "separator":
                return Separator()
            case "text":
                text = _string(component, "text", where)
                return Text(id_, tuple(line.strip() for line in text.splitlines() if line.strip()), hide)
            case "group":
                label = _string(component, "label", where, default="")
                return Group(id_, label, self.parts(component.get("components"), hide), hide)
            case "dynamiclist":
                return self.list(component, hide, where)
            case _:
                return _field(component, hide, where, within)

    def id(self, component: Mapping[str, Any], where: str) -> str:
        found = _string(component, "id", where)
        if not _CODE.fullmatch(found) or found in self.ids:
            raise FormRefused(f"{where}: id {found!r}: letters, digits and _ only, used once")
        self.ids.add(found)
        return found

    def list(self, component: Mapping[str, Any], hide: feel.Condition | None, where: str) -> Field:
        key = _key(component, "path", where)
        if component.get("isRepeating") is not True or component.get("allowAddRemove") is not True:
            raise FormRefused(f"{where}: a list must have isRepeating and allowAddRemove set")
        properties = _properties(component, _LIST_PROPERTIES, where)
        label = _string(component, "label", where)
        columns = self.parts(component.get("components"), None, within=key)
        fields = tuple(_fields(columns))
        if not fields or len(fields) != len(columns):
            raise FormRefused(f"{where}: a list has columns and nothing else")
        min_items = _whole(properties.get("min_items", "0"), f"{where}: property min_items", MAX_ROWS)
        max_items = _whole(properties.get("max_items", "100"), f"{where}: property max_items", MAX_ROWS)
        if not min_items <= max_items or max_items == 0:
            raise FormRefused(f"{where}: min_items is above max_items")
        return Field(
            type="dynamiclist",
            key=key,
            path=key,
            label=label,
            name=properties.get("name", label),
            description=properties.get("description", ""),
            required=min_items > 0,
            hide=hide,
            required_when=_condition(properties.get("required_when"), where),
            fields=fields,
            min_items=min_items,
            max_items=max_items,
            example=properties.get("example"),
            prefill=properties.get("prefill"),
        )


def _field(component: Mapping[str, Any], hide: feel.Condition | None, where: str, within: str) -> Field:
    type_ = component["type"]
    key = _key(component, "key", where)
    if component.get("disabled"):
        raise FormRefused(f"{where}: a disabled field is left out of the data; use readonly")
    if not isinstance(component.get("readonly", False), bool):
        raise FormRefused(f"{where}: readonly must be true or false, not an expression")
    if type_ == "datetime" and component.get("subtype") != "date":
        raise FormRefused(f"{where}: only dates are supported, not times")
    if type_ == "number" and component.get("decimalDigits", 0) != 0:
        raise FormRefused(f"{where}: numbers are whole; money and measures are text fields with a kind")
    allowed = _PROPERTIES | (_KIND_PROPERTIES if type_ == "textfield" else set())
    properties = _properties(component, allowed, where)
    label = _string(component, "dateLabel" if type_ == "datetime" else "label", where)
    validate = component.get("validate", {})
    if not isinstance(validate, dict):
        raise FormRefused(f"{where}: validate must be an object")
    _only(validate, _VALIDATE.get(type_, {"required"}), f"{where}: validate")
    if not isinstance(validate.get("required", False), bool):
        raise FormRefused(f"{where}: validate.required must be true or false")
    kind = _kind(properties, validate, where)
    pattern = _pattern(validate, kind, where)
    min_length, max_length = _lengths(type_, validate, kind, pattern, where)
    minimum, maximum = _bounds(type_, properties, validate, kind, where)
    return Field(
        type=type_,
        key=key,
        path=f"{within}.{key}" if within else key,
        label=label,
        name=properties.get("name", label),
        description=_string(component, "description", where, default=""),
        kind=kind,
        unit=properties.get("unit", kind.unit if kind else ""),
        required=validate.get("required", False),
        readonly=component.get("readonly", False),
        hide=hide,
        required_when=_condition(properties.get("required_when"), where),
        min_length=min_length,
        max_length=max_length,
        minimum=minimum,
        maximum=maximum,
        pattern=pattern,
        demand=_string(validate, "patternErrorMessage", where, default=""),
        options=_options(component, where) if "values" in _ATTRIBUTES[type_] else (),
        example=properties.get("example"),
        prefill=properties.get("prefill"),
        columns=_columns(component, where),
    )


def _kind(properties: Mapping[str, str], validate: Mapping[str, Any], where: str) -> Kind | None:
    code = properties.get("kind")
    if code is None:
        stray = _KIND_PROPERTIES & properties.keys()
        if stray:
            raise FormRefused(f"{where}: property {', '.join(sorted(stray))} needs a kind")
        return None
    if code not in CODES:
        raise FormRefused(f"{where}: kind {code!r} is unknown; known: {', '.join(sorted(CODES))}")
    if code == "digits":
        shortest = _whole(validate.get("minLength", 1), f"{where}: minLength", 100)
        longest = _whole(validate.get("maxLength", 20), f"{where}: maxLength", 100)
        if not 1 <= shortest <= longest:
            raise FormRefused(f"{where}: minLength is above maxLength")
        return kind_of(code, shortest=shortest, longest=longest)
    if "decimals" in properties and code != "decimal":
        raise FormRefused(f"{where}: only the kind decimal takes the property decimals")
    return kind_of(code, decimals=_whole(properties.get("decimals", "2"), f"{where}: property decimals", 6))


def _pattern(validate: Mapping[str, Any], kind: Kind | None, where: str) -> str | None:
    """The field's own pattern. One that could take exponential time on a hostile value is refused."""
    pattern = validate.get("pattern")
    if pattern is None:
        return None
    if kind or not isinstance(pattern, str) or len(pattern) > 200:
        raise FormRefused(f"{where}: a pattern is a short text, and a field with a kind has none of its own")
    if not pattern.startswith("^") or not pattern.endswith("$") or "(?" in pattern or re.search(r"\\[1-9]", pattern):
        raise FormRefused(f"{where}: a pattern starts with ^, ends with $ and has no look-around or back-reference")
    if _repeats_repetition(pattern):
        raise FormRefused(f"{where}: a repeated group with a repetition inside can take for ever: {pattern}")
    try:
        re.compile(pattern)
    except re.error as error:
        raise FormRefused(f"{where}: pattern {pattern!r}: {error}") from error
    return pattern


def _repeats_repetition(pattern: str) -> bool:
    plain = re.sub(r"\[\^?\]?(?:\\.|[^\]\\])*\]", "x", re.sub(r"\\[^\[\]]", "x", pattern))
    depth: list[bool] = []
    for index, sign in enumerate(plain):
        if sign == "(":
            depth.append(False)
        elif sign in "*+{" or sign == "|":
            depth[:] = [True] * len(depth)
        elif sign == ")" and depth:
            repeated = plain[index + 1 : index + 2] in ("*", "+", "{")
            if depth.pop() and repeated:
                return True
    return False


def _lengths(
    type_: str, validate: Mapping[str, Any], kind: Kind | None, pattern: str | None, where: str
) -> tuple[int, int]:
    if type_ not in LONGEST_TEXT:
        return 0, USUAL_TEXT["textfield"]
    if kind:
        return 0, kind.max_length
    ceiling = LONGEST_MATCHED if pattern else LONGEST_TEXT[type_]
    usual = min(USUAL_TEXT[type_], ceiling)
    shortest = _whole(validate.get("minLength", 0), f"{where}: minLength", ceiling)
    longest = _whole(validate.get("maxLength", usual), f"{where}: maxLength", ceiling)
    if shortest > longest:
        raise FormRefused(f"{where}: minLength is above maxLength")
    return shortest, longest


def _bounds(
    type_: str, properties: Mapping[str, str], validate: Mapping[str, Any], kind: Kind | None, where: str
) -> tuple[Decimal | None, Decimal | None]:
    if type_ == "number":
        least = validate.get("min", -LARGEST_NUMBER)
        most = validate.get("max", LARGEST_NUMBER)
        if type(least) is not int or type(most) is not int or not -LARGEST_NUMBER <= least <= most <= LARGEST_NUMBER:
            raise FormRefused(f"{where}: min and max are whole numbers up to {LARGEST_NUMBER}")
        return Decimal(least), Decimal(most)
    stated = {name: properties[name] for name in ("min", "max") if name in properties}
    if stated and not (kind and kind.is_decimal):
        raise FormRefused(f"{where}: min and max need a decimal kind")
    try:
        bounds = {name: Decimal(text) for name, text in stated.items()}
    except InvalidOperation as error:
        raise FormRefused(f"{where}: min and max are decimal numbers as text") from error
    if not all(bound.is_finite() for bound in bounds.values()):
        raise FormRefused(f"{where}: min and max are finite")
    if len(bounds) == 2 and bounds["min"] > bounds["max"]:
        raise FormRefused(f"{where}: min is above max")
    return bounds.get("min"), bounds.get("max")


def _options(component: Mapping[str, Any], where: str) -> tuple[Option, ...]:
    values = component.get("values")
    if not isinstance(values, list) or not values:
        raise FormRefused(f"{where}: values must be a list of choices written in the form")
    options = []
    for value in values:
        if not isinstance(value, dict):
            raise FormRefused(f"{where}: a choice has a label and a value")
        _only(value, {"label", "value"}, f"{where}: choice")
        options.append(Option(_code(value, where), _string(value, "label", where)))
    if len({option.value for option in options}) != len(options):
        raise FormRefused(f"{where}: a choice is listed twice")
    return tuple(options)


def _code(choice: Mapping[str, Any], where: str) -> str:
    code = _string(choice, "value", where)
    if not _CODE.fullmatch(code):
        raise FormRefused(f"{where}: choice {code!r}: letters, digits and _ only")
    return code


def _columns(component: Mapping[str, Any], where: str) -> int | None:
    """Width in sixteenths of the row, as form-js counts."""
    layout = component.get("layout", {})
    columns = layout.get("columns") if isinstance(layout, dict) else None
    if columns is not None and (type(columns) is not int or not 1 <= columns <= 16):
        raise FormRefused(f"{where}: layout.columns is between 1 and 16")
    return columns


def _hide(component: Mapping[str, Any], where: str) -> feel.Condition | None:
    conditional = component.get("conditional")
    if conditional is None:
        return None
    if not isinstance(conditional, dict) or set(conditional) != {"hide"}:
        raise FormRefused(f"{where}: a conditional has one entry, hide")
    return _condition(conditional["hide"], where)


def _condition(text: object, where: str) -> feel.Condition | None:
    if text is None:
        return None
    if not isinstance(text, str):
        raise FormRefused(f"{where}: a condition is a FEEL expression")
    try:
        return feel.parse(text)
    except feel.FeelRefused as error:
        raise FormRefused(f"{where}: condition {text[:100]!r}: {error}") from error


def _join(outer: feel.Condition | None, inner: feel.Condition | None) -> feel.Condition | None:
    if outer and inner:
        return feel.AnyOf((outer, inner))
    return outer or inner


def _check_conditions(form: str, fields: tuple[Field, ...], parts: tuple[Part, ...]) -> None:
    """A condition reads other fields that people fill; choices are compared with a choice that exists."""
    readable = {field.key: field for field in fields if not field.readonly and not field.is_list}
    for owner, condition in _conditions(fields, parts):
        for name in feel.names(condition):
            if name == owner or name not in readable:
                raise FormRefused(f"{form}/{owner}: a condition reads {name!r}, which is not another field to fill")
        for comparison in feel.comparisons(condition):
            options = {option.value for option in readable[comparison.name].options}
            if options and comparison.value is not None and comparison.value not in options:
                raise FormRefused(f"{form}/{owner}: {comparison.name} has no choice {comparison.value!r}")


def _conditions(fields: tuple[Field, ...], parts: Iterable[Part]) -> Iterable[tuple[str, feel.Condition]]:
    for field in fields:
        for condition in (field.hide, field.required_when):
            if condition:
                yield field.key, condition
    for part in parts:
        if isinstance(part, Group):
            yield from _conditions((), part.parts)
        elif isinstance(part, Text) and part.hide:
            yield "text", part.hide


def _check_decision(form: str, fields: tuple[Field, ...]) -> None:
    for field in fields:
        if field.key == DECISION and (field.type != "radio" or not field.required or field.hide or field.readonly):
            raise FormRefused(f"{form}: the field decision is a required radio, always shown")


def _fields(parts: Iterable[Part]) -> Iterable[Field]:
    for part in parts:
        if isinstance(part, Group):
            yield from _fields(part.parts)
        elif isinstance(part, Field):
            yield part


def _properties(component: Mapping[str, Any], allowed: set[str], where: str) -> Mapping[str, str]:
    properties = component.get("properties", {})
    if not isinstance(properties, dict) or not all(isinstance(value, str) for value in properties.values()):
        raise FormRefused(f"{where}: properties map names to texts")
    _only(properties, allowed, f"{where}: properties")
    return properties


def _only(mapping: Mapping[str, Any], allowed: set[str], where: str) -> None:
    stray = sorted(set(mapping) - allowed)
    if stray:
        raise FormRefused(f"{where}: not supported: {', '.join(stray)}")


def _key(component: Mapping[str, Any], name: str, where: str) -> str:
    key = _string(component, name, where)
    if not _KEY.fullmatch(key):
        raise FormRefused(f"{where}: {name} {key!r}: lower-case letters, digits and _ only")
    return key


def _string(mapping: Mapping[str, Any], name: str, where: str, default: str | None = None) -> str:
    value = mapping.get(name, default)
    if not isinstance(value, str) or (default is None and not value):
        raise FormRefused(f"{where}: {name} must be a text")
    if value.startswith("=") or "{{" in value:
        raise FormRefused(f"{where}: {name} must be plain text, not an expression")
    return value


def _whole(value: object, where: str, most: int) -> int:
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch("[0-9]{1,9}", text, re.ASCII) or int(text) > most:
        raise FormRefused(f"{where} must be a whole number up to {most}")
    return int(text)
