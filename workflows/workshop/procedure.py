"""What the law and the office's procedure ask of every diagram: the steps, and what none of them may go without."""

from __future__ import annotations

from collections.abc import Mapping

from workflows import rules
from workflows.case.operations import REGISTRY
from workflows.case.operations.expert_review import SCORED
from workflows.engine import Act, Need, Read
from workflows.rules.facts import Fact

CONFIRMING = "{scheme}_verified"
"""The form of 核定确认."""

# By the office itself, from its own registers: no form needs to ask for them.
OFFICE_KNOWN = frozenset(
    {"granted_same_project", "earlier_precap_same_honour", "earlier_paid_same_honour", "earlier_level"}
    | {"earlier_precap_same_project"}
)
_ALL = frozenset({"*"})
# 第三条、第五条第一款后段、第六条: 核定.
_CONFIRMED_BY_LAW = frozenset({"retrofit", "carbon_intensity", "renewable_energy"})

# Which stages a type does not go without (domain.md 4): 现场核查, 第三方核查, 专家评审. Elsewhere an officer decides.
VISITED = frozenset({"retrofit", "carbon_intensity", "renewable_energy", "industry_cluster"})
AUDITED = frozenset({"retrofit", "carbon_intensity", "carbon_trading", "renewable_energy", "green_event"})
SCORED_TYPES = frozenset({"industry_cluster"})
REVIEWED_BY_EXPERTS = frozenset({"retrofit", "renewable_energy", "green_event", "industry_cluster"})

ACTS: Mapping[str, Act] = {
    "application": Act("填写申报或者确认", forms=frozenset({"{scheme}_application", "{scheme}_confirmation"})),
    "submission": Act("提交申报", frozenset({"register_submission"})),
    "acceptance": Act("受理", frozenset({"accept_case"}), frozenset({"formality_check"})),
    "credit": Act("信用核查与部门联审", frozenset({"settle_credit"})),
    "review": Act("业务初审", forms=frozenset({"{scheme}_review"})),
    "visit": Act("现场核查", forms=frozenset({"site_inspection"})),
    "audit": Act("第三方核查", forms=frozenset({"{scheme}_audit"})),
    "experts": Act("专家评审", frozenset({"tally_scores"})),
    "duplicates": Act("查重", frozenset({"search_duplicates"})),
    "confirmation": Act("核定确认", forms=frozenset({CONFIRMING})),
    "calculation": Act("金额测算", frozenset({"calculate_amount"})),
    "recheck": Act("复审会签", frozenset({"settle_recheck"})),
    "deputy": Act("分管领导审核", forms=frozenset({"deputy_review"})),
    "choice": Act("限额调减告知", frozenset({"offer_choice"})),
    "resolution": Act("集体审议", messages=frozenset({"resolved"})),
    "publicity": Act("公示", frozenset({"close_publicity"})),
    "approval": Act("区政府审定", forms=frozenset({"district_approval"})),
    "commitment": Act("审定占用额度", frozenset({"commit_award", "commit_award_in_year"})),
    "recognition": Act("登记认定结果", frozenset({"record_recognition"})),
    "notice": Act("认定告知", forms=frozenset({"decision_notice"})),
    "payee": Act("收款信息确认", forms=frozenset({"payee_confirmation"})),
    "standing": Act("拨付前核查", frozenset({"review_standing"})),
    "payment": Act("登记拨付完成", frozenset({"settle_payment", "confirm_paid_before"})),
    "refusal": Act("登记不予支持并告知理由", frozenset({"record_refusal", "record_revocation"})),
    "veto": Act("登记信用核查未通过并告知理由", frozenset({"record_veto"})),
    "forfeit": Act("登记视为放弃支持并告知理由", frozenset({"record_forfeit"})),
    "recovery_notice": Act("告知拟追回（撤销）", frozenset({"tell_recovery"})),
    "recovery_review": Act("追回法制审核", forms=frozenset({"recovery_legal_review"})),
    "recovery_meeting": Act("追回集体审议", forms=frozenset({"recovery_meeting"})),
    "recovery": Act("作出追回（撤销）决定", frozenset({"decide_recovery"})),
    "non_acceptance": Act("登记不予受理并告知理由", frozenset({"record_not_accepted"})),
}

_GRANTS = frozenset({"commit_award", "commit_award_in_year", "record_recognition"})
_CALCULATES = frozenset({"calculate_amount"})
_CLAIMS = frozenset({"decide_recovery"})
_PAYS = frozenset({"settle_payment"})
_RECOGNISED = "第二条：符合标准的项目，经认定后给予资金支持"
_REASONED = "不利决定须说明理由并告知救济途径"

NEEDS: tuple[Need, ...] = (
    Need("application", "申报须由申报单位填写或者确认", frozenset({"register_submission"})),
    Need("submission", "未经申报不予测算", _CALCULATES, core=_ALL),
    Need("acceptance", "未经受理不予测算", _CALCULATES),
    Need("credit", "申报单位须信用良好", _CALCULATES),
    Need("review", "各项条件须经审核", _CALCULATES),
    Need("visit", "该事项须现场核查", _CALCULATES, schemes=VISITED),
    Need("audit", "该事项须第三方核查", _CALCULATES, schemes=AUDITED),
    Need("experts", "该事项按评分支持", _CALCULATES, schemes=SCORED_TYPES),
    Need("experts", "该事项按口径须专家评审", _CALCULATES, schemes=REVIEWED_BY_EXPERTS - SCORED_TYPES, anywhere=True),
    Need("duplicates", "第十条：同一事项不重复支持", _CALCULATES),
    Need("confirmation", "按核定数支持", _CALCULATES, core=_CONFIRMED_BY_LAW),
    Need("calculation", "没有测算不得承诺支持", _GRANTS, core=_ALL),
    Need("recheck", "测算结果须经复审会签", _GRANTS),
    Need("deputy", "测算结果须经分管领导审核", _GRANTS),
    Need("choice", "第十条：限额调减须告知并由申报单位选择", _GRANTS),
    Need("resolution", "支持资金须经集体审议", _GRANTS),
    Need("standing", "审议前须核查信用和待核实事项", _GRANTS),
    Need("publicity", "拟支持结果须公示", _GRANTS),
    Need("approval", _RECOGNISED, _GRANTS, core=_ALL),
    Need("commitment", "没有审定占用不得支付", _PAYS, core=_ALL),
    Need("notice", "认定结果须告知申报单位", _PAYS),
    Need("notice", "认定结果须告知申报单位", statuses=frozenset({"MULTI_YEAR"})),
    Need("payee", "收款信息须经另一人确认", _PAYS),
    Need("standing", "拨付前须核查信用和待核实事项", _PAYS),
    Need("payment", "未登记拨付的不得办结为已拨付", statuses=frozenset({"PAID"}), core=_ALL),
    Need("commitment", _RECOGNISED, statuses=frozenset({"APPROVED"}), core=_ALL),
    Need("recognition", _RECOGNISED, statuses=frozenset({"MULTI_YEAR"}), core=_ALL),
    Need("refusal", _REASONED, statuses=frozenset({"NOT_SUPPORTED"}), core=_ALL),
    Need("veto", _REASONED, statuses=frozenset({"VETOED"}), core=_ALL),
    Need("forfeit", _REASONED, statuses=frozenset({"TERMINATED"}), core=_ALL),
    Need("recovery_notice", "追回和撤销须先告知并听取陈述申辩", _CLAIMS, core=_ALL),
    Need("recovery_review", "追回和撤销须经法制审核", _CLAIMS, core=_ALL),
    Need("recovery_meeting", "追回和撤销须经集体审议", _CLAIMS, core=_ALL),
    Need("recovery", "没有撤销决定不得登记撤销", frozenset({"record_revocation"}), core=_ALL, anywhere=True),
    Need("recovery", "没有追回决定的不得办结为已追回", statuses=frozenset({"RECOVERED"}), core=_ALL, anywhere=True),
    Need("non_acceptance", _REASONED, statuses=frozenset({"NOT_ACCEPTED"}), core=_ALL, anywhere=True),
)

# Decision → the fields of which one says why.
GROUNDS: Mapping[str, frozenset[str]] = {
    "refuse": frozenset({"reason_code", "audit_opinion", "objection_findings", "objection_reply", "district_opinion"}),
    "not_accept": frozenset({"reason_code"}),
    "forfeit": frozenset({"silence_opinion"}),
    "recover": frozenset({"recovery_reply"}),
    "veto": frozenset({"credit_finding", "joint_opinion", "ruling_opinion"}),
}

# The kinds of figures for which forms have a kind of the same name.
_KINDS = frozenset({"money", "tonnes", "score", "boolean", "choice"})


def reads() -> dict[str, tuple[Read, ...]]:
    """What each operation reads of the facts: as it declares, and the figures of every article for the calculation."""
    found = {name: each.reads for name, each in REGISTRY.items() if each.reads}
    figures = {scheme: [_figure(scheme, fact) for fact in module.FACTS] for scheme, module in rules.SCHEMES.items()}
    found["calculate_amount"] = tuple(each for of in figures.values() for each in of if each.key not in OFFICE_KNOWN)
    # The size of a panel is drawn from a preview of the amount, except where the score itself is a figure.
    previewed = (each for each in found["calculate_amount"] if each.scheme not in SCORED and each.confirmed)
    found["draw_experts"] = (*found.get("draw_experts", ()), *previewed)
    return found


def _figure(scheme: str, fact: Fact) -> Read:
    """A figure without which the article gives no amount is confirmed; what only some readings need is asked for."""
    return Read(
        fact.name,
        fact.label,
        scheme,
        confirmed=fact.default is None and not fact.optional,
        kind=fact.kind if fact.kind in _KINDS else "",
        choices=frozenset(fact.choices),
    )
