"""变更登记: a firm's name, legal representative and account change by proof, check and a look at what is confirmed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At, page

NEW_NAME = "北京潞测绿能智能装备制造有限公司（虚构）"


def proof(office: Office, case: str, by: str = "e01") -> int:
    return int(office.as_(by).upload(case, "DOC_OTHER", name="变更核准通知书.pdf")["id"])


def ask(office: Office, case: str, kind: str, **new: str) -> int:
    body = {"kind": kind, "new": new, "reason": "经登记机关核准变更", "document": proof(office, case)}
    return int(office.as_("e01").post(f"/cases/{case}/registration-changes", body)["id"])


def check(office: Office, change: int, result: str = "pass", by: str = "officer") -> Any:
    said = {"result": result, "opinion": "与变更核准通知书一致" if result == "pass" else "证明材料不清晰"}
    return office.as_(by).post(f"/registration-changes/{change}/check", said)


def seen(office: Office, case: str) -> str:
    return str(office.as_("chief").get(f"/cases/{case}/registration-changes")["items"][-1]["seen"])


def confirm(office: Office, case: str, change: int) -> Any:
    return office.as_("chief").post(f"/registration-changes/{change}/confirmation", {"seen": seen(office, case)})


def account(office: Office, number: str = "62220000000099", name: str | None = None) -> dict[str, str]:
    holder = name or "北京潞测绿能装备制造有限公司（虚构）"
    return {
        "account_name": holder,
        "account_no": number,
        "bank_name": "虚构银行北京通州支行",
        "bank_branch_code": "999100000099",
    }


def letters(office: Office) -> list[str]:
    return [each["body"] for each in office.as_("e01").get("/messages")["items"]]


def test_a_name_changes_by_check_and_confirmation_of_what_was_seen(at: At) -> None:
    office, case = at("substantive_review")
    change = ask(office, case, "name", name=NEW_NAME)
    assert "核对变更登记" in page(at, "officer", "/tasks")
    for who in ("chief", "e01", "legal"):
        with refused(403):
            check(office, change, by=who)
    with refused(409):
        confirm(office, case, change)
    early = seen(office, case)
    check(office, change)
    assert "确认变更登记" in page(at, "chief", "/tasks")
    # The officer's opinion is part of what is confirmed.
    with refused(412):
        office.as_("chief").post(f"/registration-changes/{change}/confirmation", {"seen": early})
    shown = page(at, "chief", f"/cases/{case}")
    assert "北京潞测绿能装备制造有限公司（虚构）" in shown
    assert NEW_NAME in shown
    done = confirm(office, case, change)
    assert (done["state"], done["old"], done["new"]) == (
        "confirmed",
        {"name": "北京潞测绿能装备制造有限公司（虚构）"},
        {"name": NEW_NAME},
    )
    assert office.case(case)["enterprise"]["name"] == NEW_NAME
    told = letters(office)[0]
    assert told.startswith(f"{NEW_NAME}：")
    assert f"由“北京潞测绿能装备制造有限公司（虚构）”变更为“{NEW_NAME}”" in told
    with refused(409):
        confirm(office, case, change)
    assert "已变更" in page(at, "e01", f"/cases/{case}")
    # What follows is addressed to the new name.
    office.do(case, "substantive_review", decision="return", explanation_request="请说明设备来源")
    office.drive(case, until="audit_verification")


def test_what_is_wrong_with_a_request_is_said_field_by_field(at: At) -> None:
    office, case = at("substantive_review")
    path = f"/cases/{case}/registration-changes"
    right = {"kind": "name", "new": {"name": NEW_NAME}, "reason": "经核准变更", "document": proof(office, case)}
    for wrong, field in (
        ({"reason": " "}, "reason"),
        ({"document": 9999}, "document"),
        ({"new": {"name": "北京潞测绿能装备制造有限公司（虚构）"}}, "name"),
        ({"new": {}}, "name"),
    ):
        with refused(422) as why:
            office.as_("e01").post(path, {**right, **wrong})
        assert why.fields == {field}
    with refused(409):
        ask(office, case, "account", **account(office))  # none is known yet
    with refused(404):
        office.as_("e02").post(path, right)
    with refused(403):
        office.as_("officer").post(path, right)
    office.as_("e01").post(path, right)
    with refused(409):
        office.as_("e01").post(path, right)


@pytest.mark.parametrize("by", ["officer", "chief"])
def test_a_refusal_says_why_and_changes_nothing(at: At, by: str) -> None:
    office, case = at("substantive_review")
    change = ask(office, case, "legal_representative", legal_representative="测试庚")
    if by == "officer":
        check(office, change, "refuse")
    else:
        check(office, change)
        office.as_("chief").post(f"/registration-changes/{change}/refusal", {"reason": "证明材料不清晰"})
    assert "不予登记，理由：证明材料不清晰" in letters(office)[0]
    # It may be asked for again.
    again = ask(office, case, "legal_representative", legal_representative="测试庚")
    check(office, again)
    assert confirm(office, case, again)["new"] == {"legal_representative": "测试庚"}


def test_a_name_may_change_after_the_end_with_a_proof_of_its_own(at: At) -> None:
    office, case = at("pay")
    office.do(case, "pay")
    with refused(409):
        office.as_("e01").upload(case, "DOC_CONTRACT")
    change = ask(office, case, "name", name=NEW_NAME)
    check(office, change)
    confirm(office, case, change)
    assert letters(office)[0].startswith(f"{NEW_NAME}：")
    with refused(409):
        ask(office, case, "account", **account(office, name=NEW_NAME))


def test_nothing_is_paid_while_a_change_is_open_and_a_new_account_is_confirmed_anew(at: At) -> None:
    office, case = at("pay")
    with refused(422) as why:
        ask(office, case, "account", **account(office, name="张三"))
    assert why.fields == {"account_name"}
    change = ask(office, case, "account", **account(office))
    office.do(case, "pay")
    assert office.case(case)["paid_amount"] is None
    assert office.at(case) == {"pay"}
    check(office, change)
    confirm(office, case, change)
    assert "62220000000099" not in letters(office)[0]
    assert "62220000000099" not in str(office.history(case))
    # The payment is held until finance has confirmed what the money goes to now.
    office.do(case, "pay")
    assert office.at(case) == {"confirm_payee"}
    office.do(case, "confirm_payee")
    office.do(case, "pay")
    assert office.case(case)["paid_amount"] == "900000"


def test_the_new_account_is_compared_with_those_of_other_firms(at: At) -> None:
    office, first, second = at("pay", "neighbours")
    shared = account(office)
    change = ask(office, first, "account", **shared)
    check(office, change)
    confirm(office, first, change)
    theirs = {**shared, "account_name": office.case(second)["enterprise"]["name"]}
    document = proof(office, second, "e02")
    body = {"kind": "account", "new": theirs, "reason": "开户银行变更", "document": document}
    other = int(office.as_("e02").post(f"/cases/{second}/registration-changes", body)["id"])
    check(office, other)
    confirm(office, second, other)
    [hit] = office.as_("officer").get(f"/cases/{second}/checks")["items"]
    assert hit["state"] == "open"
    assert hit["why"] == "收款账号相同"


@pytest.mark.parametrize(("stage", "offered"), [("substantive_review", False), ("pay", True)])
def test_a_change_of_account_is_offered_once_there_is_one(at: At, stage: str, offered: bool) -> None:
    _, case = at(stage)
    shown = page(at, "e01", f"/cases/{case}")
    assert "申请变更单位名称" in shown
    assert ("申请变更收款账户" in shown) is offered
