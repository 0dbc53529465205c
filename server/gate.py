"""`greencase gate`: check diagram files as they lie on disk, before anybody publishes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from server.settings import CHECKOUT
from workflows import bundling, deployments, engine


def check_files(paths: Sequence[Path]) -> Iterator[tuple[str, list[engine.Finding]]]:
    """For each scheme that the files touch, what the gate finds in its whole bundle.

    The rest of a bundle is taken from the folder the file lies in, or from what is shipped when the file lies alone.
    A called diagram is checked in every scheme that calls it. Raises OSError when a file cannot be read.
    """
    for path in paths:
        folder = path.parent.parent if path.parent.name == "shared" else path.parent
        library = bundling.read_library(folder if (folder / "forms").is_dir() else CHECKOUT / "bpmn")
        called = f"shared/{path.name}"
        place = called if called in library or path.parent.name == "shared" else path.name
        library[place] = path.read_bytes()
        schemes = [path.stem]
        if place == called:
            schemes = [
                diagram.removesuffix(".bpmn")
                for diagram in library
                if "/" not in diagram
                and diagram.endswith(".bpmn")
                and called in bundling.assemble(library, diagram.removesuffix(".bpmn"))
            ]
        for scheme in schemes:
            yield scheme, deployments.check(bundling.assemble(library, scheme), scheme)
