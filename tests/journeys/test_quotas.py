"""A payment stops at a registered quota only: its batch's, else the year's."""

from __future__ import annotations

from typing import Any

from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At, page
from tests.journeys.test_payment_guards import two_payments, why_not
from tests.journeys.test_races import at_once, posting


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
    said = why_not(office, second, voucher_no="国支〔2026〕0002")
    assert "余额100,000元" in said["decision"]
    with refused(422) as why:
        give(office, "100001", batch=batch, kind="reduced")
    assert why.fields == {"amount"}
    shown = page(at, "auditor", "/quotas")
    assert all(said in shown for said in ("1,000,000", "900,000", "100,000", "安排超出指标", given["document_no"]))
    give(office, "800000", batch=batch)
    office.do(second, "pay", voucher_no="国支〔2026〕0002")


def test_without_a_quota_of_its_batch_the_years_is_drawn_on(at: At) -> None:
    office, first, second = at.after(two_payments)
    batch = office.case(first)["batch"]["id"]
    assert "可用指标" not in page(at, "officer", f"/batches/{batch}")
    give(office, "900000", year=int(office.now()[:4]))
    office.do(first, "pay")
    shown = page(at, "officer", f"/batches/{batch}")
    assert "可用指标</dt><dd>900,000元" in shown and "超出可用指标900,000元" in shown
    assert set(why_not(office, second, voucher_no="国支〔2026〕0002")) == {"decision"}


def test_two_payments_at_once_do_not_exceed_a_quota_together(at: At) -> None:
    office, *cases = at.after(two_payments)
    give(office, "1000000", batch=office.case(cases[0])["batch"]["id"])
    data = {"decision": "paid", "paid_on": office.now()[:10], "payment_amount": "900000"}
    presses = [
        posting(
            at,
            office,
            "finance2",
            f"/tasks/{office.task(case, 'pay')['id']}/completion",
            {"data": {**data, "voucher_no": f"国支〔2026〕{number}"}},
        )
        for number, case in enumerate(cases, start=7)
    ]
    assert sorted(at_once(*presses)) == [200, 422]
