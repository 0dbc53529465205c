"""Whoever keeps away from a case (回避) decides nothing in it, by whichever way he comes."""

from storage import avoidances
from storage.database import Session
from workflows.errors import Forbidden

KEPT_AWAY = "你已对本件回避，不得办理本件的任务和审查、确认等事项。"


def refuse_avoiding(session: Session, case_id: int, username: str) -> None:
    """Forbidden where this person keeps away from the case; the caller holds the case."""
    if avoidances.find_holding(session, case_id, username) is not None:
        raise Forbidden(KEPT_AWAY)
