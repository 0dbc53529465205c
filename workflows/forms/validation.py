"""Judges a submission against its form, first value by value, then as a whole by the form's JSON Schema.

Every message is one Chinese sentence that names the field; what was sent is never repeated in it.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from workflows.forms.errors import FieldError, Invalid
from workflows.forms.form import Field, Form
from workflows.forms.json_schema import Allowed, json_schema
from workflows.forms.settling import not_offered
from workflows.forms.values import Unfit, matches, read_value

_MAX_ERRORS = 100
_UNUSUAL = re.compile(r"[^\w.-]+")


def validate(form: Form, data: object, *, allowed: Allowed | None = None, once: bool = False) -> dict[str, Any]:
    """The cleaned submission: texts trimmed, empty entries and read-only fields left out, an unticked box false.

    `allowed` leaves only some choices of a field open (path → values); what is sent for one that it does not offer at
    all is left out. `once` is for a form that may not come again, of which nothing is kept. Raises Invalid with every
    field that is wrong.
    """
    if not isinstance(data, Mapping):
        raise Invalid([FieldError("", "提交内容须为表单各项的键值对象")])
    reading = _Reading(form)
    absent = not_offered(form, allowed or {})
    clean = {key: value for key, value in reading.read(data).items() if key not in absent}
    reading.refuse_hidden(clean)
    validator = _make_validator if once else _validator
    for error in validator(form, _frozen(allowed or {})).iter_errors(clean):
        reading.note(error)
    if reading.errors:
        raise Invalid(reading.in_order())
    return clean


class _Reading:
    def __init__(self, form: Form) -> None:
        self.form = form
        self.errors: dict[str, str] = {}

    def read(self, data: Mapping[str, Any]) -> dict[str, Any]:
        self._refuse_unknown(data, {field.key for field in self.form.fields}, "")
        clean = {}
        for field in self.form.editable():
            raw = data.get(field.key)
            value = self._rows(field, raw) if field.is_list else self._value(field, raw, field.key, f"「{field.name}」")
            if value is None and field.type == "checkbox":
                value = False
            if value is not None:
                clean[field.key] = value
        return clean

    def refuse_hidden(self, clean: dict[str, Any]) -> None:
        """A field that does not apply must be empty; an unticked box counts as empty."""
        hidden = [field for field in self.form.editable() if field.is_hidden(clean)]
        for field in hidden:
            if clean.pop(field.key, False) is not False:
                self._fail(field.key, f"「{field.name}」在所选情形下无须填写，请清空")

    def note(self, error: ValidationError) -> None:
        """Turns the schema's finding into a sentence, unless the field is known to be wrong already."""
        if error.validator == "required":
            holder = error.instance if isinstance(error.instance, dict) else {}
            path = [*error.absolute_path]
            for key in map(str, list(error.validator_value)):  # type: ignore[arg-type]
                if key not in holder:
                    self._note(error, [*path, key], missing=True)
        else:
            self._note(error, [*error.absolute_path], missing=False)

    def in_order(self) -> list[FieldError]:
        order = {field.key: place for place, field in enumerate(self.form.fields)}

        def place(name: str) -> tuple[int, int]:
            key, _, rest = name.partition("-")
            row = rest.partition("-")[0]
            return order.get(key, len(order)), int(row) if row.isdigit() else -1

        names = sorted(self.errors, key=place)[:_MAX_ERRORS]
        return [FieldError(name, self.errors[name]) for name in names]

    def _note(self, error: ValidationError, path: list[Any], missing: bool) -> None:
        field = self.form.find_field(str(path[0])) if path else None
        if field is None:
            return
        where, name = f"「{field.name}」", field.key
        if field.is_list and len(path) > 1:
            row = int(path[1])
            where, name = f"{where}第{row + 1}行", f"{field.key}-{row}"
            if len(path) > 2:
                column = next(column for column in field.fields if column.key == path[2])
                field, where, name = column, f"{where}「{column.name}」", f"{name}-{column.key}"
        self._fail(name, where + (_missing(field) if missing else _wrong(field, error)))

    def _value(self, field: Field, raw: Any, name: str, where: str) -> Any:
        try:
            return read_value(field, raw)
        except Unfit as unfit:
            self._fail(name, f"{where}{unfit}")
            return None

    def _rows(self, field: Field, raw: Any) -> list[dict[str, Any]] | None:
        if raw is None:
            return None
        if not isinstance(raw, list) or not all(isinstance(row, Mapping) for row in raw):
            self._fail(field.key, f"「{field.name}」须为列表，每行为各栏的键值对象")
            return None
        if len(raw) > field.max_items:
            self._fail(field.key, f"「{field.name}」最多填写{field.max_items}行")
            return None
        columns = {column.key for column in field.fields}
        rows = []
        for index, row in enumerate(raw):
            name = f"{field.key}-{index}"
            self._refuse_unknown(row, columns, f"{name}-")
            rows.append(self._row(field, row, name, f"「{field.name}」第{index + 1}行"))
        return rows or None

    def _row(self, field: Field, row: Mapping[str, Any], name: str, where: str) -> dict[str, Any]:
        clean = {}
        for column in field.fields:
            if column.readonly:
                continue
            value = self._value(column, row.get(column.key), f"{name}-{column.key}", f"{where}「{column.name}」")
            if value is None and column.type == "checkbox":
                value = False
            if value is not None:
                clean[column.key] = value
        return clean

    def _refuse_unknown(self, data: Mapping[Any, Any], known: set[str], prefix: str) -> None:
        for key in data:
            if key not in known:
                self._fail(prefix + _UNUSUAL.sub("?", str(key)[:40]), "表单中没有这一项，请删去")
                if len(self.errors) > _MAX_ERRORS:
                    return

    def _fail(self, name: str, message: str) -> None:
        self.errors.setdefault(name, message)


def _missing(field: Field) -> str:
    if field.type in ("radio", "select", "checklist"):
        return "为必选项，请选择"
    return "须逐行填写，至少一行" if field.is_list else "为必填项"


def _wrong(field: Field, error: ValidationError) -> str:
    match error.validator:
        case "enum":
            return "的选项无效，请从所列选项中选择"
        case "const":
            return "须勾选"
        case "minLength" if error.validator_value == 1:
            return "为必填项"
        case "minLength":
            return f"至少{error.validator_value}个字"
        case "minItems":
            return f"至少{error.validator_value}{'行' if field.is_list else '项'}"
        case "uniqueItems":
            return "的选项不得重复"
        case _:
            return field.demand or "格式不正确，请按填写说明修改"


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Any:
    if isinstance(instance, str) and not matches(pattern, instance):
        yield ValidationError("pattern")


_Validator = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]


def _frozen(allowed: Allowed) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(sorted((path, tuple(values)) for path, values in allowed.items()))


def _make_validator(form: Form, allowed: tuple[tuple[str, tuple[str, ...]], ...]) -> Any:
    return _Validator(json_schema(form, allowed=dict(allowed)))


_validator = lru_cache(maxsize=512)(_make_validator)
