"""First values: what a form starts with, and an example of every field that must be filled.

A field's property `example` is a literal (in which `{reference}` stands for the case) or names a source:

| source | value |
|---|---|
| `unique:INV` | INV, the case's reference and a number of this task: never the same twice |
| `digits:20` | so many digits, never the same twice (an invoice, an account) |
| `date:today` · `date:matter:0.3` | today · a day three tenths into the batch's matter range, not after today |
| `year:matter:0.3` | the year of that day |
| `fact:audited_investment` | what was entered before under that code, else this form's own example for it |
| `share:declared_investment:0.5` | that share of an amount, rounded down to the cent |
| `rest:declared_investment:a b c` | the amount less the examples of the fields a, b and c |
| `enterprise:name` | from the applicant's registered data |

Alternatives are tried in order: `enterprise:bank_account else digits:20`. A choice without a source takes its first
open value, a box that must be ticked is ticked.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from workflows.forms.form import Field, Form
from workflows.forms.values import Unfit, read_value

_CENT = Decimal("0.01")
_MOST_DIGITS = 100
_MOST_LOOKUPS = 20_000
_SOURCES = ("unique", "digits", "date", "year", "fact", "share", "rest", "enterprise")


@dataclass(frozen=True)
class ExampleContext:
    """What examples are computed from. `date_from` and `date_to` are the batch's matter range; `facts` what the case
    already holds by field code; `enterprise` the applicant's registered data."""

    reference: str
    task_id: str
    today: date
    date_from: date
    date_to: date
    facts: Mapping[str, Any] = field(default_factory=dict)
    enterprise: Mapping[str, Any] = field(default_factory=dict)


def prefill(form: Form, facts: Mapping[str, Any], enterprise: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows before anybody fills it: read-only fields, and those whose value is known already.

    A read-only field takes its `prefill` source (`fact:…` or `enterprise:…`), else the fact of its own code. Another
    field does so only if it has a source, or if the form prefills from facts; `none` keeps a field of such a form
    empty. So one person's opinion or score never appears in the form of the next.
    """
    known = {}
    for shown in form.fields:
        value = _known(form, shown, facts, enterprise)
        if value is not None:
            known[shown.key] = value
    return {key: value for key, value in known.items() if not _out_of_place(form, key, known)}


def _out_of_place(form: Form, key: str, known: Mapping[str, Any]) -> bool:
    """Whether what is known already hides the field: then it is not sent back either."""
    shown = form.find_field(key)
    return shown is not None and not shown.readonly and shown.is_hidden(known)


def _known(form: Form, wanted: Field, facts: Mapping[str, Any], enterprise: Mapping[str, Any]) -> Any:
    source = wanted.prefill or (f"fact:{wanted.key}" if wanted.readonly or form.prefills else "none")
    for alternative in source.split(" else "):
        origin, _, name = alternative.partition(":")
        held = {"fact": facts, "enterprise": enterprise}.get(origin, {})
        value = as_submitted(wanted, held.get(name))
        if value is not None:
            return value
    return None


def as_submitted(wanted: Field, value: Any) -> Any:
    """A known value in the shape in which the form would be filled with it; None when it does not fit the field."""
    if isinstance(value, Decimal):
        value = format(value, "f")
    if isinstance(value, date):
        value = value.isoformat()[:10]
    if wanted.is_list:
        rows = value if isinstance(value, list) and all(isinstance(row, Mapping) for row in value) else []
        columns = {column.key: column for column in wanted.fields}
        kept = [{key: as_submitted(columns[key], row[key]) for key in row if key in columns} for row in rows]
        fitting = [{key: cell for key, cell in row.items() if cell is not None} for row in kept]
        return [row for row in fitting if row] or None
    try:
        single = read_value(wanted, value)
    except Unfit:
        return None
    if wanted.options and not wanted.is_boolean and not wanted.readonly:
        chosen = single if isinstance(single, list) else [single]
        if not {option.value for option in wanted.options}.issuperset(chosen):
            return None
    return single


class Examples:
    """The example values of one form for one task."""

    def __init__(self, form: Form, context: ExampleContext, allowed: Mapping[str, Sequence[str]]) -> None:
        self.form = form
        self.context = context
        self.allowed = allowed
        self.lookups = 0

    @cached_property
    def first_submission(self) -> frozenset[Field]:
        """The fields to fill when every choice takes its first value: those required then, and the optional ones that
        are always open and have an example."""
        chosen = {}
        for candidate in self.form.editable():
            if candidate.options or candidate.type == "checkbox":
                chosen[candidate.key] = self._first(candidate)
        chosen = {key: value for key, value in chosen.items() if value is not None}
        return frozenset(
            shown
            for shown in self.form.editable()
            if shown.is_required(chosen) or (shown.example and shown.hide is None and shown.required_when is None)
        )

    def of(self, wanted: Field) -> list[Any]:
        """The examples of a field, the first of which fits; empty when the form names none."""
        value = self._first(wanted)
        return [] if value is None else [value]

    def _first(self, wanted: Field) -> Any:
        """Raises ValueError when examples refer to each other so often that no end is in sight."""
        self.lookups += 1
        if self.lookups > _MOST_LOOKUPS:
            raise ValueError("the examples refer to each other too often")
        known = _known(self.form, wanted, self.context.facts, self.context.enterprise)
        if known is not None:
            return known
        if wanted.is_list:
            return self._row(wanted)
        if not wanted.options and wanted.path in self.allowed:
            return self.allowed[wanted.path][0]
        for alternative in (wanted.example or "").split(" else "):
            value = as_submitted(wanted, self._shaped(wanted, self._produce(wanted, alternative)))
            if value is not None:
                return value
        if wanted.type in ("radio", "select", "checklist") and (wanted.required or wanted.required_when):
            return self._shaped(wanted, wanted.choices(self.allowed)[0].value)
        if wanted.type == "checkbox" and (wanted.required or wanted.required_when):
            return True
        return None

    def _row(self, wanted: Field) -> list[dict[str, Any]] | None:
        cells = {column.key: self._first(column) for column in wanted.fields}
        row = {key: cell for key, cell in cells.items() if cell is not None}
        return [row] if row else None

    def _shaped(self, wanted: Field, text: str | None) -> Any:
        if text is None:
            return None
        match wanted.type:
            case "number":
                return int(text) if text.lstrip("-").isdecimal() else text
            case "radio" if wanted.is_boolean:
                return {"true": True, "false": False}.get(text, text)
            case "checkbox":
                return text == "true"
            case "checklist":
                return text.split()
            case _:
                return text

    def _produce(self, wanted: Field, source: str) -> str | None:
        name, _, argument = source.partition(":")
        if name not in _SOURCES:
            return source.replace("{reference}", self.context.reference) or None
        match name:
            case "unique":
                return f"{argument}-{self.context.reference}-{self._number(wanted, 8)}"
            case "digits":
                return self._number(wanted, _digits(argument))
            case "date":
                return self._date(argument)
            case "year":
                return self._date(argument)[:4]
            case "fact":
                return self._fact(argument)
            case "share":
                code, _, share = argument.partition(":")
                amount = self._amount(code)
                return None if amount is None else format((amount * Decimal(share)).quantize(_CENT, ROUND_DOWN), "f")
            case "rest":
                code, _, others = argument.partition(":")
                parts = [self._amount(other) for other in [code, *others.split()]]
                known = [part for part in parts if part is not None]
                return format(known[0] - sum(known[1:]), "f") if len(known) == len(parts) else None
            case _:
                return _text(self.context.enterprise.get(argument))

    def _number(self, wanted: Field, digits: int) -> str:
        seed = f"{self.context.reference}\n{self.context.task_id}\n{wanted.path}".encode()
        number = int.from_bytes(hashlib.sha256(seed).digest()) % 10**digits
        return f"{number:0{digits}}"

    def _date(self, argument: str) -> str:
        if argument == "today":
            return self.context.today.isoformat()
        share = Decimal(argument.partition(":")[2] or "0.5")
        last = max(min(self.context.date_to, self.context.today), self.context.date_from)
        days = int((last - self.context.date_from).days * share)
        return (self.context.date_from + timedelta(days=days)).isoformat()

    def _fact(self, code: str) -> str | None:
        held = _text(self.context.facts.get(code))
        if held is not None:
            return held
        here = self.form.find_field(code)
        return _text(self._first(here)) if here and not here.readonly else None

    def _amount(self, code: str) -> Decimal | None:
        try:
            amount = Decimal(self._fact(code) or "")
        except InvalidOperation:
            return None
        return amount if amount.is_finite() else None


def codes_read(wanted: Field) -> set[str]:
    """The fields whose values the example of a field, or of a column of it, is made from."""
    found = {code for column in wanted.fields for code in codes_read(column)}
    for alternative in (wanted.example or "").split(" else "):
        name, _, argument = alternative.partition(":")
        if name in ("fact", "share", "rest"):
            code, _, others = argument.partition(":")
            found |= {code, *(others.split() if name == "rest" else ())}
    return found


def _digits(argument: str) -> int:
    if not 1 <= int(argument) <= _MOST_DIGITS:
        raise ValueError(f"digits: 1 to {_MOST_DIGITS}")
    return int(argument)


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value) if isinstance(value, str | int | date) and str(value) else None
