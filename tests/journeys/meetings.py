"""A batch in which everything goes on at once, and the acts that meet in it: what the races are run on.

Its cases hold reservations and commitments under one ceiling, so whoever gives room back touches the account, its
siblings and the batch, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from storage import ledger
from storage.batches import Decision
from storage.cases import Case
from storage.ledger import LedgerEntry, Reallocation
from storage.objections import Objection
from storage.publicity import NoticeItem
from tests.api_calls import Api, flask_transport
from tests.contract_client import Office, fill
from tests.journeys.conftest import At
from tests.journeys.projects import batch_of, fix_list, project
from tests.journeys.test_publicity import OBJECTION
from workflows.jobs import due

FILINGS = ("京通备〔2025〕91号（虚构）", "京通备〔2025〕92号（虚构）")
WHY = {"reason": "企业经营调整"}
# What an act came to: the status and the body of its answer; (200, None) where nobody asked over the API.
Answer = tuple[int, Any]
Act = Callable[[], Answer]


def everything_at_once(office: Office) -> Sequence[str]:
    """Six cases of E01 from the list to the payment, and two of other firms for the same projects as one of them.

    Another one was withdrawn and nobody has allocated its room again yet: for its sake `listed` got 50,000 of 600,000.
    """
    batch = batch_of(office)
    paying, approving, public = (project(office, batch, "e01", "retrofit", 1_000_000 + number) for number in range(3))
    resolved = project(office, batch, "e01", "retrofit", 1_000_000, filing_no=FILINGS[0])
    late = project(office, batch, "e03", "future_energy", 30_000, filing_no=FILINGS[0])
    listed = project(office, batch, "e01", "retrofit", 2_000_000, filing_no=FILINGS[1])
    rival = project(office, batch, "e02", "future_energy", 40_000, filing_no=FILINGS[1])
    gone = project(office, batch, "e01", "retrofit", 2_500_000)
    fresh = project(office, batch, "e01", "retrofit", 1_100_000)
    for case, stage in ((paying, "pay"), (approving, "district_approval"), (public, "publicity_period")):
        office.drive(case, until=stage)
    office.drive(resolved, until="published")
    for case in (gone, listed, rival):
        office.drive(case, until="listed")
    fix_list(office, batch)
    for case in (fresh, late):
        office.drive(case, until="listed")
    office.as_("e01").post(f"/cases/{gone}/withdrawal", WHY)
    return paying, approving, public, resolved, listed, rival, fresh, late


@dataclass
class Batch:
    """The office with these cases, by the stage at which each stands, on a database of its own."""

    at: At
    office: Office
    paying: str
    approving: str
    public: str
    resolved: str
    listed: str
    rival: str
    fresh: str
    late: str

    @classmethod
    def begin(cls, at: At) -> Batch:
        office, *cases = at.after(everything_at_once)
        return cls(at, office, *cases)

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.office.now())

    @property
    def path(self) -> str:
        return f"/batches/{self.office.case(self.listed)['batch']['id']}"

    def post(self, username: str, path: str, json: Any = None) -> Act:
        """A POST by a person, or by nobody for "", over a transport of his own."""
        api = Api(flask_transport(self.at.app), self.office.as_(username).token if username else None)
        return lambda: api.try_call("POST", path, json)

    def complete(self, username: str, case: str, element_id: str, **values: Any) -> Act:
        task = self.office.task(case, element_id)
        schema = self.office.as_(username).get(f"/tasks/{task['id']}")["form"]["schema"]
        return self.post(username, f"/tasks/{task['id']}/completion", {"data": fill(schema, values)})

    def outcome(self) -> Mapping[str, Any]:
        """What has come of everything, once the worker has done what is due; and that the ledger is right."""
        due.run_due(self.at.database, self.now)
        with self.at.database.transaction() as session:
            assert session.scalars(select(Reallocation)).all() == []
            cases = {case.id: case for case in session.scalars(select(Case))}
            held = _held(session.scalars(select(LedgerEntry)).all())
            _check(cases, held)
            names = {case.id: case.reference for case in cases.values()}
            return {
                "cases": {
                    case.reference: (
                        *(case.status, case.reason, case.final_amount, case.paid_amount),
                        *(case.suspended_at is not None, held.get(case.id)),
                    )
                    for case in cases.values()
                },
                "objections": sorted((names[each.case_id], each.state) for each in session.scalars(select(Objection))),
                "notices": sorted(names[each] for each in session.scalars(select(NoticeItem.case_id))),
                "decisions": sorted((names[each.case_id], each.result) for each in session.scalars(select(Decision))),
            }


def _held(entries: Sequence[LedgerEntry]) -> dict[int, dict[str, Decimal]]:
    """What each case holds, by state; a case that holds nothing is left out."""
    held: dict[int, dict[str, Decimal]] = {}
    for entry in entries:
        mine = held.setdefault(entry.case_id, {})
        for state, amount in ledger.movements(entry.state, entry.from_state, entry.amount):
            mine[state] = mine.get(state, Decimal(0)) + amount
    some = {case: {state: amount for state, amount in states.items() if amount} for case, states in held.items()}
    return {case: states for case, states in some.items() if states}


def _check(cases: Mapping[int, Case], held: Mapping[int, Mapping[str, Decimal]]) -> None:
    """A case holds its amount once, an ended one without payment holds nothing, and all keep within the ceiling."""
    for case in cases.values():
        amounts = list(held.get(case.id, {}).values())
        ended = case.ended_at is not None and case.paid_amount is None
        assert amounts == ([case.final_amount] if case.final_amount and not ended else []), (case.reference, held)
    assert sum(sum(states.values(), Decimal(0)) for states in held.values()) <= 2_000_000, held


# ---- what the batch does, to the case that it is about ----


def fix_the_list(batch: Batch) -> Act:
    return batch.post("chief", f"{batch.path}/list", {})


def resolve(batch: Batch) -> Act:
    decisions = [
        {"case": batch.listed, "result": "adjust", "amount": "40000", "reason": "只能调减"},
        {"case": batch.rival, "result": "refuse", "reason": "从优不重复"},
    ]
    return batch.post(
        "meeting", f"{batch.path}/resolution", {"minutes_no": "虚构会纪〔2026〕9号", "decisions": decisions}
    )


def publish(batch: Batch) -> Act:
    return batch.post("officer", f"{batch.path}/publicity", {})


def allocate_again(batch: Batch) -> Act:
    """What the worker does with the marks."""
    now = batch.now
    return lambda: (200, due.run_due(batch.at.database, now) and None)


# ---- what befalls a case ----


def withdraw(case: str) -> Callable[[Batch], Act]:
    return lambda batch: batch.post("e01", f"/cases/{getattr(batch, case)}/withdrawal", WHY)


def suspend(case: str) -> Callable[[Batch], Act]:
    return lambda batch: batch.post("chief", f"/cases/{getattr(batch, case)}/suspension", {"reason": "接到举报核查"})


def refuse(batch: Batch) -> Act:
    said = {"decision": "refuse", "district_opinion": "本年度不再安排"}
    return batch.complete("district", batch.approving, "district_approval", **said)


def approve(batch: Batch) -> Act:
    return batch.complete("district", batch.approving, "district_approval")


def pay(batch: Batch) -> Act:
    return batch.complete("finance2", batch.paying, "pay")


def object_to_it(batch: Batch) -> Act:
    [notice] = [
        each["id"]
        for each in batch.office.nobody.get("/public/notices")["items"]
        if batch.public in {item["case"] for item in batch.office.nobody.get(f"/public/notices/{each['id']}")["items"]}
    ]
    return batch.post("", f"/public/notices/{notice}/objections", {"case": batch.public, **OBJECTION})


Part = Callable[[Batch], Act]
# Each act of a batch with the case that it is about: whoever withdraws or suspends that one meets it.
OF_BATCHES: Mapping[str, tuple[Part, str]] = {
    "list": (fix_the_list, "listed"),
    "resolution": (resolve, "listed"),
    "publicity": (publish, "resolved"),
    "reallocation": (allocate_again, "listed"),
}


def of_cases(case: str) -> Mapping[str, Part]:
    return {
        "withdrawal": withdraw(case),
        "suspension": suspend(case),
        "refusal": refuse,
        "completion": approve,
        "objection": object_to_it,
        "payment": pay,
        "renunciation": withdraw("paying"),
    }
