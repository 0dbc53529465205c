"""第一条 and what each article says of its subjects: who applies, where it is registered, where its matter lies.

The three facts are confirmed by an officer in every case. In a reference calculation they may be left out: what nobody
has verified refuses nobody, and its condition says so (`met` is None).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from workflows.rules.determination import Condition
from workflows.rules.facts import Fact, Facts, OneOf, read_yes_no
from workflows.rules.parameters import get_value

FIRST_ARTICLE = "第一条"
NOTICE = "申报通知"
"""What a condition outside the policy is cited from: it binds whom the batch's notice of application told of it."""

KINDS: Mapping[str, str] = {
    "manufacturing": "制造业企业",
    "data_centre": "数据中心企业",
    "industry": "其他工业企业",
    "software": "软件信息服务业企业",
    "other_enterprise": "其他企业",
    "association": "行业组织",
    "institution": "事业单位",
    "other": "其他单位",
}
"""Who applies, by code: what it mainly does, by its statistical code and the shares of its revenue."""

INDUSTRY_AND_SOFTWARE = ("manufacturing", "industry", "data_centre", "software")
"""工业、软件信息服务业企业; a data centre is of the latter (GB/T 4754: I64, I65)."""

ENTERPRISES = (*INDUSTRY_AND_SOFTWARE, "other_enterprise")

FACTS = (
    Fact("subject_kind", "申报主体类型", OneOf(KINDS), optional=True),
    Fact("registered_in_area", "申报单位是否在支持区域内注册", read_yes_no, optional=True),
    Fact("site_in_area", "项目、厂区或活动是否在支持区域内", read_yes_no, optional=True),
)
USER = Fact("user_kind", "用能单位类型", OneOf(KINDS), optional=True)
"""Article 6 supports the investor for the sake of whoever uses the energy."""

_READ_WITH = {
    "a5_1b.manufacturing_only": "subject_kind",
    "a5_3.manufacturing_only": "subject_kind",
    "a6.investor_must_be_industry_or_software": "subject_kind",
    "a9.applicant_kinds": "subject_kind",
    "elig.site_in_district": "site_in_area",
}


def read_with(given: Facts, ids: Iterable[str]) -> list[str]:
    """Those of a scheme's parameters that these facts are judged by: a reading of what nobody stated is not used."""
    return [id for id in ids if (fact := _fact_of(id)) is None or fact in given]


def _fact_of(id: str) -> str | None:
    return "registered_in_area" if id.startswith("elig.registration_in_district.") else _READ_WITH.get(id)


def supported_kind(
    given: Facts, article: str, supported: Sequence[str], fact: str = "subject_kind", whose: str = "申报主体"
) -> Condition:
    """Whether the applicant, or whoever the fact tells of, is one of those whom the article supports."""
    named = "、".join(KINDS[kind] for kind in supported) if len(supported) < len(KINDS) else "不限类型"
    met, text = None, f"{whose}类型未核实（支持对象：{named}）"
    if fact in given:
        kind = given.choice(fact)
        met = kind in supported
        text = f"{whose}为{KINDS[kind]}，{'属于' if met else '不属于'}支持对象（{named}）"
    return Condition(article, fact.upper(), text, met, "NOT_ELIGIBLE_TYPE")


def manufacturing_or_first(given: Facts, article: str, manufacturing_only: bool) -> Condition:
    """第五条 says 企业 in a sentence and 制造业 in the paragraph: whom of both an owner reads out of it."""
    if manufacturing_only:
        return supported_kind(given, article, ("manufacturing",))
    return supported_kind(given, FIRST_ARTICLE, INDUSTRY_AND_SOFTWARE)


def registered(given: Facts, parameters: Mapping[str, object], id: str) -> Condition:
    """Whether the applicant is registered in the area, where the batch's notice demands it: the policy does not."""
    met, text = None, "申报单位是否在支持区域内注册未核实（申报通知要求的，须核实）"
    if "registered_in_area" in given:
        inside, demanded = given.is_true("registered_in_area"), get_value(parameters, id, bool)
        met = inside or not demanded
        demand = "申报通知要求在支持区域内注册" if demanded else "申报通知未要求在支持区域内注册"
        text = f"申报单位{'' if inside else '不'}在支持区域内注册，{demand}"
    return Condition(NOTICE, "REGISTERED_IN_AREA", text, met, "NOT_IN_DISTRICT")


def sited(given: Facts, parameters: Mapping[str, object]) -> Condition:
    """城市副中心: whether project or plant lies in the area, where the owner reads the policy as demanding it."""
    met, text = None, "项目、厂区是否在支持区域内未核实"
    if "site_in_area" in given:
        inside, demanded = given.is_true("site_in_area"), get_value(parameters, "elig.site_in_district", bool)
        met = inside or not demanded
        text = f"项目、厂区{'' if inside else '不'}在支持区域内{'' if demanded else '，按口径不作要求'}"
    return Condition(FIRST_ARTICLE, "SITE_IN_AREA", text, met, "NOT_IN_DISTRICT")


def held_in_area(given: Facts, article: str) -> Condition:
    """在城市副中心举办: article 9 says so itself, so that no reading of the first article can waive it."""
    met, text = None, "活动是否在支持区域内举办未核实"
    if "site_in_area" in given:
        met = given.is_true("site_in_area")
        text = f"活动{'' if met else '不'}在支持区域内举办"
    return Condition(article, "SITE_IN_AREA", text, met, "NOT_IN_DISTRICT")
