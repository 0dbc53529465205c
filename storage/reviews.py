"""Expert review (专家评审): numbered draws, the seats they filled, and the sealed scores."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Index, Numeric, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, one_of


class ReviewSession(Base):
    """One panel for one case. Scores stay sealed from everybody until `unsealed_at`."""

    __tablename__ = "review_session"
    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), index=True)
    number: Mapped[int]
    size: Mapped[int]
    opened_at: Mapped[Instant]
    unsealed_at: Mapped[Instant | None]
    mean_score: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    supporting: Mapped[int | None]
    passed: Mapped[bool | None]
    __table_args__ = (UniqueConstraint("case_id", "number"),)


class ReviewDraw(Base):
    """A numbered draw: its seed is on record with the pool it was applied to, so that it can be repeated."""

    __tablename__ = "review_draw"
    id: Mapped[Id]
    session_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("review_session.id"))
    number: Mapped[int]
    seed: Mapped[str]
    pool: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    excluded: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    drawn: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    reason: Mapped[str | None]
    drawn_by: Mapped[str]
    drawn_at: Mapped[Instant]
    __table_args__ = (UniqueConstraint("session_id", "number"),)


class ReviewSeat(Base):
    """One expert in one panel. State: drawn, accepted, recused, scored."""

    __tablename__ = "review_seat"
    id: Mapped[Id]
    session_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("review_session.id"))
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"))
    username: Mapped[str]
    finance: Mapped[bool]
    state: Mapped[str]
    recusal_reason: Mapped[str | None]
    score: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    vote: Mapped[str | None]
    opinion: Mapped[str | None]
    __table_args__ = (
        one_of("state", "drawn", "accepted", "recused", "scored"),
        one_of("vote", "support", "oppose", optional=True),
        UniqueConstraint("session_id", "username"),
        Index(None, "case_id", "username"),
    )


def current(session: Session, case_id: int) -> ReviewSession | None:
    query = select(ReviewSession).where(ReviewSession.case_id == case_id)
    return session.scalar(query.order_by(ReviewSession.number.desc()).limit(1))


def list_sessions(session: Session, case_id: int) -> Sequence[ReviewSession]:
    query = select(ReviewSession).where(ReviewSession.case_id == case_id)
    return session.scalars(query.order_by(ReviewSession.number)).all()


def seats(session: Session, session_id: int) -> Sequence[ReviewSeat]:
    return session.scalars(select(ReviewSeat).where(ReviewSeat.session_id == session_id).order_by(ReviewSeat.id)).all()


def open_seat(session: Session, case_id: int, username: str, state: str) -> ReviewSeat | None:
    """The newest seat of an expert in this state: `drawn` until he has declared, `accepted` until the scores are in."""
    query = select(ReviewSeat).where(
        ReviewSeat.case_id == case_id, ReviewSeat.username == username, ReviewSeat.state == state
    )
    return session.scalar(query.order_by(ReviewSeat.id.desc()).limit(1))


def seated(session: Session, case_ids: Iterable[int], username: str) -> set[int]:
    """Those of the cases in which the expert has declared no conflict and so may read the file."""
    query = select(ReviewSeat.case_id).where(
        ReviewSeat.case_id.in_(list(case_ids)),
        ReviewSeat.username == username,
        ReviewSeat.state.in_(("accepted", "scored")),
    )
    return set(session.scalars(query))


def draws(session: Session, session_id: int) -> Sequence[ReviewDraw]:
    query = select(ReviewDraw).where(ReviewDraw.session_id == session_id)
    return session.scalars(query.order_by(ReviewDraw.number)).all()
