"""重新办理: an ended case begins anew on a document; the old decision stays, the ledger books the difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from storage.messages import Message
from storage.payments import Payment
from storage.reopenings import PastInstance
from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At, page
from tests.journeys.lists import E01
from tests.journeys.projects import account, batch_of, project, to_the_list
from tests.journeys.test_record import broken
from tests.journeys.test_refusals import REFUSE

BASIS = "通政复决字〔2026〕12号（虚构）"


def paid(office: Office) -> Sequence[str]:
    """900,000 yuan are paid for a project of 4,000,000, of which 3,000,000 were verified."""
    reference = project(office, batch_of(office), "e01", "retrofit", 4_000_000)
    office.drive(reference, values={"confirm_verified": {"approved_investment": "3000000"}})
    return (reference,)


def propose(office: Office, case: str, point: str = "verified", **more: Any) -> dict[str, Any]:
    """The proposal of another officer, on a decision that lies in the file."""
    document = office.as_("officer2").upload(case, "DOC_OTHER", name="行政复议决定书.pdf")["id"]
    body = {
        "cause": "reconsideration",
        "point": point,
        "reason": "复议决定认定安装工程费应计入，原核定数有误",
        "basis_no": BASIS,
        "basis_on": "2026-03-02",
        "document": document,
    }
    made: dict[str, Any] = office.as_("officer2").post(f"/cases/{case}/reopenings", {**body, **more})
    return made


def reopen(office: Office, case: str, point: str = "verified") -> None:
    made = propose(office, case, point)
    office.as_("chief").post(f"/cases/{case}/reopenings/{made['id']}/confirmation", {"digest": made["digest"]})


def test_a_higher_amount_pays_the_difference_and_the_old_decision_stays(at: At) -> None:
    office, case = at.after(paid)
    before = office.case(case)
    assert (before["status"], before["paid_amount"]) == ("PAID", "900000")
    reopen(office, case)
    began = office.case(case)
    assert (began["ended_at"], began["final_amount"], began["paid_amount"]) == (None, None, "900000")
    assert office.at(case) == {"confirm_verified"}
    [past] = office.as_("auditor").get(f"/cases/{case}/reopenings")["past"]
    assert (past["status"], past["final_amount"], past["paid_amount"]) == ("PAID", "900000", "900000")
    assert account(office, E01)["available"] == "1100000"
    done = office.drive(case, until="resolved", values={"confirm_verified": {"approved_investment": "4000000"}})
    assert office.case(case)["final_amount"] == "1200000"
    entries = [entry for entry in account(office, E01)["entries"] if entry["case"] == case]
    assert [(entry["state"], entry["amount"]) for entry in entries][-1] == ("RESERVED", "300000")
    done += office.drive(case)
    assert {"listed", "resolved", "published", "district_approval", "decision_notice", "pay"} <= set(done)
    ended = office.case(case)
    assert (ended["status"], ended["paid_amount"], ended["final_amount"]) == ("PAID", "1200000", "1200000")
    assert account(office, E01)["available"] == "800000"
    with at.database.session() as session:
        query = select(Message.body).where(Message.case_id == at.case_id(case), Message.kind == "award")
        assert "此前已拨付900,000元，本次另拨付差额300,000元" in list(session.scalars(query.order_by(Message.id)))[-1]
    with at.database.session() as session:
        made = session.scalars(select(Payment.amount).where(Payment.case_id == at.case_id(case)).order_by(Payment.id))
        assert list(map(str, made)) == ["900000", "300000"]
    assert broken(at) == []


def test_a_lower_amount_is_decided_and_what_was_paid_too_much_is_looked_into(at: At) -> None:
    office, case = at.after(paid)
    reopen(office, case)
    values = {"confirm_verified": {"approved_investment": "2000000"}}
    done = office.drive(case, until="recovery_investigation", values=values)
    assert {"resolved", "district_approval", "decision_notice"} <= set(done)
    now = office.case(case)
    assert (now["status"], now["final_amount"], now["paid_amount"]) == ("RECOVERING", "600000", "900000")
    [settled] = [each for each in office.history(case) if each["action"] == "difference_settled"]
    assert {each["field"]: each["new"] for each in settled["changes"]}["overpaid_amount"] == "300000"
    states = [entry["state"] for entry in account(office, E01)["entries"] if entry["case"] == case]
    assert states == ["RESERVED", "COMMITTED", "PAID"]
    assert broken(at) == []


def test_the_calculation_alone_is_done_anew_where_figures_stand(at: At) -> None:
    office, case = at.after(paid)
    reopen(office, case, "calculation")
    assert "confirm_verified" not in office.drive(case, until="decision_notice")
    assert office.case(case)["final_amount"] == "900000"
    office.drive(case)
    assert office.case(case)["paid_amount"] == "900000"
    assert len(office.as_("auditor").get(f"/cases/{case}/calculation")["items"]) == 2


def refused_once(office: Office) -> Sequence[str]:
    reference = project(office, batch_of(office), "e01", "retrofit", 3_000_000)
    office.drive(reference, until="substantive_review")
    office.do(reference, "substantive_review", **REFUSE)
    office.drive(reference)
    return (reference,)


def test_a_refused_case_begins_anew_only_where_it_has_been(at: At) -> None:
    office, case = at.after(refused_once)
    shown = office.as_("officer2").get(f"/cases/{case}/reopenings")
    assert [each["point"] for each in shown["points"]] == ["intake", "review"]
    ended = office.case(case)
    assert (ended["status"], ended["reason"]) == ("NOT_SUPPORTED", "BELOW_THRESHOLD")
    with refused(422):
        propose(office, case, "calculation")
    reopen(office, case, "review")
    assert office.at(case) == {"substantive_review"}
    office.drive(case)
    assert office.case(case)["status"] == "PAID"
    [past] = office.as_("auditor").get(f"/cases/{case}/reopenings")["past"]
    assert (past["status"], past["reason"], past["paid_amount"]) == ("NOT_SUPPORTED", "BELOW_THRESHOLD", None)
    assert broken(at) == []


def test_who_confirms_saw_the_proposal_and_did_not_make_it(at: At) -> None:
    office, case = at.after(paid)
    made = propose(office, case)
    path = f"/cases/{case}/reopenings/{made['id']}"
    with refused(412):
        office.as_("chief").post(f"{path}/confirmation", {"digest": "0" * 64})
    with refused(409):
        propose(office, case)
    office.as_("chief").post(f"{path}/return", {"reason": "复议决定尚未送达，待送达后再提"})
    with refused(409):
        office.as_("chief").post(f"{path}/confirmation", {"digest": made["digest"]})
    assert (office.case(case)["status"], made["document"]) == ("PAID", "行政复议决定书.pdf")
    # One and the same person does not do both, in whichever posts.
    mine = propose(office, case)
    at.give("officer2", "section_chief", "case_officer")
    with refused(403):
        office.as_("officer2").post(f"/cases/{case}/reopenings/{mine['id']}/confirmation", {"digest": mine["digest"]})


def test_a_running_or_withdrawn_case_is_not_dealt_with_anew(at: At) -> None:
    office, case = at("substantive_review")
    with_document = office.as_("officer2").upload(case, "DOC_OTHER")["id"]
    body = {"cause": "audit", "point": "intake", "reason": "审计整改", "basis_no": BASIS, "basis_on": "2026-03-02"}
    with refused(409) as said:
        office.as_("officer2").post(f"/cases/{case}/reopenings", {**body, "document": with_document})
    assert "正在办理" in said.detail
    office.as_("e01").post(f"/cases/{case}/withdrawal", {"reason": "不再申报"})
    with refused(409) as said:
        office.as_("officer2").post(f"/cases/{case}/reopenings", {**body, "document": with_document})
    assert "撤回" in said.detail


def test_the_page_says_what_was_and_takes_the_proposal(at: At) -> None:
    office, case = at.after(paid)
    assert "提议重新办理" in page(at, "officer2", f"/cases/{case}/reopenings")
    made = propose(office, case)
    assert "确认重新办理" in page(at, "chief", "/tasks")
    assert made["digest"] in page(at, "chief", f"/cases/{case}/reopenings")
    office.as_("chief").post(f"/cases/{case}/reopenings/{made['id']}/confirmation", {"digest": made["digest"]})
    shown = page(at, "auditor", f"/cases/{case}/reopenings")
    assert "以往的办理" in shown
    assert "正在办理" not in shown
    assert "重新办理通知书" in page(at, "auditor", f"/cases/{case}/deliveries")


def test_an_instance_of_before_is_never_changed(at: At) -> None:
    office, case = at.after(paid)
    reopen(office, case)
    with at.database.session() as session, pytest.raises(DBAPIError, match=r"past_instance"):
        session.execute(update(PastInstance).values(status="NOT_SUPPORTED"))


def test_a_sibling_sees_what_the_case_has_not_more(at: At) -> None:
    """Another project of the firm is listed while the paid one is dealt with anew: its room is what it was."""
    office, case = at.after(paid)
    batch = office.case(case)["batch"]["id"]
    reopen(office, case)
    other = project(office, batch, "e01", "renewable_energy", 10_000_000)
    to_the_list(office, other)
    office.as_("chief").post(f"/batches/{batch}/list")
    assert office.case(other)["final_amount"] == "1100000"
