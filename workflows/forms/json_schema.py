"""A form as JSON Schema 2020-12: what validates a submission is also what the API documents.

Money, tonnes and scores are strings with a pattern; their bounds stand in `x-minimum` and `x-maximum` because JSON
Schema bounds only numbers. Read-only fields are listed with `readOnly` and accept anything: a client may send back what
it was shown. A checkbox that must be ticked under a condition is always `required`: it is true or false.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from workflows.forms import feel
from workflows.forms.examples import ExampleContext, Examples
from workflows.forms.form import Field, Form
from workflows.forms.settling import settle

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_LINE = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"
_PARAGRAPHS = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$"
_DATE = "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"

Allowed = Mapping[str, Sequence[str]]


def json_schema(
    form: Form, *, examples: ExampleContext | None = None, allowed: Allowed | None = None
) -> dict[str, Any]:
    """The schema of a submission of `form`.

    `examples` adds to every required property a value that fits this task and case. `allowed` leaves only some choices
    of a field (path → values) open; it raises ValueError when none would be left.
    """
    narrowed = allowed or {}
    form = settle(form, narrowed)
    shown = Examples(form, examples, narrowed) if examples else None
    properties = {}
    for field in form.fields:
        properties[field.key] = _property(field, narrowed)
        if shown and field in shown.first_submission and shown.of(field):
            properties[field.key]["examples"] = shown.of(field)
    schema: dict[str, Any] = {
        "$schema": DIALECT,
        "$id": f"urn:greencase:form:{form.key}",
        "title": form.title,
        "type": "object",
        "properties": properties,
        "required": [field.key for field in form.editable() if _always_present(field)],
        "additionalProperties": False,
    }
    rules = [rule for field in form.editable() for rule in _rules(field, shown)]
    if rules:
        schema["allOf"] = rules
    return schema


def _always_present(field: Field) -> bool:
    if field.hide is not None:
        return False
    return field.required or (field.type == "checkbox" and field.required_when is not None)


def _rules(field: Field, shown: Examples | None) -> list[dict[str, Any]]:
    """The conditional part: absent when hidden, present when required."""
    rules: list[dict[str, Any]] = []
    if field.hide is not None:
        rules.append({"if": _holds(field.hide), "then": {"properties": {field.key: False}}})
    condition = _required_condition(field)
    if condition is not None:
        then: dict[str, Any] = {"required": [field.key]}
        if field.type == "checkbox":
            then["properties"] = {field.key: {"const": True}}
        if field.is_list:
            then["properties"] = {field.key: {"minItems": max(field.min_items, 1)}}
        if shown and field not in shown.first_submission and shown.of(field):
            then.setdefault("properties", {}).setdefault(field.key, {})["examples"] = shown.of(field)
        rules.append({"if": _holds(condition), "then": then})
    return rules


def _required_condition(field: Field) -> feel.Condition | None:
    """When a field that is not always required is; None when never or always."""
    visible = feel.negate(field.hide) if field.hide is not None else None
    if field.required:
        return visible
    if field.required_when is None:
        return None
    return feel.AllOf((visible, field.required_when)) if visible else field.required_when


def _holds(condition: feel.Condition) -> dict[str, Any]:
    """A schema that an object fits when the condition holds for it."""
    match condition:
        case feel.Comparison(name, value, negated):
            absent = {"not": {"required": [name]}}
            equal = absent if value is None else {"properties": {name: {"const": value}}, "required": [name]}
            return {"not": equal} if negated else equal
        case feel.AllOf(parts):
            return {"allOf": [_holds(part) for part in parts]}
        case feel.AnyOf(parts):
            return {"anyOf": [_holds(part) for part in parts]}


def _property(field: Field, allowed: Allowed) -> dict[str, Any]:
    schema: dict[str, Any] = {"title": field.name}
    if field.description:
        schema["description"] = field.description
    if field.unit:
        schema["x-unit"] = field.unit
    if field.readonly:
        return schema | {"readOnly": True}
    return schema | _type(field, allowed)


def _type(field: Field, allowed: Allowed) -> dict[str, Any]:
    match field.type:
        case "textfield" | "textarea" if field.path in allowed:
            return {"type": "string"} | _choices(field, allowed)
        case "textfield" | "textarea":
            return _text(field)
        case "number":
            return {"type": "integer", "minimum": int(field.minimum or 0), "maximum": int(field.maximum or 0)}
        case "checkbox":
            return {"type": "boolean", "const": True} if field.required else {"type": "boolean"}
        case "datetime":
            return {"type": "string", "format": "date", "pattern": _DATE, "maxLength": 10}
        case "radio" if field.is_boolean:
            return {"type": "boolean"} | _yes_or_no(field, allowed)
        case "radio" | "select":
            return {"type": "string"} | _choices(field, allowed)
        case "checklist":
            items = {"type": "string"} | _choices(field, allowed)
            bounds = {"minItems": 1} if field.required else {}
            return {"type": "array", "items": items, "uniqueItems": True, "maxItems": len(field.options)} | bounds
        case _:
            return _rows(field, allowed)


def _text(field: Field) -> dict[str, Any]:
    if field.kind:
        schema: dict[str, Any] = {"type": "string", "pattern": field.kind.pattern, "maxLength": field.kind.max_length}
        if field.minimum is not None:
            schema["x-minimum"] = format(field.minimum, "f")
        if field.maximum is not None:
            schema["x-maximum"] = format(field.maximum, "f")
        return schema
    printable = _PARAGRAPHS if field.type == "textarea" else _LINE
    schema = {"type": "string", "pattern": printable, "maxLength": field.max_length}
    shortest = max(field.min_length, 1 if field.required else 0)
    if shortest:
        schema["minLength"] = shortest
    if field.pattern:
        schema["allOf"] = [{"pattern": field.pattern}]
    return schema


def _yes_or_no(field: Field, allowed: Allowed) -> dict[str, Any]:
    choices = _choices(field, allowed)
    narrowed = {"enum": [value == "true" for value in choices["enum"]]} if len(choices["enum"]) == 1 else {}
    return {"x-labels": choices["x-labels"]} | narrowed


def _choices(field: Field, allowed: Allowed) -> dict[str, Any]:
    options = field.choices(allowed)
    if not options:
        raise ValueError(f"no choice of {field.path} is left open")
    return {
        "enum": [option.value for option in options],
        "x-labels": {option.value: option.label for option in options},
    }


def _rows(field: Field, allowed: Allowed) -> dict[str, Any]:
    row = {
        "type": "object",
        "properties": {column.key: _property(column, allowed) for column in field.fields},
        "required": [column.key for column in field.fields if column.required and not column.readonly],
        "additionalProperties": False,
    }
    bounds = {"minItems": field.min_items} if field.min_items else {}
    return {"type": "array", "items": row, "maxItems": field.max_items} | bounds
