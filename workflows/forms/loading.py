"""Reads a form-js schema into a `Form`, and refuses what this program would not render, validate or document alike.

A form is data that process owners edit. Whatever form-js may store but we do not honour (expressions in labels, file
uploads, scripts, hidden default values) is refused here, by name and place, not ignored.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from workflows.forms.attributes import KEY, ROOT, allow_only, read_properties, read_string
from workflows.forms.form import Form
from workflows.forms.reading import Reading, check_conditions, check_decision, fields_of
from workflows.forms.refusals import PART_REFUSED, FormRefused, Place, shortened
from workflows.forms.rehearsal import Flaw, flaws, flaws_of_part
from workflows.forms.shared_parts import (
    check_references,
    contents_of,
    is_form,
    parts_among,
    parts_named,
    put_in_place,
    refuse_clashes,
    refuse_references,
)
from workflows.forms.soundness import check_texts, read_json

NO_PARTS: Mapping[str, bytes] = MappingProxyType({})


def load(text: bytes, parts: Mapping[str, bytes] = NO_PARTS) -> Form:
    """The form that the bytes of a `.form` file describe, with the shared parts that it refers to in their places.

    `parts` are those of its bundle. The same bytes give the same object. Raises FormRefused.
    """
    return _kept(text, tuple((name, parts[name]) for name in parts_named(text) if name in parts))


@lru_cache(maxsize=256)
def _kept(text: bytes, parts: tuple[tuple[str, bytes], ...]) -> Form:
    return read(text, dict(parts))


@lru_cache(maxsize=64)
def load_part(text: bytes) -> Form:
    """A shared part by itself, as `load` does a form: its conditions read nothing from outside. Raises FormRefused."""
    return read_part(text)


def load_all(files: Mapping[str, bytes]) -> dict[str, Form]:
    """The forms of a bundle by key. Raises FormRefused for the first that cannot be used."""
    parts = parts_among(files)
    loaded = [load(content, parts) for path, content in files.items() if is_form(path)]
    return {form.key: form for form in loaded}


def schema_of(text: bytes, parts: Mapping[str, bytes]) -> dict[str, Any]:
    """The form-js schema of a form that could be loaded, parts in place, for clients that render it themselves."""
    return put_in_place(read_json(text), contents_of(parts_named(text), parts))


def read(text: bytes, parts: Mapping[str, bytes] = NO_PARTS) -> Form:
    """As `load`, without keeping it: for forms that change with every key somebody presses. Raises FormRefused."""
    schema = read_json(text)
    key = _key(schema, {"title", "prefill"})
    references = check_references(key, schema, parts)
    for name, where in references.items():
        try:
            load_part(parts[name])
        except FormRefused as refused:
            words = f"的共用部分“{name}”有误：{refused.message_zh}"
            raise FormRefused(where, f"its shared part: {refused}", words, PART_REFUSED) from refused
    contents = contents_of(references, parts)
    refuse_clashes(key, schema, contents)
    return _form(put_in_place(schema, contents), key, flaws)


def read_part(text: bytes) -> Form:
    """As `load_part`, without keeping it. Raises FormRefused."""
    schema = read_json(text)
    key = _key(schema, {"title"})
    refuse_references(key, schema)
    # form-js takes a form's id for a component's. Forms are not asked: versions in force may have such a one.
    return _form(schema, key, flaws_of_part, taken=(key,))


def _key(schema: dict[str, Any], properties: set[str]) -> str:
    """The id of a schema of which everything but the components has been read."""
    form = Place("form", "表单")
    allow_only(schema, ROOT | {"properties"}, form)
    check_texts(schema, form)
    key = read_string(schema, "id", form, words="标识")
    if not KEY.fullmatch(key):
        raise FormRefused(
            form,
            f"form id {shortened(key)!r}: lower-case letters, digits and _ only",
            f"的标识“{shortened(key)}”须以小写字母开头，只能由小写字母、数字和下划线组成",
        )
    read_properties(schema, properties, Place(key, "表单"))
    return key


def _form(
    schema: Mapping[str, Any], key: str, flaws_of: Callable[[Form], list[Flaw]], taken: Iterable[str] = ()
) -> Form:
    whole = Place(key, "表单")
    properties = schema.get("properties", {})
    title = read_string(properties, "title", whole, default=key, words="名称")
    if properties.get("prefill", "facts") != "facts":
        raise FormRefused(
            whole, 'property prefill of a form can only be "facts"', "的预填只能是“带出本件已有信息”或不带出"
        )
    reading = Reading(key, ids=set(taken))
    parts = reading.parts(schema.get("components"), None, whole)
    fields = tuple(fields_of(parts))
    check_conditions(reading, fields, parts)
    check_decision(reading, fields)
    made = Form(key=key, title=title, parts=parts, fields=fields, prefills="prefill" in properties)
    for flaw in flaws_of(made):
        raise FormRefused(reading.place_of(flaw.key), flaw.message, flaw.message_zh)
    return made
