"""What an officer made of things alike that stop nobody: a site, a name, a person."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, ForeignKey, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, JsonList, one_of

SAME, UNRELATED = "same", "unrelated"


class OverlapNote(Base):
    """One officer looked at two cases that are alike in these marks; another look is another row."""

    __tablename__ = "overlap_note"
    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), index=True)
    other_case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), index=True)
    result: Mapped[str]
    marks: Mapped[JsonList]
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[Instant]
    __table_args__ = (one_of("result", SAME, UNRELATED),)


def of_case(session: Session, case_id: int) -> Sequence[OverlapNote]:
    """The notes on a case from either side, in their order."""
    mine = or_(OverlapNote.case_id == case_id, OverlapNote.other_case_id == case_id)
    return session.scalars(select(OverlapNote).where(mine).order_by(OverlapNote.id)).all()
