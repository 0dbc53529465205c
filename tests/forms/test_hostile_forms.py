"""Forms made to do harm: each is refused at once, in one Chinese sentence that names the field, and nothing crashes."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.forms.made_up import CHOICES, COMPONENTS, text
from tests.forms.shipped_forms import FOLDER
from workflows import forms
from workflows.forms.soundness import MAX_BYTES

FIELD: dict[str, Any] = {"type": "textfield", "id": "f", "key": "amount", "label": "核减金额"}
RADIO: dict[str, Any] = {"type": "radio", "id": "r", "key": "kind", "label": "类别", "values": CHOICES}


def nested(depth: int) -> dict[str, Any]:
    """A group in a group in a group …"""
    inner = FIELD
    for level in range(depth):
        inner = {"type": "group", "id": f"g{level}", "label": "组", "components": [inner]}
    return inner


def refused(content: bytes) -> forms.FormRefused:
    """The refusal, which came quickly and can be shown."""
    started = time.process_time()
    with pytest.raises(forms.FormRefused) as caught:
        forms.read(content)
    assert time.process_time() - started < 2
    said = caught.value.message_zh
    assert len(said) < 400
    assert said.isprintable()
    assert any("\u4e00" <= sign <= "\u9fff" for sign in said)
    return caught.value


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"\x00" * 100,
        b"\xff\xfe\x00",
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'{"type": "default", "components": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"type": "default", "id": "x", "components": [NaN]}',
        b'{"type": "default", "id": "x", "schemaVersion": 1' + b"0" * 5000 + b"}",
        b'{"type": "default", "id": "x", "id": "y", "components": []}',
        b'{"type": "default", "id": "x", "components": {"0": {}}}',
        b'{"type": "default", "id": "x", "components": "all"}',
        b'{"type": "default", "id": "x", "components": [null, 1, "a"]}',
        b'{"type": "default", "id": ["x"], "components": []}',
        b'{"type": "default", "id": "x", "properties": [], "components": []}',
        b'{"type": "default", "id": "__class__", "components": []}',
        b" " * (MAX_BYTES + 1),
        text(nested(5)),
        text(nested(250)),
        text(*[FIELD | {"id": f"f{number}", "key": f"k{number}"} for number in range(301)]),
    ],
)
def test_a_file_that_is_no_form_or_far_too_much(content: bytes) -> None:
    assert refused(content).message_zh.startswith(("表单", "「组」"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"type": "filepicker"}, "不支持的组件类型"),
        ({"type": "html", "content": "<img src=x onerror=alert(1)>"}, "不支持的组件类型"),
        ({"type": "iframe", "url": "https://example.invalid"}, "不支持的组件类型"),
        ({"type": {"$ref": "textfield"}}, "不支持的组件类型"),
        ({"label": "<script>alert(1)</script>"}, "网页代码"),
        ({"label": "核减 < / b onclick=x>"}, "网页代码"),
        ({"description": "见javascript :alert(1)"}, "网页代码"),
        ({"label": "核减\u202e金额"}, "控制字符"),
        ({"label": "核减\ud800"}, "控制字符"),
        ({"label": "核\x00减"}, "控制字符"),
        ({"label": "长" * 5000}, "超过4000字"),
        ({"label": "=amount * 2"}, "不能是表达式"),
        ({"description": "{{amount}}"}, "不能是表达式"),
        ({"label": {"zh": "金额"}}, "不是文字"),
        ({"key": "__proto__"}, "字段标识"),
        ({"key": 7}, "不是文字"),
        ({"id": "a b"}, "组件编号"),
        ({"id": "r"}, "组件编号“r”重复"),
        ({"key": "kind"}, "字段标识“kind”重复"),
        ({"properties": {"kind": ["money"]}}, "须为文字"),
        ({"properties": {"script": "x"}}, "不支持：script"),
        ({"validate": []}, "填写要求格式有误"),
        ({"validate": {"required": 1}}, "“必填”只能开或关"),
        ({"validate": {"maxLength": 10**30}}, "须为0至1000的整数"),
        ({"validate": {"pattern": ["^a$"]}}, "正则表达式"),
        ({"validate": {"pattern": "^(a+)+$"}}, "过于复杂"),
        ({"validate": {"pattern": "^a*a*a*a*a*a*b$"}}, "过于复杂"),
        ({"validate": {"pattern": f"^{'a?' * 60}{'a' * 60}$"}}, "过于复杂"),
        ({"validate": {"pattern": f"^{'(a|a)' * 30}$"}}, "过于复杂"),
        ({"validate": {"pattern": "^[z-a]$"}}, "不是有效的正则表达式"),
        ({"validate": {"pattern": f"^a{{{10**20}}}$"}}, "正则表达式"),
        ({"conditional": "=kind = 1"}, "显示条件"),
        ({"conditional": {"hide": ["kind"]}}, "须为一个表达式"),
        ({"conditional": {"hide": '=some x in kind satisfies x = "a"'}}, "不支持"),
        ({"conditional": {"hide": "=function() external {}"}}, "不支持"),
        ({"conditional": {"hide": "=" + "(" * 400 + 'kind = "a"'}}, "括号超过"),
        ({"conditional": {"hide": "=" + 'kind = "a" or ' * 100}}, "超过500个字符"),
        ({"conditional": {"hide": '=nobody = "a"'}}, "引用了“nobody”"),
        ({"conditional": {"hide": '=kind = "z"'}}, "没有选项“z”"),
        ({"properties": {"kind": "money", "min": "1E999999999"}}, "超出范围"),
        ({"properties": {"kind": "money", "min": "sNaN"}}, "超出范围"),
        ({"layout": {"columns": 10**9}}, "宽度"),
        ({"readonly": '=kind = "a"'}, "只能开或关"),
        ({"defaultValue": "x"}, "默认值（defaultValue）"),
    ],
)
def test_a_field_that_is_no_field_of_ours(wrong: dict[str, Any], said: str) -> None:
    refusal = refused(json.dumps(json.loads(text(RADIO)) | {"components": [RADIO, FIELD | wrong]}).encode())
    assert said in refusal.message_zh


def test_the_field_is_named_as_the_editor_shows_it() -> None:
    refusal = refused(text(RADIO, FIELD | {"validate": {"required": True}}))
    assert refusal.message_zh.startswith("「核减金额」（amount）是必填项，须有符合要求的样例")
    assert refusal.place.id == "f"


@pytest.mark.parametrize(
    "example",
    [
        "digits:1000000000",
        "digits:0",
        "digits:-5",
        "date:matter:1E999999",
        "year:matter:NaN",
        "share:amount:1E999999",
        "fact:amount",
        "fact:b",
        "rest:b:" + "b " * 200,
    ],
)
def test_the_source_of_an_example_cannot_run_away(example: str) -> None:
    """`b` refers back to `amount`, many times over."""
    required = {"validate": {"required": True}}
    back = {
        "type": "textfield",
        "id": "b",
        "key": "b",
        "label": "乙",
        "properties": {"example": "rest:c:" + "c " * 200},
    }
    third = {
        "type": "textfield",
        "id": "c",
        "key": "c",
        "label": "丙",
        "properties": {"example": "rest:d:" + "d " * 200},
    }
    last = {"type": "textfield", "id": "d", "key": "d", "label": "丁", "properties": {"example": "fact:amount"}}
    refused(text(FIELD | required | {"properties": {"example": example}}, back, third, last))


def test_a_form_that_only_many_choices_fill_is_read_in_time() -> None:
    many = [
        RADIO
        | {
            "id": f"r{number}",
            "key": f"k{number}",
            "values": [{"label": f"{each}", "value": f"v{each}"} for each in range(20)],
        }
        for number in range(200)
    ]
    started = time.process_time()
    assert len(forms.read(text(*many)).fields) == 200
    assert time.process_time() - started < 5


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=15,
)
NAMES = st.sampled_from(sorted({name for part in COMPONENTS for name in part} | {"defaultValue", "valuesKey"}))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(COMPONENTS), NAMES, JSON)
def test_whatever_stands_where_something_else_belongs(component: dict[str, Any], name: str, value: Any) -> None:
    """A form is taken or refused; nothing else happens."""
    try:
        forms.read(text(RADIO | {"id": "zz", "key": "zz"}, component | {name: value}))
    except forms.FormRefused as refusal:
        assert refusal.message_zh.isprintable()


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_shipped_form_with_a_piece_cut_out_or_written_over(data: st.DataObject) -> None:
    content = bytearray((FOLDER / "recheck.form").read_bytes())
    start = data.draw(st.integers(0, len(content) - 1))
    content[start : start + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=20))
    try:
        forms.read(bytes(content))
    except forms.FormRefused as refusal:
        assert refusal.message_zh.isprintable()
