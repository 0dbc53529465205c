"""The object store: any S3 server through the `minio` SDK. Keys are generated; names never reach it."""

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

import certifi
import urllib3
from minio import Minio
from minio.commonconfig import GOVERNANCE
from minio.error import MinioException, S3Error
from minio.retention import Retention

PART = 8 * 1024 * 1024
# Answers below 500 that say nothing of the object: the store is busy, or was asked with a clock or a key that is wrong.
TRY_AGAIN = ("SlowDown", "RequestTimeout", "RequestTimeTooSkewed", "SignatureDoesNotMatch", "InvalidAccessKeyId")


class ObjectStoreAway(Exception):
    """The object store does not answer; nothing was kept."""


class ObjectRefused(ObjectStoreAway):
    """The store answers and refuses: this object is not there or may not be touched, and asking again helps nobody."""


class ObjectStore:
    """One bucket. Connections are pooled; every failure of the store is an `ObjectStoreAway`.

    `patience` is how many seconds an answer may take.
    """

    def __init__(
        self, endpoint: str, access_key: str, secret_key: str, bucket: str, secure: bool, *, patience: float = 20
    ) -> None:
        # Short timeouts and one retry: a page that waits for minutes is worse than one that says the store is away.
        pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=2, read=patience),
            maxsize=16,
            retries=urllib3.Retry(total=1, backoff_factor=0.1),
            cert_reqs="CERT_REQUIRED",
            ca_certs=certifi.where(),
        )
        self._client = Minio(endpoint, access_key, secret_key, secure=secure, http_client=pool)
        self._bucket = bucket

    def ensure_bucket(self) -> None:
        """Create the bucket, with object lock (and so with versions), when it is missing."""
        with _Answering():
            if not self._client.bucket_exists(self._bucket):
                self._client.make_bucket(self._bucket, object_lock=True)

    def put(self, key: str, stream: BinaryIO, content_type: str) -> str | None:
        """Write a stream of unknown length part by part, one at a time: memory stays bounded however many upload.

        Answers the store's own version id, None on an unversioned bucket.
        """
        with _Answering():
            result = self._client.put_object(
                self._bucket, key, stream, -1, content_type, part_size=PART, num_parallel_uploads=1
            )
        return result.version_id

    def read(self, key: str, version: str | None) -> Iterator[bytes]:
        """The bytes in pieces of 64 KiB; the first piece is fetched before this returns."""
        with _Answering():
            response = self._client.get_object(self._bucket, key, version_id=version)
        return _pieces(response)

    def remove(self, key: str, version: str | None) -> None:
        with _Answering():
            self._client.remove_object(self._bucket, key, version_id=version)

    def forget(self, key: str) -> None:
        """Remove every version of a key, and the marks of versions that were removed."""
        with _Answering():
            for each in self._client.list_objects(self._bucket, prefix=key, recursive=True, include_version=True):
                if each.object_name == key:
                    self._client.remove_object(self._bucket, key, version_id=each.version_id)

    def lock(self, key: str, version: str | None, until: datetime) -> None:
        """Protect one version against deletion until an instant (object lock, governance mode)."""
        with _Answering():
            self._client.set_object_retention(self._bucket, key, Retention(GOVERNANCE, until), version_id=version)

    def answers(self) -> bool:
        try:
            with _Answering():
                return self._client.bucket_exists(self._bucket)
        except ObjectStoreAway:
            return False


class _Answering:
    """Turn the SDK's and the network's errors into one."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, S3Error) and error.response.status < 500 and error.code not in TRY_AGAIN:
            raise ObjectRefused(error.code) from error
        if isinstance(error, (MinioException, urllib3.exceptions.HTTPError, OSError)):
            raise ObjectStoreAway(type(error).__name__) from error


def _pieces(response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    try:
        yield from response.stream(64 * 1024)
    finally:
        response.close()
        response.release_conn()
