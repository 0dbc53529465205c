"""What a task is about, shown above its form: what an applicant is asked, what finance is to pay and to whom."""

from collections.abc import Mapping
from typing import Any, TypedDict

from workflows.codes.checklists import CHECKLISTS
from workflows.rules.money import format_yuan, parse_money

NO_QUOTA = "本批次和本年度均未登记预算指标，支付不受指标限制，请核对后办理。"


class Request(TypedDict):
    """What is asked for, a line each; `note` warns and stops nothing."""

    title: str
    lines: list[str]
    note: str | None


def request_for(element_id: str, scheme: str, facts: Mapping[str, Any], *, no_quota: bool = False) -> Request | None:
    """Title and lines of what a task answers; None where its form says all. `facts` hold the case's amounts, too."""
    match element_id:
        case "correction":
            return _shown("请一次性补正下列内容", _corrections(scheme, facts))
        case "explanation":
            return _shown("请就下列事项作出说明", [facts.get("explanation_request")])
        case "audit_supplement":
            return _shown("第三方审核机构要求补充说明", [facts.get("audit_opinion")])
        case "credit_cure":
            return _shown("请修复下列情形后提交说明", [facts.get("credit_finding"), facts.get("joint_opinion")])
        case "credit_statement":
            return _shown(
                "核查发现下列情形，你单位可以陈述申辩", [facts.get("credit_finding"), facts.get("joint_opinion")]
            )
        case "cut_comment":
            return _shown("第三方审核机构核减下列内容，请反馈意见", _cuts(facts))
        case "objection_statement":
            return _shown("公示期间收到下列异议，你单位可以陈述", [facts.get("objection_substance")])
        case "enter_payee":
            return _shown("收款信息核对未通过，请更正", [facts.get("payee_opinion")])
        case "confirm_payee" | "pay":
            return _shown("本件审定支持", _payment(facts), note=NO_QUOTA if element_id == "pay" and no_quota else None)
        case "correct_payee":
            return _shown("支付被退回，请更正收款信息", [facts.get("return_reason")])
    return None


def _shown(title: str, lines: list[Any], note: str | None = None) -> Request | None:
    told = [str(line) for line in lines if line]
    return {"title": title, "lines": told, "note": note} if told else None


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


def _cuts(facts: Mapping[str, Any]) -> list[str]:
    return [
        f"{cut.get('item', '')}：核减{format_yuan(parse_money(str(cut.get('amount', '0'))))}元，{cut.get('reason', '')}"
        for cut in facts.get("cut_lines") or []
    ]
