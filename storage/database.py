"""The database: engine, sessions, migrations and the rights of the application's role."""

import selectors
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import orjson
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DataError, DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm import sessionmaker

from storage import patience
from storage.patience import Patience
from storage.retries import retries, sqlstate
from storage.unit_of_work import UnitOfWork as Session

# What callers need to name of SQLAlchemy, so that it has one home.
__all__ = [
    "DBAPIError",
    "DataError",
    "Database",
    "PoolExhausted",
    "Session",
    "is_away",
    "is_in_the_way",
    "is_passing",
    "migrate",
    "sqlstate",
    "took_too_long",
]

T = TypeVar("T")

MIGRATIONS = Path(__file__).parent / "migrations"
# Rows of these tables are only inserted: the application's role can do nothing else to them, a trigger stops the rest.
INSERT_ONLY = ("audit_event", "ledger_entry", "calculation", "submission", "delivery_address", "paper_service")


class Database:
    """Sessions on one PostgreSQL. READ COMMITTED, with locks taken in one order (docs/decisions/0015)."""

    def __init__(self, url: str, *, pool_size: int = 10, waiting: Patience = patience.OF_JOBS) -> None:
        self.engine: Engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            # The one that was used last has its statements prepared.
            pool_use_lifo=True,
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
            pool_timeout=10,
            connect_args={"application_name": "greencase", **waiting.connect_arguments()},
        )
        event.listen(self.engine, "do_connect", waiting.connect)
        event.listen(self.engine, "checkout", _see_that_it_lives)
        self._sessions = sessionmaker(self.engine, class_=Session, expire_on_commit=False)

    def session(self) -> Session:
        return self._sessions()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One event, one transaction: commit at the end, roll back on any error."""
        with self._sessions.begin() as session:
            yield session

    def run(self, work: Callable[[Session], T]) -> T:
        """`work` in a transaction of its own, done once more from its start where PostgreSQL gave it up for another."""
        try:
            with self.transaction() as session:
                return work(session)
        except DBAPIError as error:
            if not retries.grant(error, "a transaction of its own"):
                raise
        with retries.last_time(), self.transaction() as session:
            return work(session)

    def dispose(self) -> None:
        self.engine.dispose()


def _see_that_it_lives(connection: Any, _record: Any, _proxy: Any) -> None:
    """A server that goes, or that ends a connection, says so on it: what speaks unasked is replaced by the pool.

    So nobody is asked before each transaction, as a ping does, and what was cut is noticed all the same.
    """
    with selectors.DefaultSelector() as listening:
        listening.register(connection, selectors.EVENT_READ)
        if listening.select(timeout=0):
            raise DisconnectionError("the server has ended the connection")


def migrate(owner_url: str, app_url: str) -> None:
    """Bring the schema to the newest version as its owner, then give the application's role its rights."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(owner_url)
    try:
        with engine.begin() as connection:
            # One migration at a time, also when two machines start together.
            connection.execute(text("SELECT pg_advisory_xact_lock(7209441)"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            app_role, owner_role = make_url(app_url).username, make_url(owner_url).username
            if app_role and app_role != owner_role:
                _grant(connection.connection.cursor(), app_role)
    finally:
        engine.dispose()


def _grant(cursor: object, role: str) -> None:
    """Read and write for the application's role; insert-only tables can be neither changed nor emptied by it."""
    from psycopg import sql

    name = sql.Identifier(role)
    statements = [
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(name),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(name),
        sql.SQL("REVOKE ALL ON alembic_version FROM {}").format(name),
        sql.SQL("GRANT SELECT ON alembic_version TO {}").format(name),
    ]
    for table in INSERT_ONLY:
        statements.append(sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), name))
    for statement in statements:
        cursor.execute(statement)  # type: ignore[attr-defined]


# SQLSTATE classes and codes: connection exception, insufficient resources, operator intervention (shutting down,
# starting up), and a server that takes no writes since another took over.
AWAY = ("08", "53", "57P", "25006")
# Serialization failure, deadlock, a lock that could not be had: somebody was faster, and the next try may succeed.
IN_THE_WAY = ("40001", "40P01", "55P03")
TOOK_TOO_LONG = "57014"


def is_away(error: DBAPIError) -> bool:
    """Whether an error means that the database is out of reach, rather than that a statement was wrong."""
    state = sqlstate(error)
    if state is None:  # what never reached the server, or lost it half-way, has no state
        return error.connection_invalidated or isinstance(error, OperationalError)
    return error.connection_invalidated or state.startswith(AWAY)


def is_in_the_way(error: DBAPIError) -> bool:
    """Whether another transaction was in the way: a deadlock, a lock that was not to be had."""
    return sqlstate(error) in IN_THE_WAY


def took_too_long(error: DBAPIError) -> bool:
    """Whether a statement was ended since it took longer than is waited for."""
    return sqlstate(error) == TOOK_TOO_LONG


def is_passing(error: BaseException | None) -> bool:
    """Whether an error tells nothing of what was asked of the database: asked again, it may well succeed."""
    return isinstance(error, DBAPIError) and (is_away(error) or is_in_the_way(error) or took_too_long(error))
