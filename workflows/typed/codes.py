"""Codes and numbers that are names: a credit code, an account, a phone. Blanks and width are how they were pasted."""

import re

from workflows.typed.signs import Unreadable, without_blanks


def plain(text: str) -> str:
    """The code without blanks, width and what cannot be seen. Raises Unreadable for one that a spreadsheet changed."""
    given = without_blanks(text)
    if re.fullmatch(r"[0-9]\.[0-9]+e\+?[0-9]+", given, re.IGNORECASE):
        raise Unreadable("已被表格软件改成科学计数法，请将该列设为“文本”格式后按原样填写")
    return given


def credit_code(text: str) -> str:
    """A 统一社会信用代码 in upper case, of whatever length was given. Raises Unreadable."""
    return plain(text).upper()
