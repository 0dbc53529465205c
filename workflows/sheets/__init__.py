"""Spreadsheets from outside, read safely: bytes and a file name in; rows that can be used and rows refused out.

Knows no storage, no law, no process and no web. A file is hostile until read: .xlsx is unpacked part by part under
limits and parsed by the standard library's expat with document types refused (the usual library builds whole trees of
styles and shared strings: 70 KB of them cost it 580 MB and 7 s), formulas are never taken, links never followed.
xlsxwriter makes the empty templates.
"""

from workflows.sheets.errors import CellInvalid, SheetRefused
from workflows.sheets.layout import Column, Layout
from workflows.sheets.limits import MOST_BYTES, MOST_CHARACTERS, MOST_COLUMNS, MOST_ROWS
from workflows.sheets.parsers import choice, day, text, years
from workflows.sheets.reading import read
from workflows.sheets.records import read_records
from workflows.sheets.sheet import RefusedRow, Row, Sheet
from workflows.sheets.template import template

__all__ = [
    "MOST_BYTES",
    "MOST_CHARACTERS",
    "MOST_COLUMNS",
    "MOST_ROWS",
    "CellInvalid",
    "Column",
    "Layout",
    "RefusedRow",
    "Row",
    "Sheet",
    "SheetRefused",
    "choice",
    "day",
    "read",
    "read_records",
    "template",
    "text",
    "years",
]
