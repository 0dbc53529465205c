"""P05: credit check and joint check, the firm's hearing, and the veto (G4–G8)."""

from collections.abc import Mapping

from storage import messages
from storage.cases import latest_submission
from workflows.case import delivery, letters
from workflows.case.operations.registry import operation
from workflows.case.operations.summaries import opinions
from workflows.case.step import Step, local_date
from workflows.codes.credit_flags import VETO_FLAGS
from workflows.engine import Read, Summary

OUTCOMES = ("clear", "curable", "veto")
"""What somebody who checks the credit may conclude, the milder first."""


def possible_outcomes(flags: list[str], *, cured: bool) -> tuple[str, ...]:
    """What a credit check may conclude: a listed flag makes `clear` impossible (G4): no officer can declare it.

    A curable one (G7) does so until the firm has shown in this case that it is cured; an officer judges the proof.
    """
    if VETO_FLAGS.keys() & set(flags):
        return ("veto",)
    if flags and not cured:
        return ("curable", "veto")
    return OUTCOMES


def _worst(outcomes: list[str]) -> str:
    return max(outcomes, key=OUTCOMES.index)


@operation(
    "汇总信用核查与联审意见",
    "取本轮所选核查、联审环节中最严的一项，并告知申报单位可陈述申辩或修复。",
    results={"clear": "无异常", "curable": "可修复", "veto": "一票否决"},
    sums=Summary(frozenset(OUTCOMES), roles=frozenset({"case_officer", "co_department"})),
    reads=(
        Read("credit_finding", "信用核查发现的情形"),
        Read("joint_opinion", "部门联审意见"),
    ),
)
def settle_credit(step: Step, arguments: Mapping[str, str]) -> str:
    """The strictest of the checks of this round: the credit check and the departments' joint check."""
    given = opinions(step, "settle_credit", arguments).values()
    result = _worst([submission.data["decision"] for submission in given])
    if result == "veto":
        letters.send(
            step,
            "credit_hearing",
            f"信用核查或部门联审发现可能影响支持的情形：\n{_findings(step)}\n"
            "你单位可自收到本告知书之日起5个工作日内陈述申辩，或提供信用修复证明；逾期未提出的，依法作出决定。",
        )
    elif result == "curable":
        letters.send(step, "credit_cure", "信用核查发现可修复的情形，请修复后在系统中提交说明。")
    step.record("credit_settled", "settle_credit", [{"field": "credit_result", "old": None, "new": result}])
    return result


@operation(
    "登记信用认定意见",
    "登记听取陈述申辩后的认定意见；有多个认定环节的，取最严的一项。",
    results={"clear": "无异常", "curable": "可修复", "veto": "一票否决"},
    sums=Summary(frozenset(OUTCOMES)),
)
def settle_ruling(step: Step, arguments: Mapping[str, str]) -> str:
    """The chief's ruling after the firm was heard, judged on the day of the ruling."""
    given = opinions(step, "settle_ruling", arguments).values()
    result = _worst([submission.data["decision"] for submission in given])
    step.record("credit_ruled", "credit_ruling", [{"field": "credit_result", "old": None, "new": result}])
    return result


def _findings(step: Step) -> str:
    """What the credit check and the departments found, each in a line."""
    found = [step.facts.get("credit_finding"), step.facts.get("joint_opinion")]
    return "\n".join(f"{number}. {letters.told(str(each))}。" for number, each in enumerate(filter(None, found), 1))


@operation(
    "登记信用核查未通过",
    "登记一票否决，向申报单位发出终止办理告知书。",
    reads=(
        Read("statement", "陈述申辩内容", always=False),
        Read("ruling_opinion", "信用认定意见", always=False),
    ),
)
def record_veto(step: Step, _: Mapping[str, str]) -> None:
    step.case.reason = "CREDIT_VETO"
    letters.send(step, "termination", f"因信用核查不符合要求（一票否决），决定终止办理。{_heard(step)}")
    step.record("case_vetoed", "credit_ruling", [{"field": "reason", "old": None, "new": "CREDIT_VETO"}])


def _heard(step: Step) -> str:
    """What came of the hearing, as it was: what the firm said and why it did not convince, or that it kept silent."""
    letter = messages.latest_of_kind(step.session, step.case.id, "credit_hearing")
    said = delivery.said_after(step, letter, "credit_statement")
    if said is None:
        return f"{delivery.silence(step, letter, '陈述申辩')}。"
    statement = letters.excerpt(str(said.data.get("statement") or ""))
    heard = f"你单位于{letters.day(local_date(said.at))}陈述申辩：{statement}。"
    ruling = latest_submission(step.session, step.case.id, "credit_ruling")
    answer = letters.told(str(ruling.data.get("ruling_opinion") or "")) if ruling else ""
    return f"{heard}本局意见：{answer}。" if answer else heard
