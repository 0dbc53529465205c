"""The layout that the tests read with."""

from workflows import sheets

LIST = sheets.Layout(
    "试验名单",
    (
        sheets.Column("name", "企业名称", required=True, other_titles=("单位名称",)),
        sheets.Column("code", "统一社会信用代码"),
        sheets.Column("level", "级别", sheets.choice({"市级": "municipal", "国家级": "national"})),
        sheets.Column("on", "认定日期", sheets.day, holds="day"),
        sheets.Column("amount", "金额（元）", holds="money"),
    ),
)
HEADERS = ["企业名称", "统一社会信用代码", "级别", "认定日期", "金额（元）"]


def values(sheet: sheets.Sheet, key: str) -> list[object]:
    """One column of the rows that were taken."""
    return [row.values[key] for row in sheet.rows]


def refused(sheet: sheets.Sheet) -> dict[int, str]:
    """The refused rows: number → all problems in one line."""
    return {row.number: " ".join(row.problems) for row in sheet.refused}
