"""第六条 可再生能源利用: up to 30% of the approved total investment for the actual investor of a project.

The ceiling of 2,000,000 yuan is one of the investor and the year, not of the project: it applies when the list is made.
Source: 《关于北京城市副中心促进工业和软件信息服务业绿色低碳转型和产业高质量发展的实施细则》第六条.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from workflows.rules import subjects
from workflows.rules.determination import Condition, Determination, determined
from workflows.rules.facts import Fact, Facts, read_facts
from workflows.rules.money import format_yuan, parse_money
from workflows.rules.parameters import get_decimal, get_rounding_unit, get_value, texts_of
from workflows.rules.steps import share_of, unchanged

KEY = "renewable_energy"
CLAUSE = "art6"
ARTICLE = "第六条"
TITLE = "可再生能源利用"
TEXT = (
    "支持可再生能源利用。鼓励工业企业、软件信息服务业企业因地制宜使用可再生能源替代化石能源，从根源上减少碳排放。"
    "对建设分布式光伏、地源热泵、空气源热泵、污水源热泵、生物质能源及储能等新能源利用项目给予项目实际建设投资方，"
    "按照不超过核定总投资的30%予以支持。单个主体年度最高支持200万元。"
)

FACTS = (
    Fact("approved_investment", "核定总投资", parse_money),
    *subjects.FACTS,
    subjects.USER,
)
PARAMETERS = (
    "a6.rate",
    "a6.entity_year_cap",
    "money.rounding_unit",
    "a6.investor_must_be_industry_or_software",
    "elig.registration_in_district.art6",
    "elig.site_in_district",
)


def determine(facts: Mapping[str, object], parameters: Mapping[str, object], on: date) -> Determination:
    """What article 6 gives one project before the ceiling of its investor's year: no amount is cut here.

    Raises FactInvalid and ParameterMissing.
    """
    given = read_facts(FACTS, facts)
    used = texts_of(parameters, subjects.read_with(given, PARAMETERS))
    approved = given.figure("approved_investment")

    conditions = (
        *subject(given, parameters),
        _something_is_verified(approved),
    )
    rate = get_decimal(parameters, "a6.rate")
    computed = share_of(ARTICLE, "核定总投资", approved, rate, get_rounding_unit(parameters))
    item = unchanged(ARTICLE, "本条不设单个项目限额", "单项限额内金额", computed.amount)
    cap = format_yuan(get_decimal(parameters, "a6.entity_year_cap"))
    later = f"单个主体年度最高支持{cap}元，汇总时按主体和年度合并计算"
    precap = unchanged(ARTICLE, later, "限额调减前金额", item.amount)
    return determined(KEY, on, conditions, (computed, item, precap), given.as_text(), used)


def subject(given: Facts, parameters: Mapping[str, object]) -> tuple[Condition, ...]:
    """Who invested and who uses the energy, and where."""
    return (
        subjects.supported_kind(given, ARTICLE, _investors(parameters)),
        subjects.supported_kind(given, ARTICLE, subjects.INDUSTRY_AND_SOFTWARE, "user_kind", "用能单位"),
        subjects.registered(given, parameters, "elig.registration_in_district.art6"),
        subjects.sited(given, parameters),
    )


def _investors(parameters: Mapping[str, object]) -> Sequence[str]:
    """项目实际建设投资方: whoever paid, unless the owner reads the first article's subjects into it."""
    narrow = get_value(parameters, "a6.investor_must_be_industry_or_software", bool)
    return subjects.INDUSTRY_AND_SOFTWARE if narrow else tuple(subjects.KINDS)


def _something_is_verified(approved: Decimal) -> Condition:
    met = approved > 0
    text = f"核定总投资为{format_yuan(approved)}元" if met else "核定总投资为0元，没有可予支持的投资"
    return Condition(ARTICLE, "INVESTMENT_VERIFIED", text, met, "NOT_VERIFIED")
