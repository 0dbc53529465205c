"""What a browser sends for a form, as the data that the form's schema describes.

The inputs are those of `templates/forms/form.html`: a field's key, `key-row-column` inside a list, `_add`, `_remove`
and `_keep` on the buttons. Nothing is judged here but size: what does not fit its field is handed on as it came.
"""

import re
from collections.abc import Iterable
from typing import Any

from werkzeug.datastructures import MultiDict

from workflows.forms import Field, Form

_WHOLE = re.compile(r"-?[0-9]{1,15}", re.ASCII)
_CELL = re.compile(r"([a-z0-9_]+)-([0-9]{1,4})-([a-z0-9_]+)", re.ASCII)


def read_form(form: Form, sent: MultiDict[str, str]) -> dict[str, Any]:
    """The filled form: empty entries and empty rows left out, boxes and yes or no as booleans, whole numbers as int.

    Fields that do not apply are dropped: on the page they cannot be seen, so nobody could clear them.
    """
    data = _read(form, sent, keep_empty_rows=False)
    hidden = [field.key for field in form.editable() if field.is_hidden(data)]
    return {key: value for key, value in data.items() if key not in hidden}


def read_edit(form: Form, sent: MultiDict[str, str]) -> dict[str, Any] | None:
    """The form as it is to be shown again after one of its own buttons, with a row added or removed; None when none of
    them was pressed. Nothing else is changed, a list that is full gets no row, a row that is not there is not removed.
    """
    if not {"_add", "_remove", "_keep"} & sent.keys():
        return None
    data = _read(form, sent, keep_empty_rows=True)
    lists = {field.key: field for field in form.editable() if field.is_list}
    added = lists.get(sent.get("_add", ""))
    if added:
        rows = data.setdefault(added.key, [])
        if len(rows) < added.max_items:
            rows.append({})
    key, _, index = sent.get("_remove", "").partition(":")
    if key in lists and re.fullmatch("[0-9]{1,4}", index, re.ASCII) and int(index) < len(data.get(key, [])):
        del data[key][int(index)]
    return data


def _read(form: Form, sent: MultiDict[str, str], *, keep_empty_rows: bool) -> dict[str, Any]:
    cells = _cells(sent)
    data = {}
    for field in form.editable():
        if field.is_list:
            rows = [_row(field, cells[row]) for row in _rows_of(field, cells)]
            value: Any = [row for row in rows if keep_empty_rows or not _is_empty(row)] or None
        else:
            value = _value(field, sent.getlist(field.key))
        if value is not None:
            data[field.key] = value
    return data


def _cells(sent: MultiDict[str, str]) -> dict[tuple[str, int], dict[str, list[str]]]:
    """The inputs of all lists by list and row number."""
    cells: dict[tuple[str, int], dict[str, list[str]]] = {}
    for name, values in sent.lists():
        match = _CELL.fullmatch(name)
        if match:
            cells.setdefault((match[1], int(match[2])), {})[match[3]] = values
    return cells


def _rows_of(field: Field, cells: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """The rows sent for a list, in order; one more than allowed at most, enough to be refused."""
    return sorted(row for row in cells if row[0] == field.key)[: field.max_items + 1]


def _row(field: Field, sent: dict[str, list[str]]) -> dict[str, Any]:
    values = {column.key: _value(column, sent.get(column.key, [])) for column in field.fields if not column.readonly}
    return {key: value for key, value in values.items() if value is not None}


def _is_empty(row: dict[str, Any]) -> bool:
    return all(value is False for value in row.values())


def _value(field: Field, sent: list[str]) -> Any:
    if field.type == "checkbox":
        return "true" in sent
    if field.type == "checklist":
        return sent or None
    text = sent[0] if sent else ""
    if not text.strip():
        return None
    if field.type == "number" and _WHOLE.fullmatch(text.strip()):
        return int(text)
    if field.is_boolean and text in ("true", "false"):
        return text == "true"
    # Browsers end lines with CR LF; what is kept ends them with LF.
    return text.replace("\r\n", "\n")
