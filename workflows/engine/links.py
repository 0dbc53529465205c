"""What a diagram names of other files: the processes it calls and the forms of its tasks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from workflows.engine.document import DocumentRefused, read_document
from workflows.engine.model import read_processes


@dataclass(frozen=True)
class Links:
    """Keys of called processes, and form keys as drawn (`{scheme}` not yet replaced), each in drawing order."""

    called: tuple[str, ...]
    forms: tuple[str, ...]


@lru_cache(maxsize=256)
def read_links(diagram: bytes) -> Links:
    """The links of one diagram; none of a file that cannot be read, which the gate then says."""
    try:
        root = read_document(diagram)
    except DocumentRefused:
        return Links((), ())
    elements = [each for process in read_processes("", root) for each in process.elements.values()]
    called = dict.fromkeys(each.called for each in elements if each.called)
    forms = dict.fromkeys(each.form for each in elements if each.form)
    return Links(tuple(called), tuple(forms))
