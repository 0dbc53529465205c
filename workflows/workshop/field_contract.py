"""The fields that the program reads, as this release ships them: what the gate holds every other form to.

Kept as data beside this file, so that a release that changes such a field says so; `python -m
workflows.workshop.field_contract FOLDER` writes it anew from the diagrams and forms in a folder.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from workflows import engine, forms, rules
from workflows.case.operations import REGISTRY
from workflows.case.read_fields import readers_of
from workflows.workshop import procedure
from workflows.workshop.bundling import read_library
from workflows.workshop.gatekeeper import asked_by

KEPT = Path(__file__).with_name("field_contract.json")


@lru_cache(maxsize=1)
def promised() -> Mapping[str, Mapping[str, engine.Promised]]:
    """The fields by form and path, with who reads them."""
    stored = json.loads(KEPT.read_text("utf-8"))
    return {
        form: {
            path: engine.Promised(each["title"], kept["name"], "、".join(readers(form, path)), _asked(kept["asked"]))
            for path, kept in each["fields"].items()
        }
        for form, each in stored.items()
    }


def _asked(stored: Mapping[str, Any]) -> engine.Asked:
    return engine.Asked(**{**stored, "choices": frozenset(stored.get("choices", ()))})


def readers(form: str, path: str) -> tuple[str, ...]:
    """Who reads a field of a form: figures of the article, operations, summaries, checks, letters; each once."""
    return tuple(dict.fromkeys([*_declared(form, path), *readers_of(form, path)]))


def _declared(form: str, path: str) -> Iterator[str]:
    for scheme, module in rules.SCHEMES.items():
        if form.startswith(f"{scheme}_") and path in {fact.name for fact in module.FACTS}:
            yield REGISTRY["calculate_amount"].title
    for name, reads in procedure.reads().items():
        if name != "calculate_amount" and any(_of(form, path, read) for read in reads):
            yield REGISTRY[name].title


def _of(form: str, path: str, read: engine.Read) -> bool:
    """Whether an operation reads it: in its own type, and of a figure that is confirmed only what confirms it."""
    if read.key != path or (read.scheme and not form.startswith(f"{read.scheme}_")):
        return False
    return not read.confirmed or form.endswith(procedure.CONFIRMING.removeprefix("{scheme}"))


def of_library(library: Mapping[str, bytes]) -> dict[str, Any]:
    """What of these forms is read, as it is kept: fields that are filled in and have a reader."""
    parts = forms.parts_among(library)
    loaded = [forms.load(content, parts) for path, content in library.items() if forms.is_form(path)]
    found = {form.key: {"title": form.title, "fields": _read_of(form)} for form in loaded}
    return {key: each for key, each in sorted(found.items()) if each["fields"]}


def _read_of(form: forms.Form) -> dict[str, Any]:
    names = {field.path: field.name for each in form.fields for field in (each, *each.fields)}
    return {
        path: {"name": names[path], "asked": _plain(asked)}
        for path, asked in asked_by(form).items()
        if not asked.readonly and readers(form.key, path)
    }


def _plain(asked: engine.Asked) -> dict[str, Any]:
    """What it says; what it leaves open is not written."""
    kept = {name: value for name, value in asdict(asked).items() if value or name in ("required", "kind")}
    return {**kept, **({"choices": sorted(asked.choices)} if asked.choices else {})}


def main(folder: str) -> None:
    """Write the file anew."""
    text = json.dumps(of_library(read_library(Path(folder))), ensure_ascii=False, indent=1)
    KEPT.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
