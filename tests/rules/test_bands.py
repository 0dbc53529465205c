"""Bands: the start belongs to its band, and slices add up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.applied import REPEATABLE, tonnes
from workflows.rules.bands import Band, Bands

TIERS = Bands(tuple(Band(Decimal(start), Decimal(value)) for start, value in [(500, 3), (2000, 6), (5000, 10)]))


@pytest.mark.parametrize(
    ("figure", "value"), [("0", None), ("499.99", None), ("500", 3), ("1999.99", 3), ("2000", 6), ("80000", 10)]
)
def test_the_highest_band_that_is_reached(figure, value):
    band = TIERS.reached(Decimal(figure))
    assert (band.value if band else None) == value


def test_the_ends():
    assert (TIERS.lowest_start, TIERS.highest_value) == (500, 10)


@pytest.mark.parametrize("rows", [[], [(1, 1), (1, 2)], [(1, 1), (2, 1)], [(2, 1), (1, 2)], [(1, 2), (2, 1)]])
def test_bands_rise(rows):
    with pytest.raises(ValueError, match="rise strictly"):
        Bands(tuple(Band(Decimal(start), Decimal(value)) for start, value in rows))


@REPEATABLE
@given(st.one_of(tonnes, st.sampled_from([Decimal(500), Decimal(2000), Decimal(5000)])))
def test_slices_add_up_to_what_lies_above_the_first_start(figure):
    slices = TIERS.slices(figure)
    assert sum(part for _, part in slices) == max(Decimal(0), figure - 500)
    assert all(part >= 0 for _, part in slices)
    assert [band for band, _ in slices] == [band for band in TIERS.rows if figure >= band.start]
