"""`python -m tests.golden` keeps what this release leaves behind, in a folder of its own."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from storage.batches import Batch
from storage.parameters import ParameterValue
from tests.bench.determinations import FACTS
from tests.contract_client import CHOSEN
from tests.engine.exploring import Explorer, drawn
from tests.engine.shipped import LIBRARY, SCHEMES
from tests.golden import releases
from tests.golden.releases import Kept
from workflows import program, rules
from workflows.case.step import pinned_values
from workflows.engine import Diagrams, compile_bundle
from workflows.policy.parameters import pinned_of
from workflows.rules import parameters
from workflows.workshop import bundling

ON = date(2026, 3, 2)
CONFIRMED_AT = datetime(2026, 2, 27, 1, tzinfo=UTC)
# Walks that find nothing new before a scheme counts as seen; each is some fifty steps.
WALKS_IN_VAIN = 100
LONGEST_WALK = 150


def main() -> int:
    folder = releases.FOLDER / program.RELEASE
    if folder.exists():
        print(f"{folder.name} is kept already, and what a release left is a fact: a new release has a new number")
        return 1
    folder.mkdir()
    keep_batch(folder)
    bundles = {scheme: bundling.assemble(LIBRARY, scheme) for scheme in SCHEMES}
    releases.write_bundles(folder, bundles)
    kept = [each for scheme in SCHEMES for each in walk(scheme, bundles[scheme])]
    releases.write_states(folder, kept)
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{folder.name}: {len(kept)} states, {size // 1024} KB")
    return 0


def keep_batch(folder: Path) -> None:
    """A batch of all schemes, every value confirmed as shipped, and the amounts of some facts under it."""
    confirmed = {each.id: _confirmed(each) for each in parameters.catalog().values() if each.status != "FIXED"}
    batch = Batch(parameters=pinned_of(confirmed, SCHEMES))
    releases.write_json(folder, releases.BATCH, batch.parameters)
    releases.write_json(folder, releases.AMOUNTS, amounts(batch))


def _confirmed(parameter: parameters.Parameter) -> ParameterValue:
    return ParameterValue(
        parameter=parameter.id,
        value=CHOSEN.get(parameter.id, parameter.default),
        basis="虚构文〔2026〕1号",
        effective_on=ON,
        confirmed_by="owner2",
        confirmed_at=CONFIRMED_AT,
    )


def amounts(batch: Batch) -> list[dict[str, Any]]:
    """What the rules make of the facts, as calculations keep it but for the words."""
    made = []
    for scheme, facts in FACTS.items():
        given = rules.determine(scheme, facts, pinned_values(batch), ON).as_dict()
        told = ("eligible", "computed_amount", "item_amount", "precap_amount", "parameters")
        made.append({"scheme": scheme, "on": ON.isoformat(), "facts": facts} | {name: given[name] for name in told})
    return made


def walk(scheme: str, files: dict[str, bytes]) -> list[Kept]:
    """The smallest state at each point where walks through a scheme's diagrams come to rest, until every flow was
    taken and nothing new turns up."""
    diagrams = compile_bundle({path: files[path] for path in files if path.endswith(".bpmn")}, scheme)
    found: dict[tuple[frozenset[str], ...], Kept] = {}
    left = {key: drawn(diagrams, key) for key in diagrams.processes}
    taken: Counter[tuple[str, str]] = Counter()
    chance, in_vain = random.Random(scheme), 0
    while any(left.values()) or in_vain < WALKS_IN_VAIN:
        case, in_vain = Explorer(diagrams, random.Random(chance.random()), taken), in_vain + 1
        for kept in _rests(case, scheme, diagrams):
            key = _position(kept.stands)
            in_vain = in_vain if key in found else 0
            if key not in found or len(kept.state) < len(found[key].state):
                found[key] = kept
        for path in case.instance.path():
            left[path.key] -= {*path.done, *path.flows}
    return sorted(found.values(), key=lambda each: each.name)


def _rests(case: Explorer, scheme: str, diagrams: Diagrams) -> Iterator[Kept]:
    for _ in range(LONGEST_WALK):
        yield Kept(scheme, case.now.isoformat(), case.instance.dump(), releases.where(case.instance))
        if case.ended is not None:
            return
        case.move()


def _position(stands: dict[str, Any]) -> tuple[frozenset[str], ...]:
    """What makes two states the same point: the elements that are open and waited for, however many experts sit."""
    names = [frozenset(str(each["element_id"]) for each in stands[what]) for what in ("open", "waits")]
    return (*names, frozenset([str(stands["ended"])]))


if __name__ == "__main__":
    sys.exit(main())
