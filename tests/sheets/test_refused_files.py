"""Files that are refused as a whole: fast, with a sentence, without unpacking what they pretend to be."""

import io
import random
import struct
import time
import tracemalloc
import zipfile

import pytest

from tests.sheets.layouts import HEADERS, LIST, values
from tests.sheets.workbooks import (
    DECLARED,
    MAIN,
    OFFICE,
    RELATIONS,
    SHEET,
    STRINGS,
    STYLES,
    TYPES,
    inline,
    package,
    workbook,
    worksheet,
)
from workflows import sheets

SOUND = worksheet(inline("企业名称") + inline("甲"))


def refusal(content: bytes, filename: str = "名单.xlsx") -> str:
    """The sentence that a file is refused with."""
    with pytest.raises(sheets.SheetRefused) as caught:
        sheets.read(filename, content, LIST)
    return caught.value.sentence


def test_the_packages_of_these_tests_are_sound():
    assert values(sheets.read("a.XLSX", package(SOUND), LIST), "name") == ["甲"]


@pytest.mark.parametrize(
    ("filename", "content", "words"),
    [
        ("a.xlsx", b"", "空的"),
        ("a.csv", b"", "空的"),
        ("a.csv", b"\n\n,,\n", "没有内容"),
        ("a.csv", "企业名称,级别\n".encode(), "没有数据行"),
        ("a.csv", "级别,认定日期\n市级,2026-03-02\n".encode(), "“企业名称”"),
        ("a.csv", "企业名称,企业名称\n甲,乙\n".encode(), "重复"),
        ("a.csv", "企业名称\n甲\n".encode("utf-16"), "编码"),
        ("a.csv", b"\xff\xff\xff\n", "编码"),
        ("a.csv", '企业名称\n"甲\n'.encode(), "引号"),
        ("a.csv", ("企业名称\n" + "甲" * 200_000).encode(), "第2行"),
        ("a.csv", ("企业名称" + "," * 60 + "x\n甲\n").encode(), "60列"),
        ("a.csv", package(SOUND), "不符"),
        ("a.xlsx", "企业名称\n甲\n".encode(), "不符"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "密码"),
        ("a.txt", "企业名称\n甲\n".encode(), ".xlsx和.csv"),
        ("企业名称", "企业名称\n甲\n".encode(), ".xlsx和.csv"),
        ("a.xlsx", b"PK\x03\x04", "损坏"),
        ("a.xlsx", b"PK\x03\x04" + bytes(1000), "损坏"),
        ("a.csv", b"x" * (5 * 1024 * 1024 + 1), "5 MB"),
    ],
)
def test_not_a_sheet(filename, content, words):
    assert words in refusal(content, filename)


def test_an_empty_workbook():
    assert "没有内容" in refusal(workbook([]))
    assert "没有数据行" in refusal(workbook([HEADERS]))


@pytest.mark.parametrize(
    ("size", "noise", "taken"),
    [
        (3 * 1024 * 1024, 17_900, True),  # 150 to 1
        (3 * 1024 * 1024, 9_500, False),  # 250 to 1, in a part that nobody reads
        (1024 * 1024, 0, True),  # small enough for any ratio
    ],
)
def test_a_part_that_is_hardly_anything_when_packed(size, noise, taken):
    part = random.Random(1).randbytes(noise).ljust(size, b"\0")
    content = package(SOUND, {"docProps/thumbnail.bin": part})
    if taken:
        assert values(sheets.read("a.xlsx", content, LIST), "name") == ["甲"]
    else:
        assert "超出允许范围" in refusal(content)


def test_cut_off_anywhere():
    whole = workbook([HEADERS, ["甲", "", "市级"]])
    for size in range(4, len(whole) - 1, 97):
        assert refusal(whole[:size])


def test_a_changed_byte_never_breaks_the_reader():
    whole = bytearray(package(SOUND, method=zipfile.ZIP_STORED))
    for place in range(4, len(whole), 7):
        changed = bytes(whole[:place]) + bytes([whole[place] ^ 0x15]) + bytes(whole[place + 1 :])
        try:
            sheets.read("a.xlsx", changed, LIST)
        except sheets.SheetRefused:
            continue


def test_a_hundred_thousand_rows_are_refused_fast():
    rows = (inline("甲公司", f"9111011{number:011}", "市级", "2026-03-02", str(number)) for number in range(100_000))
    content = package(worksheet(inline(*HEADERS) + "".join(rows)))
    for filename, many in (
        ("a.xlsx", content),
        ("a.csv", (",".join(HEADERS) + "\n" + "甲公司,91110112YYYY000121,市级,2026-03-02\n" * 100_000).encode()),
    ):
        started = time.process_time()
        assert "20,000行" in refusal(many, filename)
        assert time.process_time() - started < 10


def test_twenty_thousand_rows_are_taken_and_one_more_is_not():
    most = "企业名称\n" + "甲\n" * sheets.MOST_ROWS
    assert len(sheets.read("a.csv", most.encode(), LIST).rows) == sheets.MOST_ROWS
    assert "20,000行" in refusal((most + "甲\n").encode(), "a.csv")


def test_bombs_are_not_unpacked():
    """Three ways to be small on disk; none may cost much memory."""
    blank = " " * (60 * 1024 * 1024)
    bomb = package(blank)
    assert len(bomb) < 100_000
    dense = package(worksheet(inline("企业名称") + "<row/>" * 1_000_000))
    many = package(SOUND, {f"xl/media/{number}.bin": bytes(1024 * 1024) for number in range(60)})
    lying = _with_declared_size(bomb, SHEET, 1000)
    tracemalloc.start()
    for content in (bomb, dense, many, lying):
        assert refusal(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30 * 1024 * 1024


def _with_declared_size(content: bytes, name: str, size: int) -> bytes:
    """The package with another unpacked size of a part in both of its headers."""
    changed = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        local = whole.getinfo(name).header_offset
    central = content.rindex(name.encode()) - 46
    struct.pack_into("<I", changed, local + 22, size)
    struct.pack_into("<I", changed, central + 24, size)
    return bytes(changed)


def test_a_header_that_lies_about_the_size():
    content = package(worksheet(inline("企业名称") + inline("甲") * 1000))
    assert "损坏" in refusal(_with_declared_size(content, SHEET, 500))


def test_too_many_parts():
    assert "超出" in refusal(package(SOUND, {f"xl/{number}": "" for number in range(1000)}))
    assert "超出" in refusal(package(SOUND, {f"xl/{number:0200}": "" for number in range(2000)}))


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "xl\\..\\x", "C:/x", "XL/WORKBOOK.XML"])
def test_names_that_point_elsewhere(name):
    assert "损坏" in refusal(package(SOUND, {name: "x"}))


def test_encrypted_parts():
    content = bytearray(package(SOUND))
    central = content.rindex(SHEET.encode()) - 46
    content[central + 8] |= 1
    assert "加密" in refusal(bytes(content))


def test_other_ways_to_pack():
    assert "损坏" in refusal(package(SOUND, method=zipfile.ZIP_LZMA))
    assert "损坏" in refusal(package(SOUND, method=zipfile.ZIP_BZIP2))


@pytest.mark.parametrize(
    "more",
    [
        {"xl/vbaProject.bin": b"x"},
        {
            "[Content_Types].xml": TYPES.replace(
                "application/xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
            )
        },
        {
            "[Content_Types].xml": TYPES.replace("application/xml", "application/vnd.ms-office.vbaProject").encode(
                "utf-16"
            )
        },
    ],
)
def test_macros(more):
    assert "宏" in refusal(package(SOUND, more))


def test_links_to_other_places_are_not_followed():
    outside = '<Relationship Id="rId1" Type="x/worksheet" TargetMode="External" Target="file:///etc/passwd"/>'
    relations = RELATIONS.replace('<Relationship Id="rId1"', f'{outside}<Relationship Id="rId9"')
    assert "不是数据表" in refusal(package(SOUND, {"xl/_rels/workbook.xml.rels": relations}))
    climbing = RELATIONS.replace("worksheets/sheet1.xml", "../../../etc/passwd")
    assert "损坏" in refusal(package(SOUND, {"xl/_rels/workbook.xml.rels": climbing}))
    linked = package(SOUND, {"xl/externalLinks/externalLink1.xml": "<x/>"})
    assert values(sheets.read("a.xlsx", linked, LIST), "name") == ["甲"]


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(9))


@pytest.mark.parametrize(
    "declared",
    [
        f"<!DOCTYPE sst [{LAUGHS}]>",
        '<!DOCTYPE sst [<!ENTITY l8 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE sst SYSTEM "http://example.invalid/x.dtd">',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_are_refused(declared, encoding):
    text = f'{declared}<sst xmlns="{MAIN}"><si><t>&l8;</t></si></sst>'
    assert "DTD" in refusal(package(SOUND, {STRINGS: text.encode(encoding)}))
    assert "DTD" in refusal(package(f"{declared}<worksheet/>"))


@pytest.mark.parametrize(
    "xml",
    [
        "<a>" * 1000,
        "<worksheet " + " ".join(f"a{number}=''" for number in range(100_000)) + "/>",
        "<worksheet>" + "".join(f"<a{number}/>" for number in range(100_000)) + "</worksheet>",
        "<worksheet><!--" + "x" * 1_500_000,
        "<worksheet>" + "<c/>" * 10 + "</worksheet>",
        "<worksheet><sheetData><row r='5'/><row r='4'/></sheetData></worksheet>",
        "<worksheet><sheetData><row r='9999999'/></sheetData></worksheet>",
        "<worksheet><sheetData><row r='x'/></sheetData></worksheet>",
        "<worksheet><sheetData><row r='1'><row/></row></sheetData></worksheet>",
        "<worksheet><sheetData><row r='1'><c r='B1'/><c r='A1'/></row></sheetData></worksheet>",
        "<worksheet><sheetData><row r='1'><c r='A2'/></row></sheetData></worksheet>",
        "<worksheet><sheetData><row r='1'><c r='BI1'><v>1</v></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row><c t='s'><v>7</v></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row><c t='s'><v>-1</v></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row><c t='zzz'><v>7</v></c></row></sheetData></worksheet>",
        "<?xml version='1.0' encoding='nobody-knows'?><worksheet/>",
        "<worksheet>&undefined;</worksheet>",
        "not xml",
        "",
    ],
)
def test_xml_without_end_or_sense(xml):
    assert refusal(package(xml))


def test_styles_without_end():
    """What costs a reader that builds trees hundreds of megabytes."""
    styles = (
        f'{DECLARED}<styleSheet xmlns="{MAIN}"><cellXfs>' + '<xf numFmtId="0"/>' * 100_000 + "</cellXfs></styleSheet>"
    )
    assert "超出" in refusal(package(SOUND, {STYLES: styles}))


def test_strings_without_end():
    strings = f'<sst xmlns="{MAIN}">' + "<si/>" * 500_001 + "</sst>"
    assert "超出" in refusal(package(SOUND, {STRINGS: strings}))


def test_a_workbook_whose_first_sheet_is_hidden_gives_the_next():
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="H" state="hidden" r:id="rId7"/>'
        '<sheet name="S" r:id="rId1"/></sheets></workbook>'
    )
    assert values(sheets.read("a.xlsx", package(SOUND, {"xl/workbook.xml": book}), LIST), "name") == ["甲"]
    nothing = book.replace('<sheet name="S"', '<sheet name="S" state="veryHidden"')
    assert "损坏" in refusal(package(SOUND, {"xl/workbook.xml": nothing}))
