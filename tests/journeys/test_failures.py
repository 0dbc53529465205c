"""A step that fails leaves no trace but an incident, and can be done again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.api_calls import refused
from tests.journeys.conftest import At
from workflows.case.operations.registry import REGISTRY
from workflows.case.step import Step


def _fails(step: Step, arguments: Mapping[str, str]) -> None:
    raise RuntimeError("the disk is full")


def test_a_failing_operation_undoes_the_whole_step(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    office, case = at("confirm_verified")
    before, events = office.case(case), office.history(case)
    with monkeypatch.context() as broken:
        broken.setitem(REGISTRY, "route_expert_review", replace(REGISTRY["route_expert_review"], function=_fails))
        with refused(409) as why:
            office.do(case, "confirm_verified", by="officer")
        assert "流程异常" in str(why.error)
    after = office.case(case)
    assert [incident["element_id"] for incident in after["incidents"]] == ["route_expert_review"]
    assert "disk is full" not in why.detail
    assert {**after, "incidents": []} == before
    # Of all that was done only the failure is on record.
    *earlier, last = office.history(case)
    assert earlier == events
    assert (last["actor"], last["subject"]) == ("system", "route_expert_review")
    office.drive(case, until="convene_review")


def test_a_failing_timer_waits_and_lets_the_others_go_on(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    office, first, second = at("publicity_period", "neighbours")
    close = REGISTRY["close_publicity"]

    def fails_for_the_first(step: Step, arguments: Mapping[str, str]) -> object:
        return _fails(step, arguments) if step.case.reference == first else close.function(step, arguments)

    with monkeypatch.context() as broken:
        broken.setitem(REGISTRY, "close_publicity", replace(close, function=fails_for_the_first))
        office.wait_until("2026-03-10T00:00:00+08:00")
    assert office.case(second)["status"] == "DISTRICT_APPROVAL"
    stuck = office.case(first)
    assert stuck["status"] == "PUBLICITY"
    assert [incident["element_id"] for incident in stuck["incidents"]] == ["close_publicity"]
    office.as_("auditor").post("/demo/clock", {"advance": "PT15M"})
    assert office.case(first)["status"] == "DISTRICT_APPROVAL"


def test_a_batch_call_counts_for_all_its_cases_or_for_none(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    office, first, second = at("published", "neighbours")
    batch = office.case(first)["batch"]["id"]
    opens = REGISTRY["open_publicity"]

    def fails_for_the_second(step: Step, arguments: Mapping[str, str]) -> object:
        return _fails(step, arguments) if step.case.reference == second else opens.function(step, arguments)

    with monkeypatch.context() as broken:
        broken.setitem(REGISTRY, "open_publicity", replace(opens, function=fails_for_the_second))
        with refused(409):
            office.as_("officer").post(f"/batches/{batch}/publicity")
    assert office.at(first) == office.at(second) == {"published"}
    assert office.nobody.get("/public/notices")["items"] == []
    assert office.case(second)["incidents"] and not office.case(first)["incidents"]
    notice = office.as_("officer").post(f"/batches/{batch}/publicity")
    assert {item["case"] for item in notice["items"]} == {first, second}
