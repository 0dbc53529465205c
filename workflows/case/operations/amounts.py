"""P10 and P15: the case's own calculation, and the commitment of what the district approved."""

from collections.abc import Mapping

from workflows.case import awards, clusters
from workflows.case.operations.policy import refuse_outside_policy
from workflows.case.operations.registry import operation
from workflows.case.step import Step
from workflows.engine import Read
from workflows.errors import Conflict


@operation(
    "金额测算",
    "按核定数和已确认口径测算金额，形成一次编号的测算记录；不涉及年度限额。",
    results={"eligible": "符合支持条件", "not_eligible": "不符合支持条件"},
)
def calculate_amount(step: Step, _: Mapping[str, str]) -> str:
    """Steps 1–3 of domain.md 2.1 on the verified figures, kept as a numbered calculation."""
    return "eligible" if awards.calculate(step).eligible else "not_eligible"


@operation(
    "审定占用额度",
    "区政府审定后，把预占额度转为审定占用，计入审定当年；预占在另一年度的，该单位未审定的申报件转入审定年度一并重新核算。",
    results={"committed": "已审定占用", "other_year": "须转入审定年度重新核算"},
    reads=(Read("district_approved_on", "审定日期"),),
)
def commit_award_in_year(step: Step, _: Mapping[str, str]) -> str:
    """The last collective decision: RESERVED becomes COMMITTED in the year of this decision (2.4).

    `other_year` when the reservation counts in another one: then the firm's undecided cases of the batch are worked out
    there as one set, and what changes goes back to the meeting.
    """
    if _commit(step):
        return "committed"
    awards.ask_other_year(step)
    return "other_year"


@operation(
    "审定占用额度并告知认定",
    "区政府审定后，把预占额度转为审定占用，计入审定当年。",
    reads=(Read("district_approved_on", "审定日期"),),
)
def commit_award(step: Step, _: Mapping[str, str]) -> None:
    """As `commit_award_in_year`, for diagrams that cannot wait: Conflict where the year turned."""
    if not _commit(step):
        year = awards.decided_on(step).year
        raise Conflict(f"本件预占的不是{year}年度限额，请退回集体审议，重新汇总后再登记。")


def _commit(step: Step) -> bool:
    refuse_outside_policy(step, "decided_on", awards.decided_on(step), "审定")
    if not awards.commit(step):
        return False
    clusters.settle_year(step)
    return True
