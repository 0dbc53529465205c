"""Every task has a term: what a person sees of it, and what is said once it is over."""

from __future__ import annotations

import pytest

from tests.engine.shipped import SCHEMES, bundle
from tests.journeys.conftest import At, page
from workflows.engine import check_bundle
from workflows.workshop import inspection


def test_a_draft_is_due_by_the_end_of_its_batch(at: At) -> None:
    office, case = at("fill_application")
    assert office.task(case, "fill_application")["due_on"] == "2026-04-15"
    for path in (f"/cases/{case}", "/"):
        assert "无期限" not in page(at, "e01", path)


@pytest.mark.parametrize("stage", ["declare_interest", "score_application", "decision_notice", "enter_payee", "pay"])
def test_nobodys_task_is_without_a_term(at: At, stage: str) -> None:
    office, case = at(stage)
    assert all(task["due_on"] for task in office.open_tasks(case))
    for person in ("chief", "organizer", "officer", "finance", "finance2"):
        assert "无期限" not in page(at, person, "/tasks")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_gate_refuses_a_task_without_a_term(scheme: str) -> None:
    files = bundle(scheme)

    def undated(drawn: dict[str, bytes]) -> list[str]:
        findings = check_bundle(drawn, scheme, known=inspection.known())
        return [each.element for each in findings if each.rule == "due-missing"]

    assert undated(files) == []
    cut = files["shared/recheck.bpmn"].replace(b' gc:due="5"', b"", 1)
    assert undated({**files, "shared/recheck.bpmn": cut}) == ["chief_recheck"]
