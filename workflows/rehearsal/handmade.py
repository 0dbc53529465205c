"""A record that is made by hand as it comes back from a browser, where anybody may have changed it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jsonschema import Draft202012Validator

from workflows import rules
from workflows.engine.timers import in_range
from workflows.rehearsal.record import COMPLETE, MESSAGE, TIMER, Record

MOST_ACTS = 500

_TEXT = {"type": "string", "maxLength": 500}
_NO_TEXT = {"type": ["string", "null"], "maxLength": 500}
_ACT = {
    "type": "object",
    "required": ["do", "element_id", "at"],
    "additionalProperties": False,
    "properties": {
        "do": {"enum": [COMPLETE, MESSAGE, TIMER]},
        "element_id": _TEXT,
        "at": _TEXT,
        "name": _TEXT,
        "decision": _NO_TEXT,
        "item": _NO_TEXT,
        "data": {"type": "null"},
        "payload": {"type": "object", "additionalProperties": _TEXT},
    },
}
_ANSWERS = {
    "type": "array",
    "maxItems": MOST_ACTS,
    "items": {"anyOf": [_TEXT, {"type": "array", "maxItems": 100, "items": _TEXT}]},
}
_RECORD = Draft202012Validator(
    {
        "type": "object",
        "required": [
            "scheme",
            "started_at",
            "until",
            "acts",
            "results",
            "calculations",
            "parameters",
            "facts",
            "strict",
        ],
        "additionalProperties": False,
        "properties": {
            "scheme": _TEXT,
            "started_at": _TEXT,
            "until": _TEXT,
            "acts": {"type": "array", "maxItems": MOST_ACTS, "items": _ACT},
            "results": {"type": "object", "additionalProperties": _ANSWERS},
            "calculations": {"type": "array", "maxItems": 0},
            "parameters": {"type": "object", "additionalProperties": _TEXT},
            "facts": {"type": "object", "additionalProperties": {"type": ["string", "boolean"]}},
            "ended": {"const": False},
            "cancelled": {"const": False},
            "strict": {"const": True},
            "types": {"type": "object", "maxProperties": 0},
        },
    }
)


def read_handmade(kept: Mapping[str, Any], scheme: str) -> Record:
    """The record of this scheme that `Record.as_json` gave. Raises ValueError for one that was tampered with."""
    if not _RECORD.is_valid(kept):
        raise ValueError("not of the form that records made by hand have")
    record = Record.from_json(kept)
    if record.scheme != scheme:
        raise ValueError("of another scheme")
    for at in (record.started_at, record.until, *(act.at for act in record.acts)):
        _refuse_instant(at)
    if any(set(act.payload) - {act.name} for act in record.acts):
        raise ValueError("a message brings nothing but what is said with it")
    try:
        rules.parameters.values(record.parameters)
    except rules.parameters.ParameterUnknown as unknown:
        raise ValueError(f"no such value: {unknown}") from None
    return record


def _refuse_instant(at: datetime) -> None:
    if at.tzinfo is None or not in_range(at):
        raise ValueError("no instant with an offset in the time of this program")
