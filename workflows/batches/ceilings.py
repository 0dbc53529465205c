"""The ceiling ledger as officers and auditors read it (限额台账)."""

from datetime import datetime
from typing import Any

from storage import cases, ledger, people
from storage.database import Session
from workflows import views
from workflows.case.awards import ZERO
from workflows.case.step import local_date
from workflows.errors import NotFound
from workflows.rules import parameters as law
from workflows.rules import uscc as code


def get_ledger(session: Session, uscc: str, year: int | None, now: datetime) -> dict[str, Any]:
    """The account of one beneficiary and year (article 10): ceiling, sums by state, room, and every entry."""
    if not code.is_valid(uscc):
        raise NotFound("统一社会信用代码有误，请核对后重新查询。")
    enterprise = people.find_enterprise(session, uscc)
    if enterprise is None:
        raise NotFound("没有这一申报单位。")
    wanted = year or local_date(now).year
    cap = law.get_decimal(law.values({}), "a10.annual_cap")
    entries = ledger.list_entries(session, uscc, wanted)
    sums = dict.fromkeys(ledger.HOLDING, ZERO)
    for entry in entries:
        for state, amount in ledger.movements(entry.state, entry.from_state, entry.amount):
            sums[state] += amount
    references = cases.references(session, {entry.case_id for entry in entries})
    return {
        "uscc": uscc,
        "enterprise": enterprise.name,
        "year": wanted,
        "cap": views.amount(cap),
        "sums": {state: views.amount(amount) for state, amount in sums.items()},
        "available": views.amount(max(ZERO, cap - sum(sums.values(), ZERO))),
        "entries": [
            {
                "case": references[entry.case_id],
                "state": entry.state,
                "from_state": entry.from_state,
                "amount": views.amount(entry.amount),
                "at": views.instant(entry.at),
                "by": entry.by,
                "why": entry.why,
            }
            for entry in entries
        ],
    }
