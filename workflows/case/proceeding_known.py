"""What the tables say of cases before money is given: read once for all that are asked about together."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from storage import (
    bars,
    batches,
    calculations,
    case_checks,
    cases,
    clues,
    matter_changes,
    objections,
    recoveries,
    registration_changes,
)
from storage.bars import Bar
from storage.cases import Submission
from storage.database import Session
from workflows.case.bundles import bundle_of
from workflows.case.step import local_date

_ACCOUNT = ("account_name", "account_no", "bank_name", "bank_branch_code")
RECHECK = "credit_recheck"
"""The task that asks the credit check anew."""
_ELEMENTS = ("credit_check", RECHECK, "enter_payee", "correct_payee", "confirm_payee")


@dataclass(frozen=True)
class Known:
    """Each by case; what is not named is not known of the case."""

    checks: Mapping[int, Sequence[tuple[str, str]]] = field(default_factory=dict)
    """The checks that stop them: the kind and the state of each."""
    limited: Set[int] = frozenset()
    """Those of whose figures a confirmed conclusion took, or may take, something: 分摊, 剔除."""
    parted: Set[int] = frozenset()
    """Those that were calculated while their matter was joined to one that it has been parted from since."""
    asked_anew: Set[int] = frozenset()
    """Those whose diagrams have the task of the re-check; the first ones could not ask."""
    queried_on: Mapping[int, date | None] = field(default_factory=dict)
    """The day of the newest credit check; None where a re-check found something."""
    objections: Set[int] = frozenset()
    """Those with an objection that is registered or accepted and not answered."""
    recoveries: Mapping[int, Set[str]] = field(default_factory=dict)
    """Why money of their firm is to come back that is looked into, claimed, or returned and not confirmed."""
    bars: Mapping[int, Sequence[Bar]] = field(default_factory=dict)
    """The bars of their firm, whenever."""
    listed: Set[int] = frozenset()
    """Those with a row on a list."""
    results: Mapping[int, str] = field(default_factory=dict)
    """What the newest meeting decided."""
    changes: Set[int] = frozenset()
    """Those about which, or about the name of whose firm, a change is asked for and not decided."""
    payees: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    """The account as it was entered last and confirmed after that; none where it was entered after it."""

    @classmethod
    def of(cls, session: Session, case_ids: Iterable[int]) -> "Known":
        """A number of statements that does not depend on how many cases there are."""
        ids = set(case_ids)
        sent = cases.latest_of_elements(session, ids, _ELEMENTS)
        changed = registration_changes.newest_accounts(session, ids)
        return cls(
            checks=case_checks.standing(session, ids),
            limited=_limited(session, ids),
            parted=_parted(session, ids),
            asked_anew={case.id for case in cases.by_ids(session, ids) if _draws_recheck(session, case.definition_id)},
            queried_on={case_id: _queried_on(of_case) for case_id, of_case in sent.items()},
            objections=objections.with_open(session, ids),
            recoveries=_claimed_back(session, ids),
            bars=bars.of_cases(session, ids),
            listed=batches.listed_among(session, ids),
            results=batches.latest_results(session, ids),
            changes=registration_changes.with_open(session, ids),
            payees={
                case_id: found
                for case_id, of_case in sent.items()
                if (found := _payee(of_case, changed.get(case_id))) is not None
            },
        )


def _claimed_back(session: Session, ids: Set[int]) -> dict[int, set[str]]:
    found = recoveries.unconfirmed_causes(session, ids)
    for case_id, causes in clues.causes_under_way(session, ids).items():
        found.setdefault(case_id, set()).update(causes)
    return found


def _limited(session: Session, ids: Set[int]) -> set[int]:
    found: set[int] = set()
    for check, conclusion in case_checks.confirmed(session, ids):
        if conclusion.result in ("shared", "excluded"):
            found |= {each for each in (check.case_id, check.other_case_id) if each is not None}
    return found & ids


def _parted(session: Session, ids: Set[int]) -> set[int]:
    pairs = matter_changes.parted_since(session, ids)
    last = calculations.last_times(session, {case_id for case_id, _, _ in pairs}) if pairs else {}
    return {case_id for case_id, joined, at in pairs if case_id in last and joined < last[case_id] < at}


def _draws_recheck(session: Session, definition_id: int) -> bool:
    diagrams = bundle_of(session, definition_id).diagrams
    return any(RECHECK in process.elements for process in diagrams.processes.values())


def _queried_on(sent: Mapping[str, Submission]) -> date | None:
    """The day on which the credit information was looked up, by the report; else that of the submission."""
    newest = _newest(sent, "credit_check", RECHECK)
    if newest is None or (newest.element_id == RECHECK and newest.data.get("decision") != "clear"):
        return None
    said = newest.data.get("credit_queried_on")
    return date.fromisoformat(str(said)) if said else local_date(newest.at)


def _payee(
    sent: Mapping[str, Submission], changed: tuple[datetime, Mapping[str, Any]] | None
) -> Mapping[str, Any] | None:
    """What was entered, without what has been erased since, or what a change made of it after that."""
    entered, confirmed = _newest(sent, "enter_payee", "correct_payee"), sent.get("confirm_payee")
    if entered is None or confirmed is None or confirmed.id < entered.id:
        return None
    if changed is not None and changed[0] > entered.at:
        return changed[1] if confirmed.at > changed[0] else None
    return {name: entered.data[name] for name in _ACCOUNT if name in entered.data}


def _newest(sent: Mapping[str, Submission], *elements: str) -> Submission | None:
    found = [sent[element] for element in elements if element in sent]
    return max(found, key=lambda each: each.id) if found else None
