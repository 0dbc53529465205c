"""A case judged: replayed through a bundle, compared with what really was, and said as it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypedDict

from workflows import forms
from workflows.engine import compile_bundle
from workflows.rehearsal.record import Outcome, Record
from workflows.rehearsal.replay import Model, replay
from workflows.rehearsal.verdict import judge


class PlaceText(TypedDict):
    """Where a replay went another way than the case."""

    element_id: str
    name: str


class OutcomeText(TypedDict):
    """What came of a case: its status, the end that it reached, its amount before ceilings as a text in yuan."""

    status: str | None
    end: str | None
    amount: str | None


def model_of(files: Mapping[str, bytes], scheme: str, changed: Mapping[str, str]) -> Model:
    """Compile a bundle to replay through. Raises DiagramRefused or FormRefused."""
    diagrams = {path: content for path, content in files.items() if path.endswith(".bpmn")}
    return Model(compile_bundle(diagrams, scheme), forms.load_all(files), changed)


@lru_cache(maxsize=16)
def kept_model(scheme: str, files: tuple[tuple[str, bytes], ...], changed: tuple[tuple[str, str], ...] = ()) -> Model:
    """As `model_of`, compiled once for the same files and values."""
    return model_of(dict(files), scheme, dict(changed))


def judge_record(model: Model, record: Record, actual: Outcome) -> dict[str, Any]:
    """What is kept of a case: the verdict and why, as JSON."""
    replayed = replay(model, record)
    found = judge(actual, replayed)
    return {
        "verdict": found.verdict,
        "where": {"element_id": found.where.element_id, "name": found.where.name} if found.where else None,
        "differences": list(found.differences),
        "missing": list(found.missing),
        "old": _shown(actual),
        "new": _shown(replayed.outcome) if replayed.outcome is not None else None,
    }


def _shown(outcome: Outcome) -> OutcomeText:
    amount = outcome.computed.amounts[2] if outcome.computed else None
    return {"status": outcome.status, "end": outcome.ended_name, "amount": amount}
