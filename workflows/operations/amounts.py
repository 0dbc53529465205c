"""P10 and P15: the case's own calculation, and the commitment of what the district approved."""

from collections.abc import Mapping
from datetime import date

from workflows import awards, clusters
from workflows.operations.policy import refuse_outside_policy
from workflows.operations.registry import operation
from workflows.step import Step


@operation("金额测算")
def calculate_amount(step: Step, _: Mapping[str, str]) -> str:
    """Steps 1–3 of domain.md 2.1 on the verified figures, kept as a numbered calculation."""
    return "eligible" if awards.calculate(step).eligible else "not_eligible"


@operation("审定占用额度并告知认定")
def commit_award(step: Step, _: Mapping[str, str]) -> None:
    """The last collective decision: RESERVED becomes COMMITTED in the year of this decision (2.4)."""
    decided_on = date.fromisoformat(step.facts["district_approved_on"])
    refuse_outside_policy(step, "decided_on", decided_on, "审定")
    awards.commit(step)
    clusters.settle_year(step)
