"""Money that comes back: recorded by the one finance post, confirmed by the other, by call and on the page."""

from __future__ import annotations

from flask import Flask

from tests.api_calls import refused
from tests.contract_client import Office
from tests.server.signing_in import put_into_cookie, token_of

RETURNED = {"amount": "200000", "cause": "clerical_error", "basis": "虚构收款凭证〔2026〕3号"}


def available(office: Office, case: str) -> int:
    uscc = office.case(case)["enterprise"]["uscc"]
    return int(office.as_("auditor").get(f"/enterprises/{uscc}/ledger?year=2026")["available"])


def test_a_clerical_error_gives_room_back_once_it_is_confirmed(app: Flask, office: Office) -> None:
    case = office.apply("e03")
    office.submit(case)
    with refused(409):
        office.as_("finance").post(f"/cases/{case}/recoveries", RETURNED)
    office.drive(case)
    paid, room = int(office.case(case)["paid_amount"]), available(office, case)
    with refused(422) as caught:
        office.as_("finance").post(f"/cases/{case}/recoveries", {**RETURNED, "amount": str(paid + 1)})
    assert caught.fields == {"amount"}
    recovery = office.as_("finance").post(f"/cases/{case}/recoveries", RETURNED)["id"]
    assert available(office, case) == room
    with refused(403):
        office.as_("finance").post(f"/cases/{case}/recoveries/{recovery}/confirmation")
    confirmed = office.as_("finance2").post(f"/cases/{case}/recoveries/{recovery}/confirmation")
    assert confirmed["confirmed_by"] == "finance2"
    assert available(office, case) == room + 200_000
    with refused(409):
        office.as_("finance2").post(f"/cases/{case}/recoveries/{recovery}/confirmation")
    assert office.as_("auditor").get(f"/cases/{case}/recoveries")["items"] == [confirmed]
    _on_the_page(app, office, case)


def _on_the_page(app: Flask, office: Office, case: str) -> None:
    """The same two posts at their browsers."""
    app.config.update(WTF_CSRF_ENABLED=False)
    desks = {}
    for username in ("finance", "finance2"):
        desks[username] = app.test_client()
        put_into_cookie(desks[username], token_of(app, username))
    path = f"/cases/{case}/recoveries"
    wrong = desks["finance"].post(path, data={**RETURNED, "cause": ""})
    assert wrong.status_code == 422 and "请选择退回原因" in wrong.get_data(as_text=True)
    assert desks["finance"].post(path, data={**RETURNED, "amount": "1,000"}).status_code == 303
    recovery = office.as_("auditor").get(path)["items"][-1]["id"]
    assert "确认退回" in desks["finance2"].get(f"/cases/{case}/amounts").get_data(as_text=True)
    assert desks["finance2"].post(f"{path}/{recovery}/confirmation").status_code == 303
    assert office.as_("auditor").get(path)["items"][-1]["confirmed_by"] == "finance2"
