"""第五条第二款 碳足迹认证: manufacturers' first certification of carbon footprints, at most 500,000 yuan.

The certified products have to cover the main business areas: a share of the main-business revenue.
Source: 《关于北京城市副中心促进工业和软件信息服务业绿色低碳转型和产业高质量发展的实施细则》第五条第二款.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from workflows.rules import subjects
from workflows.rules.determination import Condition, Determination, Step, determined
from workflows.rules.facts import Fact, Facts, read_count, read_facts, read_share, read_yes_no
from workflows.rules.money import format_yuan, parse_money
from workflows.rules.parameters import get_decimal, get_rounding_unit, get_value, texts_of
from workflows.rules.steps import rounded_down, share_of, unchanged, within
from workflows.rules.values import show_percent

KEY = "carbon_footprint"
CLAUSE = "art5_2"
ARTICLE = "第五条第二款"
TITLE = "碳足迹认证"
TEXT = (
    "鼓励制造业企业积极开展碳足迹管理和碳标识认证，准确核算产品在整个生命周期内的碳排放情况，提升制造业企业碳排放管理水平。"
    "对首次开展碳足迹认证且认证产品覆盖企业主要业务领域的制造业企业，最高给予支持50万元。"
)

FACTS = (
    Fact("cert_cost_net", "核定认证费用", parse_money),
    Fact("coverage", "认证产品收入占主营业务收入的比例", read_share),
    Fact("first_time", "是否首次认证", read_yes_no),
    Fact("certified_products", "认证产品数量", read_count, optional=True),
    Fact("amount_per_product", "每个产品支持标准", parse_money, optional=True),
    *subjects.FACTS,
)
PARAMETERS = (
    "a5_2.coverage_min",
    "a5_2.amount_mode",
    "a5_2.cost_ratio",
    "a5_2.cap",
    "money.rounding_unit",
    "elig.registration_in_district.art5",
    "elig.site_in_district",
)
SUPPORTED = ("manufacturing",)


def determine(facts: Mapping[str, object], parameters: Mapping[str, object], on: date) -> Determination:
    """What the second paragraph of article 5 gives one enterprise, once.

    `cert_cost_net` is the verified cost of the certification in yuan without deductible VAT, `coverage` a share of 1.
    By `a5_2.amount_mode` the amount is a share of the cost, the ceiling itself, or `certified_products` times
    `amount_per_product`. Raises FactInvalid and ParameterMissing.
    """
    given = read_facts(FACTS, facts)
    used = texts_of(parameters, subjects.read_with(given, PARAMETERS))
    cost, mode = given.figure("cert_cost_net"), get_value(parameters, "a5_2.amount_mode", str)

    conditions = (
        *subject(given, parameters),
        _first_time(given.is_true("first_time")),
        _covers_main_business(given.figure("coverage"), get_decimal(parameters, "a5_2.coverage_min")),
        _cost_is_verified(cost, needed=mode == "cost_ratio"),
    )
    cap = get_decimal(parameters, "a5_2.cap")
    computed = _amount(given, parameters, mode, cap)
    item = within(ARTICLE, computed.amount, "最高支持", cap)
    precap = unchanged(ARTICLE, "首次认证，无此前支持金额扣减", "限额调减前金额", item.amount)
    return determined(KEY, on, conditions, (computed, item, precap), given.as_text(), used)


def subject(given: Facts, parameters: Mapping[str, object]) -> tuple[Condition, ...]:
    """Who is supported, and where."""
    return (
        subjects.supported_kind(given, ARTICLE, SUPPORTED),
        subjects.registered(given, parameters, "elig.registration_in_district.art5"),
        subjects.sited(given, parameters),
    )


def _first_time(first: bool) -> Condition:
    text = "首次开展碳足迹认证" if first else "此前已开展过碳足迹认证，不属于首次认证"
    return Condition(ARTICLE, "FIRST_CERTIFICATION", text, first, "NOT_FIRST")


def _covers_main_business(coverage: Decimal, least: Decimal) -> Condition:
    """认证产品覆盖企业主要业务领域: the least share itself is enough; nothing is rounded before the comparison."""
    met = coverage >= least
    text = (
        f"认证产品收入占主营业务收入的{show_percent(coverage)}，"
        f"{'达到' if met else '未达到'}覆盖主要业务领域的最低比例{show_percent(least)}"
    )
    return Condition(ARTICLE, "COVERS_MAIN_BUSINESS", text, met, "BELOW_THRESHOLD")


def _cost_is_verified(cost: Decimal, *, needed: bool) -> Condition:
    met = cost > 0 or not needed
    text = f"核定认证费用为{format_yuan(cost)}元" + ("" if met else "，没有可予支持的费用")
    return Condition(ARTICLE, "COST_VERIFIED", text, met, "NOT_VERIFIED")


def _amount(given: Facts, parameters: Mapping[str, object], mode: str, cap: Decimal) -> Step:
    """Step 1, 测算金额: 最高给予支持50万元; the article leaves open how the amount is found."""
    unit = get_rounding_unit(parameters)
    if mode == "flat":
        return rounded_down(ARTICLE, f"按最高支持金额{format_yuan(cap)}元定额支持", cap, unit)
    if mode == "per_product":
        products, each = given.figure("certified_products"), given.figure("amount_per_product")
        text = f"认证产品{products}个×每个{format_yuan(each)}元＝{format_yuan(products * each)}元"
        return rounded_down(ARTICLE, text, products * each, unit)
    rate = get_decimal(parameters, "a5_2.cost_ratio")
    return share_of(ARTICLE, "核定认证费用", given.figure("cert_cost_net"), rate, unit)
