"""第十一条 in the procedure: the day that counts for a case lies within the policy's three years."""

from datetime import date

from storage import cluster_awards
from workflows.case.step import Step
from workflows.errors import Conflict
from workflows.rules import validity


def refuse_outside_policy(step: Step, basis: str, on: date, act: str) -> None:
    """Conflict when `basis` is the day that counts (`policy.applicability_basis`) and the policy does not hold on it.

    A yearly instalment of article 8 is bound to the policy of its recognition (M18).
    """
    if step.parameter("policy.applicability_basis") != basis:
        return
    effective_from, years = step.parameter("policy.effective_from"), int(step.parameter("policy.validity_years"))
    found = cluster_awards.of_case(step.session, step.case.id)
    if found is not None:
        after = step.parameter("policy.post_expiry_instalments")
        holds = validity.binds_instalment(on, effective_from, years, after)
    else:
        holds = validity.holds(on, effective_from, years)
    if not holds:
        last = validity.last_day(effective_from, years)
        raise Conflict(
            f"《实施细则》有效期为{effective_from.isoformat()}至{last.isoformat()}，"
            f"{on.isoformat()}不在有效期内，不能{act}。"
        )
