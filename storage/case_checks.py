"""Checks that stop a case until two people have settled them: the hits of 查重, and what holds a payment."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    false,
    func,
    not_,
    or_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, JsonList, Yuan, one_of, two_people, whole_yuan
from storage.cases import LIVE_OR_GRANTED, Case
from storage.locks import to_change

DUPLICATE, CREDIT, PAYMENT, NEXT_YEAR = "duplicate", "credit", "payment", "next_year"
KINDS = (DUPLICATE, CREDIT, PAYMENT, NEXT_YEAR)
"""查重; a re-check of the credit that found something; a payment that was held, or has to wait for another year."""
HELD_BEFORE_MEETING = frozenset({CREDIT, PAYMENT})
"""What keeps a case from the meeting; a hit stops the act of the meeting, and not the way there."""
OPEN, CONCLUDED, SETTLED, REFERRED = "open", "concluded", "settled", "referred"

_STANDS = text("state <> 'settled'")
_OUTLIVED = text("outlived")
_UNTOLD = text("told_at IS NULL AND other_case_id IS NOT NULL")


class CaseCheck(Base):
    """One thing to be looked at. A hit names the other case, or the award of before, and the marks in common.

    `state` follows from the newest conclusion: open, concluded (the chief has not confirmed), settled, or referred
    (移送线索), which stops the case until it is concluded in another way.
    """

    __tablename__ = "case_check"
    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"))
    other_case_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("cases.id"))
    award_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("historic_award.id"))
    kind: Mapped[str]
    marks: Mapped[JsonList]
    why: Mapped[str]
    state: Mapped[str]
    opened_at: Mapped[Instant]
    due_on: Mapped[date | None]
    # The event that the search followed from, until the other case's record tells of it too.
    cause_chain: Mapped[str | None]
    cause_seq: Mapped[int | None] = mapped_column(BigInteger)
    told_at: Mapped[Instant | None]
    # Why it is settled with no conclusion, or with none that holds any more: one side ended, or began anew since.
    settled_because: Mapped[str | None]
    # It could not settle by itself: an officer concludes on it as on any other.
    left_at: Mapped[Instant | None]
    # One side ended without an award after a conclusion took something from the other, which is to be counted anew.
    outlived: Mapped[bool] = mapped_column(default=False, server_default=false())
    __table_args__ = (
        one_of("kind", *KINDS),
        one_of("state", OPEN, CONCLUDED, SETTLED, REFERRED),
        Index(None, "case_id", "id"),
        Index(None, "other_case_id", "id"),
        Index("ix_case_check_standing", "id", postgresql_where=_STANDS),
        Index("ix_case_check_untold", "id", postgresql_where=_UNTOLD),
        Index("ix_case_check_outlived", "id", postgresql_where=_OUTLIVED),
    )

    @property
    def pairs(self) -> set[tuple[str, str]]:
        """The marks in common as (kind, value)."""
        return {(each["kind"], each["value"]) for each in self.marks}


class CheckConclusion(Base):
    """What an officer concluded, and who confirmed it or sent it back.

    `case_id` is the case that `amount` is for (yuan); `evidence` are ids of documents of the two cases.
    """

    __tablename__ = "check_conclusion"
    id: Mapped[Id]
    check_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("case_check.id"), index=True)
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"))
    result: Mapped[str]
    reason: Mapped[str]
    amount: Mapped[Yuan | None]
    other_amount: Mapped[Yuan | None]
    concluded_by: Mapped[str]
    concluded_at: Mapped[Instant]
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[Instant | None]
    evidence: Mapped[JsonList] = mapped_column(server_default=text("'[]'::jsonb"))
    returned_by: Mapped[str | None]
    returned_at: Mapped[Instant | None]
    return_reason: Mapped[str | None]
    __table_args__ = (
        one_of("result", "unrelated", "shared", "excluded", "referred"),
        whole_yuan("amount", "other_amount"),
        two_people("concluded_by", "confirmed_by"),
        two_people("concluded_by", "returned_by"),
        CheckConstraint("confirmed_at IS NULL OR returned_at IS NULL", name="one_answer"),
    )


_HOLDS = (CaseCheck.state == SETTLED) & CaseCheck.settled_because.is_(None)


def _concerning(case_id: int) -> Any:
    return or_(CaseCheck.case_id == case_id, CaseCheck.other_case_id == case_id)


def of_case(session: Session, case_id: int) -> Sequence[CaseCheck]:
    """The checks of a case from either side, in their order."""
    return session.scalars(select(CaseCheck).where(_concerning(case_id)).order_by(CaseCheck.id)).all()


def standing(session: Session, case_ids: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """The checks that stop these cases, from either side, by case: the kind and the state of each."""
    ids, what = list(case_ids), (CaseCheck.kind, CaseCheck.state)
    mine = select(CaseCheck.case_id.label("of"), *what).where(CaseCheck.case_id.in_(ids), _STANDS)
    theirs = select(CaseCheck.other_case_id, *what).where(CaseCheck.other_case_id.in_(ids), _STANDS)
    found: dict[int, list[tuple[str, str]]] = {}
    rows: Sequence[Any] = session.execute(union_all(mine, theirs)).all()
    for case_id, kind, state in rows:
        found.setdefault(case_id, []).append((kind, state))
    return found


def is_settled(session: Session, case_id: int, kind: str) -> bool:
    """Whether a check of this kind was opened for the case and settled."""
    query = select(CaseCheck.id).where(CaseCheck.case_id == case_id, CaseCheck.kind == kind)
    return session.scalar(query.where(CaseCheck.state == SETTLED).limit(1)) is not None


def list_standing(session: Session, *, after: int = 0, limit: int = 50) -> Sequence[CaseCheck]:
    """What is not settled, the oldest first, by key."""
    query = select(CaseCheck).where(_STANDS, CaseCheck.id > after)
    return session.scalars(query.order_by(CaseCheck.id).limit(limit)).all()


def list_waiting(session: Session, case_id: int) -> Sequence[CaseCheck]:
    """The checks of a case on which nobody has concluded."""
    query = select(CaseCheck).where(CaseCheck.case_id == case_id, CaseCheck.state == OPEN)
    return session.scalars(query.order_by(CaseCheck.id)).all()


def find(session: Session, check_id: int) -> CaseCheck | None:
    return session.get(CaseCheck, check_id)


def lock(session: Session, check_id: int) -> CaseCheck:
    return session.scalars(to_change(select(CaseCheck).where(CaseCheck.id == check_id))).one()


def conclusions(session: Session, check_ids: Iterable[int]) -> dict[int, list[CheckConclusion]]:
    """The conclusions of several checks, each check's in their order, one statement."""
    query = select(CheckConclusion).where(CheckConclusion.check_id.in_(list(check_ids))).order_by(CheckConclusion.id)
    found: dict[int, list[CheckConclusion]] = {}
    for each in session.scalars(query):
        found.setdefault(each.check_id, []).append(each)
    return found


def confirmed(session: Session, case_ids: Iterable[int]) -> Sequence[tuple[CaseCheck, CheckConclusion]]:
    """The settled checks of these cases from either side, each with what was confirmed and still holds."""
    ids = list(case_ids)
    query = (
        select(CaseCheck, CheckConclusion)
        .join(CheckConclusion, CheckConclusion.check_id == CaseCheck.id)
        .where(or_(CaseCheck.case_id.in_(ids), CaseCheck.other_case_id.in_(ids)))
        .where(_HOLDS, CheckConclusion.confirmed_at.is_not(None))
        .order_by(CheckConclusion.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def around(session: Session, case_ids: Iterable[int]) -> Sequence[tuple[CaseCheck, CheckConclusion]]:
    """`confirmed` of these cases and of all with which they share an invoice, through however many others."""
    found: dict[int, tuple[CaseCheck, CheckConclusion]] = {}
    known: set[int] = set()
    asked = set(case_ids)
    while asked:
        known |= asked
        rows = confirmed(session, asked)
        found |= {conclusion.id: (check, conclusion) for check, conclusion in rows}
        sides = {
            side for check, made in rows if made.result == "shared" for side in (check.case_id, check.other_case_id)
        }
        asked = {side for side in sides if side is not None} - known
    return [found[number] for number in sorted(found)]


def next_untold(session: Session) -> int | None:
    """A hit of which the other case's record does not tell yet."""
    return session.scalars(select(CaseCheck.id).where(_UNTOLD).order_by(CaseCheck.id).limit(1)).first()


def next_fallen(session: Session) -> int | None:
    """A hit without a confirmed conclusion of which one side ended without an award."""
    fallen = select(Case.id).where(
        or_(Case.id == CaseCheck.case_id, Case.id == CaseCheck.other_case_id), not_(LIVE_OR_GRANTED)
    )
    waits = CaseCheck.state.in_((OPEN, CONCLUDED))
    query = select(CaseCheck.id).where(_STANDS, waits, CaseCheck.left_at.is_(None), fallen.exists())
    return session.scalars(query.order_by(CaseCheck.id).limit(1)).first()


def count_overdue(session: Session, states: Sequence[str], today: date) -> int:
    """How many of what stands in these states was to be done before this day."""
    late = select(func.count()).where(_STANDS, CaseCheck.state.in_(states), CaseCheck.due_on < today)
    return session.scalar(late) or 0


def mark_outlived(session: Session, case_id: int) -> None:
    """Have the other side of each settled hit of a case that falls away looked at, where it was left less."""
    limiting = CheckConclusion.confirmed_at.is_not(None) & CheckConclusion.result.in_(("shared", "excluded"))
    less = select(CheckConclusion.id).where(CheckConclusion.check_id == CaseCheck.id, limiting).exists()
    session.execute(update(CaseCheck).where(_concerning(case_id), _HOLDS, less).values(outlived=True))


def next_outlived(session: Session) -> int | None:
    return session.scalars(select(CaseCheck.id).where(_OUTLIVED).order_by(CaseCheck.id).limit(1)).first()


def list_in(session: Session, states: Sequence[str], limit: int) -> Sequence[CaseCheck]:
    """What stands in one of these states, what is due first before the rest."""
    query = select(CaseCheck).where(_STANDS, CaseCheck.state.in_(states))
    return session.scalars(query.order_by(CaseCheck.due_on.asc().nulls_last(), CaseCheck.id).limit(limit)).all()
