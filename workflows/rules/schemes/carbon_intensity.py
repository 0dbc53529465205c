"""第五条第一款 碳排放强度下降: intensity down by 5% or more, and own reduction of 500 tonnes of CO2 or more.

Paid by the tonne at no more than the current market average price, at most 500,000 yuan. Both figures are included
(及以上), both conditions are needed. Intensities are compared by multiplying across in exact fractions, never by
dividing decimals.
Source: 《关于北京城市副中心促进工业和软件信息服务业绿色低碳转型和产业高质量发展的实施细则》第五条第一款.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor

from workflows.rules import subjects
from workflows.rules.determination import Condition, Determination, Step, determined
from workflows.rules.facts import Fact, Facts, read_facts, read_tonnes
from workflows.rules.money import ZERO, format_yuan, parse_money
from workflows.rules.parameters import get_decimal, get_rounding_unit, get_value, texts_of
from workflows.rules.steps import rounded_down, unchanged, within
from workflows.rules.values import show_percent

KEY = "carbon_intensity"
CLAUSE = "art5_1b"
ARTICLE = "第五条第一款"
TITLE = "碳排放强度下降"
TEXT = (
    "对上年度全年碳排放强度（年度企业碳排放值/当年企业产值）比之前一年度下降5%及以上，企业通过非交易行为实现减少"
    "二氧化碳排放总量上年度比之前一年度的减少量为500吨及以上的，经核定后按照不超过当前市场均价的标准，最高给予支持50万元。"
)

FACTS = (
    Fact("e0_t", "之前一年度碳排放量（吨）", read_tonnes),
    Fact("v0_yuan", "之前一年度产值", parse_money),
    Fact("e1_t", "上年度碳排放量（吨）", read_tonnes),
    Fact("v1_yuan", "上年度产值", parse_money),
    Fact("traded_t", "交易行为减少量（上年度比之前一年度，吨）", read_tonnes),
    *subjects.FACTS,
)
PARAMETERS = (
    "a5_1b.intensity_drop_min",
    "a5_1b.reduction_min_t",
    "a5_1b.tonnes_paid",
    "a5_1b.unit_price",
    "a5_1b.cap",
    "money.rounding_unit",
    "a5_1b.manufacturing_only",
    "elig.registration_in_district.art5",
    "elig.site_in_district",
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """上年度 against 之前一年度: whether both tests are met, and the figures to show.

    `reduction_t` is exact; `drop_pct` is for display only, four decimals, half up, and None without an earlier year.
    """

    intensity_ok: bool
    reduction_ok: bool
    reduction_t: Decimal
    drop_pct: Decimal | None


def compare(
    e0_t: Decimal,
    v0_yuan: Decimal,
    e1_t: Decimal,
    v1_yuan: Decimal,
    traded_t: Decimal,
    parameters: Mapping[str, object],
) -> Comparison:
    """Compare two verified years: emissions in tonnes of CO2, output value in yuan, the earlier year first.

    The intensity test takes gross emissions: e1 / v1 <= (1 - drop) x e0 / v0, multiplied across. `traded_t`, by how
    many more tonnes were bought or otherwise traded than the year before, enters the reduction only. It is never
    negative: where less was bought, the emissions themselves fell by no more than e0 - e1, and the article pays for no
    more. Raises ParameterMissing.
    """
    least_drop = Fraction(get_decimal(parameters, "a5_1b.intensity_drop_min"))
    before, after = Fraction(e0_t) * Fraction(v1_yuan), Fraction(e1_t) * Fraction(v0_yuan)
    reduction = e0_t - e1_t - traded_t
    return Comparison(
        intensity_ok=before > 0 and after <= (1 - least_drop) * before,
        reduction_ok=reduction >= get_decimal(parameters, "a5_1b.reduction_min_t"),
        reduction_t=reduction,
        drop_pct=_percent((before - after) / before) if before else None,
    )


def determine(facts: Mapping[str, object], parameters: Mapping[str, object], on: date) -> Determination:
    """What the first paragraph of article 5 gives one enterprise's reduction of one year.

    The tonnes paid are all of the reduction or, by `a5_1b.tonnes_paid`, those above the threshold; the amount is
    rounded down once, after the price. Raises FactInvalid and ParameterMissing.
    """
    given = read_facts(FACTS, facts)
    used = texts_of(parameters, subjects.read_with(given, PARAMETERS))
    compared = compare(
        given.figure("e0_t"),
        given.figure("v0_yuan"),
        given.figure("e1_t"),
        given.figure("v1_yuan"),
        given.figure("traded_t"),
        parameters,
    )

    conditions = (
        *subject(given, parameters),
        _two_years_are_verified(given),
        _intensity_falls(compared, get_decimal(parameters, "a5_1b.intensity_drop_min")),
        _emissions_fall(given, compared, get_decimal(parameters, "a5_1b.reduction_min_t")),
    )
    computed = _tonnes_at_price(compared.reduction_t, parameters)
    item = within(ARTICLE, computed.amount, "最高支持", get_decimal(parameters, "a5_1b.cap"))
    precap = unchanged(ARTICLE, "按年度支持，无此前支持金额扣减", "限额调减前金额", item.amount)
    return determined(KEY, on, conditions, (computed, item, precap), given.as_text(), used)


def subject(given: Facts, parameters: Mapping[str, object]) -> tuple[Condition, ...]:
    """Who is supported, and where."""
    return (
        subjects.manufacturing_or_first(given, ARTICLE, get_value(parameters, "a5_1b.manufacturing_only", bool)),
        subjects.registered(given, parameters, "elig.registration_in_district.art5"),
        subjects.sited(given, parameters),
    )


def _two_years_are_verified(given: Facts) -> Condition:
    met = all(given.figure(name) > 0 for name in ("e0_t", "v0_yuan", "e1_t", "v1_yuan"))
    text = f"两个年度的碳排放量和产值{'均已核定' if met else '未全部核定，不能比较'}"
    return Condition(ARTICLE, "TWO_YEARS_VERIFIED", text, met, "NOT_VERIFIED")


def _intensity_falls(compared: Comparison, least: Decimal) -> Condition:
    """碳排放强度比之前一年度下降5%及以上."""
    met, drop = compared.intensity_ok, compared.drop_pct
    text = "没有之前一年度的碳排放强度，无法计算降幅"
    if drop is not None:
        change = f"下降{drop}%" if drop >= 0 else f"上升{drop.copy_abs()}%"
        if not met and drop >= least * 100:  # what is shown was rounded up to the threshold
            change = f"下降略低于{drop}%"
        text = f"碳排放强度{change}，{'达到' if met else '未达到'}下降{show_percent(least)}及以上的标准（判断时不取整）"
    return Condition(ARTICLE, "INTENSITY_FALLS", text, met, "BELOW_THRESHOLD")


def _emissions_fall(given: Facts, compared: Comparison, least: Decimal) -> Condition:
    """通过非交易行为实现的减少量为500吨及以上."""
    e0, e1, traded = (f"{given.figure(name):,f}" for name in ("e0_t", "e1_t", "traded_t"))
    text = (
        f"非交易行为减少量{e0}－{e1}－{traded}＝{compared.reduction_t:,f}吨，"
        f"{'达到' if compared.reduction_ok else '未达到'}{least:,f}吨及以上的标准"
    )
    return Condition(ARTICLE, "EMISSIONS_FALL", text, compared.reduction_ok, "BELOW_THRESHOLD")


def _tonnes_at_price(reduction: Decimal, parameters: Mapping[str, object]) -> Step:
    """Step 1, 测算金额: 经核定后按照不超过当前市场均价的标准."""
    price, what, tonnes = get_decimal(parameters, "a5_1b.unit_price"), "减少量", reduction
    if get_value(parameters, "a5_1b.tonnes_paid", str) == "above_threshold":
        least = get_decimal(parameters, "a5_1b.reduction_min_t")
        what, tonnes = f"超出{least:,f}吨的减少量", reduction - least
    tonnes = max(ZERO, tonnes)
    exact = tonnes * price
    text = f"{what}{tonnes:,f}吨×{format_yuan(price)}元/吨＝{format_yuan(exact.normalize())}元"
    return rounded_down(ARTICLE, text, exact, get_rounding_unit(parameters))


def _percent(drop: Fraction) -> Decimal:
    """A ratio as a percentage with four decimals, half up; exact for any size of the fraction."""
    return Decimal(f"{floor(abs(drop) * 10**6 + Fraction(1, 2)) * (-1 if drop < 0 else 1)}e-4")
