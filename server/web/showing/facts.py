"""The facts of a scheme as people write and read them: `72%`, `9,500吨`, `是`."""

import re
from collections.abc import Mapping
from decimal import Decimal

from workflows import rules
from workflows.rules.money import format_yuan
from workflows.rules.values import show_percent

UNITS = {"money": "元", "tonnes": "吨", "score": "分", "count": "个"}
HINTS = {
    "money": "金额，如1,200,000",
    "tonnes": "吨数，如9,500",
    "score": "0至100分，如85",
    "share": "百分数，如72%",
    "count": "整数，如3",
}
# What a label alone does not say.
MORE = {
    "approved_investment": "经第三方审核、主管部门核定的数；不含可抵扣税款等不予支持的部分",
    "granted_same_project": "历年各期合计，没有的不填",
    "earlier_precap_same_honour": "首次获得支持的不填",
    "traded_t": "购买绿电、绿证、配额等减少的吨数，没有的填0",
    "audited_cost": "本单位为该活动支付的费用，含以政府资金、赞助等收入支付的部分",
    "gov_funds": "本单位为该活动取得的，没有的填0",
    "other_income": "本单位为该活动取得的，没有的填0",
    "own_paid": "自有资金支付的部分；填写的，实际出资以此为限",
    "instalment_ceiling": "认定时确定的当年上限，金额，如1,666,666",
    "approved_total": "测算认定支持总额的，只填这一项",
}
# What decides without entering the amount: asked beside the figures, and left open where it is not answered.
DECISIVE = frozenset({"subject_kind", "user_kind", "registered_in_area", "site_in_area", "on_official_list"})
_PERCENT = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,10}))?[%％]")
_SEPARATORS = str.maketrans("", "", ",， \u3000")


def exclude_each_other(scheme: str) -> bool:
    """Whether either some or the others of its facts are filled in, so that none is marked as required."""
    return scheme == "industry_cluster"


def typed(kind: str, text: str) -> str | bool:
    """What was written for a fact, as a calculation takes it; what is no figure is handed on to be refused."""
    if kind == "boolean":
        return text == "true" if text in ("true", "false") else text
    if kind == "choice":
        return text
    figure = text.translate(_SEPARATORS)
    percent = _PERCENT.fullmatch(figure)
    if kind == "share" and percent:
        return f"{Decimal(figure[:-1]) / 100:f}"
    return figure


def _find(scheme: str, name: str) -> rules.Fact | None:
    module = rules.SCHEMES.get(scheme)
    return next((fact for fact in module.FACTS if fact.name == name), None) if module else None


def facts_of(data: Mapping[str, object] | None, scheme: str) -> dict[str, object]:
    """Those of a form's values that are facts of the scheme, in the order of its article; none of no form."""
    module = rules.SCHEMES.get(scheme)
    stated = data or {}
    names = [fact.name for fact in module.FACTS] if module else []
    return {name: stated[name] for name in names if stated.get(name) not in (None, "")}


def fact_label(name: str, scheme: str) -> str:
    fact = _find(scheme, name)
    return fact.label if fact else name


def fact_value(value: object, name: str, scheme: str) -> str:
    """A fact of the record or of a form; as it stands where it is not one of the scheme's."""
    fact = _find(scheme, name)
    if fact is None:
        return str(value)
    try:
        read = fact.read(value)
    except ValueError:
        return str(value)
    if isinstance(read, bool):
        return "是" if read else "否"
    if isinstance(read, Decimal):
        return show_percent(read) if fact.kind == "share" else f"{format_yuan(read)}{UNITS[fact.kind]}"
    return fact.choices[read]
