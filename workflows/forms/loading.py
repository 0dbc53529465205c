"""Reads a form-js schema into a `Form`, and refuses what this program would not render, validate or document alike.

A form is data that process owners edit. Whatever form-js may store but we do not honour (expressions in labels, file
uploads, scripts, hidden default values) is refused here, by name and place, not ignored.
"""

import dataclasses
import hashlib
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
from workflows.forms.refusals import FormRefused, Place, shortened
from workflows.forms.rehearsal import flaws
from workflows.forms.soundness import check_texts, read_json

MAX_FIELDS = 300
MAX_ROWS = 500
MAX_GROUPS = 4


@lru_cache(maxsize=256)
def load(text: bytes) -> Form:
    """The form that the bytes of a `.form` file describe; the same bytes give the same object. Raises FormRefused."""
    return read(text)


def read(text: bytes) -> Form:
    """As `load`, without keeping it: for forms that change with every key somebody presses. Raises FormRefused."""
    schema = read_json(text)
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
    whole = Place(key, "表单")
    properties = read_properties(schema, {"title", "prefill"}, whole)
    title = read_string(properties, "title", whole, default=key, words="名称")
    if properties.get("prefill", "facts") != "facts":
        raise FormRefused(
            whole, 'property prefill of a form can only be "facts"', "的预填只能是“带出本件已有信息”或不带出"
        )
    reading = _Reading(key)
    parts = reading.parts(schema.get("components"), None, whole)
    fields = tuple(_fields(parts))
    _check_conditions(reading, fields, parts)
    _check_decision(reading, fields)
    made = Form(
        key=key,
        title=title,
        parts=parts,
        fields=fields,
        prefills="prefill" in properties,
        sha256=hashlib.sha256(text).hexdigest(),
    )
    for flaw in flaws(made):
        raise FormRefused(reading.place_of(flaw.key), flaw.message, flaw.message_zh)
    return made


@dataclasses.dataclass
class _Reading:
    """Walks the components of one form; remembers the ids met so that none is used twice, and where each key stands."""

    form: str
    count: int = 0
    ids: set[str] = dataclasses.field(default_factory=set)
    places: dict[str, Place] = dataclasses.field(default_factory=dict)

    def place_of(self, key: str) -> Place:
        """Where the field of that key stands; the form where there is none."""
        return self.places.get(key) or Place(self.form, "表单")

    def parts(
        self, components: object, hide: feel.Condition | None, where: Place, within: str = "", depth: int = 0
    ) -> tuple[Part, ...]:
        if not isinstance(components, list):
            raise FormRefused(where, "components must be a list", "中没有组件列表")
        if depth > MAX_GROUPS:
            raise FormRefused(where, f"groups nested deeper than {MAX_GROUPS}", f"的分组嵌套超过{MAX_GROUPS}层")
        parts = tuple(self.part(component, hide, within, depth) for component in components)
        keys = [part.key for part in _fields(parts)]
        doubles = sorted({key for key in keys if keys.count(key) > 1})
        if doubles:
            said = ", ".join(doubles)
            raise FormRefused(where, f"key used twice: {said}", f"中字段标识“{said}”重复，每个字段须各有标识")
        return parts

    def part(self, component: object, hide: feel.Condition | None, within: str, depth: int) -> Part:
        self.count += 1
        whole = Place(self.form, "表单")
        if self.count > MAX_FIELDS:
            raise FormRefused(whole, f"more than {MAX_FIELDS} components", f"超过{MAX_FIELDS}个组件，请拆分")
        if not isinstance(component, dict):
            raise FormRefused(whole, "a component must be an object", "中有无法识别的组件")
        kind = component.get("type")
        where = self.place(component, within)
        if not isinstance(kind, str) or kind not in ATTRIBUTES:
            said = shortened(kind)
            raise FormRefused(where, f"component type {said!r} is not supported", f"是不支持的组件类型“{said}”，请删去")
        allow_only(component, ATTRIBUTES[kind], where)
        check_texts(component, where)
        if within and (kind in ("group", "dynamiclist") or "conditional" in component):
            raise FormRefused(
                where,
                "no groups, lists or conditions inside a list",
                "在明细表内：明细表中不能再有分组、明细表或显示条件",
            )
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
                return Group(id_, label, self.parts(component.get("components"), hide, where, depth=depth + 1), hide)
            case "dynamiclist":
                return self.list(component, hide, where)
            case _:
                return read_field(component, hide, where, within)

    def place(self, component: Mapping[str, Any], within: str) -> Place:
        """Where a component stands, named by its label and key as far as it has them."""
        key = component.get("key") or component.get("path") or component.get("id") or component.get("type")
        label = component.get("label") or component.get("dateLabel") or component.get("text")
        name = shortened(key)
        words = f"「{shortened(label)}」（{name}）" if isinstance(label, str) and label.strip() else f"组件“{name}”"
        id_ = component.get("id")
        place = Place(
            f"{self.form}/{within + '.' if within else ''}{name}",
            f"明细表“{within}”的{words}" if within else words,
            id_ if isinstance(id_, str) else "",
        )
        if not within:
            self.places.setdefault(name, place)
        return place

    def id(self, component: Mapping[str, Any], where: Place) -> str:
        found = read_string(component, "id", where, words="组件编号")
        if not CODE.fullmatch(found) or found in self.ids:
            raise FormRefused(
                where,
                f"id {shortened(found)!r}: letters, digits and _ only, used once",
                f"的组件编号“{shortened(found)}”重复，或含有字母、数字、下划线以外的字符",
            )
        self.ids.add(found)
        return found

    def list(self, component: Mapping[str, Any], hide: feel.Condition | None, where: Place) -> Field:
        key = read_key(component, "path", where)
        if component.get("isRepeating") is not True or component.get("allowAddRemove") is not True:
            raise FormRefused(where, "a list must have isRepeating and allowAddRemove set", "须允许增删行")
        properties = read_properties(component, LIST_PROPERTIES, where)
        label = read_string(component, "label", where)
        columns = self.parts(component.get("components"), None, where, within=key)
        fields = tuple(_fields(columns))
        if not fields or len(fields) != len(columns):
            raise FormRefused(where, "a list has columns and nothing else", "中须有填写项，且只能有填写项")
        min_items = read_whole(properties.get("min_items", "0"), where, "min_items", "最少行数", MAX_ROWS)
        max_items = read_whole(properties.get("max_items", "100"), where, "max_items", "最多行数", MAX_ROWS)
        if not min_items <= max_items or max_items == 0:
            raise FormRefused(where, "min_items is above max_items", "的最少行数大于最多行数")
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


def _check_conditions(reading: _Reading, fields: tuple[Field, ...], parts: tuple[Part, ...]) -> None:
    """A condition reads other fields that people fill; choices are compared with a choice that exists."""
    readable = {field.key: field for field in fields if not field.readonly and not field.is_list}
    for owner, condition in _conditions(fields, parts):
        where = reading.place_of(owner)
        for name in feel.names(condition):
            if name == owner or name not in readable:
                raise FormRefused(
                    where,
                    f"a condition reads {name!r}, which is not another field to fill",
                    f"的条件引用了“{name}”，它不是本表单中另一个可填写的字段",
                )
        for comparison in feel.comparisons(condition):
            read = readable[comparison.name]
            options: set[str | bool] = {True, False} if read.is_boolean else {option.value for option in read.options}
            if options and comparison.value is not None and comparison.value not in options:
                raise FormRefused(
                    where,
                    f"{comparison.name} has no choice {shortened(comparison.value)!r}",
                    f"的条件有误：「{read.name}」（{read.key}）没有选项“{shortened(comparison.value)}”",
                )


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


def _check_decision(reading: _Reading, fields: tuple[Field, ...]) -> None:
    for field in fields:
        if field.key == DECISION and (field.type != "radio" or not field.required or field.hide or field.readonly):
            raise FormRefused(
                reading.place_of(DECISION),
                "the field decision is a required radio, always shown",
                "是办理结论，须为必填的单选，始终显示且不能只读",
            )


def _fields(parts: Iterable[Part]) -> Iterable[Field]:
    for part in parts:
        if isinstance(part, Group):
            yield from _fields(part.parts)
        elif isinstance(part, Field):
            yield part
