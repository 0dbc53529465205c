"""送达: a term that ends what a firm may say runs from the delivery of its letter, and no silence counts before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At, open_letters, page
from tests.journeys.test_credit import FINDING
from tests.journeys.test_intake import CORRECT
from tests.journeys.test_verification import CUT


def hearing(office: Office, case: str) -> None:
    office.do(case, "credit_check", decision="veto", **FINDING)
    office.do(case, "joint_check")


def cuts(office: Office, case: str) -> None:
    office.do(case, "audit_verification", **CUT)


def correcting(office: Office, case: str) -> None:
    office.do(case, "formality_check", **CORRECT)


# Where a term of the firm begins, its task, the letter that tells of it, and where the case is once it is over.
TERMS: list[tuple[str, Callable[[Office, str], None], str, str, set[str]]] = [
    ("credit_check", hearing, "credit_statement", "credit_hearing", {"credit_ruling"}),
    ("audit_verification", cuts, "cut_comment", "cut_comment", {"confirm_verified"}),
    ("formality_check", correcting, "correction", "correction", set()),
]
every_term = pytest.mark.parametrize(
    ("stage", "begin", "task", "kind", "after"), TERMS, ids=[each[3] for each in TERMS]
)

SIGNED = {"signed_on": "2026-03-02", "electronic": "yes", "address": "通州区某街1号"}


def day_after(due_on: str, by: int = 1) -> str:
    return f"{date.fromisoformat(due_on) + timedelta(days=by)}T00:00:00+08:00"


def letter_of(office: Office, case: str, kind: str) -> dict[str, Any]:
    known = office.as_("officer").get(f"/cases/{case}/deliveries")
    return [each for each in known["letters"] if each["kind"] == kind][-1]


def scanned(office: Office, case: str) -> str:
    """The scan of a signed paper, among the case's documents."""
    return str(office.as_("officer").upload(case, "DOC_OTHER", name="送达回证.pdf")["id"])


def serve(office: Office, case: str, kind: str, **given: str) -> None:
    returned = {"manner": "direct", "recipient": "收发室张某", "document": scanned(office, case), **given}
    letter = letter_of(office, case, kind)
    office.as_("officer").post(f"/cases/{case}/letters/{letter['id']}/services", returned)


@every_term
def test_no_silence_counts_while_nobody_opened_the_letter(
    at: At, stage: str, begin: Callable[[Office, str], None], task: str, kind: str, after: set[str]
) -> None:
    office, case = at(stage)
    begin(office, case)
    assert not letter_of(office, case, kind)["to_serve"]
    for _ in range(2):
        office.wait_until(day_after(office.task(case, task)["due_on"]))
        assert office.at(case) == {task}
    assert letter_of(office, case, kind)["to_serve"]
    assert "期满仍未送达" in page(at, "officer", f"/cases/{case}")
    assert "登记送达回证" in page(at, "officer", f"/cases/{case}/deliveries")


@every_term
def test_the_term_runs_from_the_first_opening(
    at: At, stage: str, begin: Callable[[Office, str], None], task: str, kind: str, after: set[str]
) -> None:
    office, case = at(stage)
    begin(office, case)
    first = office.task(case, task)["due_on"]
    office.wait_until("2026-03-04T10:00:00+08:00")  # two working days after it was sent
    assert kind in open_letters(office, "e01")
    office.wait_until(day_after(first))
    assert office.at(case) == {task}
    due = office.task(case, task)["due_on"]
    assert date.fromisoformat(due) == date.fromisoformat(first) + timedelta(days=2)
    office.wait_until(day_after(due))
    assert office.at(case) == after
    assert not letter_of(office, case, kind)["to_serve"]


@every_term
def test_a_service_on_paper_begins_the_term(
    at: At, stage: str, begin: Callable[[Office, str], None], task: str, kind: str, after: set[str]
) -> None:
    office, case = at(stage)
    begin(office, case)
    office.wait_until(day_after(office.task(case, task)["due_on"]))
    again = office.task(case, task)["due_on"]
    # It is served a working day into the second round, which therefore ends a working day too early.
    handed = "2026-03-18" if kind == "correction" else "2026-03-11"
    office.wait_until(f"{handed}T10:00:00+08:00")
    serve(office, case, kind, done_on=handed)
    served = letter_of(office, case, kind)
    assert (served["manner"], served["to_serve"]) == ("direct", False)
    office.wait_until(day_after(again))
    assert office.at(case) == {task}
    last = "2026-04-01" if kind == "correction" else "2026-03-18"
    assert office.task(case, task)["due_on"] == last
    office.wait_until(day_after(last))
    assert office.at(case) == after


def test_who_agreed_to_electronic_service_is_reached_on_the_day_of_dispatch(at: At) -> None:
    office, case = at("credit_check")
    signed = {
        "signed_on": "2026-03-02",
        "electronic": "yes",
        "address": "通州区某街1号",
        "document": scanned(office, case),
    }
    with refused(403):
        office.as_("chief").post(f"/cases/{case}/delivery-addresses", signed)
    with refused(422) as why:
        office.as_("officer").post(f"/cases/{case}/delivery-addresses", {**signed, "document": "999"})
    assert why.fields == {"document"}
    office.as_("acceptance").post(f"/cases/{case}/delivery-addresses", signed)
    hearing(office, case)
    assert letter_of(office, case, "credit_hearing")["manner"] == "agreed"
    office.wait_until("2026-03-10T00:00:00+08:00")
    assert office.at(case) == {"credit_ruling"}
    office.do(case, "credit_ruling", decision="veto")
    told = termination(office)
    assert "已于2026年3月2日以电子送达（送达地址确认书）方式送达，你单位逾期未陈述申辩" in told


def test_a_confirmation_that_came_later_delivers_no_older_letter(at: At) -> None:
    office, case = at("credit_check")
    hearing(office, case)
    signed = {
        "signed_on": "2026-03-02",
        "electronic": "yes",
        "address": "通州区某街1号",
        "document": scanned(office, case),
    }
    office.wait_until("2026-03-03T10:00:00+08:00")
    office.as_("officer").post(f"/cases/{case}/delivery-addresses", signed)
    assert letter_of(office, case, "credit_hearing")["served_on"] is None


def test_a_public_notice_delivers_after_thirty_days(at: At) -> None:
    office, case = at("credit_check")
    hearing(office, case)
    office.wait_until("2026-03-10T00:00:00+08:00")
    serve(office, case, "credit_hearing", manner="notice", done_on="2026-03-10", recipient="区政府网站公告")
    assert letter_of(office, case, "credit_hearing")["served_on"] == "2026-04-09"
    office.wait_until("2026-04-16T10:00:00+08:00")
    assert office.at(case) == {"credit_statement"}
    # Five working days from Thursday 9 April end with Thursday 16 April.
    office.wait_until("2026-04-17T00:00:00+08:00")
    assert office.at(case) == {"credit_ruling"}


def test_a_return_of_service_is_whole_or_refused(at: At) -> None:
    office, case = at("credit_check")
    hearing(office, case)
    for wrong, field in (
        ({"manner": "post", "done_on": "2026-03-02"}, "tracking_no"),
        ({"done_on": "2026-03-01"}, "done_on"),
        ({"done_on": "2026-03-03"}, "done_on"),
        ({"done_on": "2026-03-02", "document": "999"}, "document"),
    ):
        with refused(422) as why:
            serve(office, case, "credit_hearing", **wrong)
        assert why.fields == {field}


def termination(office: Office) -> str:
    [letter] = [each for each in office.as_("e01").get("/messages")["items"] if each["kind"] == "termination"]
    return str(letter["body"])


def test_the_letter_tells_what_the_firm_said_and_what_was_answered(at: At) -> None:
    office, case = at("credit_check")
    hearing(office, case)
    [asked] = [each for each in office.as_("e01").get("/messages")["items"] if each["kind"] == "credit_hearing"]
    assert FINDING["credit_finding"] in asked["body"]
    office.do(case, "credit_statement", statement="该记录已于上月修复。")
    office.do(case, "credit_ruling", decision="veto", ruling_opinion="修复未经认定，不予采纳。")
    told = termination(office)
    assert "陈述申辩情况：你单位于2026年3月2日陈述申辩：该记录已于上月修复。" in told
    assert "对陈述申辩的答复：修复未经认定，不予采纳。" in told
    assert f"{FINDING['credit_finding']}（来源：公共信用信息查询报告（虚构编号XY-2026-001）；2026年3月2日查询）" in told
    assert "经听取" not in told


def test_the_letter_says_that_a_firm_that_was_reached_kept_silent(at: At) -> None:
    office, case = at("formality_check")
    correcting(office, case)
    open_letters(office, "e01")
    office.wait_until(day_after(office.task(case, "correction")["due_on"]))
    [letter] = [each for each in office.as_("e01").get("/messages")["items"] if each["kind"] == "non_acceptance"]
    assert "已于2026年3月2日以电子送达（系统阅知）方式送达，你单位逾期未补正" in letter["body"]


def test_what_was_being_written_is_kept_when_the_term_begins_anew(at: At) -> None:
    office, case = at("credit_check")
    hearing(office, case)
    task = office.task(case, "credit_statement")
    office.as_("e01").call("PUT", f"/tasks/{task['id']}/draft", {"data": {"statement": "正在起草"}})
    office.wait_until(day_after(task["due_on"]))
    again = office.task(case, "credit_statement")
    assert again["id"] != task["id"]
    assert office.as_("e01").get(f"/tasks/{again['id']}")["form"]["data"]["statement"] == "正在起草"
