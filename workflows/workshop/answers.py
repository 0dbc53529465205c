"""Upon which answers things happen: what the gate proves of every way, so that no "no" leads where only a "yes" may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workflows.case.operations.expert_review import SCORED
from workflows.engine import Follows, Said, Source
from workflows.rules import SCHEMES
from workflows.workshop import procedure

_PASS, _AGREE = frozenset({"pass"}), frozenset({"agree"})
_CLEAR = frozenset({"clear"})


def _form(form: str, *words: str) -> Source:
    return Source(frozenset(words), form=form)


def _operation(name: str, *words: str) -> Source:
    return Source(frozenset(words), operation=name)


def _message(name: str, *words: str) -> Source:
    return Source(frozenset(words), message=name)


_ACCEPTED = (_form("formality_check", "accept"),)
_CREDIT = (_operation("settle_credit", "clear"), _operation("settle_ruling", "clear"))
# Where a site is visited on some ways only, a new review may follow upon a visit that led back to it.
_REVIEWED = (_form("{scheme}_review", "pass"), _form("site_inspection", "pass", "return"))
_VISITED = (_form("site_inspection", "pass"),)
_CONFIRMED = (_form("{scheme}_verified", "pass"),)
_AWARDED = (
    _operation("settle_recheck", "agree"),
    _form("deputy_review", "agree"),
    _message("resolved", "support"),
    _operation("close_publicity", "clear"),
    _form("district_approval", "approve"),
)
# An officer's "no" is a proposal: what was proposed and taken back stands in nobody's way.
_PROPOSED = (
    _form("{scheme}_review", "refuse"),
    _form("site_inspection", "refuse"),
    _form("{scheme}_verified", "refuse"),
    _operation("tally_scores", "fail"),
)
UNDOES: Mapping[str, Sequence[Source]] = {"withdraw_refusal": _PROPOSED}
"""The answers that an operation takes back."""

_ADVERSE = (
    _operation("uphold_refusal", "refused"),
    _operation("calculate_amount", "not_eligible"),
    _message("resolved", "refuse"),
    _operation("close_publicity", "refused"),
    _form("district_approval", "refuse"),
)


# The years of article 8 are audited whatever was asked for at the recognition.
_ASKED_FOR_AUDIT = frozenset(SCHEMES) - {"industry_cluster"}


def _upon(
    title: str,
    law: str,
    operations: str,
    *answers: Source,
    forms: str = "",
    schemes: frozenset[str] = frozenset(),
    every: bool = True,
    messages: str = "",
    calls: str = "",
) -> Said:
    performing, filled = frozenset(operations.split()), frozenset(forms.split())
    return Said(
        title, law, answers, performing, filled, schemes, every, frozenset(messages.split()), frozenset(calls.split())
    )


SAID: tuple[Said, ...] = (
    # Which way a case takes
    _upon("列入免申即享名单", "名单内的由申报单位确认", "",
          _operation("route_origin", "candidate"), forms="{scheme}_confirmation"),
    _upon("自主申报", "名单外的由申报单位申报", "",
          _operation("route_origin", "application"), forms="{scheme}_application"),
    _upon("申报单位确认享受", "未经申报不予办理", "register_submission", _form("{scheme}_confirmation", "accept")),
    _upon("需要现场核查", "按口径或者经办人意见核查", "",
          _operation("route_site_inspection", "required"), forms="site_inspection"),
    _upon("需要第三方核查", "按口径或者经办人意见核查", "",
          _operation("route_third_party", "required"), forms="{scheme}_audit", schemes=_ASKED_FOR_AUDIT),
    _upon("首次认定", "第八条：分三年支持", "record_recognition", _operation("route_round", "entry")),
    _upon("年度申报", "第八条：分三年支持", "commit_award commit_award_in_year", _operation("route_round", "yearly")),
    # What leads to money
    _upon("形式审查结论为予以受理", "未经受理不予办理", "", *_ACCEPTED, forms="{scheme}_review {scheme}_verified"),
    _upon("信用核查无异常", "申报单位须信用良好", "", *_CREDIT, forms="{scheme}_review {scheme}_verified"),
    _upon("初审、现场核查均通过", "按核定数支持", "", *_REVIEWED, forms="{scheme}_verified"),
    _upon("现场核查通过", "须现场核查的事项", "", *_VISITED, forms="{scheme}_verified", schemes=procedure.VISITED),
    _upon("没有待核对的重复线索", "第十条：同一事项不重复支持", "",
          _operation("search_duplicates", "clear"), forms="{scheme}_verified"),
    _upon("核定结论为确认核定数", "按核定数支持", "calculate_amount", *_CONFIRMED, *_REVIEWED),
    _upon("复审会签、分管领导、集体审议、公示、区政府审定的结论均为同意", "第二条：经认定后给予支持",
          "commit_award commit_award_in_year record_recognition", *_CONFIRMED, *_AWARDED),
    _upon("已经审定占用", "没有审定占用不得支付", "settle_payment", _operation("commit_award_in_year", "committed")),
    _upon("收款信息核对一致，拨付前核查可以继续", "收款信息须经另一人确认", "", _form("payee_confirmation", "agree"),
          _operation("review_standing", "clear"), forms="disbursement"),
    _upon("登记为已拨付", "未登记拨付的不得办结为已拨付", "settle_payment", _form("disbursement", "paid")),
    _upon("登记为支付退回", "退回须更正收款信息", "record_return", _form("disbursement", "returned")),
    _upon("登记为暂缓支付", "暂缓须登记原因", "record_hold", _form("disbursement", "held")),
    # What is adverse, and who is heard before it
    _upon("予以受理", "未经受理不予办理", "accept_case", *_ACCEPTED),
    _upon("要求补正", "须一次性告知补正内容", "open_correction", _form("formality_check", "correct")),
    _upon("科室负责人同意不予受理，或者送达后逾期未补正", "不利决定须经复核", "record_not_accepted",
          _form("non_acceptance_review", "agree"), _operation("prove_delivery", "lapsed"),
          _operation("lapse_correction", "lapsed"), every=False),
    _upon("信用核查认定为一票否决", "不利决定须有事实和理由", "record_veto", *(
        Source(frozenset({"veto"}), operation=each.operation) for each in _CREDIT)),
    _upon("有不予支持的结论", "不利决定须有事实和理由", "record_refusal", *_ADVERSE, every=False),
    _upon("有拟不予支持的结论", "不利决定须有事实和理由", "", *_PROPOSED, every=False, calls="refusal"),
    _upon("科室负责人维持拟不予支持", "听取陈述申辩后方可决定", "route_refusal uphold_refusal",
          _form("refusal_ruling", "agree"), messages="refusal_resolved"),
    _upon("拟不予受理", "不利决定须有事实和理由", "",
          _form("formality_check", "not_accept"), forms="non_acceptance_review"),
    _upon("拟一票否决", "不利决定作出前听取陈述申辩", "",
          _operation("settle_credit", "veto"), forms="credit_statement"),
    _upon("信用情形可以修复", "可修复的先予修复", "", _operation("settle_credit", "curable"), forms="credit_cure"),
    _upon("审计有核减", "核减须征求意见", "", _operation("check_cuts", "yes"), forms="cut_comment"),
    _upon("须经专家评审", "按口径或者经办人意见评审", "",
          _operation("route_expert_review", "required"), forms="convene_review"),
    _upon("专家评审通过", "评审未通过的不予支持", "calculate_amount", _operation("tally_scores", "pass"),
          schemes=frozenset(SCHEMES) - SCORED),
    _upon("审议前核查可以继续，或者拟不予支持", "审议前须核查信用和待核实事项", "",
          _operation("review_standing", "", "clear"), *_ADVERSE, messages="resolved", every=False),
    _upon("限额调减须告知选择", "第十条：年度限额", "", _operation("offer_choice", "offered"), forms="choose_matters"),
    # What is taken from whoever was granted or paid it
    _upon("科室负责人决定视为放弃支持", "不利决定须有事实和理由", "record_forfeit", _form("silent_payee", "forfeit")),
    _upon("催告已满次数", "视为放弃前须经催告", "", _operation("review_payee_silence", "decide"), forms="silent_payee"),
    _upon("线索经核查属实", "查明事实后方可告知", "tell_recovery", _form("recovery_investigation", "propose")),
    _upon("线索核查、法制审核、集体审议的结论均为同意", "追回和撤销须经集体审议", "decide_recovery",
          _form("recovery_investigation", "propose"), _form("recovery_legal_review", "agree"),
          _form("recovery_meeting", "recover")),
    _upon("法制审核通过", "追回和撤销须经法制审核", "",
          _form("recovery_legal_review", "agree"), forms="recovery_meeting"),
    _upon("科室负责人确认线索不成立，或者集体审议不予追回", "线索的了结须经另一人确认", "dismiss_recovery",
          _form("recovery_dismissal", "agree"), _form("recovery_meeting", "dismiss"), every=False),
    _upon("决定撤销尚未拨付的支持", "没有撤销决定不得登记撤销", "record_revocation",
          _operation("decide_recovery", "revoked")),
    _upon("催缴期满仍未退回", "先行催缴", "", _operation("lapse_collection", "lapsed"), forms="recovery_enforcement"),
)  # fmt: skip


def _then(title: str, law: str, source: Source, *then: str) -> Follows:
    return Follows(title, law, source, frozenset(then))


def _at_once(title: str, law: str, source: Source, *then: str) -> Follows:
    return Follows(title, law, source, frozenset(then), at_once=True)


_ON_RECORD = "结论须登记并告知"
_ASKED = "要求说明、补正的须由申报单位办理"
_HEARD = "不利决定作出前听取陈述申辩"

FOLLOWS: tuple[Follows, ...] = (
    _then("办理予以受理的登记", _ON_RECORD, _form("formality_check", "accept"), "accept_case"),
    _then("办理不予受理的登记", _ON_RECORD, _form("formality_check", "not_accept"), "record_not_accepted"),
    _then("一次性告知补正", _ASKED, _form("formality_check", "correct"), "open_correction"),
    _at_once("由申报单位修复信用", _ASKED, _operation("settle_credit", "curable"), "credit_cure"),
    _at_once("登记信用认定意见", _ON_RECORD, _form("credit_ruling"), "settle_ruling"),
    _then("由申报单位补充说明", _ASKED, _form("{scheme}_review", "return"), "explanation"),
    *(_then("听取陈述申辩", _HEARD, each, "refusal") for each in _PROPOSED if each.form),
    _at_once("由申报单位陈述申辩", _HEARD, _operation("propose_refusal", "hearing"), "refusal_statement"),
    _at_once("由申报单位陈述申辩", _HEARD, _operation("settle_credit", "veto"), "credit_statement"),
    _at_once("由申报单位陈述申辩", _HEARD, _operation("tell_objection"), "objection_statement"),
    _at_once("由申报单位陈述申辩", _HEARD, _operation("tell_recovery"), "recovery_statement"),
    _at_once("由申报单位反馈核减意见", _HEARD, _operation("check_cuts", "yes"), "cut_comment"),
    _then("退回重新审查", "不再拟不予支持的重新审查", _form("refusal_ruling", "return"), "withdraw_refusal"),
    _then("退回重新审查", "不再拟不予支持的重新审查", _message("refusal_resolved", "defer"), "withdraw_refusal"),
    _then("登记不予支持的决定", _ON_RECORD, _message("refusal_resolved", "refuse"), "uphold_refusal"),
    _then("退回业务初审", "现场情况不符的重新审核", _form("site_inspection", "return"), "{scheme}_review"),
    _then("由申报单位补充说明", _ASKED, _form("{scheme}_audit", "return"), "explanation"),
    _then("检查有无审计核减", "核减须征求意见", _form("{scheme}_audit", "pass"), "check_cuts"),
    _at_once("核对重复线索", "第十条：同一事项不重复支持", _operation("search_duplicates", "open"), "checks_settled"),
    _at_once("签字确认补抽", "补抽专家须经监督", _operation("settle_declarations", "short"), "confirm_redraw"),
    _at_once("确定评审名单", "专家声明后方可评分", _operation("settle_declarations", "complete"), "seat_panel"),
    _at_once("形成专家组意见", _ON_RECORD, _operation("tally_scores"), "panel_opinion"),
    _then("由申报单位选择", "第十条：年度限额", _operation("offer_choice", "offered"), "choose_matters"),
    _at_once("转入审定年度核算", "限额计入审定当年", _operation("commit_award_in_year", "other_year"), "recounted"),
    _then("核查异议", "异议须经另一人核查", _form("objection_statement"), "objection_investigation"),
    _then("重新公示", "异议不成立的恢复公示", _form("objection_handling", "dismiss"), "open_publicity"),
    _then("法制审核", "改变认定的须经法制审核", _form("objection_handling", "uphold", "refuse"),
          "objection_legal_review"),
    _then("集体审议", "终止认定须经集体审议", _form("objection_handling", "refuse"), "objection_meeting"),
    _then("退回重新提出处理意见", "退回的须重新处理", _form("objection_legal_review", "return"), "objection_handling"),
    _then("登记公示结果", _ON_RECORD, _form("objection_meeting", "agree"), "close_publicity"),
    _then("退回重新提出处理意见", "退回的须重新处理", _form("objection_meeting", "return"), "objection_handling"),
    _then("告知限额调减", "第十条：年度限额", _message("reallocated", "amount"), "cut_choice"),
    _then("告知限额调减", "第十条：年度限额", _message("resolved", "cut"), "cut_choice"),
    _then("重新列入汇总", "缓议的须重新列入", _message("resolved", "defer"), "listed"),
    _then("重新登记占用", "限额计入审定当年", _message("recounted", "same"), "commit_award_in_year"),
    _at_once("汇总核查意见", _ON_RECORD, _form("credit_check"), "settle_credit", "settle_credit_recheck"),
    _then("复核信用", "信用核查超过有效期", _operation("review_standing", "credit"), "credit_check"),
    _at_once("等待核实结论", "有待核实事项不得继续", _operation("review_standing", "held"), "hold_settled"),
    _at_once("登记拨付完成", _ON_RECORD, _form("disbursement", "paid"), "settle_payment"),
    _at_once("登记支付退回", _ON_RECORD, _form("disbursement", "returned"), "record_return"),
    _at_once("登记暂缓支付", _ON_RECORD, _form("disbursement", "held"), "record_hold"),
    _then("更正收款信息", "核对未通过的须更正", _form("payee_confirmation", "return"), "payee_entry"),
    _at_once("书面催告", "视为放弃前须经催告", _operation("review_payee_silence", "remind"), "remind_payee"),
    _at_once("再次催告", _ON_RECORD, _form("silent_payee", "remind"), "remind_payee"),
    _at_once("登记视为放弃支持", _ON_RECORD, _form("silent_payee", "forfeit"), "record_forfeit"),
    _at_once("告知拟追回（撤销）", _HEARD, _form("recovery_investigation", "propose"), "tell_recovery"),
    _at_once("由科室负责人确认", "线索的了结须经另一人确认", _form("recovery_investigation", "dismiss"),
             "recovery_dismissal"),
    _at_once("了结线索", _ON_RECORD, _form("recovery_dismissal", "agree"), "dismiss_recovery"),
    *(_at_once("退回线索核查", "退回的须重新核查", _form(each, "return"), "recovery_investigation")
      for each in ("recovery_dismissal", "recovery_legal_review", "recovery_meeting")),
    _at_once("作出追回（撤销）决定", _ON_RECORD, _form("recovery_meeting", "recover"), "decide_recovery"),
    _at_once("了结线索", _ON_RECORD, _form("recovery_meeting", "dismiss"), "dismiss_recovery"),
    _at_once("收缴", "追回决定须执行", _operation("decide_recovery", "collect"), "open_collection"),
    _at_once("继续收缴", "追回决定须执行", _operation("settle_collection", "partial"), "open_collection"),
    _at_once("处理逾期未退回", "追回决定须执行", _operation("lapse_collection", "lapsed"), "recovery_enforcement"),
    _at_once("登记催缴后的处理", _ON_RECORD, _form("recovery_enforcement"), "record_enforcement"),
)  # fmt: skip
