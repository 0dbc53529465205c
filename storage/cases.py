"""Cases, the facts known about them, and what was submitted."""

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ForeignKey, Index, Select, Table, and_, any_, bindparam, false, func, not_, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, distinct_on
from sqlalchemy.orm import Mapped, Session, contains_eager, mapped_column, relationship

from storage import search
from storage.base import Base, Id, Instant, Json, Yuan, one_of, whole_yuan
from storage.batches import Batch
from storage.locks import to_change
from storage.matters import Matter
from storage.people import Enterprise
from storage.tasks import Task
from storage.unit_of_work import UnitOfWork

# Suspension is a flag beside the status (domain.md 3.6).
STATUSES = (
    *("DRAFT", "SUBMITTED", "CORRECTION", "NOT_ACCEPTED", "ACCEPTED", "CREDIT_CHECK", "VETOED"),
    *("REVIEW", "SITE", "VERIFICATION", "EXPERTS", "CALCULATED", "RECHECK", "MEETING"),
    *("PUBLICITY", "OBJECTION", "DISTRICT_APPROVAL", "APPROVED", "NOT_SUPPORTED", "PAYEE_CONFIRM", "PAYMENT"),
    *("PAYMENT_RETURNED", "PAID", "MULTI_YEAR", "WITHDRAWN", "TERMINATED", "RECOVERING", "RECOVERED"),
    *("CLOSED", "ARCHIVED"),
)

# The district has decided in favour and nothing is paid yet.
DECIDED = ("APPROVED", "PAYEE_CONFIRM", "PAYMENT", "PAYMENT_RETURNED")

_RUNNING = text("ended_at IS NULL AND submitted_at IS NOT NULL")
_DRAFT = text("ended_at IS NULL AND submitted_at IS NULL")
_READABLE = text("submitted_at IS NOT NULL OR from_list")


class Case(Base):
    """One application from draft to its end; the row's lock is the lock of everything about the case."""

    __tablename__ = "cases"
    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    scheme: Mapped[str]
    title: Mapped[str]
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    matter_id: Mapped[int | None] = mapped_column(ForeignKey("matter.id"), index=True)
    # By its own key, whatever that matter was joined to since: what it comes back to when they are parted.
    own_matter_id: Mapped[int | None] = mapped_column(ForeignKey("matter.id"))
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition_version.id"))
    status: Mapped[str]
    stage: Mapped[str | None]
    reason: Mapped[str | None]
    # Made by the office from an official list: the office reads it before the firm has confirmed it.
    from_list: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_by: Mapped[str]
    created_at: Mapped[Instant]
    submitted_at: Mapped[Instant | None]
    accepted_at: Mapped[Instant | None]
    suspended_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]
    computed_amount: Mapped[Yuan | None]
    item_amount: Mapped[Yuan | None]
    precap_amount: Mapped[Yuan | None]
    final_amount: Mapped[Yuan | None]
    paid_amount: Mapped[Yuan | None]
    # Its figures no longer stand: it is on its way back to be verified and calculated anew.
    recount: Mapped[bool] = mapped_column(default=False, server_default=false())
    # The point of its diagram at which a further instance began; None of an application as it came.
    reopen_at: Mapped[str | None]
    enterprise: Mapped[Enterprise] = relationship(lazy="raise")
    batch: Mapped[Batch] = relationship(lazy="raise")
    matter: Mapped[Matter | None] = relationship(foreign_keys=[matter_id], lazy="raise")

    @property
    def is_decided(self) -> bool:
        """Whether the district approved it, or it was paid: from then on its amount is not worked out anew, until a
        further instance of it is (`CARRIED_OUT`)."""
        carried_out = self.ended_at is not None or self.status == "RECOVERING"
        return self.status in DECIDED or (bool(self.paid_amount) and carried_out)

    # What the office lists is what it may read, in the order of ids and by each filter; a firm's drafts, the newest of
    # all, are not in its way.
    __table_args__ = (
        one_of("status", *STATUSES),
        whole_yuan("computed_amount", "item_amount", "precap_amount", "final_amount", "paid_amount"),
        Index("ix_cases_readable", "id", postgresql_where=_READABLE),
        Index("ix_cases_readable_status", "status", "id", postgresql_where=_READABLE),
        Index("ix_cases_readable_scheme", "scheme", "id", postgresql_where=_READABLE),
        Index("ix_cases_readable_scheme_status", "scheme", "status", "id", postgresql_where=_READABLE),
        Index("ix_cases_readable_batch", "batch_id", "id", postgresql_where=_READABLE),
        Index("ix_cases_readable_batch_status", "batch_id", "status", "id", postgresql_where=_READABLE),
        Index("ix_cases_suspended", "id", postgresql_where=text("suspended_at IS NOT NULL AND ended_at IS NULL")),
        Index(None, "enterprise_id", "id"),
        Index(None, "batch_id", "id"),
        Index(None, "definition_id", "id"),
        Index("ix_cases_version_running", "definition_id", postgresql_where=_RUNNING),
        Index("ix_cases_version_drafts", "definition_id", postgresql_where=_DRAFT),
        Index("ix_cases_version_ended", "definition_id", postgresql_where=text("ended_at IS NOT NULL")),
        Index("ix_cases_scheme_running", "scheme", "id", postgresql_where=text("ended_at IS NULL")),
    )


LIVE_OR_GRANTED = or_(
    Case.ended_at.is_(None),
    Case.paid_amount.is_not(None),
    Case.reason == "ZERO_AFTER_CAP",
    Case.status == "MULTI_YEAR",
)
"""Cases that are under way, or that were granted something (a ceiling may have left nothing of it)."""

CARRIED_OUT = (Case.paid_amount > 0) & or_(Case.ended_at.is_not(None), Case.status == "RECOVERING")
"""Cases that were paid and are not being decided anew: a recovery takes the decision as it stands."""

search.follow(Case, search.CaseSearch, "reference", "title")


class CaseFacts(Base):
    """The current view of the form data of a case, by field code; rewritten, never mutated."""

    __tablename__ = "case_facts"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    facts: Mapped[Json]


class Submission(Base):
    """What one person sent for one task; appended, never changed. `data` is all of it.

    Identity numbers, accounts and phones are no part of `content`: they lie in a row that can be erased.

    `seal` is the secret under which a sealed submission's digest stands on the record, so that nobody can find its
    content by trying; it is published with the content.
    """

    __tablename__ = "submission"
    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    task_id: Mapped[str] = mapped_column(ForeignKey("task.id"), unique=True)
    element_id: Mapped[str]
    form: Mapped[str]
    content: Mapped[Json] = mapped_column("data")
    seal: Mapped[str | None]
    by: Mapped[str]
    at: Mapped[Instant]
    personal: Mapped["SubmissionPersonal | None"] = relationship(
        primaryjoin="foreign(SubmissionPersonal.task_id) == Submission.task_id", uselist=False, lazy="joined"
    )
    __table_args__ = (Index(None, "case_id", "element_id", "id"),)

    @property
    def data(self) -> dict[str, Any]:
        """All that was sent; without what has been erased since."""
        return {**self.content, **self.personal.values} if self.personal is not None else self.content


class SubmissionPersonal(Base):
    """What a submission says of who somebody is, and the salt under which its digests stand on the record.

    Once the row is gone nobody can tell the values any more, and the record is as whole as before.
    """

    __tablename__ = "submission_personal"
    task_id: Mapped[str] = mapped_column(ForeignKey("submission.task_id"), primary_key=True)
    values: Mapped[Json]
    salt: Mapped[str]


class Reach(enum.Enum):
    """How far an actor sees."""

    ALL = "all"
    ENTERPRISE = "enterprise"
    TASKS = "tasks"
    NONE = "none"


@dataclass(frozen=True)
class Scope:
    """Which cases an actor may know of: all, those of one enterprise, or those in which he has or had a task."""

    reach: Reach
    enterprise_id: int | None = None
    username: str = ""
    roles: tuple[str, ...] = ()


def within(scope: Scope) -> Any:
    """The condition on `Case` that a scope means."""
    if scope.reach is Reach.ALL:
        # A draft is its firm's own; a case that the office made from an official list is the office's, too.
        return or_(Case.submitted_at.is_not(None), Case.from_list)
    if scope.reach is Reach.ENTERPRISE:
        return Case.enterprise_id == scope.enterprise_id
    if scope.reach is Reach.TASKS:
        return select(Task.id).where(Task.case_id == Case.id, or_(*tasks_of(scope))).exists()
    return Case.id.is_(None)


def tasks_of(scope: Scope) -> list[Any]:
    """What gives the reach TASKS: a task in one's hands (who completes one has taken it), or offered to one's role."""
    offered = [Task.status == "open", Task.assignee.is_(None), Task.personal.is_(False)]
    return [Task.assignee == scope.username, *(and_(Task.role == role, *offered) for role in scope.roles)]


def find(session: Session, reference: str) -> Case | None:
    return session.scalar(select(Case).where(Case.reference == reference))


def find_visible(session: Session, reference: str, scope: Scope) -> Case | None:
    return session.scalar(with_names().where(Case.reference == reference, within(scope)))


def with_names() -> Select[Case]:
    """Cases with enterprise, batch and matter, as lists show them."""
    return (
        select(Case)
        .join(Case.enterprise)
        .join(Case.batch)
        .outerjoin(Case.matter)
        .options(contains_eager(Case.enterprise), contains_eager(Case.batch), contains_eager(Case.matter))
    )


def lock(session: Session, case_id: int) -> Case:
    """Lock one case; whoever changes anything about a case holds this lock."""
    return session.scalars(to_change(select(Case).where(Case.id == case_id))).one()


_OF_TASK = to_change(select(Case.id).join(Task, Task.case_id == Case.id).where(Task.id == bindparam("task_id")), Case)


def lock_of_task(session: Session, task_id: str) -> bool:
    """Lock the case that a task belongs to, to be read under the lock; False where there is no such task."""
    return session.connection().execute(_OF_TASK, {"task_id": task_id}).first() is not None


def lock_all(session: Session, case_ids: Iterable[int]) -> Sequence[Case]:
    """Lock several cases in the order of their references."""
    query = select(Case).where(Case.id.in_(list(case_ids))).order_by(Case.reference)
    return session.scalars(to_change(query)).all()


def save_facts(session: UnitOfWork, case_id: int, facts: Mapping[str, Any]) -> None:
    """Put these facts in the place of what was known of a case."""
    session.amend(CaseFacts, case_id, {"facts": facts})


def facts_of(session: Session, case_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The facts of several cases by id, one statement."""
    rows = session.execute(select(CaseFacts.case_id, CaseFacts.facts).where(CaseFacts.case_id.in_(list(case_ids))))
    return {row[0]: row[1] for row in rows}


def fallen_away(session: Session, case_ids: Iterable[int]) -> set[int]:
    """Those of these cases that ended without an award."""
    query = select(Case.id).where(Case.id.in_(list(case_ids)), not_(LIVE_OR_GRANTED))
    return set(session.scalars(query))


def decided(session: Session, case_ids: Iterable[int]) -> set[int]:
    """Those of these cases that the district approved, or that were paid and are not being decided anew."""
    granted = Case.status.in_(DECIDED) | CARRIED_OUT
    return set(session.scalars(select(Case.id).where(Case.id.in_(list(case_ids)), granted)))


def next_number(session: Session) -> int:
    return session.scalar(select(func.nextval("case_number"))) or 0


_SUBMISSIONS = cast(Table, Submission.__table__)
_PERSONAL = cast(Table, SubmissionPersonal.__table__)


def append_submission(session: UnitOfWork, row: Mapping[str, Any], personal: Mapping[str, Any], salt: str) -> None:
    """Add what was sent, given by the columns of `Submission`; `personal` goes into the row that can be erased."""
    session.append(_SUBMISSIONS, row)
    if personal:
        session.append(_PERSONAL, {"task_id": row["task_id"], "values": personal, "salt": salt})


_OF_ELEMENT = (
    select(Submission)
    .where(Submission.case_id == bindparam("case_id"), Submission.element_id == bindparam("element_id"))
    .order_by(Submission.id.desc())
    .limit(1)
)


def latest_submission(session: Session, case_id: int, element_id: str) -> Submission | None:
    """What was sent last for an element, by anybody."""
    return session.scalar(_OF_ELEMENT, {"case_id": case_id, "element_id": element_id})


_OF_ELEMENTS = (
    select(Submission)
    .where(
        Submission.case_id == bindparam("case_id"),
        Submission.element_id == any_(bindparam("element_ids", type_=ARRAY(TEXT))),
    )
    .ext(distinct_on(Submission.element_id))
    .order_by(Submission.element_id, Submission.id.desc())
)


def latest_submissions(session: Session, case_id: int, element_ids: Iterable[str]) -> dict[str, Submission]:
    """The newest submission of each of the elements, one statement."""
    found = session.scalars(_OF_ELEMENTS, {"case_id": case_id, "element_ids": list(element_ids)})
    return {submission.element_id: submission for submission in found}


def latest_of_elements(
    session: Session, case_ids: Iterable[int], element_ids: Iterable[str]
) -> dict[int, dict[str, Submission]]:
    """The newest submission of each of the elements of each of the cases, one statement."""
    query = (
        select(Submission)
        .where(Submission.case_id.in_(list(case_ids)), Submission.element_id.in_(list(element_ids)))
        .ext(distinct_on(Submission.case_id, Submission.element_id))
        .order_by(Submission.case_id, Submission.element_id, Submission.id.desc())
    )
    found: dict[int, dict[str, Submission]] = {}
    for each in session.scalars(query):
        found.setdefault(each.case_id, {})[each.element_id] = each
    return found


def list_submissions(session: Session, case_id: int) -> Sequence[Submission]:
    return session.scalars(select(Submission).where(Submission.case_id == case_id).order_by(Submission.id)).all()


def submissions_of(session: Session, case_ids: Iterable[int]) -> Sequence[Submission]:
    """Everything that was sent for these cases, in order, one statement."""
    query = select(Submission).where(Submission.case_id.in_(list(case_ids)))
    return session.scalars(query.order_by(Submission.id)).all()


def by_ids(session: Session, case_ids: Iterable[int]) -> Sequence[Case]:
    return session.scalars(select(Case).where(Case.id.in_(list(case_ids))).order_by(Case.id)).all()


def count_submissions(session: Session, case_id: int, element_id: str) -> int:
    query = select(func.count()).select_from(Submission)
    return session.scalar(query.where(Submission.case_id == case_id, Submission.element_id == element_id)) or 0


def references(session: Session, case_ids: Iterable[int]) -> dict[int, str]:
    return {
        row[0]: row[1] for row in session.execute(select(Case.id, Case.reference).where(Case.id.in_(list(case_ids))))
    }


def with_enterprises(session: Session, case_ids: Iterable[int]) -> dict[int, tuple[Case, Enterprise]]:
    query = select(Case, Enterprise).join(Enterprise, Enterprise.id == Case.enterprise_id)
    return {row[0].id: (row[0], row[1]) for row in session.execute(query.where(Case.id.in_(list(case_ids))))}


def count_in_batch(session: Session, batch_id: int) -> dict[str, int]:
    """How many submitted cases of a batch are in each status."""
    query = select(Case.status, func.count()).where(Case.batch_id == batch_id, Case.submitted_at.is_not(None))
    return {row[0]: row[1] for row in session.execute(query.group_by(Case.status))}


def submission_of_task(session: Session, task_id: str) -> Submission | None:
    return session.scalar(select(Submission).where(Submission.task_id == task_id))
