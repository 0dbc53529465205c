"""Whatever an earlier release stored is read by this program, means what it meant, and goes on to its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

import pytest

from storage.batches import Batch
from tests.engine.exploring import Living
from tests.engine.shipped import SCHEMES
from tests.golden import releases
from tests.golden.__main__ import main
from tests.golden.releases import Kept, where
from workflows import forms, program, rehearsal, rules
from workflows.case.operations import REGISTRY
from workflows.case.running import ends_of_publicity
from workflows.case.step import kept_values, pinned_values
from workflows.engine import Diagrams, compile_bundle
from workflows.permissions import ROLES
from workflows.rules import parameters

WITH_STATES = [(release, scheme) for release in releases.list_releases(releases.STATES) for scheme in SCHEMES]
MOST_MOVES = 200


class Resumed(Living):
    """A case that goes on from a stored state, by the first answer everywhere."""

    def __init__(self, diagrams: Diagrams, kept: Kept) -> None:
        self.diagrams, self.state, self.now = diagrams, kept.state, datetime.fromisoformat(kept.at)
        self.answers, self.calls = {}, []
        self.choose: Callable[[Sequence[Any]], Any] = lambda values: values[0]


@cache
def bundle(release: str, scheme: str) -> tuple[Diagrams, dict[str, forms.Form]]:
    files = releases.read_bundles(release)[scheme]
    drawings = {path: content for path, content in files.items() if path.endswith(".bpmn")}
    return compile_bundle(drawings, scheme), dict(forms.load_all(files))


@cache
def states(release: str) -> list[Kept]:
    return releases.read_states(release)


def batch_of(release: str) -> Batch:
    return Batch(parameters=releases.read_json(release, releases.BATCH))


def test_this_release_is_kept(capsys):
    assert program.RELEASE in releases.list_releases(releases.STATES), "python -m tests.golden keeps it"
    assert main() == 1, "what is kept is never written again"
    assert "kept already" in capsys.readouterr().out


# ---- stored states ----


@pytest.mark.parametrize(("release", "scheme"), WITH_STATES)
def test_a_stored_state_stands_where_it_stood(release, scheme):
    diagrams, own_forms = bundle(release, scheme)
    pinned = pinned_values(batch_of(release))
    for kept in states(release):
        if kept.scheme != scheme:
            continue
        case = Resumed(diagrams, kept)
        assert where(case.instance) == kept.stands, kept.name
        again = Resumed(diagrams, replace(kept, state=case.instance.dump()))
        assert where(again.instance) == kept.stands, kept.name
        assert list(case.instance.history()) and list(case.instance.path()), kept.name
        assert rehearsal.read_outcome(case.instance, None).status == kept.stands["status"], kept.name
        for task in case.open:
            assert (task.form or "").replace("{scheme}", scheme) in own_forms, kept.name
            assert task.role in ROLES, kept.name
            assert task.due is None or task.due.isdigit() or isinstance(pinned[task.due], int), kept.name


@pytest.mark.parametrize(("release", "scheme"), WITH_STATES)
def test_a_stored_state_goes_on_to_an_end(release, scheme):
    diagrams, _ = bundle(release, scheme)
    for kept in states(release):
        if kept.scheme != scheme:
            continue
        case = Resumed(diagrams, kept)
        for _ in range(MOST_MOVES):
            if case.ended is not None:
                break
            case.move()
        assert case.ended is not None, kept.name
        assert {call.operation for call in case.calls} <= set(REGISTRY), kept.name


@pytest.mark.parametrize(("release", "scheme"), WITH_STATES)
def test_the_end_of_publicity_can_be_withheld(release, scheme):
    """An objection that nobody has looked at holds the period of cases on bundles that did not know of it."""
    diagrams, _ = bundle(release, scheme)
    found = 0
    for kept in states(release):
        if kept.scheme != scheme or "objection_accepted" not in {wait["message"] for wait in kept.stands["waits"]}:
            continue
        case = Resumed(diagrams, kept)
        withheld = ends_of_publicity(case.instance.waits())
        due = case.instance.next_due()
        assert due is not None
        assert case.instance.next_due(withheld) is None, kept.name
        case.instance.move_clock(due)
        case.instance.advance(withheld)
        assert where(case.instance) == kept.stands, kept.name
        case.instance.advance()
        assert where(case.instance) != kept.stands, kept.name
        found += 1
    assert found


@pytest.mark.parametrize(("release", "scheme"), WITH_STATES)
def test_every_point_at_which_a_case_waits_is_kept(release, scheme):
    diagrams, _ = bundle(release, scheme)
    elements = [element for process in diagrams.processes.values() for element in process.elements.values()]
    waited_for = {"userTask", "intermediateCatchEvent", "boundaryEvent", "receiveTask"}
    mine = [kept.stands for kept in states(release) if kept.scheme == scheme]
    found = {each["element_id"] for stands in mine for each in (*stands["open"], *stands["waits"])}
    assert found == {element.id for element in elements if element.kind in waited_for}
    ends = {element.id for element in diagrams.processes[scheme].elements.values() if element.kind == "endEvent"}
    assert {stands["ended"] for stands in mine} == {None, *ends}


# ---- pinned batches ----


@pytest.mark.parametrize("release", releases.list_releases())
def test_a_batch_has_every_value_that_the_rules_ask_for(release):
    pinned = pinned_values(batch_of(release))
    lacking = {each.id for each in parameters.required_for(SCHEMES)} - set(pinned)
    assert not lacking, f"{lacking}: a new parameter says which value held `before` it"
    texts, _ = kept_values(batch_of(release))
    added = {id: each for id, each in parameters.catalog().items() if id not in texts}
    assert all(each.before is not None for each in added.values()), added


@pytest.mark.parametrize("release", releases.list_releases())
def test_a_pinned_value_means_what_it_meant(release):
    texts, types = kept_values(batch_of(release))
    forgotten = {id for id in texts if parameters.find(id) is None}
    assert not forgotten, f"{forgotten}: an entry gets `retired_on` and stays"
    changed = {id for id, type in types.items() if parameters.find(id).type != type}
    assert not changed, f"{changed}: another meaning is another id"
    pinned = pinned_values(batch_of(release))
    for id, text in texts.items():
        kind = parameters.KINDS[types.get(id, parameters.find(id).type)]
        assert kind.as_text(pinned[id]) == text, id


@pytest.mark.parametrize("release", releases.list_releases())
def test_the_amounts_under_a_pinned_batch_are_what_they_were(release):
    pinned = pinned_values(batch_of(release))
    kept = releases.read_json(release, releases.AMOUNTS)
    assert {each["scheme"] for each in kept} == set(SCHEMES)
    for each in kept:
        given = rules.determine(each["scheme"], each.pop("facts"), pinned, date.fromisoformat(each["on"]))
        assert {name: value for name, value in given.as_dict().items() if name in each} == each
