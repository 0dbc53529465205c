"""What a task is about, shown above its form: what an applicant is asked, what finance is to pay and to whom."""

from collections.abc import Mapping
from typing import Any, TypedDict

from workflows.case import cuts, drawn
from workflows.case.operations.credit import FINDINGS
from workflows.case.refusing import find_proposed
from workflows.codes.checklists import CHECKLISTS
from workflows.codes.reasons import REASONS
from workflows.rules.money import format_yuan, parse_money

NO_QUOTA = "本批次和本年度均未登记预算指标，支付不受指标限制，请核对后办理。"


class Request(TypedDict):
    """What is asked for, a line each; `note` warns and stops nothing."""

    title: str
    lines: list[str]
    note: str | None


def request_for(asked: str | None, scheme: str, facts: Mapping[str, Any], *, no_quota: bool = False) -> Request | None:
    """Title and lines of what a task answers, by its code (`case/drawn.py`); None where its form says all.

    `facts` hold the case's amounts, too.
    """
    match asked:
        case drawn.CORRECTION:
            return _shown("请一次性补正下列内容", _corrections(scheme, facts))
        case drawn.EXPLANATION:
            return _shown("请就下列事项作出说明", [facts.get("explanation_request")])
        case drawn.SUPPLEMENT:
            return _shown("第三方审核机构要求补充说明", [facts.get("audit_opinion")])
        case drawn.CURE:
            return _shown("请修复下列情形后提交说明", _credit(facts))
        case drawn.STATEMENT:
            return _shown("核查发现下列情形，你单位可以陈述申辩", _credit(facts))
        case drawn.CUTS:
            return _shown("第三方审核机构核减下列内容，请反馈意见", cuts.lines(facts))
        case drawn.REFUSAL | drawn.REFUSING | drawn.NOT_ACCEPTING:
            return _against_the_firm(asked, facts)
        case drawn.OBJECTION:
            return _shown("公示期间收到下列异议，你单位可以陈述", [facts.get("objection_substance")])
        case drawn.PAYEE:
            return _shown("收款信息核对未通过，请更正", [facts.get("payee_opinion")])
        case drawn.PAYMENT | drawn.PAYING:
            return _shown(
                "本件审定支持", _payment(facts), note=NO_QUOTA if asked == drawn.PAYING and no_quota else None
            )
        case drawn.RETURNED:
            return _shown("支付被退回，请更正收款信息", [facts.get("return_reason")])
    return None


def _shown(title: str, lines: list[Any], note: str | None = None) -> Request | None:
    told = [str(line) for line in lines if line]
    return {"title": title, "lines": told, "note": note} if told else None


def _against_the_firm(asked: str, facts: Mapping[str, Any]) -> Request | None:
    """What somebody proposes to turn a firm down for, and what it said to that."""
    match asked:
        case drawn.REFUSAL:
            return _shown("经审查拟不予支持，你单位可以陈述申辩", _refusal(facts))
        case drawn.REFUSING:
            said = facts.get("refusal_statement")
            return _shown("拟不予支持", [*_refusal(facts), f"申报单位陈述申辩：{said}" if said else None])
        case _:
            code = str(facts.get("reason_code") or "")
            return _shown("受理岗拟不予受理", [REASONS.get(code), facts.get("reason")])


def _credit(facts: Mapping[str, Any]) -> list[Any]:
    return facts.get(FINDINGS) or [facts.get("credit_finding"), facts.get("joint_opinion")]


def _refusal(facts: Mapping[str, Any]) -> list[str]:
    proposed = find_proposed(facts)
    if proposed is None:
        return []
    evidence = proposed["evidence"]
    return [
        *(f"查明的事实：{each['text']}（{each['source']}）" for each in proposed["found"]),
        *([f"证据及来源：{evidence['text']}"] if evidence else []),
        f"理由：{REASONS[proposed['code']]}",
    ]


def _payment(facts: Mapping[str, Any]) -> list[str]:
    amount = facts.get("final_amount")
    approved = f"审定支持金额：{format_yuan(parse_money(str(amount)))}元" if amount else ""
    to_pay = facts.get("amount_to_pay")
    difference = f"已拨付过资金，本次应拨付差额：{format_yuan(parse_money(str(to_pay)))}元" if to_pay != amount else ""
    return [approved, difference, f"收款单位：{facts['account_name']}" if facts.get("account_name") else ""]


def _corrections(scheme: str, facts: Mapping[str, Any]) -> list[str]:
    names = {item.code: item.name for item in CHECKLISTS[scheme]}
    return [
        f"{names.get(item.get('document_code', ''), '申报表')}：{item.get('problem', '')}"
        for item in facts.get("correction_items") or []
    ]
