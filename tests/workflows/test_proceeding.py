"""Guard by act: what keeps a case from which act, cell by cell."""

from __future__ import annotations

import pytest

from storage.batches import Batch
from storage.cases import Case
from storage.database import Session
from storage.people import Enterprise
from tests.engine.driving import NOW
from workflows.case import proceeding
from workflows.case.proceeding import Known
from workflows.case.step import Look

ACTS = (proceeding.LIST, proceeding.RESOLUTION, proceeding.APPROVAL, proceeding.PAYMENT)
FREE = Known({}, frozenset())
FLAGS = {
    "barred": ACTS,
    "serious_dishonesty_list": ACTS,
    "dishonest_debtor": ACTS,
    "serious_tax_offender": ACTS,
    # What can be repaired was judged at the credit check, and is no list that closes the door.
    "abnormal_operation": (),
    "": (),
}
STANDING = {
    "open": (Known({1: ["open"]}, frozenset()), ACTS, "作出结论"),
    "concluded": (Known({1: ["concluded"]}, frozenset()), ACTS, "科室负责人确认"),
    "referred": (Known({1: ["open", "referred"]}, frozenset()), ACTS, "移送"),
    "of another case": (Known({2: ["open"]}, frozenset({2})), (), ""),
    "taken and not recalculated": (Known({}, frozenset({1})), ACTS, "重新核定"),
    "nothing": (FREE, (), ""),
}


def look(*flags: str) -> Look:
    firm = Enterprise(credit_flags=list(flags))
    return Look(session=Session(), case=Case(id=1), batch=Batch(), enterprise=firm, facts={}, now=NOW)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("flag", FLAGS)
def test_each_flag_at_each_act(flag: str, act: str) -> None:
    found = proceeding.obstacles(look(*filter(None, [flag])), act, FREE)
    assert bool(found) is (act in FLAGS[flag])
    assert all("中止办理" in why for why in found)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("what", STANDING)
def test_each_check_at_each_act(what: str, act: str) -> None:
    known, hindered, said = STANDING[what]
    found = proceeding.obstacles(look(), act, known)
    assert bool(found) is (act in hindered)
    assert all(said in why for why in found)
