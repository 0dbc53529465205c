"""Bundles that passed the gate, compiled once per content and shared by every case that runs on them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping

from workflows.engine.diagrams import Diagrams, build, bundle_sha256
from workflows.engine.errors import DiagramRefused
from workflows.engine.gate import check_structure

MAX_CACHED = 64

_cache: OrderedDict[str, Diagrams] = OrderedDict()
_lock = threading.Lock()


def compile_bundle(files: Mapping[str, bytes], key: str) -> Diagrams:
    """Compile the diagrams of a bundle whose root process is `key`; cached by content, least recently used leave first.

    Files that are not `.bpmn` count for the hash only. Raises DiagramRefused with the gate's findings.
    """
    sha256 = bundle_sha256(files, key)
    found = find_compiled(sha256)
    if found is not None:
        return found
    findings = check_structure(files, key)
    if findings:
        raise DiagramRefused(findings)
    diagrams = build(files, key, sha256)
    with _lock:
        _cache[sha256] = diagrams
        _cache.move_to_end(sha256)
        while len(_cache) > MAX_CACHED:
            _cache.popitem(last=False)
    return diagrams


def find_compiled(sha256: str) -> Diagrams | None:
    """The bundle with this hash if this process compiled it lately: spares hashing the files at every step."""
    with _lock:
        found = _cache.get(sha256)
        if found is not None:
            _cache.move_to_end(sha256)
        return found
