"""P11: the countersigned recheck; and the reason of a refusal that no form states."""

from collections.abc import Mapping

from storage import batches
from workflows.case import awards
from workflows.case.operations.registry import operation
from workflows.case.operations.summaries import opinions
from workflows.case.step import Step
from workflows.codes.reasons import REASONS
from workflows.engine import Summary


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
