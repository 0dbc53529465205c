"""What people ask for, done by whichever worker is free: each kind of job with what does it and what gives it up.

Deferred by the use case that asks (`storage.job_queue.defer`), done at least once: whoever does one reads again under
lock what is still to do.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage import job_queue
from storage.database import Session
from workflows.attempts import Away, Broken, Workplace, attempt, attempt_part, judged
from workflows.foresight import migrations, rehearsals, what_if

log = logging.getLogger("greencase.asked")


@dataclass(frozen=True)
class Asked:
    """One kind of job. Both are called with the job's arguments by name.

    `do` raises Away to be tried again. Whatever else it raises, `give_up` says to whoever asked, in a transaction of
    its own: it gets the session, the Broken and now.
    """

    do: Callable[..., None]
    give_up: Callable[..., None]


KINDS: Mapping[str, Asked] = {
    rehearsals.JOB: Asked(rehearsals.judge_chunk, rehearsals.give_up),
    migrations.JOB: Asked(migrations.move_chunk, migrations.give_up),
    what_if.JOB: Asked(what_if.work_out, what_if.give_up),
}


def perform(name: str, at: Workplace, arguments: Mapping[str, Any]) -> None:
    """Do one job. Raises Away when it is to be tried again, Broken when it was given up."""
    kind = KINDS[name]
    try:
        kind.do(at, **arguments)
    except Exception as error:
        why = judged(error)
        if isinstance(why, Away):
            log.warning("job %s %s waits: %s", name, arguments, why)
            raise why from error
        log.error("job %s %s is given up: %s", name, arguments, why, exc_info=error)
        attempt(at.database, lambda session: kind.give_up(session, why, at.now, **arguments))
        raise why from error


def retry_lost(session: Session, now: datetime) -> None:
    """Put back the jobs whose workers are gone; those that were lost too often are given up."""
    for name, arguments in job_queue.retry_lost(session):
        why = Broken(f"the worker was lost {job_queue.MOST_LOSSES} times")
        log.error("job %s %s is given up: %s", name, arguments, why)
        if name in KINDS:
            _give_up(session, name, why, now, arguments)


def _give_up(session: Session, name: str, why: Broken, now: datetime, arguments: Mapping[str, Any]) -> None:
    try:
        attempt_part(session, lambda: KINDS[name].give_up(session, why, now, **arguments))
    except Broken as worse:
        log.error("nobody can be told of job %s %s: %s", name, arguments, worse, exc_info=worse.__cause__)
