"""Acceptance, review and recheck are three persons; who enters an account does not confirm it (domain.md 3.1)."""

from __future__ import annotations

from tests.api_calls import refused
from tests.journeys.conftest import At


def test_who_accepted_a_case_does_not_review_it(at: At) -> None:
    office, case = at("formality_check")
    at.give("acceptance", "case_officer")
    office.do(case, "formality_check", by="acceptance")
    office.drive(case, until="substantive_review")
    with refused(403) as why:
        office.do(case, "substantive_review", by="acceptance")
    assert "岗位分离" in why.detail
    task = office.task(case, "substantive_review")
    with refused(403):
        office.as_("acceptance").post(f"/tasks/{task['id']}/claim")
    with refused(422):
        office.as_("chief").post(f"/tasks/{task['id']}/assignment", {"username": "acceptance"})
    office.do(case, "substantive_review", by="officer")


def test_who_reviewed_or_accepted_a_case_does_not_recheck_it(at: At) -> None:
    office, case = at("chief_recheck")
    for username in ("acceptance", "officer"):
        at.give(username, "section_chief")
        with refused(403):
            office.do(case, "chief_recheck", by=username)
    office.do(case, "chief_recheck", by="chief")


def test_who_entered_the_payee_does_not_confirm_it(at: At) -> None:
    office, case = at("enter_payee")
    at.give("e01", "finance_officer")
    office.do(case, "enter_payee", by="e01")
    with refused(403):
        office.do(case, "confirm_payee", by="e01")
    office.do(case, "confirm_payee", by="finance")


def test_who_corrected_the_payee_does_not_confirm_it(at: At) -> None:
    office, case = at("pay")
    at.give("e01", "finance_officer")
    office.do(case, "pay", decision="returned", return_reason="账号有误")
    office.do(case, "correct_payee", by="e01")
    with refused(403):
        office.do(case, "confirm_payee", by="e01")


def test_who_confirmed_the_payee_does_not_pay(at: At) -> None:
    office, case = at("confirm_payee")
    at.give("finance", "finance_reviewer")
    office.do(case, "confirm_payee", by="finance")
    with refused(403):
        office.do(case, "pay", by="finance")
    office.do(case, "pay", by="finance2")


def test_a_task_belongs_to_its_role(at: At) -> None:
    office, case = at("substantive_review")
    task = office.task(case, "substantive_review")
    for username, status in (("chief", 403), ("auditor", 403), ("owner", 403), ("e01", 403), ("e02", 404)):
        with refused(status):
            office.as_(username).post(f"/tasks/{task['id']}/completion", {"data": {"decision": "pass"}})


def test_a_claimed_task_is_the_claimers_until_released_or_assigned(at: At) -> None:
    office, case = at("substantive_review")
    path = f"/tasks/{office.task(case, 'substantive_review')['id']}"
    office.as_("officer").post(f"{path}/claim")
    for action in ("claim", "release"):
        with refused(409):
            office.as_("officer2").post(f"{path}/{action}")
    with refused(409):
        office.do(case, "substantive_review", by="officer2")
    office.as_("officer").post(f"{path}/release")
    office.as_("chief").post(f"{path}/assignment", {"username": "officer2"})
    with refused(422):
        office.as_("chief").post(f"{path}/assignment", {"username": "finance"})
    office.do(case, "substantive_review", by="officer2")
    actions = [event["action"] for event in office.history(case)]
    assert actions[-1:] and {"task_claimed", "task_released", "task_assigned"} <= set(actions)
