"""The procedure that the law asks for: what has to come before what, and where its figures are confirmed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from workflows.engine.errors import ExpressionRefused
from workflows.engine.expressions import read_condition
from workflows.engine.gate.bundle import Bundle, Scope
from workflows.engine.gate.dataflow import SurelySet
from workflows.engine.gate.known import Known, Need, Read
from workflows.engine.model import Element, Flow, Process

SHORTEST_TITLE = 6
# 通经信绿〔2026〕1号
_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,20}〔20[0-9]{2}〕第?[1-9][0-9]{0,4}号")


def check_procedure(bundle: Bundle, known: Known) -> None:
    """Acts on every way before what needs them, facts before what reads them, a reason in every adverse decision."""
    passed = _Passed(bundle, known)
    waived = _check_waiver(bundle, known)
    for file, element in bundle.elements():
        for need in known.needs:
            if _applies(need, element, bundle.key) and not passed.act(element, need):
                _report_need(bundle, known, file, element, need, waived)
        for read in known.reads.get(element.operation or "", ()):
            if read.scheme in ("", bundle.key):
                _check_read(bundle, known, file, element, read, passed)
        if element.kind == "userTask":
            _check_relied(bundle, known, file, element)
            _check_grounds(bundle, known, file, element)


class _Passed:
    """What was surely done, and asked, when a token gets to an element."""

    def __init__(self, bundle: Bundle, known: Known) -> None:
        self._bundle, self._known = bundle, known
        self._scopes = {scope.key: scope for scope in bundle.scopes()}
        self._keys = sorted({read.key for keys in known.reads.values() for read in keys})
        self._surely = SurelySet(bundle, self._marks, self._answers, self._begins_anew)
        self.anywhere = {mark for _, element in bundle.elements() for mark in self._marks(element)}

    def _marks(self, element: Element) -> Iterator[str]:
        form = _form(element, self._bundle.key)
        for code, act in self._known.acts.items():
            forms = {each.replace("{scheme}", self._bundle.key) for each in act.forms}
            if element.operation in act.operations or element.message in act.messages or form in forms:
                yield f"act {code}"
        if element.kind == "boundaryEvent":
            yield from self._begun(element)
        # What each of several people says is his own, and no fact of the case.
        if element.kind == "userTask" and element.multi_instance is None:
            # What a form asks that could not be read is not known, and so not missed.
            keys = self._known.fields.get(form, self._keys)
            yield from (f"key {key}" for key in keys)
            if form == self._known.confirming.replace("{scheme}", self._bundle.key):
                yield from (f"confirmed {key}" for key in keys)

    def _answers(self, element: Element) -> Sequence[str]:
        return self._known.results.get(element.operation or "", ()) if element.result else ()

    def _begun(self, event: Element) -> Iterator[str]:
        """What the process that a call was interrupted in does before anything in it can wait."""
        host = self._scopes[event.scope].elements.get(event.attached_to or "")
        scope = self._scopes.get(host.called or "") if host is not None else None
        here = [each.id for each in scope.of_kind("startEvent")] if scope is not None else []
        while scope is not None and len(here) == 1 and scope.elements[here[0]].kind in ("startEvent", "serviceTask"):
            operation = scope.elements[here[0]].operation
            yield from (f"act {code}" for code, act in self._known.acts.items() if operation in act.operations)
            here = scope.next_ids(here[0])

    def _begins_anew(self, scope: Scope, flow: Flow) -> bool:
        """Whether a flow leads on a further instance, which begins only where an earlier one has been: what lies before
        that place was done in it."""
        if flow.condition is None:
            return False
        try:
            variable = read_condition(flow.condition).variable
        except ExpressionRefused:
            return False
        asked = (each for each in scope.elements.values() if each.operation in self._known.entries)
        return scope.key == self._bundle.key and variable in {each.result for each in asked}

    def act(self, element: Element, need: Need) -> bool:
        """Whether the act was done on every way; where no token gets nothing is missing."""
        mark = f"act {need.act}"
        return mark in self.anywhere if need.anywhere else self._has(element, mark)

    def key(self, element: Element, read: Read) -> bool:
        """Whether the fact was asked for, or confirmed, as its reader needs it."""
        if not read.always:
            return f"key {read.key}" in self.anywhere
        return self._has(element, f"{'confirmed' if read.confirmed else 'key'} {read.key}")

    def _has(self, element: Element, mark: str) -> bool:
        names = self._surely.names((element.scope, element.id))
        return names is None or mark in names


def _form(element: Element, scheme: str) -> str:
    return (element.form or "").replace("{scheme}", scheme)


def _applies(need: Need, element: Element, scheme: str) -> bool:
    if need.schemes and scheme not in need.schemes:
        return False
    if element.kind == "endEvent":
        return element.scope == scheme and element.status in need.statuses
    return element.operation in need.operations


def _check_waiver(bundle: Bundle, known: Known) -> frozenset[str]:
    """The acts that the owners waive in this type, each of which may be, on a basis that they name."""
    process = bundle.processes.get(bundle.key)
    if process is None or not known.acts:
        return frozenset()
    core = {need.act for need in known.needs if need.is_core(bundle.key)}
    for act in process.waives:
        rule = "waiver-unknown" if act not in known.acts else "waiver-core" if act in core else None
        if rule is not None:
            title = known.acts[act].title if act in known.acts else act
            bundle.report.add(rule, process.file, process.line, process.key, name=process.name, detail=title)
    if not _is_founded(process):
        bundle.report.add("waiver-basis", process.file, process.line, process.key, name=process.name)
    return frozenset(process.waives) - core


def _is_founded(process: Process) -> bool:
    """Whether a waiver names its document by title, number and date; what waives nothing names none."""
    document = (process.waiver_basis, process.waiver_number, process.waiver_date)
    if not process.waives:
        return not any(document)
    try:
        dated = date.fromisoformat(process.waiver_date)
    except ValueError:
        return False
    numbered = _NUMBER.fullmatch(process.waiver_number) is not None
    return len(process.waiver_basis) >= SHORTEST_TITLE and numbered and dated.isoformat() == process.waiver_date


def _report_need(bundle: Bundle, known: Known, file: str, element: Element, need: Need, waived: frozenset[str]) -> None:
    detail = f"{known.acts[need.act].title}（{need.law}）"
    if need.is_core(bundle.key):
        bundle.report.at("core-act-missing", file, element, detail)
    elif need.act not in waived:
        bundle.report.at("act-missing", file, element, detail)


def _check_read(bundle: Bundle, known: Known, file: str, element: Element, read: Read, passed: _Passed) -> None:
    detail = f"{read.label}（{read.key}）"
    if not passed.key(element, read):
        rule = "figure-unconfirmed" if read.confirmed else "fact-unasked" if read.always else "fact-nowhere"
        bundle.report.at(rule, file, element, detail)
    elif read.confirmed or read.kind:
        form = known.confirming.replace("{scheme}", bundle.key)
        asked = known.fields.get(form, {}).get(read.key)
        if asked is None:
            return
        if read.confirmed and not asked.required:
            bundle.report.at("figure-optional", file, element, detail)
        unknown = asked.choices - read.choices if read.kind == "choice" else set()
        if (read.kind and asked.kind != read.kind) or unknown:
            bundle.report.at("fact-kind", file, element, detail)


def _check_relied(bundle: Bundle, known: Known, file: str, element: Element) -> None:
    """A task that the program knows by its id has the form that is read there, and no other one has it."""
    if known.relied:
        _check_said(bundle, known, file, element)
    relied = known.relied.get(element.id)
    if relied is not None:
        if element.form != relied.form:
            bundle.report.at("relied-form", file, element, relied.form)
        if relied.role and element.role != relied.role:
            bundle.report.at("role-duty", file, element, relied.role)
        return
    for identity, each in known.relied.items():
        if each.exclusive and each.form == element.form:
            bundle.report.at("relied-id", file, element, f"{identity}：{each.what}")


def _check_said(bundle: Bundle, known: Known, file: str, element: Element) -> None:
    """What a diagram says of a task exists; a task that the program counts on says it."""
    for value, codes in ((element.asks, known.shown), (element.does, known.effects), (element.seals, {"true"})):
        if value is not None and value not in codes:
            bundle.report.at("said-unknown", file, element, value)
    relied = known.relied.get(element.id)
    if relied is None:
        return
    for name, value, wanted in (
        ("gc:asks", element.asks, relied.asks),
        ("gc:does", element.does, relied.does),
        ("gc:seals", element.seals, relied.seals),
    ):
        if wanted and value != wanted:
            bundle.report.at("said-missing", file, element, f"{relied.what}（{name}={wanted}）")


def _check_grounds(bundle: Bundle, known: Known, file: str, element: Element) -> None:
    """Whoever decides against the firm says why: the letter is made from it."""
    for decision, demanded in known.demanded.get(_form(element, bundle.key), {}).items():
        if decision in known.grounds and not known.grounds[decision] & demanded:
            bundle.report.at("ground-missing", file, element, decision)
