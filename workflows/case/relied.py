"""The tasks that the program knows by their ids: what happens there beyond what the diagram says.

The gate holds every diagram to this list: such a task has the form that is read there, and no other task has it, for
there the same would not happen; and it says what it shows, does and seals (`case/drawn.py`).
"""

from collections.abc import Mapping

from workflows.case import drawn
from workflows.engine import Relied

_APPLICATION = "{scheme}_application"

TASKS: Mapping[str, Relied] = {
    "fill_application": Relied(_APPLICATION, "申报材料供受邀的外部人员查阅"),
    "correction": Relied(_APPLICATION, "显示一次性补正的内容，计算补正次数", asks=drawn.CORRECTION),
    "formality_check": Relied("formality_check", "判断不予受理还是补正逾期，受理人不得确认查重结论"),
    "non_acceptance_review": Relied("non_acceptance_review", "显示拟不予受理的理由", asks=drawn.NOT_ACCEPTING),
    "substantive_review": Relied("{scheme}_review", "要求说明之后拟不予支持的，不再另行告知", exclusive=False),
    "credit_check": Relied("credit_check", "起算信用核查的有效期"),
    "credit_recheck": Relied("credit_check", "重新起算信用核查的有效期"),
    "credit_cure": Relied("credit_cure", "显示待修复的情形，修复后才可认定无异常", asks=drawn.CURE),
    "credit_statement": Relied("credit_statement", "显示所发现的情形，陈述申辩写入告知书", asks=drawn.STATEMENT),
    "credit_ruling": Relied("credit_ruling", "认定意见写入终止办理告知书"),
    "explanation": Relied(
        "explanation",
        "显示需说明的事项，说明写入不予支持告知书",
        exclusive=False,
        role="applicant",
        asks=drawn.EXPLANATION,
    ),
    "refusal_statement": Relied("refusal_statement", "陈述申辩写入不予支持告知书", asks=drawn.REFUSAL),
    "refusal_ruling": Relied("refusal_ruling", "对陈述申辩的答复写入不予支持告知书", asks=drawn.REFUSING),
    "audit_verification": Relied("{scheme}_audit", "报告供申报单位和受邀的外部人员查阅"),
    "audit_supplement": Relied(
        "explanation", "显示第三方要求补充的事项", exclusive=False, role="applicant", asks=drawn.SUPPLEMENT
    ),
    "cut_comment": Relied("cut_comment", "显示核减明细", asks=drawn.CUTS),
    "convene_review": Relied("convene_review", "提供可申请回避的单位"),
    "declare_interest": Relied("declare_interest", "声明密封保存，未声明的可以补抽", seals="true"),
    "score_application": Relied("{scheme}_score", "评分密封保存，全部评分到齐后同时启封", seals="true"),
    "choose_matters": Relied("choose_matters", "按申报单位的选择重新汇总", does=drawn.CHOOSE),
    "objection_notice": Relied("objection_notice", "发出异议告知书"),
    "objection_statement": Relied("objection_statement", "显示异议的事由", asks=drawn.OBJECTION),
    "objection_investigation": Relied("objection_investigation", "核查结果写入不予支持告知书"),
    "objection_meeting": Relied("objection_meeting", "会议纪要写入不予支持告知书"),
    "objection_handling": Relied("objection_handling", "将处理结果告知异议人", does=drawn.DISMISS),
    "recovery_investigation": Relied("recovery_investigation", "事实、依据和金额写入告知书"),
    "recovery_statement": Relied("recovery_statement", "陈述申辩写入决定书"),
    "recovery_meeting": Relied("recovery_meeting", "金额、期限、分期、限制和答复写入决定书"),
    "recovery_enforcement": Relied("recovery_enforcement", "登记受理机关和文号，或者再次催缴"),
    "decision_notice": Relied("decision_notice", "签发认定通知书", does=drawn.AWARD),
    "recognition_notice": Relied("decision_notice", "告知集群认定结果"),
    "enter_payee": Relied("payee_entry", "账户随即查重，变更后须重新确认", asks=drawn.PAYEE, does=drawn.ACCOUNT),
    "correct_payee": Relied("payee_entry", "显示退回原因，账户随即查重", asks=drawn.RETURNED, does=drawn.ACCOUNT),
    "decide_silent_payee": Relied("silent_payee", "理由写入视为放弃支持告知书"),
    "confirm_payee": Relied("payee_confirmation", "显示审定金额和收款单位", asks=drawn.PAYMENT),
    "pay": Relied("disbursement", "显示审定金额和收款单位，核对预算指标", asks=drawn.PAYING),
}
