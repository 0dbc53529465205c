"""A form must be fillable by its own examples: a client that knows only the schema relies on it.

Checked when a form is loaded, so a form edited into a dead end never reaches a case.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from workflows.forms.errors import Invalid
from workflows.forms.examples import ExampleContext, codes_read
from workflows.forms.form import Form
from workflows.forms.json_schema import json_schema
from workflows.forms.validation import validate

_CASE = ExampleContext(
    reference="TZ2026-0001",
    task_id="rehearsal",
    today=date(2026, 3, 2),
    date_from=date(2025, 1, 1),
    date_to=date(2026, 4, 15),
    enterprise={"name": "样例单位", "uscc": "91110112YYYY000121", "entity_type": "enterprise"},
)


@dataclass(frozen=True)
class Flaw:
    """Why a form cannot be filled, at the field with this key (a cell's list; "" for no field in particular)."""

    key: str
    message: str
    message_zh: str


def flaws_of_part(part: Form) -> list[Flaw]:
    """The same of a shared part, but for what is made from fields of a form: that is judged where the part is used."""
    alone = {field.key: codes_read(field) for field in part.fields}
    while beyond := [key for key, codes in alone.items() if not codes <= alone.keys()]:
        for key in beyond:
            del alone[key]
    return [flaw for flaw in flaws(part) if not flaw.key or flaw.key in alone]


def flaws(form: Form) -> list[Flaw]:
    """What keeps a client from filling the form for a case of which only the applicant is known."""
    try:
        schema = json_schema(form, examples=_CASE)
    except (ArithmeticError, RecursionError, ValueError) as error:
        message = f"the source of an example cannot be read: {error}"
        return [Flaw("", message, "中有样例的来源写法有误，或几个样例互相引用")]
    properties = schema["properties"]
    missing = [key for key in schema["required"] if "examples" not in properties[key]]
    for rule in schema.get("allOf", []):
        then: dict[str, Any] = rule["then"]
        offered = then.get("properties", {})
        for key in then.get("required", []):
            if "examples" not in properties[key] and "examples" not in offered.get(key, {}):
                missing.append(key)
    if missing:
        words = "是必填项，须有符合要求的样例（在“业务属性”中填写样例）"
        return [Flaw(key, f"no fitting example for the required {key}", words) for key in missing]
    data = {key: shown["examples"][0] for key, shown in properties.items() if "examples" in shown}
    try:
        validate(form, data, once=True)
    except Invalid as invalid:
        return [
            Flaw(
                error.field.partition("-")[0],
                f"the example of {error.field} does not fit: {error.message}",
                f"的样例不符合填写要求：{error.message}",
            )
            for error in invalid.errors
        ]
    return []
