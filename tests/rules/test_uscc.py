"""统一社会信用代码: GB 32100-2015."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.rules.uscc import ALPHABET, check_character, is_valid

REPEATABLE = settings(derandomize=True, deadline=None)
codes = st.builds(
    lambda kind, division, subject: (body := kind + division + subject) + check_character(body),
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
)


def test_the_alphabet_of_the_standard():
    assert len(ALPHABET) == 31
    assert not set(ALPHABET) & set("IOSVZ")


@pytest.mark.parametrize(
    "bad",
    [
        None,
        911101120000000000,
        "",
        "91110112YYYY00012",
        "91110112YYYY0001211",
        " 91110112YYYY000121",
        "91110112YYYY000121\n",
        "91110112YYYY00012\x00",
        "９1110112YYYY000121",
        "9111A112YYYY000121",
        "9" * 10_000_000,
    ],
)
def test_what_is_no_code(bad):
    assert not is_valid(bad)


def test_lower_case_is_read_as_upper_case():
    assert is_valid("91110112yyyy00020u")


@REPEATABLE
@given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(code, place, character):
    assert is_valid(code)
    assert is_valid(code[:place] + character + code[place + 1 :]) is (code[place] == character)
