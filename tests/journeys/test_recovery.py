"""资金追回 and 撤销支持决定: told, heard, reviewed, decided together, collected; a bar has a document and an end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from storage.messages import Message
from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At, Story, open_letters, page
from tests.journeys.lists import E01
from tests.journeys.projects import account, batch_of, fix_list, project, to_the_list
from tests.journeys.test_migration import Owner
from tests.journeys.test_publicity import OBJECTION
from tests.journeys.test_record import broken
from tests.journeys.test_reopenings import paid as paid_anew
from tests.journeys.test_reopenings import reopen

CLUE = {
    "cause": "duplicate",
    "source": "通州审专〔2026〕5号审计报告（虚构）",
    "facts": "所列设备中有一台在申报前已获其他资金支持",
    "amount": "300000",
}
HEARD = {"recovery_proposed_amount": "300000"}
BAR = {
    "recovery_bar": "yes",
    "recovery_bar_basis": "《通州区绿色低碳专项资金管理办法》（虚构）第二十条",
    "recovery_bar_from": "2026-07-01",
    "recovery_bar_to": "2028-06-30",
}

TOLD = {**HEARD, **{name.replace("recovery_", "recovery_proposed_"): value for name, value in BAR.items()}}


def paid(office: Office) -> Sequence[str]:
    """900,000 yuan are paid."""
    reference = project(office, batch_of(office), "e01", "retrofit", 3_000_000)
    office.drive(reference)
    return (reference,)


def register(office: Office, case: str, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = office.as_("officer2").post(f"/cases/{case}/clues", {**CLUE, **more})
    return made


def investigator(at: At) -> None:
    """Somebody who did not handle the case."""
    at.give("officer3", "case_officer")


def receive(office: Office, case: str, amount: str) -> None:
    body = {"amount": amount, "cause": "decided", "basis": "虚构收款凭证〔2026〕9号"}
    made = office.as_("finance").post(f"/cases/{case}/recoveries", body)
    office.as_("finance2").post(f"/cases/{case}/recoveries/{made['id']}/confirmation")


def letters(at: At, case: str, kind: str) -> list[str]:
    with at.database.session() as session:
        query = select(Message.body).where(Message.case_id == at.case_id(case), Message.kind == kind)
        return list(session.scalars(query.order_by(Message.id)))


def test_upheld_with_instalments_and_a_bar(at: At) -> None:
    office, case = at.after(paid)
    register(office, case)
    assert office.case(case)["status"] == "RECOVERING"
    assert office.at(case) == {"recovery_investigation"}
    office.drive(case, until="recovery_statement", values={"recovery_investigation": TOLD})
    [told] = letters(at, case, "recovery_notice")
    assert "300,000元" in told and "通州审专〔2026〕5号" in told and "陈述申辩" in told
    assert "拟自2026年7月1日至2028年6月30日限制你单位申报" in told and "第二十条" in told and "利息" not in told
    office.drive(case, until="recovery_meeting")
    due = [
        {"due_on": "2026-11-30", "amount": "100000"},
        {"due_on": "2026-12-31", "amount": "200000"},
    ]
    with refused(422) as wrong:
        office.do(case, "recovery_meeting", recovery_amount="250000", recovery_instalments=due)
    assert wrong.fields == {"recovery_instalments"}
    with refused(422) as wrong:
        office.do(case, "recovery_meeting", recovery_amount="300001")
    assert "recovery_amount" in wrong.fields
    office.do(case, "recovery_meeting", recovery_amount="300000", recovery_instalments=due, **BAR)
    [decision] = letters(at, case, "recovery_decision")
    assert "2026年11月30日前退回100,000元" in decision and "行政复议" in decision and "第二十条" in decision
    assert "自收到本决定书之日起" in decision and "本告知书之日" not in decision
    receive(office, case, "100000")
    assert office.case(case)["status"] == "RECOVERING"
    with refused(422):
        receive(office, case, "200001")
    receive(office, case, "200000")
    ended = office.case(case)
    assert (ended["status"], ended["paid_amount"]) == ("RECOVERED", "900000")
    # What should not have been paid is room again.
    assert account(office, E01)["available"] == "1400000"
    [bar] = office.as_("auditor").get(f"/enterprises/{E01}/bars")["items"]
    assert (bar["from_on"], bar["to_on"], bar["case"]) == ("2026-07-01", "2028-06-30", case)
    assert broken(at) == []


def test_not_upheld_leaves_everything_as_it_was(at: At) -> None:
    office, case = at.after(paid)
    register(office, case)
    office.drive(case, values={"recovery_investigation": {"decision": "dismiss"}})
    ended = office.case(case)
    assert (ended["status"], ended["paid_amount"]) == ("PAID", "900000")
    assert letters(at, case, "recovery_notice") == []
    [clue] = office.as_("auditor").get(f"/cases/{case}/clues")["items"]
    assert clue["state"] == "dismissed"
    # Another clue begins it again; the meeting may find otherwise than the officer.
    register(office, case)
    values = {"recovery_investigation": HEARD, "recovery_meeting": {"decision": "dismiss"}}
    office.drive(case, values=values)
    assert office.case(case)["status"] == "PAID"
    [closed] = letters(at, case, "recovery_closed")
    assert "经核查和集体审议，决定不予处理" in closed
    assert account(office, E01)["available"] == "1100000"
    assert broken(at) == []


def test_what_the_chief_ends_was_in_no_meeting(at: At) -> None:
    office, case = at.after(paid)
    register(office, case)
    office.drive(case, until="recovery_legal_review", values={"recovery_investigation": HEARD})
    office.do(case, "recovery_legal_review", decision="return")
    office.drive(case, values={"recovery_investigation": {"decision": "dismiss"}})
    [closed] = letters(at, case, "recovery_closed")
    assert "经核查，决定不予处理" in closed and "审议" not in closed


def decided(office: Office) -> Sequence[str]:
    reference = paid(office)[0]
    register(office, reference)
    office.drive(
        reference,
        until="recovery_received",
        values={"recovery_investigation": HEARD, "recovery_meeting": {"recovery_amount": "300000"}},
    )
    return (reference,)


def test_who_does_not_pay_is_dunned_once_he_was_reached_and_then_others_are_asked(at: At) -> None:
    office, case = at.after(decided)
    assert letters(at, case, "dunning") == []
    for _ in range(2):  # nobody was reached: no term is over
        [wait] = [each for each in office.case(case)["waiting_for"] if each["kind"] == "timer"]
        office.wait_until(wait["due_at"])
    assert letters(at, case, "dunning") == []
    open_letters(office, "e01")
    for _ in range(2):
        [wait] = [each for each in office.case(case)["waiting_for"] if each["kind"] == "timer"]
        office.wait_until(wait["due_at"])
    assert len(letters(at, case, "dunning")) == 1
    open_letters(office, "e01")
    office.drive(case, until="recovery_enforcement")
    office.do(case, "recovery_enforcement")
    [clue] = office.as_("auditor").get(f"/cases/{case}/clues")["items"]
    assert clue["referred_to"] == "通州区人民法院（虚构）"
    receive(office, case, "300000")
    assert office.case(case)["status"] == "RECOVERED"
    assert broken(at) == []


def looked_into(office: Office) -> Sequence[str]:
    reference = paid(office)[0]
    register(office, reference, cause="fraud")
    return (reference,)


def overdue(office: Office) -> Sequence[str]:
    """Dunned, and still not paid: an officer is to say what becomes of it."""
    (reference,) = decided(office)
    while "recovery_enforcement" not in office.at(reference):
        open_letters(office, "e01")
        [wait] = [each for each in office.case(reference)["waiting_for"] if each["kind"] == "timer"]
        office.wait_until(wait["due_at"])
    return (reference,)


def test_money_that_comes_in_while_an_officer_decides_ends_the_collection(at: At) -> None:
    office, case = at.after(overdue)
    receive(office, case, "100000")
    office.let_work()
    assert office.at(case) == {"recovery_enforcement"}, "what is left is still late"
    receive(office, case, "200000")
    assert (office.case(case)["status"], office.case(case)["open_tasks"]) == ("RECOVERED", [])
    assert len(letters(at, case, "dunning")) == 1
    assert broken(at) == []


@pytest.mark.parametrize("decision", ["dun", "enforce"])
def test_money_that_came_in_while_the_case_stood_still_ends_it(at: At, decision: str) -> None:
    office, case = at.after(overdue)
    office.as_("chief").post(f"/cases/{case}/suspension", {"reason": "不可抗力（虚构）"})
    receive(office, case, "300000")
    office.as_("chief").post(f"/cases/{case}/resumption")
    if office.at(case):
        office.do(case, "recovery_enforcement", decision=decision)
    assert office.case(case)["status"] == "RECOVERED"
    assert len(letters(at, case, "dunning")) == 1, "nothing was left to be dunned for"
    assert broken(at) == []


def test_a_term_that_ends_after_all_came_back_duns_nobody(at: At) -> None:
    office, case = at.after(decided)
    open_letters(office, "e01")
    office.as_("chief").post(f"/cases/{case}/suspension", {"reason": "不可抗力（虚构）"})
    receive(office, case, "300000")
    office.as_("chief").post(f"/cases/{case}/resumption")
    office.let_work()
    assert office.case(case)["status"] == "RECOVERED"
    assert letters(at, case, "dunning") == []
    assert broken(at) == []


def test_a_payment_of_the_firm_waits_while_money_is_claimed_back(at: At) -> None:
    office, case = at.after(paid)
    other = project(office, office.case(case)["batch"]["id"], "e01", "future_energy", 500_000)
    office.drive(other, until="pay")
    register(office, case)
    office.do(other, "pay", decision="paid")
    assert office.case(other)["paid_amount"] is None
    assert office.at(other) == {"hold_settled"}


def unpaid(office: Office) -> Sequence[str]:
    reference = project(office, batch_of(office), "e01", "retrofit", 3_000_000)
    office.drive(reference, until="confirm_payee")
    return (reference,)


def test_a_revoked_award_is_told_with_reasons_and_its_room_is_free(at: At) -> None:
    office, case = at.after(unpaid)
    assert register(office, case)["kind"] == "revocation"
    assert office.at(case) == {"recovery_investigation"}
    office.drive(case)
    ended = office.case(case)
    assert (ended["status"], ended["reason"], ended["paid_amount"]) == ("NOT_SUPPORTED", "REVOKED", None)
    [told] = letters(at, case, "revocation_notice")
    assert "尚未拨付" in told
    [decision] = letters(at, case, "revocation_decision")
    assert "900,000元支持资金不再拨付" in decision and "行政诉讼" in decision
    assert account(office, E01)["available"] == "2000000"
    assert broken(at) == []


def test_an_award_that_is_not_revoked_is_paid(at: At) -> None:
    office, case = at.after(unpaid)
    register(office, case)
    office.drive(case, values={"recovery_meeting": {"decision": "dismiss"}})
    assert (office.case(case)["status"], office.case(case)["paid_amount"]) == ("PAID", "900000")
    assert letters(at, case, "recovery_closed") == []
    assert len(letters(at, case, "revocation_closed")) == 1
    assert broken(at) == []


def barred(office: Office) -> Sequence[str]:
    reference = paid(office)[0]
    register(office, reference, cause="fraud")
    now = {**BAR, "recovery_bar_from": "2026-01-01"}
    told = {**TOLD, "recovery_proposed_bar_from": "2026-01-01"}
    values = {"recovery_investigation": told, "recovery_meeting": {"recovery_amount": "300000", **now}}
    office.drive(reference, until="recovery_received", values=values)
    receive(office, reference, "300000")
    return (reference,)


def test_a_bar_closes_the_door_until_it_is_lifted_by_two(at: At) -> None:
    office, case = at.after(barred)
    assert account(office, E01)["available"] == "1100000", "what was got by false statements stays used"
    other = project(office, office.case(case)["batch"]["id"], "e01", "retrofit", 5_000_000)
    office.drive(other, until="credit_check")
    with refused(422):
        office.do(other, "credit_check", decision="clear")
    [bar] = office.as_("auditor").get(f"/enterprises/{E01}/bars")["items"]
    path = f"/enterprises/{E01}/bars/{bar['id']}/lifting"
    basis = "通信修〔2026〕3号信用修复决定（虚构）"
    with refused(409):
        office.as_("chief").post(f"{path}/confirmation", {"basis": basis})
    office.as_("officer").post(path, {"basis": basis})
    assert office.as_("chief").post(f"{path}/confirmation", {"basis": basis})["in_force"] is False
    office.do(other, "credit_check", decision="clear")
    assert broken(at) == []


def test_no_bar_without_its_document(at: At) -> None:
    office, case = at.after(paid)
    register(office, case)
    office.drive(case, until="recovery_meeting", values={"recovery_investigation": TOLD})
    without = {**BAR, "recovery_bar_basis": ""}
    with refused(422) as wrong:
        office.do(case, "recovery_meeting", recovery_amount="300000", **without)
    assert "recovery_bar_basis" in wrong.fields


INTEREST = "按同期贷款市场报价利率，自拨付之日起计算（虚构依据）"
# What the investigation tells; what the meeting decides beyond it, and the field that says so.
BEYOND: list[tuple[dict[str, str], dict[str, str], str]] = [
    (HEARD, {"recovery_amount": "300001"}, "recovery_amount"),
    (HEARD, {"recovery_interest": INTEREST}, "recovery_interest"),
    ({**HEARD, "recovery_proposed_interest": INTEREST}, {"recovery_interest": "按日万分之五"}, "recovery_interest"),
    (HEARD, BAR, "recovery_bar"),
    (TOLD, {**BAR, "recovery_bar_basis": "另一份文件（虚构）"}, "recovery_bar_basis"),
    (TOLD, {**BAR, "recovery_bar_from": "2026-06-30"}, "recovery_bar_to"),
    (TOLD, {**BAR, "recovery_bar_to": "2028-07-01"}, "recovery_bar_to"),
]


@pytest.mark.parametrize(("told", "decided", "field"), BEYOND)
def test_nothing_is_decided_that_the_firm_was_not_told(
    at: At, told: dict[str, str], decided: dict[str, str], field: str
) -> None:
    office, case = at.after(paid)
    register(office, case)
    office.drive(case, until="recovery_meeting", values={"recovery_investigation": told})
    with refused(422) as wrong:
        office.do(case, "recovery_meeting", **decided)
    assert wrong.fields == {field}


def test_what_was_told_of_interest_and_bar_is_decided_and_told_anew_after_a_return(at: At) -> None:
    office, case = at.after(paid)
    register(office, case)
    told = {**TOLD, "recovery_proposed_interest": INTEREST}
    values = {"recovery_investigation": told, "recovery_meeting": {"decision": "return"}}
    office.drive(case, until="recovery_meeting", values=values)
    [notice] = letters(at, case, "recovery_notice")
    assert f"四、拟计收的利息：{INTEREST}。" in notice and "六、你单位的权利" in notice
    office.do(case, "recovery_meeting", decision="return")
    # What is not told anew is not intended any more.
    office.drive(case, until="recovery_meeting", values={"recovery_investigation": HEARD})
    with refused(422) as wrong:
        office.do(case, "recovery_meeting", recovery_interest=INTEREST, **BAR)
    assert wrong.fields == {"recovery_interest", "recovery_bar"}
    office.do(case, "recovery_meeting", decision="return")
    office.drive(case, until="recovery_meeting", values={"recovery_investigation": told})
    office.do(case, "recovery_meeting", recovery_interest=INTEREST, **BAR)
    [decision] = letters(at, case, "recovery_decision")
    assert INTEREST in decision and "四、限制申报" in decision
    assert broken(at) == []


def test_money_decided_on_comes_back_only_on_a_decision(at: At) -> None:
    office, case = at.after(paid)
    with refused(409):
        receive(office, case, "100000")
    with refused(422):
        office.as_("finance").post(f"/cases/{case}/recoveries", {"amount": "1", "cause": "fraud", "basis": "凭证"})


@pytest.mark.parametrize("story", [decided, looked_into])
def test_no_plain_mistake_uses_up_what_is_claimed_back(at: At, story: Story) -> None:
    """It would give room to the ceiling that the cause forbids, and leave none to the decision."""
    office, case = at.after(story)
    with refused(409) as why:
        office.as_("finance").post(
            f"/cases/{case}/recoveries", {"amount": "900000", "cause": "clerical_error", "basis": "凭证〔2026〕1号"}
        )
    assert "按追回决定登记" in why.detail
    office.drive(case, until="recovery_received")
    receive(office, case, "300000")
    assert office.case(case)["status"] == "RECOVERED"


def test_an_amount_that_was_lowered_anew_is_claimed_back(at: At) -> None:
    office, case = at.after(paid_anew)
    reopen(office, case)
    values = {
        "confirm_verified": {"approved_investment": "2000000"},
        "recovery_investigation": HEARD,
        "recovery_meeting": {"recovery_amount": "300000"},
    }
    office.drive(case, until="recovery_received", values=values)
    [clue] = office.as_("auditor").get(f"/cases/{case}/clues")["items"]
    assert (clue["cause"], clue["amount"], clue["decided_amount"]) == ("cut", "300000", "300000")
    receive(office, case, "300000")
    assert office.case(case)["status"] == "RECOVERED"
    assert account(office, E01)["available"] == "1400000"
    assert broken(at) == []


def test_the_page_of_the_amounts_takes_receipts_and_a_sibling_sees_the_room(at: At) -> None:
    office, case = at.after(decided)
    assert "按追回决定退回" in page(at, "finance", f"/cases/{case}/amounts")
    receive(office, case, "300000")
    batch = batch_of(office)
    other = project(office, batch, "e01", "future_energy", 1_500_000)
    to_the_list(office, other)
    fix_list(office, batch)
    assert office.case(other)["final_amount"] == "1400000"


def test_the_page_shows_the_clue_and_lifts_a_bar(at: At) -> None:
    office, case = at.after(barred)
    shown = page(at, "officer2", f"/cases/{case}/clues")
    assert "提供虚假材料" in shown and "限制中" in shown and "提议解除" in shown
    [bar] = office.as_("auditor").get(f"/enterprises/{E01}/bars")["items"]
    office.as_("officer").post(f"/enterprises/{E01}/bars/{bar['id']}/lifting", {"basis": "通信修〔2026〕3号"})
    assert "确认解除" in page(at, "chief", f"/cases/{case}/clues")


def test_the_decision_says_of_silence_what_happened(at: At) -> None:
    """Silence counts from the delivery of the notice, and the letter says how it was delivered."""
    office, case = at.after(paid)
    register(office, case)
    office.drive(case, until="recovery_statement", values={"recovery_investigation": HEARD})

    office.wait_until("2026-04-01T09:00:00+08:00")
    assert office.at(case) == {"recovery_statement"}, "nobody was reached"
    open_letters(office, "e01")
    office.wait_until("2026-05-20T09:00:00+08:00")
    office.let_work()
    assert office.at(case) == {"recovery_legal_review"}
    office.drive(case, until="recovery_received")
    [decision] = letters(at, case, "recovery_decision")
    assert "以电子送达（系统阅知）方式送达，你单位逾期未陈述申辩" in decision
    assert "听取" not in decision
    assert broken(at) == []


def bring(office: Office, case: str) -> None:
    """Somebody brings something about the case under his name, after its publicity."""
    [notice] = office.nobody.get("/public/notices")["items"]
    office.nobody.post(f"/public/notices/{notice['id']}/petitions", {"case": case, **OBJECTION})


def test_who_brought_it_is_named_to_the_firm_nowhere(at: At) -> None:
    office, case = at.after(paid)
    bring(office, case)
    with refused(422) as wrong:
        register(office, case, source=f"{OBJECTION['name']}举报", facts=f"来电{OBJECTION['phone']}反映重复享受")
    assert wrong.fields == {"source", "facts"}
    register(office, case)
    with refused(422) as wrong:
        office.do(case, "recovery_investigation", recovery_facts=f"{OBJECTION['name']}所述属实", **HEARD)
    assert wrong.fields == {"recovery_facts"}
    office.drive(case, until="recovery_meeting", values={"recovery_investigation": HEARD})
    with refused(422) as wrong:
        office.do(case, "recovery_meeting", recovery_reply=f"证件号码为{OBJECTION['id_no']}的反映属实")
    assert wrong.fields == {"recovery_reply"}


def test_a_source_that_names_who_brought_something_later_is_kept_from_the_firm(at: At) -> None:
    office, case = at.after(paid)
    register(office, case, source=f"{OBJECTION['name']}来信")
    bring(office, case)
    office.drive(case, until="recovery_statement", values={"recovery_investigation": HEARD})
    [told] = letters(at, case, "recovery_notice")
    assert OBJECTION["name"] not in told and "来源依法保密" in told


def test_registering_investigating_and_closing_a_clue_are_different_persons(at: At) -> None:
    office, case = at.after(paid)
    at.give("officer3", "case_officer", "section_chief")
    office.as_("officer3").post(f"/cases/{case}/clues", CLUE)
    task = office.task(case, "recovery_investigation")
    with refused(403) as why:
        office.as_("officer3").post(f"/tasks/{task['id']}/claim")
    assert "由你登记" in why.detail
    with refused(422):
        office.as_("chief").post(f"/tasks/{task['id']}/assignment", {"username": "officer3"})


def test_who_found_a_clue_unfounded_does_not_confirm_it(at: At) -> None:
    office, case = at.after(paid)
    at.give("officer3", "case_officer", "section_chief")
    register(office, case)
    office.do(case, "recovery_investigation", by="officer3", decision="dismiss")
    with refused(403) as why:
        office.do(case, "recovery_dismissal", by="officer3")
    assert "岗位分离" in why.detail
    office.do(case, "recovery_dismissal", by="chief")
    assert office.case(case)["status"] == "PAID"


def test_who_renounces_the_award_ends_its_revocation(at: At) -> None:
    office, case = at.after(unpaid)
    register(office, case)
    office.as_("e01").post(f"/cases/{case}/withdrawal", {"reason": "放弃本项支持"})
    [clue] = office.as_("auditor").get(f"/cases/{case}/clues")["items"]
    assert (office.case(case)["status"], clue["state"]) == ("WITHDRAWN", "dismissed")
    assert broken(at) == []


def test_a_clue_needs_something_that_was_decided_or_paid(at: At) -> None:
    office, case = at("substantive_review")
    with refused(409) as why:
        register(office, case)
    assert "尚未到拨付环节" in why.detail
    with refused(422) as wrong:
        office.as_("officer2").post(f"/cases/{case}/clues", {**CLUE, "cause": "rumour"})
    assert wrong.fields


def test_a_clue_changes_nothing_where_the_diagram_leads_to_no_recovery(at: At) -> None:
    office, case = at.after(paid)
    Owner(at, office).publish(lambda drawing: drawing.drop("entry_point_to_recovery"))
    with refused(409) as why:
        register(office, case)
    assert "资金追回" in why.detail
    assert (office.case(case)["status"], office.case(case)["paid_amount"]) == ("PAID", "900000")
    assert office.as_("auditor").get(f"/cases/{case}/clues")["items"] == []
