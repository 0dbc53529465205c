"""One file, read: what it is, its header, its rows."""

from collections.abc import Iterator, Sequence

from workflows.sheets.cells import Grid, RawRow, too_many_rows
from workflows.sheets.delimited import read_delimited
from workflows.sheets.errors import SheetRefused
from workflows.sheets.layout import Layout, find_header
from workflows.sheets.limits import MOST_BYTES, MOST_ROWS
from workflows.sheets.sheet import RefusedRow, Row, Sheet
from workflows.sheets.workbook import read_workbook

_PACKAGE = b"PK\x03\x04"
_OLD_OR_ENCRYPTED = b"\xd0\xcf\x11\xe0"
_MOST_NAMED = 20
_MERGED = "含有合并单元格，请取消合并、逐行填写。"


def read(filename: str, content: bytes, layout: Layout) -> Sheet:
    """The rows of an .xlsx or .csv file by a layout. Raises SheetRefused; a row that is wrong is refused alone."""
    grid = _grid(filename, content)
    if not grid.rows:
        raise SheetRefused("文件中没有内容。请使用导入模板填写后重新上传。")
    index, header = find_header(layout, grid.rows, (filename.rpartition(".")[0], grid.name))
    data = grid.rows[index + 1 :]
    if not data:
        raise SheetRefused("文件只有列名，没有数据行。")
    if len(data) > MOST_ROWS:
        raise too_many_rows()
    rows: list[Row] = []
    refused: list[RefusedRow] = []
    for raw in data:
        read_row = RefusedRow(raw.number, (_MERGED,)) if raw.number in grid.merged else header.read_row(layout, raw)
        if isinstance(read_row, Row):
            rows.append(read_row)
        else:
            refused.append(read_row)
    return Sheet(tuple(rows), tuple(refused), header.ignored, tuple(_notes(grid, data)))


def _notes(grid: Grid, data: Sequence[RawRow]) -> Iterator[str]:
    """What is in the file and cannot be seen when it is opened."""
    hidden = [str(raw.number) for raw in data if raw.is_hidden]
    if hidden:
        listed = "、".join(hidden[:_MOST_NAMED]) + ("等" if len(hidden) > _MOST_NAMED else "")
        yield f"第{listed}行（共{len(hidden)}行）在文件中被隐藏或筛选掉，也已读取，请核对是否应当导入。"
    if grid.has_hidden_columns:
        yield "文件中有隐藏的列，其中的内容也已读取，请核对。"


def _grid(filename: str, content: bytes) -> Grid:
    """The cells, by what the content is; the file name must claim the same."""
    if len(content) > MOST_BYTES:
        raise SheetRefused(f"文件超过{MOST_BYTES // 1024 // 1024} MB，未予读取。请分成几个文件。")
    if not content:
        raise SheetRefused("文件是空的，没有内容。")
    ending = filename.rpartition(".")[2].lower()
    if content.startswith(_OLD_OR_ENCRYPTED):
        raise SheetRefused("文件是旧版.xls格式或设有打开密码，无法读取。请另存为不加密的.xlsx后重新上传。")
    if ending not in ("xlsx", "csv"):
        raise SheetRefused("只接受.xlsx和.csv文件。")
    if (ending == "xlsx") != content.startswith(_PACKAGE):
        raise SheetRefused("文件内容与扩展名不符。只接受.xlsx和.csv文件，请用Excel或WPS另存后重新上传。")
    return read_workbook(content) if ending == "xlsx" else read_delimited(content)
