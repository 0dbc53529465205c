"""`greencase gate`: check diagram files as they lie on disk, before anybody publishes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from server.settings import CHECKOUT
from workflows import engine
from workflows.workshop import bundling, inspection


def check_files(paths: Sequence[Path]) -> Iterator[tuple[str, list[engine.Finding]]]:
    """For each scheme that the files touch, what the gate finds in its whole bundle.

    Files of one folder are checked together. The rest of a bundle is taken from that folder, or from what is shipped
    where no forms lie beside them; a called diagram is checked in every scheme that calls it. As with a draft of the
    workshop a child process with limits does it. Raises OSError when a file cannot be read.
    """
    folders: dict[Path, dict[Path, bytes]] = {}
    for path in paths:
        folder = path.parent.parent if path.parent.name == "shared" else path.parent
        folders.setdefault(folder.resolve(), {})[path] = path.read_bytes()
    for folder, files in folders.items():
        library = bundling.read_library(folder if (folder / "forms").is_dir() else CHECKOUT / "bpmn")
        placed = {_place(path, library): content for path, content in files.items()}
        library |= placed
        schemes = [name.removesuffix(".bpmn") for name in library if "/" not in name and name.endswith(".bpmn")]
        bundles = {scheme: bundling.assemble(library, scheme) for scheme in schemes}
        touched = {scheme: bundle for scheme, bundle in bundles.items() if placed.keys() & bundle.keys()}
        yield from inspection.inspect(touched).items()


def _place(path: Path, library: dict[str, bytes]) -> str:
    called = f"shared/{path.name}"
    return called if called in library or path.parent.name == "shared" else path.name
