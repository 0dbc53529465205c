"""Facts: the figures about one case that a scheme's article is applied to, read without guessing.

A fact is what an officer confirmed (核定确认), or what somebody asks a trial calculation about. Figures arrive as
strings, yes and no as JSON booleans; each scheme declares its own facts, with the function that reads them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from workflows.rules.money import parse_money
from workflows.typed import figures

_TONNES = re.compile(r"(0|[1-9][0-9]{0,13})(\.[0-9]{1,4})?")
_SCORE = re.compile(r"(0|[1-9][0-9]{0,2})(\.[0-9]{1,2})?")
_SHARE = re.compile(r"(0|1)(\.[0-9]{1,12})?")
_LONGEST_PASTED = 100
_COUNT = re.compile(r"[1-9][0-9]{0,3}")

Value = Decimal | bool | str


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

    `read` raises ValueError with a Chinese sentence. An `optional` fact may be left out or null: only some readings of
    the article need it.
    """

    name: str
    label: str
    read: Callable[[object], Value]
    default: str | None = None
    optional: bool = False

    @property
    def kind(self) -> str:
        """What is to be filled in: money, tonnes, score, share, count, boolean or choice."""
        return "choice" if isinstance(self.read, OneOf) else _KINDS[self.read]

    @property
    def choices(self) -> Mapping[str, str]:
        """The codes of a choice with their Chinese labels; empty for every other kind."""
        return self.read.choices if isinstance(self.read, OneOf) else {}


class Facts:
    """The facts of one case as they were read; an optional fact that nobody stated is not among them."""

    def __init__(self, declared: Sequence[Fact], values: Mapping[str, Value]) -> None:
        self._labels = {fact.name: fact.label for fact in declared}
        self._values = values

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def figure(self, name: str) -> Decimal:
        """An amount, tonnes, a score, a share or a count. Raises FactInvalid when the fact was not stated."""
        value = self._get(name)
        assert isinstance(value, Decimal)
        return value

    def is_true(self, name: str) -> bool:
        """A yes or no. Raises FactInvalid when the fact was not stated."""
        return self._get(name) is True

    def choice(self, name: str) -> str:
        """The code that was chosen. Raises FactInvalid when the fact was not stated."""
        return str(self._get(name))

    def as_text(self) -> dict[str, str]:
        """The facts as strings for the record; reading them again gives the same facts."""
        return {name: _text(value) for name, value in self._values.items()}

    def _get(self, name: str) -> Value:
        if name not in self._values:
            raise FactInvalid([_missing(name, self._labels[name])])
        return self._values[name]


def read_facts(declared: Sequence[Fact], stated: Mapping[str, object]) -> Facts:
    """The value of each declared fact; facts of other names are not looked at. Raises FactInvalid naming all errors."""
    values: dict[str, Value] = {}
    errors: list[FactError] = []
    for fact in declared:
        given = stated.get(fact.name, fact.default)
        if given is None and fact.optional:
            continue
        if fact.name not in stated and given is None:
            errors.append(_missing(fact.name, fact.label))
            continue
        try:
            values[fact.name] = fact.read(given)
        except ValueError as invalid:
            errors.append(FactError(fact.name, f"“{fact.label}”填写有误：{invalid}"))
    if errors:
        raise FactInvalid(errors)
    return Facts(declared, values)


def read_tonnes(given: object) -> Decimal:
    """Tonnes that a string or `Decimal` states: not negative, at most four decimals. Raises ValueError."""
    return _read_figure(given, _TONNES, "吨数应以文本填写，为不小于0、最多四位小数的数字，例如“9500.00”", "吨")


def read_score(given: object) -> Decimal:
    """A score from 0 to 100 with at most two decimals. Raises ValueError."""
    demand = "得分应以文本填写，为0至100、最多两位小数的数字，例如“79.99”"
    score = _read_figure(given, _SCORE, demand, "分")
    if score > 100:
        raise ValueError(demand)
    return score


def read_share(given: object) -> Decimal:
    """A share from 0 to 1: 72% is "0.72". It is compared, never multiplied, so that every decimal counts.

    Raises ValueError.
    """
    demand = "比例应以文本填写，为0至1之间的数字，例如72%填写“0.72”"
    share = _read_figure(given, _SHARE, demand)
    if share > 1:
        raise ValueError(demand)
    return share


def read_count(given: object) -> Decimal:
    """A number of things, from 1 to 9999. Raises ValueError."""
    return _read_figure(given, _COUNT, "应以文本填写，为1至9999的整数，例如“3”")


def read_yes_no(given: object) -> bool:
    """A JSON boolean, or the text that the record keeps of one. Raises ValueError."""
    if given is True or given == "true":
        return True
    if given is False or given == "false":
        return False
    raise ValueError("请选择“是”（true）或“否”（false）")


@dataclass(frozen=True, slots=True)
class OneOf:
    """The reader of a code that is chosen among these, given with their Chinese labels. Raises ValueError."""

    choices: Mapping[str, str]

    def __call__(self, given: object) -> str:
        if not isinstance(given, str) or given not in self.choices:
            options = "、".join(f"{label}（{code}）" for code, label in self.choices.items())
            raise ValueError(f"请从以下选项中选择：{options}")
        return given


_KINDS: Mapping[Callable[[object], Value], str] = {
    parse_money: "money",
    read_tonnes: "tonnes",
    read_score: "score",
    read_share: "share",
    read_count: "count",
    read_yes_no: "boolean",
}


def _read_figure(given: object, pattern: re.Pattern[str], demand: str, unit: str = "") -> Decimal:
    if isinstance(given, Decimal):
        given = format(given, "f") if given.is_finite() and abs(given.adjusted()) < 32 else str(given)
    if not isinstance(given, str) or len(given) > _LONGEST_PASTED:
        raise ValueError(demand)
    plain = figures.plain(given, unit)
    if not pattern.fullmatch(plain):
        raise ValueError(demand)
    return Decimal(plain)


def _missing(name: str, label: str) -> FactError:
    return FactError(name, f"缺少“{label}”")


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else value
