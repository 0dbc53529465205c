"""The empty workbook that people fill in."""

import io

import xlsxwriter

from workflows.sheets.layout import Layout

_WIDEST, _NARROWEST = 40, 14


def template(layout: Layout) -> bytes:
    """An .xlsx file with the layout's headers on its first sheet and what to know about each column on the second.

    Cells are formatted as text, so that long codes keep all their digits.
    """
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as workbook:
        as_text = workbook.add_format({"num_format": "@"})
        heading = workbook.add_format({"bold": True, "bg_color": "#EAF3EE", "border": 1, "text_wrap": True})
        data = workbook.add_worksheet(layout.name[:31])
        data.freeze_panes(1, 0)
        notes = workbook.add_worksheet("填写说明")
        notes.set_column(0, 2, 28)
        for place, title in enumerate(("列名", "是否必填", "说明")):
            notes.write_string(0, place, title, heading)
        for place, column in enumerate(layout.columns):
            width = max(_NARROWEST, min(_WIDEST, 2 * len(column.title) + 6))
            data.set_column(place, place, width, as_text)
            data.write_string(0, place, f"{column.title}*" if column.required else column.title, heading)
            for shown, words in enumerate((column.title, "必填" if column.required else "", column.hint)):
                notes.write_string(place + 1, shown, words)
    return target.getvalue()
