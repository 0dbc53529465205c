"""Who may do what, who is kept from it, what a letter's term is, what a task listens for: as the program states it."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.engine.gate.bundle import Bundle, Scope
from workflows.engine.gate.known import Duty, Known
from workflows.engine.model import Element

LETTER, DAYS = "letter", "days"


def check_duties(bundle: Bundle, known: Known) -> None:
    """Lanes, separation, terms and messages of the tasks and operations that the program speaks of."""
    tasks = [element for _, element in bundle.elements() if element.kind == "userTask"]
    for file, element in bundle.elements():
        if element.kind == "userTask":
            for duty in known.duties:
                if _form(element, bundle.key) == _named(duty.form, bundle.key):
                    _check_duty(bundle, file, element, duty, tasks)
    if known.terms:
        _check_terms(bundle, known)
    for scope in bundle.scopes():
        for element in scope.elements.values():
            for message in sorted(known.listens.get(_listening(element), frozenset()) - _heard(scope, element)):
                if scope.key == bundle.key:
                    bundle.report.at("message-unheard", scope.file, element, message)
            again = _comes_again(bundle, scope, element, known.once & set(_done_at(bundle, element)))
            if again is not None:
                bundle.report.at("operation-twice", scope.file, element, again.name)


def _form(element: Element, scheme: str) -> str:
    return _named(element.form or "", scheme)


def _named(form: str, scheme: str) -> str:
    return form.replace("{scheme}", scheme)


def _check_duty(bundle: Bundle, file: str, element: Element, duty: Duty, tasks: list[Element]) -> None:
    if element.role not in duty.roles:
        bundle.report.at("role-duty", file, element, "、".join(sorted(duty.titles)))
    if duty.apart_role and element.role != duty.apart_role:
        return
    apart = {_named(form, bundle.key) for form in duty.apart}
    for other in tasks:
        kept = other.id in element.separate_from
        if other.id != element.id and _form(other, bundle.key) in apart and not kept:
            bundle.report.at("separation-missing", file, element, other.name)


def _check_terms(bundle: Bundle, known: Known) -> None:
    """A term is that of its letter: the letter says how many days, and every element of the diagram counts as many."""
    counted: dict[str, set[str]] = {}
    placed: list[tuple[str, Element, str, str]] = []
    for file, element in bundle.elements():
        given = dict(element.parameters)
        letters = known.announces.get(element.operation or "", given.get(LETTER))
        for letter in (letters or "").split() if DAYS in given else ():
            counted.setdefault(letter, set()).add(given[DAYS])
            placed.append((file, element, letter, given[DAYS]))
    for file, element, letter, days in placed:
        if letter not in known.terms:
            bundle.report.at("term-letter", file, element, letter)
        elif (known.terms[letter] or days) != days or len(counted[letter]) > 1:
            said = known.terms[letter] or "、".join(sorted(counted[letter]))
            bundle.report.at("term-days", file, element, said)


def _listening(element: Element) -> str:
    return element.called or element.form or ""


def _heard(scope: Scope, element: Element) -> set[str]:
    return {event.message for event in scope.boundaries[element.id] if event.message}


def _comes_again(bundle: Bundle, scope: Scope, element: Element, once: frozenset[str]) -> Element | None:
    """The other element that does the same, to which a token that left this one may come."""
    waiting, seen = scope.next_ids(element.id) if once else [], {element.id}
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        if once & set(_done_at(bundle, scope.elements[here])):
            return scope.elements[here]
        waiting += scope.next_ids(here)
    return None


def _done_at(bundle: Bundle, element: Element, within: frozenset[str] = frozenset()) -> Iterator[str]:
    """The operations of an element, and of all that it calls."""
    if element.operation:
        yield element.operation
    called = element.called or ""
    if called in bundle.processes and called not in within:
        for inner in bundle.processes[called].elements.values():
            yield from _done_at(bundle, inner, within | {called})
