"""Money is in yuan or it is refused: a unit is never dropped, wherever it stands."""

import pytest

from tests.sheets.layouts import LIST, values
from tests.sheets.workbooks import MAIN, OFFICE, workbook
from tests.sheets.workbooks import package as packed
from workflows import sheets

HEAD = ["企业名称", "级别"]
ROW = ["甲公司", "市级"]


def read(header: str, cell: object = "50", *, above: tuple[str, ...] = (), below: tuple[str, ...] = ()) -> sheets.Sheet:
    rows = [*([each] for each in above), [*HEAD, header], [*ROW, cell], *([each] for each in below)]
    return sheets.read("名单.xlsx", workbook(rows), LIST)


@pytest.mark.parametrize(
    "header",
    [
        "金额",
        "金额（元）",
        "金额(元)",
        "金额【元】",
        "金额:元",
        "金额/元",
        "金额（单位：元）",
        "金额（人民币元）",
        "金额*",
        "金 额（ 元 ）",
        "金额（元，必填）",
        "AMOUNT",
        "人民币金额",
        "金额（RMB）",
        "金额\u200b（元）",
    ],
)
def test_yuan_may_be_said(header: str) -> None:
    assert values(read(header), "amount") == ["50"]


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("金额（万元）", "万元"),
        ("金额(万元)", "万元"),
        ("金额【万元】", "万元"),
        ("金额[万元]", "万元"),
        ("金额〔千元〕", "千元"),
        ("金额:万元", "万元"),
        ("金额：亿元", "亿元"),
        ("金额/万元", "万元"),
        ("金额万元", "万元"),
        ("万元金额", "万元"),
        ("（万元）金额", "万元"),
        ("金额（ 万 元 ）", "万元"),
        ("金额（万\u200b元）", "万元"),
        ("金额（单位：万元）", "万元"),
        ("金额（单位万元）", "万元"),
        ("金额，单位为万元", "单位为万元"),
        ("金额_万元", "万元"),
        ("金额-百万元", "百万元"),
        ("金额（萬元）", "萬元"),
        ("金额（万）", "万"),
        ("金额（W）", "w"),
        ("金额（10000元）", "10000元"),
        ("金额（美元）", "美元"),
        ("金额（万美元）", "万美元"),
        ("金额（港币）", "港币"),
        ("金额（USD）", "usd"),
        ("金额（元/万元）", "万元"),
        ("金额（含税）", "含税"),
        ("amount（万元）", "万元"),
        ("金额\n（万元）", "万元"),
    ],
)
def test_any_other_unit_is_named_with_its_column(header: str, unit: str) -> None:
    with pytest.raises(sheets.SheetRefused) as caught:
        read(header)
    assert f"“{unit}”" in caught.value.sentence
    assert header.strip()[:2] in caught.value.sentence


@pytest.mark.parametrize(
    "above",
    [
        "单位：万元",
        "单位:千元",
        "金额单位：人民币万元",
        "（万元）",
        "2025年奖励情况（单位：万元）",
        "计量单位 万元",
        "万元",
        "奖励资金明细表（万元）",
        "单位：个、万元",
        "单位：美元",
        "以万元为单位",
        "注：金额单位均为万元",
    ],
)
def test_a_line_above_the_table_may_name_the_unit(above: str) -> None:
    with pytest.raises(sheets.SheetRefused, match="为单位"):
        read("金额", above=(above,))


@pytest.mark.parametrize(
    "above",
    [
        "单位：元",
        "名单（奖励500万元以上的企业）",
        "填报单位：甲公司",
        "各单位获奖50万元以上名单",
        "万元楼公司名单",
    ],
)
def test_what_is_no_unit_is_let_alone(above: str) -> None:
    assert values(read("金额", above=(above,)), "amount") == ["50"]


@pytest.mark.parametrize("below", ["单位：万元", "注：本表金额单位为万元。", "说明：金额以万元计", "万元"])
def test_a_note_below_the_table_may_name_the_unit(below: str) -> None:
    with pytest.raises(sheets.SheetRefused, match="第3行"):
        read("金额", below=(below,))


def test_a_row_or_a_column_of_units() -> None:
    with pytest.raises(sheets.SheetRefused, match="第2行“万元”"):
        sheets.read("名单.xlsx", workbook([[*HEAD, "金额"], ["", "", "万元"], [*ROW, 50]]), LIST)
    with pytest.raises(sheets.SheetRefused, match="第2行“万元”"):
        sheets.read("名单.xlsx", workbook([[*HEAD, "金额", "计价"], [*ROW, 50, "万元"]]), LIST)


def test_the_names_of_file_and_sheet_may_name_the_unit() -> None:
    with pytest.raises(sheets.SheetRefused, match="台账（万元）"):
        sheets.read("台账（万元）.csv", "企业名称,金额\n甲,50\n".encode(), LIST)
    named = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="表(单位万元)" sheetId="1" r:id="rId1"/>'
    rows = "".join(
        f'<row><c t="inlineStr"><is><t>{a}</t></is></c><c t="inlineStr"><is><t>{b}</t></is></c></row>'
        for a, b in (("企业名称", "金额"), ("甲", "50"))
    )
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    with pytest.raises(sheets.SheetRefused, match="万元"):
        sheets.read("a.xlsx", packed(sheet, {"xl/workbook.xml": named + "</sheets></workbook>"}), LIST)


def test_where_no_money_is_read_units_do_not_matter() -> None:
    sheet = sheets.read("名单.xlsx", workbook([["单位：万元"], [*HEAD, "产值（万元）"], [*ROW, 3]]), LIST)
    assert sheet.ignored == ("产值（万元）",)
