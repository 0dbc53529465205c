"""`make mutants`: mistakes put into the law one at a time, and whether one of its tests fails.

A mutant that survives is a line that no test needs, or one whose change cannot be seen. Nothing is written to the
checkout: each process works on a copy of its own.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
SECONDS_FOR_A_TEST = 60
SECONDS_FOR_ALL = 900

SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div,
}  # fmt: skip
RENAMED = {"max": "min", "min": "max", "any": "all", "all": "any"}
# What runs once and says nothing of the law: hints, `frozen=True`, the words of an error.
PASSED_OVER = {"annotation", "returns", "decorator_list", "exc"}


class Mutant(NamedTuple):
    file: Path
    line: int
    words: str
    source: str


def mutants_of(file: Path) -> Iterator[Mutant]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for holder, key, node, line in _places(tree, 1):
        for new in _changes(node):
            put = setattr if isinstance(holder, ast.AST) else list.__setitem__
            put(holder, key, new)
            source = ast.unparse(ast.fix_missing_locations(tree))
            put(holder, key, node)
            yield Mutant(file, line, f"{_shown(node)} → {_shown(new)}", source)


def _places(node: ast.AST, line: int) -> Iterator[tuple[object, object, ast.AST, int]]:
    """Every node that may be changed, with what holds it, (node, field) or (list, index), and the line it stands on."""
    for field, value in ast.iter_fields(node):
        holder, children = (value, enumerate(value)) if isinstance(value, list) else (node, [(field, value)])
        for key, child in children:
            if isinstance(child, ast.AST) and field not in PASSED_OVER and not _is_docstring(child):
                # An operator has no line and is one object wherever it stands.
                here = child.lineno if "lineno" in child._attributes else line
                yield holder, key, child, here
                yield from _places(child, here)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield from (ast.Constant(value + 1), ast.Constant(value - 1))
        case ast.Expr(value=ast.Call()):
            yield ast.Pass()
        case ast.Call(func=ast.Name(id=name)) if name in RENAMED:
            yield ast.Call(ast.Name(RENAMED[name]), node.args, node.keywords)
        case ast.Call(func=ast.Name(), args=[only], keywords=[]) if not isinstance(only, ast.Starred):
            yield only
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.Return(value=ast.Tuple(elts=several)) | ast.Lambda(body=ast.Tuple(elts=several)):
            for left_out in several:  # as a part of the key by which something is sorted
                rest = ast.Tuple([each for each in several if each is not left_out])
                yield ast.Return(rest) if isinstance(node, ast.Return) else ast.Lambda(node.args, rest)
        case _ if type(node) in SWAPPED:
            yield SWAPPED[type(node)]()


def _shown(node: ast.AST) -> str:
    named = isinstance(node, ast.operator | ast.cmpop | ast.boolop)
    return type(node).__name__ if named else " ".join(ast.unparse(node).split())[:60]


def _copy(folder: Path) -> None:
    left = shutil.ignore_patterns("__pycache__", "static", "conftest.py")  # these tests need no servers
    for name in ("bpmn", "server", "storage", "workflows", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=left)
    shutil.copy(ROOT / "pyproject.toml", folder)


def _noticed(folder: Path, tests: str) -> str:
    """Which test fails in the copy, "" for none."""
    # Without bytecode, or a file of the same size and second is not read anew.
    command = [sys.executable, "-B", "-m", "pytest", "-x", f"--timeout={SECONDS_FOR_A_TEST}", "--tb=no", tests]
    try:
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS_FOR_ALL, check=False)
    except subprocess.TimeoutExpired:
        return "nothing ended"
    if run.returncode == 0:
        return ""
    named = [line.split(" ")[1] for line in run.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    return named[0] if named else "nothing could be imported"


def _judge(mutant: Mutant, tests: str, copies: Queue[Path]) -> str:
    folder = copies.get()
    target = folder / mutant.file.relative_to(ROOT)
    target.write_text(mutant.source, encoding="utf-8")
    noticed = _noticed(folder, tests)
    shutil.copy(mutant.file, target)
    copies.put(folder)
    return noticed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description="Does a test notice?")
    parser.add_argument("--sample", type=int, default=40, metavar="NUMBER", help="how many mutants are tried")
    parser.add_argument("--seed", type=int, default=1, metavar="NUMBER", help="which ones")
    parser.add_argument("--where", default="workflows/rules", metavar="FOLDER")
    parser.add_argument("--tests", default="tests/rules", metavar="FOLDER", help="the tests that should notice")
    chosen = parser.parse_args()
    known = [mutant for file in sorted((ROOT / chosen.where).rglob("*.py")) for mutant in mutants_of(file)]
    sample = random.Random(chosen.seed).sample(known, min(chosen.sample, len(known)))
    with tempfile.TemporaryDirectory(prefix="greencase-mutants-") as base:
        copies: Queue[Path] = Queue()
        for number in range(os.cpu_count() or 1):
            _copy(folder := Path(base) / str(number))
            copies.put(folder)
        if failing := _noticed(folder, chosen.tests):
            print(f"the program as it is fails: {failing}")
            return 1
        alive = 0
        with ThreadPoolExecutor(copies.qsize()) as pool:
            verdicts = pool.map(lambda mutant: _judge(mutant, chosen.tests, copies), sample)
            for mutant, noticed in zip(sample, verdicts, strict=True):
                alive += not noticed
                said = f"killed by {noticed}" if noticed else "SURVIVED"
                print(f"{mutant.file.relative_to(ROOT)}:{mutant.line}: {mutant.words}: {said}", flush=True)
    print(f"{len(known)} mutants known, {len(sample)} tried: {alive} survived")
    return 0


if __name__ == "__main__":
    sys.exit(main())
