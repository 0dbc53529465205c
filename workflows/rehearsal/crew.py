"""Replays on several processors: each process compiles a bundle once and judges its share of the cases."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from typing import Any

from workflows import forms
from workflows.engine import compile_bundle
from workflows.rehearsal.record import Outcome, Record
from workflows.rehearsal.replay import Model, replay
from workflows.rehearsal.verdict import judge

# Below this a share is not worth the way to another process.
LEAST_SHARE = 12


@dataclass(frozen=True)
class Job:
    """Cases of one scheme to judge: the bundle's files, the texts of changed values, records with what really was."""

    scheme: str
    files: tuple[tuple[str, bytes], ...]
    changed: tuple[tuple[str, str], ...]
    cases: tuple[tuple[Record, Outcome], ...]

    def split(self, shares: int) -> list[Job]:
        """The same work in at most so many jobs."""
        size = max(LEAST_SHARE, -(-len(self.cases) // shares))
        parts = [self.cases[start : start + size] for start in range(0, len(self.cases), size)]
        return [Job(self.scheme, self.files, self.changed, part) for part in parts]


def model_of(files: Mapping[str, bytes], scheme: str, changed: Mapping[str, str]) -> Model:
    """Compile a bundle to replay through. Raises DiagramRefused or FormRefused."""
    diagrams = {path: content for path, content in files.items() if path.endswith(".bpmn")}
    return Model(compile_bundle(diagrams, scheme), forms.load_all(files), changed)


@lru_cache(maxsize=16)
def kept_model(scheme: str, files: tuple[tuple[str, bytes], ...], changed: tuple[tuple[str, str], ...] = ()) -> Model:
    """As `model_of`, compiled once for the same files and values."""
    return model_of(dict(files), scheme, dict(changed))


def judge_all(job: Job) -> list[dict[str, Any]]:
    """What is kept of each case of a job, in its order: the verdict and why, as JSON."""
    model = kept_model(job.scheme, job.files, job.changed)
    return [_judged(model, record, actual) for record, actual in job.cases]


def _judged(model: Model, record: Record, actual: Outcome) -> dict[str, Any]:
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


def _shown(outcome: Outcome) -> dict[str, Any]:
    amount = outcome.computed.amounts[2] if outcome.computed else None
    return {"status": outcome.status, "end": outcome.ended_name, "amount": amount}


class Crew:
    """Processes that judge; started when first needed, so that who never rehearses pays nothing."""

    def __init__(self, processes: int | None = None) -> None:
        self._processes = processes or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None

    def judge(self, jobs: Sequence[Job]) -> list[list[dict[str, Any]]]:
        """The answers to each job, in order."""
        parts = [(index, part) for index, job in enumerate(jobs) for part in job.split(self._processes)]
        answers: list[list[dict[str, Any]]] = [[] for _ in jobs]
        here = self._processes == 1 or len(parts) < 2
        found = [judge_all(part) for _, part in parts] if here else self._judge_elsewhere([part for _, part in parts])
        for (index, _), judged in zip(parts, found, strict=True):
            answers[index] += judged
        return answers

    def _judge_elsewhere(self, parts: Sequence[Job]) -> list[list[dict[str, Any]]]:
        try:
            return list(self._started().map(judge_all, parts))
        except BrokenProcessPool:
            # A process was killed, for want of memory perhaps, and its crew is lost with it.
            self.close()
        try:
            return list(self._started().map(judge_all, parts))
        except BrokenProcessPool:
            self.close()
            raise

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Spawned, not forked: the worker holds connections and threads that no copy may have.
            self._pool = ProcessPoolExecutor(
                self._processes, mp_context=get_context("spawn"), initializer=_ignore_ctrl_c
            )
        return self._pool

    def close(self) -> None:
        """Stop the processes; they start again when needed."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def _ignore_ctrl_c() -> None:
    """Ctrl-C ends the worker, which ends its crew in order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
