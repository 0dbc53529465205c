"""Who uses the forms of a draft: the tasks that are filled with one, the forms that hold a shared part."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from workflows import forms, rules
from workflows.engine.document import DocumentRefused, read_document
from workflows.engine.model import read_processes
from workflows.workshop.proposal import Proposal

SCHEME = "{scheme}"


@dataclass(frozen=True)
class Use:
    """A task that is filled with a form: in which process."""

    process: str
    process_name: str
    task: str
    task_name: str


def uses_of(proposal: Proposal) -> dict[str, tuple[Use, ...]]:
    """Form key → the tasks that are filled with it; a task of a called process may use one for each type."""
    found: dict[str, list[Use]] = {}
    callers = _callers(proposal)
    for path, content in proposal.after.items():
        for use, name in _tasks(path, content):
            for scheme in callers.get(path, ()) if SCHEME in name else ("",):
                found.setdefault(name.replace(SCHEME, scheme), []).append(use)
    return {key: tuple(dict.fromkeys(uses)) for key, uses in found.items()}


def _callers(proposal: Proposal) -> dict[str, list[str]]:
    """Diagram → the types whose bundle it belongs to."""
    callers: dict[str, list[str]] = {}
    for scheme, bundle in proposal.assembled.items():
        for path in bundle:
            callers.setdefault(path, []).append(scheme)
    return callers


@lru_cache(maxsize=128)
def _tasks(path: str, content: bytes) -> tuple[tuple[Use, str], ...]:
    """The tasks of a diagram with the name of their form; of one that cannot be read there are none."""
    if not path.endswith(".bpmn"):
        return ()
    try:
        root = read_document(content)
    except DocumentRefused:
        return ()
    return tuple(
        (Use(process.key, process.name, element.id, element.name), element.form)
        for process in read_processes(path, root)
        for element in process.elements.values()
        if element.form
    )


def forms_reached(proposal: Proposal, path: str) -> set[str]:
    """The files of the forms that a diagram uses, and of their parts: of a type all in its bundle, of a called process
    those that it names."""
    scheme = path.removesuffix(".bpmn")
    if scheme in rules.SCHEMES:
        return {each for each in proposal.assembled[scheme] if each.endswith(".form")}
    callers = _callers(proposal).get(path, [])
    named = [name for _, name in _tasks(path, proposal.after.get(path, b""))]
    reached = {f"forms/{name.replace(SCHEME, scheme)}.form" for name in named for scheme in callers or [""]}
    held = [forms.parts_named(proposal.after[each]) for each in reached if each in proposal.after]
    return {*reached, *(forms.path_of_part(part) for parts in held for part in parts)} & proposal.after.keys()


def forms_holding(library: Mapping[str, bytes], part: str) -> list[str]:
    """The files of the forms that hold the shared part of that key, in order."""
    return sorted(path for path, text in library.items() if forms.is_form(path) and part in forms.parts_named(text))


def told_apart(titles: Mapping[str, str]) -> list[str]:
    """The titles of forms, by file; with the type of subsidy where several are called the same."""
    called = list(titles.values())
    return [f"{title}（{_type_of(path)}）" if called.count(title) > 1 else title for path, title in titles.items()]


def _type_of(path: str) -> str:
    key = PurePosixPath(path).stem
    return next((each.TITLE for scheme, each in rules.SCHEMES.items() if key.startswith(f"{scheme}_")), key)
