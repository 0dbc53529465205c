"""One row of the history of awards (历史支持台账, domain.md 2.6): its columns, and what must hold within it."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from storage.historic_awards import OTHER
from workflows import rules, sheets
from workflows.lists import imports
from workflows.rules import matters
from workflows.rules.money import ZERO, floor_yuan, format_yuan, parse_money
from workflows.rules.values import YEARS_OF_PLAN

LEVELS = {"市级": "municipal", "国家级": "national"}
POLICIES = {"本实施细则": "this", "通经信局〔2024〕141号": "old", "通州区其他扶持政策": OTHER}
_PROJECTS = ("retrofit", "renewable_energy", "future_energy")
# What one award may be at most before the yearly ceiling, by the parameter that holds the law's own limit.
_CEILINGS = {
    "retrofit": "a3.project_cap",
    "carbon_neutral": "a5_1a.amount",
    "carbon_intensity": "a5_1b.cap",
    "carbon_footprint": "a5_2.cap",
    "carbon_trading": "a5_3.tiers",
    "renewable_energy": "a6.entity_year_cap",
    "green_event": "a9.event_cap",
}
_PROGRAM_KEY = re.compile(r"(HON|CERT|RED|CFP|TRD|PRJ|CLU|EVT):.+")


def _whole_yuan(given: str) -> Decimal:
    amount = parse_money(given)
    if amount != floor_yuan(amount):
        raise sheets.CellInvalid("应为整元")
    return floor_yuan(amount)


_SCHEMES = sheets.choice(
    {module.TITLE: module.KEY for module in rules.SCHEMES.values()},
    also={module.CLAUSE: module.KEY for module in rules.SCHEMES.values()},
)


LAYOUT = sheets.Layout(
    "历史支持台账",
    (
        sheets.Column("enterprise", "企业名称", other_titles=("单位名称",), hint="与代码核对，不一致的须逐行核实"),
        sheets.Column("uscc", "统一社会信用代码", imports.uscc, required=True, hint="18位"),
        sheets.Column(
            "scheme",
            "支持事项",
            _SCHEMES,
            required=True,
            hint="、".join(module.TITLE for module in rules.SCHEMES.values()),
        ),
        sheets.Column(
            "matter_key",
            "同一事项标识",
            hint="项目备案（核准）文号、集群名称或活动名称；荣誉和碳足迹不填",
        ),
        sheets.Column("honour_type", "荣誉类型", hint="绿色制造荣誉必填，例如绿色工厂"),
        sheets.Column("level", "级别", sheets.choice(LEVELS), hint="市级、国家级；绿色制造荣誉必填"),
        sheets.Column("site", "厂区", hint="多厂区企业填写"),
        sheets.Column(
            "decided_on", "认定日期", sheets.day, holds="day", other_titles=("审定日期",), hint="从未获得支持的不填"
        ),
        sheets.Column(
            "precap_amount",
            "限额调减前金额",
            _whole_yuan,
            other_titles=("审定金额",),
            hint="元，整数；填认定日期的必填",
            holds="money",
        ),
        sheets.Column("paid_amount", "实拨金额", _whole_yuan, hint="元，整数；填认定日期的必填", holds="money"),
        sheets.Column("document_no", "文号", hint="填认定日期的必填"),
        sheets.Column("approved_total", "认定支持总额", _whole_yuan, hint="产业集群必填：三年合计，元", holds="money"),
        sheets.Column("years", "支持年度", sheets.years, hint="产业集群必填，例如2026、2027、2028"),
        sheets.Column("certificate_no", "证书编号"),
        sheets.Column("issued_on", "发证日期", sheets.day, holds="day"),
        sheets.Column("accepted_on", "受理日期", sheets.day, holds="day", hint="原办法下已受理尚未审定的填写"),
        sheets.Column("policy", "适用政策", sheets.choice(POLICIES), hint="不填即本实施细则；" + "、".join(POLICIES)),
        sheets.Column(
            "office",
            "主管部门",
            sheets.text(100),
            hint="其他扶持政策必填；“支持事项”填同一事项在本细则中对应的事项",
        ),
        sheets.Column("note", "备注", sheets.text(500)),
    ),
)


def problems_of(values: Mapping[str, Any], today: date) -> list[str]:
    """What does not fit together in one row, each as a sentence."""
    problems = [
        f"“{column.title}”不能晚于今日。"
        for column in LAYOUT.columns
        if isinstance(values[column.key], date) and values[column.key] > today
    ]
    if values["policy"] == OTHER:
        return problems + _problems_of_other_office(values)
    if values["office"] is not None:
        problems.append("“主管部门”仅由通州区其他扶持政策填写。")
    if values["decided_on"] is not None:
        problems += _missing(values, "precap_amount", "paid_amount", "document_no", when="填写认定日期的")
    elif amount(values, "paid_amount") or (amount(values, "precap_amount") and not _is_pending(values)):
        problems.append("有支持金额的，“认定日期”必须填写。")
    if amount(values, "paid_amount") > amount(values, "precap_amount"):
        problems.append("“实拨金额”不能大于“限额调减前金额”。")
    problems += _problems_of_amount(values)
    if values["scheme"] == "green_honour":
        problems += _missing(values, "honour_type", "level", when="绿色制造荣誉")
    if values["scheme"] in (*_PROJECTS, "green_event"):
        problems += _missing(values, "matter_key", when="项目和活动")
    if values["scheme"] == "industry_cluster":
        problems += _problems_of_cluster(values)
    elif values["approved_total"] is not None or values["years"] is not None:
        problems.append("“认定支持总额”“支持年度”仅由产业集群填写。")
    return problems


def _problems_of_other_office(values: Mapping[str, Any]) -> list[str]:
    """What another office gave: who, when, by which document, how much, and for which matter."""
    problems = _missing(values, "office", "decided_on", "paid_amount", "document_no", when="通州区其他扶持政策")
    if values["scheme"] == "green_honour":
        problems += _missing(values, "honour_type", when="绿色制造荣誉")
    if values["scheme"] in (*_PROJECTS, "green_event", "industry_cluster"):
        problems += _missing(values, "matter_key", when="项目、活动和产业集群")
    if values["approved_total"] is not None or values["years"] is not None:
        problems.append("“认定支持总额”“支持年度”仅由产业集群的认定填写。")
    return problems


def _problems_of_amount(values: Mapping[str, Any]) -> list[str]:
    """No award under this law was above its article's own ceiling; what the repealed rules gave is not judged by it."""
    scheme, level = values["scheme"], values["level"]
    key = f"a4.amount.{level}" if scheme == "green_honour" and level else _CEILINGS.get(scheme)
    if key is None or values["policy"] == "old":
        return []
    ceiling = rules.parameters.catalog()[key]
    if ceiling.limit is None or amount(values, "precap_amount") <= Decimal(ceiling.limit):
        return []
    most = format_yuan(Decimal(ceiling.limit))
    return [f"“限额调减前金额”超过{ceiling.article}的最高支持金额{most}元，请核对金额和单位（元）。"]


def _is_pending(values: Mapping[str, Any]) -> bool:
    """A case that the repealed rules still decide: its amount is what it would get there (M17)."""
    return values["policy"] == "old" and values["accepted_on"] is not None


def _problems_of_cluster(values: Mapping[str, Any]) -> list[str]:
    """第八条：根据实施成效分三年最高支持500万元。"""
    problems = _missing(values, "approved_total", "years", "decided_on", when="产业集群")
    most = Decimal(rules.parameters.catalog()["a8.total_cap"].limit or "0")
    if values["approved_total"] is not None and not ZERO < values["approved_total"] <= most:
        problems.append(f"“认定支持总额”应大于0，且不超过{format_yuan(most)}元（第八条）。")
    years = values["years"]
    if years is not None and (len(years) != YEARS_OF_PLAN or years[-1] - years[0] != YEARS_OF_PLAN - 1):
        problems.append(f"“支持年度”应为连续的{YEARS_OF_PLAN}年（第八条）。")
    elif years is not None and values["decided_on"] is not None and years[0] < values["decided_on"].year:
        problems.append("“支持年度”不能早于认定日期所在年度。")
    return problems


def _missing(values: Mapping[str, Any], *keys: str, when: str) -> list[str]:
    titles = {column.key: column.title for column in LAYOUT.columns}
    return [f"{when}，“{titles[key]}”必须填写。" for key in keys if values[key] is None]


def amount(values: Mapping[str, Any], key: str) -> Decimal:
    """Whole yuan; what is left empty is 0."""
    found: Decimal | None = values[key]
    return ZERO if found is None else found


def matter_key(values: Mapping[str, Any]) -> str:
    """The key under which a new case of the same matter looks for it (domain.md 2.2).

    A key copied from this program stands as it is. Where the matter is named by a number or a name, the column holds
    that: filing number, cluster, event. Else it follows from the other columns; its year is the one before the row's.
    """
    stated = values["matter_key"] or ""
    if _PROGRAM_KEY.fullmatch(stated):
        return str(stated)
    facts = {
        "honour_type": values["honour_type"],
        "site": values["site"],
        "filing_no": stated,
        "cluster_name": stated,
        "event_name": stated,
    }
    day = values["decided_on"] or values["accepted_on"] or values["issued_on"]
    return matters.matter_key(values["scheme"], values["uscc"], facts, day.year - 1 if day else 0)
