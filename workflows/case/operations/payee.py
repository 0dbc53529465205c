"""P18, the silent payee: the firm is asked for its account and reminded; the chief says whether it gave up."""

from collections.abc import Mapping
from decimal import Decimal

from storage import messages
from storage.cases import latest_submission
from workflows.case import awards, clusters, delivery, letters
from workflows.case.operations.registry import operation
from workflows.case.step import Step
from workflows.engine import Read
from workflows.rules.money import format_yuan

ASKED, REMINDED, RETURNED = "payee_request", "payee_reminder", "payment_returned"
_TERM = "proc.payee_reminder_days"


@operation("通知填报收款信息", "向申报单位发出收款信息填报通知书，载明填报期限；收款信息核对未通过退回的，写明原因。")
def request_payee(step: Step, _: Mapping[str, str]) -> None:
    """Ask for the account in a letter of its own, from whose delivery the term runs."""
    why = ""
    if step.submitted.get("decision") == "return" and step.submitted.get("payee_opinion"):
        why = f"已填报的收款信息核对未通过（{letters.told(str(step.submitted['payee_opinion']))}），"
    days = step.parameter(_TERM)
    letters.send(step, ASKED, f"{why}请自收到本通知书之日起{days}个工作日内，在系统中填报收款信息。")


@operation(
    "核对催告次数",
    "自最近一次通知填报或者支付退回以来，书面催告未满口径规定次数的，再次催告；已满的，由科室负责人决定。",
    results={"remind": "未满次数", "decide": "已满次数"},
)
def review_payee_silence(step: Step, _: Mapping[str, str]) -> str:
    """`decide` once the firm was reminded as often as the values say since it was last asked; nothing lapses here."""
    return "decide" if len(_since_asked(step)) - 1 >= step.parameter("proc.payee_reminders") else "remind"


@operation("书面催告", "向申报单位发出收款信息填报催告书，告知逾期不填报的后果；填报期限自送达之日起重新计算。")
def remind_payee(step: Step, _: Mapping[str, str]) -> None:
    """The next reminder, with its number, the term and what may follow."""
    sent, days = _since_asked(step), step.parameter(_TERM)
    what, act = ("更正后的收款信息", "更正") if _corrects(step, sent) else ("收款信息", "填报")
    last = ""
    if len(sent) >= step.parameter("proc.payee_reminders"):
        last = "本期限届满后，系统不再接收填报，由本局决定是否视为放弃支持；决定作出前要求填报的，请与承办单位联系。"
    letters.send(
        step,
        REMINDED,
        f"至今未收到{what}，现第{len(sent)}次催告：请自收到本催告书之日起{days}个工作日内，在系统中{act}收款信息。"
        f"经催告仍不{act}的，本局可以决定视为放弃支持；有正当理由的，请一并书面说明。{last}",
    )


@operation(
    "登记视为放弃支持",
    "释放审定占用的额度，向申报单位发出视为放弃支持告知书，写明催告和送达情况、理由与救济途径。",
    results={"forfeited": "视为放弃支持"},
    reads=(Read("silence_opinion", "视为放弃支持的理由"),),
)
def record_forfeit(step: Step, _: Mapping[str, str]) -> str:
    """The chief decided so on a firm that was reached and reminded; what it held is others' room again."""
    held, paid = awards.lock_committed(step), awards.paid_so_far(step)
    step.case.reason = "NO_PAYEE"
    ruling = latest_submission(step.session, step.case.id, "decide_silent_payee")
    why = letters.told(str(step.submitted.get("silence_opinion") or (ruling and ruling.data["silence_opinion"]) or ""))
    awards.release(step, "视为放弃支持：逾期未填报收款信息", reallocate=True)
    awards.fall_away(step)
    clusters.settle_year(step)
    letters.send(
        step,
        "forfeit",
        f"{_decided(held.amount, paid)}{_told(step)}理由：{why}。"
        f"依据《实施细则》资金拨付的有关规定，决定视为你单位放弃{'上述差额' if paid else '支持'}，"
        f"已占用的支持额度予以释放{'，此前已拨付的资金不受影响' if paid else ''}。",
    )
    changes = [{"field": "reason", "old": None, "new": "NO_PAYEE"}]
    if paid:
        changes.append({"field": "final_amount", "old": str(step.case.final_amount), "new": str(paid)})
        step.case.final_amount = paid
    step.record("award_forfeited", "record_forfeit", changes)
    return "forfeited"


def _decided(due: Decimal, paid: Decimal) -> str:
    """What the district decided: `due` yuan are not paid yet, `paid` were before the case was decided anew."""
    if not paid:
        return f"经区政府审定支持{format_yuan(due)}元。"
    return (
        f"重新办理后经区政府审定支持{format_yuan(paid + due)}元，此前已拨付{format_yuan(paid)}元，"
        f"应另行拨付差额{format_yuan(due)}元。"
    )


def _since_asked(step: Step) -> list[messages.Message]:
    """The letter that asked last for the account, or told of its return, and the reminders since."""
    sent = [*messages.list_of_kinds(step.session, step.case.id, (ASKED, REMINDED, RETURNED))]
    asked = max((index for index, letter in enumerate(sent) if letter.kind != REMINDED), default=0)
    return sent[asked:]


def _corrects(step: Step, sent: list[messages.Message]) -> bool:
    """Whether the firm gave an account that was sent back: by the bank, or by whoever compared it."""
    if not sent or sent[0].kind == RETURNED:
        return bool(sent)
    checked = latest_submission(step.session, step.case.id, "confirm_payee")
    return checked is not None and checked.at == sent[0].sent_at and checked.data.get("decision") == "return"


def _told(step: Step) -> str:
    """Each of these letters, and when it reached the firm."""
    sent = _since_asked(step)
    proofs = delivery.deliveries_of(step, sent)
    said = []
    for letter in sent:
        proof = proofs.get(letter.id)
        name = f"《{letter.title}》" + (f"（{letter.number}）" if letter.number else "")
        said.append(f"{name}已于{proof.said}" if proof else f"{name}已发出")
    act = "更正" if _corrects(step, sent) else "填报"
    return f"{'；'.join(said)}。你单位逾期未{act}收款信息。"
