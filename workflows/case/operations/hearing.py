"""The terms in which somebody may speak (陈述申辩、反馈、补正): they run from delivery; before it no silence counts."""

from collections.abc import Mapping

from storage import messages
from storage.messages import Message
from workflows.case.delivery import delivery_of, term_end
from workflows.case.operations.registry import operation
from workflows.case.step import Step

_PARAMETERS = {
    "letter": "告知期限的文书：credit_hearing 陈述申辩告知书、refusal_hearing 拟不予支持告知书、"
    "cut_comment 核减征求意见函、objection_notice 公示异议告知书、correction 补正告知书、"
    "payee_request 收款信息填报通知书、payee_reminder 催告书、recovery_notice 拟追回资金告知书、"
    "revocation_notice 拟撤销支持决定告知书；列出多种的，以其中最近发出的一份为准。",
    "days": "自送达之日起的工作日数；取自政策口径的，口径变更后随之变化。",
}


def _letter(step: Step, arguments: Mapping[str, str]) -> Message | None:
    """The newest letter of the kinds that are named; what was sent in this step is newer than any other."""
    kinds = arguments["letter"].split()
    for kind in kinds:
        if isinstance(sent := step.ahead.get(f"letter:{kind}"), Message):
            return sent
    found = messages.list_of_kinds(step.session, step.case.id, kinds)
    return found[-1] if found else None


def _days(step: Step, arguments: Mapping[str, str]) -> int:
    days = arguments["days"]
    return int(days) if days.isdigit() else int(step.parameter(days))


@operation(
    "自送达之日起计算期限",
    "文书已送达的，自送达之日起按工作日计算，至末日24时届满；尚未送达的，暂自当日起计算，期满核验送达后重新计算。",
    parameters=_PARAMETERS,
    periods=("days",),
    gives="instant",
)
def term_from_delivery(step: Step, arguments: Mapping[str, str]) -> str:
    """The end of the term that the newest letter of a kind opens, as an ISO instant; provisional until delivery."""
    return term_end(step, _letter(step, arguments), _days(step, arguments)).isoformat()


@operation(
    "核验送达与期限",
    "期满时核验文书是否送达（送达地址确认书、首次阅读或者纸质送达登记），自送达之日起期限已满的才按逾期处理。",
    parameters=_PARAMETERS,
    periods=("days",),
    results={"lapsed": "已送达且期满", "running": "已送达，期限未满", "not_delivered": "尚未送达"},
)
def prove_delivery(step: Step, arguments: Mapping[str, str]) -> str:
    """`lapsed` only when the letter was delivered and its term, counted from there, is over; else nobody is silent yet.

    An undelivered letter is marked: it is to be served on paper, and the case's officers see so.
    """
    letter = _letter(step, arguments)
    proof = delivery_of(step, letter) if letter is not None else None
    if letter is None or proof is None:
        if letter is not None and letter.unproved_at is None:
            letter.unproved_at = step.now
        step.record("delivery_not_proved", letter.kind if letter is not None else arguments["letter"])
        return "not_delivered"
    lapsed = step.now >= term_end(step, letter, _days(step, arguments))
    step.record(
        "term_lapsed" if lapsed else "term_runs_from_delivery",
        letter.kind,
        [
            {"field": "served_on", "old": None, "new": proof.on.isoformat()},
            {"field": "manner", "old": None, "new": proof.manner},
        ],
    )
    return "lapsed" if lapsed else "running"
