"""A value that the process owner confirms has a reader: code, a diagram's term, or an officer who compares it."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from workflows.rules.parameters import catalog, conditions_beyond_policy, pinned

ROOT = Path(__file__).parents[2]
CODE = ("workflows", "server", "storage")


@cache
def _read_by_code() -> tuple[frozenset[str], tuple[str, ...]]:
    """The string constants of the code, and its f-strings as patterns: `f"proc.expert_route.{clause}"` reads ten."""
    constants: set[str] = set()
    patterns: list[str] = []
    for file in (file for room in CODE for file in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                constants.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [re.escape(str(each.value)) if isinstance(each, ast.Constant) else None for each in node.values]
                if parts and parts[0] and "\\." in parts[0]:
                    patterns.append("".join("[a-z0-9_]+" if part is None else part for part in parts))
    return frozenset(constants), tuple(patterns)


@cache
def _terms_of_diagrams() -> frozenset[str]:
    drawn = "".join(file.read_text("utf-8") for file in (ROOT / "bpmn").rglob("*.bpmn"))
    return frozenset(re.findall(r'gc:\w+="([a-z0-9_]+(?:\.[a-z0-9_]+)+)"', drawn))


@cache
def _tasks_of_diagrams() -> frozenset[str]:
    drawn = "".join(file.read_text("utf-8") for file in (ROOT / "bpmn").rglob("*.bpmn"))
    return frozenset(re.findall(r'<bpmn:userTask id="(\w+)"', drawn))


def _is_read(id: str) -> bool:
    constants, patterns = _read_by_code()
    return id in constants or id in _terms_of_diagrams() or any(re.fullmatch(each, id) for each in patterns)


@pytest.mark.parametrize("id", catalog())
def test_somebody_reads_the_value(id):
    assert _is_read(id) or catalog()[id].point, f"{id} is confirmed and read by nobody"


@pytest.mark.parametrize("id", [each.id for each in catalog().values() if each.point])
def test_a_point_is_asked_at_a_task_that_there_is(id):
    assert catalog()[id].point_at in _tasks_of_diagrams()


def test_a_value_that_nobody_reads_is_found():
    assert not _is_read("elig.nobody_reads_this")


# How long a credit check holds binds the office, not the applicant.
BINDS_THE_OFFICE = {"elig.credit_recheck_valid_days"}


def test_what_the_policy_does_not_demand_is_marked_where_it_may_refuse():
    """Points and conditions beyond the policy are printed in the notice of application, or refuse nobody."""
    asked = {each.id for each in catalog().values() if each.basis == "not_in_policy" and each.point}
    asked = {id for id in asked if not id.startswith(("proc.", "arch.", "a10."))}
    judged = {id for id in catalog() if id.startswith("elig.registration_in_district.")}
    judged |= {"a3.min_approved_investment", "a4.pay_on_recheck"}
    marked = {each.id for each in catalog().values() if each.demands_unless is not None}
    assert marked == (asked | judged) - BINDS_THE_OFFICE


def test_what_was_not_confirmed_for_a_batch_demands_nothing():
    values = pinned({}, {})
    assert (values["a4.pay_on_recheck"], values["a3.requires_completion"]) == (True, False)
    assert conditions_beyond_policy({}) == []
    with_filing = conditions_beyond_policy({"a9.prior_filing_required": "true", "a9.prior_filing_days": "30"})
    assert [each.id for each in with_filing] == ["a9.prior_filing_required", "a9.prior_filing_days"]
    assert conditions_beyond_policy({"a9.prior_filing_required": "false", "a9.prior_filing_days": "30"}) == []
