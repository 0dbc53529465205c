"""A payment stops at a registered quota only: its batch's, else the year's."""

from __future__ import annotations

from typing import Any

from tests.api_calls import refused
from tests.contract_client import Office, fill
from tests.journeys.conftest import At, page
from tests.journeys.test_payment_guards import two_payments
from tests.journeys.test_races import answering, at_once


def give(office: Office, amount: str, **more: Any) -> Any:
    document = {"document_no": "京开财〔2026〕8号", "account": "2110399", "basis": "区财政局指标文"}
    sent = {"year": 2026, "kind": "added", "amount": amount, **document, **more}
    return office.as_("finance").post("/quotas", sent)


def test_a_batch_is_paid_up_to_its_quota(at: At) -> None:
    office, first, second = at.after(two_payments)
    batch = office.case(first)["batch"]["id"]
    given = give(office, "1000000", batch=batch)
    assert office.as_("auditor").get("/quotas")["items"] == [given]
    office.do(first, "pay")
    done = office.do(second, "pay", voucher_no="国支〔2026〕0002")
    assert done["held"].startswith("待下年度安排：预算指标余额100,000元")
    assert (office.at(second), office.case(second)["paid_amount"]) == ({"hold_settled"}, None)
    [check] = office.as_("officer").get(f"/cases/{second}/checks")["items"]
    assert (check["kind"], check["state"], check["with"]) == ("next_year", "open", None)
    with refused(422) as why:
        give(office, "100001", batch=batch, kind="reduced")
    assert why.fields == {"amount"}
    shown = page(at, "auditor", "/quotas")
    assert all(said in shown for said in ("1,000,000", "900,000", "100,000", "安排超出指标", given["document_no"]))
    give(office, "800000", batch=batch)
    office.settle_checks(second)
    office.do(second, "pay", voucher_no="国支〔2026〕0002")


def test_without_a_quota_of_its_batch_the_years_is_drawn_on(at: At) -> None:
    office, first, second = at.after(two_payments)
    batch = office.case(first)["batch"]["id"]
    assert "可用指标" not in page(at, "officer", f"/batches/{batch}")
    give(office, "900000", year=int(office.now()[:4]))
    office.do(first, "pay")
    shown = page(at, "officer", f"/batches/{batch}")
    assert "可用指标</dt><dd>900,000元" in shown and "超出可用指标900,000元" in shown
    assert office.do(second, "pay", voucher_no="国支〔2026〕0002")["held"].startswith("待下年度安排")
    assert office.at(second) == {"hold_settled"}


def test_two_payments_at_once_do_not_exceed_a_quota_together(at: At) -> None:
    office, *cases = at.after(two_payments)
    give(office, "1000000", batch=office.case(cases[0])["batch"]["id"])
    presses = []
    for number, case in enumerate(cases, start=7):
        given = {"payment_amount": "900000", "voucher_no": f"国支〔2026〕{number}"}
        data = fill(office.schema(case, "pay", "finance2"), given)
        path = f"/tasks/{office.task(case, 'pay')['id']}/completion"
        presses.append(answering(at, office, "finance2", path, {"data": data}))
    answers = at_once(*presses)
    assert [status for status, _ in answers] == [200, 200]
    assert sorted(office.case(case)["status"] for case in cases) == ["PAID", "PAYMENT"]
    assert [body["held"][:7] for _, body in answers if body["held"]] == ["待下年度安排："]
