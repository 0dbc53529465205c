"""What a task completion cannot cost less than: the engine's own step and one row read, locked and written."""

from __future__ import annotations

import secrets
import time
from typing import Any

import psycopg

from server.embedded.postgres import driver_url
from tests.bench.step import answered
from tests.engine.driving import NOW
from tests.engine.shipped import DECISIONS, PAYLOADS, bundle
from workflows.engine import ProcessInstance, compile_bundle


class Floor:
    """Cases of one diagram, each a row of a table of its own, moved by plain psycopg and the engine alone."""

    def __init__(self, admin_url: str, scheme: str = "retrofit") -> None:
        self._diagrams = compile_bundle(bundle(scheme), scheme)
        self._connection = psycopg.connect(driver_url(admin_url))
        self._connection.execute("CREATE TABLE IF NOT EXISTS bench_floor (id text PRIMARY KEY, state bytea NOT NULL)")
        self._connection.commit()
        self.seconds: list[float] = []
        """How long each completion took, from reading the row to the commit."""

    def drive(self) -> None:
        """One case from its start to its end; every completion is timed."""
        key, now = secrets.token_hex(8), NOW
        state = ProcessInstance.start(self._diagrams, answered, now).dump()
        self._connection.execute("INSERT INTO bench_floor VALUES (%s, %s)", [key, state])
        self._connection.commit()
        while True:
            instance = ProcessInstance.load(self._diagrams, state, answered, now)
            if instance.ended is not None:
                return
            waiting = [wait.message for wait in instance.waits() if wait.message in ("listed", "resolved", "published")]
            if tasks := instance.open_tasks():
                began = time.perf_counter()
                state = self._complete(key, tasks[0].id, DECISIONS.get(tasks[0].element_id, [None])[0], now)
                self.seconds.append(time.perf_counter() - began)
                continue
            if waiting:
                name = str(waiting[0])
                instance.deliver(name, {name: PAYLOADS[name][0]} if name in PAYLOADS else {})
            else:
                now = instance.next_due() or now
                instance = ProcessInstance.load(self._diagrams, state, answered, now)
                instance.advance()
            state = instance.dump()
            self._write(key, state)

    def _complete(self, key: str, task_id: str, decision: str | None, now: Any) -> bytes:
        row = self._connection.execute("SELECT state FROM bench_floor WHERE id = %s FOR UPDATE", [key]).fetchone()
        assert row is not None
        instance = ProcessInstance.load(self._diagrams, row[0], answered, now)
        instance.complete(task_id, decision)
        state = instance.dump()
        self._write(key, state)
        return state

    def _write(self, key: str, state: bytes) -> None:
        self._connection.execute("UPDATE bench_floor SET state = %s WHERE id = %s", [state, key])
        self._connection.commit()

    def close(self) -> None:
        self._connection.execute("DROP TABLE bench_floor")
        self._connection.commit()
        self._connection.close()
