"""Which tasks an operation sums up: the diagram says so; diagrams from before it did have their release's lists."""

from collections.abc import Mapping

from storage.cases import Submission, latest_submissions
from workflows.case.operations.registry import TASKS
from workflows.case.step import Step
from workflows.errors import Conflict

# What bundles published up to release 0.3.0 mean, which name no tasks; no newer one passes the gate without.
RELEASED: Mapping[str, tuple[str, ...]] = {
    "settle_credit": ("credit_check", "joint_check"),
    "settle_ruling": ("credit_ruling",),
    "settle_declarations": ("declare_interest",),
    "tally_scores": ("score_application",),
    "settle_recheck": ("chief_recheck", "finance_recheck", "legal_recheck"),
}


def tasks_of(operation: str, arguments: Mapping[str, str]) -> tuple[str, ...]:
    """The ids of the tasks whose answers the operation sums up here."""
    named = tuple(arguments.get(TASKS, "").split())
    return named or RELEASED[operation]


def opinions(step: Step, operation: str, arguments: Mapping[str, str]) -> dict[str, Submission]:
    """The newest answer of each task that is summed up, by its id.

    Conflict when there is none at all: nobody's silence is an agreement.
    """
    asked = tasks_of(operation, arguments)
    found = latest_submissions(step.session, step.case.id, asked)
    if not found:
        raise Conflict(f"没有可汇总的意见：{'、'.join(asked)}均未提交。")
    return found
