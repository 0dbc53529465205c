"""What the law lets happen only upon an answer happens upon that answer, whatever way is drawn to it."""

from __future__ import annotations

from workflows.engine.gate.bundle import Bundle
from workflows.engine.gate.known import Known, Said, Source
from workflows.engine.gate.sources import variables_of
from workflows.engine.gate.words import UNSAID, Words
from workflows.engine.model import Element


def check_decided(bundle: Bundle, known: Known) -> None:
    """Each way into a task, an operation or an end that `known.said` speaks of has the answer that it needs."""
    speaking = [
        (each, file, element)
        for file, element in bundle.elements()
        for each in known.said
        if _speaks(each, element, bundle.key)
    ]
    if not speaking:
        return
    words = Words(bundle, known)
    kept = {source: sorted(set(variables_of(source, bundle))) for each, _, _ in speaking for source in each.answers}
    for said, file, element in speaking:
        answers = [(source, kept[source]) for source in said.answers]
        if not said.every and any(not names for _, names in answers):
            answers = [(source, names) for source, names in answers if names]
        for state in words.arriving(element):
            if not _holds(said, answers, words, state):
                bundle.report.at("not-decided", file, element, f"{said.title}（{said.law}）")


def _speaks(said: Said, element: Element, scheme: str) -> bool:
    if said.schemes and scheme not in said.schemes:
        return False
    form = (element.form or "").replace("{scheme}", scheme)
    forms = {each.replace("{scheme}", scheme) for each in said.forms}
    waits = element.kind == "intermediateCatchEvent" and element.message in said.messages
    performs = element.operation in said.operations or (element.called is not None and element.called in said.calls)
    return waits or performs or (element.kind == "userTask" and form in forms)


def _holds(said: Said, answers: list[tuple[Source, list[str]]], words: Words, state: int) -> bool:
    """Whether every answer that is asked for at all was the right one; or, where one is enough, whether one was."""
    if said.every:
        return all(words.said(state, name) - {UNSAID} <= source.words for source, names in answers for name in names)
    return any(
        words.said(state, name) and words.said(state, name) <= source.words
        for source, names in answers
        for name in names
    )
