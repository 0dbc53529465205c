"""Guard by act: what keeps a case from which act, cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from storage.batches import Batch
from storage.cases import Case
from storage.database import Session
from storage.people import Enterprise
from tests.engine.driving import NOW
from workflows.case import proceeding
from workflows.case.proceeding_known import Known
from workflows.case.step import Look, local_date

ACTS = (proceeding.LIST, proceeding.RESOLUTION, proceeding.APPROVAL, proceeding.PAYMENT)
TODAY = local_date(NOW)
ACCOUNT = {"account_name": "虚构单位（一）", "account_no": "99910000000012345678"}
FREE = Known(
    asked_anew={1},
    queried_on={1: TODAY},
    listed={1},
    results={1: "support"},
    payees={1: ACCOUNT},
)


@dataclass
class Situation:
    """A case against which nothing stands, to be changed in one thing."""

    flags: list[str] = field(default_factory=list)
    known: Known = FREE
    facts: dict[str, Any] = field(default_factory=lambda: dict(ACCOUNT))
    name: str = "虚构单位(一)"
    suspended: bool = False

    def look(self) -> Look:
        return Look(
            session=Session(),
            case=Case(id=1, definition_id=1, suspended_at=NOW if self.suspended else None),
            batch=Batch(),
            enterprise=Enterprise(credit_flags=self.flags, name=self.name),
            facts=self.facts,
            now=NOW,
        )


def flagged(flag: str) -> Callable[[Situation], None]:
    return lambda case: case.flags.append(flag)


def knowing(**known: Any) -> Callable[[Situation], None]:
    def change(case: Situation) -> None:
        case.known = replace(case.known, **known)

    return change


def suspended(case: Situation) -> None:
    case.suspended = True


def other_account(case: Situation) -> None:
    case.facts["account_no"] = "99910000000087654321"


def other_name(case: Situation) -> None:
    case.name = "另一虚构单位"


EVERY = "list resolution district_approval payment"
TABLE: dict[str, tuple[Callable[[Situation], None], str, str]] = {
    "nothing": (lambda case: None, "", ""),
    "suspended": (suspended, EVERY, "恢复办理"),
    "barred": (flagged("barred"), EVERY, "中止办理"),
    "serious dishonesty": (flagged("serious_dishonesty_list"), EVERY, "中止办理"),
    "debtor": (flagged("dishonest_debtor"), EVERY, "中止办理"),
    "tax": (flagged("serious_tax_offender"), EVERY, "中止办理"),
    # What can be repaired was judged at the credit check, and is no list that closes the door.
    "abnormal operation": (flagged("abnormal_operation"), "", ""),
    "an open check": (knowing(checks={1: [("duplicate", "open")]}), EVERY, "作出结论"),
    "a concluded check": (knowing(checks={1: [("duplicate", "concluded")]}), EVERY, "科室负责人确认"),
    "a referred check": (knowing(checks={1: [("credit", "open"), ("duplicate", "referred")]}), EVERY, "移送"),
    "another case's check": (knowing(checks={2: [("duplicate", "open")]}, parted={2}, objections={2}), "", ""),
    "taken and not recalculated": (knowing(parted={1}), EVERY, "重新核定"),
    "an old credit check": (knowing(queried_on={1: TODAY - timedelta(days=31)}), "resolution payment", "信用复核"),
    "a credit check of 30 days": (knowing(queried_on={1: TODAY - timedelta(days=30)}), "", ""),
    "no clear credit check": (knowing(queried_on={1: None}), "resolution payment", "信用复核"),
    "diagrams that do not ask anew": (knowing(queried_on={1: None}, asked_anew=set()), "", ""),
    "an open objection": (knowing(objections={1}), "district_approval payment", "异议"),
    "fraud in question": (knowing(recoveries={1: {"fraud"}}), EVERY, "追回"),
    "a mistake to return": (knowing(recoveries={1: {"clerical_error"}}), "payment", "退回"),
    "another firm's return": (knowing(recoveries={2: {"fraud", "clerical_error"}}), "", ""),
    "off the list": (knowing(listed=set()), "resolution district_approval payment", "汇总表"),
    "deferred last": (knowing(results={1: "defer"}), "district_approval payment", "集体审议"),
    "refused last": (knowing(results={1: "refuse"}), "district_approval payment", "集体审议"),
    "adjusted": (knowing(results={1: "adjust"}), "", ""),
    "another account": (other_account, "payment", "重新确认"),
    "another name": (other_name, "payment", "重新确认"),
    "an account entered after it was confirmed": (knowing(payees={}), "payment", "重新确认"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("what", TABLE)
def test_each_guard_at_each_act(what: str, act: str) -> None:
    change, hindered, said = TABLE[what]
    case = Situation()
    change(case)
    found = proceeding.obstacles(case.look(), act, case.known)
    assert [said in why for why in found] == ([True] if act in hindered.split() else []), found
