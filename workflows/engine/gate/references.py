"""What the diagram refers to: variables that something sets, and forms, operations, roles and statuses that exist."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workflows.engine.errors import ExpressionRefused
from workflows.engine.expressions import is_variable, read_condition
from workflows.engine.gate.bundle import Bundle
from workflows.engine.gate.dataflow import read_by, written
from workflows.engine.model import Element

_STAGE = re.compile(r"P\d{2}[a-z]?", re.ASCII)
_REASON = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
_DUE = re.compile(r"[1-9]\d{0,2}|[a-z][a-z0-9_]*(\.[a-z0-9_]+)+", re.ASCII)


@dataclass(frozen=True)
class Known:
    """What a diagram may refer to.

    `forms` are form keys, `operations` maps a name to the names of its parameters, `roles` and `statuses` are codes.
    `decisions` maps a form key to the decisions it offers; forms that are not in it are not checked for them.
    `owners` maps the process keys of other definitions to the files they live in; a bundle may hold such a process
    only as that very file.
    """

    forms: frozenset[str]
    operations: Mapping[str, frozenset[str]]
    roles: frozenset[str]
    statuses: frozenset[str]
    owners: Mapping[str, str] = field(default_factory=dict)
    decisions: Mapping[str, Sequence[str]] = field(default_factory=dict)


def check_attributes(bundle: Bundle) -> None:
    """The extension attributes that can be judged without knowing what exists."""
    tasks = {element.id for _, element in bundle.elements() if element.kind == "userTask"}
    for file, element in bundle.elements():
        report = bundle.report
        if element.kind == "userTask" and not element.form:
            report.at("form-missing", file, element)
        if element.kind == "serviceTask" and not element.operation:
            report.at("operation-missing", file, element)
        for name in (element.result, element.assignee):
            if name is not None and not is_variable(name):
                report.at("variable-name", file, element, name)
        if element.stage is not None and not _STAGE.fullmatch(element.stage):
            report.at("stage-form", file, element, element.stage)
        if element.reason is not None and not _REASON.fullmatch(element.reason):
            report.at("reason-form", file, element, element.reason)
        if element.kind == "endEvent" and element.scope != bundle.key:
            # Only the root process ends the case; the end of a call or of a sub-process merely leads back.
            for attribute, value in (("gc:status", element.status), ("gc:reason", element.reason)):
                if value is not None:
                    report.at("end-not-of-case", file, element, attribute)
        if element.due is not None and not _DUE.fullmatch(element.due):
            report.at("due-form", file, element, element.due)
        for other in element.separate_from:
            if other not in tasks:
                report.at("separate-unknown", file, element, other)
        for name, count in Counter(name for name, _ in element.parameters).items():
            if count > 1:
                report.at("parameter-unknown", file, element, name)


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
    report = bundle.report
    for file, element in bundle.elements():
        if element.form and element.form.replace("{scheme}", bundle.key) not in known.forms:
            report.at("form-unknown", file, element, element.form.replace("{scheme}", bundle.key))
        if element.kind == "userTask" and element.role and element.role not in known.roles:
            report.at("role-unknown", file, element, element.role)
        if element.status is not None and element.status not in known.statuses:
            report.at("status-unknown", file, element, element.status)
        if element.operation:
            _check_operation(file, element, bundle, known)
    _check_decisions(bundle, known)
    for process in bundle.processes.values():
        owner = known.owners.get(process.key)
        if owner is not None and owner != process.file:
            report.add("process-owned", process.file, process.line, process.key, detail=process.key)


def _check_operation(file: str, element: Element, bundle: Bundle, known: Known) -> None:
    parameters = known.operations.get(element.operation or "")
    if parameters is None:
        bundle.report.at("operation-unknown", file, element, element.operation or "")
        return
    for name, _ in element.parameters:
        if name not in parameters:
            bundle.report.at("parameter-unknown", file, element, name)


def _check_decisions(bundle: Bundle, known: Known) -> None:
    """A gateway that asks for an answer which the form cannot give would always take another way, in silence."""
    results = {element.result for _, element in bundle.elements() if element.result}
    offered: dict[str, set[str]] = {}
    for _, element in bundle.elements():
        form = (element.form or "").replace("{scheme}", bundle.key)
        if element.kind == "userTask" and form in known.decisions:
            offered.setdefault(element.id, set()).update(known.decisions[form])
    for process in bundle.processes.values():
        for flow in process.flows:
            gateway = process.elements.get(flow.source)
            if flow.condition is None or gateway is None:
                continue
            try:
                condition = read_condition(flow.condition)
            except ExpressionRefused:
                continue
            name = condition.variable
            if name in offered and name not in results and condition.constant not in offered[name]:
                bundle.report.add(
                    "decision-unknown", process.file, flow.line, gateway.id, name=gateway.name, detail=str(condition)
                )
