"""What happened to the twenty cases of batch 2026-01 by the day on which the demonstration begins (domain.md 7).

The figures are the specification's, so whoever plays it to the end pays what `domain.md` 7.2 says. Where each case has
come to by then is ours: every post finds work.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

BEGINS, ENDS = date(2026, 3, 2), date(2026, 4, 10)
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """One case: who applies for what and when, what is filled into its forms by element, how far it gets by which day.

    A case without `applied_on` comes from the official list. `lacking` names documents that are missing at first.
    """

    enterprise: str
    scheme: str
    title: str
    applied_on: date | None
    values: Mapping[str, Values]
    until: tuple[tuple[date, str], ...]
    lacking: frozenset[str] = field(default=frozenset())


def _day(month: int, day: int) -> date:
    return date(2026, month, day)


def _investment(matter: str, declared: str, approved: str) -> dict[str, Values]:
    """An investment of articles 3 and 6: what was declared, audited and verified; a cut is explained by a line."""
    cut = int(declared) - int(approved)
    lines = {"cut_lines": [{"item": "待摊费用", "amount": str(cut), "reason": "不属于本项目投资范围"}]} if cut else {}
    return {
        "fill_application": {
            "filing_no": matter,
            "declared_investment": declared,
            "declared_amount": str(int(approved) * 3 // 10),
        },
        "audit_verification": {"audited_investment": approved, **lines},
        "confirm_verified": {"approved_investment": approved},
    }


def _equipment(told: dict[str, Values], declared: str) -> dict[str, Values]:
    """Article 3 asks for the parts of the investment: here all of it is equipment."""
    none = dict.fromkeys(("investment_construction", "investment_software", "investment_other"), "0")
    return told | {"fill_application": {**told["fill_application"], "investment_equipment": declared, **none}}


def _figures(**facts: str) -> dict[str, Values]:
    return {"fill_application": facts, "confirm_verified": facts}


STORY: Mapping[str, Told] = {
    "C01": Told(
        "e01", "retrofit", "空压系统节能改造项目", _day(3, 11),
        _equipment(_investment("PRJ-E01-AIR", "7200000", "6000000"), "7200000"),
        ((_day(3, 12), "credit_check"), (_day(3, 18), "site_inspection"), (_day(3, 27), "confirm_verified"),
         (_day(4, 8), "score_application")),
    ),
    "C02": Told(
        "e03", "retrofit", "机房制冷系统绿色低碳改造", _day(3, 12),
        _equipment(_investment("PRJ-E03-COOL", "6666667", "6666667"), "6666667"),
        ((_day(3, 13), "credit_check"), (_day(3, 20), "site_inspection"), (_day(4, 7), "convene_review")),
    ),
    "C03": Told(
        "e02", "green_honour", "市级绿色工厂", None, {},
        ((_day(3, 2), "credit_check"), (_day(3, 6), "deputy_review"), (_day(3, 10), "listed"),
         (_day(3, 24), "decision_notice"), (_day(4, 8), "pay")),
    ),
    "C04": Told(
        "e01", "green_honour", "国家级绿色工厂（晋级）", None, {},
        ((_day(3, 2), "credit_check"), (_day(4, 9), "deputy_review")),
    ),
    "C05": Told(
        "e04", "carbon_neutral", "2025年度碳中和证书", _day(3, 16), {},
        ((_day(3, 16), "credit_check"), (_day(3, 24), "listed"), (_day(4, 8), "district_approval")),
    ),
    "C06": Told(
        "e05", "carbon_intensity", "2025年度碳排放强度下降", _day(3, 17),
        _figures(e0_t="10000", v0_yuan="100000000", e1_t="9500", v1_yuan="100000000", traded_t="0")
        | {"audit_verification": {}},
        ((_day(3, 17), "credit_check"), (_day(3, 26), "site_inspection"), (_day(4, 3), "listed")),
    ),
    "C07": Told(
        "e02", "carbon_intensity", "2025年度碳排放强度下降", _day(3, 17),
        _figures(e0_t="60000", v0_yuan="600000000", e1_t="51000", v1_yuan="600000000", traded_t="0"),
        ((_day(3, 17), "credit_check"), (_day(3, 20), "site_inspection"), (_day(3, 30), "listed")),
    ),
    "C08": Told(
        "e04", "carbon_intensity", "2025年度碳排放强度下降", _day(3, 17),
        _figures(e0_t="100000", v0_yuan="1000000000", e1_t="95000", v1_yuan="999900000", traded_t="0"),
        ((_day(3, 18), "credit_check"), (_day(3, 26), "site_inspection"), (_day(4, 3), "listed")),
    ),
    "C09": Told(
        "e05", "carbon_footprint", "主导产品碳足迹认证（首次）", _day(3, 18),
        {"confirm_verified": {"cert_cost_net": "180000", "coverage": "0.72", "first_time": True}},
        ((_day(3, 18), "credit_check"), (_day(3, 24), "listed")),
    ),
    "C10": Told(
        "e02", "carbon_footprint", "产品碳足迹认证", _day(3, 18),
        {"fill_application": {"cert_cost_net": "150000", "declared_amount": "150000", "first_time": False},
         "confirm_verified": {"cert_cost_net": "150000", "coverage": "0.80", "first_time": False}},
        ((_day(3, 19), "credit_check"), (_day(3, 24), "listed")),
    ),
    "C11": Told(
        "e04", "carbon_trading", "2025年度碳普惠减排量出售", _day(3, 19), {},
        ((_day(3, 20), "credit_check"), (_day(4, 9), "listed")),
    ),
    "C12": Told(
        "e06", "renewable_energy", "E01厂区屋顶分布式光伏（合同能源管理）", _day(3, 20),
        _investment("PRJ-E06-PV", "4000000", "4000000"),
        ((_day(3, 23), "credit_check"), (_day(4, 8), "audit_verification")),
    ),
    "C13": Told(
        "e06", "renewable_energy", "E02厂区用户侧储能", _day(3, 23),
        _investment("PRJ-E06-ESS", "3500000", "3500000"),
        ((_day(3, 24), "credit_check"), (_day(4, 7), "site_inspection")),
    ),
    "C14": Told(
        "e07", "renewable_energy", "办公楼屋顶光伏及空气源热泵", _day(3, 26),
        _investment("PRJ-E07-PV", "900000", "900000"),
        (), frozenset({"DOC_GRID_CONNECTION", "DOC_PAYMENT_PROOF"}),
    ),
    "C15": Told(
        "e08", "future_energy", "市未来能源创新项目配套", _day(3, 24),
        {"fill_application": {"filing_no": "PRJ-E08-H2"}},
        ((_day(3, 25), "credit_check"), (_day(4, 8), "chief_recheck")),
    ),
    "C16": Told(
        "e08", "retrofit", "制氢车间绿色改造（与C15同一项目）", _day(3, 24),
        _equipment(_investment("PRJ-E08-H2", "4000000", "4000000"), "4000000"),
        ((_day(3, 25), "credit_check"), (_day(4, 7), "substantive_review")),
    ),
    "C17": Told(
        "e09", "industry_cluster", "CCUS及氢能产业集群服务平台（第1年度）", _day(3, 26), {},
        ((_day(3, 27), "credit_check"), (_day(4, 9), "declare_interest")),
    ),
    "C18": Told(
        "e10", "green_event", "2026绿色低碳产业峰会（虚构）", _day(4, 1),
        {"fill_application": {"event_name": "2026绿色低碳产业峰会（虚构）"}},
        ((_day(4, 2), "credit_check"),),
    ),
    "C19": Told(
        "e11", "retrofit", "印刷线VOCs减排改造", _day(3, 27),
        _equipment(_investment("PRJ-E11-VOC", "2000000", "2000000"), "2000000"),
        ((_day(3, 30), "credit_check"), (_day(4, 9), "credit_statement")),
    ),
    "C20": Told(
        "e12", "renewable_energy", "E05厂区地源热泵（研究所投资）", _day(3, 31),
        _investment("PRJ-E12-GSHP", "7500000", "7500000"),
        ((_day(4, 1), "credit_check"), (_day(4, 9), "substantive_review")),
    ),
}  # fmt: skip

HONOURS = """企业名称,统一社会信用代码,荣誉类型,级别,认定日期,文号
北京运测精密电子有限公司（虚构）,91110112YYYY00020U,绿色工厂,市级,2025-12-20,虚构工信〔2025〕9号
北京潞测绿能装备制造有限公司（虚构）,91110112YYYY000121,绿色工厂,国家级,2025-12-20,虚构工信〔2025〕9号
"""
