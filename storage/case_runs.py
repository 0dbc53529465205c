"""Work over many cases with progress (推演、迁移): a run, and one row for each of its cases with what came out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import BigInteger, ForeignKey, Index, Text, func, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, Json, one_of
from storage.locks import to_change

RunState = Literal["running", "done", "stopped"]


class CaseRun(Base):
    """One run. Kind: rehearsal (of `draft_id`, or of changed `parameters`) or migration (to `definition_id`).

    State: running, done or stopped. `options` is what the kind needs beside these.
    """

    __tablename__ = "case_run"
    id: Mapped[Id]
    kind: Mapped[str]
    key: Mapped[str]
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("definition_draft.id"), index=True)
    definition_id: Mapped[int | None] = mapped_column(ForeignKey("definition_version.id"))
    parameters: Mapped[Json | None]
    options: Mapped[Json]
    state: Mapped[RunState] = mapped_column(Text, default="running")
    started_by: Mapped[str]
    started_at: Mapped[Instant]
    finished_at: Mapped[Instant | None]
    __table_args__ = (
        one_of("state", *get_args(RunState)),
        Index(None, "kind", "key", "id"),
    )


class CaseRunRow(Base):
    """One case of a run; `verdict` is None until it was looked at."""

    __tablename__ = "case_run_row"
    run_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("case_run.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), primary_key=True)
    verdict: Mapped[str | None]
    detail: Mapped[Json | None]
    __table_args__ = (Index("ix_case_run_row_waiting", "run_id", "case_id", postgresql_where=text("verdict IS NULL")),)


def add_rows(session: Session, run_id: int, case_ids: Iterable[int]) -> None:
    """One row for each case, one statement."""
    rows = [{"run_id": run_id, "case_id": case_id} for case_id in case_ids]
    if rows:
        session.execute(insert(CaseRunRow), rows)


def find_running(session: Session, run_id: int) -> CaseRun | None:
    """The run while it is under way; None once it is done or stopped."""
    return session.scalar(select(CaseRun).where(CaseRun.id == run_id, CaseRun.state == "running"))


def lock_running(session: Session, run_id: int) -> CaseRun | None:
    """The run, locked, while it is under way."""
    return session.scalar(to_change(select(CaseRun).where(CaseRun.id == run_id, CaseRun.state == "running")))


def waiting_rows(session: Session, run_id: int, first: int, last: int) -> list[int]:
    """Ids of the run's cases from `first` to `last` that nobody has looked at; nothing is locked."""
    query = select(CaseRunRow.case_id).where(CaseRunRow.run_id == run_id, CaseRunRow.verdict.is_(None))
    return list(session.scalars(query.where(CaseRunRow.case_id.between(first, last)).order_by(CaseRunRow.case_id)))


def claim_rows(session: Session, run_id: int, first: int, last: int) -> list[int]:
    """As `waiting_rows`, locked until this transaction ends.

    Whoever does the same job a second time waits here, and then finds nothing left: skipping what another holds would
    leave it undone if that one dies.
    """
    query = select(CaseRunRow.case_id).where(CaseRunRow.run_id == run_id, CaseRunRow.verdict.is_(None))
    query = query.where(CaseRunRow.case_id.between(first, last)).order_by(CaseRunRow.case_id)
    return list(session.scalars(to_change(query)))


def give_up_rows(session: Session, run_id: int, first: int, last: int, verdict: str, detail: dict[str, Any]) -> None:
    """The same verdict for all cases from `first` to `last` that nobody has looked at."""
    query = update(CaseRunRow).where(CaseRunRow.run_id == run_id, CaseRunRow.verdict.is_(None))
    session.execute(query.where(CaseRunRow.case_id.between(first, last)).values(verdict=verdict, detail=detail))


def set_verdict(session: Session, run_id: int, case_id: int, verdict: str, detail: dict[str, Any]) -> None:
    set_verdicts(session, run_id, {case_id: (verdict, detail)})


def set_verdicts(session: Session, run_id: int, found: Mapping[int, tuple[str, dict[str, Any]]]) -> None:
    """What came out, by case id; sent together."""
    rows = [
        {"run_id": run_id, "case_id": case_id, "verdict": verdict, "detail": detail}
        for case_id, (verdict, detail) in found.items()
    ]
    if rows:
        session.execute(update(CaseRunRow), rows)


def finish(session: Session, run_id: int, now: datetime) -> bool:
    """Close a run of which every case has been looked at; whether it was closed by this call.

    Counted under the run's lock, in a statement of its own: of the two who do the last chunks at the same time, the
    later one sees what the earlier one has committed.
    """
    run = lock_running(session, run_id)
    waiting = select(CaseRunRow.case_id).where(CaseRunRow.run_id == run_id, CaseRunRow.verdict.is_(None))
    if run is None or session.scalar(waiting.limit(1)) is not None:
        return False
    run.state, run.finished_at = "done", now
    return True


def count_by_verdict(session: Session, run_id: int) -> dict[str | None, int]:
    """How many cases came to each verdict; None are those not looked at yet."""
    query = select(CaseRunRow.verdict, func.count()).where(CaseRunRow.run_id == run_id)
    return {row[0]: row[1] for row in session.execute(query.group_by(CaseRunRow.verdict))}


def list_rows(session: Session, run_id: int, *, verdict: str | None, after: int, limit: int) -> Sequence[CaseRunRow]:
    """Rows by case id, beyond `after`."""
    query = select(CaseRunRow).where(CaseRunRow.run_id == run_id, CaseRunRow.case_id > after)
    if verdict is not None:
        query = query.where(CaseRunRow.verdict == verdict)
    return session.scalars(query.order_by(CaseRunRow.case_id).limit(limit)).all()


def list_runs(session: Session, kind: str, *, key: str | None, draft_id: int | None, limit: int) -> Sequence[CaseRun]:
    """Newest first."""
    query = select(CaseRun).where(CaseRun.kind == kind).order_by(CaseRun.id.desc()).limit(limit)
    if key is not None:
        query = query.where(CaseRun.key == key)
    if draft_id is not None:
        query = query.where(CaseRun.draft_id == draft_id)
    return session.scalars(query).all()
