"""What people look for, as they typed it."""

from storage.search import LEAST, Term, normal
from workflows.errors import FieldError, Invalid


def term_of(typed: str | None) -> Term | None:
    """What is to be looked for; None where nothing is. Raises Invalid where too little is left of it to look for."""
    if typed is None or not typed.strip():
        return None
    text = normal(typed)
    if len(text) < LEAST:
        raise Invalid("检索内容过短。", errors=[FieldError("q", "请至少输入两个字（汉字、字母或数字）。")])
    return Term(text)
