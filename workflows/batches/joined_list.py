"""What becomes one matter, or two again: both matters' cases with their amounts, and what the list would make of them.

A trial in words and yuan for whoever proposes or confirms; what the list then does is worked out by `allocation`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from storage import historic_awards
from storage import matters as store
from storage.cases import DECIDED, Case
from storage.database import Session
from storage.historic_awards import HistoricAward
from storage.matter_changes import MERGE, SPLIT
from storage.matters import Matter
from storage.questions import listings
from storage.questions import overlaps as found
from workflows import views
from workflows.case.cap_years import CapYears
from workflows.case.contest import granted_by_item, taken_by_others
from workflows.case.instalments import matched_outside
from workflows.case.listed_cases import Around, listed_case
from workflows.case.reading import look_at
from workflows.case.step import Look, local_date
from workflows.casework import joining
from workflows.casework.matters import MatterShown, matter_shown
from workflows.errors import NotFound
from workflows.permissions import Actor
from workflows.rules import listing
from workflows.rules.money import ZERO
from workflows.rules.parameters import ParameterMissing

Member = Case | HistoricAward
NOBODY = listing.Held({}, {})


class MemberShown(TypedDict):
    """A case of one of the two matters: what it has now, and what the list would leave it, with the reasons."""

    case: str
    title: str
    scheme: str
    status: str
    enterprise: str
    matter: int
    precap_amount: str | None
    final_amount: str | None
    would_be: str | None
    reasons: list[str]


class AwardShown(TypedDict):
    """What was granted before on one of the two matters."""

    enterprise: str
    scheme: str
    matter: int
    decided_on: str | None
    document_no: str | None
    paid_amount: str


class PreviewShown(TypedDict):
    """Both matters beside each other; `refusal` says why it cannot be done now."""

    kind: str
    keeps: MatterShown
    goes: MatterShown
    cases: list[MemberShown]
    historic_awards: list[AwardShown]
    refusal: str | None


def preview_merge(session: Session, actor: Actor, matter_id: int, with_id: int, now: datetime) -> PreviewShown:
    """What it would mean that two matters are one. Raises NotFound."""
    return preview(session, actor, MERGE, min(matter_id, with_id), max(matter_id, with_id), now)


def preview_split(session: Session, actor: Actor, matter_id: int, now: datetime) -> PreviewShown:
    """What it would mean that a matter, which was joined to another, is one of its own again. Raises NotFound."""
    matter = store.find(session, matter_id)
    keeps_id = matter.merged_into_id if matter is not None else None
    return preview(session, actor, SPLIT, keeps_id or 0, matter_id, now)


def preview(session: Session, actor: Actor, kind: str, keeps_id: int, goes_id: int, now: datetime) -> PreviewShown:
    """What it would mean that `goes` is joined to `keeps`, or parted from it. Raises NotFound."""
    keeps, goes = store.find(session, keeps_id), store.find(session, goes_id)
    if keeps is None or goes is None or keeps_id == goes_id or not actor.reads_office:
        raise NotFound("没有这一事项，或你无权查看。")
    both = (keeps_id, goes_id)
    cases = found.cases_of(session, found.case_ids_of_matters(session, both))
    awards = historic_awards.of_matters(session, both)
    members: list[Member] = [*cases, *awards]
    sides = {each: _side(session, kind, each, keeps, goes) for each in members}
    then = {each: keeps_id if kind == MERGE else side for each, side in sides.items()}
    rows = _trial(session, [each for each in cases if _may_still_change(each)], awards, then, now)
    listed = [(each.reference, each.status, each.final_amount is not None) for each in cases]
    return {
        "kind": kind,
        "keeps": matter_shown(keeps),
        "goes": matter_shown(goes),
        "cases": [_member(each, sides[each], rows.get(each.reference)) for each in cases],
        "historic_awards": [_award(each, sides[each]) for each in awards],
        "refusal": joining.why_not(session, kind, keeps, goes, listed),
    }


def _side(session: Session, kind: str, each: Member, keeps: Matter, goes: Matter) -> int:
    """Which of the two it belongs to by itself: now, or once they are parted."""
    if kind == MERGE:
        return each.matter_id or 0
    own = each.own_matter_id or each.matter_id
    while own not in (None, keeps.id, goes.id):
        own = session.get_one(Matter, own).merged_into_id
    return own or keeps.id


def _may_still_change(case: Case) -> bool:
    return case.precap_amount is not None and case.ended_at is None and case.status not in DECIDED


def _trial(
    session: Session,
    cases: Sequence[Case],
    awards: Sequence[HistoricAward],
    then: Mapping[Member, int],
    now: datetime,
) -> dict[str, listing.Row]:
    """The rows of these cases as one list under the values of the newest batch, each on its matter `then`.

    Nothing where a reading that it needs was not chosen. What others hold of ceilings is left out.
    """
    if not cases:
        return {}
    looks = [look_at(session, case, now) for case in cases]
    newest = max(looks, key=lambda look: look.batch.id)
    there = {each.matter_id or 0 for each in then}
    held = listings.holders(session, there, [case.id for case in cases])
    moved = {each.matter_id: matter for each, matter in then.items() if isinstance(each, HistoricAward)}
    whole = next(iter(then.values())) if len(set(then.values())) == 1 else None
    taken = [
        replace(each, matter=whole or moved.get(each.matter, each.matter))
        for each in taken_by_others(session, held, there)
    ]
    granted: dict[tuple[int, str], Decimal] = defaultdict(lambda: ZERO)
    for (matter, scheme), amount in granted_by_item(held).items():
        granted[whole or matter, scheme] += amount
    try:
        matched, elsewhere = matched_outside(session, looks), historic_awards.paid_elsewhere(session, there)
        if whole is not None:
            elsewhere = {whole: sum(elsewhere.values(), ZERO)}
        listed = [
            _listed(
                look,
                then[look.case],
                Around(
                    CapYears(look.batch.cap_year, None),
                    granted_same_item=granted[then[look.case], look.case.scheme],
                    matched_before=matched.get(look.case.reference, ZERO),
                    paid_elsewhere=elsewhere.get(then[look.case], ZERO),
                ),
            )
            for look in looks
        ]
        return listing.propose(listed, NOBODY, taken, newest.parameters, local_date(now))
    except ParameterMissing:
        return {}


def _listed(look: Look, matter: int, around: Around) -> listing.ListedCase:
    return replace(listed_case(look, around), matter=matter)


def _member(case: Case, side: int, row: listing.Row | None) -> MemberShown:
    return {
        "case": case.reference,
        "title": case.title,
        "scheme": case.scheme,
        "status": case.status,
        "enterprise": case.enterprise.name,
        "matter": side,
        "precap_amount": views.amount(case.precap_amount),
        "final_amount": views.amount(case.final_amount),
        "would_be": views.amount(row.amount) if row is not None else None,
        "reasons": [step.text for step in row.steps if step.cut] if row is not None else [],
    }


def _award(award: HistoricAward, side: int) -> AwardShown:
    return {
        "enterprise": award.stated_name or award.uscc,
        "scheme": award.scheme,
        "matter": side,
        "decided_on": award.decided_on.isoformat() if award.decided_on else None,
        "document_no": award.document_no,
        "paid_amount": views.amount(award.paid_amount),
    }
