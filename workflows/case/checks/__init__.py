"""What a form alone cannot know: checks between fields and against the case, and the decisions that a case leaves open.

A form's own schema has been applied before. Each check answers the errors it found, a sentence a field. The forms of
all schemes are checked in `shared`, those of one scheme in its own module: to add one, list it in `_MODULES`.
"""

from collections.abc import Mapping
from typing import Any

from workflows.case.checks import (
    carbon_footprint,
    carbon_intensity,
    carbon_neutral,
    carbon_trading,
    future_energy,
    green_event,
    green_honour,
    industry_cluster,
    recovery,
    renewable_energy,
    retrofit,
    shared,
)
from workflows.case.checks.conclusions import not_kept
from workflows.case.checks.elsewhere import overlooked
from workflows.case.checks.holding import HELD, withheld
from workflows.case.checks.parts import Check
from workflows.case.checks.refusals import contradicted
from workflows.case.checks.shared import allowed, offered
from workflows.case.checks.subjects import unsupported
from workflows.case.step import Look
from workflows.errors import FieldError

__all__ = ["CHECKS", "HELD", "Check", "allowed", "check", "not_kept", "offered", "withheld"]

_MODULES = (
    shared,
    recovery,
    retrofit,
    green_honour,
    carbon_neutral,
    carbon_intensity,
    carbon_footprint,
    carbon_trading,
    renewable_energy,
    future_energy,
    industry_cluster,
    green_event,
)

CHECKS: Mapping[str, Check] = {form: found for module in _MODULES for form, found in module.CHECKS.items()}
"""The check of each form that has one."""


def check(form: str, look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    """The errors of a submission that its schema cannot see."""
    found = CHECKS.get(form)
    return [
        *(found(look, data) if found else ()),
        *unsupported(form, look, data),
        *overlooked(form, look, data),
        *contradicted(form, look, data),
    ]
