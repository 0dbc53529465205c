"""The servers GreenCase brings along: PostgreSQL and an S3 store, started from wheels when none is configured."""

from server.embedded.errors import EmbeddedError, NotShipped, StartFailed
from server.embedded.postgres import PostgresServer, Urls
from server.embedded.s3 import S3, ObjectStore

__all__ = ["S3", "EmbeddedError", "NotShipped", "ObjectStore", "PostgresServer", "StartFailed", "Urls"]
