"""第五条第一款 碳中和证书: up to 300,000 yuan for a manufacturer with a certificate of an authoritative body.

Source: 《关于北京城市副中心促进工业和软件信息服务业绿色低碳转型和产业高质量发展的实施细则》第五条第一款.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from workflows.rules import subjects
from workflows.rules.determination import Condition, Determination, Step, determined
from workflows.rules.facts import Fact, Facts, OneOf, read_facts, read_yes_no
from workflows.rules.money import format_yuan, parse_money
from workflows.rules.parameters import get_decimal, get_rounding_unit, get_value, texts_of
from workflows.rules.steps import rounded_down, unchanged, within

KEY = "carbon_neutral"
CLAUSE = "art5_1a"
ARTICLE = "第五条第一款"
TITLE = "碳中和证书"
TEXT = (
    "支持企业低碳、零碳转型，关注全生命周期碳排放情况。鼓励制造业低碳零碳发展。"
    "对通过权威机构获得“碳中和证书”的制造业企业，给予最高30万元支持。"
)

SCOPES = {"organisation": "组织", "factory": "工厂", "workshop": "车间", "product": "产品", "event": "活动"}

FACTS = (
    Fact("scope", "证书范围", OneOf(SCOPES)),
    Fact("certificate_valid", "证书是否有效", read_yes_no),
    Fact("certificate_used_before", "证书是否已用于其他申报", read_yes_no),
    Fact("cert_cost_net", "核定认证费用", parse_money, optional=True),
    Fact("manual_amount", "集体审议确定的支持金额", parse_money, optional=True),
    *subjects.FACTS,
)
PARAMETERS = (
    "a5_1a.accepted_scope",
    "a5_1a.amount_mode",
    "a5_1a.amount",
    "money.rounding_unit",
    "elig.registration_in_district.art5",
    "elig.site_in_district",
)
SUPPORTED = ("manufacturing",)


def determine(facts: Mapping[str, object], parameters: Mapping[str, object], on: date) -> Determination:
    """What the first paragraph of article 5 gives one certificate.

    By `a5_1a.amount_mode` the amount is the standard, the verified cost of the certification (`cert_cost_net`, without
    deductible VAT) or what the meeting decided (`manual_amount`); it never exceeds the standard `a5_1a.amount`.
    Raises FactInvalid and ParameterMissing.
    """
    given = read_facts(FACTS, facts)
    used = texts_of(parameters, subjects.read_with(given, PARAMETERS))

    conditions = (
        *subject(given, parameters),
        _accepted_scope(given.choice("scope"), get_value(parameters, "a5_1a.accepted_scope", tuple)),
        _valid(given.is_true("certificate_valid")),
        _not_used_before(given.is_true("certificate_used_before")),
    )
    highest = get_decimal(parameters, "a5_1a.amount")
    computed = _amount(given, parameters, highest)
    item = within(ARTICLE, computed.amount, "最高支持", highest)
    precap = unchanged(ARTICLE, "同一证书此前未获支持", "限额调减前金额", item.amount)
    return determined(KEY, on, conditions, (computed, item, precap), given.as_text(), used)


def subject(given: Facts, parameters: Mapping[str, object]) -> tuple[Condition, ...]:
    """Who is supported, and where."""
    return (
        subjects.supported_kind(given, ARTICLE, SUPPORTED),
        subjects.registered(given, parameters, "elig.registration_in_district.art5"),
        subjects.sited(given, parameters),
    )


def _accepted_scope(scope: str, accepted: tuple[str, ...]) -> Condition:
    met = scope in accepted
    listed = "、".join(SCOPES[each] for each in accepted)
    text = f"证书范围为{SCOPES[scope]}，{'属于' if met else '不属于'}认可的范围（{listed}）"
    return Condition(ARTICLE, "CERTIFICATE_SCOPE", text, met, "BELOW_THRESHOLD")


def _valid(valid: bool) -> Condition:
    text = f"碳中和证书{'经核定有效' if valid else '经核定无效或已过有效期'}"
    return Condition(ARTICLE, "CERTIFICATE_VALID", text, valid, "NOT_VERIFIED")


def _not_used_before(used: bool) -> Condition:
    text = f"碳中和证书{'已用于其他申报件' if used else '未用于其他申报件'}"
    return Condition(ARTICLE, "CERTIFICATE_NOT_USED_BEFORE", text, not used, "BEST_ONLY")


def _amount(given: Facts, parameters: Mapping[str, object], standard: Decimal) -> Step:
    """Step 1, 测算金额: 给予最高30万元支持; the article leaves open how the amount is found."""
    mode = get_value(parameters, "a5_1a.amount_mode", str)
    if mode == "cost_ratio":
        amount, what = given.figure("cert_cost_net"), "按核定认证费用"
    elif mode == "manual":
        amount, what = given.figure("manual_amount"), "按集体审议确定的金额"
    else:
        amount, what = standard, "按支持标准"
    return rounded_down(ARTICLE, f"{what}{format_yuan(amount)}元支持", amount, get_rounding_unit(parameters))
