"""What the diagram refers to: variables that something sets, and forms, operations, roles and codes that exist."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from datetime import timedelta

from workflows.engine.errors import ExpressionRefused
from workflows.engine.expressions import is_variable, read_condition
from workflows.engine.gate.bundle import Bundle
from workflows.engine.gate.dataflow import read_by, written
from workflows.engine.gate.known import Known
from workflows.engine.model import Element
from workflows.engine.timers import in_range, parse_duration, parse_instant

_STAGE = re.compile(r"P\d{2}[a-z]?", re.ASCII)
_REASON = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
_DUE = re.compile(r"[1-9]\d{0,2}|[a-z][a-z0-9_]*(\.[a-z0-9_]+)+", re.ASCII)


def check_attributes(bundle: Bundle) -> None:
    """The extension attributes that can be judged without knowing what exists."""
    tasks = {element.id for _, element in bundle.elements() if element.kind == "userTask"}
    report = bundle.report
    for file, element in bundle.elements():
        if element.kind == "userTask" and not element.form:
            report.at("form-missing", file, element)
        if element.kind == "serviceTask" and not element.operation:
            report.at("operation-missing", file, element)
        for name in (element.result, element.assignee):
            if name is not None and not is_variable(name):
                report.at("variable-name", file, element, name)
        for rule, form, text in (
            ("stage-form", _STAGE, element.stage),
            ("reason-form", _REASON, element.reason),
            ("due-form", _DUE, element.due),
        ):
            if text is not None and not form.fullmatch(text):
                report.at(rule, file, element, text)
        for name, count in Counter(name for name, _ in element.parameters).items():
            if count > 1:
                report.at("parameter-unknown", file, element, name)
        _check_end(bundle, file, element)
        _check_separation(bundle, file, element, tasks)


def _check_end(bundle: Bundle, file: str, element: Element) -> None:
    """Only the root process ends the case; the end of a call or of a sub-process merely leads back."""
    if element.kind != "endEvent" or element.scope == bundle.key:
        return
    for attribute, value in (("gc:status", element.status), ("gc:reason", element.reason)):
        if value is not None:
            bundle.report.at("end-not-of-case", file, element, attribute)


def _check_separation(bundle: Bundle, file: str, element: Element, tasks: Collection[str]) -> None:
    for other in element.separate_from:
        if other not in tasks:
            bundle.report.at("separate-unknown", file, element, other)
        elif other == element.id:
            bundle.report.at("separate-self", file, element)


def check_variables(bundle: Bundle) -> None:
    """Every variable read is set somewhere in the bundle: by a task, a result or a message."""
    set_somewhere = {name for _, element in bundle.elements() for name in written(element)}
    for file, element in bundle.elements():
        for name in read_by(element):
            if name not in set_somewhere:
                bundle.report.at("variable-unset", file, element, name)
    for process in bundle.processes.values():
        for flow in process.flows:
            gateway = process.elements.get(flow.source)
            if flow.condition is None or gateway is None:
                continue
            try:
                name = read_condition(flow.condition).variable
            except ExpressionRefused:
                continue
            if name not in set_somewhere:
                bundle.report.add("variable-unset", process.file, flow.line, gateway.id, name=gateway.name, detail=name)


def check_known(bundle: Bundle, known: Known) -> None:
    """Everything that is referred to exists."""
    for file, element in bundle.elements():
        _check_codes(file, element, bundle, known)
        _check_people(file, element, bundle)
        instant = parse_instant(element.timer)
        if instant is not None and not in_range(instant):
            bundle.report.at("timer-range", file, element, element.timer or "")
        if element.timer is not None and parse_duration(element.timer) == timedelta(0):
            bundle.report.at("timer-zero", file, element, element.timer)
        if element.operation:
            _check_operation(file, element, bundle, known)
    for process in bundle.processes.values():
        owner = known.owners.get(process.key)
        if owner is not None and owner != process.file:
            bundle.report.add("process-owned", process.file, process.line, process.key, detail=process.key)


def _check_codes(file: str, element: Element, bundle: Bundle, known: Known) -> None:
    report = bundle.report
    form = (element.form or "").replace("{scheme}", bundle.key)
    if form and form not in known.forms:
        report.at("form-unknown", file, element, form)
    if element.kind == "userTask" and element.role and element.role not in known.roles:
        report.at("role-unknown", file, element, element.role)
    for value, codes, rule in (
        (element.status, known.statuses, "status-unknown"),
        (element.stage, known.stages, "stage-unknown"),
        (element.reason, known.reasons, "reason-unknown"),
        (element.message, known.messages, "message-unknown"),
    ):
        if value is not None and codes is not None and value not in codes:
            report.at(rule, file, element, value)
    _check_due(file, element, bundle, known)
    if element.kind == "endEvent" and element.scope == bundle.key and known.final_statuses is not None:
        if element.status is None:
            report.at("end-status-missing", file, element)
        elif element.status in known.statuses and element.status not in known.final_statuses:
            report.at("end-status", file, element, element.status)


def _check_due(file: str, element: Element, bundle: Bundle, known: Known) -> None:
    """Everybody's task has a term, in working days that are known."""
    if element.due is not None:
        if not _is_counted(element.due, known):
            bundle.report.at("due-unknown", file, element, element.due)
    elif element.kind == "userTask" and known.undated is not None and element.status not in known.undated:
        bundle.report.at("due-missing", file, element)


def _check_people(file: str, element: Element, bundle: Bundle) -> None:
    """For how many a task is, and for whom: no variable holds a number, and only an entry of a list is a username."""
    loop = element.multi_instance
    if loop is not None and is_variable(loop.cardinality):
        bundle.report.at("multi-instance-input", file, element, loop.cardinality or "")
    if element.assignee and not (loop is not None and loop.collection and loop.item == element.assignee):
        bundle.report.at("assignee-variable", file, element, element.assignee)


def _is_counted(period: str, known: Known) -> bool:
    """Whether a period is a number, or a legal value that is counted in working days."""
    return period.isdecimal() or known.due_parameters is None or period in known.due_parameters


def _check_operation(file: str, element: Element, bundle: Bundle, known: Known) -> None:
    operation = element.operation or ""
    parameters = known.operations.get(operation)
    if parameters is None:
        bundle.report.at("operation-unknown", file, element, operation)
        return
    given = dict(element.parameters)
    for name in given:
        if name not in parameters:
            bundle.report.at("parameter-unknown", file, element, name)
    for name in sorted(parameters):
        if not given.get(name, "").strip():
            bundle.report.at("parameter-missing", file, element, name)
    for name in sorted(known.periods.get(operation, ())):
        value = given.get(name, "")
        if value.strip() and not (_DUE.fullmatch(value) and _is_counted(value, known)):
            bundle.report.at("parameter-period", file, element, f"{name}={value}")
    if element.result and known.gives.get(operation) == "nothing":
        bundle.report.at("result-nothing", file, element, element.result)
