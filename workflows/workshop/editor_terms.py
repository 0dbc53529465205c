"""What a diagram may refer to, in the words that its owner chooses from: the diagram editor's lists.

Read from the files of a draft, so that a form or a called process drawn a minute ago is offered already. Files that
cannot be read offer nothing; the gate says why.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from workflows import engine, forms, rules
from workflows.case import operations
from workflows.case.drawn import ASKS, DOES
from workflows.case.operations.registry import TASKS
from workflows.codes.reasons import REASONS
from workflows.codes.stages import STAGES
from workflows.codes.statuses import STATUSES
from workflows.engine.document import DocumentRefused, read_document
from workflows.engine.model import Element, Process, read_processes
from workflows.permissions import ROLES
from workflows.rules import parameters
from workflows.workshop import procedure
from workflows.workshop.bundling import assemble

SYSTEM_LANE = "系统（自动）"
WORKING_DAYS = "个工作日"
SCHEME = "{scheme}"
# What the batches and the objections tell a case, and the words that come along in the message's own variable.
MESSAGES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "listed": ("已列入拟支持汇总表", {}),
    "resolved": (
        "审议结果已登记",
        {"support": "同意支持", "defer": "缓议", "refuse": "不予支持", "cut": "限额再次调减"},
    ),
    "refusal_resolved": ("拟不予支持的审议结果已登记", {"refuse": "不予支持", "defer": "退回重新审查"}),
    "published": ("公示已发布", {}),
    "reallocated": ("限额重新分配", {"amount": "金额调整", "notice": "仅调整公示"}),
    "objection_accepted": ("异议已受理", {}),
    "checks_settled": ("查重结论已确认", {}),
    "relisted": ("重新汇总测算", {}),
    "recounted": ("已转入审定年度核算", {"same": "金额未变化", "amount": "金额有变化"}),
    "hold_settled": ("暂缓事项已核实", {}),
    "recovery_received": ("退回款项已确认", {}),
    "revocation_begun": ("登记撤销支持决定的线索", {}),
}

Terms = dict[str, Any]


def terms_of(library: Mapping[str, bytes], process: str) -> Terms:
    """Everything that the editor of one process offers; `library` is every file as the draft would have it."""
    bundles = _bundles_with(library, process)
    users = list(bundles)
    loaded = _forms(library)
    drawn = _processes(library)
    around = _around(bundles, drawn, process)
    return {
        "process": process,
        "main": process in rules.SCHEMES,
        "users": [{"key": scheme, "title": rules.SCHEMES[scheme].TITLE} for scheme in users],
        "roles": _named({**ROLES, "system": SYSTEM_LANE}),
        "statuses": _named(STATUSES),
        "reasons": _named(REASONS),
        "stages": _named({code: f"{code} {name}" for code, name in STAGES.items()}),
        "forms": list(_offered_forms(loaded, users)),
        "asks": _named(ASKS),
        "effects": _named(DOES),
        "waivable": list(_waivable(process)),
        "operations": [_operation(each) for each in operations.REGISTRY.values()],
        "periods": list(_periods()),
        "messages": [
            {"name": name, "title": title, "values": _named(words)} for name, (title, words) in MESSAGES.items()
        ],
        "processes": [
            {"key": key, "title": found.name} for key, found in sorted(drawn.items()) if _may_call(process, key, drawn)
        ],
        "variables": list(_variables(around, loaded, users)),
        "tasks": list(_tasks(around)),
    }


def _bundles_with(library: Mapping[str, bytes], process: str) -> dict[str, dict[str, bytes]]:
    """The bundles that hold a process, by scheme in the policy's order."""
    bundles = {scheme: assemble(library, scheme) for scheme in rules.SCHEMES}
    file = f"{process}.bpmn"
    return {key: each for key, each in bundles.items() if any(path.rpartition("/")[2] == file for path in each)}


def scope_of(library: Mapping[str, bytes], process: str) -> dict[str, list[str]]:
    """Element id → the variables that surely have a value when a case gets there, in every scheme that goes there."""
    scopes = []
    for scheme, bundle in _bundles_with(library, process).items():
        diagrams = {path: content for path, content in bundle.items() if path.endswith(".bpmn")}
        scopes.append(engine.scope_of_variables(diagrams, scheme).get(process, {}))
    elements = scopes[0] if scopes else {}
    return {element: sorted(set.intersection(*(set(each.get(element, ())) for each in scopes))) for element in elements}


def _named(words: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"value": code, "label": label} for code, label in words.items()]


def _operation(operation: operations.Operation) -> Terms:
    return {
        "name": operation.name,
        "title": operation.title,
        "help": operation.help,
        "parameters": [
            {"name": name, "help": text, "kind": _kind(operation, name)} for name, text in operation.parameters.items()
        ],
        "gives": operation.gives,
        "results": _named(operation.results),
    }


def _waivable(process: str) -> Iterator[dict[str, str]]:
    """The steps that the owners of a type may waive on a basis; a called process waives nothing."""
    if process in rules.SCHEMES:
        core = {need.act for need in procedure.NEEDS if need.is_core(process)}
        yield from _named({code: act.title for code, act in procedure.ACTS.items() if code not in core})


def _kind(operation: operations.Operation, parameter: str) -> str:
    if operation.sums is not None and parameter == TASKS:
        return "tasks"
    return "period" if parameter in operation.periods else "text"


def _periods() -> Iterator[Terms]:
    """The legal values that are counted in working days."""
    for each in parameters.catalog().values():
        if each.unit == WORKING_DAYS:
            value = None if each.default is None else each.show(parameters.parse(each, each.default))
            yield {"id": each.id, "label": each.label, "value": value}


def _forms(library: Mapping[str, bytes]) -> dict[str, forms.Form]:
    found = {}
    parts = forms.parts_among(library)
    for path, content in library.items():
        if forms.is_form(path):
            try:
                form = forms.load(content, parts)
            except forms.FormRefused:
                continue
            found[form.key] = form
    return found


def _offered_forms(loaded: Mapping[str, forms.Form], users: list[str]) -> Iterator[Terms]:
    """First those that every type has in a version of its own, then those that all share."""
    own = {key: scheme for key in loaded for scheme in rules.SCHEMES if key.startswith(f"{scheme}_")}
    suffixes = [key.removeprefix(users[0]) for key, scheme in own.items() if scheme == users[0]] if users else []
    for suffix in suffixes:
        versions = [loaded[scheme + suffix] for scheme in users if scheme + suffix in loaded]
        if len(versions) == len(users):
            title = versions[0].title if len(versions) == 1 else f"{versions[0].title}（随支持事项）"
            yield {
                "key": f"{SCHEME}{suffix}",
                "file": f"{users[0]}{suffix}",
                "title": title,
                "decisions": _decisions(*versions),
            }
    for key, form in loaded.items():
        if key not in own:
            yield {"key": key, "file": key, "title": form.title, "decisions": _decisions(form)}


def _decisions(*versions: forms.Form) -> list[dict[str, str]]:
    """The answers that the forms offer, each once."""
    words: dict[str, str] = {}
    for form in versions:
        field = form.find_field(forms.DECISION)
        for option in field.options if field else ():
            words.setdefault(option.value, option.label)
    return _named(words)


def _processes(library: Mapping[str, bytes]) -> dict[str, Process]:
    found = {}
    for path, content in library.items():
        if path.endswith(".bpmn"):
            try:
                root = read_document(content)
            except DocumentRefused:
                continue
            found.update({each.key: each for each in read_processes(path, root)})
    return found


def _may_call(caller: str, key: str, drawn: Mapping[str, Process]) -> bool:
    """Called processes, but not those that lead back to the caller."""
    return key not in rules.SCHEMES and caller not in _reached(key, drawn)


def _reached(key: str, drawn: Mapping[str, Process]) -> set[str]:
    reached, waiting = set(), [key]
    while waiting:
        each = waiting.pop()
        if each not in reached and each in drawn:
            reached.add(each)
            waiting += [element.called for element in drawn[each].elements.values() if element.called]
    return reached | {key}


def _around(bundles: Mapping[str, Mapping[str, bytes]], drawn: Mapping[str, Process], process: str) -> list[Process]:
    """The other processes of the bundles that hold this one; the editor itself knows its own diagram."""
    paths = {path for bundle in bundles.values() for path in bundle}
    return [found for found in drawn.values() if found.file in paths and found.key != process]


def _variables(around: list[Process], loaded: Mapping[str, forms.Form], users: list[str]) -> Iterator[Terms]:
    """What the other diagrams set. What only some of the schemes set is offered too: the gate has the last word."""
    seen: dict[str, Terms] = {}
    for process in around:
        for element in process.elements.values():
            for variable in _set_by(element, loaded, users):
                known = seen.setdefault(variable["name"], {**variable, "process": process.name})
                known["values"] += [each for each in variable["values"] if each not in known["values"]]
    yield from seen.values()


def _tasks(around: list[Process]) -> Iterator[Terms]:
    """The tasks for people of the other diagrams, each once: whoever did one may be kept from another."""
    seen: set[str] = set()
    for process in around:
        for element in process.elements.values():
            if element.kind == "userTask" and element.id not in seen:
                seen.add(element.id)
                yield {"id": element.id, "name": element.name, "process": process.name}


def _set_by(element: Element, loaded: Mapping[str, forms.Form], users: list[str]) -> Iterator[Terms]:
    """The variables that an element sets: a task its decision, a service task its result, a message its word."""
    if element.kind == "userTask" and element.multi_instance is None:
        keys = [(element.form or "").replace(SCHEME, scheme) for scheme in users]
        decisions = _decisions(*[loaded[key] for key in dict.fromkeys(keys) if key in loaded])
        yield {"name": element.id, "label": element.name, "gives": "word", "values": decisions}
    if element.result:
        operation = operations.REGISTRY.get(element.operation or "")
        yield {
            "name": element.result,
            "label": element.name,
            "gives": operation.gives if operation else "word",
            "values": _named(operation.results) if operation else [],
        }
    if element.message:
        title, words = MESSAGES.get(element.message, (element.message, {}))
        yield {"name": element.message, "label": title, "gives": "word", "values": _named(words)}
