"""统一社会信用代码 by GB 32100-2015: 18 characters, the last of them a check character.

A right check character proves that the code is well formed, not that somebody holds it.
"""

from __future__ import annotations

import re

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
"""The characters of the standard in order of their values, 0 to 30."""

# Office and kind, division code (GB/T 2260, digits), subject code (GB 11714) and check character.
_LAYOUT = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")


def is_valid(text: object) -> bool:
    """Whether `text` is a well-formed code. Lower case is read as upper case; nothing is stripped."""
    if not isinstance(text, str) or len(text) != 18 or not text.isascii():
        return False
    code = text.upper()
    return _LAYOUT.fullmatch(code) is not None and check_character(code[:17]) == code[17]


def check_character(body: str) -> str:
    """The 18th character of a code with these 17: weights 3^(i-1) mod 31, complement to 31 (GB 32100-2015, 4.2)."""
    total = sum(ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return ALPHABET[-total % 31]
