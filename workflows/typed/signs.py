"""The signs of a text: what cannot be seen, what is only wider, and how spreadsheets wrap a text to keep it one."""

import re
import unicodedata

# Between signs and without any meaning there; marks that turn the direction of text are no part of it: they deceive.
_UNSEEN = dict.fromkeys([0xAD, 0x180E, *range(0x200B, 0x2010), 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0xFEFF])
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xFFE5: "¥"}
_AS_TEXT = re.compile(r'=\s*"([^"]*)"')
_BLANK = re.compile(r"\s+")


class Unreadable(ValueError):
    """A text that would have to be guessed at; the message is a Chinese clause that completes “字段”…"""


def hides_signs(text: str) -> bool:
    """Whether a text holds what no screen shows: controls, marks of format and halves of signs.

    Judged by these three kinds alone: rare characters of names are younger than the interpreter's Unicode.
    """
    return any(is_hidden(sign) for sign in text)


def is_hidden(sign: str) -> bool:
    """Whether one sign is a control, a mark of format, half of a sign, or the end of a line."""
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def visible(text: str) -> str:
    """The text without invisible signs and the blanks around it, and out of the wrapping of a spreadsheet.

    ="0012" and '0012 are how people keep a spreadsheet from taking a code for a number.
    """
    text = text.translate(_UNSEEN).strip()
    if match := _AS_TEXT.fullmatch(text):
        return match[1].strip()
    return text[1:].lstrip() if len(text) > 1 and text[0] in "'‘’＇" and text[1] not in "'‘’＇" else text


def narrow(text: str) -> str:
    """The visible text with every sign in its narrow shape."""
    return visible(text).translate(_WIDE)


def without_blanks(text: str) -> str:
    """The narrow text without any blank."""
    return _BLANK.sub("", narrow(text))
