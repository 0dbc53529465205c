"""The gate: refuses diagrams that the engine would mis-run, or that would be dangerous to run.

It never raises on a bad file: whatever is wrong is a finding with its line, its element, and the way to mend it.
"""

from __future__ import annotations

from collections.abc import Mapping

from workflows.engine.building import build
from workflows.engine.diagrams import Diagrams
from workflows.engine.findings import Finding
from workflows.engine.gate.answers import check_answers
from workflows.engine.gate.bundle import Bundle
from workflows.engine.gate.constructs import check_constructs
from workflows.engine.gate.dataflow import SurelySet, check_order
from workflows.engine.gate.decided import check_decided
from workflows.engine.gate.drawing import check_drawing
from workflows.engine.gate.duties import check_duties
from workflows.engine.gate.fields import check_fields
from workflows.engine.gate.following import check_following
from workflows.engine.gate.graph import check_calls, check_graph
from workflows.engine.gate.hearing import check_hearing
from workflows.engine.gate.known import (
    Act,
    Asked,
    Duty,
    Follows,
    Known,
    Need,
    Promised,
    Read,
    Relied,
    Said,
    Source,
    Summary,
)
from workflows.engine.gate.opinions import check_opinions
from workflows.engine.gate.procedure import check_procedure
from workflows.engine.gate.reading import main_file, read_bundle
from workflows.engine.gate.references import check_attributes, check_known, check_variables
from workflows.engine.gate.report import Report
from workflows.engine.gate.schema import check_schema
from workflows.engine.gate.size import check_expansion, check_size

__all__ = [
    "Act",
    "Asked",
    "Duty",
    "Follows",
    "Known",
    "Need",
    "Promised",
    "Read",
    "Relied",
    "Said",
    "Source",
    "Summary",
    "check_bundle",
    "check_file",
    "gave_up",
    "judge",
    "scope_of_variables",
]


def check_bundle(files: Mapping[str, bytes], key: str, *, known: Known) -> list[Finding]:
    """Everything: also that the forms, operations, parameters, roles and statuses exist."""
    return judge(files, key, known)[0]


def check_file(path: str, content: bytes, key: str) -> list[Finding]:
    """Why one diagram may not even be kept as a draft of process `key`: its hostile findings, as far as it alone tells.

    A file that is merely unfinished or wrong has none.
    """
    report = Report()
    try:
        bundle = read_bundle({path: content}, key, report)
        if bundle is not None:
            check_constructs(bundle)
            check_calls(bundle)
            if not report.hostile() and key not in bundle.processes:
                report.add("root-missing", path, 1, detail=key)
    except MemoryError:
        raise
    except Exception as error:
        report.add("unreadable", path, 1, detail=f"{type(error).__name__}: {error}")
    return report.hostile()


def gave_up(path: str, limits: str) -> Finding:
    """The finding for what could not be judged within the limits of time and memory."""
    report = Report()
    report.add("gate-gave-up", path, 1, detail=limits)
    return report.findings()[0]


def scope_of_variables(files: Mapping[str, bytes], key: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """For each process of a bundle and each element: the variables surely set when a token reaches it, by name.

    Says what can be said of an unfinished drawing: elements that no token reaches have none, and files that cannot be
    read, or are too large to be followed, are left out.
    """
    report = Report()
    bundle = read_bundle(files, key, report)
    if bundle is None or not check_size(bundle):
        return {}
    surely = SurelySet(bundle)
    return {
        process.key: {
            element.id: tuple(sorted(surely.names((element.scope, element.id)) or ()))
            for element in process.elements.values()
        }
        for process in bundle.processes.values()
    }


def judge(files: Mapping[str, bytes], key: str, known: Known | None = None) -> tuple[list[Finding], Diagrams | None]:
    """What is wrong with a bundle, or else its specs; without `known`, as far as the bundle alone tells."""
    report = Report()
    diagrams = None
    try:
        bundle = read_bundle(files, key, report)
        if bundle is not None:
            _examine(bundle, known)
            if not len(report):
                # The last proof: SpiffWorkflow's own parser takes it.
                diagrams = build(files, key, bundle.roots, bundle.processes)
    except MemoryError:
        # Not a judgement: whoever runs the gate has to give up, or give it more.
        raise
    except Exception as error:
        # Whatever a hostile file makes a check stumble over, the answer is a refusal.
        report.add("unreadable", main_file(files, key), 1, detail=f"{type(error).__name__}: {error}")
    return report.findings(), diagrams


def _examine(bundle: Bundle, known: Known | None) -> None:
    """What the engine would mis-run; with `known` also whatever else keeps a bundle from being published."""
    whole = not len(bundle.report)
    check_constructs(bundle)
    if not check_size(bundle) or not whole:
        # With a file unread, what the others refer to would seem not to exist.
        return
    check_graph(bundle)
    check_attributes(bundle)
    check_variables(bundle)
    if not len(bundle.report):
        check_order(bundle)
    if known is not None:
        check_expansion(bundle)
        check_known(bundle, known)
        check_hearing(bundle, known)
        check_answers(bundle, known)
        if not len(bundle.report):
            # Where an operation or a form is not known, what it does would seem to be missing.
            check_opinions(bundle, known)
            check_procedure(bundle, known)
            check_decided(bundle, known)
            check_following(bundle, known)
            check_duties(bundle, known)
        check_fields(bundle, known)
        check_drawing(bundle)
        check_schema(bundle)
