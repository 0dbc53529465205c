"""Scenario tests: made from a case or by hand, run before every publication, adopted by the draft that changes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from server import seed
from server.settings import CHECKOUT
from storage import cases
from storage.database import Session
from tests.journeys.conftest import At
from tests.journeys.test_rehearsal import ENDS, NOW, case_ids, energy_opinion, redraw, retrofits, without_fund_plan
from tests.publishing import look_and_publish
from workflows import rehearsal
from workflows.case.operations.registry import REGISTRY
from workflows.errors import Conflict, Forbidden, Invalid, NotFound
from workflows.permissions import Actor
from workflows.workshop import bundling, case_records, drafts, publication, scenario_making, scenarios
from workflows.workshop.bundling import GateRefused


@pytest.fixture
def told(at: At) -> At:
    at.after(retrofits)
    return at


def reference(session: Session, name: str) -> str:
    ids = case_ids(session)
    (found,) = [case.reference for case in cases.by_ids(session, ids) if ids[case.id] == name]
    return found


def owner(session: Session, name: str = "owner") -> Actor:
    return seed.actor(session, name)


def test_a_test_is_made_from_every_kind_of_case_and_passes(told: At) -> None:
    with told.database.transaction() as session:
        for name in ENDS:
            scenarios.from_case(session, owner(session), reference(session, name), name=name, now=NOW)
        results = scenarios.results(session, owner(session, "auditor"), "retrofit")
        assert [(each["name"], each["passed"], each["differences"]) for each in results] == [
            (name, True, []) for name in ENDS
        ]
        paid = next(each for each in results if each["name"] == "paid")
        assert (paid["expected"]["status"], paid["expected"]["amount"]) == ("PAID", "900000")


def test_no_personal_data_is_kept_in_a_test(told: At) -> None:
    with told.database.transaction() as session:
        made = scenarios.from_case(session, owner(session), reference(session, "paid"), name="已拨付", now=NOW)
        kept = str(scenarios._find(session, made).record)
        (record,) = case_records.read_records(session, [cases.find(session, reference(session, "paid")).id])  # type: ignore[union-attr]
        private = {
            str(act.data[field])
            for act in record.record.acts
            if act.data
            for field in ("handler_mobile", "account_no", "legal_rep_id_no", "handler_email")
            if act.data.get(field)
        }
        assert private
        assert not [value for value in private if value in kept]


def test_a_red_test_stands_in_the_way_of_publication_until_it_is_adopted(told: At) -> None:
    with told.database.transaction() as session:
        for name in ("paid", "refused"):
            scenarios.from_case(session, owner(session), reference(session, name), name=name, now=NOW)
        draft = redraw(session, energy_opinion)
        (finding,) = publication.check(session, owner(session), draft, NOW)
        assert (finding["rule"], finding["element"]) == ("scenario-failed", "energy_opinion")
        assert (finding["file"], finding["line"] > 1) == ("retrofit.bpmn", True)
        assert "“paid”" in finding["message"] and "节能诊断意见" in finding["message"]
        second = owner(session, "owner2")
        with pytest.raises(GateRefused):
            look_and_publish(session, second, draft, reason="增加节能诊断", now=NOW)

        red = next(each for each in scenarios.results(session, second, "retrofit", draft) if not each["passed"])
        adopted = scenarios.adopt(session, owner(session), red["id"], draft, NOW)
        assert publication.check(session, owner(session), draft, NOW) == []
        assert red["id"] in {each["id"] for each in scenarios.results(session, second, "retrofit")}
        assert all(each["passed"] for each in scenarios.results(session, second, "retrofit"))

        look_and_publish(session, second, draft, reason="增加节能诊断", now=NOW)
        left = {each["id"] for each in scenarios.results(session, second, "retrofit")}
        assert adopted in left and red["id"] not in left
        assert all(each["passed"] for each in scenarios.results(session, second, "retrofit"))


def test_another_draft_is_still_judged_by_the_test_in_force(told: At) -> None:
    with told.database.transaction() as session:
        made = scenarios.from_case(session, owner(session), reference(session, "paid"), name="已拨付", now=NOW)
        first, second = redraw(session, energy_opinion), redraw(session, without_fund_plan)
        scenarios.adopt(session, owner(session), made, first, NOW)
        (finding,) = publication.check(session, owner(session), second, NOW)
        assert "不再经过：资金计划" in finding["message"]


def test_who_adopts_a_new_outcome_is_an_author_of_the_draft(told: At) -> None:
    """The expectation is part of what a second owner agrees to: nobody lowers it and publishes alone."""
    with told.database.transaction() as session:
        made = scenarios.from_case(session, owner(session), reference(session, "paid"), name="已拨付", now=NOW)
        draft, second = redraw(session, energy_opinion), owner(session, "owner2")
        seen = drafts.get_draft(session, second, draft)["content_sha256"]
        scenarios.adopt(session, second, made, draft, NOW)
        shown = drafts.get_draft(session, second, draft)
        assert (shown["authors"], shown["content_sha256"] != seen) == (["owner", "owner2"], True)
        with pytest.raises(Forbidden):
            look_and_publish(session, second, draft, reason="增加节能诊断", now=NOW)


def test_what_a_draft_adopted_last_is_all_that_it_has_adopted(told: At) -> None:
    with told.database.transaction() as session:
        actor = owner(session)
        made = scenarios.from_case(session, actor, reference(session, "paid"), name="已拨付", now=NOW)
        draft = redraw(session, energy_opinion)
        for again in (made, made):
            adopted = scenarios.adopt(session, actor, again, draft, NOW)
        adopted = scenarios.adopt(session, actor, adopted, draft, NOW)
        assert [each["id"] for each in scenarios.results(session, actor, "retrofit", draft)] == [adopted]


def test_what_one_draft_adopted_is_no_test_of_another(told: At) -> None:
    with told.database.transaction() as session:
        actor = owner(session)
        made = scenarios.from_case(session, actor, reference(session, "paid"), name="已拨付", now=NOW)
        first, second = redraw(session, energy_opinion), redraw(session, without_fund_plan)
        adopted = scenarios.adopt(session, actor, made, first, NOW)
        with pytest.raises(NotFound):
            scenarios.adopt(session, actor, adopted, second, NOW)


def test_what_a_discarded_draft_adopted_is_gone_with_it(told: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenarios, "MOST", 2)
    with told.database.transaction() as session:
        actor, paid = owner(session), reference(session, "paid")
        made = scenarios.from_case(session, actor, paid, name="已拨付", now=NOW)
        draft = redraw(session, energy_opinion)
        adopted = scenarios.adopt(session, actor, made, draft, NOW)
        with pytest.raises(Conflict):
            scenarios.from_case(session, actor, paid, name="又一个", now=NOW)
        drafts.discard(session, actor, draft, now=NOW)
        with pytest.raises(NotFound):
            scenarios.get_scenario(session, actor, adopted)
        assert [each["id"] for each in scenarios.results(session, actor, "retrofit", draft)] == [made]
        scenarios.from_case(session, actor, paid, name="又一个", now=NOW)


def by_hand(session: Session, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Choose step by step as `wanted` says (element → choices in order), else the first value, to the end."""
    actor, record = owner(session), scenario_making.begin(session, "retrofit", NOW)
    queues = {element: list(values) for element, values in wanted.items()}
    for _ in range(120):
        at = scenario_making.walk(session, actor, "retrofit", record)
        assert at["stuck"] is None
        if at["ended"]:
            return at
        usual = [each for each in at["choices"] if each["name"] not in ("限额重新分配", "异议已受理", "登记撤销线索")]
        choice = next((each for each in usual if each["element_id"] in queues), usual[0])
        values = [each["value"] for each in choice["values"]]
        value = queues[choice["element_id"]].pop(0) if queues.get(choice["element_id"]) else (values or [""])[0]
        facts = {"approved_investment": "2000000", "granted_same_project": "0"} if choice["needs_facts"] else {}
        record = scenario_making.step(
            session,
            actor,
            "retrofit",
            record,
            do=choice["do"],
            element_id=choice["element_id"],
            value=value,
            facts=facts,
        )
    raise AssertionError(at["steps"])


def test_an_answer_is_called_what_its_own_form_or_operation_says() -> None:
    """One code has many words: `clear` is said of credit and of a publicity period."""
    files = bundling.assemble(bundling.read_library(CHECKOUT / "bpmn"), "retrofit")
    model = rehearsal.kept_model("retrofit", tuple(files.items()))
    # The call activity around this task has the same id.
    assert "存在可修复情形，待信用修复" in scenarios.WORDS.of(model, "credit_check").values()
    elements = ("formality_check", "settle_credit", "close_publicity", "resolved", "listed", "no such element")
    said = [list(scenarios.WORDS.of(model, element).values()) for element in elements]
    assert said[0] == ["予以受理", "一次性告知补正", "拟不予受理"]
    assert said[1:3] == [list(REGISTRY[name].results.values()) for name in elements[1:3]]
    assert said[3:] == [["同意支持", "缓议", "不予支持", "限额再次调减"], [], []]
    assert said[1][0] != said[2][0], "both answer `clear`"


def test_a_test_is_made_by_hand_step_by_step(told: At) -> None:
    with told.database.transaction() as session:
        at = by_hand(session, {"formality_check": ["correct", "accept"], "settle_recheck": ["return", "agree"]})
        assert at["ended"]["status"] == "PAID" and at["amounts"][2] == "600000"
        done = [(each["text"], each["decision"]) for each in at["steps"]]
        assert [said for text, said in done if text == "形式审查"] == ["一次性告知补正", "予以受理"]
        assert len([said for text, said in done if text == "核定确认"]) == 2
        made = scenario_making.keep(session, owner(session), "retrofit", at["record"], name="补正后拨付", now=NOW)
        shown = scenarios.get_scenario(session, owner(session), made)
        assert (shown["origin"], shown["expected"]["amount"]) == (None, "600000")
        assert all(each["passed"] for each in scenarios.results(session, owner(session), "retrofit"))
        draft = redraw(session, without_fund_plan)
        assert [each["rule"] for each in publication.check(session, owner(session), draft, NOW)] == ["scenario-failed"]


def test_what_is_no_step_is_refused(told: At) -> None:
    with told.database.transaction() as session:
        actor, record = owner(session), scenario_making.begin(session, "retrofit", NOW)
        for element, value in (("pay", "paid"), ("fill_application", "no_such"), ("formality_check", "accept")):
            with pytest.raises(Invalid):
                scenario_making.step(session, actor, "retrofit", record, do="complete", element_id=element, value=value)
        with pytest.raises(NotFound):
            scenario_making.begin(session, "no_such", NOW)
        officer = seed.actor(session, "officer")
        with pytest.raises(Forbidden):
            scenarios.from_case(session, officer, reference(session, "paid"), name="x", now=NOW)
        with pytest.raises(Invalid):
            scenarios.from_case(session, actor, reference(session, "paid"), name=" ", now=NOW)


ACT = {"do": "complete", "element_id": "fill_application", "at": "2026-11-01T02:00:00+00:00"}
TAMPERED: Mapping[str, Mapping[str, Any]] = {
    "another scheme": {"scheme": "green_event"},
    "a start without an offset": {"started_at": "2026-11-01T01:00:00"},
    "a start at the end of time": {"started_at": "9999-12-31T23:59:59+00:00"},
    "no start": {"started_at": None},
    "an end that is none": {"until": "soon"},
    "no acts": {"acts": 5},
    "an act that is none": {"acts": [{"do": "x"}]},
    "an act that nobody does": {"acts": [{**ACT, "do": "pay"}]},
    "an act without an offset": {"acts": [{**ACT, "at": "2026-11-01T02:00:00"}]},
    "an act with more": {"acts": [{**ACT, "who": "owner"}]},
    "a decision that is no word": {"acts": [{**ACT, "decision": 1}]},
    "a payload that is a number": {"acts": [{**ACT, "do": "message", "payload": 5}]},
    "a payload that is no variable": {
        "acts": [{**ACT, "do": "message", "name": "listed", "payload": {"__class__": ""}}]
    },
    "too many acts": {"acts": [ACT] * 501},
    "answers that are none": {"results": {"open_correction": "2026-11-09"}},
    "an answer that is a figure": {"results": {"open_correction": [1.5]}},
    "a calculation": {"calculations": [{"facts": {}, "eligible": True, "amounts": ["1", "1", "1"], "steps": []}]},
    "an unknown value": {"parameters": {"no.such": "1"}},
    "a value that is none": {"parameters": {"a3.rate": "x"}},
    "a value beyond its limit": {"parameters": {"a3.rate": "0.9"}},
    "values that are none": {"parameters": []},
    "facts that are none": {"facts": []},
    "a fact that is none": {"facts": {"approved_investment": {}}},
    "an end": {"ended": True},
    "something more": {"more": 1},
}


def test_a_record_that_was_tampered_with_is_refused_in_one_sentence(told: At) -> None:
    with told.database.transaction() as session:
        actor, record = owner(session), scenario_making.begin(session, "retrofit", NOW)
        for why, change in {"nothing": None, **TAMPERED}.items():
            broken = {} if change is None else {**record, **change}
            with pytest.raises(Invalid) as refused:
                scenario_making.walk(session, actor, "retrofit", broken)
            assert refused.value.detail == "用例内容无法识别，请重新编制。", why
        odd = {**record, "results": {**record["results"], "open_correction": ["2026年一二三四五六七八九十T一二三四五"]}}
        stuck = by_hand_to(session, odd, {"formality_check": "correct"}, "formality_check")
        assert "取值无法识别" in scenario_making.walk(session, actor, "retrofit", stuck)["stuck"]


def by_hand_to(session: Session, record: dict[str, Any], wanted: Mapping[str, str], last: str) -> dict[str, Any]:
    """Choose as `wanted` says, else the first value, up to and with an element."""
    actor = owner(session)
    while True:
        choice = scenario_making.walk(session, actor, "retrofit", record)["choices"][0]
        here, values = choice["element_id"], [each["value"] for each in choice["values"]]
        value = wanted.get(here) or (values or [""])[0]
        record = scenario_making.step(session, actor, "retrofit", record, do=choice["do"], element_id=here, value=value)
        if here == last:
            return record


def test_a_retired_test_no_longer_counts(told: At) -> None:
    with told.database.transaction() as session:
        made = scenarios.from_case(session, owner(session), reference(session, "paid"), name="已拨付", now=NOW)
        scenarios.retire(session, owner(session), made, NOW)
        draft = redraw(session, energy_opinion)
        assert publication.check(session, owner(session), draft, NOW) == []
        with pytest.raises(NotFound):
            scenarios.retire(session, owner(session), made, NOW)
