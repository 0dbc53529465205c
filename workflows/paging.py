"""Lists by key: a page of items and the cursor of the next one."""

import base64
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, Never, TypedDict, TypeVar

from workflows.errors import Unreadable

_FAR = "9999-12-31"
T = TypeVar("T")


class Items(TypedDict, Generic[T]):
    """A page as it leaves."""

    items: list[T]
    next: str | None


@dataclass(frozen=True)
class Page(Generic[T]):
    """Items in order, and where the next page starts (None at the end)."""

    items: list[T]
    next: str | None

    def as_dict(self) -> Items[T]:
        return {"items": self.items, "next": self.next}


EMPTY = Page[Never]([], None)


def _encode(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _unreadable() -> Unreadable:
    return Unreadable("翻页参数无法识别，请从第一页重新查看。")


def _decode(cursor: str) -> str:
    if len(cursor) > 200:
        raise _unreadable()
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (ValueError, UnicodeDecodeError):
        raise _unreadable() from None


def id_cursor(last: int) -> str:
    return _encode(str(last))


def read_id_cursor(cursor: str | None) -> int | None:
    if not cursor:
        return None
    text = _decode(cursor)
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise _unreadable()
    return int(text)


def due_cursor(due_on: date | None, last: str) -> str:
    return _encode(f"{due_on.isoformat() if due_on else _FAR} {last}")


def read_due_cursor(cursor: str | None) -> tuple[date | None, str] | None:
    if not cursor:
        return None
    day, _, last = _decode(cursor).partition(" ")
    try:
        return (None if day == _FAR else date.fromisoformat(day), _id_of(last))
    except ValueError:
        raise _unreadable() from None


def instant_cursor(at: datetime, last: str) -> str:
    """Of several rows of one instant each has its place by its id, so none is lost between two pages."""
    return _encode(f"{at.isoformat()} {last}")


def read_instant_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    if not cursor:
        return None
    at, _, last = _decode(cursor).partition(" ")
    try:
        instant = datetime.fromisoformat(at)
        if instant.tzinfo is None:
            raise ValueError(at)
        return instant, _id_of(last)
    except ValueError:
        raise _unreadable() from None


def _id_of(text: str) -> str:
    if not (text.isascii() and text.isalnum()):
        raise ValueError(text)
    return text
