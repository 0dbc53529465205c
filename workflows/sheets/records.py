"""Rows that come as JSON instead of a file: the same layout, the same refusals, numbered from 1."""

from collections.abc import Mapping, Sequence

from workflows.sheets.cells import clean
from workflows.sheets.errors import CellInvalid
from workflows.sheets.layout import Layout
from workflows.sheets.sheet import RefusedRow, Row, Sheet


def read_records(layout: Layout, records: Sequence[object]) -> Sheet:
    """Each record by the keys of the layout; null and "" mean an empty cell, a list stands for its values in a cell.

    Numbers are refused like everywhere in the API: they may already have lost a cent.
    """
    rows: list[Row] = []
    refused: list[RefusedRow] = []
    for number, record in enumerate(records, start=1):
        found = _read_record(layout, number, record)
        if isinstance(found, Row):
            rows.append(found)
        else:
            refused.append(found)
    return Sheet(tuple(rows), tuple(refused))


def _read_record(layout: Layout, number: int, record: object) -> Row | RefusedRow:
    if not isinstance(record, Mapping):
        return RefusedRow(number, ("不是一条记录。",))
    keys = {column.key for column in layout.columns}
    if unknown := [str(key)[:50] for key in record if key not in keys]:
        return RefusedRow(number, tuple(f"没有“{key}”这一项。" for key in unknown[:10]))
    texts: dict[str, str] = {}
    problems: dict[str, str] = {}
    for key, value in record.items():
        try:
            texts[key] = clean(_text(value))
        except CellInvalid as invalid:
            problems[key] = str(invalid)
    return layout.read_row(number, texts, problems)


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case list() if all(type(each) in (int, str) for each in value):
            return "、".join(map(str, value))
        case _:
            raise CellInvalid("须以文本填写")
