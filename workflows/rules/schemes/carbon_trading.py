"""第五条第三款 碳交易阶梯奖励: sellers of CCER and other reductions, in tiers by volume, at most 150,000 yuan.

The article gives no tiers: they are the parameter `a5_3.tiers`, and its ceiling is the article's own.
Source: 《关于北京城市副中心促进工业和软件信息服务业绿色低碳转型和产业高质量发展的实施细则》第五条第三款.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from workflows.rules import subjects
from workflows.rules.bands import Bands
from workflows.rules.determination import Condition, Determination, Step, determined
from workflows.rules.facts import Fact, Facts, read_facts, read_tonnes
from workflows.rules.money import ZERO, format_yuan
from workflows.rules.parameters import get_rounding_unit, get_value, texts_of
from workflows.rules.steps import rounded_down, unchanged, within

KEY = "carbon_trading"
CLAUSE = "art5_3"
ARTICLE = "第五条第三款"
TITLE = "碳交易阶梯奖励"
TEXT = (
    "鼓励制造业积极参与碳交易市场，提升企业碳资产管理能力。对在碳交易市场中，通过自身节能减排措施，实现碳排放量减少，"
    "并出售核证自愿减排量（CCER）或其他合规碳减排指标的企业，根据当期碳交易量给予阶梯式奖励，最高给予支持15万元。"
)

CEILING = Decimal(150_000)
"""最高给予支持15万元, the article's own figure and no reading: it is the limit of `a5_3.tiers`, which a lump sum cannot
exceed; what is paid slice by slice is cut to it."""

FACTS = (Fact("total_volume_t", "当期碳交易量（吨）", read_tonnes), *subjects.FACTS)
PARAMETERS = (
    "a5_3.tier_mode",
    "a5_3.tiers",
    "money.rounding_unit",
    "a5_3.manufacturing_only",
    "elig.registration_in_district.art5",
    "elig.site_in_district",
)


def determine(facts: Mapping[str, object], parameters: Mapping[str, object], on: date) -> Determination:
    """What the third paragraph of article 5 gives one enterprise for the tonnes that it sold in one period.

    By `a5_3.tier_mode` the highest tier reached pays its lump sum in yuan, or each tier pays its yuan a tonne for the
    slice that lies in it. Raises FactInvalid and ParameterMissing.
    """
    given = read_facts(FACTS, facts)
    used = texts_of(parameters, subjects.read_with(given, PARAMETERS))
    volume = given.figure("total_volume_t")
    tiers = get_value(parameters, "a5_3.tiers", Bands)

    unit = get_rounding_unit(parameters)
    if get_value(parameters, "a5_3.tier_mode", str) == "marginal_rate":
        computed = _slice_by_slice(volume, tiers, unit)
    else:
        computed = _lump_sum(volume, tiers, unit)
    item = within(ARTICLE, computed.amount, "最高支持", CEILING)
    precap = unchanged(ARTICLE, "按当期交易量支持，无此前支持金额扣减", "限额调减前金额", item.amount)
    conditions = (
        *subject(given, parameters),
        _reaches_a_tier(volume, tiers.lowest_start),
    )
    return determined(KEY, on, conditions, (computed, item, precap), given.as_text(), used)


def subject(given: Facts, parameters: Mapping[str, object]) -> tuple[Condition, ...]:
    """Who is supported, and where."""
    return (
        subjects.manufacturing_or_first(given, ARTICLE, get_value(parameters, "a5_3.manufacturing_only", bool)),
        subjects.registered(given, parameters, "elig.registration_in_district.art5"),
        subjects.sited(given, parameters),
    )


def _reaches_a_tier(volume: Decimal, least: Decimal) -> Condition:
    met = volume >= least
    text = f"当期碳交易量{volume:,f}吨，{'达到' if met else '未达到'}奖励起点{least:,f}吨"
    return Condition(ARTICLE, "VOLUME_REACHES_A_TIER", text, met, "BELOW_THRESHOLD")


def _lump_sum(volume: Decimal, tiers: Bands, unit: Decimal) -> Step:
    """Step 1, 测算金额: 根据当期碳交易量给予阶梯式奖励, the sum of the highest tier reached."""
    tier = tiers.reached(volume)
    if tier is None:
        return Step(ARTICLE, "未达到奖励起点", ZERO)
    text = f"当期碳交易量{volume:,f}吨，达到{tier.start:,f}吨及以上一档，奖励{format_yuan(tier.value)}元"
    return rounded_down(ARTICLE, text, tier.value, unit)


def _slice_by_slice(volume: Decimal, tiers: Bands, unit: Decimal) -> Step:
    """Step 1, 测算金额: 根据当期碳交易量给予阶梯式奖励, each slice at its own price a tonne."""
    slices = tiers.slices(volume)
    amount = sum((tonnes * tier.value for tier, tonnes in slices), ZERO)
    terms = "＋".join(f"{tonnes:,f}吨×{format_yuan(tier.value)}元" for tier, tonnes in slices)
    text = f"各档分段累计{terms or '0吨'}＝{format_yuan(amount.normalize())}元"
    return rounded_down(ARTICLE, text, amount, unit)
