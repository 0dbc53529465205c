"""The compiled form of a definition version: its diagrams and forms, kept in memory because a bundle never changes."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from storage import definitions
from storage.database import Session
from workflows import engine, forms
from workflows.errors import NotFound
from workflows.forms import Form

MAX_KEPT = 64


@dataclass(frozen=True)
class Bundle:
    """Diagrams ready to run and the forms of their tasks, by form key."""

    diagrams: engine.Diagrams
    forms: Mapping[str, Form]
    # The forms as form-js stores them, shared parts in place, for clients that render them themselves.
    form_schemas: Mapping[str, Any]

    def form(self, key: str) -> Form:
        return self.forms[key]

    def calls(self, process: str) -> bool:
        """Whether some diagram of the bundle calls this process."""
        return process in self.diagrams.processes

    def element(self, process: str, element_id: str) -> engine.Element:
        """An element of one of its diagrams, as drawn."""
        return self.diagrams.elements(process)[element_id]


# By database and definition version, the one used longest ago first.
_kept: OrderedDict[tuple[str, int], Bundle] = OrderedDict()
_lock = Lock()


def bundle_of(session: Session, definition_id: int) -> Bundle:
    """The bundle of a definition version; read and compiled once a process and database, while it is in use."""
    where = (str(session.get_bind().engine.url), definition_id)
    with _lock:
        if where in _kept:
            _kept.move_to_end(where)
            return _kept[where]
    bundle = _compile(session, definition_id)
    with _lock:
        _kept[where] = bundle
        while len(_kept) > MAX_KEPT:
            _kept.popitem(last=False)
    return bundle


def _compile(session: Session, definition_id: int) -> Bundle:
    version = session.get(definitions.DefinitionVersion, definition_id)
    if version is None:
        raise NotFound("流程版本不存在。")
    files = definitions.load_files(session, definition_id)
    diagrams = {path: content for path, content in files.items() if path.endswith(".bpmn")}
    parts = forms.parts_among(files)
    schemas = [forms.schema_of(content, parts) for path, content in files.items() if forms.is_form(path)]
    return Bundle(
        engine.compile_bundle(diagrams, version.key),
        forms.load_all(files),
        {schema["id"]: schema for schema in schemas},
    )
