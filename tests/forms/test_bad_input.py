"""Whatever is sent, the answer is the cleaned data or one clear sentence a field."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.forms.made_up import EVERYTHING, FILLED
from tests.forms.shipped_forms import SHIPPED, context, example_data
from workflows import forms

MONEY = "「金额」须为金额，最多两位小数"


def errors(data: Any, form: forms.Form = EVERYTHING, **options: Any) -> dict[str, str]:
    try:
        forms.validate(form, data, **options)
    except forms.Invalid as invalid:
        found = {error.field: error.message for error in invalid.errors}
        assert len(found) == len(invalid.errors)
        assert all(len(message) < 200 for message in found.values())
        return found
    return {}


TABLE: list[tuple[str, Any, str | None]] = [
    ("amount", "0.005", MONEY),
    ("amount", "NaN", MONEY),
    ("amount", "Infinity", MONEY),
    ("amount", "1e309", MONEY),
    ("amount", "1E2", MONEY),
    ("amount", "-1", MONEY),
    ("amount", "+1", MONEY),
    ("amount", "01", MONEY),
    ("amount", "1,00", "「金额」中逗号的位置不合千分位，无法确定是多少，请去掉逗号后填写"),
    ("amount", "1 00", "「金额」中间有空格，无法确定是一个还是几个数字，请核对后去掉空格"),
    ("amount", "120万", "「金额」含有“万”，请换算为元后只填数字"),
    ("amount", "120万元", "「金额」含有“万”，请换算为元后只填数字"),
    ("amount", "50%", "「金额」含有百分号，请按填写说明只填数字"),
    ("amount", "1_000", MONEY),
    ("amount", "一百", "「金额」请用阿拉伯数字填写"),
    ("amount", ".5", MONEY),
    ("amount", "5.", MONEY),
    ("amount", "1\n2", "「金额」含有不可见的控制字符，请删去后重新填写"),
    ("amount", "9" * 13, MONEY),
    ("amount", "9" * 10**7, MONEY),
    ("amount", 100, f"{MONEY}，并以文本形式提交"),
    ("amount", 0.1, f"{MONEY}，并以文本形式提交"),
    ("amount", float("nan"), f"{MONEY}，并以文本形式提交"),
    ("amount", float("inf"), f"{MONEY}，并以文本形式提交"),
    ("amount", True, f"{MONEY}，并以文本形式提交"),
    ("amount", ["1"], f"{MONEY}，并以文本形式提交"),
    ("amount", "0.00", "「金额」不得小于0.01元"),
    ("amount", "1000000.01", "「金额」不得大于1000000元"),
    ("code", "91110112YYYY000122", "「信用代码」须为18位统一社会信用代码，请核对有无错漏"),
    ("code", "91110112YYYYO00121", "「信用代码」须为18位统一社会信用代码，请核对有无错漏"),
    ("name", "", "「名称」为必填项"),
    ("name", "   \u3000", "「名称」为必填项"),
    ("name", None, "「名称」为必填项"),
    ("name", 5, "「名称」须以文本形式提交"),
    ("name", {"a": 1}, "「名称」须以文本形式提交"),
    ("name", "字" * 21, "「名称」最多20个字"),
    ("name", "字" * 10**7, "「名称」最多20个字"),
    ("name", " " * 10**7, "「名称」最多20个字"),
    ("name", "a\x00b", "「名称」含有不可见的控制字符，请删去后重新填写"),
    ("name", "a\nb", "「名称」含有不可见的控制字符，请删去后重新填写"),
    ("name", "a\u202eb", "「名称」含有不可见的控制字符，请删去后重新填写"),
    ("name", "a\ud800b", "「名称」含有不可见的控制字符，请删去后重新填写"),
    ("note", "a\x1bb", "「说明」含有不可见的控制字符，请删去后重新填写"),
    ("note", "短", "「说明」至少2个字"),
    ("people", "5", "「人数」须为整数"),
    ("people", True, "「人数」须为整数"),
    ("people", 1.5, "「人数」须为整数"),
    ("people", float("nan"), "「人数」须为整数"),
    ("people", float("inf"), "「人数」须为整数"),
    ("people", 1e300, "「人数」须为整数"),
    ("people", 10**5000, "「人数」超出可填写的范围"),
    ("people", -1, "「人数」不得小于0"),
    ("people", 5001, "「人数」不得大于5000"),
    ("agreed", "true", "「同意」须为是或否"),
    ("agreed", 1, "「同意」须为是或否"),
    ("kind", None, "「类别」为必选项，请选择"),
    ("kind", "c", "「类别」的选项无效，请从所列选项中选择"),
    ("kind", "c" * 10**7, "「类别」的选项无效，请从所列选项中选择"),
    ("kind", ["a"], "「类别」须以文本形式提交"),
    ("first_time", "true", "「是否首次」须为是或否"),
    ("first_time", "是", "「是否首次」须为是或否"),
    ("first_time", 1, "「是否首次」须为是或否"),
    ("first_time", 0.0, "「是否首次」须为是或否"),
    ("first_time", [True], "「是否首次」须为是或否"),
    ("first_time", "", "「是否首次」须为是或否"),
    ("tags", "a", "「标签」须以选项列表形式提交"),
    ("tags", ["a", 1], "「标签」须以选项列表形式提交"),
    ("tags", ["a", "a"], "「标签」的选项不得重复"),
    ("tags", ["a", "a", "a"], "「标签」的选项不得重复"),
    ("tags", ["z"], "「标签」的选项无效，请从所列选项中选择"),
    ("tags", ["z" * 10**7], "「标签」的选项无效，请从所列选项中选择"),
    ("held_on", "2026-02-29", "「日期」没有这一天，请核对日期"),
    ("held_on", "2026-13-01", "「日期」没有这一天，请核对日期"),
    ("held_on", "2026-03", "「日期」只写到月，请写明到日，例如2026-03-02"),
    ("held_on", "3/2/2026", "「日期」的年月日顺序无法确定，请先写四位年份，例如2026-03-02"),
    ("held_on", "2026-W10-1", "「日期」应为日期，例如2026-03-02"),
    ("held_on", "0001-01-01", "「日期」须为有效日期，格式如2026-03-02"),
    ("held_on", 20260302, "「日期」须以文本形式提交"),
    ("plate", "ab-1", "「编号」须形如AB-12"),
    ("plate", "AB-1\n", None),  # a blank at the end is trimmed
    ("lines", {}, "「明细」须为列表，每行为各栏的键值对象"),
    ("lines", "x", "「明细」须为列表，每行为各栏的键值对象"),
    ("lines", [1], "「明细」须为列表，每行为各栏的键值对象"),
    ("lines", [{}] * 6, "「明细」最多填写5行"),
    ("lines", [{}] * 10**6, "「明细」最多填写5行"),
]


@pytest.mark.parametrize(
    ("field", "value", "message"), TABLE, ids=[f"{number}-{row[0]}" for number, row in enumerate(TABLE)]
)
def test_one_sentence_for_one_field(field: str, value: Any, message: str | None) -> None:
    started = time.process_time()
    assert errors(FILLED | {field: value}) == ({field: message} if message else {})
    assert time.process_time() - started < 2


def test_rows_are_named_by_number_and_column() -> None:
    lines = [{"item": "设备", "sum": "1.00"}, {"sum": "x", "more": 1}]
    assert errors(FILLED | {"lines": lines}) == {
        "lines-1-item": "「明细」第2行「项目」为必填项",
        "lines-1-sum": "「明细」第2行「金额」须为金额，最多两位小数",
        "lines-1-more": "表单中没有这一项，请删去",
    }


def test_unknown_fields_are_refused_without_being_repeated() -> None:
    data = FILLED | {"admin": True, "x" * 10**7: 1, "<b>\x00": 2, "__proto__": {}}
    found = errors(data)
    assert set(found.values()) == {"表单中没有这一项，请删去"}
    assert set(found) == {"admin", "x" * 40, "?b?", "__proto__"}


def test_very_many_errors_are_cut_off() -> None:
    assert len(errors({f"field{number}": 1 for number in range(10**5)})) == 100


@pytest.mark.parametrize("data", [None, [], "x", 5, True, float("nan")])
def test_a_submission_is_an_object(data: Any) -> None:
    assert errors(data) == {"": "提交内容须为表单各项的键值对象"}


def test_what_does_not_apply_must_be_empty() -> None:
    data = {"name": "甲", "kind": "b", "amount": "5.00"}
    assert errors(data) == {"amount": "「金额」在所选情形下无须填写，请清空"}
    assert forms.validate(EVERYTHING, data | {"amount": " "}) == {"name": "甲", "kind": "b", "agreed": False}


def test_what_a_decision_asks_for_is_required() -> None:
    formality = SHIPPED["formality_check"]
    assert errors({"decision": "correct"}, formality) == {"correction_items": "「需要补正的材料」须逐行填写，至少一行"}
    assert errors({"decision": "not_accept"}, formality) == {
        "reason_code": "「拟不予受理的原因」为必选项，请选择",
        "reason": "「拟不予受理的具体理由」为必填项",
    }
    asked = {"waiver": "「容缺受理的理由」为必填项", "waiver_days": "「补齐期限」为必填项"}
    assert errors({"decision": "accept"}, formality) == asked
    complete = {"waiver": (), "waiver_days": ()}
    assert forms.validate(formality, {"decision": "accept"}, allowed=complete) == {"decision": "accept"}
    sent = {"decision": "accept", "waiver": "材料正在办理"}
    assert forms.validate(formality, sent, allowed=complete) == {"decision": "accept"}, "nothing is waived"
    assert errors({}, formality) == {"decision": "「审查结论」为必选项，请选择"}
    assert errors({"decision": "accept"}, SHIPPED["declare_interest"]) == {"no_conflict": "「无利害关系承诺」须勾选"}
    assert errors({"decision": "recuse", "recusal_reason": "有合作"}, SHIPPED["declare_interest"]) == {}


def test_scores_stay_within_their_criterion() -> None:
    data = example_data(SHIPPED["retrofit_score"], context(), score_legality="15.01", score_effect="29.999")
    assert errors(data, SHIPPED["retrofit_score"]) == {
        "score_legality": "「合规性（15分）」不得大于15分",
        "score_effect": "「改造成效（30分）」须为分数，最多两位小数",
    }


def test_the_commitment_must_be_made() -> None:
    application = SHIPPED["retrofit_application"]
    data = example_data(application, context())
    assert errors(data | {"commitment": False}, application) == {"commitment": "「承诺」须勾选"}
    del data["commitment"]
    assert errors(data, application) == {"commitment": "「承诺」须勾选"}


def test_site_inspection_needs_two_names() -> None:
    form = SHIPPED["site_inspection"]
    data = example_data(form, context())
    assert errors(data | {"inspectors": "张三"}, form) == {"inspectors": "「核查人员」须填写两人以上姓名，用顿号分隔"}
    assert errors(data | {"inspectors": "张三，李四、王五"}, form) == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
KEYS = [field.key for field in EVERYTHING.fields]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), JSON | st.sampled_from(["a", "1.00", "2026-03-02"])))
def test_any_json_is_cleaned_or_refused(data: dict[str, Any]) -> None:
    try:
        clean = forms.validate(EVERYTHING, data)
    except forms.Invalid as invalid:
        assert invalid.errors
        for error in invalid.errors:
            error.message.encode()
            assert error.field.partition("-")[0] in KEYS
        return
    assert json.loads(json.dumps(clean, allow_nan=False)) == clean
    json.dumps(clean, ensure_ascii=False).encode()
    assert Draft202012Validator(forms.json_schema(EVERYTHING)).is_valid(clean)
    assert forms.validate(EVERYTHING, clean) == clean


@pytest.mark.parametrize(
    ("field", "pasted", "kept"),
    [
        ("amount", "1,200.50", "1200.50"),
        ("amount", "１２００", "1200"),
        ("amount", "￥1,200 元", "1200"),
        ("amount", "1200\u200b", "1200"),
        ("amount", "\ufeff1200\u00a0", "1200"),
        ("amount", '="1200"', "1200"),
        ("code", "91110112yyyy000121", "91110112YYYY000121"),
        ("code", "91110112 YYYY 000121", "91110112YYYY000121"),
        ("code", "９１１１０１１２YYYY000121\u200b", "91110112YYYY000121"),
        ("held_on", "2026年 3月 2日", "2026-03-02"),
        ("held_on", "20260302", "2026-03-02"),
        ("held_on", "2026/3/2 09:30", "2026-03-02"),
    ],
)
def test_what_people_paste_is_kept_in_plain_signs(field: str, pasted: str, kept: str) -> None:
    assert forms.validate(EVERYTHING, {"name": "甲", "kind": "a", field: pasted})[field] == kept
