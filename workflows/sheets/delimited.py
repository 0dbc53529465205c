"""A .csv file as rows: UTF-8 with or without its mark, or GB18030 as Chinese Excel writes it; commas."""

import csv
import io

from workflows.sheets.cells import Grid, RawRow
from workflows.sheets.errors import SheetRefused
from workflows.sheets.limits import MOST_COLUMNS


def read_delimited(content: bytes) -> Grid:
    """The rows that are not empty. A row is a record: a quoted cell may hold line ends. Raises SheetRefused."""
    reader = csv.reader(io.StringIO(_decode(content), newline=""), strict=True)
    grid = Grid()
    try:
        for number, cells in enumerate(reader, start=1):
            if len(cells) > MOST_COLUMNS and any(map(str.strip, cells[MOST_COLUMNS:])):
                raise SheetRefused(f"第{number}行超过{MOST_COLUMNS}列，未予读取。请只保留需要导入的列。")
            row = RawRow(number)
            for column, text in enumerate(cells[:MOST_COLUMNS]):
                if text:
                    row.put(column, text)
            grid.add(row)
    except csv.Error:
        raise SheetRefused(
            f"第{reader.line_num}行附近的引号或分隔有误，无法读取。"
            "请用Excel或WPS另存为“CSV UTF-8（逗号分隔）”后重新上传。"
        ) from None
    return grid


def _decode(content: bytes) -> str:
    if b"\x00" in content:  # UTF-16 among others
        raise SheetRefused("文件编码无法识别。请另存为“CSV UTF-8（逗号分隔）”或.xlsx后重新上传。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetRefused("文件编码无法识别。请另存为“CSV UTF-8（逗号分隔）”或.xlsx后重新上传。")
