"""The gate for what people upload and draw: in a child process, within limits of time and memory.

A file that makes the gate run away takes the child with it and nothing else; what is left is a finding.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from workflows import engine, rules
from workflows.case import drawn, operations, relied
from workflows.case.running import DRAFT
from workflows.codes.reasons import REASONS
from workflows.codes.stages import STAGES
from workflows.codes.statuses import STATUSES
from workflows.engine.document import MAX_BYTES
from workflows.engine.gate import gave_up
from workflows.permissions import ROLES
from workflows.rules import parameters
from workflows.workshop import answers, duties, field_contract, procedure
from workflows.workshop.editor_terms import MESSAGES, WORKING_DAYS
from workflows.workshop.gatekeeper import PEAK

# A case that has ended is in one of these.
FINAL_STATUSES = frozenset(
    {"NOT_ACCEPTED", "VETOED", "NOT_SUPPORTED", "APPROVED", "PAID", "MULTI_YEAR", "WITHDRAWN", "TERMINATED"}
    | {"RECOVERED", "CLOSED", "ARCHIVED"}
)

# Of processor time, which on a quiet machine is all that passes; a shipped bundle takes 0.05 s, the start 0.25 s.
FILE_SECONDS = 1.5
BUNDLE_SECONDS = 1.0
# How much longer the clock may run on a busy machine before the child counts as hung.
PATIENCE = 4
# The child starts with 32 MB and may take 14 more; ten shipped bundles take 8.
ROOM_MB = 14
PEAK_MB = 50
# All that is sent to one child; the ten shipped bundles are 1.2 MB.
MAX_SENT = 8 * 1024 * 1024
# Answers that are kept, and the most findings in one of them: half a megabyte at most.
MOST_KEPT = 100
MOST_KEPT_FINDINGS = 20
# What a program cannot start without; everything else stays here, secrets above all.
_ENVIRONMENT = ("SYSTEMROOT", "LD_LIBRARY_PATH")

_CHILD = "import sys; sys.path[:] = sys.argv[1:]; from workflows.workshop.gatekeeper import main; main()"
_ROOT = Path(__file__).resolve().parents[2]
_kept: dict[str, Mapping[str, Any]] = {}
_keeping = threading.Lock()


def known() -> engine.Known:
    """What a diagram may refer to, forms excepted: those are the bundle's own."""
    registry = operations.REGISTRY.values()
    return engine.Known(
        forms=frozenset(),
        operations={each.name: frozenset(each.parameters) for each in registry},
        periods={each.name: each.periods for each in registry},
        results={each.name: tuple(each.results) for each in registry if each.gives == "word"},
        gives={each.name: each.gives for each in registry},
        summaries={each.name: each.sums for each in registry if each.sums is not None},
        reads=procedure.reads(),
        confirming=procedure.CONFIRMING,
        acts=procedure.ACTS,
        needs=procedure.NEEDS,
        grounds=procedure.GROUNDS,
        said=answers.SAID,
        follows=answers.FOLLOWS,
        undoes=answers.UNDOES,
        duties=duties.DUTIES,
        terms=duties.TERMS,
        announces=duties.ANNOUNCES,
        listens=duties.LISTENS,
        once=duties.ONCE,
        shown=frozenset(drawn.ASKS),
        effects=frozenset(drawn.DOES),
        relied=relied.TASKS,
        promised=field_contract.promised(),
        roles=frozenset(ROLES),
        statuses=frozenset(STATUSES),
        final_statuses=FINAL_STATUSES,
        undated=frozenset({DRAFT}),
        stages=frozenset(STAGES),
        reasons=frozenset(REASONS),
        messages={name: tuple(words) for name, (_, words) in MESSAGES.items()},
        due_parameters=frozenset(
            each.id for each in parameters.catalog().values() if each.unit == WORKING_DAYS and each.type == "int"
        ),
        heard=frozenset({"applicant"}),
        proofs=frozenset({"prove_delivery"}),
        entries=frozenset({"enter_case"}),
        owners={scheme: f"{scheme}.bpmn" for scheme in rules.SCHEMES},
    )


def inspect(bundles: Mapping[str, Mapping[str, bytes]]) -> dict[str, list[engine.Finding]]:
    """What the gate finds in each bundle, by scheme; empty lists for what may be published.

    All run in one child. Where it gives up, the schemes that it has not answered for have one finding that says so.
    """
    return _inspect(bundles, _ask_once)[0]


def inspect_measured(
    bundles: Mapping[str, Mapping[str, bytes]],
) -> tuple[dict[str, list[engine.Finding]], float | None]:
    """As `inspect` for the first time, and the most memory that the child held, in MB; None when it did not live."""
    return _inspect(bundles, _ask)


_Ask = Callable[[Mapping[str, Any], Sequence[bytes], float], Mapping[str, Any]]


def _inspect(
    bundles: Mapping[str, Mapping[str, bytes]], ask: _Ask
) -> tuple[dict[str, list[engine.Finding]], float | None]:
    if not bundles:
        return {}, None
    numbers: dict[bytes, int] = {}
    named = {
        scheme: {path: numbers.setdefault(_sent(content), len(numbers)) for path, content in bundle.items()}
        for scheme, bundle in bundles.items()
    }
    asked = {PurePosixPath(path).stem for bundle in bundles.values() for path in bundle if path.endswith(".form")}
    promised = {form: fields for form, fields in field_contract.promised().items() if form in asked}
    request = {"bundles": named, "known": replace(known(), promised=promised).to_json()}
    seconds = FILE_SECONDS + BUNDLE_SECONDS * len(bundles)
    answers = ask(request, list(numbers), seconds)
    found = {scheme: _findings(answers, scheme, f"{scheme}.bpmn", seconds) for scheme in bundles}
    return found, answers.get(PEAK)


def inspect_file(path: str, content: bytes, *, expected_key: str) -> list[engine.Finding]:
    """Why one file may not even be kept as a draft; empty for what an owner can mend in the editor.

    `path` ends in .bpmn or .form, `expected_key` is the process (or form) that it has to hold.
    """
    answers = _ask_once({"file": path, "key": expected_key}, [_sent(content)], FILE_SECONDS)
    return _findings(answers, path, path, FILE_SECONDS)


def _sent(content: bytes) -> bytes:
    """No more of a file than is needed to see that it is too large."""
    return content[: MAX_BYTES + 1]


def _findings(answers: Mapping[str, Any], name: str, path: str, seconds: float) -> list[engine.Finding]:
    """What the child answered under a name; the one finding about `path` that it gave up, where that is nothing."""
    try:
        return [engine.Finding(**each) for each in answers[name]]
    except (KeyError, TypeError):
        return [gave_up(path, f"{seconds:g} s, {PEAK_MB} MB")]


def _ask_once(request: Mapping[str, Any], contents: Sequence[bytes], seconds: float) -> Mapping[str, Any]:
    """As `_ask`, but what one child has answered in full is known: the same bytes have the same findings.

    An editor asks after every change, then the page of findings and the publication ask for the very same.
    """
    digests = [sha256(each).hexdigest() for each in contents]
    question = sha256(json.dumps([request, digests]).encode()).hexdigest()
    with _keeping:
        if question in _kept:
            return _kept[question]
    answers = _ask(request, contents, seconds)
    if PEAK in answers and sum(len(each) for name, each in answers.items() if name != PEAK) <= MOST_KEPT_FINDINGS:
        with _keeping:
            _kept[question] = answers
            if len(_kept) > MOST_KEPT:
                del _kept[next(iter(_kept))]
    return answers


def _ask(request: Mapping[str, Any], contents: Sequence[bytes], seconds: float) -> dict[str, Any]:
    """Start a child, hand it the request, and take what it has answered when it ends or is ended."""
    if sum(map(len, contents)) > MAX_SENT:
        return {}
    limits = {"sizes": [len(each) for each in contents], "cpu_seconds": seconds, "room_mb": ROOM_MB}
    header = json.dumps({**request, **limits}).encode()
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _CHILD, str(_ROOT), *filter(None, sys.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
    ) as child:
        try:
            said, _ = child.communicate(b"".join((header, b"\n", *contents)), timeout=PATIENCE * seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            said, _ = child.communicate()
    answers: dict[str, Any] = {}
    for line in said.splitlines():
        # Where the child was ended in the middle of a line, or says anything else, there is no answer.
        with suppress(ValueError, TypeError):
            answers.update(json.loads(line))
    return answers
