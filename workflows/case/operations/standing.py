"""信用复核与暂缓核查 before the meeting and before a payment: what is asked anew, what waits on somebody's desk."""

from collections.abc import Mapping

from storage import case_checks
from storage.case_checks import CaseCheck
from storage.cases import DECIDED, latest_submission
from workflows.case import letters, proceeding
from workflows.case.checks.holding import NEXT_YEAR
from workflows.case.duplicates import WORKING_DAYS
from workflows.case.operations.registry import operation
from workflows.case.proceeding_known import RECHECK
from workflows.case.step import Step
from workflows.engine import Read


@operation(
    "核查可否继续办理",
    "信用核查超过有效期的，开具信用复核任务；有暂缓事项的，待核实结论确认；拨付前收款信息有变化的，重新确认。",
    results={
        "clear": "可以继续",
        "credit": "信用须复核",
        "payee": "收款信息有变化",
        "held": "有待核实事项",
        "recount": "须退回重新核定",
    },
)
def review_standing(step: Step, _: Mapping[str, str]) -> str:
    """What is to be done before the act that comes next: the meeting, or the payment once the district has decided.

    Before the meeting only what was held there waits: what 查重 finds meanwhile stops the act, not the way to it; what
    it took from the figures leads back to 核定确认. What a list has read of all of its cases is not read again.
    """
    known = proceeding.known_of(step)
    paying = step.case.status in DECIDED
    if not paying and proceeding.must_be_recounted(step, known):
        return "recount"
    kinds = {kind for kind, _ in known.checks.get(step.case.id, ())}
    if proceeding.credit_is_stale(step, known) and case_checks.CREDIT not in kinds:
        return "credit"
    if kinds if paying else kinds & case_checks.HELD_BEFORE_MEETING:
        return "held"
    return "payee" if paying and proceeding.payee_has_changed(step, known) else "clear"


@operation(
    "登记信用复核结论", "未发现问题的继续办理；发现问题的登记待核实事项，并告知申报单位可在期限内陈述申辩、修复信用。"
)
def settle_credit_recheck(step: Step, _: Mapping[str, str]) -> None:
    """A finding suspends, by letter with a term; it takes nothing away."""
    sent = latest_submission(step.session, step.case.id, RECHECK)
    if sent is None or sent.data.get("decision") == "clear":
        return
    finding = letters.told(str(sent.data.get("credit_finding") or "信用复核发现问题"))
    _open_check(step, case_checks.CREDIT, f"信用复核：{finding}")
    _tell(step, f"信用复核发现{finding}")


@operation(
    "登记暂缓支付",
    "不予支付，登记待核实事项；核实结论经确认后回到资金拨付。信用原因的，告知申报单位可陈述申辩。",
    reads=(Read("hold_reason", "暂缓支付的原因"),),
)
def record_hold(step: Step, _: Mapping[str, str]) -> None:
    """Nothing is paid. A check opens unless whatever stands in the way is on somebody's desk already."""
    reason = str(step.submitted.get("hold_reason") or "")
    step.record("payment_held", "pay", [{"field": "hold_reason", "old": None, "new": reason}])
    guarded = proceeding.said(proceeding.obstacles(step, proceeding.PAYMENT))
    if reason.startswith(NEXT_YEAR):
        _open_check(step, case_checks.NEXT_YEAR, reason)
    elif proceeding.unattended(step, proceeding.PAYMENT) or reason != guarded:
        _open_check(step, case_checks.PAYMENT, reason)
    flags = proceeding.standing_flags(step)
    if flags:
        _tell(step, f"你单位{flags}")


def _open_check(step: Step, kind: str, why: str) -> None:
    check = CaseCheck(
        case_id=step.case.id,
        kind=kind,
        marks=[],
        why=why,
        state=case_checks.OPEN,
        opened_at=step.now,
        due_on=step.last_day(WORKING_DAYS, step.today),
    )
    step.session.add(check)
    step.session.flush()
    step.record("hold_opened", str(check.id), [{"field": "hold_reason", "old": None, "new": why}])


def _tell(step: Step, why: str) -> None:
    """The firm is told what it is about and by when it may speak; the award stands meanwhile."""
    letters.send(
        step,
        "hold",
        f"因{why}，暂缓办理审议、拨付事项，支持资格不因此取消。你单位可自收到本告知书之日起{WORKING_DAYS}个工作日内"
        "向承办单位书面陈述申辩，或提供信用修复证明；经核实并确认后恢复办理。",
    )
