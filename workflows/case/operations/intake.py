"""P02–P04: submission, acceptance, correction, non-acceptance."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from storage import matters, messages
from storage.cases import latest_submission
from storage.messages import Message
from workflows.case import clusters, delivery, letters, papers
from workflows.case.operations.policy import refuse_outside_policy
from workflows.case.operations.registry import operation
from workflows.case.step import Step, local_date
from workflows.codes.checklists import CHECKLISTS
from workflows.codes.reasons import REASONS
from workflows.engine import Read
from workflows.errors import Conflict
from workflows.rules import matters as rule_matters
from workflows.rules.workdays import opened


@operation("登记提交并确定申报事项", "核对申报期，登记提交日，确定同一事项。")
def register_submission(step: Step, _: Mapping[str, str]) -> None:
    """Check the window (G3), note the day, and find the matter that the case concerns (domain.md 2.2)."""
    # A candidate was put forward by the office within the window; its firm has the period that the letter names.
    made_by_the_office = step.facts.get("origin") == "candidate"
    if not made_by_the_office and not step.batch.window_from <= step.now <= step.batch.window_to:
        raise Conflict("现在不在本批次的申报期内，不能提交；已填写的内容仍为你保留。")
    refuse_outside_policy(step, "submitted_on", step.today, "提交")
    step.case.submitted_at = step.now
    key = rule_matters.matter_key(step.case.scheme, step.enterprise.uscc, step.facts, last_year=step.last_year)
    award = clusters.award_of_year(step)
    if award is not None:
        step.case.matter_id, step.case.own_matter_id = award.matter_id, award.own_matter_id
    else:
        matter = matters.get_or_create(step.session, key, step.case.title)
        step.case.matter_id = matter.id
        step.case.own_matter_id = matter.id if matter.key == key else matters.own_ids(step.session, [key])[key]
    clusters.refuse_second_recognition(step)
    matters.replace_identifiers(step.session, step.case.id, rule_matters.identifiers(step.facts))
    step.record("application_submitted", "fill_application", [{"field": "matter", "old": None, "new": key}])


@operation(
    "予以受理",
    "登记受理日，开始计算办理期限，发出受理通知书；此后材料锁定。容缺受理的，写明所缺材料和补齐期限。",
    reads=(Read("waiver", "容缺受理的理由", always=False), Read("waiver_days", "补齐期限", always=False)),
)
def accept_case(step: Step, _: Mapping[str, str]) -> None:
    """Start the clock of the procedure; from now on the documents are locked against deletion.

    The letter says that the papers are complete only where they are; what is missing it names (容缺受理).
    """
    refuse_outside_policy(step, "accepted_on", step.today, "受理")
    step.case.accepted_at = step.now
    if step.facts.get("origin") == "candidate":
        letters.send(step, "acceptance", "经核对公布名单，你单位符合免申即享条件，予以受理。")
        step.record("case_accepted", "formality_check")
        return
    lacking = papers.missing(step)
    if not lacking:
        letters.send(step, "acceptance", "经形式审查，材料齐全、符合法定形式，予以受理。")
    else:
        letters.send(step, "acceptance", _with_waiver(step, "；".join(item.name for item in lacking)))
    step.record(
        "case_accepted",
        "formality_check",
        [{"field": "missing", "old": None, "new": [item.code for item in lacking]}] if lacking else [],
    )


def _with_waiver(step: Step, lacking: str) -> str:
    """What the letter says where papers are missing; forms from before the waiver gave neither reason nor term."""
    reason = letters.told(str(step.facts.get("waiver") or ""))
    if not reason:
        return f"经形式审查，予以受理。尚缺材料：{lacking}，请尽快补齐。"
    days = int(step.facts["waiver_days"])
    last = step.last_day(days, step.today, role="applicant")
    until = f"{letters.day(last)}前" if last is not None else f"{days}个工作日内（{letters.NOT_STATED}）"
    return f"经形式审查，{reason}，予以容缺受理。尚缺材料：{lacking}，请于{until}补齐。"


@operation(
    "计算办理期限",
    "自当日起按工作日计算，至末日24时届满；结果供定时事件使用。",
    parameters={"days": "自当日起的工作日数；取自政策口径的，口径变更后随之变化。"},
    periods=("days",),
    gives="instant",
)
def working_deadline(step: Step, arguments: Mapping[str, str]) -> str:
    """24:00 of the last of `days` working days (a number, or a parameter id) from today, as an ISO instant."""
    days = arguments["days"]
    return step.deadline(int(days) if days.isdigit() else int(step.parameter(days))).isoformat()


@operation(
    "一次性告知补正并计算期限",
    "发出一次性补正告知书，并计算补正期限；结果供定时事件使用。",
    gives="instant",
    reads=(Read("correction_items", "补正内容"),),
)
def open_correction(step: Step, _: Mapping[str, str]) -> str:
    """Send the letter with which the period of a correction begins, each time it begins; answers its end."""
    deadline = step.deadline(int(step.parameter("proc.supplement_days")))
    _send_correction_letter(step, deadline)
    return deadline.isoformat()


def _send_correction_letter(step: Step, deadline: datetime) -> Message:
    """Everything that is missing is told at once (一次性告知), and again when the first letter was not delivered."""
    items = step.facts.get("correction_items") or []
    names = {item.code: item.name for item in CHECKLISTS[step.case.scheme]}
    lines = [
        f"{number}. {names.get(str(item.get('document_code')), '申报表')}：{item.get('problem', '')}"
        for number, item in enumerate(items, start=1)
    ]
    days = int(step.parameter("proc.supplement_days"))
    if opened(deadline):
        term = f"请自收到之日起{days}个工作日内一次性补正（{letters.NOT_STATED}）"
    else:
        until = f"{letters.day(local_date(deadline - timedelta(microseconds=1)))}24时"
        term = f"请于{until}前一次性补正（晚于今日收到的，自收到之日起{days}个工作日内）"
    return letters.send(step, "correction", f"需补正下列内容，{term}：\n" + "\n".join(lines))


@operation(
    "补正逾期处理",
    "补正期满：告知书已送达的按逾期处理，未送达的重新告知。",
    results={"lapsed": "逾期未补正", "not_delivered": "告知书未送达"},
)
def lapse_correction(step: Step, _: Mapping[str, str]) -> str:
    """As earlier bundles end the period of a correction; those of now ask `prove_delivery`.

    Silence counts only against a firm that was reached.
    """
    letter = messages.latest_of_kind(step.session, step.case.id, "correction")
    if letter is not None and delivery.delivery_of(step, letter) is None:
        step.record("correction_not_delivered", "correction")
        return "not_delivered"
    step.facts = {**step.facts, "reason_code": "INCOMPLETE", "reason": "逾期未补正"}
    step.record("correction_lapsed", "correction")
    return "lapsed"


@operation(
    "登记不予受理",
    "登记理由，发出不予受理告知书。",
    results={"not_accept": "不予受理"},
    reads=(
        Read("reason_code", "不予受理的理由"),
        Read("reason", "不予受理的说明"),
    ),
)
def record_not_accepted(step: Step, _: Mapping[str, str]) -> str:
    """Set the reason and tell the firm with its remedies; the same matter may be filed again in the window."""
    checked = latest_submission(step.session, step.case.id, "formality_check")
    if checked is not None and checked.data["decision"] == "correct":
        # Nobody refused: the term of the correction ran out.
        letter = messages.latest_of_kind(step.session, step.case.id, "correction")
        code, told = "INCOMPLETE", delivery.silence(step, letter, "补正")
        step.facts = {**step.facts, "reason_code": code, "reason": "逾期未补正"}
    else:
        code = str(step.facts.get("reason_code") or "INCOMPLETE")
        told = letters.told(str(step.facts.get("reason") or ""))
        if code == "INCOMPLETE" and (lacking := papers.missing(step)):
            told = f"{told}；尚缺：{'；'.join(item.name for item in lacking)}" if told else ""
    step.case.reason = code
    text = f"因{REASONS[code]}{'（' + told + '）' if told else ''}，决定不予受理。"
    if code == "INCOMPLETE":
        text += "申报期内补齐材料后可再次申报。"
    letters.send(step, "non_acceptance", text)
    step.record("case_not_accepted", "formality_check", [{"field": "reason", "old": None, "new": code}])
    return "not_accept"
