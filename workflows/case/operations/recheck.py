"""P11 and the ends: the countersigned recheck, and the refusal in which every path of refusal ends."""

from collections.abc import Mapping

from storage import batches
from workflows.case import awards, clusters, letters
from workflows.case.operations.registry import operation
from workflows.case.operations.summaries import opinions
from workflows.case.step import Step
from workflows.codes.reasons import REASONS
from workflows.engine import Summary
from workflows.rules import SCHEMES, judge_subject


@operation(
    "汇总复审会签意见",
    "所选各会签环节本轮均同意才为同意，有一方退回即为退回。",
    results={"agree": "均同意", "return": "退回"},
    sums=Summary(
        frozenset({"agree", "return"}), roles=frozenset({"section_chief", "finance_officer", "legal_officer"})
    ),
)
def settle_recheck(step: Step, arguments: Mapping[str, str]) -> str:
    """`agree` only when everybody whom the diagram asks here (chief, finance, legal) agreed in this round (P11)."""
    given = opinions(step, "settle_recheck", arguments).values()
    result = "agree" if all(opinion.data["decision"] == "agree" for opinion in given) else "return"
    step.record("recheck_settled", "settle_recheck", [{"field": "recheck_result", "old": None, "new": result}])
    return result


@operation("登记不予支持", "登记理由，释放额度，发出不予支持告知书。所有不予支持的路径都汇到这里。")
def record_refusal(step: Step, _: Mapping[str, str]) -> None:
    """Set the reason, give back what the case holds of the ceiling, tell the firm with its remedies (P16)."""
    code = refusal_reason(step)
    step.case.reason = code
    awards.release(step, f"不予支持：{REASONS[code]}", reallocate=True)
    awards.fall_away(step)
    clusters.settle_year(step)
    by = "经区政府审定，" if step.case.stage == "P15" else ""
    why = by or f"因{REASONS[code]}{_as_found(step, code)}，"
    letters.send(step, "refusal", f"依据《实施细则》{SCHEMES[step.case.scheme].ARTICLE}及有关规定，{why}决定不予支持。")
    step.record("case_refused", "record_refusal", [{"field": "reason", "old": None, "new": code}])


def _as_found(step: Step, code: str) -> str:
    """What was found of the applicant and the place, with its article, where that is the reason; in brackets."""
    judged = judge_subject(step.case.scheme, step.facts, step.parameters)
    found = [f"{each.article}：{each.text}" for each in judged if each.met is False and each.reason == code]
    return f"（{'；'.join(found)}）" if found else ""


def refusal_reason(step: Step) -> str:
    """The reason on the refusing form; else what the case's own figures say; else the stage's own reason."""
    if step.submitted.get("decision") == "refuse" and step.submitted.get("reason_code"):
        return str(step.submitted["reason_code"])
    if step.case.stage == "P09":
        return "EXPERT_FAIL"
    if step.case.stage == "P14":
        return "OBJECTION_UPHELD"
    if step.case.stage == "P12" and step.case.final_amount == 0:
        return _why_nothing_is_left(step)
    if step.case.stage in ("P08", "P08b"):
        return "NOT_VERIFIED"
    return "MEETING_REFUSED"


def _why_nothing_is_left(step: Step) -> str:
    """What the list said: the better case, another policy, a ceiling; else what the case's own article says."""
    if not step.case.precap_amount:
        own = awards.preview(step)
        # What an earlier award on the same matter left was nothing.
        return own.reason or ("BEST_ONLY" if own.item_amount else "BELOW_THRESHOLD")
    rows = batches.rows_of_case(step.session, step.case.id)
    cuts = [str(each["code"]) for each in rows[-1].steps if each["cut"] != "0"] if rows else []
    return cuts[-1] if cuts and cuts[-1] in REASONS else "ZERO_AFTER_CAP"
