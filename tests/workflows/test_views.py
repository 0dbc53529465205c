"""What stands on pages in place of a value: amounts, instants, and numbers that are not everybody's business."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.views import mask


@given(st.text(max_size=60))
def test_a_mask_shows_at_most_a_third_and_never_all_of_a_short_value(value: str) -> None:
    masked = mask(value)
    assert len(masked) == len(value)
    shown = [index for index, letter in enumerate(masked) if letter == value[index] != "*"]
    assert len(shown) <= len(value) // 3
    assert len(value) >= 6 or masked == "*" * len(value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("123456", "1****6"),
        ("a@b.cn", "a****n"),
        ("80001234", "8******4"),
        ("13800138000", "1********00"),
        ("110101199001011237", "110************237"),
        ("12345", "*****"),
    ],
)
def test_the_ends_are_shown(value: str, shown: str) -> None:
    assert mask(value) == shown
