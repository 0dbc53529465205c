"""P05: credit check and joint check in parallel; the firm is heard before a veto."""

from __future__ import annotations

from storage import people
from tests.api_calls import refused
from tests.journeys.conftest import At, open_letters

FINDING = {"credit_finding": "存在失信记录，详见查询结果"}
OPINION = {"joint_opinion": "应急部门反映有一起未结案件"}


def test_what_can_be_cured_is_checked_again(at: At) -> None:
    office, case = at("credit_check")
    assert office.at(case) == {"credit_check", "joint_check"}
    office.do(case, "joint_check", decision="curable", **OPINION)
    office.do(case, "credit_check")
    assert office.at(case) == {"credit_cure"}
    assert office.case(case)["status"] == "CREDIT_CHECK"
    office.do(case, "credit_cure")
    assert office.at(case) == {"credit_check", "joint_check"}
    office.drive(case, until="substantive_review")


def test_a_veto_ends_the_case_after_the_firm_was_heard(at: At) -> None:
    office, case = at("credit_check")
    office.do(case, "credit_check", decision="veto", **FINDING)
    office.do(case, "joint_check")
    assert office.at(case) == {"credit_statement"}
    office.do(case, "credit_statement", statement="该记录已于上月修复")
    office.do(case, "credit_ruling", decision="veto")
    ended = office.case(case)
    assert (ended["status"], ended["reason"]) == ("VETOED", "CREDIT_VETO")
    assert not ended["open_tasks"] and not ended["waiting_for"]
    letters = {each["kind"] for each in office.as_("e01").get("/messages")["items"]}
    assert {"credit_hearing", "termination"} <= letters


def test_a_firm_that_convinces_goes_on(at: At) -> None:
    office, case = at("credit_check")
    office.do(case, "credit_check", decision="veto", **FINDING)
    office.do(case, "joint_check")
    office.do(case, "credit_statement")
    office.do(case, "credit_ruling", decision="clear")
    assert office.at(case) == {"substantive_review"}


def test_a_ruling_may_ask_for_a_cure(at: At) -> None:
    office, case = at("credit_check")
    office.do(case, "credit_check")
    office.do(case, "joint_check", decision="veto", **OPINION)
    office.do(case, "credit_statement")
    office.do(case, "credit_ruling", decision="curable")
    office.do(case, "credit_cure")
    assert office.at(case) == {"credit_check", "joint_check"}


def test_nobody_can_clear_a_firm_on_the_dishonesty_list(at: At) -> None:
    office, _ = at("formality_check")
    case = office.apply("e11")
    office.drive(case, until="credit_check")
    schema = office.schema(case, "credit_check", "officer")
    assert schema["properties"]["decision"]["enum"] == ["veto"]
    with refused(422) as why:
        office.do(case, "credit_check", decision="clear")
    assert "decision" in why.fields
    office.drive(case)
    ended = office.case(case)
    assert (ended["status"], ended["reason"]) == ("VETOED", "CREDIT_VETO")


def test_a_firm_that_keeps_silent_does_not_hold_up_the_ruling(at: At) -> None:
    office, case = at("credit_check")
    office.do(case, "credit_check", decision="veto", **FINDING)
    office.do(case, "joint_check")
    assert office.at(case) == {"credit_statement"}
    open_letters(office, "e01")
    # Five working days from Monday 2 March end with Monday 9 March.
    office.wait_until("2026-03-10T00:00:00+08:00")
    assert office.at(case) == {"credit_ruling"}


def test_a_curable_flag_is_cleared_by_proof_only(at: At) -> None:
    office, case = at("credit_check")
    with at.database.transaction() as session:
        enterprise = people.find_enterprise(session, office.case(case)["enterprise"]["uscc"])
        assert enterprise is not None
        enterprise.credit_flags = ["abnormal_operation_list"]
    assert office.schema(case, "credit_check", "officer")["properties"]["decision"]["enum"] == ["curable", "veto"]
    office.do(case, "credit_check", decision="curable", **FINDING)
    office.do(case, "joint_check")
    office.do(case, "credit_cure")
    assert office.schema(case, "credit_check", "officer")["properties"]["decision"]["enum"] == [
        "clear",
        "curable",
        "veto",
    ]
    office.drive(case, until="substantive_review")
