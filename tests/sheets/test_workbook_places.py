"""What a workbook says counts where the standard puts it: by namespace, place and the type of the cell."""

from datetime import date

import pytest

from tests.sheets.layouts import LIST, refused, values
from tests.sheets.workbooks import (
    DECLARED,
    MAIN,
    OFFICE,
    PACKAGE,
    STRINGS,
    STYLES,
    WORKBOOK,
    inline,
    package,
    worksheet,
)
from workflows import sheets

X15 = "http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
HEAD = inline("企业名称", "认定日期", "金额", "统一社会信用代码")
DAY = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'


def row(on: str = "", amount: str = "", code: str = "", attributes: str = "") -> str:
    """One row of 甲公司 with these cells as XML."""
    name = '<c t="inlineStr"><is><t>甲公司</t></is></c>'
    return f"<row{attributes}>{name}{on or '<c/>'}{amount or '<c/>'}{code or '<c/>'}</row>"


def read(*rows: str, before: str = "", after: str = "", **parts: str) -> sheets.Sheet:
    names = {"styles": STYLES, "strings": STRINGS, "workbook": "xl/workbook.xml"}
    sheet = worksheet(HEAD + "".join(rows), after).replace("<sheetData>", f"{before}<sheetData>")
    return sheets.read("名单.xlsx", package(sheet, {names[key]: part for key, part in parts.items()}), LIST)


def book(properties: str, after: str = "", first: str = "") -> str:
    start, _, rest = WORKBOOK.partition("<sheets>")
    return f"{start}{first}{properties}<sheets>{rest}".replace("</workbook>", f"{after}</workbook>")


@pytest.mark.parametrize(
    ("workbook", "day"),
    [
        (book('<workbookPr date1904="1"/>'), date(2024, 7, 1)),
        (book('<workbookPr date1904="true"/>'), date(2024, 7, 1)),
        (book("<workbookPr/>"), date(2020, 6, 30)),
        (
            book(
                '<workbookPr date1904="1"/>',
                f'<extLst><ext xmlns:x15="{X15}"><x15:workbookPr chartTrackingRefBase="1"/></ext></extLst>',
            ),
            date(2024, 7, 1),
        ),
        (book("<workbookPr/>", f'<extLst><ext><workbookPr date1904="1" xmlns="{MAIN}"/></ext></extLst>'), None),
        (book("<workbookPr/>", first=f'<x15:workbookPr xmlns:x15="{X15}" date1904="1"/>'), date(2020, 6, 30)),
    ],
)
def test_the_calendar_is_the_workbooks_own(workbook: str, day: date | None) -> None:
    sheet = read(row('<c s="1"><v>44012</v></c>'), workbook=workbook, styles=DAY)
    assert values(sheet, "on") == [day or date(2020, 6, 30)]


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ('<c t="inlineStr"><v>50</v><is><t>500000</t></is></c>', "500000"),
        ('<c t="inlineStr"><is><t>500000</t></is><v>50</v></c>', "500000"),
        ("<c><v>500000</v><is><t>50</t></is></c>", "500000"),
        ('<c t="str"><v>500000</v><is><t>50</t></is></c>', "500000"),
        ('<c t="s"><v>0</v><is><t>50</t></is></c>', "500000"),
        ('<c t="inlineStr"><is><r><t>500</t></r><r><t>000</t></r><rPh><t>50</t></rPh></is></c>', "500000"),
        (f'<c><v>500000</v><extLst><ext><x:v xmlns:x="{X15}">50</x:v></ext></extLst></c>', "500000"),
        (f'<c><v>500000</v><extLst><ext><v xmlns="{MAIN}">50</v></ext></extLst></c>', "500000"),
        (f'<c><x:v xmlns:x="{X15}">50</x:v><v>500000</v></c>', "500000"),
        ("<c><v>50</v><v>0000</v></c>", None),
        ('<c t="inlineStr"><v>500000</v></c>', None),
        ("<c><is><t>500000</t></is></c>", None),
    ],
)
def test_a_cell_holds_what_its_type_says(cell: str, amount: str | None) -> None:
    strings = f'<sst xmlns="{MAIN}"><si><t>500000</t></si></sst>'
    sheet = read(row(amount=cell), strings=strings)
    assert values(sheet, "amount") == ([] if amount is None else [amount])
    assert amount is not None or "“金额（元）”" in refused(sheet)[2]


def test_shared_strings_are_those_of_the_list() -> None:
    strings = f'<sst xmlns="{MAIN}"><si><t>500000</t><extLst><ext><t>50</t></ext></extLst></si>'
    strings += "<extLst><ext><si><t>7</t></si></ext></extLst></sst>"
    assert values(read(row(amount='<c t="s"><v>0</v></c>'), strings=strings), "amount") == ["500000"]


def test_number_formats_are_those_of_the_workbook() -> None:
    """Conditional formats (dxfs) carry formats of the same numbers; cell styles have xf elements of their own."""
    styles = (
        f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="176" formatCode="yyyy-mm-dd"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="176"/></cellXfs>'
        '<dxfs><dxf><numFmt numFmtId="176" formatCode="0.00"/></dxf><dxf><cellXfs><xf numFmtId="14"/></cellXfs></dxf>'
        "</dxfs></styleSheet>"
    )
    sheet = read(row('<c s="1"><v>45473</v></c>', '<c s="0"><v>45473</v></c>'), styles=styles)
    assert (values(sheet, "on"), values(sheet, "amount")) == ([date(2024, 6, 30)], ["45473"])


def test_merges_and_rows_elsewhere_do_not_count() -> None:
    after = f'<extLst><ext><mergeCells xmlns="{MAIN}"><mergeCell ref="A2:B2"/></mergeCells><row/></ext></extLst>'
    assert values(read(row(amount="<c><v>1</v></c>"), after=after), "amount") == ["1"]


def test_the_parts_are_found_by_their_relations() -> None:
    """Whatever the parts are called, as exports of web programs do; the strict edition has namespaces of its own."""
    for main, office in ((MAIN, OFFICE), (STRICT, STRICT_OFFICE)):
        relations = f'{DECLARED}<Relationships xmlns="{PACKAGE}/relationships">'
        roots = f'<Relationship Id="r1" Type="{office}/officeDocument" Target="/book/main2.xml"/>'
        own = f'<Relationship Id="r9" Type="{office}/worksheet" Target="/tables/a.xml"/>'
        decoy = '<Relationship Id="r9" Type="http://example.org/worksheet" Target="xl/worksheets/sheet1.xml"/>'
        parts = {
            "_rels/.rels": f"{relations}{roots}</Relationships>",
            "book/main2.xml": WORKBOOK.replace(MAIN, main).replace(OFFICE, office).replace("rId1", "r9"),
            "book/_rels/main2.xml.rels": f"{relations}{own}{decoy}</Relationships>",
            "tables/a.xml": worksheet(HEAD + row(amount="<c><v>7</v></c>")).replace(MAIN, main),
        }
        assert values(sheets.read("a.xlsx", package(worksheet(""), parts), LIST), "amount") == ["7"]


def test_a_sheet_is_visible_unless_it_is_hidden() -> None:
    shown = WORKBOOK.replace('sheetId="1"', 'sheetId="1" state="show"')
    assert values(read(row(amount="<c><v>1</v></c>"), workbook=shown), "amount") == ["1"]


def formats(*codes: str) -> str:
    """A style sheet whose first formats after the plain one have these codes."""
    listed = "".join(f'<numFmt numFmtId="{200 + n}" formatCode="{code}"/>' for n, code in enumerate(codes))
    used = "".join(f'<xf numFmtId="{200 + n}"/>' for n in range(len(codes)))
    return f'<styleSheet xmlns="{MAIN}"><numFmts>{listed}</numFmts><cellXfs><xf/>{used}</cellXfs></styleSheet>'


@pytest.mark.parametrize(
    ("code", "read_as"),
    [
        ("000000", "000123"),
        ("0000", "0123"),
        ("000000_ ", "000123"),
        ("000000;-000000", "000123"),
        ("0.00", "123.00"),
        ("#,##0.0", "123.0"),
        ("General", "123"),
        ("@", "123"),
        ("0", "123"),
        ("#,##0", "123"),
        ("00-0000", None),
        ("&quot;京&quot;000", None),
        ("000\\-000", None),
        ("0%", None),
        ("0!.0,", None),
        ("00,000", None),
        ("[&lt;1000]0;00000", None),
        ("yyyy-mm-dd", None),
        ("m&quot;月&quot;d&quot;日&quot;", None),
    ],
)
def test_a_code_is_what_its_cell_shows(code: str, read_as: str | None) -> None:
    sheet = read(row(code='<c s="1"><v>123</v></c>'), styles=formats(code))
    assert values(sheet, "code") == ([] if read_as is None else [read_as])
    assert read_as is not None or "设为“文本”格式" in refused(sheet)[2]


@pytest.mark.parametrize(
    ("code", "taken"),
    [
        *((code, True) for code in ("0", "0.00", "#,##0", "#,##0.00", "&quot;¥&quot;#,##0.00", "0&quot;元&quot;")),
        *((code, True) for code in ("[$¥-804]#,##0.00", "_ * #,##0.00_ ;_ * \\-#,##0.00_ ", "[Red]#,##0", "000000")),
        *((code, False) for code in ("0!.0,", "0.0,", "#,##0,", "0.00,,", "0%", "0.0%", "0&quot;万元&quot;", "0.0万")),
        *((code, False) for code in ("[$$-409]#,##0", "[$€-2] 0", "0&quot;千元&quot;", "# ?/?", "0.0E+00", "yyyy/m/d")),
        *((code, False) for code in ("[&gt;=10000]0!.0,&quot;万&quot;;0", "[&lt;10000]0;0!.0,&quot;万&quot;", "0\\万")),
    ],
)
def test_a_figure_must_be_what_its_cell_shows(code: str, taken: bool) -> None:
    sheet = read(row(amount='<c s="1"><v>50</v></c>'), styles=formats(code))
    assert values(sheet, "amount") == (["50"] if taken else [])


@pytest.mark.parametrize(
    ("code", "taken"),
    [
        *((code, True) for code in ("yyyy/m/d", "yyyy&quot;年&quot;m&quot;月&quot;d", "[$-804]yyyy/m/d h:mm")),
        *((code, False) for code in ("yyyy&quot;年&quot;m&quot;月&quot;;@", "yyyy-mm", "mmm-yy", "m/d", "h:mm")),
    ],
)
def test_a_day_must_be_shown_whole(code: str, taken: bool) -> None:
    sheet = read(row('<c s="1"><v>45809</v></c>'), styles=formats(code))
    assert values(sheet, "on") == ([date(2025, 6, 1)] if taken else [])
    assert taken or "完整的年月日" in refused(sheet)[2]


def test_what_a_file_hides_is_read_and_said() -> None:
    shown = row(amount="<c><v>1</v></c>")
    assert read(shown).notes == ()
    sheet = read(shown, row(amount="<c><v>2</v></c>", attributes=' hidden="1"'), shown)
    assert values(sheet, "amount") == ["1", "2", "1"]
    assert sheet.notes == ("第3行（共1行）在文件中被隐藏或筛选掉，也已读取，请核对是否应当导入。",)
    columns = '<cols><col min="3" max="3" hidden="1"/></cols>'
    assert "隐藏的列" in read(shown, before=columns).notes[0]
