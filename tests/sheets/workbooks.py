"""Workbooks for the tests: written by xlsxwriter, or part by part where no program would write them."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'

TYPES = (
    f'{DECLARED}<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
)
ROOTS = (
    f'{DECLARED}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
WORKBOOK = (
    f'{DECLARED}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>'
    "</workbook>"
)
RELATIONS = (
    f'{DECLARED}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    f'<Relationship Id="rId3" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>'
)
SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"


def worksheet(rows: str, after: str = "") -> str:
    """The XML of a sheet with these rows and what follows them."""
    return f'{DECLARED}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def inline(*cells: str) -> str:
    """One row of text cells, without places."""
    return "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells) + "</row>"


def package(sheet: str, more: Mapping[str, str | bytes] | None = None, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An .xlsx file with this sheet; `more` adds parts or replaces them."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": ROOTS,
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": RELATIONS,
        SHEET: sheet,
        **(more or {}),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as written:
        for name, content in parts.items():
            written.writestr(name, content)
    return target.getvalue()


def workbook(rows: Sequence[Sequence[Any]], **options: Any) -> bytes:
    """An .xlsx file as an office program writes it: strings shared, numbers and dates by their types."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "default_date_format": "yyyy/m/d", **options}) as written:
        sheet = written.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return target.getvalue()
