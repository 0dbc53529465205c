"""变更登记: what a firm asks to change about itself or its account, who checked it, and who confirmed it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import BigInteger, ForeignKey, Index, Text, or_, select, text
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from storage.base import Base, Id, Instant, Json, one_of
from storage.cases import Case
from storage.locks import to_change

Kind = Literal["name", "legal_representative", "account"]
State = Literal["requested", "checked", "confirmed", "refused"]
OPEN: tuple[State, ...] = ("requested", "checked")


class RegistrationChange(Base):
    """One change, asked for in a case with a paper that proves it; `old` is what stood when it was asked for."""

    __tablename__ = "registration_change"
    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), index=True)
    kind: Mapped[Kind] = mapped_column(Text)
    old: Mapped[Json]
    new: Mapped[Json]
    reason: Mapped[str]
    document_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("document.id"))
    state: Mapped[State] = mapped_column(Text, default="requested")
    requested_by: Mapped[str]
    requested_at: Mapped[Instant]
    checked_by: Mapped[str | None]
    checked_at: Mapped[Instant | None]
    opinion: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[Instant | None]
    decided_because: Mapped[str | None]
    __table_args__ = (
        one_of("kind", *get_args(Kind)),
        one_of("state", *get_args(State)),
        Index("ix_registration_change_open", "state", "id", postgresql_where=text("state IN ('requested', 'checked')")),
    )


def lock(session: Session, change_id: int) -> RegistrationChange | None:
    """One change, locked; the caller holds its case."""
    return session.scalar(to_change(select(RegistrationChange).where(RegistrationChange.id == change_id)))


def list_of_case(session: Session, case_id: int) -> Sequence[RegistrationChange]:
    query = select(RegistrationChange).where(RegistrationChange.case_id == case_id)
    return session.scalars(query.order_by(RegistrationChange.id)).all()


def list_in(session: Session, states: Iterable[State], most: int) -> Sequence[RegistrationChange]:
    """Those in these states, the oldest first."""
    query = select(RegistrationChange).where(RegistrationChange.state.in_(list(states)))
    return session.scalars(query.order_by(RegistrationChange.id).limit(most)).all()


def with_open(session: Session, case_ids: Iterable[int]) -> set[int]:
    """Those of the cases about which, or about the name of whose firm, a change is asked for and not decided."""
    asked_in = aliased(Case)
    query = (
        select(Case.id)
        .join(asked_in, asked_in.enterprise_id == Case.enterprise_id)
        .join(RegistrationChange, RegistrationChange.case_id == asked_in.id)
        .where(Case.id.in_(list(case_ids)), RegistrationChange.state.in_(OPEN))
        .where(or_(RegistrationChange.case_id == Case.id, RegistrationChange.kind == "name"))
    )
    return set(session.scalars(query))


def newest_accounts(session: Session, case_ids: Iterable[int]) -> dict[int, tuple[datetime, dict[str, Any]]]:
    """The account that was confirmed last for each of the cases by a change, with the instant."""
    query = select(RegistrationChange).where(
        RegistrationChange.case_id.in_(list(case_ids)),
        RegistrationChange.kind == "account",
        RegistrationChange.state == "confirmed",
    )
    found: dict[int, tuple[datetime, dict[str, Any]]] = {}
    for each in session.scalars(query.order_by(RegistrationChange.id)):
        if each.decided_at is not None:
            found[each.case_id] = (each.decided_at, each.new)
    return found
