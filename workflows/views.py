"""The shapes that API and pages show (contract.md): names masked for whom they do not concern, amounts as strings."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, overload

from workflows.permissions import Actor
from workflows.rules.workdays import opened

# Fields that hold identity or account numbers; shown in full only to the posts that work with them.
PERSONAL = frozenset(
    {
        "legal_rep_id_no",
        "handler_mobile",
        "handler_email",
        "account_no",
        "id_no",
        "phone",
        "legal_rep_phone",
        "contact_phone",
        "bank_account",
    }
)


SHORTEST_SHOWN = 6


@overload
def amount(value: Decimal) -> str: ...
@overload
def amount(value: Decimal | None) -> str | None: ...
def amount(value: Decimal | None) -> str | None:
    """Whole yuan as a string."""
    return None if value is None else f"{value:.0f}"


def mask(value: object) -> str:
    """A value with at most a third of its characters shown, at both ends; nothing of one that is shorter than six."""
    text = str(value)
    shown = len(text) // 3 if len(text) >= SHORTEST_SHOWN else 0
    first, last = shown // 2, shown - shown // 2
    return text[:first] + "*" * (len(text) - shown) + text[len(text) - last :]


def masked(data: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Form data as this reader may see it."""
    if actor.sees_personal_data:
        return dict(data)
    return {key: mask(value) if key in PERSONAL and value else value for key, value in data.items()}


@overload
def instant(value: datetime) -> str: ...
@overload
def instant(value: datetime | None) -> str | None: ...
def instant(value: datetime | None) -> str | None:
    """An instant in UTC as ISO 8601."""
    return value.astimezone(UTC).isoformat() if value else None


def ending(value: datetime | None) -> str | None:
    """The end of a period as an instant; None while it is open since nobody can state it yet (待定)."""
    return None if value is None or opened(value) else instant(value)
