"""Sheets as people make them: what is taken, and which rows are refused with which sentence."""

from datetime import date, datetime

import pytest

from tests.sheets.layouts import HEADERS, LIST, refused, values
from tests.sheets.workbooks import MAIN, SHEET, STRINGS, inline, package, workbook, worksheet
from workflows import sheets


def csv(text: str, encoding: str = "utf-8") -> sheets.Sheet:
    return sheets.read("名单.csv", text.encode(encoding), LIST)


def xlsx(content: bytes) -> sheets.Sheet:
    return sheets.read("名单.xlsx", content, LIST)


def test_a_workbook():
    rows = [
        ["北京市绿色工厂名单"],
        [],
        ["序号", *HEADERS],
        [1, "  甲公司 ", "91110112YYYY000121", "市级", date(2026, 3, 2), 500000],
        [],
        [2, "乙公司", None, "national", datetime.fromisoformat("2026-03-02T09:30:00"), 0.3],
    ]
    sheet = xlsx(workbook(rows))
    assert [row.number for row in sheet.rows] == [4, 6]
    assert sheet.rows[0].values == {
        "name": "甲公司",
        "code": "91110112YYYY000121",
        "level": "municipal",
        "on": date(2026, 3, 2),
        "amount": "500000",
    }
    assert sheet.rows[1].values["code"] is None
    assert values(sheet, "on")[1] == date(2026, 3, 2)
    assert values(sheet, "amount")[1] == "0.3"
    assert sheet.ignored == ("序号",)
    assert not sheet.refused


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_file_in_each_encoding(encoding):
    sheet = csv("企业名称,级别\r\n䶮龘公司,国家级\r\n", encoding)
    assert values(sheet, "name") == ["䶮龘公司"]
    assert values(sheet, "level") == ["national"]


def test_quoted_line_ends_count_as_one_row():
    sheet = csv('企业名称,级别\n"甲\n公司",市级\n\n乙公司,省级\n')
    assert values(sheet, "name") == ["甲 公司"]
    assert refused(sheet) == {4: "“级别”应为“市级”或“国家级”。"}


@pytest.mark.parametrize("header", ["单位名称", "企业名称*", " 企业 名称(必填)", "name", "NAME", "企业名称："])
def test_ways_to_write_a_header(header):
    assert values(csv(f"{header}\n甲公司\n"), "name") == ["甲公司"]


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("0.3", "0.3"),
        ("0.30000000000000004", "0.3"),
        ("1.1000000000000001", "1.1"),
        ("500000", "500000"),
        ("500000.0", "500000"),
        ("5E5", "500000"),
        ("1.5E-3", "0.0015"),
        ("-12.50", "-12.5"),
        ("0", "0"),
        ("999999999999999", "999999999999999"),
    ],
)
def test_numbers_are_what_people_typed(stored, read):
    sheet = xlsx(
        package(worksheet(inline("企业名称", "金额") + f"<row>{inline('甲')[5:-6]}<c><v>{stored}</v></c></row>"))
    )
    assert values(sheet, "amount") == [read]


@pytest.mark.parametrize("stored", ["911101120000000000", "9.1110112E+17", "1e999999", "1e-400", "NaN", "inf", "x", ""])
def test_numbers_that_excel_does_not_hold_are_refused(stored):
    row = f"<row>{inline('甲')[5:-6]}<c><v>{stored or ' '}</v></c></row>"
    sheet = xlsx(package(worksheet(inline("企业名称", "金额") + row)))
    assert "“金额（元）”" in refused(sheet)[2]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("2026-03-02", date(2026, 3, 2)),
        ("2026/3/2", date(2026, 3, 2)),
        ("2026.3.2", date(2026, 3, 2)),
        ("2026年3月2日", date(2026, 3, 2)),
        ("2026-03-02 00:00:00", date(2026, 3, 2)),
        ("2026-02-29", None),
        ("3/2/2026", None),
        ("46083", None),
        ("２０２６-03-02", date(2026, 3, 2)),
        ("20260302", date(2026, 3, 2)),
        ("2026年 3月 2日", date(2026, 3, 2)),
        ("2026-03-02 09:30", date(2026, 3, 2)),
        ("2026-03", None),
    ],
)
def test_dates_as_text(given, read):
    sheet = csv(f"企业名称,认定日期\n甲,{given}\n")
    assert values(sheet, "on") == ([read] if read else [])
    assert bool(sheet.refused) == (read is None)


@pytest.mark.parametrize("form", ['yyyy"年"m"月"d"日"', "[$-804]yyyy/m/d;@", "d-mmm-yy"])
def test_dates_in_formats_of_ones_own(form):
    rows = [["企业名称", "认定日期"], ["甲", date(1900, 2, 28)], ["乙", date(1900, 3, 1)], ["丙", date(2026, 12, 31)]]
    sheet = xlsx(workbook(rows, default_date_format=form))
    assert values(sheet, "on") == [date(1900, 2, 28), date(1900, 3, 1), date(2026, 12, 31)]


def test_dates_of_the_calendar_of_1904():
    sheet = xlsx(workbook([["企业名称", "认定日期"], ["甲", date(2026, 3, 2)]], date_1904=True))
    assert values(sheet, "on") == [date(2026, 3, 2)]


def test_formulas_in_a_workbook_refuse_their_row_only():
    rows = [["企业名称", "金额", "备注"], ["甲", "=1+1", ""], ["乙", 2, "=NOW()"], ["丙", "='[1]x'!A1", ""]]
    sheet = xlsx(workbook(rows))
    assert values(sheet, "name") == ["乙"]
    assert {number: "公式" in sentence for number, sentence in refused(sheet).items()} == {2: True, 4: True}


@pytest.mark.parametrize("cell", ["=1+1", "+86", "@SUM(A1)", "-1+2", "-A1", "＝1", "=cmd|' /C calc'!A0", "\t=1"])
def test_formulas_in_a_csv_file_refuse_their_row(cell):
    sheet = csv(f"企业名称,统一社会信用代码\n甲,{cell}\n乙,-1\n丙,-\n")
    assert values(sheet, "name") == ["乙", "丙"]
    assert "公式" in refused(sheet)[2]


def test_every_problem_of_a_row_is_named():
    sheet = csv("企业名称,级别,认定日期\n,省级,昨天\n")
    assert sheet.refused[0].problems == (
        "“企业名称”必须填写。",
        "“级别”应为“市级”或“国家级”。",
        "“认定日期”应为日期，例如2026-03-02。",
    )


def test_merged_cells_refuse_the_rows_they_touch():
    rows = "".join(
        [inline("名单"), inline("企业名称", "级别"), inline("甲", "市级"), inline("乙", "市级"), inline("丙", "市级")]
    )
    merges = '<mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="B3:B4"/></mergeCells>'
    sheet = xlsx(package(worksheet(rows, merges)))
    assert values(sheet, "name") == ["丙"]
    assert "合并单元格" in refused(sheet)[3] and "合并单元格" in refused(sheet)[4]


def test_a_huge_cell_refuses_its_row():
    sheet = csv(f"企业名称,统一社会信用代码\n{'甲' * 501},1\n乙,{'1' * 100_000}\n丙,1\n")
    assert values(sheet, "name") == ["丙"]
    assert all("超过500字" in sentence for sentence in refused(sheet).values())
    sheet = xlsx(workbook([["企业名称"], ["甲" * 30_000], ["乙"]]))
    assert values(sheet, "name") == ["乙"]


def test_invisible_characters():
    sheet = csv("企业名称\n\u200b甲公司\ufeff\n乙\u202e公司\n丙\x07公司\n")
    assert values(sheet, "name") == ["甲公司"]
    assert set(refused(sheet)) == {3, 4}


def test_shared_strings_with_formats_and_readings():
    strings = f'<sst xmlns="{MAIN}"><si><r><t>企业</t></r><r><t xml:space="preserve">名称</t></r></si>'
    strings += "<si><t>甲_x000D_公司</t><rPh sb='0' eb='1'><t>jia</t></rPh></si><si><t>乙_xD800_</t></si></sst>"
    rows = "".join(f'<row><c t="s"><v>{place}</v></c></row>' for place in range(3))
    sheet = xlsx(package(worksheet(rows), {STRINGS: strings}))
    assert values(sheet, "name") == ["甲 公司"]
    assert set(refused(sheet)) == {3}


def test_prefixed_names_as_some_programs_write_them():
    header = '<x:c r="A1" t="inlineStr"><x:is><x:t>企业名称</x:t></x:is></x:c>'
    rows = f'<x:row r="1">{header}</x:row><x:row r="2"><x:c r="A2" t="str"><x:v>甲</x:v></x:c></x:row>'
    body = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    assert values(xlsx(package("", {SHEET: body})), "name") == ["甲"]


def test_errors_and_truth_values_in_cells():
    rows = inline("企业名称") + '<row><c t="e"><v>#REF!</v></c></row><row><c t="b"><v>1</v></c></row>'
    sheet = xlsx(package(worksheet(rows)))
    assert values(sheet, "name") == ["是"]
    assert "错误值" in refused(sheet)[2]


def test_repeats_are_refused_and_name_the_first():
    sheet = csv("企业名称,统一社会信用代码\n甲,1\n乙,\n丙,1\n丁,\n").without_repeats(
        lambda row: row.values["code"], "统一社会信用代码"
    )
    assert values(sheet, "name") == ["甲", "乙", "丁"]
    assert refused(sheet) == {4: "与第2行重复（统一社会信用代码相同）。"}


def test_years():
    assert sheets.years("2026、2027，2028") == (2026, 2027, 2028)
    for wrong in ("2026-2028", "2027,2026", "2026,2026", "二〇二六"):
        with pytest.raises(sheets.CellInvalid):
            sheets.years(wrong)


def test_the_template_can_be_read_once_it_is_filled_in():
    with pytest.raises(sheets.SheetRefused, match="没有数据行"):
        xlsx(sheets.template(LIST))
