"""Enterprises, the people who sign in, and their sessions."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Boolean, ForeignKey, Index, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from storage import search
from storage.base import Base, Id, Instant, Json
from storage.system import Clock


class Enterprise(Base):
    """An applicant organisation; `profile` holds part A of every form (domain.md 1.0)."""

    __tablename__ = "enterprise"
    id: Mapped[Id]
    uscc: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    entity_type: Mapped[str]
    profile: Mapped[Json]
    credit_flags: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    # Parent of the group, where the office knows one: its USCC (`a10.cap_scope`, M13).
    group_uscc: Mapped[str | None]


search.follow(Enterprise, search.EnterpriseSearch, "uscc", "name")


class User(Base):
    """A person with a name, roles and, for applicants, the enterprise they act for."""

    __tablename__ = "user_account"
    id: Mapped[Id]
    username: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    password_hash: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    enterprise: Mapped[Enterprise | None] = relationship(lazy="raise")


class Expert(Base):
    """A member of the expert pool (domain.md 3.3); the person signs in as `user_id`."""

    __tablename__ = "expert"
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    employer: Mapped[str]
    employer_uscc: Mapped[str | None]
    field: Mapped[str]
    finance: Mapped[bool] = mapped_column(default=False)
    user: Mapped[User] = relationship(lazy="raise")


class SignIn(Base):
    """A session of a page or an API token; ended by deleting the row, at once."""

    __tablename__ = "sign_in"
    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]


class SignInFailure(Base):
    """A wrong password, kept for the throttle only; `subject` is `account|address` or the address alone."""

    __tablename__ = "sign_in_failure"
    id: Mapped[Id]
    subject: Mapped[str]
    at: Mapped[Instant]
    __table_args__ = (Index(None, "subject", "at"),)


def find_user(session: Session, username: str) -> User | None:
    return session.scalar(select(User).where(User.username == username))


class SignedIn(NamedTuple):
    """Who a live session is of: the person's account, an applicant's USCC, and the demo clock's offset."""

    id: int
    username: str
    display_name: str
    roles: list[str]
    enterprise_id: int | None
    uscc: str | None
    clock_offset: timedelta | None


# Every request asks this: built once, read as plain columns.
_SIGNED_IN = (
    select(
        User.id,
        User.username,
        User.display_name,
        User.roles,
        User.enterprise_id,
        Enterprise.uscc,
        select(Clock.offset).where(Clock.id == 1).scalar_subquery().label("clock_offset"),
    )
    .join(SignIn, SignIn.user_id == User.id)
    .outerjoin(Enterprise, Enterprise.id == User.enterprise_id)
    .where(SignIn.token_hash == bindparam("token_hash"), SignIn.expires_at > bindparam("now"), User.active)
)


def find_sign_in(session: Session, token_hash: str, now: datetime) -> SignedIn | None:
    """The person of a live session with all that a request needs to know of him: one statement."""
    row = session.connection().execute(_SIGNED_IN, {"token_hash": token_hash, "now": now}).first()
    return SignedIn(*row) if row else None


def end_sign_in(session: Session, token_hash: str) -> None:
    session.execute(delete(SignIn).where(SignIn.token_hash == token_hash))


def sweep_sign_ins(session: Session, now: datetime, failures_before: datetime) -> None:
    """Forget what has expired, so that neither table grows for ever."""
    session.execute(delete(SignIn).where(SignIn.expires_at <= now))
    session.execute(delete(SignInFailure).where(SignInFailure.at < failures_before))


def count_failures(session: Session, subject: str, since: datetime) -> int:
    query = select(func.count()).select_from(SignInFailure)
    return session.scalar(query.where(SignInFailure.subject == subject, SignInFailure.at > since)) or 0


def forget_failures(session: Session, subject: str) -> None:
    session.execute(delete(SignInFailure).where(SignInFailure.subject == subject))


def get_enterprise(session: Session, enterprise_id: int) -> Enterprise:
    return session.get_one(Enterprise, enterprise_id)


def find_enterprise(session: Session, uscc: str) -> Enterprise | None:
    return session.scalar(select(Enterprise).where(Enterprise.uscc == uscc))


def is_parent(session: Session, uscc: str) -> bool:
    """Whether a registered enterprise belongs to the group of this one, which need not be registered itself."""
    return session.scalar(select(Enterprise.id).where(Enterprise.group_uscc == uscc).limit(1)) is not None


def names_by_uscc(session: Session, usccs: Iterable[str]) -> dict[str, str]:
    """The names of those enterprises that are registered."""
    query = select(Enterprise.uscc, Enterprise.name).where(Enterprise.uscc.in_(list(usccs)))
    return {row[0]: row[1] for row in session.execute(query)}


def every_name(session: Session) -> list[tuple[int, str, str]]:
    """Id, USCC and name of every enterprise, to match lists with."""
    rows = session.execute(select(Enterprise.id, Enterprise.uscc, Enterprise.name).order_by(Enterprise.id))
    return [(row[0], row[1], row[2]) for row in rows]


def users_with_role(session: Session, role: str) -> Sequence[User]:
    return session.scalars(select(User).where(User.roles.contains([role]), User.active).order_by(User.username)).all()


def users_of_enterprise(session: Session, enterprise_id: int) -> set[str]:
    return set(session.scalars(select(User.username).where(User.enterprise_id == enterprise_id)))


def is_empty(session: Session) -> bool:
    """Whether nobody has an account yet."""
    return session.scalar(select(User.id).limit(1)) is None


def list_experts(session: Session) -> list[tuple[Expert, User]]:
    """The pool, ordered by username so that a draw can be repeated."""
    query = select(Expert, User).join(User, User.id == Expert.user_id).where(User.active).order_by(User.username)
    return [(expert, user) for expert, user in session.execute(query)]


def names_of(session: Session, usernames: set[str]) -> dict[str, str]:
    """Display names by username."""
    if not usernames:
        return {}
    rows = session.execute(select(User.username, User.display_name).where(User.username.in_(usernames)))
    return {row[0]: row[1] for row in rows}
