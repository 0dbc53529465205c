"""The expressions that a diagram may hold: variables, constants, comparisons, and, or, not. Nothing else.

There is no eval, no call, no attribute, no arithmetic: an expression is parsed, checked node by node against an
allow-list and turned into closures once. What is not listed here cannot be said, so there is nothing to escape from.
"""

from __future__ import annotations

import ast
import keyword
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from workflows.engine.errors import ExpressionRefused

MAX_LENGTH = 500
MAX_NODES = 100

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}", re.ASCII)
_WORDS: Mapping[str, object] = {"true": True, "false": False, "null": None}
# `self` would collide with keyword arguments inside the engine.
_NOT_VARIABLES = frozenset({"self", *_WORDS})

_SYMBOLS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_MIRRORED: Mapping[str, str] = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

Evaluator = Callable[[Mapping[str, object]], object]


@dataclass(frozen=True)
class Expression:
    """A checked expression: its text, the variables it reads and the closure that computes it."""

    text: str
    names: frozenset[str]
    evaluate: Evaluator


@dataclass(frozen=True)
class Condition:
    """A gateway condition in its one permitted form: one variable compared with one constant."""

    variable: str
    operator: str
    constant: str | int | bool

    def __str__(self) -> str:
        return f"{self.variable} {self.operator} {self.constant!r}"

    def holds(self, value: object) -> bool:
        """Whether the condition is true of `value`; a value of another type than the constant never matches."""
        return type(value) is type(self.constant) and _OPERATORS[self.operator](value, self.constant)


def is_variable(name: str | None) -> bool:
    """Whether `name` may name a process variable: a short ASCII identifier that is no reserved word."""
    return bool(
        name
        and _IDENTIFIER.fullmatch(name)
        and not name.startswith("__")
        and not keyword.iskeyword(name)
        and name not in _NOT_VARIABLES
    )


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """Check and compile one expression. Raises ExpressionRefused with the reason."""
    names: set[str] = set()
    evaluate = _build(_parse(text), names)
    return Expression(text, frozenset(names), evaluate)


def read_condition(text: str) -> Condition:
    """Read a gateway condition: `variable == constant` (or another comparison), `variable`, or `not variable`.

    Raises ExpressionRefused for everything else: only in this form can it be decided at publication whether two
    conditions of one gateway may hold at once. Texts are compared for equality only: "900000" sorts above "1000000".
    """
    condition = _judged(text)
    if isinstance(condition, str):
        raise ExpressionRefused(condition)
    return condition


@lru_cache(maxsize=1024)
def _judged(text: str) -> Condition | str:
    """The condition, or why it is none: the gate asks several times."""
    try:
        return _read_condition(text)
    except ExpressionRefused as refused:
        return str(refused)


def _read_condition(text: str) -> Condition:
    tree = _parse(text)
    if isinstance(tree, ast.Name) and is_variable(tree.id):
        return Condition(tree.id, "==", True)
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not) and isinstance(tree.operand, ast.Name):
        return Condition(_variable(tree.operand), "==", False)
    if not (isinstance(tree, ast.Compare) and len(tree.ops) == 1 and type(tree.ops[0]) in _SYMBOLS):
        raise ExpressionRefused(f"not a comparison of one variable with one constant: {text}")
    symbol = _SYMBOLS[type(tree.ops[0])]
    left, right = tree.left, tree.comparators[0]
    if not isinstance(left, ast.Name) or left.id in _WORDS:
        left, right, symbol = right, left, _MIRRORED[symbol]
    if not isinstance(left, ast.Name):
        raise ExpressionRefused(f"not a comparison of one variable with one constant: {text}")
    constant = _constant(right)
    if constant is None:
        raise ExpressionRefused("a comparison with null is not a routing decision")
    if symbol not in ("==", "!=") and type(constant) is not int:
        raise ExpressionRefused(f"only integers have an order: {text}")
    return Condition(_variable(left), symbol, constant)


def _parse(text: object) -> ast.expr:
    if not isinstance(text, str) or not text.strip():
        raise ExpressionRefused("empty expression")
    if len(text) > MAX_LENGTH:
        raise ExpressionRefused(f"longer than {MAX_LENGTH} characters")
    text = text.strip()
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionRefused(f"not an expression: {text}") from error
    nodes = list(ast.walk(tree))
    if len(nodes) > MAX_NODES:
        raise ExpressionRefused(f"more than {MAX_NODES} parts")
    for node in nodes:
        # Python folds look-alike letters into plain ones; what is shown must be what is meant.
        if isinstance(node, ast.Name) and ast.get_source_segment(text, node) != node.id:
            raise ExpressionRefused(f"not plain letters: {text}")
    return tree.body


def _variable(node: ast.Name) -> str:
    if not is_variable(node.id):
        raise ExpressionRefused(f"not a variable: {node.id}")
    return node.id


def _constant(node: ast.expr) -> str | int | bool | None:
    if isinstance(node, ast.Name) and node.id in _WORDS:
        return _WORDS[node.id]  # type: ignore[return-value]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        value = node.operand.value
        if type(value) is int:
            return -value
    if isinstance(node, ast.Constant) and (node.value is None or type(node.value) in (str, int, bool)):
        return node.value  # type: ignore[return-value]
    raise ExpressionRefused("only texts, integers, true, false and null are constants")


def _build(node: ast.expr, names: set[str]) -> Evaluator:
    match node:
        case ast.Name() if node.id not in _WORDS:
            name = _variable(node)
            names.add(name)
            return lambda variables: _look_up(variables, name)
        case ast.UnaryOp(op=ast.Not()):
            inner = _build(node.operand, names)
            return lambda variables: not _truth(inner(variables))
        case ast.BoolOp():
            parts = [_build(part, names) for part in node.values]
            decide = all if isinstance(node.op, ast.And) else any
            return lambda variables: decide(_truth(part(variables)) for part in parts)
        case ast.Compare(ops=[comparison]) if type(comparison) in _SYMBOLS:
            symbol = _SYMBOLS[type(comparison)]
            left, right = _build(node.left, names), _build(node.comparators[0], names)
            return lambda variables: _compare(symbol, left(variables), right(variables))
        case _:
            constant = _constant(node)
            return lambda variables: constant


def _look_up(variables: Mapping[str, object], name: str) -> object:
    if name not in variables:
        raise ExpressionRefused(f"variable {name} is not set")
    return variables[name]


def _truth(value: object) -> bool:
    if value is True or value is False:
        return value
    raise ExpressionRefused(f"{value!r} is neither true nor false")


def _compare(symbol: str, left: object, right: object) -> bool:
    # A comparison across kinds ("3" with 3, True with 1) is a mistake in the diagram, not a false.
    if left is not None and right is not None and type(left) is not type(right):
        raise ExpressionRefused(f"{left!r} and {right!r} cannot be compared")
    if symbol not in ("==", "!=") and type(left) is not int:
        raise ExpressionRefused(f"{left!r} has no order")
    return _OPERATORS[symbol](left, right)
