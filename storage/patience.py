"""How long is waited for the database: for a statement, for a lock, and for a server that says nothing at all."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import generators
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

INTERVAL = 0.1
"""Seconds after which a waiting thread looks around; psycopg's own."""


@dataclass(frozen=True)
class Patience:
    """Seconds; 0 is for ever. PostgreSQL itself ends what takes longer, but for `answer`.

    `lock` is for one lock; `idle` ends a transaction in which nobody asks for anything any more, and frees its locks.
    `answer` is for whatever the server owes: longer than `statement`, for a server at work always says something. One
    that is frozen does not, though its machine goes on to acknowledge every packet, so that no keepalive notices.
    """

    statement: float
    lock: float
    idle: float
    answer: float

    def connect_arguments(self) -> dict[str, Any]:
        """What a connection is asked for."""
        limits = {
            "statement_timeout": self.statement,
            "lock_timeout": self.lock,
            "idle_in_transaction_session_timeout": self.idle,
        }
        settings = {"timezone": "UTC", **{name: f"{seconds * 1000:.0f}" for name, seconds in limits.items()}}
        return {
            "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
            # psycopg makes less than two seconds of it two.
            "connect_timeout": max(1, round(min(self.answer, 5))) if self.answer else 5,
            # A machine that is gone, or a network that is cut, is noticed by these.
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            "tcp_user_timeout": 60_000,
        }

    def connect(self, _dialect: Any, _record: Any, arguments: Any, named: Any) -> psycopg.Connection[Any]:
        """Make a connection that keeps to this; SQLAlchemy asks for one with these arguments."""
        connection = _Impatient.connect(*arguments, **named)
        connection.patience = self.answer or None
        return connection


class _Impatient(psycopg.Connection[Any]):
    """A connection that ends when the server owes an answer for too long."""

    patience: float | None = None

    def wait(self, gen: PQGen[Any], interval: float = INTERVAL, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.errors._WaitTimeout:
            # What was asked is in doubt: nothing more can be asked here. What is not committed is rolled back.
            self.pgconn.finish()
            raise psycopg.OperationalError(f"the server said nothing for {self.patience} seconds") from None

    def rollback(self) -> None:
        """End the transaction and keep the prepared statements.

        psycopg forgets them, since what was rolled back may have made the tables that they read. No transaction here
        does, and after each refused request all of its statements would be planned anew.
        """
        if self.pgconn.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
            with self.lock:
                self.pgconn.send_query(b"ROLLBACK")
                self.wait(generators.execute(self.pgconn))
        else:
            super().rollback()


OF_PAGES = Patience(statement=15, lock=5, idle=300, answer=20)
"""For what somebody waits for."""
OF_JOBS = Patience(statement=600, lock=60, idle=1800, answer=660)
"""For the worker and the command line."""
