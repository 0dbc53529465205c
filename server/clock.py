"""One clock for the business; sessions, throttles and jobs use the machine's."""

from datetime import UTC, datetime, timedelta

from storage import system
from storage.database import Session
from workflows.errors import Conflict, FieldError, Invalid

# Where the demo clock starts (contract.md).
DEMO_START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FARTHEST = timedelta(days=3660)


def machine_now() -> datetime:
    return datetime.now(UTC)


def now(session: Session, *, demo: bool) -> datetime:
    """The business's now: the machine's, in demo mode moved by the shared offset."""
    return machine_now() + ((system.clock_offset(session) or timedelta()) if demo else timedelta())


def start_demo_clock(session: Session) -> None:
    """Set the demo clock to its start, once."""
    if system.clock_offset(session) is None:
        system.set_clock_offset(session, DEMO_START - machine_now())


def set_demo_clock(session: Session, at: datetime) -> None:
    """Let the demo clock go on from the instant at which the demonstration data ends."""
    system.set_clock_offset(session, at - machine_now())


def move(session: Session, *, advance: timedelta | None = None, to: datetime | None = None) -> datetime:
    """Move the demo clock forward by a period or to an instant; Conflict for a way back."""
    offset = system.lock_clock(session) or timedelta()
    current = machine_now() + offset
    target = current + advance if advance is not None else to
    if target is None:
        raise Invalid("请给出推进时长或目标时间。", errors=[FieldError("advance", "请给出推进时长或目标时间。")])
    if target < current:
        raise Conflict("演示时钟只能向前推进，不能倒退。")
    if target - current > FARTHEST:
        raise Invalid("推进时长过长。", errors=[FieldError("advance", "一次最多推进十年。")])
    system.set_clock_offset(session, offset + (target - current))
    return target
