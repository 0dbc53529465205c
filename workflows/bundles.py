"""The compiled form of a definition version: its diagrams and forms, kept in memory because a bundle never changes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from storage import definitions
from storage.database import Session
from workflows import engine, forms
from workflows.errors import NotFound
from workflows.forms import Form


@dataclass(frozen=True)
class Bundle:
    """Diagrams ready to run and the forms of their tasks, by form key."""

    sha256: str
    diagrams: engine.Diagrams
    forms: Mapping[str, Form]
    # The forms as form-js stores them, for clients that render them themselves.
    form_schemas: Mapping[str, Any]

    def form(self, key: str) -> Form:
        return self.forms[key]


@lru_cache(maxsize=64)
def _compile(key: str, sha256: str, files: "FrozenFiles") -> Bundle:
    diagrams = engine.compile_bundle(files.under(".bpmn"), key)
    loaded = {form.key: (form, content) for content in files.under(".form").values() for form in [forms.load(content)]}
    return Bundle(
        sha256,
        diagrams,
        {key: form for key, (form, _) in loaded.items()},
        {key: json.loads(content) for key, (_, content) in loaded.items()},
    )


class FrozenFiles:
    """The files of a bundle; equal by their digest, so that the cache never compares contents."""

    def __init__(self, sha256: str, files: Mapping[str, bytes]) -> None:
        self._sha256, self._files = sha256, files

    def under(self, suffix: str) -> dict[str, bytes]:
        return {path: content for path, content in self._files.items() if path.endswith(suffix)}

    def __hash__(self) -> int:
        return hash(self._sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FrozenFiles) and other._sha256 == self._sha256


_by_id: dict[tuple[str, int], Bundle] = {}


def compile_files(key: str, sha256: str, files: Mapping[str, bytes]) -> Bundle:
    return _compile(key, sha256, FrozenFiles(sha256, files))


def bundle_of(session: Session, definition_id: int) -> Bundle:
    """The bundle of a definition version; read and compiled once a process and database."""
    bind = session.get_bind()
    where = (str(bind.engine.url), definition_id)
    if where not in _by_id:
        version = session.get(definitions.DefinitionVersion, definition_id)
        if version is None:
            raise NotFound("流程版本不存在。")
        files = definitions.load_files(session, definition_id)
        _by_id[where] = compile_files(version.key, version.sha256, files)
    return _by_id[where]
