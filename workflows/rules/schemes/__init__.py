"""The schemes: one module for each subsidy type, reading like its article. They do not know each other.

To add one, copy the one that is most like it, write its article into it, add its parameters as a TOML file, and list it
here. `retrofit.py` is the plainest.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import ModuleType

from workflows.rules import subjects
from workflows.rules.determination import Condition, Determination
from workflows.rules.facts import read_facts
from workflows.rules.schemes import (
    carbon_footprint,
    carbon_intensity,
    carbon_neutral,
    carbon_trading,
    future_energy,
    green_event,
    green_honour,
    industry_cluster,
    renewable_energy,
    retrofit,
)

SCHEMES: Mapping[str, ModuleType] = {
    module.KEY: module
    for module in (
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
}
"""The schemes by key, in the order of their articles. Each states KEY, CLAUSE, ARTICLE, TITLE, TEXT, FACTS and
PARAMETERS, and has `determine(facts, parameters, on)` and `subject(given, parameters)`: who is supported, and where."""


class SchemeUnknown(LookupError):
    """There is no scheme of this key."""

    def __init__(self, scheme: str) -> None:
        super().__init__(f"没有编号为“{scheme[:80]}”的支持事项")
        self.scheme = scheme


def determine(scheme: str, facts: Mapping[str, object], parameters: Mapping[str, object], on: date) -> Determination:
    """What the article of this scheme gives a case with these facts, under these parameter values, on this day.

    `parameters` are typed values (`parameters.values`). The same arguments always give the same determination.
    Raises SchemeUnknown, FactInvalid or ParameterMissing.
    """
    module = SCHEMES.get(scheme)
    if module is None:
        raise SchemeUnknown(scheme)
    determination: Determination = module.determine(facts, parameters, on)
    return determination


def judge_subject(scheme: str, facts: Mapping[str, object], parameters: Mapping[str, object]) -> tuple[Condition, ...]:
    """The conditions of a scheme on who applies and where, before anything else of the case is known.

    Raises FactInvalid or ParameterMissing.
    """
    given = read_facts((*subjects.FACTS, subjects.USER), facts)
    judged: tuple[Condition, ...] = SCHEMES[scheme].subject(given, parameters)
    return judged
