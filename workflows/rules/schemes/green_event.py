"""第九条 绿色低碳会展招商: who actually paid for a green event gets up to 50%, at most 1,000,000 yuan an event.

50% of what, the article does not say: here of the payer's own money (实际出资). That is what it paid for the event by
its vouchers, less what others gave it for that where the parameters say so, and never more than it declared as its own.
What others gave is deducted once: the declared money is its own already. The score of the experts decides the rate. The
payers of one event share its ceiling: see `event_split`.
Source: 《关于北京城市副中心促进工业和软件信息服务业绿色低碳转型和产业高质量发展的实施细则》第九条.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from workflows.rules import subjects
from workflows.rules.bands import Bands
from workflows.rules.determination import Condition, Determination, determined
from workflows.rules.facts import Fact, Facts, read_facts, read_score
from workflows.rules.money import ZERO, format_yuan, parse_money
from workflows.rules.parameters import get_decimal, get_rounding_unit, get_value, texts_of
from workflows.rules.steps import share_of, unchanged, within
from workflows.rules.values import show_percent

KEY = "green_event"
CLAUSE = "art9"
ARTICLE = "第九条"
TITLE = "绿色低碳会展招商"
TEXT = (
    "支持绿色低碳会展招商。鼓励企业、行业组织在城市副中心举办绿色低碳学术论坛、产业峰会、行业展会、赛事等活动。"
    "对活动效果显著、招引绩效突出的主办、承办或协办单位等实际出资方，最高给予50%支持，单个活动最高支持100万元。"
)

FACTS = (
    Fact("audited_cost", "核定本单位活动支出", parse_money),
    Fact("gov_funds", "本单位所获政府资金", parse_money),
    Fact("other_income", "本单位所获赞助、门票等其他收入", parse_money),
    Fact("score", "活动效果得分", read_score),
    Fact("own_paid", "申报的本单位出资", parse_money, optional=True),
    *subjects.FACTS,
)
PARAMETERS = (
    "a9.deduct_gov_funds",
    "a9.deduct_other_income",
    "a9.rate_by_score",
    "a9.event_cap",
    "money.rounding_unit",
    "a9.applicant_kinds",
    "elig.registration_in_district.art9",
)


def determine(facts: Mapping[str, object], parameters: Mapping[str, object], on: date) -> Determination:
    """What article 9 gives one payer of an event: amounts in whole yuan, rounded down once, after the rate.

    `score` is the experts' (0 to 100, two decimals); the start of a grade belongs to it.
    Raises FactInvalid and ParameterMissing.
    """
    given = read_facts(FACTS, facts)
    used = texts_of(parameters, subjects.read_with(given, PARAMETERS))
    rates, score = get_value(parameters, "a9.rate_by_score", Bands), given.figure("score")
    base, shown = _own_money(given, parameters)
    grade = rates.reached(score)
    rate = ZERO if grade is None else grade.value

    conditions = (
        *subject(given, parameters),
        _somebody_paid(base, shown),
        _effective(score, rate, rates.lowest_start),
    )
    computed = share_of(ARTICLE, shown, base, rate, get_rounding_unit(parameters))
    item = within(ARTICLE, computed.amount, "单个活动最高支持", get_decimal(parameters, "a9.event_cap"))
    precap = unchanged(ARTICLE, "同一活动此前未获支持", "限额调减前金额", item.amount)
    return determined(KEY, on, conditions, (computed, item, precap), given.as_text(), used)


def subject(given: Facts, parameters: Mapping[str, object]) -> tuple[Condition, ...]:
    """Who held the event, and where."""
    return (
        subjects.supported_kind(given, ARTICLE, _applicants(parameters)),
        subjects.registered(given, parameters, "elig.registration_in_district.art9"),
        subjects.held_in_area(given, ARTICLE),
    )


def _applicants(parameters: Mapping[str, object]) -> Sequence[str]:
    """企业、行业组织, and whom else the owner adds: 企业 are those of any trade."""
    accepted = get_value(parameters, "a9.applicant_kinds", tuple)
    named = {code: "企业" if code in subjects.ENTERPRISES else label for code, label in subjects.KINDS.items()}
    return [code for code, name in named.items() if name in accepted]


def own_money(facts: Mapping[str, object], parameters: Mapping[str, object]) -> Decimal:
    """实际出资 in yuan, not rounded: what the amount is a share of, and by which payers share the event's ceiling.

    Raises FactInvalid and ParameterMissing.
    """
    return _own_money(read_facts(FACTS, facts), parameters)[0]


def _own_money(given: Facts, parameters: Mapping[str, object]) -> tuple[Decimal, str]:
    """The verified expenditure within what was declared, less what others gave, never below 0; and how it was found."""
    paid, received = given.figure("audited_cost"), given.figure("gov_funds") + given.figure("other_income")
    shown = f"核定本单位活动支出{format_yuan(paid)}元"
    base = paid
    if "own_paid" in given:
        # What it paid is its own money and what others gave it; of its own no more counts than it declared.
        base = min(paid, given.figure("own_paid") + received)
    if base < paid:
        own = format_yuan(given.figure("own_paid"))
        shown += f"，超过申报的本单位出资{own}元与所获资金之和的部分不计，计{format_yuan(base)}元"
    for fact, label in (("gov_funds", "政府资金"), ("other_income", "其他收入")):
        if get_value(parameters, f"a9.deduct_{fact}", bool):
            base -= given.figure(fact)
            shown += f"－{label}{format_yuan(given.figure(fact))}元"
    return max(ZERO, base), f"{shown}，实际出资"


def _somebody_paid(base: Decimal, shown: str) -> Condition:
    met = base > 0
    text = f"{shown}{format_yuan(base)}元" + ("" if met else "，没有可予支持的支出")
    return Condition(ARTICLE, "OWN_EXPENDITURE_VERIFIED", text, met, "NOT_VERIFIED")


def _effective(score: Decimal, rate: Decimal, least: Decimal) -> Condition:
    """活动效果显著、招引绩效突出."""
    met = rate > 0
    text = f"活动效果得分{score}分，支持比例{show_percent(rate)}" if met else f"活动效果得分{score}分，未达到{least}分"
    return Condition(ARTICLE, "EFFECTIVE", text, met, "BELOW_THRESHOLD")
