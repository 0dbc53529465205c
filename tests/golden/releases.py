"""The folders of releases, read and written."""

from __future__ import annotations

import io
import json
import lzma
import tarfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflows.engine import OpenTask, ProcessInstance, Wait

FOLDER = Path(__file__).parent
BATCH, AMOUNTS, BUNDLES, STATES = "batch.json", "amounts.json", "bundles.tar.xz", "states.json.xz"
_CONTENTS = "bundles.json"


@dataclass(frozen=True)
class Kept:
    """The stored state of a case, the instant at which it was stored, and where the case stood then."""

    scheme: str
    at: str
    state: bytes
    stands: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What the case waits for, in short."""
        open_tasks = sorted({task["element_id"] for task in self.stands["open"]})
        waits = sorted({wait["element_id"] for wait in self.stands["waits"]})
        return f"{self.scheme}: {'+'.join(open_tasks)} / {'+'.join(waits)} / {self.stands['ended']}"


def where(instance: ProcessInstance) -> dict[str, Any]:
    """Where a case stands: its open tasks, what it waits for, its status, stage and end."""
    ended = instance.ended
    return {
        "open": [_task(task) for task in instance.open_tasks()],
        "waits": [_wait(wait) for wait in instance.waits()],
        "status": instance.status(),
        "stage": instance.stage(),
        "ended": ended.element_id if ended else None,
    }


def _task(task: OpenTask) -> dict[str, Any]:
    return {name: getattr(task, name) for name in ("id", "element_id", "process", "role", "form", "due", "assignee")}


def _wait(wait: Wait) -> dict[str, Any]:
    names = ("element_id", "process", "kind", "message", "boundary")
    return {name: getattr(wait, name) for name in names} | {"due_at": wait.due_at and wait.due_at.isoformat()}


def list_releases(having: str = BATCH) -> list[str]:
    """The releases of which there is such a file, in order."""
    return sorted(path.parent.name for path in FOLDER.glob(f"*/{having}"))


def read_json(release: str, name: str) -> Any:
    return json.loads((FOLDER / release / name).read_text("utf-8"))


def read_bundles(release: str) -> dict[str, dict[str, bytes]]:
    """The files of each scheme's bundle by path."""
    with tarfile.open(FOLDER / release / BUNDLES, "r:xz") as archive:
        files = {member.name: _content(archive, member) for member in archive.getmembers()}
    contents: dict[str, list[str]] = json.loads(files.pop(_CONTENTS))
    return {scheme: {path: files[path] for path in paths} for scheme, paths in contents.items()}


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    found = archive.extractfile(member)
    assert found is not None
    return found.read()


def read_states(release: str) -> list[Kept]:
    kept = json.loads(lzma.decompress((FOLDER / release / STATES).read_bytes()))
    return [Kept(each["scheme"], each["at"], _deflated(each["format"], each["text"]), each["stands"]) for each in kept]


def write_json(folder: Path, name: str, value: Any) -> None:
    (folder / name).write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")


def write_bundles(folder: Path, bundles: Mapping[str, Mapping[str, bytes]]) -> None:
    files = {path: content for bundle in bundles.values() for path, content in bundle.items()}
    contents = {scheme: sorted(bundle) for scheme, bundle in bundles.items()}
    with tarfile.open(folder / BUNDLES, "w:xz", preset=9) as archive:
        for path, content in [(_CONTENTS, json.dumps(contents).encode()), *sorted(files.items())]:
            member = tarfile.TarInfo(path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def write_states(folder: Path, kept: Sequence[Kept]) -> None:
    rows = []
    for each in kept:
        number, text = _inflated(each.state)
        rows.append({"scheme": each.scheme, "at": each.at, "format": number, "text": text, "stands": each.stands})
    packed = lzma.compress(json.dumps(rows, ensure_ascii=False).encode(), preset=9)
    (folder / STATES).write_bytes(packed)


# A state is one byte and deflated text (formats 1 and 2). What is deflated packs badly: the text is kept as it is,
# letter for letter, in a tenth of the room, and deflated again.


def _inflated(state: bytes) -> tuple[int, str]:
    return state[0], zlib.decompress(state[1:]).decode()


def _deflated(number: int, text: str) -> bytes:
    return bytes([number]) + zlib.compress(text.encode(), 1)
