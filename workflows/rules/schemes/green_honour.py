"""第四条 绿色制造荣誉认定: honours of manufacturers (绿色工厂, 绿色供应链, 工业产品绿色设计示范企业).

Up to 500,000 yuan for a municipal honour (of Beijing), up to 1,000,000 for a national one; a promotion gets the
difference.
Source: 《关于北京城市副中心促进工业和软件信息服务业绿色低碳转型和产业高质量发展的实施细则》第四条.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from workflows.rules import subjects
from workflows.rules.determination import Condition, Determination, Step, determined
from workflows.rules.facts import Fact, Facts, OneOf, read_facts, read_yes_no
from workflows.rules.money import ZERO, floor_yuan, format_yuan, parse_money
from workflows.rules.parameters import get_decimal, get_rounding_unit, get_value, texts_of
from workflows.rules.steps import rounded_down, unchanged, within

KEY = "green_honour"
CLAUSE = "art4"
ARTICLE = "第四条"
TITLE = "绿色制造荣誉认定"
TEXT = (
    "支持制造业企业全面绿色达标。鼓励制造业企业创建绿色工厂、绿色供应链、工业产品绿色设计示范企业等荣誉称号。"
    "对获得市级认定的制造业企业，单个荣誉最高支持50万元；对获得国家级认定的制造业企业，单个荣誉最高支持100万元。"
    "晋级享差额支持。"
)

LEVELS = {"municipal": "市级", "national": "国家级"}

FACTS = (
    Fact("level", "认定级别", OneOf(LEVELS)),
    Fact("earlier_precap_same_honour", "同一荣誉此前限额调减前金额", parse_money, default="0"),
    Fact("earlier_paid_same_honour", "同一荣誉此前实拨金额", parse_money, optional=True),
    Fact("earlier_level", "同一荣誉此前获支持的级别", OneOf(LEVELS), optional=True),
    Fact("on_official_list", "是否列入公布名单", read_yes_no, optional=True),
    Fact("on_recheck", "是否属于复核通过", read_yes_no, default="false"),
    *subjects.FACTS,
)
PARAMETERS = (
    "a4.amount.municipal",
    "a4.amount.national",
    "a4.promotion_basis",
    "a4.pay_on_recheck",
    "money.rounding_unit",
    "elig.registration_in_district.art4",
    "elig.site_in_district",
)
SUPPORTED = ("manufacturing",)


def determine(facts: Mapping[str, object], parameters: Mapping[str, object], on: date) -> Determination:
    """What article 4 gives one honour of one level: the amount of the level, less what the same honour had before.

    What is deducted on a promotion is the reading `a4.promotion_basis`: `paid` needs `earlier_paid_same_honour` and
    `standard` needs `earlier_level` as soon as there was an earlier award. A first award needs no reading.
    Raises FactInvalid and ParameterMissing.
    """
    given = read_facts(FACTS, facts)
    level, recheck = given.choice("level"), given.is_true("on_recheck")
    promoted = _was_supported_before(given) and not recheck
    read = subjects.read_with(given, PARAMETERS)
    used = texts_of(parameters, [id for id in read if promoted or id != "a4.promotion_basis"])

    conditions = (
        *subject(given, parameters),
        _awarded(given, LEVELS[level]),
        _newly_awarded(recheck, get_value(parameters, "a4.pay_on_recheck", bool)),
    )
    highest = get_decimal(parameters, f"a4.amount.{level}")
    computed = rounded_down(
        ARTICLE, f"{LEVELS[level]}认定支持金额{format_yuan(highest)}元", highest, get_rounding_unit(parameters)
    )
    item = within(ARTICLE, computed.amount, "单个荣誉最高支持", highest)
    if promoted:
        precap = _difference(item.amount, *_deduction(given, parameters))
    elif recheck:
        precap = unchanged(ARTICLE, "复核通过视为新认定，不扣减前次支持", "限额调减前金额", item.amount)
    else:
        precap = unchanged(ARTICLE, "同一荣誉此前未获支持", "限额调减前金额", item.amount)
    return determined(KEY, on, conditions, (computed, item, precap), given.as_text(), used)


def subject(given: Facts, parameters: Mapping[str, object]) -> tuple[Condition, ...]:
    """Who is supported, and where."""
    return (
        subjects.supported_kind(given, ARTICLE, SUPPORTED),
        subjects.registered(given, parameters, "elig.registration_in_district.art4"),
        subjects.sited(given, parameters),
    )


def _was_supported_before(given: Facts) -> bool:
    paid = given.figure("earlier_paid_same_honour") if "earlier_paid_same_honour" in given else ZERO
    return "earlier_level" in given or given.figure("earlier_precap_same_honour") > 0 or paid > 0


def _awarded(given: Facts, level: str) -> Condition:
    """获得市级、国家级认定: the published list says so, or an officer by its document."""
    met, text = None, f"{level}认定未核实"
    if "on_official_list" in given:
        met = given.is_true("on_official_list")
        text = f"获得{level}认定" if met else f"未列入或已移出{level}认定名单"
    return Condition(ARTICLE, "HONOUR_AWARDED", text, met, "NOT_ON_LIST")


def _newly_awarded(recheck: bool, pays: bool) -> Condition:
    text = "新获得的认定"
    if recheck:
        text = f"属于原荣誉复核通过，{'按口径视为' if pays else '不属于'}新获得的认定"
    return Condition(ARTICLE, "HONOUR_NEWLY_AWARDED", text, pays or not recheck, "NOT_FIRST")


def _deduction(given: Facts, parameters: Mapping[str, object]) -> tuple[Decimal, str]:
    """What a promotion deducts in yuan, and what it is called (晋级享差额支持)."""
    basis = get_value(parameters, "a4.promotion_basis", str)
    if basis == "paid":
        return given.figure("earlier_paid_same_honour"), "前次实拨金额"
    if basis == "standard":
        level = given.choice("earlier_level")
        return get_decimal(parameters, f"a4.amount.{level}"), f"前次{LEVELS[level]}认定支持标准"
    return given.figure("earlier_precap_same_honour"), "前次限额调减前金额"


def _difference(item: Decimal, earlier: Decimal, what: str) -> Step:
    """Step 3, 限额调减前金额: 晋级享差额支持. The same level again, or a lower one, leaves no difference."""
    amount = floor_yuan(max(ZERO, item - earlier))
    if amount:
        text = f"同一荣誉此前已获支持，扣减{what}{format_yuan(earlier)}元，差额为{format_yuan(amount)}元"
    else:
        text = f"同一荣誉此前已获支持，{what}{format_yuan(earlier)}元不低于本次金额，无晋级差额，为0元"
    return Step(ARTICLE, text, amount)
