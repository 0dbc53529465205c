"""What no screen shows is judged by its kind, not by the age of the interpreter's Unicode."""

import pytest

from workflows.casework.documents import clean_filename
from workflows.typed.signs import hides_signs

RARE = "王\U000313af的照片.pdf"  # CJK Extension H, unknown to Python 3.11
PRIVATE = "李\ue863.pdf"


@pytest.mark.parametrize("name", [RARE, PRIVATE, "䶮龘.pdf", "a\u3000b.pdf", "\U0002a6df.jpg"])
def test_rare_signs_of_names_stay(name: str) -> None:
    assert clean_filename(name) == name
    assert not hides_signs(name)


@pytest.mark.parametrize("sign", ["\u202e", "\u200b", "\ufeff", "\x07", "\ud800", "\u2028", "\u00ad"])
def test_what_hides_is_taken_off(sign: str) -> None:
    assert clean_filename(f"a{sign}b.pdf") == "ab.pdf"
    assert hides_signs(f"a{sign}b")
