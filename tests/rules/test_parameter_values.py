"""政策口径: what is shipped, how values are read and shown, and the limits that hold."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.readings import CHOSEN
from workflows.rules import SCHEMES, parameters
from workflows.rules.bands import Band, Bands
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


LISTS_WITH_CHOICES = {"a9.applicant_kinds", "a5_1a.accepted_scope", "proc.republish_on"}


@pytest.mark.parametrize("each", catalog().values(), ids=lambda each: each.id)
def test_what_is_shipped_is_whole(each):
    assert each.label and each.article.startswith("第")
    assert each.type in KINDS
    assert bool(each.choices) is (each.type in ("enum", "periods") or each.id in LISTS_WITH_CHOICES)
    assert each.contested is (each.id in CHOSEN)
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
        "a4.amount.municipal": ("CEIL", "500000"),
        "a4.amount.national": ("CEIL", "1000000"),
        "a5_1a.amount": ("CEIL", "300000"),
        "a5_1b.intensity_drop_min": ("FIXED", "0.05"),
        "a5_1b.reduction_min_t": ("FIXED", "500"),
        "a5_1b.output_basis": ("FIXED", "gross_output_value"),
        "a5_1b.cap": ("FIXED", "500000"),
        "a5_2.cap": ("FIXED", "500000"),
        "a5_3.tiers": ("OPEN", "150000"),
        "a6.rate": ("CEIL", "0.30"),
        "a6.entity_year_cap": ("FIXED", "2000000"),
        "a7.ratio": ("CEIL", "1.00"),
        "a8.total_cap": ("FIXED", "5000000"),
        "a8.plan": ("OPEN", "5000000"),
        "a9.rate_by_score": ("OPEN", "0.50"),
        "a9.event_cap": ("FIXED", "1000000"),
        "a10.annual_cap": ("FIXED", "2000000"),
        "policy.validity_years": ("FIXED", "3"),
    }
    assert all(catalog()[id].basis == "policy" for id in policy)
    assert not any(catalog()[f"elig.{id}"].basis == "policy" for id in ("no_veto_years", "min_operating_months"))


def test_what_a_batch_of_retrofit_uses():
    used = {each.id for each in parameters.required_for(["retrofit"])}
    assert {"a3.rate", "a10.annual_cap", "proc.expert_route.art3", "elig.registration_in_district.art3"} <= used
    assert used == shared() | {id for id in catalog() if id.startswith("a3.") or id.endswith(".art3")}


def shared():
    return {each.id for each in parameters.required_for([])}


def test_what_holds_for_every_scheme():
    groups = {id.split(".")[0] for id in shared()}
    assert groups == {"a10", "a8", "arch", "elig", "money", "policy", "proc"}
    # What an account of article 10 holds may be of article 8, whichever scheme a batch is of.
    assert [id for id in shared() if id.startswith("a8.")] == ["a8.exempt_from_annual_cap"]
    assert not [id for id in shared() if id.startswith(("elig.registration", "proc.expert_route"))]


@pytest.mark.parametrize(
    ("scheme", "groups", "of_its_own"),
    [
        ("green_honour", "a4", "elig.registration_in_district.art4 proc.expert_route.art4"),
        ("carbon_neutral", "a5_1a", "elig.registration_in_district.art5 proc.expert_route.art5_1a"),
        ("carbon_intensity", "a5_1b a5", "elig.registration_in_district.art5 proc.expert_route.art5_1b"),
        ("carbon_footprint", "a5_2", "elig.registration_in_district.art5 proc.expert_route.art5_2"),
        ("carbon_trading", "a5_3 a5", "elig.registration_in_district.art5 proc.expert_route.art5_3"),
        ("renewable_energy", "a6", "elig.registration_in_district.art6 proc.expert_route.art6"),
        ("future_energy", "a7", "elig.registration_in_district.art7 proc.expert_route.art7"),
        (
            "industry_cluster",
            "a8",
            "elig.registration_in_district.art8 proc.expert_route.art8 policy.post_expiry_instalments",
        ),
        ("green_event", "a9", "elig.registration_in_district.art9 proc.expert_route.art9"),
    ],
)
def test_what_a_batch_of_another_scheme_uses(scheme, groups, of_its_own):
    own = {each.id for each in parameters.required_for([scheme])} - shared()
    of_its_articles = {id for id in catalog() if id.split(".")[0] in groups.split()}
    assert own == (of_its_articles - shared()) | set(of_its_own.split())
    assert set(SCHEMES[scheme].PARAMETERS) <= own | shared()


def test_a_batch_of_all_schemes_uses_every_parameter():
    assert {each.id for each in parameters.required_for(SCHEMES)} == set(catalog())


@pytest.mark.parametrize("article", ["art3", "art4", "art5", "art6", "art7", "art8", "art9"])
def test_nobody_has_to_be_registered_in_the_district_unless_somebody_decides_so(article):
    assert parameters.values({})[f"elig.registration_in_district.{article}"] is False


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
        ("price", "62.36", Decimal("62.36"), "62.36分"),
        ("text", "全国碳市场2025年均价", "全国碳市场2025年均价", "全国碳市场2025年均价分"),
        (
            "amount-table",
            "500:30000; 2000:60000.50",
            Bands((Band(Decimal(500), Decimal(30000)), Band(Decimal(2000), Decimal("60000.50")))),
            "500分及以上30,000元；2,000分及以上60,000.50元",
        ),
        (
            "ratio-table",
            "80:0.50; 59.5:0.125",
            Bands((Band(Decimal("59.5"), Decimal("0.125")), Band(Decimal(80), Decimal("0.50")))),
            "80分及以上50%；59.5分及以上12.5%；59.5分以下不予支持",
        ),
        ("plan", "equal_thirds", "equal_thirds", "三年等额，向下取整到元，余数计入第三年"),
        (
            "plan",
            "2000000; 2000000; 1000000",
            (Decimal(2000000), Decimal(2000000), Decimal(1000000)),
            "第一年2,000,000元；第二年2,000,000元；第三年1,000,000元",
        ),
        ("periods", "uscc:permanent", (("uscc", None),), "单独计算永久"),
        ("periods", "uscc:30", (("uscc", 30),), "单独计算30年"),
    ],
)
def test_values_are_read_written_and_shown(type, text, value, shown):
    one = parameter(type, unit="分", choices={"uscc": "单独计算"} if type in ("enum", "periods") else {})
    assert parse(one, text) == value
    assert parameters.as_text(one, value) == text
    assert parameters.show(one, value) == shown
    check(one, value)


@pytest.mark.parametrize(
    ("type", "text", "stored"),
    [
        ("amount-table", " 2000：60000；500 : 30000\n", "500:30000; 2000:60000"),
        ("ratio-table", "60:0.30\n80:0.50", "80:0.50; 60:0.30"),
        ("plan", "2000000；2000000；1000000；", "2000000; 2000000; 1000000"),
        ("text", "  全国碳市场 ", "全国碳市场"),
    ],
)
def test_tables_are_read_as_people_write_them_and_stored_in_one_way(type, text, stored):
    one = parameter(type)
    assert parameters.as_text(one, parse(one, text)) == stored


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
        ("date", "2026-02-30", "没有这一天"),
        ("date", "2026-03", "写明到日"),
        ("price", "62.365", "最多保留两位小数"),
        ("text", "  ", "请填写文字"),
        ("text", "全国\n碳市场", "请填写文字"),
        ("amount-table", "", "应逐档填写"),
        ("amount-table", "500", "应逐档填写"),
        ("amount-table", "500:30000:1", "应逐档填写"),
        ("amount-table", "500:30000, 2000:60000", "应逐档填写"),
        ("amount-table", "; ".join(f"{start}:{start}" for start in range(1, 22)), "最多20档"),
        ("amount-table", "-1:30000", "应为不小于0"),
        ("amount-table", "500:3e4", "不小于0的数字"),
        ("amount-table", "500:30000; 500:60000", "严格递增"),
        ("amount-table", "500:30000; 2000:30000", "严格递增"),
        ("amount-table", "500:60000; 2000:30000", "严格递增"),
        ("ratio-table", "80:50%", "比例应为"),
        ("ratio-table", "60:0.50; 80:0.30", "严格递增"),
        ("ratio-table", "100.01:0.50", "不得超过100分"),
        ("plan", "thirds", "不小于0的数字"),
        ("plan", "2000000; 2000000", "三个年度"),
        ("plan", "2000000; 2000000; 999999.50", "整元"),
        ("periods", "uscc:0", "年限应为"),
        ("periods", "uscc:101", "年限应为"),
        ("periods", "uscc:forever", "年限应为"),
        ("periods", "group:30", "每一类各填写一次"),
        ("periods", "uscc:30; uscc:10", "每一类各填写一次"),
        ("int", 5, "应以文本填写"),
        ("ratio", 0.3, "应以文本填写"),
        ("int", "9" * (LONGEST_TEXT + 1), "不得超过2000字"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_what_is_no_value_is_refused(type, bad, sentence):
    one = parameter(type, choices={"uscc": "单独计算"} if type in ("enum", "list", "periods") and bad != " ; " else {})
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
        (
            "a4.amount.municipal",
            "500000.01",
            "“市级认定单个荣誉支持金额”不得低于1元、不得超过政策上限500,000元（第四条），填报值为500,000.01元",
        ),
        (
            "a4.amount.national",
            "1000001",
            "“国家级认定单个荣誉支持金额”不得低于1元、不得超过政策上限1,000,000元（第四条），填报值为1,000,001元",
        ),
        (
            "a5_1a.amount",
            "300001",
            "“碳中和证书支持标准”不得低于1元、不得超过政策上限300,000元（第五条第一款），填报值为300,001元",
        ),
        (
            "a5_1b.intensity_drop_min",
            "0.04",
            "“碳排放强度最低降幅”由政策明确为5%，不得调整（第五条第一款），填报值为4%",
        ),
        (
            "a5_1b.output_basis",
            "revenue",
            "“碳排放强度的分母”由政策明确为产值，不得调整（第五条第一款），填报值为营业收入",
        ),
        ("a5_1b.unit_price", "0", "“每吨减排量支持标准”不得低于0.01元/吨、不得超过1,000元/吨，填报值为0元/吨"),
        (
            "a5_3.tiers",
            "500:30000; 10000:150000.01",
            "“碳交易奖励阶梯”不得超过政策上限150,000元（第五条第三款），"
            "填报值为500吨及以上30,000元；10,000吨及以上150,000.01元",
        ),
        ("a6.rate", "0.31", "“可再生能源项目核定总投资支持比例”不得低于1%、不得超过政策上限30%（第六条），填报值为31%"),
        ("a7.ratio", "0", "“市级奖励配套比例”不得低于1%、不得超过政策上限100%（第七条），填报值为0%"),
        (
            "a8.plan",
            "2000000; 2000000; 1000001",
            "“产业集群分年支持计划”不得超过政策上限5,000,000元（第八条），"
            "填报值为第一年2,000,000元；第二年2,000,000元；第三年1,000,001元",
        ),
        (
            "a9.rate_by_score",
            "80:0.5001; 60:0.30",
            "“会展招商分档支持比例”不得超过政策上限50%（第九条），"
            "填报值为80分及以上50.01%；60分及以上30%；60分以下不予支持",
        ),
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
    [
        ("a3.rate", "0.30"),
        ("a3.rate", "0.01"),
        ("a3.project_cap", "2000000.00"),
        ("a4.amount.municipal", "500000"),
        ("a4.amount.national", "1000000"),
        ("a5_1a.amount", "300000"),
        ("a5_1b.unit_price", "0.01"),
        ("a6.rate", "0.30"),
        ("a7.ratio", "1"),
        ("proc.expert_count", "7"),
    ],
)
def test_the_limit_itself_is_allowed(id, text):
    assert parameters.values({id: text})[id] == Decimal(text)


@pytest.mark.parametrize(
    ("id", "text"),
    [
        ("a5_3.tiers", "1:1; 10000:150000"),
        ("a8.plan", "2000000; 2000000; 1000000"),
        ("a8.plan", "equal_thirds"),
        ("a8.grade_coefficients", "60:1"),
        ("a9.rate_by_score", "80:0.5"),
    ],
)
def test_the_limit_itself_is_allowed_in_a_table_or_a_plan(id, text):
    assert parameters.as_text(catalog()[id], parameters.values({id: text})[id]) == text


def test_a_parameter_without_limits_says_nothing():
    assert parameters.show_limit(parameter()) == ""


def test_values_are_typed_and_leave_out_what_nobody_chose():
    shipped = parameters.values({})
    assert shipped["a3.rate"] == Decimal("0.30")
    assert shipped["proc.expert_majority"] == Fraction(2, 3)
    assert set(catalog()) - set(shipped) == set(CHOSEN)
    chosen = parameters.values(CHOSEN)
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
    with pytest.raises(TypeError, match=r"a4\.pay_on_recheck is to be a bool, not 'true'"):
        parameters.get_value({"a4.pay_on_recheck": "true"}, "a4.pay_on_recheck", bool)
    with pytest.raises(TypeError, match=r"a3\.rate is to be a Decimal, not '0\.30'"):
        parameters.get_decimal({"a3.rate": "0.30"}, "a3.rate")


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "float"},
        {"status": "MAYBE"},
        {"basis": "hearsay"},
        {"status": "CEIL"},
        {"status": "FIXED"},
        {"type": "enum"},
        {"type": "periods"},
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


cents = st.integers(0, 15_000_000).map(lambda fen: Decimal(fen) / 100)
ratios = st.integers(0, 10_000).map(lambda points: Decimal(points) / 10_000)
starts = st.integers(0, 1_000_000).map(lambda parts: Decimal(parts) / 10_000)


def rising(values):
    pairs = st.integers(1, 8).flatmap(
        lambda rows: st.tuples(
            st.lists(starts, min_size=rows, max_size=rows, unique=True),
            st.lists(values, min_size=rows, max_size=rows, unique=True),
        )
    )
    return pairs.map(lambda sides: Bands(tuple(map(Band, *map(sorted, sides)))))


@settings(derandomize=True, deadline=None)
@given(
    st.one_of(
        st.tuples(st.sampled_from(["money", "price"]), cents),
        st.tuples(st.just("ratio"), ratios),
        st.tuples(st.just("number"), starts),
        st.tuples(st.just("amount-table"), rising(cents)),
        st.tuples(st.just("ratio-table"), rising(ratios)),
        st.tuples(st.just("plan"), st.tuples(*[st.integers(0, 5_000_000).map(Decimal)] * 3)),
    )
)
def test_what_is_written_is_read_back(typed):
    type, value = typed
    one = parameter(type)
    assert parse(one, parameters.as_text(one, value)) == value
    assert parameters.show(one, value)
