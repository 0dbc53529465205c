"""The panels of a case (专家评审) as its file shows them: draws and seats; scores only once they are unsealed."""

from typing import TypedDict

from storage import people, reviews
from storage.cases import Case
from storage.database import Session
from storage.reviews import ReviewDraw, ReviewSeat
from workflows import views


class DrawShown(TypedDict):
    """A numbered draw; `pool` is how many it drew from."""

    number: int
    seed: str
    drawn: list[str]
    excluded: list[str]
    pool: int
    reason: str | None
    at: str


class SeatShown(TypedDict):
    """One expert; score, vote and opinion are None while they are sealed."""

    username: str
    name: str
    finance: bool
    state: str
    recusal_reason: str | None
    score: str | None
    vote: str | None
    opinion: str | None


class PanelShown(TypedDict):
    """One panel; what came of it is None while the scores are sealed."""

    number: int
    size: int
    unsealed_at: str | None
    mean_score: str | None
    supporting: int | None
    passed: bool | None
    draws: list[DrawShown]
    seats: list[SeatShown]


def list_panels(session: Session, case: Case) -> list[PanelShown]:
    """Panels with their draws, in order."""
    shown: list[PanelShown] = []
    for panel in reviews.list_sessions(session, case.id):
        seats = reviews.seats(session, panel.id)
        names = people.names_of(session, {seat.username for seat in seats})
        unsealed = panel.unsealed_at is not None
        shown.append(
            {
                "number": panel.number,
                "size": panel.size,
                "unsealed_at": views.instant(panel.unsealed_at),
                "mean_score": str(panel.mean_score) if unsealed else None,
                "supporting": panel.supporting if unsealed else None,
                "passed": panel.passed if unsealed else None,
                "draws": [_draw(draw) for draw in reviews.draws(session, panel.id)],
                "seats": [_seat(seat, names.get(seat.username, seat.username), unsealed) for seat in seats],
            }
        )
    return shown


def _draw(draw: ReviewDraw) -> DrawShown:
    return {
        "number": draw.number,
        "seed": draw.seed,
        "drawn": draw.drawn,
        "excluded": draw.excluded,
        "pool": len(draw.pool),
        "reason": draw.reason,
        "at": views.instant(draw.drawn_at),
    }


def _seat(seat: ReviewSeat, name: str, unsealed: bool) -> SeatShown:
    return {
        "username": seat.username,
        "name": name,
        "finance": seat.finance,
        "state": seat.state,
        "recusal_reason": seat.recusal_reason,
        "score": str(seat.score) if unsealed and seat.score is not None else None,
        "vote": seat.vote if unsealed else None,
        "opinion": seat.opinion if unsealed else None,
    }
