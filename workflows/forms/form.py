"""A form: its fields in reading order, the arrangement that people see, and its values and conditions in words.

Plain immutable data, made by `loading.load` from a form-js schema and read by everything else in this package.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from workflows.forms.feel import AllOf, AnyOf, Comparison, Condition, evaluate, negate
from workflows.forms.kinds import Kind

DECISION = "decision"
"""Key of the field whose value the process reads."""


@dataclass(frozen=True)
class Option:
    """One choice of a radio, select or checklist."""

    value: str
    label: str


@dataclass(frozen=True, eq=False)
class Field:
    """One thing to fill in.

    `type` is form-js's component type. `path` is the key, with the list's key before it for a column of a list
    ("invoice_lines.net"). `name` is how sentences call the field; it is the label unless the form says otherwise.
    `hide` and `required_when` are conditions over the other fields of the form. `minimum` and `maximum` bound numbers
    and decimal kinds, inclusive. `fields` are the columns of a list, `min_items` and `max_items` its bounds.
    `example` and `prefill` name where a first value comes from (see `examples`). `is_boolean` is a radio whose choices
    are true and false; its value is a bool.
    """

    type: str
    key: str
    path: str
    label: str
    name: str
    description: str = ""
    kind: Kind | None = None
    is_boolean: bool = False
    unit: str = ""
    required: bool = False
    readonly: bool = False
    hide: Condition | None = None
    required_when: Condition | None = None
    min_length: int = 0
    max_length: int = 200
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    pattern: str | None = None
    demand: str = ""
    options: tuple[Option, ...] = ()
    fields: tuple["Field", ...] = ()
    min_items: int = 0
    max_items: int = 0
    example: str | None = None
    prefill: str | None = None
    columns: int | None = None

    @property
    def is_list(self) -> bool:
        return self.type == "dynamiclist"

    def is_hidden(self, values: Mapping[str, object]) -> bool:
        """Whether the field does not apply, given what was chosen elsewhere in the form."""
        return self.hide is not None and evaluate(self.hide, values)

    def is_required(self, values: Mapping[str, object]) -> bool:
        """Whether the field must be filled, given what was chosen elsewhere in the form."""
        if self.readonly or self.is_hidden(values):
            return False
        return self.required or (self.required_when is not None and evaluate(self.required_when, values))

    def display(self, value: Any) -> str:
        """A value of this field as people read it; "" when it is empty."""
        return _display(self, value)

    def choices(self, allowed: Mapping[str, Collection[str]]) -> tuple[Option, ...]:
        """The options that this case leaves open, in the form's order. `allowed` maps a path to the values left; of a
        text field, to the answers that this case offers."""
        narrowed = allowed.get(self.path)
        if narrowed is None:
            return self.options
        if not self.options:
            return tuple(Option(answer, answer) for answer in narrowed)
        return tuple(option for option in self.options if option.value in narrowed)


@dataclass(frozen=True, eq=False)
class Group:
    """Fields under one heading. `id` is the component's, unique in the form."""

    id: str
    label: str
    parts: tuple["Part", ...]
    hide: Condition | None = None


@dataclass(frozen=True, eq=False)
class Text:
    """Words between the fields, one entry a paragraph; plain text, no markup. `id` is the component's."""

    id: str
    paragraphs: tuple[str, ...]
    hide: Condition | None = None


@dataclass(frozen=True, eq=False)
class Separator:
    """A line between the fields."""


Part = Field | Group | Text | Separator


@dataclass(frozen=True, eq=False)
class Form:
    """A loaded form, its shared parts in place. `prefills`: its fields start with the case's own facts."""

    key: str
    title: str
    parts: tuple[Part, ...]
    fields: tuple[Field, ...]
    prefills: bool

    @property
    def decisions(self) -> tuple[str, ...]:
        """The values of the field `decision`, in order; empty when the form decides nothing."""
        field = self.find_field(DECISION)
        return tuple(option.value for option in field.options) if field else ()

    def find_field(self, key: str) -> Field | None:
        return next((field for field in self.fields if field.key == key), None)

    def applies_when(self, part: Part) -> str:
        """When a conditional part is to be filled, in words; "" when always."""
        hide = None if isinstance(part, Separator) else part.hide
        return _describe(self, negate(hide)) if hide else ""

    def editable(self) -> Iterator[Field]:
        return (field for field in self.fields if not field.readonly)


def _display(field: Field, value: Any) -> str:
    """A single field's value as people read it: the choice's label, money with separators and unit. "" when empty."""
    if value is None or value == "" or value == []:
        return ""
    labels = {option.value: option.label for option in field.options}
    if isinstance(value, bool):
        return labels.get("true", "是") if value else labels.get("false", "否")
    if isinstance(value, list):
        return "、".join(labels.get(str(item), str(item)) for item in value)
    text = labels.get(str(value), str(value))
    if field.kind and field.kind.is_decimal:
        text = _separated(text)
    return f"{text} {field.unit}" if field.unit else text


def _describe(form: Form, condition: Condition) -> str:
    """A condition as people say it: 「审查结论」选择「一次性告知补正」."""
    match condition:
        case Comparison(name, value, negated):
            field = form.find_field(name)
            label = field.name if field else name
            if value is None:
                return f"「{label}」{'已填写' if negated else '未填写'}"
            if isinstance(value, bool) and not (field and field.is_boolean):
                return f"{'勾选' if value is not negated else '未勾选'}「{label}」"
            chosen = field.display(value) if field else str(value)
            return f"「{label}」{'未选择' if negated else '选择'}「{chosen}」"
        case AllOf(parts):
            return "且".join(_describe(form, part) for part in parts)
        case AnyOf(parts):
            return "或".join(_describe(form, part) for part in parts)


def _separated(text: str) -> str:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return text
    return f"{amount:,f}" if amount.is_finite() else text
