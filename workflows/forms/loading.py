"""Reads a form-js schema into a `Form`, and refuses what this program would not render, validate or document alike.

A form is data that process owners edit. Whatever form-js may store but we do not honour (expressions in labels, file
uploads, scripts, hidden default values) is refused here, by name and place, not ignored.
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from workflows.forms import feel
from workflows.forms.attributes import (
    ATTRIBUTES,
    CODE,
    KEY,
    LIST_PROPERTIES,
    ROOT,
    FormRefused,
    allow_only,
    read_condition,
    read_hide,
    read_key,
    read_properties,
    read_string,
    read_whole,
)
from workflows.forms.fields import read_field
from workflows.forms.form import DECISION, Field, Form, Group, Part, Separator, Text
from workflows.forms.rehearsal import flaws

MAX_BYTES = 512 * 1024
MAX_FIELDS = 300
MAX_ROWS = 500


@lru_cache(maxsize=256)
def load(text: bytes) -> Form:
    """The form that the bytes of a `.form` file describe; the same bytes give the same object. Raises FormRefused."""
    if len(text) > MAX_BYTES:
        raise FormRefused(f"the form is larger than {MAX_BYTES} bytes")
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormRefused(f"not readable as JSON: {error}") from error
    if not isinstance(schema, dict) or schema.get("type") != "default":
        raise FormRefused('not a form-js schema: "type" must be "default"')
    allow_only(schema, ROOT | {"properties"}, "form")
    key = read_string(schema, "id", "form")
    if not KEY.fullmatch(key):
        raise FormRefused(f"form id {key!r}: lower-case letters, digits and _ only")
    properties = read_properties(schema, {"title", "prefill"}, key)
    if properties.get("prefill", "facts") != "facts":
        raise FormRefused(f'{key}: property prefill of a form can only be "facts"')
    reading = _Reading(key)
    parts = reading.parts(schema.get("components"), None)
    fields = tuple(_fields(parts))
    _check_conditions(key, fields, parts)
    _check_decision(key, fields)
    form = Form(
        key=key,
        title=properties.get("title", key),
        parts=parts,
        fields=fields,
        prefills="prefill" in properties,
        sha256=hashlib.sha256(text).hexdigest(),
    )
    found = flaws(form)
    if found:
        raise FormRefused(f"{key}: {'; '.join(found)}")
    return form


@dataclasses.dataclass
class _Reading:
    """Walks the components of one form; remembers the keys met so that none is used twice."""

    form: str
    count: int = 0
    ids: set[str] = dataclasses.field(default_factory=set)

    def parts(self, components: object, hide: feel.Condition | None, within: str = "") -> tuple[Part, ...]:
        if not isinstance(components, list):
            raise FormRefused(f"{within or self.form}: components must be a list")
        parts = tuple(self.part(component, hide, within) for component in components)
        keys = [part.key for part in _fields(parts)]
        doubles = {key for key in keys if keys.count(key) > 1}
        if doubles:
            raise FormRefused(f"{within or self.form}: key used twice: {', '.join(sorted(doubles))}")
        return parts

    def part(self, component: object, hide: feel.Condition | None, within: str) -> Part:
        self.count += 1
        if self.count > MAX_FIELDS:
            raise FormRefused(f"{self.form}: more than {MAX_FIELDS} components")
        if not isinstance(component, dict):
            raise FormRefused(f"{self.form}: a component must be an object")
        kind = component.get("type")
        where = f"{self.form}/{within + '.' if within else ''}{component.get('key') or component.get('id') or kind}"
        if not isinstance(kind, str) or kind not in ATTRIBUTES:
            raise FormRefused(f"{where}: component type {kind!r} is not supported")
        allow_only(component, ATTRIBUTES[kind], where)
        if within and (kind in ("group", "dynamiclist") or "conditional" in component):
            raise FormRefused(f"{where}: no groups, lists or conditions inside a list")
        hide = _join(hide, read_hide(component, where))
        id_ = self.id(component, where)
        match kind:
            case "separator":
                return Separator()
            case "text":
                text = read_string(component, "text", where)
                return Text(id_, tuple(line.strip() for line in text.splitlines() if line.strip()), hide)
            case "group":
                label = read_string(component, "label", where, default="")
                return Group(id_, label, self.parts(component.get("components"), hide), hide)
            case "dynamiclist":
                return self.list(component, hide, where)
            case _:
                return read_field(component, hide, where, within)

    def id(self, component: Mapping[str, Any], where: str) -> str:
        found = read_string(component, "id", where)
        if not CODE.fullmatch(found) or found in self.ids:
            raise FormRefused(f"{where}: id {found!r}: letters, digits and _ only, used once")
        self.ids.add(found)
        return found

    def list(self, component: Mapping[str, Any], hide: feel.Condition | None, where: str) -> Field:
        key = read_key(component, "path", where)
        if component.get("isRepeating") is not True or component.get("allowAddRemove") is not True:
            raise FormRefused(f"{where}: a list must have isRepeating and allowAddRemove set")
        properties = read_properties(component, LIST_PROPERTIES, where)
        label = read_string(component, "label", where)
        columns = self.parts(component.get("components"), None, within=key)
        fields = tuple(_fields(columns))
        if not fields or len(fields) != len(columns):
            raise FormRefused(f"{where}: a list has columns and nothing else")
        min_items = read_whole(properties.get("min_items", "0"), f"{where}: property min_items", MAX_ROWS)
        max_items = read_whole(properties.get("max_items", "100"), f"{where}: property max_items", MAX_ROWS)
        if not min_items <= max_items or max_items == 0:
            raise FormRefused(f"{where}: min_items is above max_items")
        return Field(
            type="dynamiclist",
            key=key,
            path=key,
            label=label,
            name=properties.get("name", label),
            description=properties.get("description", ""),
            required=min_items > 0,
            hide=hide,
            required_when=read_condition(properties.get("required_when"), where),
            fields=fields,
            min_items=min_items,
            max_items=max_items,
            example=properties.get("example"),
            prefill=properties.get("prefill"),
        )


def _join(outer: feel.Condition | None, inner: feel.Condition | None) -> feel.Condition | None:
    if outer and inner:
        return feel.AnyOf((outer, inner))
    return outer or inner


def _check_conditions(form: str, fields: tuple[Field, ...], parts: tuple[Part, ...]) -> None:
    """A condition reads other fields that people fill; choices are compared with a choice that exists."""
    readable = {field.key: field for field in fields if not field.readonly and not field.is_list}
    for owner, condition in _conditions(fields, parts):
        for name in feel.names(condition):
            if name == owner or name not in readable:
                raise FormRefused(f"{form}/{owner}: a condition reads {name!r}, which is not another field to fill")
        for comparison in feel.comparisons(condition):
            read = readable[comparison.name]
            options: set[str | bool] = {True, False} if read.is_boolean else {option.value for option in read.options}
            if options and comparison.value is not None and comparison.value not in options:
                raise FormRefused(f"{form}/{owner}: {comparison.name} has no choice {comparison.value!r}")


def _conditions(fields: tuple[Field, ...], parts: Iterable[Part]) -> Iterable[tuple[str, feel.Condition]]:
    for field in fields:
        for condition in (field.hide, field.required_when):
            if condition:
                yield field.key, condition
    for part in parts:
        if isinstance(part, Group):
            yield from _conditions((), part.parts)
        elif isinstance(part, Text) and part.hide:
            yield "text", part.hide


def _check_decision(form: str, fields: tuple[Field, ...]) -> None:
    for field in fields:
        if field.key == DECISION and (field.type != "radio" or not field.required or field.hide or field.readonly):
            raise FormRefused(f"{form}: the field decision is a required radio, always shown")


def _fields(parts: Iterable[Part]) -> Iterable[Field]:
    for part in parts:
        if isinstance(part, Group):
            yield from _fields(part.parts)
        elif isinstance(part, Field):
            yield part
