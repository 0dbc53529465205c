"""Legal values: what the policy fixes, what it caps and what it leaves open, as dated data with their articles.

The TOML files of this package are what is shipped. A FIXED value is the policy's own. A CEIL value may be lowered, an
OPEN one chosen: both count only once the process owner has confirmed them. A contested reading has no default at all.
Nothing here is law by itself: a scheme gets the values as an argument and its determination records them.

A value is judged when it is chosen (`parse`, `check`, `values`). What was pinned with a batch was judged then and is
only read (`pinned`, `read`, `show_kept`), whatever the newest files say of it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from importlib import resources
from types import MappingProxyType
from typing import TypeVar

from workflows.rules.parameters.parameter import BeyondLimit, Parameter, Status
from workflows.rules.values import KINDS, LONGEST_TEXT, Kind, ValueInvalid

__all__ = [
    "BeyondLimit",
    "Parameter",
    "ParameterMissing",
    "ParameterUnknown",
    "Status",
    "ValueInvalid",
    "as_text",
    "catalog",
    "check",
    "conditions_beyond_policy",
    "find",
    "get_decimal",
    "get_rounding_unit",
    "get_value",
    "is_allowed",
    "parse",
    "pinned",
    "read",
    "required_for",
    "show",
    "show_kept",
    "show_limit",
    "texts_of",
    "values",
]


T = TypeVar("T")


class ParameterUnknown(LookupError):
    """There is no parameter of this id."""

    def __init__(self, id: str) -> None:
        super().__init__(f"没有编号为“{id[:80]}”的政策口径参数")
        self.id = id


class ParameterMissing(LookupError):
    """A value that a rule needs was not chosen: it ships without a default and nobody has confirmed one."""

    def __init__(self, id: str) -> None:
        parameter = find(id)
        super().__init__(f"政策口径“{parameter.label if parameter else id}”（{id}）尚未确定，无法计算")
        self.id = id


def catalog(on: date | None = None) -> Mapping[str, Parameter]:
    """The parameters to choose by id, in the order of the files, each as in force on a day, or the newest ones."""
    return {id: each for id, each in _entries(on).items() if not each.is_retired(on)}


def find(id: str) -> Parameter | None:
    """The newest entry of this id, also of one that is retired: what was chosen under it is explained by it."""
    return _entries().get(id)


def _entries(on: date | None = None) -> dict[str, Parameter]:
    return {each.id: each for each in _shipped() if on is None or each.effective_on <= on}


def required_for(schemes: Iterable[str]) -> list[Parameter]:
    """The parameters that a batch of these schemes uses: their own articles' and those that hold for every scheme."""
    wanted = set(schemes)
    return [each for each in catalog().values() if not each.schemes or wanted & set(each.schemes)]


def parse(parameter: Parameter, text: object) -> object:
    """The typed value that a text states (see `values.KINDS`). Raises ValueInvalid; the limit is left to `check`."""
    if not isinstance(text, str):
        raise ValueInvalid(f"“{parameter.label}”应以文本填写")
    if len(text) > LONGEST_TEXT:
        raise ValueInvalid(f"“{parameter.label}”不得超过{LONGEST_TEXT}字")
    try:
        return KINDS[parameter.type].parse(text, parameter.choices)
    except ValueInvalid as invalid:
        raise ValueInvalid(f"“{parameter.label}”填写有误：{invalid}") from None


def check(parameter: Parameter, value: object) -> None:
    """Raises BeyondLimit for a value that the policy, or the sense of the parameter, does not allow."""
    parameter.check(value)


def is_allowed(parameter: Parameter, text: str) -> bool:
    """Whether the text could be chosen now; what was confirmed under an older law perhaps no longer can."""
    try:
        check(parameter, parse(parameter, text))
    except (ValueInvalid, BeyondLimit):
        return False
    return True


def as_text(parameter: Parameter, value: object) -> str:
    """The text of a value, as stored and sent; `parse` reads it back to the same value."""
    return KINDS[parameter.type].as_text(value)


def show(parameter: Parameter, value: object) -> str:
    """The value as an official writes it: "30%", "2,000,000元", "10个工作日", or the label of a choice."""
    return parameter.show(value)


def show_limit(parameter: Parameter) -> str:
    """What the parameter allows, in Chinese: "不得超过30%"; empty when everything of its type is allowed."""
    return parameter.limit_sentence


def values(overrides: Mapping[str, str], on: date | None = None) -> Mapping[str, object]:
    """The typed values: the shipped defaults, and the confirmed or asked for texts over them.

    A parameter without a default that is not in `overrides` is absent. Raises ParameterUnknown, ValueInvalid or
    BeyondLimit.
    """
    known = catalog(on)
    for id in overrides:
        if id not in known:
            raise ParameterUnknown(id)
    typed: dict[str, object] = {}
    for id, parameter in known.items():
        text = overrides.get(id, parameter.default)
        if text is not None:
            typed[id] = parse(parameter, text)
            check(parameter, typed[id])
    return typed


def pinned(texts: Mapping[str, str], types: Mapping[str, str]) -> Mapping[str, object]:
    """The typed values of a batch by id, as they were meant when it opened; `types` are those pinned with the texts.

    Nothing is judged and nothing raised. Ids that the files no longer have keep their values. A parameter that came
    after the batch has the value that held `before` it, one of other schemes the default; a contested one is absent. A
    condition beyond the policy that nobody confirmed for the batch demands nothing.
    """
    return _pinned(tuple(sorted(texts.items())), tuple(sorted(types.items())))


# A batch's values are asked for many times in each step of its cases.
@lru_cache(maxsize=64)
def _pinned(texts: tuple[tuple[str, str], ...], types: tuple[tuple[str, str], ...]) -> Mapping[str, object]:
    type_of = dict(types)
    typed = {id: read(id, text, type_of.get(id)) for id, text in texts}
    for id, parameter in _entries().items():
        otherwise = parameter.default if parameter.before is None else parameter.before
        otherwise = parameter.demands_unless or otherwise
        if id not in typed and otherwise is not None:
            typed[id] = read(id, otherwise)
    return MappingProxyType(typed)


def read(id: str, text: str, type: str | None = None) -> object:
    """The value that a text was once accepted as; without a type, for none was kept at first, by that of the files.

    What cannot be read so stays its text: whichever rule asks for it raises TypeError, and all others go on.
    """
    try:
        return _kind(id, type).parse(text, {})
    except ValueInvalid:
        return text


def conditions_beyond_policy(texts: Mapping[str, str]) -> list[Parameter]:
    """Those of a batch's pinned values that demand of somebody what the policy does not, in the order of the files."""

    def demands(id: str) -> bool:
        known = find(id)
        if known is None or id not in texts or known.demands_unless in (None, texts[id]):
            return False
        return not known.demands_with or demands(known.demands_with)

    return [each for each in _entries().values() if demands(each.id)]


def show_kept(id: str, text: str, type: str | None = None, unit: str | None = None) -> str:
    """A value that was once accepted, as an official writes it, in the unit that was kept with it; else its text."""
    known, kind = find(id), _kind(id, type)
    choices = known.choices if known else {}
    in_unit = known.unit if known and unit is None else unit or ""
    try:
        return kind.show(kind.parse(text, {}), choices, in_unit)
    except ValueInvalid:
        return text


def _kind(id: str, type: str | None) -> Kind:
    """The kind of a type; of the id's own without one, and plain words where neither is known."""
    known = find(id) if type is None else None
    return KINDS.get(known.type if known else type or "text", KINDS["text"])


def get_value(values: Mapping[str, object], id: str, type: type[T]) -> T:
    """The value of this id, as the Python type of its kind (see `values.KINDS`).

    Raises ParameterMissing, or TypeError for a value of another type.
    """
    if id not in values:
        raise ParameterMissing(id)
    value = values[id]
    if not isinstance(value, type):
        raise TypeError(f"{id} is to be a {type.__name__}, not {value!r}")
    return value


def get_decimal(values: Mapping[str, object], id: str) -> Decimal:
    """The amount, ratio or number of this id. Raises ParameterMissing, or TypeError for a value of another type."""
    return get_value(values, id, Decimal)


def get_rounding_unit(values: Mapping[str, object]) -> Decimal:
    """The unit in yuan that amounts are rounded down to: 1, 100 or 10000. Raises ParameterMissing."""
    if "money.rounding_unit" not in values:
        raise ParameterMissing("money.rounding_unit")
    return Decimal(str(values["money.rounding_unit"]))


def texts_of(values: Mapping[str, object], ids: Iterable[str]) -> dict[str, str]:
    """The texts of these values, for the record of a determination. Raises ParameterMissing."""
    known = _entries()
    texts: dict[str, str] = {}
    for id in ids:
        if id not in values:
            raise ParameterMissing(id)
        texts[id] = as_text(known[id], values[id])
    return texts


@cache
def _shipped() -> tuple[Parameter, ...]:
    """Every parameter of every file, a later version of an id after an earlier one."""
    files = sorted(resources.files(__package__).iterdir(), key=lambda file: file.name)
    read = [each for file in files if file.name.endswith(".toml") for each in read_parameters(file.read_text("utf-8"))]
    return tuple(sorted(read, key=lambda parameter: parameter.effective_on))


def read_parameters(text: str) -> Iterator[Parameter]:
    """The parameters of one file: what stands at its top (article, effective_on, schemes, basis) holds for each."""
    stated = tomllib.loads(text)
    entries = stated.pop("parameter")
    return (Parameter.of(stated | entry) for entry in entries)
