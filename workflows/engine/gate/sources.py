"""Where the answers of a bundle are kept: the variables that forms, operations and messages write."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.engine.errors import ExpressionRefused
from workflows.engine.expressions import read_condition
from workflows.engine.gate.bundle import Bundle
from workflows.engine.gate.known import Source


def variables_of(source: Source, bundle: Bundle) -> Iterator[str]:
    """The variables in which what the source says is kept, as far as this bundle has it."""
    for _, element in bundle.elements():
        if source.operation and element.operation == source.operation and element.result:
            yield element.result
        elif source.message and element.message == source.message:
            yield source.message
    if source.form:
        yield from answered_by(source.form, bundle)


def answered_by(form: str, bundle: Bundle) -> set[str]:
    """The tasks with a form: those for whose answer a gateway asks, where there are such; the others merely note."""
    key = form.replace("{scheme}", bundle.key)
    tasks = {
        element.id
        for _, element in bundle.elements()
        if element.kind == "userTask"
        and element.multi_instance is None
        and (element.form or "").replace("{scheme}", bundle.key) == key
    }
    return tasks & asked_for(bundle) or tasks


def asked_for(bundle: Bundle) -> set[str]:
    """The variables that some gateway asks for."""
    asked = set()
    for process in bundle.processes.values():
        for flow in process.flows:
            try:
                asked.add(read_condition(flow.condition).variable if flow.condition is not None else "")
            except ExpressionRefused:
                continue
    return asked
