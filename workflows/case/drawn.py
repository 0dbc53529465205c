"""What a diagram says of its tasks beside the drawing: what each shows, what follows from it, what is sealed.

Bundles published up to release 0.3.0 say nothing of it: what their release meant, by the ids of its tasks, stands here
as data. No newer bundle passes the gate without its own words (`case/relied.py`).
"""

from collections.abc import Mapping

from workflows.case.reading import SEALED
from workflows.engine import Element

CORRECTION, EXPLANATION, SUPPLEMENT, CURE = "correction", "explanation", "supplement", "credit_cure"
STATEMENT, CUTS, OBJECTION = "credit_statement", "cut_lines", "objection"
REFUSAL, REFUSING, NOT_ACCEPTING = "refusal", "refusal_ruling", "non_acceptance"
PAYEE, PAYMENT, PAYING, RETURNED = "payee", "payment", "paying", "returned_payment"

ASKS: Mapping[str, str] = {
    CORRECTION: "需一次性补正的内容",
    EXPLANATION: "初审要求说明的事项",
    SUPPLEMENT: "第三方审核机构要求补充的事项",
    CURE: "需修复的信用情形",
    STATEMENT: "可陈述申辩的信用情形",
    CUTS: "核减明细",
    OBJECTION: "异议的要点",
    REFUSAL: "拟不予支持的事实和理由",
    REFUSING: "拟不予支持的事实、理由和陈述申辩",
    NOT_ACCEPTING: "拟不予受理的理由",
    PAYEE: "收款信息核对意见",
    PAYMENT: "审定金额和收款单位",
    PAYING: "审定金额、收款单位和预算指标提示",
    RETURNED: "支付退回的原因",
}
"""`gc:asks`: what is shown above the form of a task."""

CHOOSE, DISMISS, AWARD, ACCOUNT = "choose_matters", "dismiss_objections", "send_award", "compare_account"

DOES: Mapping[str, str] = {
    CHOOSE: "按申报单位的选择重新汇总",
    DISMISS: "异议不成立的，答复异议人",
    AWARD: "发出支持项目认定通知书",
    ACCOUNT: "收款账户查重",
}
"""`gc:does`: what the completion of a task does beside keeping what was sent."""

_ASKED: Mapping[str, str] = {
    "correction": CORRECTION,
    "explanation": EXPLANATION,
    "audit_supplement": SUPPLEMENT,
    "credit_cure": CURE,
    "credit_statement": STATEMENT,
    "cut_comment": CUTS,
    "objection_statement": OBJECTION,
    "enter_payee": PAYEE,
    "confirm_payee": PAYMENT,
    "pay": PAYING,
    "correct_payee": RETURNED,
}
_DONE: Mapping[str, str] = {
    "choose_matters": CHOOSE,
    "objection_handling": DISMISS,
    "decision_notice": AWARD,
    "enter_payee": ACCOUNT,
    "correct_payee": ACCOUNT,
}


def seals(element: Element) -> bool:
    """Whether what is sent there stays sealed until all scores are in."""
    return element.seals == "true" if element.seals is not None else element.id in SEALED


def asked_at(element: Element) -> str | None:
    """The code of what is shown above its form, if anything."""
    return element.asks or _ASKED.get(element.id)


def done_at(element: Element) -> str | None:
    """The code of what its completion does, if anything."""
    return element.does or _DONE.get(element.id)
