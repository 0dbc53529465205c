"""Rows that come as JSON are read like those of a file."""

from tests.sheets.layouts import LIST, refused, values
from workflows import sheets


def test_records_by_the_keys_of_the_layout() -> None:
    records = [{"name": " 甲 ", "code": None, "level": "市级", "on": "2026-03-02"}, {"name": "乙", "amount": ""}]
    sheet = sheets.read_records(LIST, records)
    assert values(sheet, "name") == ["甲", "乙"]
    assert values(sheet, "level") == ["municipal", None]
    assert [row.number for row in sheet.rows] == [1, 2]


def test_each_wrong_record_is_refused_by_itself() -> None:
    wrong: list[tuple[object, str]] = [
        ([], "不是一条记录"),
        (None, "不是一条记录"),
        ({}, "“企业名称”必须填写"),
        ({"name": "甲", "other": "1"}, "没有“other”这一项"),
        ({"name": "=1"}, "公式"),
        ({"name": 1}, "须以文本填写"),
        ({"name": 1.5}, "须以文本填写"),
        ({"name": True}, "须以文本填写"),
        ({"name": [True]}, "须以文本填写"),
        ({"name": {"a": "b"}}, "须以文本填写"),
        ({"name": "长" * 501}, "超过500字"),
        ({"name": "\ud800"}, "控制字符"),
    ]
    sheet = sheets.read_records(LIST, [record for record, _ in wrong])
    assert sheet.rows == ()
    for number, (record, words) in enumerate(wrong, start=1):
        assert words in refused(sheet)[number], record
