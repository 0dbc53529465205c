"""Which matters were joined and parted: what one proposed, and what another made of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, or_, select, text
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from storage.base import Base, Id, Instant, one_of, two_people
from storage.cases import Case
from storage.locks import to_change

MERGE, SPLIT = "merge", "split"
PROPOSED, CONFIRMED, REFUSED, SUPERSEDED = "proposed", "confirmed", "refused", "superseded"

_OPEN = text("state = 'proposed'")


class MatterChange(Base):
    """That `goes` is joined to `keeps` (merge), or is a matter of its own again (split).

    Proposed by one, decided by another; what was proposed never changes, and a superseded one was decided by nobody.
    """

    __tablename__ = "matter_change"
    id: Mapped[Id]
    kind: Mapped[str]
    keeps_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("matter.id"), index=True)
    goes_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("matter.id"), index=True)
    reason: Mapped[str]
    state: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[Instant]
    decided_by: Mapped[str | None]
    decided_at: Mapped[Instant | None]
    decided_because: Mapped[str | None]
    __table_args__ = (
        one_of("kind", MERGE, SPLIT),
        one_of("state", PROPOSED, CONFIRMED, REFUSED, SUPERSEDED),
        two_people("proposed_by", "decided_by"),
        Index("ix_matter_change_open", "id", postgresql_where=_OPEN),
    )


def find(session: Session, change_id: int) -> MatterChange | None:
    return session.get(MatterChange, change_id)


def lock(session: Session, change_id: int) -> MatterChange:
    """Lock a change, under the locks of its matters."""
    return session.scalars(to_change(select(MatterChange).where(MatterChange.id == change_id))).one()


def lock_open(session: Session, keeps_id: int, goes_id: int) -> Sequence[MatterChange]:
    """What is proposed of these two matters, locked under theirs."""
    query = select(MatterChange).where(MatterChange.keeps_id == keeps_id, MatterChange.goes_id == goes_id, _OPEN)
    return session.scalars(to_change(query.order_by(MatterChange.id))).all()


def of_matter(session: Session, matter_id: int) -> Sequence[MatterChange]:
    """Every change of a matter on either side, in their order."""
    mine = or_(MatterChange.keeps_id == matter_id, MatterChange.goes_id == matter_id)
    return session.scalars(select(MatterChange).where(mine).order_by(MatterChange.id)).all()


def list_open(session: Session, limit: int) -> Sequence[MatterChange]:
    """What waits for a second person, the oldest first."""
    return session.scalars(select(MatterChange).where(_OPEN).order_by(MatterChange.id).limit(limit)).all()


def parted_since(session: Session, case_ids: Iterable[int]) -> list[tuple[int, datetime, datetime]]:
    """Of these cases those whose matter was parted from another: each with when they were joined, and parted again."""
    merge, split = aliased(MatterChange), aliased(MatterChange)
    query = (
        select(Case.id, merge.decided_at, split.decided_at)
        .join(split, or_(split.keeps_id == Case.matter_id, split.goes_id == Case.matter_id))
        .join(merge, (merge.keeps_id == split.keeps_id) & (merge.goes_id == split.goes_id))
        .where(Case.id.in_(list(case_ids)), split.kind == SPLIT, split.state == CONFIRMED)
        .where(merge.kind == MERGE, merge.state == CONFIRMED, merge.id < split.id)
        .order_by(Case.id, split.id, merge.id)
    )
    return [
        (case_id, joined, parted)
        for case_id, joined, parted in session.execute(query)
        if joined is not None and parted is not None
    ]
