"""Facts: the figures about one case that a scheme's article is applied to, read strictly.

A fact is what an officer confirmed (核定确认), or what somebody asks a trial calculation about. It arrives as a string;
each scheme declares its own, with the function that reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple


class FactError(NamedTuple):
    """What is wrong with one fact: its name and a Chinese sentence."""

    field: str
    message: str


class FactInvalid(ValueError):
    """Facts are missing or cannot be read. `errors` names all of them; `field` and `message` are those of the first."""

    def __init__(self, errors: Sequence[FactError]) -> None:
        super().__init__("；".join(error.message for error in errors))
        self.errors = tuple(errors)
        self.field, self.message = self.errors[0]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of a scheme: field code, Chinese label, how it is read, and the value it has when it is not stated.

    `read` raises ValueError with a Chinese sentence.
    """

    name: str
    label: str
    read: Callable[[object], Decimal]
    default: str | None = None


def read_facts(declared: Sequence[Fact], stated: Mapping[str, object]) -> dict[str, Decimal]:
    """The value of each declared fact; facts of other names are not looked at. Raises FactInvalid naming all errors."""
    values: dict[str, Decimal] = {}
    errors: list[FactError] = []
    for fact in declared:
        if fact.name not in stated and fact.default is None:
            errors.append(FactError(fact.name, f"缺少“{fact.label}”"))
            continue
        try:
            values[fact.name] = fact.read(stated.get(fact.name, fact.default))
        except ValueError as invalid:
            errors.append(FactError(fact.name, f"“{fact.label}”填写有误：{invalid}"))
    if errors:
        raise FactInvalid(errors)
    return values


def facts_as_text(values: Mapping[str, Decimal]) -> dict[str, str]:
    """The facts as strings for the record."""
    return {name: format(value, "f") for name, value in values.items()}
