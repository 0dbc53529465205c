"""Public notices (公示): what was announced of each case, and until when."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, func, select, text
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from storage.base import Base, Id, Instant, Yuan, whole_yuan
from storage.cases import Case


class Notice(Base):
    """One publication of a batch; its period ends for every item at `ends_at`, 24:00 of the last working day.

    Until the calendar is announced that is an open end (`rules.workdays.open_end`).
    """

    __tablename__ = "notice"
    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("batch.id"), index=True)
    title: Mapped[str]
    published_by: Mapped[str]
    published_at: Mapped[Instant]
    ends_at: Mapped[Instant]


class NoticeItem(Base):
    """A case as it was announced; a later item of the same case supersedes it."""

    __tablename__ = "notice_item"
    id: Mapped[Id]
    notice_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("notice.id"), index=True)
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), index=True)
    enterprise: Mapped[str]
    scheme: Mapped[str]
    title: Mapped[str]
    amount: Mapped[Yuan]
    remark: Mapped[str]
    # The case's own end of the period: the notice's, later when the case was suspended meanwhile.
    ends_at: Mapped[Instant]
    # The newest calendar that was in force when `ends_at` was counted, by its number; 0 before the first.
    counted_by: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    __table_args__ = (whole_yuan("amount"),)


def get_notice(session: Session, notice_id: int) -> Notice | None:
    return session.get(Notice, notice_id)


def list_notices(session: Session, *, before: int | None = None, limit: int = 50) -> Sequence[Notice]:
    query = select(Notice).order_by(Notice.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Notice.id < before)
    return session.scalars(query).all()


def items(session: Session, notice_id: int) -> Sequence[NoticeItem]:
    return session.scalars(select(NoticeItem).where(NoticeItem.notice_id == notice_id).order_by(NoticeItem.id)).all()


def current_item(session: Session, case_id: int) -> tuple[NoticeItem, Notice] | None:
    """The newest announcement of a case with its notice."""
    query = select(NoticeItem, Notice).join(Notice, Notice.id == NoticeItem.notice_id)
    row = session.execute(query.where(NoticeItem.case_id == case_id).order_by(NoticeItem.id.desc()).limit(1)).first()
    return (row[0], row[1]) if row else None


def announcements(session: Session, case_id: int) -> Sequence[tuple[NoticeItem, Notice]]:
    query = select(NoticeItem, Notice).join(Notice, Notice.id == NoticeItem.notice_id)
    return [
        (row[0], row[1]) for row in session.execute(query.where(NoticeItem.case_id == case_id).order_by(NoticeItem.id))
    ]


def when_over(session: Session, notice_ids: Iterable[int]) -> dict[int, datetime]:
    """When each of these notices was over before its own end: every case on it had ended, or was announced anew."""
    later, anew = aliased(NoticeItem), aliased(Notice)
    announced_again = (
        select(func.min(anew.published_at))
        .join(later, later.notice_id == anew.id)
        .where(later.case_id == NoticeItem.case_id, later.id > NoticeItem.id)
        .scalar_subquery()
    )
    # Of NULL and an instant `least` is the instant.
    over = func.least(Case.ended_at, announced_again)
    query = (
        select(NoticeItem.notice_id, func.max(over))
        .join(Case, Case.id == NoticeItem.case_id)
        .where(NoticeItem.notice_id.in_(list(notice_ids)))
        .group_by(NoticeItem.notice_id)
        .having(func.bool_and(over.is_not(None)))
    )
    return {row[0]: row[1] for row in session.execute(query)}


def announced(session: Session, case_ids: Iterable[int]) -> set[int]:
    """Those of the cases that have been announced to the public."""
    return set(session.scalars(select(NoticeItem.case_id).where(NoticeItem.case_id.in_(list(case_ids))).distinct()))


def find_item(session: Session, notice_id: int, reference: str) -> NoticeItem | None:
    query = select(NoticeItem).join(Case, Case.id == NoticeItem.case_id)
    return session.scalar(query.where(NoticeItem.notice_id == notice_id, Case.reference == reference))
