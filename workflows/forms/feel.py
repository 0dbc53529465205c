"""The conditions of a form: a small subset of FEEL, parsed once and evaluated without `eval`.

Accepted: `name = literal`, `name != literal`, `and`, `or`, parentheses. A literal is a string in double quotes, a whole
number, `true`, `false` or `null`. A leading `=` (form-js marks expressions so) is optional. Everything else is refused
when the form is loaded, so a condition never fails while somebody fills the form.

As in form-js, a field that is not filled is `null`: it equals `null` and nothing else.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

MAX_LENGTH = 500
MAX_DEPTH = 10

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt])*")
      | (?P<number>-?[0-9]{1,9}(?![\w.]))
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<sign>!=|=|\(|\))
    )""",
    re.VERBOSE | re.ASCII,
)
_CONSTANTS = {"true": True, "false": False, "null": None}
_WORDS = {"and", "or", *_CONSTANTS}


class FeelRefused(ValueError):
    """The expression is outside the subset; the message says where, `message_zh` in Chinese."""

    def __init__(self, message: str, message_zh: str) -> None:
        super().__init__(message)
        self.message_zh = message_zh


@dataclass(frozen=True)
class Comparison:
    """`name = value`, or `name != value` when `negated`."""

    name: str
    value: str | int | bool | None
    negated: bool


@dataclass(frozen=True)
class AllOf:
    parts: tuple["Condition", ...]
    word = "and"


@dataclass(frozen=True)
class AnyOf:
    parts: tuple["Condition", ...]
    word = "or"


Condition = Comparison | AllOf | AnyOf


def parse(text: str) -> Condition:
    """The condition that `text` states. Raises FeelRefused."""
    if len(text) > MAX_LENGTH:
        raise FeelRefused(f"expression is longer than {MAX_LENGTH} characters", f"超过{MAX_LENGTH}个字符")
    stripped = text.strip()
    return _Parser(stripped.removeprefix("=")).parse()


def settle(condition: Condition, known: Mapping[str, object]) -> Condition | bool:
    """What is left of a condition once some fields have their value for good: True, False, or the rest of it."""
    match condition:
        case Comparison(name, expected, negated):
            return _same(known[name], expected) is not negated if name in known else condition
        case AllOf(parts):
            return _joined(AllOf, [settle(part, known) for part in parts], decides=False)
        case AnyOf(parts):
            return _joined(AnyOf, [settle(part, known) for part in parts], decides=True)


def _joined(kind: type[AllOf] | type[AnyOf], parts: list[Condition | bool], *, decides: bool) -> Condition | bool:
    open_parts = tuple(part for part in parts if not isinstance(part, bool))
    if decides in parts:
        return decides
    if not open_parts:
        return not decides
    return open_parts[0] if len(open_parts) == 1 else kind(open_parts)


def evaluate(condition: Condition, values: Mapping[str, object]) -> bool:
    """Whether the condition holds for `values` (field key → value; an absent key is null)."""
    match condition:
        case Comparison(name, expected, negated):
            return _same(values.get(name), expected) is not negated
        case AllOf(parts):
            return all(evaluate(part, values) for part in parts)
        case AnyOf(parts):
            return any(evaluate(part, values) for part in parts)


def comparisons(condition: Condition) -> tuple[Comparison, ...]:
    """The single comparisons that the condition is made of, in order."""
    if isinstance(condition, Comparison):
        return (condition,)
    return tuple(comparison for part in condition.parts for comparison in comparisons(part))


def names(condition: Condition) -> frozenset[str]:
    """The field keys that the condition reads."""
    return frozenset(comparison.name for comparison in comparisons(condition))


def written(condition: Condition | None) -> str:
    """The condition as a form states it, in one way of writing; empty for none."""
    match condition:
        case None:
            return ""
        case Comparison(name, value, negated):
            return f"{name} {'!=' if negated else '='} {json.dumps(value, ensure_ascii=False)}"
        case AllOf(parts) | AnyOf(parts):
            return "(" + f" {condition.word} ".join(written(part) for part in parts) + ")"


def negate(condition: Condition) -> Condition:
    """The opposite condition."""
    match condition:
        case Comparison(name, value, negated):
            return Comparison(name, value, not negated)
        case AllOf(parts):
            return AnyOf(tuple(negate(part) for part in parts))
        case AnyOf(parts):
            return AllOf(tuple(negate(part) for part in parts))


def _same(value: object, expected: object) -> bool:
    # True == 1 in Python, not in FEEL.
    return type(value) is type(expected) and value == expected


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.position = 0
        self.depth = 0

    def parse(self) -> Condition:
        condition = self._either()
        if self.position < len(self.tokens):
            extra = self.tokens[self.position][1]
            raise FeelRefused(f"unexpected {extra!r}", f"多出了“{extra}”")
        return condition

    def _either(self) -> Condition:
        parts = [self._both()]
        while self._take("name", "or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _both(self) -> Condition:
        parts = [self._comparison()]
        while self._take("name", "and"):
            parts.append(self._comparison())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _comparison(self) -> Condition:
        if self._take("sign", "("):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise FeelRefused(f"more than {MAX_DEPTH} nested parentheses", f"括号超过{MAX_DEPTH}层")
            inner = self._either()
            if not self._take("sign", ")"):
                raise FeelRefused("a parenthesis is not closed", "括号没有成对")
            self.depth -= 1
            return inner
        name = self._next()
        if name[0] != "name" or name[1] in _WORDS:
            raise FeelRefused(f"a field name is expected before {name[1]!r}", f"“{name[1]}”处应为字段标识")
        sign = self._next()
        if sign[1] not in ("=", "!="):
            raise FeelRefused(
                f"'=' or '!=' is expected after {name[1]!r}, not {sign[1]!r}", f"“{name[1]}”之后应为=或!="
            )
        return Comparison(name[1], _literal(*self._next()), sign[1] == "!=")

    def _next(self) -> tuple[str, str]:
        if self.position >= len(self.tokens):
            raise FeelRefused("the expression ends too early", "没有写完")
        self.position += 1
        return self.tokens[self.position - 1]

    def _take(self, kind: str, text: str) -> bool:
        if self.position < len(self.tokens) and self.tokens[self.position] == (kind, text):
            self.position += 1
            return True
        return False


def _tokens(text: str) -> list[tuple[str, str]]:
    found = []
    position = 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            rest = text[position : position + 20].strip()
            raise FeelRefused(f"cannot read {rest!r}", f"“{rest}”无法识别")
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        position = match.end()
    return found


def _literal(kind: str, text: str) -> str | int | bool | None:
    if kind == "string":
        return str(json.loads(text))
    if kind == "number":
        return int(text)
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    raise FeelRefused(
        f"a literal is expected, not {text!r}", f"“{text}”处应为带双引号的选项值、整数、true、false或null"
    )
