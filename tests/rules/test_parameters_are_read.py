"""A value that the process owner confirms has a reader: code, a diagram's term, or an officer who compares it."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from workflows.rules.parameters import catalog

ROOT = Path(__file__).parents[2]
CODE = ("workflows", "server", "storage")


@cache
def _read_by_code() -> tuple[frozenset[str], tuple[str, ...]]:
    """The string constants of the code, and its f-strings as patterns: `f"proc.expert_route.{clause}"` reads ten."""
    constants: set[str] = set()
    patterns: list[str] = []
    for file in (file for room in CODE for file in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                constants.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [re.escape(str(each.value)) if isinstance(each, ast.Constant) else None for each in node.values]
                if parts and parts[0] and "\\." in parts[0]:
                    patterns.append("".join("[a-z0-9_]+" if part is None else part for part in parts))
    return frozenset(constants), tuple(patterns)


@cache
def _terms_of_diagrams() -> frozenset[str]:
    drawn = "".join(file.read_text("utf-8") for file in (ROOT / "bpmn").rglob("*.bpmn"))
    return frozenset(re.findall(r'gc:\w+="([a-z0-9_]+(?:\.[a-z0-9_]+)+)"', drawn))


@cache
def _tasks_of_diagrams() -> frozenset[str]:
    drawn = "".join(file.read_text("utf-8") for file in (ROOT / "bpmn").rglob("*.bpmn"))
    return frozenset(re.findall(r'<bpmn:userTask id="(\w+)"', drawn))


def _is_read(id: str) -> bool:
    constants, patterns = _read_by_code()
    return id in constants or id in _terms_of_diagrams() or any(re.fullmatch(each, id) for each in patterns)


@pytest.mark.parametrize("id", catalog())
def test_somebody_reads_the_value(id):
    assert _is_read(id) or catalog()[id].point, f"{id} is confirmed and read by nobody"


@pytest.mark.parametrize("id", [each.id for each in catalog().values() if each.point])
def test_a_point_is_asked_at_a_task_that_there_is(id):
    assert catalog()[id].point_at in _tasks_of_diagrams()


def test_a_value_that_nobody_reads_is_found():
    assert not _is_read("elig.nobody_reads_this")
