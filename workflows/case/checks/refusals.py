"""不予支持 has to fit its own form: a reason that what was filled in, or the record, contradicts is stopped."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from storage import case_checks
from storage.cases import latest_submissions
from workflows import rules
from workflows.case import awards
from workflows.case.refusing import EXPLANATION, RULING
from workflows.case.step import Look
from workflows.case.submitting import POINTS
from workflows.errors import FieldError
from workflows.rules.facts import FactInvalid
from workflows.rules.parameters import ParameterMissing

SITE, REVIEW = "site_inspection", "substantive_review"
_JUDGED = {
    "NOT_ELIGIBLE_TYPE": "按本表填写，申报主体属于支持对象",
    "NOT_IN_DISTRICT": "按本表填写，注册地和实施地点均在支持区域范围内",
}
# Reasons that say of the matter itself that it falls short.
_FALLS_SHORT = frozenset({"BELOW_THRESHOLD", "NOT_FIRST", "NOT_ON_LIST"})
# The reason that a field excludes, and the answer with which it does.
_EXCLUDED = {"NOT_FIRST": ("first_time", True), "NOT_ON_LIST": ("on_official_list", True)}


def contradicted(form: str, look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    """Why the reason of a refusal cannot be; nothing where the form refuses nothing."""
    code = data.get("reason_code")
    if data.get("decision") != "refuse" or not code or not asks_refusal(form, look):
        return []
    said = "；".join(_against(form, look, data, str(code)))
    return (
        [FieldError("reason_code", f"{said}，不能以此为由不予支持；请核对所填内容，或者选择其他原因。")] if said else []
    )


def asks_refusal(form: str, look: Look) -> bool:
    """Whether an officer may propose a refusal with this form."""
    return form in (SITE, f"{look.case.scheme}_review", f"{look.case.scheme}_verified")


def heard_by(form: str, look: Look) -> Sequence[str]:
    """In which ways the firm may be heard: a second time is spared only whom this very review asked for an explanation,
    and only where that came last."""
    if form != f"{look.case.scheme}_review":
        return ("hearing",)
    sent = latest_submissions(look.session, look.case.id, (REVIEW, EXPLANATION, RULING))
    asked, explained, ruled = (sent.get(element) for element in (REVIEW, EXPLANATION, RULING))
    if asked is None or explained is None or asked.data.get("decision") != "return" or explained.id < asked.id:
        return ("hearing",)
    return ("hearing", "explained") if ruled is None or ruled.id < asked.id else ("hearing",)


def _against(form: str, look: Look, data: Mapping[str, Any], code: str) -> Iterator[str]:
    judged = rules.judge_subject(look.case.scheme, {**look.facts, **data}, look.parameters)
    if code in _JUDGED:
        of_code = [each.met for each in judged if each.reason == code]
        if of_code and all(of_code):
            yield _JUDGED[code]
    field, excluded = _EXCLUDED.get(code, ("", None))
    if field and data.get(field) is excluded:
        yield "本表所填内容与此相反"
    points = [value for value in data.values() if value in ("met", "not_met")]
    points += [each["answer"] for each in data.get(POINTS) or ()]
    if code in _FALLS_SHORT and points and "not_met" not in points:
        yield "各审核要点均为符合"
    if not form.endswith("_verified"):
        return
    if code in ("BELOW_THRESHOLD", "NOT_FIRST") and _is_eligible(look, data):
        yield "按本表核定数测算，符合支持条件"
    if code == "DUPLICATE_INVOICE" and not case_checks.of_case(look.session, look.case.id):
        yield "查重没有发现与本件有关的线索"


def _is_eligible(look: Look, data: Mapping[str, Any]) -> bool:
    try:
        result = awards.preview(replace(look, facts={**look.facts, **data}))
    except (FactInvalid, ParameterMissing):
        return False
    return result.eligible and result.precap_amount > 0
