"""Where first values come from, and what happens when a source is empty."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.forms.made_up import load
from tests.forms.shipped_forms import ENTERPRISE, SHIPPED, context
from workflows import forms

DAY = {"type": "datetime", "subtype": "date", "dateLabel": "日"}


def first(component: dict[str, Any], facts: dict[str, Any]) -> Any:
    """The example of a form's only field."""
    form = load({"id": "f", "key": "x"} | component)
    return forms.json_schema(form, examples=context(**facts))["properties"]["x"].get("examples", [None])[0]


def text(example: str, **more: str) -> dict[str, Any]:
    return {"type": "textfield", "label": "项", "properties": {"example": example} | more}


@pytest.mark.parametrize(
    ("component", "facts", "expected"),
    [
        (text("同意"), {}, "同意"),
        (text("项目（{reference}）"), {}, "项目（TZ2026-0001）"),
        (text("enterprise:name"), {}, ENTERPRISE["name"]),
        (text("enterprise:missing else 无"), {}, "无"),
        (text("fact:missing else 无"), {}, "无"),
        (text("fact:title"), {"title": "空压系统"}, "空压系统"),
        (text("fact:paid", kind="money"), {"paid": Decimal("1E+2")}, "100"),
        (text("fact:paid else 0", kind="money"), {"paid": "很多"}, "0"),
        (text("fact:paid else 0", kind="money"), {"paid": 5.5}, "0"),
        (text("share:paid:0.3", kind="money"), {"paid": "100.01"}, "30.00"),
        (text("share:paid:0.3 else 7", kind="money"), {"paid": "NaN"}, "7"),
        (text("rest:paid:part", kind="money"), {"paid": "100.01", "part": "0.02"}, "99.99"),
        (text("rest:paid:part else 7", kind="money"), {"paid": "100.01"}, "7"),
        (DAY | {"properties": {"example": "date:today"}}, {}, "2026-03-02"),
        (text("year:today", kind="year"), {}, "2026"),
        (text("year:matter:0", kind="year"), {}, "2025"),
        ({"type": "number", "label": "数", "properties": {"example": "12"}}, {}, 12),
        ({"type": "checkbox", "label": "是", "properties": {"example": "true"}}, {}, True),
    ],
)
def test_sources(component: dict[str, Any], facts: dict[str, Any], expected: Any) -> None:
    assert first(component, facts) == expected


def test_matter_dates_stay_in_the_range_and_not_after_today() -> None:
    form = load(DAY | {"id": "f", "key": "x", "properties": {"example": "date:matter:1"}})

    def last(today: date, date_from: date, date_to: date) -> str:
        case = forms.ExampleContext("R", "t", today, date_from, date_to)
        return forms.json_schema(form, examples=case)["properties"]["x"]["examples"][0]

    assert last(date(2026, 3, 2), date(2025, 1, 1), date(2026, 4, 15)) == "2026-03-02"
    assert last(date(2026, 9, 2), date(2025, 1, 1), date(2026, 4, 15)) == "2026-04-15"
    assert last(date(2024, 9, 2), date(2025, 1, 1), date(2026, 4, 15)) == "2025-01-01"


def test_a_fact_of_another_shape_is_no_prefill() -> None:
    facts = {
        "retrofit_category": ["burning"],
        "invoice_lines": "x",
        "other_public_funds": [{"level": "moon"}],
        "summary": 5,
    }
    assert not facts.keys() & forms.prefill(SHIPPED["retrofit_application"], facts, {}).keys()


def test_facts_from_the_database_are_shown_as_text() -> None:
    facts = {"declared_investment": Decimal("3000000.00"), "start_date": date(2025, 2, 1)}
    shown = forms.prefill(SHIPPED["retrofit_application"], facts, {})
    assert shown == {"declared_investment": "3000000.00", "start_date": "2025-02-01"}
