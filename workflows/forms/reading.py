"""The components of a form, one after the other: from form-js's to ours, each refused by name and place if it must be.

What holds for the form as a whole (conditions, the decision) is checked when all of them have been read.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from workflows.forms import feel
from workflows.forms.attributes import (
    ATTRIBUTES,
    CODE,
    LIST_PROPERTIES,
    allow_only,
    read_condition,
    read_hide,
    read_key,
    read_properties,
    read_string,
    read_whole,
)
from workflows.forms.fields import read_field
from workflows.forms.form import DECISION, Field, Group, Part, Separator, Text
from workflows.forms.refusals import FormRefused, Place, shortened
from workflows.forms.shared_parts import PART, stands_for_part
from workflows.forms.soundness import check_texts

MAX_FIELDS = 300
MAX_ROWS = 500
MAX_GROUPS = 4


@dataclasses.dataclass
class Reading:
    """Walks the components of one form; remembers the ids met so that none is used twice, and where each key stands.

    `shared` is the group in which a shared part is being read: whatever is wrong there is wrong at that group.
    """

    form: str
    count: int = 0
    shared: Mapping[str, Any] | None = None
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
        parts: list[Part] = []
        for component in components:
            part = self.part(component, hide, within, depth)
            # A shared part without a name of its own stands among what is around it.
            bare = isinstance(part, Group) and not part.label and stands_for_part(component)
            parts += part.parts if isinstance(part, Group) and bare else [part]
        keys = [part.key for part in fields_of(parts)]
        doubles = sorted({key for key in keys if keys.count(key) > 1})
        if doubles:
            said = ", ".join(doubles)
            raise FormRefused(where, f"key used twice: {said}", f"中字段标识“{said}”重复，每个字段须各有标识")
        return tuple(parts)

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
                return self.group(component, id_, hide, where, depth)
            case "dynamiclist":
                return self.list(component, hide, where)
            case _:
                return read_field(component, hide, where, within)

    def group(
        self, component: Mapping[str, Any], id_: str, hide: feel.Condition | None, where: Place, depth: int
    ) -> Group:
        """A group, or a shared part in its place."""
        label = read_string(component, "label", where, default="")
        if stands_for_part(component):
            read_properties(component, {PART}, where)
        outside = self.shared
        self.shared = component if stands_for_part(component) else outside
        parts = self.parts(component.get("components"), hide, where, depth=depth + 1)
        self.shared = outside
        return Group(id_, label, parts, hide)

    def place(self, component: Mapping[str, Any], within: str) -> Place:
        """Where a component stands, named by its label and key as far as it has them."""
        key = component.get("key") or component.get("path") or component.get("id") or component.get("type")
        label = component.get("label") or component.get("dateLabel") or component.get("text")
        name = shortened(key)
        words = f"「{shortened(label)}」（{name}）" if isinstance(label, str) and label.strip() else f"组件“{name}”"
        id_ = component.get("id")
        if self.shared is not None:
            # The editor shows the group, not what is in it.
            id_ = self.shared.get("id")
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
        # What a shared part is called was checked in its own file; here its group's id stands before it.
        if (self.shared is None and not CODE.fullmatch(found)) or found in self.ids:
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
        fields = tuple(fields_of(columns))
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


def check_conditions(reading: Reading, fields: tuple[Field, ...], parts: tuple[Part, ...]) -> None:
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


def check_decision(reading: Reading, fields: tuple[Field, ...]) -> None:
    for field in fields:
        if field.key == DECISION and (field.type != "radio" or not field.required or field.hide or field.readonly):
            raise FormRefused(
                reading.place_of(DECISION),
                "the field decision is a required radio, always shown",
                "是办理结论，须为必填的单选，始终显示且不能只读",
            )


def fields_of(parts: Iterable[Part]) -> Iterable[Field]:
    """The fields among the parts of a form, groups looked into, in reading order."""
    for part in parts:
        if isinstance(part, Group):
            yield from fields_of(part.parts)
        elif isinstance(part, Field):
            yield part
