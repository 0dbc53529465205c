"""What a decision to claim money back leaves to be done (收缴): what is still due, by when, and when to dun."""

from datetime import date, datetime
from decimal import Decimal

from storage import clues, messages, recoveries
from storage.clues import Clue
from storage.database import Session
from storage.messages import Message
from workflows.case.delivery import delivery_of, term_end
from workflows.case.step import Look, local_date
from workflows.errors import Conflict
from workflows.rules.money import ZERO, parse_money
from workflows.rules.workdays import end_of

TERM_DAYS = 30
"""Working days from the decision's delivery within which money is paid back, unless the meeting set others."""
DUNNING_DAYS = 10
"""Working days that a 催缴通知书 gives, from its delivery."""
REVIEW_DAYS = 60
"""Working days after which a matter that lies with a court or another organ is looked at again."""

INVESTIGATION = "recovery_investigation"
"""The form of whoever looks into a clue: another one than who registered it."""
REGISTERED = "本件的追回（撤销）线索由你登记，须由另一人核查。"


def under_way(look: Look) -> Clue:
    """The clue that is looked into or collected. Raises Conflict where there is none."""
    clue = clues.find_under_way(look.session, look.case.id)
    if clue is None:
        raise Conflict("本件没有正在办理的追回或撤销事项。")
    return clue


def kept_apart(session: Session, case_id: int, form: str, username: str) -> str | None:
    """Why somebody may not look into a clue: he registered it."""
    if form != INVESTIGATION:
        return None
    clue = clues.find_under_way(session, case_id)
    return REGISTERED if clue is not None and clue.registered_by == username else None


def intended(look: Look, field: str) -> str:
    """What the firm was told is intended, by the field of the decision; empty where nothing was."""
    return str(look.facts.get(field.replace("recovery_", "recovery_proposed_", 1)) or "")


def amount_in_question(look: Look) -> Decimal:
    """Yuan to claim back where a form names none: what the firm was told, else the clue's, else all that was paid."""
    room = (look.case.paid_amount or ZERO) - recoveries.total(look.session, look.case.id)
    clue = under_way(look)
    told = _letter(look, "recovery_notice")
    proposed = look.facts.get("recovery_proposed_amount")
    if proposed and told is not None and told.sent_at >= clue.registered_at:
        return parse_money(str(proposed))
    return min(clue.amount, room) if clue.amount is not None else room


def still_due(look: Look, clue: Clue) -> Decimal:
    """Yuan of the decided amount that have not come back, as a second person confirmed."""
    return max(ZERO, (clue.decided_amount or ZERO) - recoveries.confirmed_of_clue(look.session, clue.id))


def due_end(look: Look, clue: Clue) -> datetime:
    """24:00 of the day by which the next money is due: of the instalment, of the decision's term, or of the dunning.

    What lies with a court or another organ is looked at again after `REVIEW_DAYS`.
    """
    if clue.referred_at is not None:
        return look.deadline(REVIEW_DAYS)
    letter = _letter(look, "dunning") if clue.dunned_at is not None else None
    if letter is not None:
        return max(term_end(look, letter, DUNNING_DAYS), _agreed_end(look, clue))
    return _agreed_end(look, clue)


def _agreed_end(look: Look, clue: Clue) -> datetime:
    if clue.instalments:
        return end_of(_next_instalment(look, clue))
    return term_end(look, _letter(look, "recovery_decision"), clue.term_days or TERM_DAYS)


def _next_instalment(look: Look, clue: Clue) -> date:
    """The day of the first instalment that is not covered by what came back; the last where all are."""
    received, sum_ = recoveries.confirmed_of_clue(look.session, clue.id), ZERO
    days = [(date.fromisoformat(each["due_on"]), Decimal(each["amount"])) for each in clue.instalments or ()]
    for due_on, amount in sorted(days):
        sum_ += amount
        if sum_ > received:
            return due_on
    return max(due_on for due_on, _ in days)


def is_lapsed(look: Look, clue: Clue) -> bool:
    """Whether the firm was reached with what told it to pay, and its term from there is over."""
    letter = _letter(look, "dunning") if clue.dunned_at is not None else _letter(look, "recovery_decision")
    if letter is None or delivery_of(look, letter) is None:
        return False
    return look.now >= due_end(look, clue)


def _letter(look: Look, kind: str) -> Message | None:
    return messages.latest_of_kind(look.session, look.case.id, kind)


def overdue_since(look: Look, clue: Clue) -> date:
    """The last day on which the money that is dunned for was due."""
    return _next_instalment(look, clue) if clue.instalments else local_date(_agreed_end(look, clue))
