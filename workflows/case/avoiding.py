"""Whoever keeps away from a case (回避) decides nothing in it, by whichever way he comes."""

from storage import avoidances
from storage.database import Session
from workflows.errors import Forbidden

KEPT_AWAY = "你已对本件回避，不得办理本件的任务和审查、确认等事项。"


def refuse_avoiding(session: Session, username: str, *case_ids: int) -> None:
    """Forbidden where this person keeps away from one of the cases; the caller holds them."""
    if avoidances.kept_from(session, case_ids, username):
        raise Forbidden(KEPT_AWAY)
