"""Clues that money is to come back, or an award to be revoked (资金追回、撤销支持决定), to their end."""

from collections.abc import Iterable, Sequence

from sqlalchemy import BigInteger, ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from storage.base import Base, Id, Instant, JsonList, Yuan, one_of, whole_yuan
from storage.cases import Case

RECOVERY, REVOCATION = "recovery", "revocation"
OPEN, DECIDED, DISMISSED, SETTLED = "open", "decided", "dismissed", "settled"
CAUSES = ("fraud", "duplicate", "cut", "breach", "audit", "other")
KEEPS_CONSUMPTION = ("fraud", "breach")
"""Causes of which the money that comes back is no room again: the award was had, and forfeited (M12)."""


class Clue(Base):
    """One clue about one case: what was registered, what was decided on it, and how far that is carried out.

    `kind` is recovery of what was paid, or revocation of what was not. `decided_amount` is to come back by `term_days`
    working days after the decision's delivery, or by `instalments` ({due_on, amount}); yuan.
    """

    __tablename__ = "clue"
    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), index=True)
    kind: Mapped[str]
    cause: Mapped[str]
    source: Mapped[str]
    facts: Mapped[str]
    amount: Mapped[Yuan | None]
    state: Mapped[str]
    registered_by: Mapped[str]
    registered_at: Mapped[Instant]
    decided_at: Mapped[Instant | None]
    decided_amount: Mapped[Yuan | None]
    interest: Mapped[str | None]
    term_days: Mapped[int | None]
    instalments: Mapped[JsonList | None]
    dunned_at: Mapped[Instant | None]
    referred_at: Mapped[Instant | None]
    referred_to: Mapped[str | None]
    referral_no: Mapped[str | None]
    settled_at: Mapped[Instant | None]
    __table_args__ = (
        one_of("kind", RECOVERY, REVOCATION),
        one_of("cause", *CAUSES),
        one_of("state", OPEN, DECIDED, DISMISSED, SETTLED),
        whole_yuan("amount", "decided_amount"),
        Index("ix_clue_open", "case_id", unique=True, postgresql_where=text("state IN ('open', 'decided')")),
    )


_UNDER_WAY = Clue.state.in_((OPEN, DECIDED))


def of_case(session: Session, case_id: int) -> Sequence[Clue]:
    return session.scalars(select(Clue).where(Clue.case_id == case_id).order_by(Clue.id)).all()


def find_under_way(session: Session, case_id: int) -> Clue | None:
    """The clue on a case that is looked into or collected; there is at most one."""
    return session.scalar(select(Clue).where(Clue.case_id == case_id, _UNDER_WAY))


def causes_under_way(session: Session, case_ids: Iterable[int]) -> dict[int, set[str]]:
    """What the firms of these cases are looked into for, by the case asked about."""
    asked = aliased(Case)
    query = (
        select(asked.id, Clue.cause)
        .join(Case, Case.enterprise_id == asked.enterprise_id)
        .join(Clue, Clue.case_id == Case.id)
        .where(asked.id.in_(list(case_ids)), _UNDER_WAY)
    )
    found: dict[int, set[str]] = {}
    for case_id, cause in session.execute(query):
        found.setdefault(case_id, set()).add(cause)
    return found
