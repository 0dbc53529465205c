"""P05: credit check and joint check, the firm's hearing, and the veto (G4–G8)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from storage import messages
from storage.cases import Submission, latest_submission
from workflows.case import delivery, grounds, letters
from workflows.case.operations.registry import operation
from workflows.case.operations.summaries import opinions
from workflows.case.step import Look, Step, local_date
from workflows.codes.credit_flags import VETO_FLAGS
from workflows.codes.reasons import REASONS
from workflows.engine import Read, Summary

FINDINGS = "credit_findings"
"""The fact that keeps what was found last; no form has a field of this name."""

RULE = "本批次申报通知关于申报单位信用状况的规定"

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
        Read("credit_source", "信用信息来源"),
        Read("joint_opinion", "部门联审意见"),
        Read("joint_source", "部门联审的依据及来源"),
    ),
)
def settle_credit(step: Step, arguments: Mapping[str, str]) -> str:
    """The strictest of the checks of this round: the credit check and the departments' joint check."""
    given = opinions(step, "settle_credit", arguments).values()
    result = _worst([submission.data["decision"] for submission in given])
    found = _found(given)
    step.facts = {**step.facts, FINDINGS: found}
    if result == "veto":
        letters.send(
            step,
            "credit_hearing",
            f"信用核查或部门联审发现下列情形，拟终止办理：\n{_listed(found)}\n依据：{RULE}。\n"
            "你单位可自收到本告知书之日起5个工作日内陈述申辩，或提供信用修复证明；逾期未提出的，依法作出决定。",
        )
    elif result == "curable":
        letters.send(step, "credit_cure", f"信用核查发现下列可修复的情形，请修复后在系统中提交说明：\n{_listed(found)}")
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


def _listed(found: Sequence[str]) -> str:
    return "\n".join(f"{number}. {each}。" for number, each in enumerate(found, 1))


def _found(given: Iterable[Submission]) -> list[str]:
    """What this round's checks found, a sentence each, with source and date."""
    return [_finding(each) for each in given if each.data["decision"] != "clear"]


def _finding(sent: Submission) -> str:
    what = letters.told(str(sent.data.get("credit_finding") or sent.data.get("joint_opinion") or ""))
    source = letters.told(str(sent.data.get("credit_source") or sent.data.get("joint_source") or "部门联审意见"))
    queried = sent.data.get("credit_queried_on")
    on = date.fromisoformat(queried) if queried else local_date(sent.at)
    return f"{what}（来源：{source}；{letters.day(on)}{'查询' if queried else '提出'}）"


def findings(look: Look) -> list[str]:
    """What the credit check and the departments found last; cases from before it was kept have the texts alone."""
    kept = look.facts.get(FINDINGS)
    if kept:
        return list(kept)
    return [letters.told(str(each)) for name in ("credit_finding", "joint_opinion") if (each := look.facts.get(name))]


@operation(
    "登记信用核查未通过",
    "登记一票否决，向申报单位发出终止办理告知书。",
    reads=(
        Read("statement", "陈述申辩内容", always=False),
        Read("ruling_opinion", "信用认定意见", always=False),
    ),
)
def record_veto(step: Step, _: Mapping[str, str]) -> None:
    """The firm is told what was found and from what, what it said, and why that did not convince. Raises Conflict where
    one of them stands nowhere on record."""
    step.case.reason = "CREDIT_VETO"
    said, answer = _heard(step)
    parts = [
        (grounds.FOUND, "；".join(findings(step))),
        (grounds.RULE, RULE),
        (grounds.REASON, f"{REASONS['CREDIT_VETO']}（一票否决）"),
        (grounds.SAID, said.text),
        *([(grounds.answer_heading(spoke=said.spoke), answer)] if answer else []),
    ]
    letters.send(step, "termination", f"经核查，决定终止办理。\n{grounds.numbered(parts)}")
    step.record("case_vetoed", "credit_ruling", [{"field": "reason", "old": None, "new": "CREDIT_VETO"}])


def _heard(step: Step) -> tuple[delivery.Heard, str]:
    """What came of the hearing, as it was, and the answer."""
    letter = messages.latest_of_kind(step.session, step.case.id, "credit_hearing")
    ruling = latest_submission(step.session, step.case.id, "credit_ruling")
    answer = letters.told(str(ruling.data.get("ruling_opinion") or "")) if ruling else ""
    return delivery.heard(step, letter, "credit_statement", "statement", "陈述申辩"), answer
