"""第七条 未来能源项目配套: a match of up to 1:1 of what the city awarded to a future-energy innovation project.

The article has no ceiling of its own. Each instalment that the city pays is matched by an application of its own; all
of them together, whoever applies, never exceed the ratio of what the city paid (or approved) in all.
Source: 《关于北京城市副中心促进工业和软件信息服务业绿色低碳转型和产业高质量发展的实施细则》第七条.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from workflows.rules import subjects
from workflows.rules.determination import Condition, Determination, Step, determined
from workflows.rules.facts import Fact, Facts, read_facts
from workflows.rules.money import ZERO, floor_yuan, format_yuan, parse_money
from workflows.rules.parameters import get_decimal, get_rounding_unit, get_value, texts_of
from workflows.rules.steps import share_of, unchanged

KEY = "future_energy"
CLAUSE = "art7"
ARTICLE = "第七条"
TITLE = "未来能源项目配套"
TEXT = (
    "支持未来能源绿色化创新发展。以支持未来能源领域潜力单位为牵引，重点聚焦氢能、新型储能、碳捕集封存利用等领域核心基础、"
    "创新产品、典型应用场景等任务，突破一批标志性技术产品，加速新技术、新产品落地应用。"
    "对入选北京市未来能源产业领域创新项目，按照市级奖励标准给予项目主体最高1:1配套支持。"
)

FACTS = (
    Fact("city_award_received", "市级奖励本期到账金额", parse_money),
    Fact("city_award_approved", "市级奖励核定金额", parse_money, optional=True),
    Fact("city_award_cumulative", "市级奖励累计到账金额", parse_money, optional=True),
    Fact("earlier_precap_same_project", "同一市级项目此前各期限额调减前金额", parse_money, optional=True),
    *subjects.FACTS,
)
PARAMETERS = (
    "a7.match_basis",
    "a7.ratio",
    "money.rounding_unit",
    "elig.registration_in_district.art7",
    "elig.site_in_district",
)


def determine(facts: Mapping[str, object], parameters: Mapping[str, object], on: date) -> Determination:
    """What article 7 gives one instalment of one project: the ratio of the city's award in yuan, rounded down once.

    By `a7.match_basis` the award is what was received or what was approved; the latter needs `city_award_approved`.
    `earlier_precap_same_project` is what the project's other instalments brought before any yearly ceiling, to
    whomever: what is left of the ratio of all that was received (`city_award_cumulative`; this instalment where it is
    not given) or approved is the most that this one brings. Raises FactInvalid and ParameterMissing.
    """
    given = read_facts(FACTS, facts)
    used = texts_of(parameters, subjects.read_with(given, PARAMETERS))
    basis, what = "city_award_received", "市级奖励到账金额"
    if get_value(parameters, "a7.match_basis", str) == "approved":
        basis, what = "city_award_approved", "市级奖励核定金额"
    award = given.figure(basis)

    conditions = (
        *subject(given, parameters),
        _awarded(award, what),
        _received_within_award(given),
        *_within_cumulative(given),
    )
    computed = share_of(ARTICLE, what, award, get_decimal(parameters, "a7.ratio"), get_rounding_unit(parameters))
    item = unchanged(ARTICLE, "本条不设单项限额", "单项限额内金额", computed.amount)
    precap = _less_matched_before(item.amount, matched_in_all(given.as_text(), parameters), given)
    return determined(KEY, on, conditions, (computed, item, precap), given.as_text(), used)


def subject(given: Facts, parameters: Mapping[str, object]) -> tuple[Condition, ...]:
    """Who is supported, and where."""
    return (
        subjects.supported_kind(given, ARTICLE, tuple(subjects.KINDS)),
        subjects.registered(given, parameters, "elig.registration_in_district.art7"),
        subjects.sited(given, parameters),
    )


def matched_in_all(facts: Mapping[str, object], parameters: Mapping[str, object], least: Decimal = ZERO) -> Decimal:
    """The most, in whole yuan, that all instalments of a city project bring together, as this one's facts show it.

    `least` is the answer where the facts show no award.
    """
    names = ("city_award_cumulative", "city_award_received")
    if get_value(parameters, "a7.match_basis", str) == "approved":
        names = ("city_award_approved", "city_award_received")
    awards = [Decimal(str(facts[name])) for name in names if facts.get(name) not in (None, "")]
    if not awards:
        return least
    return floor_yuan(awards[0] * get_decimal(parameters, "a7.ratio"), get_rounding_unit(parameters))


def _less_matched_before(item: Decimal, in_all: Decimal, given: Facts) -> Step:
    """Step 3: what was received once is matched once, however often and by whomever it is applied for."""
    earlier = given.figure("earlier_precap_same_project") if "earlier_precap_same_project" in given else ZERO
    if not earlier and item <= in_all:
        return unchanged(ARTICLE, "分期到账的分期配套，不重复计算", "限额调减前金额", item)
    amount = min(item, max(ZERO, in_all - earlier))
    text = (
        f"同一市级项目各期配套合计最高{format_yuan(in_all)}元，此前各期限额调减前金额合计{format_yuan(earlier)}元，"
        f"本期限额调减前金额为{format_yuan(amount)}元"
    )
    return Step(ARTICLE, text, amount)


def _within_cumulative(given: Facts) -> tuple[Condition, ...]:
    """Nothing where the sum was not asked for: an older form did not."""
    if "city_award_cumulative" not in given:
        return ()
    received, cumulative = given.figure("city_award_received"), given.figure("city_award_cumulative")
    met = received <= cumulative
    text = (
        f"本期到账金额{format_yuan(received)}元{'未超过' if met else '超过'}累计到账金额{format_yuan(cumulative)}元"
        f"{'' if met else '，数据不一致'}"
    )
    return (Condition(ARTICLE, "RECEIVED_WITHIN_CUMULATIVE", text, met, "NOT_VERIFIED"),)


def _awarded(award: Decimal, what: str) -> Condition:
    met = award > 0
    text = f"{what}为{format_yuan(award)}元" + ("" if met else "，没有可予配套的资金")
    return Condition(ARTICLE, "CITY_AWARD_VERIFIED", text, met, "NOT_VERIFIED")


def _received_within_award(given: Facts) -> Condition:
    received, met, text = given.figure("city_award_received"), True, "到账金额未与市级奖励核定金额比对"
    if "city_award_approved" in given:
        approved = given.figure("city_award_approved")
        met = received <= approved
        text = (
            f"到账金额{format_yuan(received)}元{'未超过' if met else '超过'}市级奖励核定金额{format_yuan(approved)}元"
            f"{'' if met else '，数据不一致'}"
        )
    return Condition(ARTICLE, "RECEIVED_WITHIN_AWARD", text, met, "NOT_VERIFIED")
