"""政策口径: what is shipped, how values are read and shown, and the limits that hold."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from workflows.rules import parameters
from workflows.rules.parameters import BeyondLimit, ValueInvalid, catalog, check, parse
from workflows.rules.parameters.parameter import Parameter
from workflows.rules.values import KINDS, LONGEST_TEXT


def parameter(type="int", status="OPEN", **stated):
    return Parameter.of(
        {
            "id": "x.y",
            "label": "试验参数",
            "type": type,
            "article": "第三条",
            "status": status,
            "effective_on": date(2026, 1, 1),
            "basis": "policy",
        }
        | stated
    )


@pytest.mark.parametrize("each", catalog().values(), ids=lambda each: each.id)
def test_what_is_shipped_is_whole(each):
    assert each.label and each.article.startswith("第")
    assert each.type in KINDS
    assert bool(each.choices) is (each.type == "enum" or each.id == "proc.republish_on")
    assert each.contested is (each.id in {"a10.other_policy_treatment", "policy.effective_from"})
    if each.default is not None:
        value = parse(each, each.default)
        check(each, value)
        assert parameters.as_text(each, value) == each.default
        assert parameters.show(each, value)


def test_the_policy_fixes_and_caps_what_it_says():
    policy = {each.id: (each.status, each.limit) for each in catalog().values() if each.limit}
    assert policy == {
        "a3.rate": ("CEIL", "0.30"),
        "a3.project_cap": ("FIXED", "2000000"),
        "a10.annual_cap": ("FIXED", "2000000"),
        "policy.validity_years": ("FIXED", "3"),
    }
    assert all(catalog()[id].basis == "policy" for id in policy)
    assert not any(catalog()[f"elig.{id}"].basis == "policy" for id in ("no_veto_years", "min_operating_months"))


def test_what_a_batch_of_retrofit_uses():
    used = {each.id for each in parameters.required_for(["retrofit"])}
    assert {"a3.rate", "a10.annual_cap", "proc.expert_route.art3", "elig.registration_in_district.art3"} <= used
    assert used == set(catalog()) - {"policy.post_expiry_instalments"}
    assert not {id for id in {each.id for each in parameters.required_for([])} if id.startswith("a3.")}


def test_nobody_has_to_be_registered_in_the_district_unless_somebody_decides_so():
    assert parameters.values({})["elig.registration_in_district.art3"] is False


def test_a_value_is_as_of_a_day():
    assert catalog(date(2025, 12, 31)) == {}
    assert catalog(date(2026, 1, 1)) == catalog()
    assert parameters.values({}, date(2025, 12, 31)) == {}


@pytest.mark.parametrize(
    ("type", "text", "value", "shown"),
    [
        ("money", "1000000", Decimal(1000000), "1,000,000元"),
        ("ratio", "0.30", Decimal("0.30"), "30%"),
        ("ratio", "0.125", Decimal("0.125"), "12.5%"),
        ("ratio", "1", Decimal(1), "100%"),
        ("ratio-or-off", "off", None, "不设"),
        ("ratio-or-off", "1.00", Decimal("1.00"), "100%"),
        ("number", "70.00", Decimal("70.00"), "70.00分"),
        ("number-or-off", "off", None, "不设"),
        ("number-or-off", "1.25", Decimal("1.25"), "1.25分"),
        ("int", "10", 10, "10分"),
        ("fraction", "2/3", Fraction(2, 3), "2/3分"),
        ("bool", "true", True, "是"),
        ("bool", "false", False, "否"),
        ("enum", "uscc", "uscc", "单独计算"),
        ("list", "I6450; I6550", ("I6450", "I6550"), "I6450；I6550"),
        ("date", "2026-03-02", date(2026, 3, 2), "2026年3月2日"),
    ],
)
def test_values_are_read_written_and_shown(type, text, value, shown):
    one = parameter(type, unit="分", choices={"uscc": "单独计算"} if type == "enum" else {})
    assert parse(one, text) == value
    assert parameters.as_text(one, value) == text
    assert parameters.show(one, value) == shown
    check(one, value)


@pytest.mark.parametrize("text", ["I6450;I6550", "I6450，I6550", "I6450、 I6550；", " I6450\nI6550;I6450"])
def test_lists_are_read_as_people_write_them(text):
    assert parse(parameter("list"), text) == ("I6450", "I6550")


@pytest.mark.parametrize(
    ("type", "bad", "sentence"),
    [
        ("money", "0.005", "最多保留两位小数"),
        ("money", "1e309", "不小于0的数字"),
        ("ratio", "NaN", "比例应为"),
        ("ratio", "1.0001", "比例应为"),
        ("ratio", "30%", "比例应为"),
        ("ratio-or-off", "", "比例应为"),
        ("number", "-1", "应为不小于0"),
        ("number", "1e309", "应为不小于0"),
        ("int", "5.0", "整数"),
        ("int", "１", "整数"),
        ("int", "1000000", "整数"),
        ("fraction", "0.67", "分数"),
        ("fraction", "3/2", "分数"),
        ("fraction", "1/0", "分数"),
        ("bool", "True", "请选择“是”"),
        ("enum", "group", "请从以下选项中选择：单独计算（uscc）"),
        ("list", " ; ", "至少填写一项"),
        ("list", "uscc; group", "多项以分号隔开：单独计算（uscc）"),
        ("date", "2026-02-30", "有效日期"),
        ("date", "20260302", "有效日期"),
        ("int", 5, "应以文本填写"),
        ("ratio", 0.3, "应以文本填写"),
        ("int", "9" * (LONGEST_TEXT + 1), "不得超过2000字"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_what_is_no_value_is_refused(type, bad, sentence):
    one = parameter(type, choices={"uscc": "单独计算"} if type in ("enum", "list") and bad != " ; " else {})
    with pytest.raises(ValueInvalid, match=sentence) as refused:
        parse(one, bad)
    assert str(refused.value).startswith("“试验参数”")


@pytest.mark.parametrize(
    ("id", "text", "sentence"),
    [
        ("a3.rate", "0.3001", "“核定总投资支持比例”不得低于1%、不得超过政策上限30%（第三条），填报值为30.01%"),
        ("a3.rate", "0", "“核定总投资支持比例”不得低于1%、不得超过政策上限30%（第三条），填报值为0%"),
        (
            "a3.project_cap",
            "1999999.99",
            "“单个项目最高支持金额”由政策明确为2,000,000元，不得调整（第三条），填报值为1,999,999.99元",
        ),
        (
            "a10.annual_cap",
            "2000001",
            "“单个企业年度支持限额”由政策明确为2,000,000元，不得调整（第十条），填报值为2,000,001元",
        ),
        ("proc.expert_count", "4", "“评审专家人数”不得低于3名、不得超过15名、应为奇数，填报值为4名"),
        ("proc.publicity_days", "0", "“公示期”不得低于1个工作日、不得超过120个工作日，填报值为0个工作日"),
        ("proc.publicity_days", "999999", "“公示期”不得低于1个工作日、不得超过120个工作日，填报值为999999个工作日"),
        ("a3.dc_max_pue", "0.99", "“数据中心改造后电能利用效率（PUE）上限”不得低于1.00、不得超过3.00，填报值为0.99"),
    ],
)
def test_limits_hold_and_give_their_figures(id, text, sentence):
    with pytest.raises(BeyondLimit) as refused:
        parameters.values({id: text})
    assert str(refused.value) == sentence
    assert refused.value.id == id
    assert refused.value.value in sentence
    assert refused.value.limit == parameters.show_limit(catalog()[id])


@pytest.mark.parametrize(
    ("id", "text"),
    [("a3.rate", "0.30"), ("a3.rate", "0.01"), ("a3.project_cap", "2000000.00"), ("proc.expert_count", "7")],
)
def test_the_limit_itself_is_allowed(id, text):
    assert parameters.values({id: text})[id] == Decimal(text)


def test_a_parameter_without_limits_says_nothing():
    assert parameters.show_limit(parameter()) == ""


def test_values_are_typed_and_leave_out_what_nobody_chose():
    shipped = parameters.values({})
    assert shipped["a3.rate"] == Decimal("0.30")
    assert shipped["proc.expert_majority"] == Fraction(2, 3)
    assert "a10.other_policy_treatment" not in shipped
    chosen = parameters.values({"a10.other_policy_treatment": "exclusive", "policy.effective_from": "2025-01-10"})
    assert chosen["a10.other_policy_treatment"] == "exclusive"
    assert chosen["policy.effective_from"] == date(2025, 1, 10)
    assert len(chosen) == len(catalog())


def test_an_unknown_parameter_is_named():
    with pytest.raises(parameters.ParameterUnknown, match=r"没有编号为“a99\.rate”") as refused:
        parameters.values({"a99.rate": "0.30"})
    assert refused.value.id == "a99.rate"


def test_a_value_that_nobody_chose_is_named():
    with pytest.raises(parameters.ParameterMissing, match="同一事项已享受本区其他政策的处理"):
        parameters.texts_of({}, ["a10.other_policy_treatment"])
    with pytest.raises(parameters.ParameterMissing, match="取整单位"):
        parameters.get_rounding_unit({})
    with pytest.raises(parameters.ParameterMissing, match=r"a99\.rate"):
        parameters.get_decimal({}, "a99.rate")


def test_an_untyped_value_is_no_value():
    with pytest.raises(TypeError, match=r"a3\.rate is to be a Decimal, not '0\.30'"):
        parameters.get_decimal({"a3.rate": "0.30"}, "a3.rate")


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "float"},
        {"status": "MAYBE"},
        {"basis": "hearsay"},
        {"status": "CEIL"},
        {"limit": "3"},
    ],
)
def test_a_broken_file_is_refused(broken):
    with pytest.raises(ValueError, match=r"x\.y"):
        parameter(**broken)


def test_a_later_entry_replaces_an_earlier_one_from_its_day():
    entry = 'id = "x.y"\nlabel = "试验参数"\ntype = "int"\nstatus = "OPEN"\nbasis = "policy"'
    text = f"article = '第三条'\neffective_on = 2026-01-01\n[[parameter]]\n{entry}\n[[parameter]]\n{entry}\n"
    first, later = parameters.read_parameters(text + "effective_on = 2027-01-01\n")
    assert (first.effective_on, later.effective_on) == (date(2026, 1, 1), date(2027, 1, 1))
