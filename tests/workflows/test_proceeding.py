"""Guard by act: what keeps a case from which act, cell by cell."""

from __future__ import annotations

import pytest

from storage.batches import Batch
from storage.cases import Case
from storage.database import Session
from storage.people import Enterprise
from tests.engine.driving import NOW
from workflows.case import proceeding
from workflows.case.step import Look

ACTS = (proceeding.LIST, proceeding.RESOLUTION, proceeding.APPROVAL, proceeding.PAYMENT)
HINDERED = {
    "barred": ACTS,
    "serious_dishonesty_list": ACTS,
    "dishonest_debtor": ACTS,
    "serious_tax_offender": ACTS,
    # What can be repaired was judged at the credit check, and is no list that closes the door.
    "abnormal_operation": (),
    "": (),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("flag", HINDERED)
def test_each_flag_at_each_act(flag: str, act: str) -> None:
    firm = Enterprise(credit_flags=[flag] if flag else [])
    look = Look(session=Session(), case=Case(id=1), batch=Batch(), enterprise=firm, facts={}, now=NOW)
    found = proceeding.obstacles(look, act)
    assert bool(found) is (act in HINDERED[flag])
    assert all("中止办理" in why for why in found)
