"""核定确认 overlooks nothing that the register has of other offices of the district for the same matter (第十条)."""

from collections.abc import Mapping
from typing import Any

from workflows.case.checks.parts import amount
from workflows.case.known_facts import paid_elsewhere
from workflows.case.step import Look
from workflows.errors import FieldError
from workflows.rules.money import format_yuan

FIELD = "other_district_paid"


def overlooked(form: str, look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    """The error of a smaller figure than the register has; nothing where the form is another, or none is stated: then
    the list counts what the register has."""
    if form != f"{look.case.scheme}_verified" or FIELD not in data:
        return []
    known = paid_elsewhere(look)
    if amount(data, FIELD) >= known:
        return []
    return [FieldError(FIELD, f"台账登记同一事项已获通州区其他部门支持{format_yuan(known)}元，此处不得少填。")]
