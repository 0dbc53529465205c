"""P10 and P15: the case's own calculation, and the commitment of what the district approved."""

from collections.abc import Mapping
from datetime import date

from workflows.case import awards, clusters
from workflows.case.operations.policy import refuse_outside_policy
from workflows.case.operations.registry import operation
from workflows.case.step import Step


@operation(
    "金额测算",
    "按核定数和已确认口径测算金额，形成一次编号的测算记录；不涉及年度限额。",
    results={"eligible": "符合支持条件", "not_eligible": "不符合支持条件"},
)
def calculate_amount(step: Step, _: Mapping[str, str]) -> str:
    """Steps 1–3 of domain.md 2.1 on the verified figures, kept as a numbered calculation."""
    return "eligible" if awards.calculate(step).eligible else "not_eligible"


@operation("审定占用额度并告知认定", "区政府审定后，把预占额度转为审定占用，计入审定当年。")
def commit_award(step: Step, _: Mapping[str, str]) -> None:
    """The last collective decision: RESERVED becomes COMMITTED in the year of this decision (2.4)."""
    decided_on = date.fromisoformat(step.facts["district_approved_on"])
    refuse_outside_policy(step, "decided_on", decided_on, "审定")
    awards.commit(step)
    clusters.settle_year(step)
