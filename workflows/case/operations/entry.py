"""Where an instance begins, and what a further decision leaves to be paid."""

from collections.abc import Mapping

from storage import clues
from storage.clues import Clue
from workflows.case import awards
from workflows.case.operations.registry import operation
from workflows.case.step import Step
from workflows.errors import Conflict
from workflows.rules.money import format_yuan

APPLICATION, INTAKE, RECOVERY = "application", "intake", "recovery"
POINTS: Mapping[str, str] = {
    INTAKE: "形式审查与受理",
    "review": "业务初审",
    "verified": "查重和核定确认",
    "calculation": "金额测算",
    RECOVERY: "资金追回",
}
"""Where a diagram can lead a further instance (重新办理), in the order of the procedure."""


@operation(
    "识别办理起点",
    "首次申报的从填报开始；办结后经确认重新办理的，从确认的环节开始。",
    results={APPLICATION: "首次申报", **{point: f"重新办理：{name}" for point, name in POINTS.items()}},
)
def enter_case(step: Step, _: Mapping[str, str]) -> str:
    """The point at which this instance of the case begins; `application` for one as it came."""
    return step.case.reopen_at or APPLICATION


@operation(
    "判断是否须拨付",
    "首次审定的须拨付；重新审定的，审定金额高于已拨付金额的拨付差额，不高于的不再拨付。",
    results={"due": "须拨付", "paid_before": "已拨付金额不低于审定金额"},
)
def route_payment(step: Step, _: Mapping[str, str]) -> str:
    """`paid_before` where a case that was paid is decided anew, and no higher than what it was paid."""
    paid = awards.paid_so_far(step)
    return "paid_before" if paid and (step.case.final_amount or awards.ZERO) <= paid else "due"


@operation(
    "核对已拨付金额",
    "重新审定后不再拨付的，核对原支付金额；多拨的登记追回线索。没有支付过的不得办结为已拨付。",
    results={"even": "与审定金额一致", "overpaid": "多拨，转资金追回"},
)
def confirm_paid_before(step: Step, _: Mapping[str, str]) -> str:
    """What was paid before stands; what it exceeds the further decision by is a clue, to be claimed back."""
    paid = awards.paid_so_far(step)
    if not paid:
        raise Conflict("本件没有已拨付的资金，不能按已拨付办结。")
    more = paid - (step.case.final_amount or awards.ZERO)
    step.record(
        "difference_settled",
        step.case.reference,
        [
            {"field": "paid_amount", "old": None, "new": str(paid)},
            {"field": "overpaid_amount", "old": None, "new": str(max(awards.ZERO, more))},
        ],
    )
    if more <= 0:
        return "even"
    step.session.add(
        Clue(
            case_id=step.case.id,
            kind=clues.RECOVERY,
            cause="cut",
            source="重新办理后审定金额低于已拨付金额",
            facts=f"重新审定支持金额{format_yuan(step.case.final_amount or 0)}元，已拨付{format_yuan(paid)}元",
            amount=more,
            state=clues.OPEN,
            registered_by=step.doer.username,
            registered_at=step.now,
        )
    )
    step.session.flush()
    return "overpaid"
