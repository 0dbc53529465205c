"""A refusal on the merits: proposed, heard, decided (拟不予支持、陈述申辩、不予支持)."""

from collections.abc import Mapping

from workflows.case import awards, clusters, grounds, letters, refusing
from workflows.case.operations.recheck import refusal_reason
from workflows.case.operations.registry import operation
from workflows.case.step import Step
from workflows.codes.reasons import REASONS
from workflows.engine import Read

_HEARD = "heard"


@operation(
    "告知拟不予支持",
    "登记拟不予支持的事实、依据和理由，发出拟不予支持告知书；已就同一事实说明过的，不再告知。",
    results={"hearing": "须听取陈述申辩", _HEARD: "已就同一事实说明"},
    reads=(
        Read("refusal_facts", "查明的事实", always=False),
        Read("refusal_evidence", "证据及来源", always=False),
        Read("heard_by", "听取意见的方式", always=False),
    ),
)
def propose_refusal(step: Step, _: Mapping[str, str]) -> str:
    """Keep what the refusal rests on and tell the firm, unless it explained itself on the same facts before."""
    proposed = refusing.propose(step)
    step.facts = {**refusing.without_earlier(step.facts), refusing.PROPOSED: dict(proposed)}
    refusal = refusing.refusal_of(step, proposed["code"])
    body = grounds.proposed(refusal)
    found = [f"{each['text']}（{each['source']}）" for each in proposed["found"]]
    step.record(
        "refusal_proposed",
        "propose_refusal",
        [
            {"field": "reason", "old": None, "new": proposed["code"]},
            {"field": "found", "old": None, "new": found},
        ],
    )
    if proposed["heard_by"] == refusing.EXPLAINED:
        return _HEARD
    days = int(step.parameter("proc.hearing_days"))
    letters.send(
        step,
        refusing.HEARING,
        f"经审查，拟不予支持，现将有关事实、依据和理由告知如下：\n{body}\n"
        f"你单位可自收到本告知书之日起{days}个工作日内陈述申辩，并可提交证明材料；逾期未提出的，依法作出决定。",
    )
    return "hearing"


@operation(
    "确定不予支持的决定方式",
    "按口径，拟不予支持的申报件报集体审议，或者由科室负责人决定。",
    results={"meeting": "报集体审议", "chief": "科室负责人决定"},
)
def route_refusal(step: Step, _: Mapping[str, str]) -> str:
    """Who decides on a refusal: a value of the procedure."""
    return str(step.parameter("proc.refusal_decided_by"))


@operation("决定不予支持", "登记不予支持的决定，由后续环节发出告知书。", results={"refused": "不予支持"})
def uphold_refusal(step: Step, _: Mapping[str, str]) -> str:
    """The proposal is decided on; the letter follows."""
    return _concluded(step, "refused")


@operation("撤回拟不予支持", "不再拟不予支持，退回重新审查。", results={"withdrawn": "退回重新审查"})
def withdraw_refusal(step: Step, _: Mapping[str, str]) -> str:
    """A proposal that is taken back leaves nothing behind but the record."""
    step.facts = refusing.without_earlier(step.facts)
    return _concluded(step, "withdrawn")


def _concluded(step: Step, result: str) -> str:
    step.record("refusal_concluded", "refusal", [{"field": "result", "old": None, "new": result}])
    return result


@operation("登记不予支持", "登记理由，释放额度，发出不予支持告知书。所有不予支持的路径都汇到这里。")
def record_refusal(step: Step, _: Mapping[str, str]) -> None:
    """Set the reason, give back what the case holds of the ceiling, tell the firm why and with its remedies (P16).

    Raises Conflict where a part of the letter stands nowhere on record.
    """
    proposed = refusing.find_proposed(step.facts)
    code = proposed["code"] if proposed is not None else refusal_reason(step)
    refusal = refusing.refusal_of(step, code)
    step.case.reason = code
    awards.release(step, f"不予支持：{REASONS[code]}", reallocate=True)
    awards.fall_away(step)
    clusters.settle_year(step)
    body = grounds.decided(refusal, heard=proposed is not None)
    letters.send(step, "refusal", f"经审查，决定不予支持。\n{body}")
    step.record("case_refused", "record_refusal", [{"field": "reason", "old": None, "new": code}])
