"""Checks of the forms that all schemes share, and the choices that a case leaves open."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from storage import case_checks, payments, people, publicity
from storage.cases import count_submissions
from storage.locks import lock_name
from workflows.case import awards, choices, objections, papers, proceeding, quotas, same_item
from workflows.case.bars import flags_of
from workflows.case.checks import refusals
from workflows.case.checks.parts import Check, amount, not_in_future, own_account
from workflows.case.operations.credit import possible_outcomes
from workflows.case.operations.expert_review import CRITERIA
from workflows.case.step import Look, local_date
from workflows.codes.checklists import CHECKLISTS
from workflows.errors import FieldError
from workflows.rules.matters import number_key
from workflows.rules.money import format_yuan
from workflows.rules.review import needs_opinion
from workflows.typed import names


def _formality(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    if data.get("decision") == "correct" and not data.get("correction_items"):
        return [FieldError("correction_items", "请一次性列出全部需要补正的内容。")]
    if data.get("decision") == "accept" and (why := same_item.refusal(look)):
        return [FieldError("decision", why)]
    return []


def _credit(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    """A query is of this check, not of one before: its day counts for how long it holds."""
    days, queried_on = int(look.parameter("elig.credit_recheck_valid_days")), data.get("credit_queried_on")
    if queried_on and date.fromisoformat(queried_on) + timedelta(days=days) < look.today:
        return [FieldError("credit_queried_on", f"查询日期距今已超过{days}天，请重新查询。")]
    return not_in_future(look, data, "credit_queried_on")


def _site(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    least = int(look.parameter("proc.site_visit_min_people"))
    given = str(data.get("inspectors") or "")
    present = given.replace("，", "、").replace(",", "、").replace(" ", "、").split("、")
    errors = []
    if len({name.strip() for name in present if name.strip()}) < least:
        errors.append(FieldError("inspectors", f"现场核查人员不得少于{least}人，请写明每人姓名。"))
    return errors + not_in_future(look, data, "inspected_on")


def score(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    """A very low or very high total is explained (domain.md 3.3), whatever the scheme's criteria weigh."""
    total = sum((amount(data, field) for field in CRITERIA), Decimal(0))
    if needs_opinion(total) and not data.get("score_opinion"):
        return [FieldError("score_opinion", f"总分{total}分，低于60分或高于95分时应写明评分理由。")]
    return []


def _objection_told(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    return objections.unmasked(look, data, ("objection_substance",))


def _objection_investigated(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    return objections.unmasked(look, data, ("objection_findings", "statement_reply"))


def _objection_proposed(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    why = objections.unanswered(look)
    named = objections.unmasked(look, data, ("objection_reply",))
    return [*named, *([FieldError("decision", why)] if why else [])]


def _objection_decided(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    return objections.unmasked(look, data, ("objection_meeting_reason",))


def _district(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    errors = not_in_future(look, data, "district_approved_on")
    if data.get("decision") == "approve":
        errors += _against(look, proceeding.APPROVAL)
    announced = publicity.current_item(look.session, look.case.id)
    given = data.get("district_approved_on")
    first = look.parameter("proc.publicity_before_district_approval")
    if first and announced is not None and given:
        # ends_at is 24:00 of the last day, so its date is the day after.
        last_day = local_date(announced[0].ends_at) - timedelta(days=1)
        if date.fromisoformat(given) < last_day:
            errors.append(FieldError("district_approved_on", "区政府批复日期不能早于公示截止日期。"))
    return errors


def _payee(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    if data.get("decision") != "agree":
        return []
    errors = _amount_typed(look, data)
    if not names.same(str(look.facts.get("account_name") or ""), look.enterprise.name):
        said = f"账户名称与申报单位现名称（{look.enterprise.name}）不一致，请退回更正，或者先办理名称变更。"
        errors.append(FieldError("decision", said))
    return errors


FIT = "fit"


def _paid(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    if look.ahead.get("payment") == FIT:  # it was judged when it was asked whether it must be held
        return []
    errors = unfit_payment(look, data)
    why = deferred(look, data) if not errors and data.get("decision") == "paid" else None
    return errors + ([FieldError("decision", why)] if why else [])


def deferred(look: Look, data: Mapping[str, Any]) -> str | None:
    """Why a payment that nothing else is wrong with has to wait for another year: its quota, or a ceiling's year."""
    on = date.fromisoformat(data["paid_on"]) if data.get("paid_on") else look.today
    return quotas.refusal(look, on.year) or awards.refusal_of_year(look, on)


def unfit_payment(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    """What whoever registers a payment can mend, and what stands against it on forms that could not hold it."""
    errors = not_in_future(look, data, "paid_on")
    decided, paid_on = look.facts.get("district_approved_on"), data.get("paid_on")
    if decided and paid_on and paid_on < decided:
        errors.append(FieldError("paid_on", f"支付（退回）日期不能早于区政府审定日期（{decided}）。"))
    if data.get("decision") == "paid":
        errors += _amount_typed(look, data) + _voucher_once(look, data) + _against(look, proceeding.PAYMENT)
    return errors


def _amount_typed(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    """Two people type the amount, each from the paper; the first forms did not ask for it. Of a further decision it is
    the difference to what was paid."""
    if not data.get("payment_amount") or amount(data, "payment_amount") == awards.to_pay(look):
        return []
    if (paid := awards.paid_so_far(look)) > 0:
        said = f"应为审定支持金额与已拨付{format_yuan(paid)}元的差额{format_yuan(awards.to_pay(look))}元。"
        return [FieldError("payment_amount", said)]
    return [FieldError("payment_amount", "与审定支持金额不一致，请核对支付凭证与认定通知书。")]


def _voucher_once(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    """One line of one voucher pays one case; two who pay at once meet on its name."""
    key, paid_on = number_key(data.get("voucher_no")), data.get("paid_on")
    if not key or not paid_on:
        return []
    year, line = int(paid_on[:4]), int(data.get("voucher_line") or 1)
    lock_name(look.session, f"voucher:{year}:{key}:{line}")
    if not payments.is_voucher_used(look.session, key, year, line, except_case=look.case.id):
        return []
    text = "该支付凭证号本年度已登记为另一件的支付；一张凭证支付多件的，请填写本件所在的明细行号。"
    return [FieldError("voucher_no", text)]


def _against(look: Look, act: str) -> list[FieldError]:
    return [FieldError("decision", why) for why in proceeding.obstacles(look, act)]


def offered(form: str, look: Look) -> dict[str, Sequence[str]]:
    """Answers of text fields that pages offer as choices, where a client may write them as it likes, by field."""
    return {"avoided_organization": _employers(look)} if form == "convene_review" else {}


def _formality_choices(look: Look) -> dict[str, Sequence[str]]:
    """What a formality check may come to: no reason that the record contradicts, a waiver where papers lack."""
    rounds = count_submissions(look.session, look.case.id, "correction")
    reasons = ["NOT_ELIGIBLE_TYPE", "NOT_IN_DISTRICT"]
    if rounds:
        reasons.append("INCOMPLETE")  # nobody is turned down for what was never asked of him
    if same_item.refusal(look):
        reasons.append("SAME_ITEM")
    if look.case.submitted_at is not None and look.case.submitted_at > look.batch.window_to:
        reasons.append("LATE")
    documents = tuple(item.code for item in CHECKLISTS[look.case.scheme])
    narrowed: dict[str, Sequence[str]] = {
        "correction_items.document_code": (*documents, "OTHER"),
        "reason_code": tuple(reasons),
    }
    if rounds >= int(look.parameter("proc.max_supplements")):
        narrowed["decision"] = ("accept", "not_accept")
    if look.facts.get("origin") == "candidate" or not papers.missing(look):
        narrowed |= {"waiver": (), "waiver_days": ()}
    return narrowed


def _employers(look: Look) -> tuple[str, ...]:
    """The organisations of the pool of experts."""
    found = (expert.employer for expert, _ in people.list_experts(look.session) if expert.employer)
    return tuple(sorted(dict.fromkeys(found)))


def _avoided(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    """One organisation of the pool, in whatever width and brackets: a name that bars nobody is no exclusion."""
    given = str(data.get("avoided_organization") or "")
    employers = _employers(look)
    if not given or any(names.same(given, employer) for employer in employers):
        return []
    listed = "、".join(employers)
    return [FieldError("avoided_organization", f"应为专家库中的一家机构：{listed}。")]


CHECKS: dict[str, Check] = {
    "convene_review": _avoided,
    "formality_check": _formality,
    "credit_check": _credit,
    "site_inspection": _site,
    "payee_entry": own_account,
    "district_approval": _district,
    "objection_notice": _objection_told,
    "objection_investigation": _objection_investigated,
    "objection_handling": _objection_proposed,
    "objection_meeting": _objection_decided,
    "payee_confirmation": _payee,
    "disbursement": _paid,
}


def allowed(form: str, look: Look) -> dict[str, Sequence[str]]:
    """The choices that this case leaves open, by field; fields that are not named keep all of theirs."""
    narrowed: dict[str, Sequence[str]] = {}
    if form.startswith("industry_cluster_") and "round" in look.facts:
        narrowed["round"] = (str(look.facts["round"]),)
    if refusals.asks_refusal(form, look):
        return narrowed | {"heard_by": refusals.heard_by(form, look)}
    if form in ("credit_check", "credit_ruling"):
        cured = count_submissions(look.session, look.case.id, "credit_cure") > 0
        cured = cured or case_checks.is_settled(look.session, look.case.id, case_checks.CREDIT)
        return {"decision": possible_outcomes(flags_of(look), cured=cured)}
    if form == "choose_matters":
        offered = tuple(each.text for each in choices.outcomes(look))
        return {"kept_matters": offered} if offered else {"decision": ("keep",)}
    if form == "formality_check":
        return _formality_choices(look)
    return narrowed
