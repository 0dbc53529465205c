"""Patterns that a form states for a text: a small part of regular expressions, of which none can take for ever."""

import re

from workflows.forms.kinds import Kind
from workflows.forms.refusals import FormRefused, Place, shortened

LONGEST = 200
# With three open repetitions and four choices no text of the length that is matched takes a tenth of a second.
MAX_REPETITIONS = 3
MAX_CHOICES = 4

_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_EXACT = re.compile(r"\{[0-9]{1,3}\}")
_REPETITION = re.compile(r"[*+]|\{[0-9]*,[0-9]*\}")


def read_pattern(pattern: object, kind: Kind | None, where: Place) -> str | None:
    """The field's own pattern. One that could take exponential time on a hostile value is refused."""
    if pattern is None:
        return None
    if kind or not isinstance(pattern, str) or len(pattern) > LONGEST:
        raise FormRefused(
            where,
            "a pattern is a short text, and a field with a kind has none of its own",
            "的格式须为简短的正则表达式；已选数据类型的字段不再另设格式",
        )
    if not pattern.startswith("^") or not pattern.endswith("$") or "(?" in pattern or re.search(r"\\[1-9]", pattern):
        raise FormRefused(
            where,
            "a pattern starts with ^, ends with $ and has no look-around or back-reference",
            "的格式须以^开头、以$结尾，不能用环视和反向引用",
        )
    plain = _CLASS.sub("x", re.sub(r"\\[^\[\]]", "x", pattern))
    repetitions, choices = len(_REPETITION.findall(plain)), plain.count("?") + plain.count("|")
    if _repeats_repetition(plain) or repetitions > MAX_REPETITIONS or choices > MAX_CHOICES:
        raise FormRefused(
            where,
            f"a pattern with repetitions inside others, or with many of them, can take for ever: {shortened(pattern)}",
            "的格式过于复杂，校验可能极慢：不能嵌套重复，*、+等重复最多3处，?和|最多4处",
        )
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise FormRefused(
            where, f"pattern {shortened(pattern)!r}: {error}", f"的格式“{shortened(pattern)}”不是有效的正则表达式"
        ) from error
    return pattern


def _repeats_repetition(plain: str) -> bool:
    """Whether a group that is repeated holds a repetition or a choice; classes and escapes are one letter by now."""
    depth: list[bool] = []
    for index, sign in enumerate(plain):
        if sign == "(":
            depth.append(False)
        elif sign in "*+{" or sign == "|":
            depth[:] = [True] * len(depth)
        elif sign == ")" and depth:
            repeated = plain[index + 1 : index + 2] in ("*", "+", "{")
            if depth.pop() and repeated:
                return True
    return False
