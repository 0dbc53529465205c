"""One parameter: its meaning, its article, and what the policy allows it to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from workflows.rules.values import KINDS, Kind

Status = Literal["FIXED", "CEIL", "OPEN"]
STATUSES: Mapping[str, str] = {"FIXED": "政策明确", "CEIL": "上限内待确定", "OPEN": "口径待明确"}
"""Whether the policy states the value, caps it, or leaves it open."""

BASES: Mapping[str, str] = {"policy": "政策有规定", "not_in_policy": "政策未规定"}
"""Whether the matter itself stands in the policy. What does not needs a basis document of its own."""


class BeyondLimit(ValueError):
    """A value that the parameter does not allow, with the figures as an official writes them."""

    def __init__(self, parameter: Parameter, value: object) -> None:
        self.parameter = parameter
        self.id = parameter.id
        self.value = parameter.show(value)
        self.limit = parameter.limit_sentence
        source = f"（{parameter.article}）" if parameter.limit is not None else ""
        super().__init__(f"“{parameter.label}”{self.limit}{source}，填报值为{self.value}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A legal value that a rule reads.

    `limit` is the policy's own figure: the only value when FIXED, the highest otherwise. An OPEN value has one where
    the policy caps what it leaves open besides: the tiers of 第五条第三款. `minimum`, `maximum` and `odd` keep an OPEN
    value sensible. All are texts as `values` reads them. `schemes` is empty for what holds for all.

    `before` is the value under which the rules do what they did before there was this parameter: batches that opened
    without it have it. From `retired_on` on nobody chooses the parameter any more; what was chosen is still read by it.

    `demands_unless` marks a condition that the policy does not contain, and is the text of the value that demands
    nothing of anybody; empty where every value demands something. `demands_with` is another such parameter without
    which it demands nothing. Such a condition binds whom the batch's notice of application told of it, with the basis
    document (docs/decisions/0032).

    `point` is what an officer compares with the value where judging it is his matter and no rule's, as a question in
    Chinese; it stands above the form of the task `point_at` (docs/decisions/0029).
    """

    id: str
    label: str
    type: str
    article: str
    status: Status
    effective_on: date
    basis: str
    unit: str = ""
    default: str | None = None
    limit: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    odd: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    schemes: tuple[str, ...] = ()
    before: str | None = None
    retired_on: date | None = None
    demands_unless: str | None = None
    demands_with: str = ""
    point: str = ""
    point_at: str = "substantive_review"

    @classmethod
    def of(cls, stated: Mapping[str, Any]) -> Parameter:
        """The parameter that an entry of a file states. Raises TypeError or ValueError for a broken file."""
        parameter = cls(**{**stated, "schemes": tuple(stated.get("schemes", ()))})
        if parameter.type not in KINDS or parameter.status not in STATUSES or parameter.basis not in BASES:
            raise ValueError(f"{parameter.id}: unknown type, status or basis")
        if parameter.status != "OPEN" and parameter.limit is None:
            raise ValueError(f"{parameter.id}: FIXED and CEIL state the policy's limit")
        if parameter.demands_unless is not None and parameter.basis != "not_in_policy":
            raise ValueError(f"{parameter.id}: what the policy demands is no condition beyond it")
        if parameter.type in ("enum", "periods") and not parameter.choices:
            raise ValueError(f"{parameter.id}: without choices anything would be taken")
        return parameter

    @property
    def contested(self) -> bool:
        """Whether no default is shipped, so that somebody has to choose first."""
        return self.default is None

    def is_retired(self, on: date | None = None) -> bool:
        """Whether nobody chooses it on a day, or ever again without a day."""
        return self.retired_on is not None and (on is None or self.retired_on <= on)

    @property
    def highest(self) -> str | None:
        """The text of the highest value allowed: the policy's ceiling, or the sensible maximum of an OPEN value."""
        return self.maximum if self.limit is None else self.limit

    @property
    def limit_sentence(self) -> str:
        """What is allowed, in Chinese, to be read after the label; empty when everything of the type is."""
        if self.status == "FIXED":
            return f"由政策明确为{self._shown(self.limit)}，不得调整"
        parts = []
        if self.minimum is not None:
            parts.append(f"不得低于{self._shown(self.minimum)}")
        if self.highest is not None:
            ceiling = "" if self.limit is None else "政策上限"
            parts.append(f"不得超过{ceiling}{self._shown(self.highest)}")
        if self.odd:
            parts.append("应为奇数")
        return "、".join(parts)

    def show(self, value: object) -> str:
        """The value as an official writes it."""
        return KINDS[self.type].show(value, self.choices, self.unit)

    def check(self, value: Any) -> None:
        """Raises BeyondLimit for a value that is not allowed. A value that is switched off (None) always is."""
        if value is not None and not self._allows(value):
            raise BeyondLimit(self, value)

    def _allows(self, value: Any) -> bool:
        figure: Any = KINDS[self.type].limited(value)
        if self.status == "FIXED":
            return bool(figure == self._read(self.limit))
        too_low = self.minimum is not None and figure < self._read(self.minimum)
        too_high = self.highest is not None and figure > self._read(self.highest)
        return not (too_low or too_high or (self.odd and figure % 2 == 0))

    @property
    def _limit_kind(self) -> Kind:
        kind = KINDS[self.type]
        return kind.limit_kind or kind

    def _read(self, text: str | None) -> Any:
        return self._limit_kind.parse(text or "", self.choices)

    def _shown(self, text: str | None) -> str:
        return self._limit_kind.show(self._read(text), self.choices, self.unit)
