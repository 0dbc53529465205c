"""What was granted before this program, or under the repealed rules (历史支持台账, domain.md 2.6)."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, Select, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, Yuan, one_of, two_people, whole_yuan
from storage.locks import to_change
from storage.people import Enterprise
from storage.search import EnterpriseSearch, Term, found_by

OTHER = "other"


class HistoricAward(Base):
    """One award, earlier certificate, or case still under the repealed rules; imported once; only a withdrawal ends it.

    `policy` is `this`, `old` (通经信局〔2024〕141号) or `other`: what another `office` of the district gave under a
    policy of its own. That is no award of the scheme, which only says how the matter would be applied for here.

    `decided_on` is None for what was never supported, and for a
    case under the old rules that is not decided yet (then `accepted_on` says since when it is). `certificate_key` is
    what the certificate's number is compared by; `own_matter_id` is the matter of its own key, whatever that was
    joined to.
    """

    __tablename__ = "historic_award"
    id: Mapped[Id]
    uscc: Mapped[str]
    stated_name: Mapped[str | None]
    scheme: Mapped[str]
    matter_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("matter.id"), index=True)
    own_matter_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("matter.id"))
    policy: Mapped[str]
    office: Mapped[str | None]
    honour_type: Mapped[str | None]
    level: Mapped[str | None]
    certificate_no: Mapped[str | None]
    certificate_key: Mapped[str | None]
    issued_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    decided_on: Mapped[date | None]
    precap_amount: Mapped[Yuan]
    paid_amount: Mapped[Yuan]
    approved_total: Mapped[Yuan | None]
    years: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))
    document_no: Mapped[str | None]
    note: Mapped[str | None]
    import_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("sheet_import.id"))
    imported_by: Mapped[str]
    imported_at: Mapped[Instant]
    withdrawn_at: Mapped[Instant | None]
    __table_args__ = (
        one_of("policy", "this", "old", OTHER),
        CheckConstraint("(policy = 'other') = (office IS NOT NULL)", name="office_of_other"),
        whole_yuan("precap_amount", "paid_amount", "approved_total"),
        Index(None, "uscc", "scheme"),
        Index(None, "uscc", "id"),
        Index(None, "certificate_key"),
    )


_STANDS = HistoricAward.withdrawn_at.is_(None)
_OF_THIS_OFFICE = HistoricAward.policy != OTHER


class HistoricWithdrawal(Base):
    """One award, or all of an import, that should not have counted: asked by one, confirmed by another."""

    __tablename__ = "historic_withdrawal"
    id: Mapped[Id]
    import_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("sheet_import.id"))
    award_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("historic_award.id"))
    reason: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[Instant]
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[Instant | None]
    __table_args__ = (two_people("proposed_by", "confirmed_by"),)


def by_ids(session: Session, ids: Iterable[int]) -> dict[int, HistoricAward]:
    """Awards by id, withdrawn ones too; one statement."""
    wanted = list(ids)
    rows = session.scalars(select(HistoricAward).where(HistoricAward.id.in_(wanted))) if wanted else ()
    return {award.id: award for award in rows}


def as_mapping(award: HistoricAward) -> dict[str, Any]:
    """The award's columns by name."""
    return {column.key: getattr(award, column.key) for column in HistoricAward.__table__.columns}


def list_awards(
    session: Session,
    *,
    uscc: str | None = None,
    term: Term | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Sequence[HistoricAward]:
    """Newest import first, by key: `before` is the id of the last row of the page before.

    A term is looked for in credit codes, also of firms that are not registered, in their names
    as they were stated, and in the names of those that are registered.
    """
    query = select(HistoricAward).order_by(HistoricAward.id.desc()).limit(limit)
    if uscc:
        query = query.where(HistoricAward.uscc == uscc)
    if term is not None:
        named = select(Enterprise.uscc).join(EnterpriseSearch, EnterpriseSearch.id == Enterprise.id)
        named = named.where(found_by(EnterpriseSearch, term))
        by_code = HistoricAward.uscc.contains(term.text.upper())
        by_name = HistoricAward.stated_name.icontains(term.text, autoescape=True)
        query = query.where(or_(by_code, by_name, HistoricAward.uscc.in_(named)))
    if before is not None:
        query = query.where(HistoricAward.id < before)
    return session.scalars(query).all()


def of_enterprise(session: Session, uscc: str, scheme: str) -> Sequence[HistoricAward]:
    """What counts of this firm and scheme, oldest first; not what other offices gave."""
    own = select(HistoricAward).where(HistoricAward.uscc == uscc, HistoricAward.scheme == scheme)
    return session.scalars(own.where(_STANDS, _OF_THIS_OFFICE).order_by(HistoricAward.id)).all()


def of_enterprises(session: Session, usccs: Iterable[str]) -> Sequence[HistoricAward]:
    """All that counts of these enterprises, one statement (to find duplicates of an import)."""
    return session.scalars(select(HistoricAward).where(HistoricAward.uscc.in_(list(usccs)), _STANDS)).all()


def of_matters(session: Session, matter_ids: Iterable[int]) -> Sequence[HistoricAward]:
    """What counts of these matters, oldest first; not what other offices gave."""
    return session.scalars(_of_matters(matter_ids).where(_OF_THIS_OFFICE)).all()


def of_matters_in_all(session: Session, matter_ids: Iterable[int]) -> Sequence[HistoricAward]:
    """What stands of these matters, oldest first, by whichever office."""
    return session.scalars(_of_matters(matter_ids)).all()


def paid_elsewhere(session: Session, matter_ids: Iterable[int]) -> dict[int, Decimal]:
    """Yuan that other offices of the district paid for each of these matters; one that none paid for is left out."""
    query = (
        select(HistoricAward.matter_id, func.sum(HistoricAward.paid_amount))
        .where(HistoricAward.matter_id.in_(list(matter_ids)), _STANDS, HistoricAward.policy == OTHER)
        .group_by(HistoricAward.matter_id)
    )
    return {matter_id: paid for matter_id, paid in session.execute(query) if paid}


def _of_matters(matter_ids: Iterable[int]) -> Select[HistoricAward]:
    query = select(HistoricAward).where(HistoricAward.matter_id.in_(list(matter_ids)), _STANDS)
    return query.order_by(HistoricAward.id)


def lock(session: Session, *, award_id: int | None = None, import_id: int | None = None) -> Sequence[HistoricAward]:
    """Lock an award, or those of an import, that still count."""
    query = select(HistoricAward).where(_STANDS).order_by(HistoricAward.id)
    chosen = HistoricAward.id == award_id if award_id is not None else HistoricAward.import_id == import_id
    return session.scalars(to_change(query.where(chosen))).all()


def lock_withdrawal(session: Session, withdrawal_id: int) -> HistoricWithdrawal | None:
    return session.scalar(to_change(select(HistoricWithdrawal).where(HistoricWithdrawal.id == withdrawal_id)))


def open_withdrawals(session: Session) -> Sequence[HistoricWithdrawal]:
    """Those that nobody confirmed yet, oldest first, at most a hundred."""
    query = select(HistoricWithdrawal).where(HistoricWithdrawal.confirmed_at.is_(None))
    return session.scalars(query.order_by(HistoricWithdrawal.id).limit(100)).all()
