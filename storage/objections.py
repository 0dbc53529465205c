"""What people bring against what was announced (异议), late (信访), or against officials (举报); its own table."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import BigInteger, ForeignKey, Index, Text, case, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, one_of
from storage.cases import Case
from storage.instances import Instance, Wait
from storage.locks import to_change, to_claim

Kind = Literal["objection", "petition", "complaint"]
"""公示异议 in time; 信访 after the period; 举报 about the conduct of officials. Only the first holds anything."""


class Objection(Base):
    """Something brought under a real name. The objector stays hidden.

    An objection is registered, then accepted or rejected by the triage; an accepted one is dismissed or upheld. The
    other kinds are registered and answered. `handled_*` say who decided last and when.
    """

    __tablename__ = "objection"
    id: Mapped[Id]
    notice_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("notice.id"))
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"))
    kind: Mapped[Kind] = mapped_column(Text, default="objection", server_default=sql("'objection'"))
    # What the objector asks by; only its digest is kept. Those of before have none.
    query_digest: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    id_no: Mapped[str]
    phone: Mapped[str]
    text: Mapped[str]
    state: Mapped[str] = mapped_column(default="registered")
    registered_at: Mapped[Instant]
    # When the case's own investigation of it began; one accepted meanwhile waits for its turn.
    taken_up_at: Mapped[Instant | None]
    handled_by: Mapped[str | None]
    handled_at: Mapped[Instant | None]
    reply: Mapped[str | None]
    # What the disciplinary inspection says to it, which is answered and decides nothing.
    advice: Mapped[str | None]
    advised_by: Mapped[str | None]
    advised_at: Mapped[Instant | None]
    advice_answer: Mapped[str | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[Instant | None]
    __table_args__ = (
        one_of("kind", *get_args(Kind)),
        one_of("state", "registered", "accepted", "rejected", "upheld", "dismissed", "answered"),
        Index(None, "case_id", "state"),
        Index(None, "state", "id"),
        Index("ix_objection_advised_at", "advised_at", postgresql_where=sql("answered_at IS NULL")),
    )


class ObjectionEvidence(Base):
    """A file that the objector added: bytes in the object store, of which no page of the case knows."""

    __tablename__ = "objection_evidence"
    id: Mapped[Id]
    objection_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("objection.id"), index=True)
    filename: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    object_key: Mapped[str] = mapped_column(unique=True)
    object_version: Mapped[str | None]
    uploaded_at: Mapped[Instant]
    # When discipline had made sure that it does not show who objected: until then only the overseers open it.
    disclosed_by: Mapped[str | None]
    disclosed_at: Mapped[Instant | None]


OPEN = ("registered", "accepted")
_open = (Objection.kind == "objection") & Objection.state.in_(OPEN)


def case_of(session: Session, objection_id: int) -> int | None:
    """Id of the case that an objection is about."""
    return session.scalar(select(Objection.case_id).where(Objection.id == objection_id))


def lock(session: Session, objection_id: int) -> Objection:
    """The objection, locked; the caller holds its case."""
    return session.scalars(to_change(select(Objection).where(Objection.id == objection_id))).one()


def lock_accepted(session: Session, case_id: int) -> Sequence[Objection]:
    """The accepted objections of a case that nobody has decided, locked in their order; the caller holds the case."""
    query = select(Objection).where(Objection.case_id == case_id, Objection.state == "accepted").order_by(Objection.id)
    return session.scalars(to_change(query)).all()


def list_taken_up(session: Session, case_id: int) -> Sequence[Objection]:
    """Those that the case's investigation is about now."""
    query = select(Objection).where(Objection.case_id == case_id, Objection.state == "accepted")
    return session.scalars(query.where(Objection.taken_up_at.is_not(None)).order_by(Objection.id)).all()


def list_of_case(session: Session, case_id: int) -> Sequence[Objection]:
    return session.scalars(select(Objection).where(Objection.case_id == case_id).order_by(Objection.id)).all()


def with_open(session: Session, case_ids: Iterable[int]) -> set[int]:
    """Those of the cases that have an objection which nobody has answered."""
    return set(session.scalars(select(Objection.case_id).where(Objection.case_id.in_(list(case_ids)), _open)))


def states_on_notice(session: Session, notice_id: int) -> list[tuple[int, str]]:
    """Case and state of every objection that the public may know of from a notice, in their order."""
    query = select(Objection.case_id, Objection.state).where(
        Objection.notice_id == notice_id, Objection.kind == "objection"
    )
    return [(row[0], row[1]) for row in session.execute(query.order_by(Objection.id))]


def states(session: Session, case_ids: Iterable[int]) -> dict[int, list[str]]:
    """The states of the objections against each of these cases, in their order; cases without any are left out."""
    query = select(Objection.case_id, Objection.state).where(
        Objection.case_id.in_(list(case_ids)), Objection.kind == "objection"
    )
    found: dict[int, list[str]] = {}
    for case_id, state in session.execute(query.order_by(Objection.id)):
        found.setdefault(case_id, []).append(state)
    return found


def next_to_take_up(session: Session, now: datetime) -> int | None:
    """Claim the case that waits for an objection which was accepted while it could not take it up."""
    query = (
        select(Case.id)
        .join(Objection, Objection.case_id == Case.id)
        .join(Wait, Wait.case_id == Case.id)
        .join(Instance, Instance.case_id == Case.id)
        .where((Instance.retry_at.is_(None)) | (Instance.retry_at <= now))
        .where(Objection.state == "accepted", Objection.taken_up_at.is_(None), Case.suspended_at.is_(None))
        .where(Wait.message == "objection_accepted", Wait.ended_at.is_(None))
        .order_by(Objection.id)
        .limit(1)
    )
    return session.scalar(to_claim(query, Case))


def find_by_digest(session: Session, digest: str) -> Objection | None:
    return session.scalar(select(Objection).where(Objection.query_digest == digest))


def list_evidence(session: Session, objection_id: int) -> Sequence[ObjectionEvidence]:
    query = select(ObjectionEvidence).where(ObjectionEvidence.objection_id == objection_id)
    return session.scalars(query.order_by(ObjectionEvidence.id)).all()


def evidence_of(session: Session, objection_ids: Collection[int]) -> dict[int, list[ObjectionEvidence]]:
    """The files of each of these matters, in order, one statement."""
    query = select(ObjectionEvidence).where(ObjectionEvidence.objection_id.in_(objection_ids))
    found: dict[int, list[ObjectionEvidence]] = {each: [] for each in objection_ids}
    for each in session.scalars(query.order_by(ObjectionEvidence.id)):
        found[each.objection_id].append(each)
    return found


def find_evidence(session: Session, objection_id: int, evidence_id: int) -> ObjectionEvidence | None:
    query = select(ObjectionEvidence).where(ObjectionEvidence.objection_id == objection_id)
    return session.scalar(query.where(ObjectionEvidence.id == evidence_id))


def accepted(session: Session, most: int) -> Sequence[Objection]:
    """Those that were accepted and that nobody has decided, the oldest first."""
    query = select(Objection).where(Objection.state == "accepted", Objection.kind == "objection")
    return session.scalars(query.order_by(Objection.id).limit(most)).all()


def listed(session: Session, *, state: str | None = None) -> Sequence[Objection]:
    """Those that wait for somebody first, the oldest first; then the newest handled ones."""
    waiting = case((Objection.state == "registered", 0), else_=1)
    age = case((Objection.state == "registered", Objection.id), else_=-Objection.id)
    query = select(Objection).order_by(waiting, age).limit(500)
    if state:
        query = query.where(Objection.state == state)
    return session.scalars(query).all()


def registered(session: Session, kinds: Collection[Kind], most: int) -> Sequence[Objection]:
    """Those of these kinds that nobody has looked at, the oldest first."""
    query = select(Objection).where(Objection.state == "registered", Objection.kind.in_(kinds))
    return session.scalars(query.order_by(Objection.id).limit(most)).all()


def with_unanswered_advice(session: Session, most: int, *, case_id: int | None = None) -> Sequence[Objection]:
    """Those to which discipline has said something that nobody answered, the oldest advice first."""
    query = select(Objection).where(Objection.advised_at.is_not(None), Objection.answered_at.is_(None))
    if case_id is not None:
        query = query.where(Objection.case_id == case_id)
    return session.scalars(query.order_by(Objection.advised_at, Objection.id).limit(most)).all()
