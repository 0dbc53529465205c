"""第八条 绿色低碳产业集群培育: platforms and operators of a cluster get up to 5,000,000 yuan in three years, by effect.

Recognition (认定) decides a total, which the plan spreads over three yearly ceilings. Each year's score decides how
much of the ceiling of that year is paid; what is not earned is not paid later.
Source: 《关于北京城市副中心促进工业和软件信息服务业绿色低碳转型和产业高质量发展的实施细则》第八条.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from workflows.rules import subjects
from workflows.rules.bands import Bands
from workflows.rules.determination import Condition, Determination, Step, determined
from workflows.rules.facts import Fact, Facts, read_facts, read_score
from workflows.rules.money import YUAN, ZERO, floor_yuan, format_yuan, parse_money
from workflows.rules.parameters import ParameterMissing, get_decimal, get_rounding_unit, get_value, texts_of
from workflows.rules.steps import rounded_down, share_of, unchanged, within
from workflows.rules.values import EQUAL_THIRDS, YEARS_OF_PLAN, show_percent

KEY = "industry_cluster"
CLAUSE = "art8"
ARTICLE = "第八条"
TITLE = "绿色低碳产业集群培育"
TEXT = (
    "支持绿色低碳产业集群培育。支持推动碳捕集、利用与封存（CCUS）、新型储能和氢能等未来能源领域产业集聚，"
    "建设具备空间载体、企业集聚、资源聚合、服务赋能特性的绿色低碳产业集群。"
    "对引导各类产业资源要素聚集，培育出一批头部企业及高成长型中小企业的绿色低碳产业集群服务平台、运营单位，"
    "根据实施成效分三年最高支持500万元。"
)

YEARLY_FACTS = (
    Fact("instalment_ceiling", "本年度支持上限", parse_money),
    Fact("score", "年度绩效得分", read_score),
)
RECOGNITION_FACTS = (Fact("approved_total", "认定支持总额", parse_money, optional=True),)
FACTS = YEARLY_FACTS + RECOGNITION_FACTS + subjects.FACTS
_PLACE = ("elig.registration_in_district.art8", "elig.site_in_district")
YEARLY_PARAMETERS = ("a8.grade_coefficients", "a8.total_cap", "money.rounding_unit", *_PLACE)
RECOGNITION_PARAMETERS = ("a8.total_cap", "a8.plan", "money.rounding_unit", *_PLACE)
PARAMETERS = tuple(dict.fromkeys(YEARLY_PARAMETERS + RECOGNITION_PARAMETERS))


def determine(facts: Mapping[str, object], parameters: Mapping[str, object], on: date) -> Determination:
    """What article 8 gives a cluster: one year's instalment, or with `approved_total` alone the recognised total.

    The amounts of a recognition are of all three years together; each year is determined and paid by itself.
    Raises FactInvalid and ParameterMissing.
    """
    if facts.get("approved_total") is not None and facts.get("instalment_ceiling") is None:
        return _recognition(facts, parameters, on)
    return _year(facts, parameters, on)


def instalments(total: Decimal, parameters: Mapping[str, object]) -> tuple[Decimal, ...]:
    """The ceilings of the three years in whole yuan, by `a8.plan`.

    Equal thirds are rounded down and the rest goes to the last year. The amounts of a fixed plan are ceilings of their
    years: a smaller total is used up from the first year on, a larger one is not paid beyond them.
    Raises ParameterMissing.
    """
    if "a8.plan" not in parameters:
        raise ParameterMissing("a8.plan")
    plan = parameters["a8.plan"]
    whole = floor_yuan(total)
    if plan == EQUAL_THIRDS:
        third = (whole // YEARS_OF_PLAN).quantize(YUAN)
        return (third, third, whole - 2 * third)
    assert isinstance(plan, tuple)
    years: list[Decimal] = []
    for ceiling in plan:
        years.append(floor_yuan(min(ceiling, whole - sum(years, ZERO))))
    return tuple(years)


def coefficient(score: Decimal, parameters: Mapping[str, object]) -> Decimal:
    """The share of a year's ceiling that its score earns, by `a8.grade_coefficients`; 0 below the lowest grade.

    Raises ParameterMissing.
    """
    grade = get_value(parameters, "a8.grade_coefficients", Bands).reached(score)
    return ZERO if grade is None else grade.value


def _year(facts: Mapping[str, object], parameters: Mapping[str, object], on: date) -> Determination:
    """根据实施成效: the ceiling of the year times the coefficient of its score, rounded down once."""
    given = read_facts(YEARLY_FACTS + subjects.FACTS, facts)
    used = texts_of(parameters, subjects.read_with(given, YEARLY_PARAMETERS))
    ceiling, score = given.figure("instalment_ceiling"), given.figure("score")
    earned = coefficient(score, parameters)

    conditions = (
        *subject(given, parameters),
        _ceiling_is_approved(ceiling),
        _effective(score, earned, get_value(parameters, "a8.grade_coefficients", Bands).lowest_start),
    )
    what = f"年度绩效得分{score}分，本年度支持上限"
    computed = share_of(ARTICLE, what, ceiling, earned, get_rounding_unit(parameters))
    item = within(ARTICLE, computed.amount, "三年最高支持", get_decimal(parameters, "a8.total_cap"))
    precap = unchanged(ARTICLE, "各年度上限已在认定支持总额内分年确定", "限额调减前金额", item.amount)
    return determined(KEY, on, conditions, (computed, item, precap), given.as_text(), used)


def subject(given: Facts, parameters: Mapping[str, object]) -> tuple[Condition, ...]:
    """服务平台、运营单位, of whatever kind: who is supported, and where."""
    return (
        subjects.supported_kind(given, ARTICLE, tuple(subjects.KINDS)),
        subjects.registered(given, parameters, "elig.registration_in_district.art8"),
        subjects.sited(given, parameters),
    )


def _ceiling_is_approved(ceiling: Decimal) -> Condition:
    met = ceiling > 0
    text = f"本年度支持上限为{format_yuan(ceiling)}元" + ("" if met else "，没有可予支持的金额")
    return Condition(ARTICLE, "CEILING_APPROVED", text, met, "NOT_VERIFIED")


def _effective(score: Decimal, earned: Decimal, least: Decimal) -> Condition:
    met = earned > 0
    text = f"年度绩效得分{score}分，兑付系数{show_percent(earned)}"
    if not met:
        text = f"年度绩效得分{score}分，未达到{least}分"
    return Condition(ARTICLE, "EFFECTIVE", text, met, "BELOW_THRESHOLD")


def _recognition(facts: Mapping[str, object], parameters: Mapping[str, object], on: date) -> Determination:
    """分三年最高支持500万元: the total that is recognised, and the plan of its three years."""
    given = read_facts(RECOGNITION_FACTS + subjects.FACTS, facts)
    used = texts_of(parameters, subjects.read_with(given, RECOGNITION_PARAMETERS))
    total = given.figure("approved_total")

    conditions = (*subject(given, parameters), _total_is_approved(total))
    text = f"认定支持总额{format_yuan(total)}元"
    computed = rounded_down(ARTICLE, text, total, get_rounding_unit(parameters))
    item = within(ARTICLE, computed.amount, "三年最高支持", get_decimal(parameters, "a8.total_cap"))
    precap = _planned(item.amount, parameters)
    return determined(KEY, on, conditions, (computed, item, precap), given.as_text(), used)


def _total_is_approved(total: Decimal) -> Condition:
    met = total > 0
    text = f"认定支持总额为{format_yuan(total)}元" + ("" if met else "，没有可予支持的金额")
    return Condition(ARTICLE, "TOTAL_APPROVED", text, met, "NOT_VERIFIED")


def _planned(total: Decimal, parameters: Mapping[str, object]) -> Step:
    """Step 3: how the recognised total is spread over its years. Nothing is paid upon recognition."""
    years = instalments(total, parameters)
    shown = "、".join(f"第{year}年{format_yuan(amount)}元" for year, amount in zip("一二三", years, strict=True))
    return Step(ARTICLE, f"分年支持上限：{shown}，各年度根据绩效得分兑付", sum(years, ZERO))
