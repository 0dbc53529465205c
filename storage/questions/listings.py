"""What a proposed list is worked out from: who waits to be listed, and what others hold on the same matters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from storage.batches import ListRow
from storage.cases import Case
from storage.instances import Wait
from storage.matters import CITY_PROJECT, CaseIdentifier
from storage.people import Enterprise
from storage.questions import granted


@dataclass(frozen=True)
class Contender:
    """A case whose amount on the list of its batch may still change, and the messages that it waits for."""

    case_id: int
    enterprise_id: int
    uscc: str
    group_uscc: str | None
    matter_id: int
    city_project: str | None
    messages: frozenset[str]


@dataclass(frozen=True)
class Holder:
    """A case that has been given money on a matter, or is about to be; `held` is without what came back of it."""

    matter_id: int
    scheme: str
    reference: str
    amount: Decimal
    held: Decimal


@dataclass(frozen=True)
class Beneficiary:
    """Whose award an entry of the ledger is, for ceilings that count only some."""

    case_id: int
    scheme: str
    uscc: str
    entity_type: str


_names_city_project = (CaseIdentifier.case_id == Case.id) & (CaseIdentifier.kind == CITY_PROJECT)


def contenders(session: Session, batch_id: int, messages: Sequence[str]) -> list[Contender]:
    """Cases of a batch that wait for one of these messages, neither suspended nor under an objection; no lock."""
    waits = func.array_agg(aggregate_order_by(Wait.message, Wait.message))
    query = (
        select(
            *(Case.id, Case.enterprise_id, Enterprise.uscc, Enterprise.group_uscc, Case.matter_id),
            func.min(CaseIdentifier.value),
            waits,
        )
        .join(Wait, Wait.case_id == Case.id)
        .join(Enterprise, Enterprise.id == Case.enterprise_id)
        .outerjoin(CaseIdentifier, _names_city_project)
        .where(
            Case.batch_id == batch_id,
            Wait.ended_at.is_(None),
            Wait.message.in_(messages),
            Case.suspended_at.is_(None),
            Case.status != "OBJECTION",
            Case.matter_id.is_not(None),
        )
        .group_by(Case.id, Enterprise.id)
        .order_by(Case.reference)
    )
    return [
        Contender(case_id, enterprise_id, uscc, group_uscc, matter_id or 0, project, frozenset(map(str, found)))
        for case_id, enterprise_id, uscc, group_uscc, matter_id, project, found in session.execute(query)
    ]


def holders(session: Session, matter_ids: Iterable[int], except_cases: Iterable[int]) -> list[Holder]:
    """Other cases that hold an amount on these matters: proposed and still under way, or paid.

    Also those that were listed once and are on their way back to the list, verified anew or deferred: they are neither
    refused nor withdrawn, so what they were better than does not live again yet.
    """
    holding = or_(Case.ended_at.is_(None), Case.paid_amount.is_not(None), Case.status == "MULTI_YEAR")
    listed = select(ListRow.id).where(ListRow.case_id == Case.id).exists()
    returning = Case.final_amount.is_(None) & Case.ended_at.is_(None) & (Case.precap_amount > 0) & listed
    amount, held = granted.AMOUNT, granted.HELD
    query = select(Case.matter_id, Case.scheme, Case.reference, amount, held, Case.precap_amount).where(
        Case.matter_id.in_(list(matter_ids)),
        Case.id.not_in(list(except_cases)),
        or_((amount > 0) & holding, returning),
    )
    return [
        Holder(
            matter_id or 0,
            scheme,
            reference,
            (precap if amount is None else amount) or Decimal(0),
            (precap if amount is None else held) or Decimal(0),
        )
        for matter_id, scheme, reference, amount, held, precap in session.execute(query.order_by(Case.reference))
    ]


def beneficiaries(session: Session, case_ids: Iterable[int]) -> dict[int, Beneficiary]:
    query = select(Case.id, Case.scheme, Enterprise.uscc, Enterprise.entity_type).join(
        Enterprise, Enterprise.id == Case.enterprise_id
    )
    rows = session.execute(query.where(Case.id.in_(list(case_ids))))
    return {row[0]: Beneficiary(*row) for row in rows}


def rivals(session: Session, case: Case) -> list[tuple[int, str]]:
    """Batch and USCC of the other open cases of the same matter or city project, each pair once."""
    if case.matter_id is None:
        return []
    mine = select(CaseIdentifier.value).where(CaseIdentifier.case_id == case.id, CaseIdentifier.kind == CITY_PROJECT)
    same_project = select(CaseIdentifier.case_id).where(
        CaseIdentifier.kind == CITY_PROJECT, CaseIdentifier.value.in_(mine)
    )
    query = (
        select(Case.batch_id, Enterprise.uscc)
        .join(Enterprise, Enterprise.id == Case.enterprise_id)
        .where(
            or_(Case.matter_id == case.matter_id, Case.id.in_(same_project)),
            Case.id != case.id,
            Case.ended_at.is_(None),
        )
    )
    return [(row[0], row[1]) for row in session.execute(query.distinct().order_by(Case.batch_id, Enterprise.uscc))]
