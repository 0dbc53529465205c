"""Each act of a batch against each act of a case, and a few more: no deadlock, nothing lost, one after the other.

Three rounds of each in `make test`, as many as GREENCASE_RACE_ROUNDS says in `make races`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import psycopg
import pytest

from server.embedded.postgres import driver_url
from storage.retries import retries
from tests.journeys import meetings
from tests.journeys.conftest import At, Stages
from tests.journeys.meetings import Act, Answer, Batch
from tests.journeys.test_record import broken

ROUNDS = int(os.environ.get("GREENCASE_RACE_ROUNDS") or 3)
PAIRS = {
    f"{name} × {other}": (act, against)
    for name, (act, case) in meetings.OF_BATCHES.items()
    for other, against in meetings.of_cases(case).items()
} | {
    "objection × objection": (meetings.object_to_it, meetings.object_to_it),
    "withdrawal × refusal": (meetings.withdraw("listed"), meetings.refuse),
    # `late` is worse than `resolved` and on no list yet: when that falls away, it must be looked at again.
    "list × withdrawal of the better": (meetings.fix_the_list, meetings.withdraw("resolved")),
}


@pytest.fixture(scope="module")
def batch(stages: Stages) -> Iterator[Batch]:
    with ExitStack() as exits:
        yield Batch.begin(At(stages, exits))


@pytest.mark.parametrize("pair", PAIRS)
def test_whoever_meets_comes_one_after_the_other(batch: Batch, pair: str) -> None:
    """Each act takes effect or is refused in words, and what has come of both is what one after the other brings."""
    batch.at.again()
    first, second = (part(batch) for part in PAIRS[pair])
    serial = [_one_after_the_other(batch, acts) for acts in ((first, second), (second, first))]
    for number in range(ROUNDS):
        batch.at.again()
        before = retries.counts
        answers = _at_once(batch, first, second, ahead=_head_start(number))
        for answer in answers:
            assert _took_effect_or_was_refused(answer), answer
        assert batch.outcome() in serial
        assert broken(batch.at) == []
        batch.at.database.dispose()
        assert (retries.counts, _deadlocks(batch)) == (before, 0)


def _one_after_the_other(batch: Batch, acts: Sequence[Act]) -> object:
    batch.at.again()
    for act in acts:
        act()
    return batch.outcome()


def _head_start(number: int) -> float:
    """Seconds by which the first act is ahead, or behind where negative: 0, 3 ms, -3 ms, 6 ms … up to 30 ms."""
    return ((number + 1) // 2 % 11) * 0.003 * (1 if number % 2 else -1)


def _at_once(batch: Batch, first: Act, second: Act, *, ahead: float) -> list[Answer]:
    start = Barrier(2)

    def run(act: Act, wait: float) -> Answer:
        with batch.at.database.engine.connect():  # whoever has no connection yet comes late
            start.wait()
        time.sleep(max(0.0, wait))
        return act()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, (first, second), (-ahead, ahead)))


def _took_effect_or_was_refused(answer: Answer) -> bool:
    status, body = answer
    return status < 300 or (status in (409, 422) and any("\u4e00" <= sign <= "\u9fff" for sign in body["detail"]))


def _deadlocks(batch: Batch) -> int:
    """How many deadlocks PostgreSQL has broken in this database; known when its sessions have ended."""
    name = batch.at.urls.app_url.rsplit("/", 1)[1]
    with psycopg.connect(driver_url(batch.at.urls.admin_url), autocommit=True) as admin:
        while admin.execute("SELECT 1 FROM pg_stat_activity WHERE datname = %s", [name]).fetchone():
            time.sleep(0.005)
        found = admin.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = %s", [name]).fetchone()
    assert found is not None
    return int(found[0])
