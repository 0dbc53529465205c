"""Letters and messages to the applicant (文书): numbered without gaps, with reasons, rule and remedies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from storage import deliveries
from storage.messages import Message, next_letter_number, take_letter_numbers
from workflows.audit import digest_of
from workflows.case.step import Look, Step

# How many characters of a statement a letter repeats; the whole lies in the case's file.
MOST_REPEATED = 200


@dataclass(frozen=True)
class Letter:
    """A kind of letter: its title, the character of its number, whether it always turns somebody down."""

    title: str
    sign: str | None
    adverse: bool = False


LETTERS = {
    "acceptance": Letter("受理通知书", "受"),
    "candidate": Letter("免申即享确认通知", None),
    "correction": Letter("一次性补正告知书", "补"),
    "non_acceptance": Letter("不予受理告知书", "不受", adverse=True),
    "credit_hearing": Letter("陈述申辩告知书", "陈"),
    "credit_cure": Letter("信用修复提示", None),
    "termination": Letter("终止办理告知书", "终", adverse=True),
    "cut_comment": Letter("核减情况征求意见函", "核"),
    "cut_choice": Letter("年度限额调减告知书", "调"),
    "award": Letter("支持项目认定通知书", "支"),
    "refusal_hearing": Letter("拟不予支持告知书", "拟"),
    "refusal": Letter("不予支持告知书", "不支", adverse=True),
    "disbursement": Letter("资金拨付通知书", "拨"),
    "payment_returned": Letter("支付退回提示", None),
    "payee_request": Letter("收款信息填报通知书", "收"),
    "payee_reminder": Letter("收款信息填报催告书", "催"),
    "forfeit": Letter("视为放弃支持告知书", "弃", adverse=True),
    "publicity": Letter("公示提示", None),
    "objection_notice": Letter("公示异议告知书", "异"),
    "objection_result": Letter("公示异议处理结果告知", None),
    "change_result": Letter("变更登记结果告知书", "变"),
    "hold": Letter("暂缓办理告知书", "缓"),
    "suspension": Letter("中止办理通知", None),
    "resumption": Letter("恢复办理通知", None),
    "reopening": Letter("重新办理通知书", "重"),
    "recovery_notice": Letter("拟追回资金告知书", "追告"),
    "revocation_notice": Letter("拟撤销支持决定告知书", "撤告"),
    "recovery_decision": Letter("资金追回决定书", "追", adverse=True),
    "revocation_decision": Letter("撤销支持决定书", "撤", adverse=True),
    "recovery_closed": Letter("追回事项处理结果告知", None),
    "revocation_closed": Letter("撤销事项处理结果告知", None),
    "dunning": Letter("催缴通知书", "催"),
}


def day(of: date) -> str:
    """A day as letters write it: 2026年3月2日."""
    return f"{of.year}年{of.month}月{of.day}日"


# What was read and taken ahead for the letter that a step sends next: its number, and how it reaches the firm.
NUMBER, ADDRESS = "letter number", "letter address"

# In place of the last day of a term that lies in a year without an announced calendar.
NOT_STATED = "届满日待国务院办公厅公布该年度节假日安排后确定，在本系统载明"


def told(text: str) -> str:
    """A reason as it stands inside a sentence: without the full stop that its writer put behind it."""
    return text.strip().rstrip("。；;，,.")


def excerpt(text: str) -> str:
    """What somebody wrote, as a letter repeats it: on one line, its beginning where it is long."""
    line = told(" ".join(text.split()))
    return line if len(line) <= MOST_REPEATED else f"{line[:MOST_REPEATED]}……"


def remedies(step: Look, letter: Letter) -> str:
    """Where and until when somebody may turn who is not content with a decision."""
    return (
        f"如不服本决定，可自收到本{letter.title[-3:]}之日起60日内依法向{step.parameter('proc.review_authority')}申请行政复议，"
        f"或者自收到之日起6个月内依法向{step.parameter('proc.court')}提起行政诉讼。"
    )


def prepare(steps: Sequence[Step], kind: str) -> None:
    """Read and number at once what one letter of a kind to each of many cases needs; each of them is sent one."""
    if not steps:
        return
    first = steps[0]
    numbers = take_letter_numbers(first.session, kind, first.today.year, len(steps))
    firms = {step.case.enterprise_id for step in steps}
    addresses = deliveries.addresses_in_force(first.session, firms, first.now)
    for step, number in zip(steps, numbers, strict=True):
        step.ahead |= {NUMBER: number, ADDRESS: addresses.get(step.case.enterprise_id)}


def send(step: Step, kind: str, text: str, *, adverse: bool = False) -> Message:
    """Write a letter to the case's enterprise in this transaction and record it, as the act of whoever signs it.

    `adverse` where this one turns somebody down though its kind need not: it names the remedies, too.
    """
    letter = LETTERS[kind]
    number = None
    if letter.sign:
        count = step.ahead.pop(NUMBER, None) or next_letter_number(step.session, kind, step.today.year)
        number = f"{step.parameter('proc.letter_mark')}{letter.sign}〔{step.today.year}〕{count}号"
    parts = [
        f"{step.enterprise.name}：",
        f"你单位申报的“{step.case.title}”（申报编号{step.case.reference}），{text}",
    ]
    if letter.adverse or adverse:
        parts.append(remedies(step, letter))
    office, phone = step.parameter("proc.office_name"), step.parameter("proc.office_phone")
    parts.append(f"承办单位：{office}　咨询电话：{phone}\n{day(step.today)}")
    message = Message(
        enterprise_id=step.case.enterprise_id,
        case_id=step.case.id,
        kind=kind,
        number=number,
        title=letter.title,
        body="\n".join(parts),
        sent_at=step.now,
    )
    step.session.add(message)
    step.ahead[f"letter:{kind}"] = message
    step.record(
        "letter_sent",
        kind,
        [
            {"field": "number", "old": None, "new": number or letter.title},
            {"field": "recipient", "old": None, "new": f"{step.enterprise.name}（{step.enterprise.uscc}）"},
        ],
        binds={f"letter:{number or letter.title}": digest_of(message.body)},
    )
    return message


def send_by_itself(step: Step, kind: str, text: str) -> Message:
    """A letter that goes out because of what a person has just done, and that nobody signs."""
    with step.following(step.origin):
        return send(step, kind, text)
