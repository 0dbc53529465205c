"""What firms chose before a meeting where a yearly ceiling does not suffice for all of their matters; only added to."""

from collections.abc import Collection, Sequence

from sqlalchemy import BigInteger, ForeignKey, Index, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, distinct_on
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant


class MatterChoice(Base):
    """One choice: of the cases `over`, by reference, those in `kept` are served first and whole.

    A later choice of the same enterprise in the same batch takes its place. `case_id` is the case whose task it was.
    """

    __tablename__ = "matter_choice"
    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("batch.id"))
    enterprise_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("enterprise.id"))
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), index=True)
    kept: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    over: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    by: Mapped[str]
    at: Mapped[Instant]
    __table_args__ = (Index(None, "batch_id", "enterprise_id", "id"),)


def in_force(session: Session, batch_id: int, enterprise_ids: Collection[int]) -> Sequence[MatterChoice]:
    """The newest choice of each of these enterprises in a batch."""
    query = (
        select(MatterChoice)
        .where(MatterChoice.batch_id == batch_id, MatterChoice.enterprise_id.in_(list(enterprise_ids)))
        .ext(distinct_on(MatterChoice.enterprise_id))
        .order_by(MatterChoice.enterprise_id, MatterChoice.id.desc())
    )
    return session.scalars(query).all()
