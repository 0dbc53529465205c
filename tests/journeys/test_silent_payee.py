"""P18: who gives no account is reminded once delivery is proved, then the chief decides; nothing lapses by itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At, open_letters, page
from tests.journeys.test_ceilings import balance
from tests.journeys.test_delivery import day_after

TASK = "enter_payee"


def letters(office: Office, kind: str) -> list[str]:
    """The texts of a firm's letters of a kind, in order."""
    items = office.as_("e01").get("/messages")["items"]
    return [each["body"] for each in reversed(items) if each["kind"] == kind]


def pass_a_term(office: Office, case: str, task: str = TASK, *, reached: bool = True) -> None:
    """Let the term of the open task run out, its letter delivered on the day it was sent, or not at all."""
    if reached:
        open_letters(office, "e01")
    office.wait_until(day_after(office.task(case, task)["due_on"]))


def be_silent(office: Office, case: str) -> None:
    """Let the firm be asked and reminded twice, and say nothing."""
    for _ in range(3):
        pass_a_term(office, case)


def test_who_answers_in_time_is_asked_once(at: At) -> None:
    office, case = at(TASK)
    assert len(letters(office, "payee_request")) == 1
    assert "5个工作日内" in letters(office, "payee_request")[0]
    office.drive(case)
    assert office.case(case)["status"] == "PAID"
    assert letters(office, "payee_reminder") == []


def test_two_reminders_then_the_chief_and_he_may_remind_again(at: At) -> None:
    office, case = at(TASK)
    for count in (1, 2):
        pass_a_term(office, case)
        assert office.at(case) == {TASK}
        assert f"现第{count}次催告" in letters(office, "payee_reminder")[-1]
    pass_a_term(office, case)
    assert office.at(case) == {"decide_silent_payee"}
    assert office.task(case, "decide_silent_payee")["role"] == "section_chief"
    assert balance(office, case) == ("0", "900000", "0", "1100000"), "nothing is forfeited by itself"
    office.do(case, "decide_silent_payee")
    assert office.at(case) == {TASK}
    assert "现第3次催告" in letters(office, "payee_reminder")[-1]
    office.drive(case)
    assert office.case(case)["paid_amount"] == "900000"


def test_what_reached_nobody_is_no_silence(at: At) -> None:
    office, case = at(TASK)
    for _ in range(2):
        pass_a_term(office, case, reached=False)
        assert office.at(case) == {TASK}
    assert letters(office, "payee_reminder") == []
    assert "期满仍未送达" in page(at, "officer", f"/cases/{case}")


def test_the_term_runs_from_the_delivery_and_keeps_what_was_being_written(at: At) -> None:
    office, case = at(TASK)
    first = date.fromisoformat(office.task(case, TASK)["due_on"])
    office.wait_until(f"{first}T10:00:00+08:00")
    open_letters(office, "e01")
    office.wait_until(day_after(str(first)))
    assert office.at(case) == {TASK}
    assert letters(office, "payee_reminder") == []
    assert date.fromisoformat(office.task(case, TASK)["due_on"]) > first + timedelta(days=4)


def test_the_chief_decides_with_reasons_and_the_room_is_free_again(at: At) -> None:
    office, case = at(TASK)
    be_silent(office, case)
    with refused(422) as why:
        office.do(case, "decide_silent_payee", decision="forfeit", silence_opinion="")
    assert why.fields == {"silence_opinion"}
    with refused(403):
        office.do(case, "decide_silent_payee", by="officer", decision="forfeit", silence_opinion="不填")
    office.do(case, "decide_silent_payee", decision="forfeit", silence_opinion="多次联系，该单位表示不再领取")
    ended = office.case(case)
    assert (ended["status"], ended["reason"]) == ("TERMINATED", "NO_PAYEE")
    assert balance(office, case) == ("0", "0", "0", "2000000")
    (told,) = letters(office, "forfeit")
    for said in (
        *("审定支持900,000元", "《收款信息填报通知书》", "《收款信息填报催告书》", "电子送达（系统阅知）方式送达"),
        *("多次联系，该单位表示不再领取。", "行政复议", "行政诉讼"),
    ):
        assert said in told
    assert told.count("《收款信息填报催告书》") == 2
    assert "逾期未填报收款信息" in told
    assert "视为放弃支持" in page(at, "e01", f"/cases/{case}")


def test_a_returned_payment_that_nobody_corrects_goes_the_same_way(at: At) -> None:
    office, case = at("pay")
    office.do(case, "pay", decision="returned", return_reason="账号与户名不符")
    pass_a_term(office, case, "correct_payee", reached=False)
    assert office.at(case) == {"correct_payee"}
    pass_a_term(office, case, "correct_payee")
    pass_a_term(office, case, next(iter(office.at(case))))
    reminders = letters(office, "payee_reminder")
    assert len(reminders) == 2
    assert all("至今未收到更正后的收款信息" in each and "更正收款信息" in each for each in reminders)
    assert office.at(case) == {TASK}
    pass_a_term(office, case)
    assert office.at(case) == {"decide_silent_payee"}
    office.do(case, "decide_silent_payee")
    office.drive(case)
    assert office.case(case)["paid_amount"] == "900000"


def test_an_account_that_was_sent_back_is_to_be_corrected(at: At) -> None:
    office, case = at("confirm_payee")
    office.do(case, "confirm_payee", decision="return", payee_opinion="开户行与账号不符")
    be_silent(office, case)
    assert "至今未收到更正后的收款信息" in letters(office, "payee_reminder")[0]
    office.do(case, "decide_silent_payee", decision="forfeit", silence_opinion="多次联系，该单位表示不再领取")
    assert "逾期未更正收款信息" in letters(office, "forfeit")[0]


def test_the_last_reminder_says_what_comes_after_its_term(at: At) -> None:
    """While the chief decides there is nothing to fill in; who asks is reminded again, and may."""
    office, case = at(TASK)
    be_silent(office, case)
    first, last = letters(office, "payee_reminder")
    assert "不再接收填报" not in first
    assert "本期限届满后，系统不再接收填报" in last and "请与承办单位联系" in last
    assert office.as_("e01").get("/tasks")["items"] == []
    office.do(case, "decide_silent_payee", decision="remind", silence_opinion="该单位来电要求填报")
    office.drive(case)
    assert office.case(case)["paid_amount"] == "900000"


@pytest.mark.parametrize("reminders", ["1", "3"])
def test_how_often_is_a_parameter(at: At, reminders: str) -> None:
    office, case = at.after(_with_reminders[reminders])
    for _ in range(int(reminders)):
        pass_a_term(office, case)
        assert office.at(case) == {TASK}
    pass_a_term(office, case)
    assert office.at(case) == {"decide_silent_payee"}


def _once(office: Office) -> tuple[str, ...]:
    return (_asked_with(office, "1"),)


def _thrice(office: Office) -> tuple[str, ...]:
    return (_asked_with(office, "3"),)


_with_reminders = {"1": _once, "3": _thrice}


def _asked_with(office: Office, reminders: str) -> str:
    office.choose(proc__payee_reminders=reminders)
    batch = office.make_batch("又一批次（虚构）")
    case = office.apply("e01", batch=batch)
    office.drive(case, until=TASK)
    return case
