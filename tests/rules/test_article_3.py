"""第三条: boundaries of the article, and what must hold for every figure."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.rules import SCHEMES, FactInvalid, SchemeUnknown, determine, parameters

ON = date(2026, 3, 2)
CAP = Decimal(2_000_000)
REPEATABLE = settings(derandomize=True, deadline=None)

yuan_and_fen = st.integers(0, 10**12).map(lambda fen: Decimal(fen) / 100)
around_the_cap = st.integers(666_000_000, 667_000_000).map(lambda fen: Decimal(fen) / 100)
investments = st.one_of(yuan_and_fen, around_the_cap)
rates = st.integers(1, 3000).map(lambda points: f"0.{points:04}").filter(lambda rate: Decimal(rate) >= Decimal("0.01"))
units = st.sampled_from(["1", "100", "10000"])


def article_3(approved, granted="0", **chosen):
    stated = {"approved_investment": approved, "granted_same_project": granted}
    overrides = {id.replace("__", "."): value for id, value in chosen.items()}
    return determine("retrofit", stated, parameters.values(overrides), ON)


def amounts(determination):
    return tuple(
        int(amount)
        for amount in (determination.computed_amount, determination.item_amount, determination.precap_amount)
    )


@pytest.mark.parametrize(
    ("approved", "granted", "expected"),
    [
        ("0.01", "0", (0, 0, 0)),
        ("3.33", "0", (0, 0, 0)),
        ("3.34", "0", (1, 1, 1)),
        ("6666666.66", "0", (1_999_999, 1_999_999, 1_999_999)),
        ("6666666.67", "0", (2_000_000, 2_000_000, 2_000_000)),
        ("10000000", "0", (3_000_000, 2_000_000, 2_000_000)),
        ("99999999999999.99", "0", (29_999_999_999_999, 2_000_000, 2_000_000)),
        ("4000000", "1500000", (1_200_000, 1_200_000, 500_000)),
        ("4000000", "800000", (1_200_000, 1_200_000, 1_200_000)),
        ("4000000", "800001", (1_200_000, 1_200_000, 1_199_999)),
        ("4000000", "800000.50", (1_200_000, 1_200_000, 1_199_999)),
        ("4000000", "2000000", (1_200_000, 1_200_000, 0)),
        ("4000000", "2500000", (1_200_000, 1_200_000, 0)),
    ],
)
def test_the_three_amounts(approved, granted, expected):
    assert amounts(article_3(approved, granted)) == expected


def test_it_reads_like_the_article():
    record = article_3("6666666.66", "1500000").as_dict()
    assert record == {
        "scheme": "retrofit",
        "on": "2026-03-02",
        "eligible": True,
        "reason": None,
        "computed_amount": "1999999",
        "item_amount": "1999999",
        "precap_amount": "500000",
        "conditions": [
            {
                "article": "第三条",
                "code": "SUBJECT_KIND",
                "text": "申报主体类型未核实（支持对象：制造业企业、数据中心企业）",
                "met": None,
            },
            {
                "article": "申报通知",
                "code": "REGISTERED_IN_AREA",
                "text": "申报单位是否在支持区域内注册未核实（申报通知要求的，须核实）",
                "met": None,
            },
            {"article": "第一条", "code": "SITE_IN_AREA", "text": "项目、厂区是否在支持区域内未核实", "met": None},
            {
                "article": "第三条",
                "code": "INVESTMENT_VERIFIED",
                "text": "核定总投资为6,666,666.66元",
                "met": True,
            },
            {
                "article": "第三条",
                "code": "INVESTMENT_LARGE_ENOUGH",
                "text": "未设核定总投资最低要求",
                "met": True,
            },
        ],
        "steps": [
            {
                "article": "第三条",
                "text": "核定总投资6,666,666.66元×30%＝1,999,999.998元，向下取整为1,999,999元",
                "amount": "1999999",
            },
            {
                "article": "第三条",
                "text": "未超过单个项目最高支持2,000,000元，为1,999,999元",
                "amount": "1999999",
            },
            {
                "article": "第三条",
                "text": "同一项目此前已获支持1,500,000元，单个项目限额尚余500,000元，限额调减前金额为500,000元",
                "amount": "500000",
            },
        ],
        "facts": {"approved_investment": "6666666.66", "granted_same_project": "1500000"},
        "parameters": {
            "a3.min_approved_investment": "0",
            "a3.rate": "0.30",
            "money.rounding_unit": "1",
            "a3.project_cap": "2000000",
        },
    }


def test_above_the_project_ceiling_the_step_says_so():
    texts = [step.text for step in article_3("10000000").steps]
    assert texts == [
        "核定总投资10,000,000元×30%＝3,000,000元",
        "测算金额3,000,000元超过单个项目最高支持2,000,000元，按2,000,000元计",
        "同一项目此前未获支持，限额调减前金额为2,000,000元",
    ]


def test_nothing_verified_is_not_supported():
    nothing = article_3("0.00")
    assert (nothing.eligible, nothing.reason, amounts(nothing)) == (False, "NOT_VERIFIED", (0, 0, 0))
    assert [step.text for step in nothing.steps] == ["不符合支持条件，金额为0元：核定总投资为0元，没有可予支持的投资"]


def test_a_threshold_includes_its_own_figure():
    at = article_3("1000000", a3__min_approved_investment="1000000")
    below = article_3("999999.99", a3__min_approved_investment="1000000")
    assert (at.eligible, at.reason, at.precap_amount) == (True, None, 300_000)
    assert (below.eligible, below.reason, below.precap_amount) == (False, "BELOW_THRESHOLD", 0)
    assert at.conditions[-1].text == "核定总投资达到最低要求1,000,000元"
    assert below.conditions[-1].text == "核定总投资未达到最低要求1,000,000元"


def test_a_larger_unit_rounds_down_once():
    assert amounts(article_3("6233333", money__rounding_unit="10000")) == (1_860_000, 1_860_000, 1_860_000)
    assert amounts(article_3("6233333", money__rounding_unit="100")) == (1_869_900, 1_869_900, 1_869_900)


def test_facts_may_be_decimals_and_earlier_awards_default_to_none():
    facts = {"approved_investment": Decimal("6000000.00"), "project_name": "空压系统节能改造项目"}
    assert determine("retrofit", facts, parameters.values({}), ON).precap_amount == 1_800_000


@pytest.mark.parametrize("bad", ["NaN", "1e309", "0.005", "-1", "", None, 6000000, 0.3, "6,00,000", "600万", "9" * 15])
def test_a_fact_that_cannot_be_read_is_named(bad):
    with pytest.raises(FactInvalid) as refused:
        article_3(bad)
    assert refused.value.field == "approved_investment"
    assert refused.value.message.startswith("“核定总投资”填写有误：")


def test_missing_and_wrong_facts_are_named_together():
    with pytest.raises(FactInvalid) as refused:
        determine("retrofit", {"granted_same_project": "0.005"}, parameters.values({}), ON)
    assert refused.value.errors == (
        ("approved_investment", "缺少“核定总投资”"),
        ("granted_same_project", "“同一项目此前已获支持金额”填写有误：金额最多保留两位小数（精确到分）"),
    )
    assert str(refused.value) == "；".join(message for _, message in refused.value.errors)


def test_a_missing_parameter_is_named():
    chosen = {id: value for id, value in parameters.values({}).items() if id != "a3.rate"}
    with pytest.raises(parameters.ParameterMissing, match=r"核定总投资支持比例.*a3\.rate.*尚未确定") as refused:
        determine("retrofit", {"approved_investment": "1"}, chosen, ON)
    assert refused.value.id == "a3.rate"


def test_an_unknown_scheme_is_refused():
    with pytest.raises(SchemeUnknown, match="没有编号为“art99”的支持事项") as refused:
        determine("art99", {}, {}, ON)
    assert refused.value.scheme == "art99"


def test_the_registry_states_the_scheme():
    scheme = SCHEMES["retrofit"]
    assert (scheme.CLAUSE, scheme.ARTICLE, scheme.TITLE) == ("art3", "第三条", "绿色低碳改造升级")
    required_or_known = [fact.name for fact in scheme.FACTS if not fact.optional]
    assert required_or_known == ["approved_investment", "granted_same_project"]
    assert set(scheme.PARAMETERS) <= {each.id for each in parameters.required_for(["retrofit"])}


@REPEATABLE
@given(investments, investments, rates, units)
def test_never_above_a_ceiling_and_always_whole_yuan(approved, granted, rate, unit):
    result = article_3(approved, granted, a3__rate=rate, money__rounding_unit=unit)
    assert 0 <= result.precap_amount <= result.item_amount <= CAP
    assert result.item_amount <= result.computed_amount <= approved * Decimal(rate)
    assert result.precap_amount + min(granted, CAP) <= CAP
    assert all(amount == int(amount) for amount in amounts(result))
    assert result.computed_amount % int(unit) == 0


@REPEATABLE
@given(investments, rates, units)
def test_rounding_takes_less_than_one_unit(approved, rate, unit):
    result = article_3(approved, a3__rate=rate, money__rounding_unit=unit)
    assert approved * Decimal(rate) - result.computed_amount < int(unit)


@REPEATABLE
@given(investments, investments, investments, units)
def test_a_larger_verified_figure_never_gives_less(approved, other, granted, unit):
    less, more = (
        amounts(article_3(figure, granted, money__rounding_unit=unit)) for figure in sorted((approved, other))
    )
    assert all(a <= b for a, b in zip(less, more, strict=True))


@REPEATABLE
@given(investments, investments, investments)
def test_a_larger_earlier_award_never_gives_more(approved, granted, other):
    less, more = sorted((granted, other))
    assert article_3(approved, less).precap_amount >= article_3(approved, more).precap_amount


@REPEATABLE
@given(investments, investments)
def test_the_same_arguments_give_the_same_record(approved, granted):
    assert article_3(approved, granted).as_dict() == article_3(f"{approved:f}", f"{granted:f}").as_dict()
