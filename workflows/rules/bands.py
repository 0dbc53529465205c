"""Bands (阶梯、分档): what a figure earns by the highest band that it reaches, for volumes traded and for scores."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Band:
    """From `start` on, `start` itself included (及以上), `value` holds: yuan, yuan a tonne, or a ratio."""

    start: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class Bands:
    """The bands in rising order; a higher start always has a higher value. Raises ValueError otherwise."""

    rows: tuple[Band, ...]

    def __post_init__(self) -> None:
        pairs = zip(self.rows, self.rows[1:], strict=False)
        if not self.rows or any(low.start >= high.start or low.value >= high.value for low, high in pairs):
            raise ValueError("bands rise strictly, in their starts and in their values")

    @property
    def lowest_start(self) -> Decimal:
        """The figure below which nothing is earned."""
        return self.rows[0].start

    @property
    def highest_value(self) -> Decimal:
        """The value of the last band."""
        return self.rows[-1].value

    def reached(self, figure: Decimal) -> Band | None:
        """The highest band whose start the figure reaches, or None below the first."""
        return next((band for band in reversed(self.rows) if figure >= band.start), None)

    def slices(self, figure: Decimal) -> list[tuple[Band, Decimal]]:
        """The part of the figure that lies in each band that it reaches, from the lowest band up."""
        ends = [*(band.start for band in self.rows[1:]), figure]
        return [
            (band, min(figure, end) - band.start)
            for band, end in zip(self.rows, ends, strict=True)
            if figure >= band.start
        ]
