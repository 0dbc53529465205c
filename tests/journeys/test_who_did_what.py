"""The record names who did what: one walk through the office's acts, and a word for every act that there is.

That nobody is named for what he did not do is asserted after every journey (tests/attribution.py); here every act that
the program can record is accounted for, and what its event says is looked at.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.embedded import Urls
from server.web.showing.words import ACTIONS
from storage.cases import SubmissionPersonal, latest_submission
from tests.attribution import BY_EITHER, BY_PEOPLE, BY_THE_PROGRAM
from tests.journeys.conftest import At
from tests.journeys.test_record import as_superuser, broken
from workflows import audit
from workflows.audit import salted
from workflows.casework.dossiers import get_dossier
from workflows.views import PERSONAL

ROOMS = Path(__file__).parents[2] / "workflows"


def recorded_actions() -> Iterator[str]:
    """Every act that some line of the program puts on the record, by its name."""
    for path in ROOMS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
            called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else called
            if called in ("record", "append", "_record", "_close"):
                said = [each.value for each in node.args if isinstance(each, ast.Constant)]  # type: ignore[attr-defined]
                yield from (each for each in said if isinstance(each, str) and "_" in each and each.islower())


def event_of(office: Any, case: str, action: str, subject: str | None = None) -> dict[str, Any]:
    """The newest event of this kind."""
    found = [each for each in office.history(case) if each["action"] == action]
    return [each for each in found if subject in (None, each["subject"])][-1]


def test_every_act_has_its_word_and_its_actor() -> None:
    known = set(BY_PEOPLE) | BY_THE_PROGRAM | set(BY_EITHER)
    assert set(ACTIONS) == known
    # Elements and fields are recorded by such calls too; an act is never one of them.
    assert {action for action in recorded_actions() if action.endswith(("ed", "_sent", "_read", "_made"))} <= known


def test_an_act_of_the_program_names_what_it_followed_from(at: At) -> None:
    office, case = at("credit_check")
    completed = event_of(office, case, "task_completed", "formality_check")
    assert (completed["actor"], completed["role"], completed["cause"]) == ("acceptance", "acceptance_clerk", None)
    for action in ("case_accepted", "letter_sent"):
        event = event_of(office, case, action)
        assert (event["actor"], event["actor_name"], event["role"], event["address"]) == ("system", "系统", None, None)
        cause = event["cause"]
        assert (cause["chain"], cause["seq"]) == (f"case:{case}", completed["seq"])
        assert (cause["actor"], cause["action"]) == ("acceptance", "task_completed")
    letter = {change["field"]: change["new"] for change in event_of(office, case, "letter_sent")["changes"]}
    assert letter["number"].startswith("通经信绿受〔2026〕")
    enterprise = office.case(case)["enterprise"]
    assert letter["recipient"] == f"{enterprise['name']}（{enterprise['uscc']}）"


def test_a_person_stands_with_his_address_and_one_with_two_posts_with_the_one_he_acts_in(at: At) -> None:
    office, case = at("formality_check")
    at.give("acceptance", "case_officer", "section_chief")
    office.do(case, "formality_check")
    office.do(case, "credit_check", by="acceptance")
    events = office.history(case)
    roles = {each["subject"]: each["role"] for each in events if each["action"] == "task_completed"}
    assert (roles["formality_check"], roles["credit_check"]) == ("acceptance_clerk", "case_officer")
    assert event_of(office, case, "task_completed")["address"] == "127.0.0.1"
    assert office.as_("officer").get(f"/cases/{case}/history")["items"][-1]["address"] is None
    firm = office.as_(office.applicant_of(case)).get(f"/cases/{case}/history")["items"]
    by = {each["action"]: each["actor"] for each in firm}
    assert (by["case_created"], by["application_submitted"], by["case_accepted"]) == ("本单位", "系统", "承办单位")


def test_a_timer_names_the_event_that_fell_due(at: At) -> None:
    office, case = at("publicity_period")
    office.drive(case, until="district_approval")
    fired = event_of(office, case, "timer_fired")
    assert (fired["actor"], fired["subject"], fired["cause"]) == ("system", "publicity_period", None)
    closed = event_of(office, case, "publicity_closed")
    assert (closed["cause"]["seq"], closed["cause"]["action"]) == (fired["seq"], "timer_fired")


def test_what_the_list_brings_follows_from_the_list(at: At) -> None:
    office, one, two = at("listed", "siblings")
    office.as_("chief").post(f"/batches/{office.open_batch()}/list")
    for case in (one, two):
        event = event_of(office, case, "amount_listed")
        cause = event["cause"]
        assert (event["actor"], cause["chain"]) == ("system", f"batch:{office.open_batch()}")
        assert (cause["actor"], cause["action"]) == ("chief", "list_fixed")


def test_the_meeting_and_its_reason_stand_in_one_event(at: At) -> None:
    office, case = at("resolved")
    office.resolve(office.open_batch(), case, "adjust", amount="100000", reason="第3号发票与合同不符，予以核减")
    event = event_of(office, case, "case_resolved")
    told = {change["field"]: change["new"] for change in event["changes"]}
    assert (event["actor"], event["role"]) == ("meeting", "meeting_secretary")
    assert told == {"result": "adjust", "final_amount": "100000", "reason": "第3号发票与合同不符，予以核减"}
    assert [name.partition("/")[2] for name in event["binds"]] == [case]


def test_an_opinion_stands_beside_nobody_elses(at: At) -> None:
    """Chief, finance and legal share the form and its fields; what each says is his, also where all say the same."""
    office, case = at("chief_recheck")
    said = {"chief_recheck": "核定依据不足", "finance_recheck": "经复核，同意", "legal_recheck": "经复核，同意"}
    for element_id, opinion in said.items():
        decision = "return" if element_id == "chief_recheck" else "agree"
        office.do(case, element_id, decision=decision, opinion=opinion)
    for element_id, opinion in said.items():
        told = {each["field"]: each for each in event_of(office, case, "task_completed", element_id)["changes"]}
        assert told["opinion"] == {"field": "opinion", "old": None, "new": opinion}
    settled = event_of(office, case, "recheck_settled")
    assert (settled["actor"], settled["cause"]["actor"]) == ("system", "legal")
    office.drive(case, until="chief_recheck")
    office.do(case, "chief_recheck", decision="agree", opinion="已补充依据，同意")
    again = {each["field"]: each for each in event_of(office, case, "task_completed", "chief_recheck")["changes"]}
    assert (again["opinion"]["old"], again["opinion"]["new"]) == ("核定依据不足", "已补充依据，同意")


def test_all_that_was_submitted_stands_there_and_who_somebody_is_as_a_digest(at: At) -> None:
    office, case = at("formality_check")
    with at.database.transaction() as session:
        row = latest_submission(session, at.case_id(case), "fill_application")
        assert row is not None and row.personal is not None
        sent, hidden, salt = row.data, dict(row.personal.values), row.personal.salt
        assert not PERSONAL & set(row.content)
    assert hidden
    completed = event_of(office, case, "task_completed", "fill_application")
    told = {each["field"]: each["new"] for each in completed["changes"]}
    assert set(told) == set(sent)
    for field, value in sent.items():
        assert told[field] == (salted(value, salt) if field in hidden else value)
    stored = json.dumps(office.history(case), ensure_ascii=False)
    assert not [value for value in hidden.values() if str(value) in stored]


def test_who_somebody_is_can_be_erased_and_the_record_stays_whole(at: At) -> None:
    office, case = at("formality_check")
    with at.database.transaction() as session:
        row = latest_submission(session, at.case_id(case), "fill_application")
        assert row is not None
        session.delete(session.get_one(SubmissionPersonal, row.task_id))
    with at.database.transaction() as session:
        assert audit.verify(session) == []
        dossier = get_dossier(session, at.actor("officer"), case, at.instant(office.now()))
    assert not PERSONAL & set(dossier["submissions"][0]["data"])


@pytest.mark.parametrize("erased", ["role = 'nobody'", "address = '10.0.0.1'", "cause_seq = 1", "binds = '{}'"])
def test_every_part_of_an_event_is_under_its_hash(at: At, postgres: Urls, erased: str) -> None:
    _, case = at("credit_check")
    which = "cause_seq > 1" if "cause" in erased else "action = 'task_completed' AND subject = 'formality_check'"
    as_superuser(at, postgres, f"UPDATE audit_event SET {erased} WHERE chain = 'case:{case}' AND {which}")
    assert [chain for chain, _ in broken(at)] == [f"case:{case}"]


def test_the_program_cannot_act_without_a_cause(at: At) -> None:
    at("credit_check")
    with at.database.transaction() as session, pytest.raises(audit.Uncaused):
        audit.Chain.open(session, "made_up").append(at.instant("2026-03-02T09:00:00+08:00"), _Program(), "paid", "x")


class _Program:
    username, role, address = "system", None, None
