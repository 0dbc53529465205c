"""What a form alone cannot know: checks between fields and against the case, and the decisions that a case leaves open.

A form's own schema has been applied before. Each check answers the errors it found, a sentence a field.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from storage import publicity
from storage.cases import count_submissions
from workflows import awards
from workflows.checklists import CHECKLISTS
from workflows.errors import FieldError
from workflows.operations.credit import possible_outcomes
from workflows.operations.expert_review import CRITERIA
from workflows.rules.money import format_yuan
from workflows.rules.review import needs_opinion
from workflows.step import Step, local_date

Check = Callable[[Step, Mapping[str, Any]], Sequence[FieldError]]


def _money(data: Mapping[str, Any], field: str) -> Decimal:
    return Decimal(str(data.get(field) or "0"))


def _application(step: Step, data: Mapping[str, Any]) -> list[FieldError]:
    errors = []
    declared = _money(data, "declared_investment")
    fields = ("investment_equipment", "investment_construction", "investment_software", "investment_other")
    parts = sum((_money(data, field) for field in fields), Decimal(0))
    if parts != declared:
        errors.append(
            FieldError(
                "declared_investment",
                f"申报总投资{format_yuan(declared)}元应等于设备、建安、软件和其他投资之和{format_yuan(parts)}元。",
            )
        )
    if _money(data, "declared_amount") > declared:
        errors.append(FieldError("declared_amount", "申请金额不能超过申报总投资。"))
    start, completion = data.get("start_date"), data.get("completion_date")
    if start and completion and completion < start:
        errors.append(FieldError("completion_date", "竣工日期不能早于开工日期。"))
    if completion and date.fromisoformat(completion) > step.today:
        errors.append(FieldError("completion_date", "竣工日期不能晚于今天：本政策实行事后支持。"))
    errors += _not_in_future(step, data, "established_on")
    seen = set()
    for row, line in enumerate(data.get("invoice_lines") or []):
        # A digital invoice has a number of 20 digits and no code, so the code is optional in the comparison too.
        invoice = (line.get("invoice_code"), line.get("invoice_no"))
        if invoice in seen:
            errors.append(FieldError(f"invoice_lines-{row}-invoice_no", "同一张发票不能填写两次。"))
        seen.add(invoice)
    return errors


def _formality(step: Step, data: Mapping[str, Any]) -> list[FieldError]:
    if data.get("decision") == "correct" and not data.get("correction_items"):
        return [FieldError("correction_items", "请一次性列出全部需要补正的内容。")]
    return []


def _review(step: Step, data: Mapping[str, Any]) -> list[FieldError]:
    if data.get("decision") != "pass":
        return []
    return [
        FieldError(field, "审核通过时，各项条件均应符合；不符合的请选择“不予支持”或“退回”。")
        for field in ("a3_1", "a3_2", "a3_3", "a3_4", "a3_5")
        if data.get(field) == "not_met"
    ]


def _site(step: Step, data: Mapping[str, Any]) -> list[FieldError]:
    least = int(step.parameter("proc.site_visit_min_people"))
    given = data.get("inspectors")
    names = (
        [str(row.get("inspector_name") or row.get("name") or "") for row in given] if isinstance(given, list) else []
    )
    if isinstance(given, str):
        names = given.replace("，", "、").replace(",", "、").replace(" ", "、").split("、")
    errors = []
    if len({name.strip() for name in names if name.strip()}) < least:
        errors.append(FieldError("inspectors", f"现场核查人员不得少于{least}人，请写明每人姓名。"))
    return errors + _not_in_future(step, data, "inspected_on")


def _not_in_future(step: Step, data: Mapping[str, Any], field: str) -> list[FieldError]:
    given = data.get(field)
    if given and date.fromisoformat(given) > step.today:
        return [FieldError(field, "日期不能晚于今天。")]
    return []


def _audit(step: Step, data: Mapping[str, Any]) -> list[FieldError]:
    declared, audited = _money(step.facts, "declared_investment"), _money(data, "audited_investment")
    if audited > declared:
        return [FieldError("audited_investment", f"审核投资额不能超过申报总投资{format_yuan(declared)}元。")]
    cuts = sum((_money(cut, "amount") for cut in data.get("cut_lines") or []), Decimal(0))
    if cuts != declared - audited:
        return [
            FieldError(
                "cut_lines",
                f"核减明细合计{format_yuan(cuts)}元，"
                f"应等于申报总投资与审核投资额之差{format_yuan(declared - audited)}元，并逐项写明理由。",
            )
        ]
    return []


def _verified(step: Step, data: Mapping[str, Any]) -> list[FieldError]:
    declared = _money(step.facts, "declared_investment")
    errors = []
    if _money(data, "approved_investment") > declared:
        errors.append(FieldError("approved_investment", f"核定总投资不能超过申报总投资{format_yuan(declared)}元。"))
    granted = awards.granted_for_matter(step)
    if _money(data, "granted_same_project") < granted:
        said = f"同一项目此前已获支持{format_yuan(granted)}元，此处不得少填。"
        errors.append(FieldError("granted_same_project", said))
    return errors


def _score(step: Step, data: Mapping[str, Any]) -> list[FieldError]:
    total = sum((_money(data, field) for field in CRITERIA), Decimal(0))
    if needs_opinion(total) and not data.get("score_opinion"):
        return [FieldError("score_opinion", f"总分{total}分，低于60分或高于95分时应写明评分理由。")]
    return []


def _payee(step: Step, data: Mapping[str, Any]) -> list[FieldError]:
    if str(data.get("account_name", "")).strip() != step.enterprise.name:
        return [FieldError("account_name", f"账户名称应与申报单位名称“{step.enterprise.name}”一致，不得使用个人账户。")]
    return []


def _district(step: Step, data: Mapping[str, Any]) -> list[FieldError]:
    errors = _not_in_future(step, data, "district_approved_on")
    announced = publicity.current_item(step.session, step.case.id)
    given = data.get("district_approved_on")
    first = step.parameter("proc.publicity_before_district_approval")
    if first and announced is not None and given:
        # ends_at is 24:00 of the last day, so its date is the day after.
        last_day = local_date(announced[0].ends_at) - timedelta(days=1)
        if date.fromisoformat(given) < last_day:
            errors.append(FieldError("district_approved_on", "区政府批复日期不能早于公示截止日期。"))
    return errors


def _paid(step: Step, data: Mapping[str, Any]) -> list[FieldError]:
    return _not_in_future(step, data, "paid_on")


CHECKS: dict[str, Check] = {
    "retrofit_application": _application,
    "formality_check": _formality,
    "retrofit_review": _review,
    "site_inspection": _site,
    "retrofit_audit": _audit,
    "retrofit_verified": _verified,
    "retrofit_score": _score,
    "payee_entry": _payee,
    "district_approval": _district,
    "disbursement": _paid,
}


def check(form: str, step: Step, data: Mapping[str, Any]) -> list[FieldError]:
    """The errors of a submission that its schema cannot see."""
    found = CHECKS.get(form)
    return list(found(step, data)) if found else []


def allowed(form: str, step: Step) -> dict[str, Sequence[str]]:
    """The choices that this case leaves open, by field; fields that are not named keep all of theirs."""
    if form in ("credit_check", "credit_ruling"):
        cured = count_submissions(step.session, step.case.id, "credit_cure") > 0
        return {"decision": possible_outcomes(step.enterprise.credit_flags, cured=cured)}
    if form == "formality_check":
        documents = tuple(item.code for item in CHECKLISTS[step.case.scheme])
        narrowed: dict[str, Sequence[str]] = {"correction_items.document_code": (*documents, "OTHER")}
        rounds = count_submissions(step.session, step.case.id, "correction")
        if rounds >= int(step.parameter("proc.max_supplements")):
            narrowed["decision"] = ("accept", "not_accept")
        return narrowed
    return {}
