"""第三条 绿色低碳改造升级: retrofit of manufacturers and data centres.

Up to 30% of the approved total investment (核定总投资), at most 2,000,000 yuan a project over all its phases and years.
Source: 《关于北京城市副中心促进工业和软件信息服务业绿色低碳转型和产业高质量发展的实施细则》第三条.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from workflows.rules import subjects
from workflows.rules.determination import Condition, Determination, Step, determined
from workflows.rules.facts import Fact, Facts, read_facts
from workflows.rules.money import ZERO, floor_yuan, format_yuan, parse_money
from workflows.rules.parameters import get_decimal, get_rounding_unit, texts_of
from workflows.rules.steps import share_of, within

KEY = "retrofit"
CLAUSE = "art3"
ARTICLE = "第三条"
TITLE = "绿色低碳改造升级"
TEXT = (
    "支持制造业企业及数据中心企业绿色低碳改造升级。鼓励制造业企业及数据中心开展节能、节水、减排技术改造、清洁生产改造，"
    "加速生产方式绿色化数字化协同转型。对符合要求的申报单位，按照不超过核定总投资的30%予以支持，单个项目最高支持200万元。"
)

FACTS = (
    Fact("approved_investment", "核定总投资", parse_money),
    Fact("granted_same_project", "同一项目此前已获支持金额", parse_money, default="0"),
    *subjects.FACTS,
)
PARAMETERS = (
    "a3.min_approved_investment",
    "a3.rate",
    "money.rounding_unit",
    "a3.project_cap",
    "elig.registration_in_district.art3",
    "elig.site_in_district",
)
SUPPORTED = ("manufacturing", "data_centre")


def determine(facts: Mapping[str, object], parameters: Mapping[str, object], on: date) -> Determination:
    """What article 3 gives one project: three amounts in whole yuan, rounded down once, after the rate.

    `granted_same_project` is what the same project was granted before, in any year, phase or batch.
    Raises FactInvalid and ParameterMissing.
    """
    given = read_facts(FACTS, facts)
    used = texts_of(parameters, subjects.read_with(given, PARAMETERS))
    approved = given.figure("approved_investment")
    granted = given.figure("granted_same_project")

    conditions = (
        *subject(given, parameters),
        _something_is_verified(approved),
        _large_enough(approved, get_decimal(parameters, "a3.min_approved_investment")),
    )
    rate = get_decimal(parameters, "a3.rate")
    computed = share_of(ARTICLE, "核定总投资", approved, rate, get_rounding_unit(parameters))
    cap = get_decimal(parameters, "a3.project_cap")
    item = within(ARTICLE, computed.amount, "单个项目最高支持", cap)
    precap = _less_granted_before(item.amount, cap, granted)
    return determined(KEY, on, conditions, (computed, item, precap), given.as_text(), used)


def subject(given: Facts, parameters: Mapping[str, object]) -> tuple[Condition, ...]:
    """Who is supported, and where."""
    return (
        subjects.supported_kind(given, ARTICLE, SUPPORTED),
        subjects.registered(given, parameters, "elig.registration_in_district.art3"),
        subjects.sited(given, parameters),
    )


def _something_is_verified(approved: Decimal) -> Condition:
    met = approved > 0
    text = f"核定总投资为{format_yuan(approved)}元" if met else "核定总投资为0元，没有可予支持的投资"
    return Condition(ARTICLE, "INVESTMENT_VERIFIED", text, met, "NOT_VERIFIED")


def _large_enough(approved: Decimal, least: Decimal) -> Condition:
    met = approved >= least
    text = "未设核定总投资最低要求"
    if least:
        text = f"核定总投资{'达到' if met else '未达到'}最低要求{format_yuan(least)}元"
    return Condition(ARTICLE, "INVESTMENT_LARGE_ENOUGH", text, met, "BELOW_THRESHOLD")


def _less_granted_before(item: Decimal, cap: Decimal, granted: Decimal) -> Step:
    """Step 3, 限额调减前金额: all phases of a project share its ceiling, so earlier awards leave the rest of it."""
    room = max(ZERO, cap - granted)
    amount = floor_yuan(min(item, room))
    if not granted:
        text = f"同一项目此前未获支持，限额调减前金额为{format_yuan(amount)}元"
    else:
        text = (
            f"同一项目此前已获支持{format_yuan(granted)}元，单个项目限额尚余{format_yuan(room)}元，"
            f"限额调减前金额为{format_yuan(amount)}元"
        )
    return Step(ARTICLE, text, amount)
