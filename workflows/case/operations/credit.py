"""P05: credit check and joint check, the firm's hearing, and the veto (G4–G8)."""

from collections.abc import Mapping

from storage.cases import latest_submission, latest_submissions
from workflows.case import letters
from workflows.case.operations.registry import operation
from workflows.case.step import Step
from workflows.codes.credit_flags import VETO_FLAGS


def possible_outcomes(flags: list[str], *, cured: bool) -> tuple[str, ...]:
    """What a credit check may conclude: a listed flag makes `clear` impossible (G4): no officer can declare it.

    A curable one (G7) does so until the firm has shown in this case that it is cured; an officer judges the proof.
    """
    if VETO_FLAGS.keys() & set(flags):
        return ("veto",)
    if flags and not cured:
        return ("curable", "veto")
    return ("clear", "curable", "veto")


def _worst(outcomes: list[str]) -> str:
    return max(outcomes, key=("clear", "curable", "veto").index)


@operation(
    "汇总信用核查与联审意见",
    "取本轮信用核查与部门联审中较严的一项，并告知申报单位可陈述申辩或修复。",
    results={"clear": "无异常", "curable": "可修复", "veto": "一票否决"},
)
def settle_credit(step: Step, _: Mapping[str, str]) -> str:
    """The stricter of the credit check and the departments' joint check of this round."""
    opinions = latest_submissions(step.session, step.case.id, ("credit_check", "joint_check"))
    result = _worst([submission.data["decision"] for submission in opinions.values()])
    if result == "veto":
        letters.send(
            step,
            "credit_hearing",
            "信用核查或部门联审发现可能影响支持的情形。你单位可在5个工作日内陈述申辩，或提供信用修复证明。",
        )
    elif result == "curable":
        letters.send(step, "credit_cure", "信用核查发现可修复的情形，请修复后在系统中提交说明。")
    step.record("credit_settled", "settle_credit", [{"field": "credit_result", "old": None, "new": result}])
    return result


@operation(
    "登记信用认定意见",
    "登记听取陈述申辩后的认定意见。",
    results={"clear": "无异常", "curable": "可修复", "veto": "一票否决"},
)
def settle_ruling(step: Step, _: Mapping[str, str]) -> str:
    """The chief's ruling after the firm was heard, judged on the day of the ruling."""
    ruling = latest_submission(step.session, step.case.id, "credit_ruling")
    result = str(ruling.data["decision"]) if ruling else "veto"
    step.record("credit_ruled", "credit_ruling", [{"field": "credit_result", "old": None, "new": result}])
    return result


@operation("登记信用核查未通过", "登记一票否决，向申报单位发出终止办理告知书。")
def record_veto(step: Step, _: Mapping[str, str]) -> None:
    step.case.reason = "CREDIT_VETO"
    letters.send(step, "termination", "因信用核查不符合要求（一票否决），经听取你单位陈述申辩，决定终止办理。")
    step.record("case_vetoed", "credit_ruling", [{"field": "reason", "old": None, "new": "CREDIT_VETO"}])
