"""Batches (批次), their proposed lists and the resolutions of the meeting."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from sqlalchemy import BigInteger, ForeignKey, Index, Numeric, Text, false, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, distinct_on
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, Json, JsonList, Yuan, one_of, two_people, whole_yuan
from storage.locks import to_change

BatchStatus = Literal["draft", "open"]
Proposal = Literal["support", "refuse"]
Result = Literal["support", "adjust", "defer", "refuse"]


class Batch(Base):
    """A round of applications; `parameters` are the confirmed values pinned when it was opened."""

    __tablename__ = "batch"
    id: Mapped[Id]
    title: Mapped[str]
    schemes: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    window_from: Mapped[Instant]
    window_to: Mapped[Instant]
    matter_date_from: Mapped[date]
    matter_date_to: Mapped[date]
    cap_year: Mapped[int]
    budget_total: Mapped[Decimal | None] = mapped_column(Numeric(16, 2))
    status: Mapped[BatchStatus] = mapped_column(Text, default="draft")
    drafted_by: Mapped[str]
    drafted_at: Mapped[Instant]
    opened_by: Mapped[str | None]
    opened_at: Mapped[Instant | None]
    parameters: Mapped[Json | None]
    __table_args__ = (
        one_of("status", *get_args(BatchStatus)),
        two_people("drafted_by", "opened_by"),
    )


class ListRow(Base):
    """A case on a fixed list: what it got, what was cut and why; a later round supersedes an earlier one."""

    __tablename__ = "list_row"
    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("batch.id"))
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), index=True)
    round: Mapped[int]
    precap_amount: Mapped[Yuan]
    final_amount: Mapped[Yuan]
    proposal: Mapped[Proposal] = mapped_column(Text)
    steps: Mapped[JsonList]
    fixed_by: Mapped[str]
    fixed_at: Mapped[Instant]
    __table_args__ = (
        one_of("proposal", *get_args(Proposal)),
        whole_yuan("precap_amount", "final_amount"),
        Index(None, "batch_id", "id"),
    )


class Resolution(Base):
    """The minutes of one meeting on a batch (集体审议)."""

    __tablename__ = "resolution"
    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("batch.id"), index=True)
    minutes_no: Mapped[str]
    recorded_by: Mapped[str]
    recorded_at: Mapped[Instant]


class Decision(Base):
    """What a meeting resolved on one case."""

    __tablename__ = "decision"
    id: Mapped[Id]
    resolution_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("resolution.id"), index=True)
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), index=True)
    result: Mapped[Result] = mapped_column(Text)
    amount: Mapped[Yuan | None]
    reason: Mapped[str | None]
    # Refused for the sake of another case of the same matter, and kept until that one is decided (暂列不支持).
    held: Mapped[bool] = mapped_column(default=False, server_default=false())
    __table_args__ = (
        one_of("result", *get_args(Result)),
        whole_yuan("amount", positive=True),
    )


def get(session: Session, batch_id: int) -> Batch | None:
    return session.get(Batch, batch_id)


def lock(session: Session, batch_id: int) -> Batch | None:
    return session.scalar(to_change(select(Batch).where(Batch.id == batch_id)))


def list_batches(session: Session, *, before: int | None = None, opened_only: bool, limit: int = 50) -> Sequence[Batch]:
    query = select(Batch).order_by(Batch.id.desc()).limit(limit)
    if opened_only:
        query = query.where(Batch.status != "draft")
    if before is not None:
        query = query.where(Batch.id < before)
    return session.scalars(query).all()


def find_newest_of_year(session: Session, year: int) -> Batch | None:
    """The batch opened last among those whose awards fall under the ceiling of this year."""
    query = select(Batch).where(Batch.cap_year == year, Batch.status != "draft")
    return session.scalar(query.order_by(Batch.opened_at.desc(), Batch.id.desc()).limit(1))


def list_drafts(session: Session) -> Sequence[Batch]:
    """The batches that are not open yet, the oldest first."""
    return session.scalars(select(Batch).where(Batch.status == "draft").order_by(Batch.id)).all()


def latest_rows(session: Session, batch_id: int) -> Sequence[ListRow]:
    """The newest row of each case of the batch."""
    query = select(ListRow).where(ListRow.batch_id == batch_id).ext(distinct_on(ListRow.case_id))
    return session.scalars(query.order_by(ListRow.case_id, ListRow.id.desc())).all()


def find_latest_row(session: Session, case_id: int) -> ListRow | None:
    """The newest row of a case on any list."""
    query = select(ListRow).where(ListRow.case_id == case_id).order_by(ListRow.id.desc()).limit(1)
    return session.scalar(query)


def rows_of_case(session: Session, case_id: int) -> Sequence[ListRow]:
    return session.scalars(select(ListRow).where(ListRow.case_id == case_id).order_by(ListRow.id)).all()


def last_round(session: Session, batch_id: int) -> int:
    query = select(ListRow.round).where(ListRow.batch_id == batch_id).order_by(ListRow.id.desc()).limit(1)
    return session.scalar(query) or 0


def decisions_of_case(session: Session, case_id: int) -> Sequence[tuple[Decision, Resolution]]:
    query = select(Decision, Resolution).join(Resolution, Resolution.id == Decision.resolution_id)
    return [(row[0], row[1]) for row in session.execute(query.where(Decision.case_id == case_id).order_by(Decision.id))]


def latest_decisions(session: Session, batch_id: int) -> dict[int, tuple[Decision, Resolution]]:
    """The newest decision on each case of the batch, by case id."""
    query = (
        select(Decision, Resolution)
        .join(Resolution, Resolution.id == Decision.resolution_id)
        .where(Resolution.batch_id == batch_id)
        .ext(distinct_on(Decision.case_id))
        .order_by(Decision.case_id, Decision.id.desc())
    )
    return {row[0].case_id: (row[0], row[1]) for row in session.execute(query)}


def listed_among(session: Session, case_ids: Iterable[int]) -> set[int]:
    """Those of the cases that have a row on a list."""
    return set(session.scalars(select(ListRow.case_id).where(ListRow.case_id.in_(list(case_ids))).distinct()))


def latest_results(session: Session, case_ids: Iterable[int]) -> dict[int, str]:
    """What the newest meeting that had each of the cases before it decided."""
    query = select(Decision.case_id, Decision.result).where(Decision.case_id.in_(list(case_ids)))
    newest = query.ext(distinct_on(Decision.case_id)).order_by(Decision.case_id, Decision.id.desc())
    return {row[0]: row[1] for row in session.execute(newest)}
