"""The shapes that API and pages show (contract.md): names masked for whom they do not concern, amounts as strings."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from workflows.permissions import Actor

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


def amount(value: Decimal | None) -> str | None:
    """Whole yuan as a string."""
    return None if value is None else f"{value:.0f}"


def mask(value: object) -> str:
    """The first and last few characters; the rest hidden."""
    text = str(value)
    if len(text) <= 4:
        return "*" * len(text)
    keep = 3 if len(text) < 12 else 4
    return text[:keep] + "*" * (len(text) - 2 * keep if len(text) > 2 * keep else 1) + text[-min(keep, 4) :]


def masked(data: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Form data as this reader may see it."""
    if actor.sees_personal_data:
        return dict(data)
    return {key: mask(value) if key in PERSONAL and value else value for key, value in data.items()}


def instant(value: datetime | None) -> str | None:
    """An instant in UTC as ISO 8601."""
    return value.astimezone(UTC).isoformat() if value else None
