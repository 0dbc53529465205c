"""Dealing anew with an ended case (重新办理): an officer proposes it on a document, the chief confirms what he saw."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypedDict

from storage import documents, people
from storage import reopenings as store
from storage.cases import Case
from storage.database import Session
from storage.reopenings import CONFIRMED, PROPOSED, RETURNED, PastInstance, Reopening
from workflows import views
from workflows.case import further, letters
from workflows.case.avoiding import refuse_avoiding
from workflows.case.operations.entry import POINTS
from workflows.case.reading import look_at
from workflows.case.running import Running, find_case, open_case
from workflows.case.step import local_date
from workflows.errors import Changed, Conflict, FieldError, Forbidden, Invalid, NotFound
from workflows.permissions import Actor, require

CAUSES = {
    "reconsideration": "行政复议",
    "litigation": "行政诉讼",
    "audit": "审计整改",
    "correction": "自行纠正",
}


class PointShown(TypedDict):
    """Where the diagram in force lets this case begin anew."""

    point: str
    name: str


class ReopeningShown(TypedDict):
    """What was proposed of an ended case, and what became of it; whoever confirms names its digest."""

    id: int
    state: str
    cause: str
    cause_name: str
    point: str
    point_name: str
    reason: str
    basis_no: str
    basis_on: str
    document: str | None
    digest: str
    proposed_by: str
    proposed_at: str
    decided_by: str | None
    decided_at: str | None
    decided_because: str | None


class PastShown(TypedDict):
    """How the case was dealt with before: from when to when, how it ended, with which amounts in yuan."""

    number: int
    began_at: str
    ended_at: str
    reopened_at: str
    status: str
    reason: str | None
    precap_amount: str | None
    final_amount: str | None
    paid_amount: str | None


class ReopeningsShown(TypedDict):
    """All of it, for the case's page in the office: `points` is empty where nothing can be proposed now, and `why_not`
    says why."""

    points: list[PointShown]
    why_not: str | None
    items: list[ReopeningShown]
    past: list[PastShown]


def get_reopenings(session: Session, actor: Actor, reference: str, now: datetime) -> ReopeningsShown:
    """The instances of before, what was proposed, and where the case could begin anew."""
    case = find_case(session, reference, actor)
    if not actor.reads_office:
        raise Forbidden("重新办理的提议供承办单位和监督审计人员查看。")
    points: list[PointShown] = []
    why_not: str | None = None
    if case.ended_at is None:
        why_not = "本件正在办理，不须重新办理。"
    elif actor.has("case_officer"):
        why_not = _why_not(session, case)
        found = further.offered(look_at(session, case, now)) if why_not is None else []
        points = [{"point": each.word, "name": each.name} for each in found]
    return {
        "points": points,
        "why_not": why_not,
        "items": [_shown(session, each) for each in store.of_case(session, case.id)],
        "past": [_past(each) for each in store.past_of_case(session, case.id)],
    }


def propose(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    cause: str,
    point: str,
    reason: str,
    basis_no: str,
    basis_on: str,
    document: int,
    now: datetime,
) -> ReopeningShown:
    """Propose that an ended case begins anew at a point, on a document that lies in its file.

    Raises NotFound, Invalid (what is missing, by field), Conflict (not ended, a proposal waits, it cannot begin anew).
    """
    actor = require(actor, "case_officer")
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    refuse_avoiding(session, actor.username, running.case.id)
    if (why_not := _why_not(session, running.case)) is not None:
        raise Conflict(why_not)
    day = _day(basis_on)
    wrong = _wrong(running, cause=cause, point=point, reason=reason, basis_no=basis_no, day=day, document=document)
    if wrong or day is None:
        raise Invalid("重新办理的提议有误，请按提示修改。", errors=wrong)
    reopening = Reopening(
        case_id=running.case.id,
        cause=cause,
        point=point,
        reason=reason.strip(),
        basis_no=basis_no.strip(),
        basis_on=day,
        document_id=document,
        digest="",
        state=PROPOSED,
        proposed_by=actor.username,
        proposed_at=now,
    )
    reopening.digest = further.seen(reopening)
    session.add(reopening)
    session.flush()
    running.step.record("reopening_proposed", str(reopening.id), _told(reopening))
    session.flush()
    return _shown(session, reopening)


def _wrong(
    running: Running, *, cause: str, point: str, reason: str, basis_no: str, day: date | None, document: int
) -> list[FieldError]:
    """What is missing in a proposal, by field."""
    wrong = []
    if cause not in CAUSES:
        wrong.append(FieldError("cause", "请选择重新办理的原因。"))
    if point not in {each.word for each in further.offered(running.step)}:
        wrong.append(FieldError("point", "请选择本件曾经办理到的环节。"))
    elif (taken := further.refusal_at(running, point)) is not None:
        wrong.append(FieldError("point", taken))
    if not 2 <= len(reason.strip()) <= 500:
        wrong.append(FieldError("reason", "请写明重新办理的理由，2至500字。"))
    if not 2 <= len(basis_no.strip()) <= 100:
        wrong.append(FieldError("basis_no", "请填写依据文书的文号，不超过100字。"))
    if day is None or day > running.step.today:
        wrong.append(FieldError("basis_on", "请填写依据文书的日期，不晚于今日。"))
    if documents.find(running.step.session, running.case.id, document) is None:
        wrong.append(FieldError("document", "请先在“材料”中上传依据文书，再在此选择。"))
    return wrong


def confirm(
    session: Session, actor: Actor, reference: str, reopening_id: int, seen: str, now: datetime
) -> ReopeningShown:
    """Begin the further instance that an officer proposed; the firm is told.

    Raises NotFound, Forbidden (whoever proposed), Conflict (decided already, not ended), Changed (not what was seen).
    """
    running, reopening = _open(session, actor, reference, reopening_id, now)
    if reopening.digest != seen:
        raise Changed("提议的内容与你查看的不一致，没有办理；请刷新后按现在的提议核对。")
    ended_at = running.case.ended_at
    if (why_not := _why_not(session, running.case, confirming=True)) is not None or ended_at is None:
        raise Conflict(why_not or "本件正在办理，不须重新办理。")
    if reopening.point not in {each.word for each in further.offered(running.step)}:
        raise Conflict("现行流程已没有所提议的环节，请退回后重新提议。")
    reopening.state, reopening.decided_by, reopening.decided_at = CONFIRMED, actor.username, now
    confirmed = running.step.record("reopening_confirmed", str(reopening.id), _told(reopening))
    letters.send(
        running.step,
        "reopening",
        f"已于{letters.day(local_date(ended_at))}办结。因{CAUSES[reopening.cause]}，依据{reopening.basis_no}"
        f"（{letters.day(reopening.basis_on)}），决定自{POINTS[reopening.point]}环节起重新办理。"
        f"理由：{letters.told(reopening.reason)}。原办理记录予以保留，重新作出的决定另行书面告知。",
    )
    session.flush()
    further.begin(running, reopening.point, reopening, confirmed)
    session.flush()
    return _shown(session, reopening)


def send_back(
    session: Session, actor: Actor, reference: str, reopening_id: int, reason: str, now: datetime
) -> ReopeningShown:
    """Send a proposal back with a word: the case stays ended. Raises as `confirm` does, and Invalid."""
    running, reopening = _open(session, actor, reference, reopening_id, now)
    text = reason.strip()
    if not 2 <= len(text) <= 500:
        raise Invalid("退回理由有误。", errors=[FieldError("reason", "请写明退回的理由，2至500字。")])
    reopening.state, reopening.decided_by, reopening.decided_at = RETURNED, actor.username, now
    reopening.decided_because = text
    running.step.record("reopening_returned", str(reopening.id), [{"field": "reason", "old": None, "new": text}])
    session.flush()
    return _shown(session, reopening)


def list_waiting(session: Session, actor: Actor, limit: int) -> Sequence[Reopening]:
    """What waits for the chief, the oldest first."""
    return store.list_open(session, limit) if actor.has("section_chief") else ()


def _open(
    session: Session, actor: Actor, reference: str, reopening_id: int, now: datetime
) -> tuple[Running, Reopening]:
    actor = require(actor, "section_chief")
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    refuse_avoiding(session, actor.username, running.case.id)
    reopening = store.lock(session, reopening_id)
    if reopening is None or reopening.case_id != running.case.id:
        raise NotFound("没有这一提议，或你无权查看。")
    if reopening.state != PROPOSED:
        raise Conflict("这一提议已经办理，请刷新后查看。")
    if reopening.proposed_by == actor.username:
        raise Forbidden("提议由你作出，须由另一人确认。")
    return running, reopening


def _why_not(session: Session, case: Case, *, confirming: bool = False) -> str | None:
    """Why the case cannot begin anew now, in a sentence."""
    if case.ended_at is None:
        return "本件正在办理，不须重新办理。"
    if case.status == "WITHDRAWN":
        return "本件由申报单位撤回，不适用重新办理；申报期内可以再次申报。"
    if case.status == "MULTI_YEAR":
        return "本件已认定并分年拨付，请就有关年度的申报件办理。"
    if further.unconfirmed_returns(session, case.id):
        return "本件有尚未确认的资金退回，请财务复核岗先行确认。"
    if not confirming and store.find_open(session, case.id) is not None:
        return "本件已有待确认的重新办理提议。"
    return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _told(reopening: Reopening) -> list[dict[str, str | None]]:
    return [
        {"field": "cause", "old": None, "new": reopening.cause},
        {"field": "reopen_at", "old": None, "new": reopening.point},
        {"field": "basis", "old": None, "new": f"{reopening.basis_on.isoformat()} {reopening.basis_no}"},
        {"field": "reason", "old": None, "new": reopening.reason},
        {"field": "digest", "old": None, "new": reopening.digest},
    ]


def _shown(session: Session, each: Reopening) -> ReopeningShown:
    names = people.names_of(session, {name for name in (each.proposed_by, each.decided_by) if name})
    document = documents.find(session, each.case_id, each.document_id) if each.document_id else None
    return {
        "id": each.id,
        "state": each.state,
        "cause": each.cause,
        "cause_name": CAUSES[each.cause],
        "point": each.point,
        "point_name": POINTS[each.point],
        "reason": each.reason,
        "basis_no": each.basis_no,
        "basis_on": each.basis_on.isoformat(),
        "document": document.filename if document is not None else None,
        "digest": each.digest,
        "proposed_by": names.get(each.proposed_by, each.proposed_by),
        "proposed_at": views.instant(each.proposed_at),
        "decided_by": names.get(each.decided_by or "", each.decided_by),
        "decided_at": views.instant(each.decided_at),
        "decided_because": each.decided_because,
    }


def _past(each: PastInstance) -> PastShown:
    return {
        "number": each.number,
        "began_at": views.instant(each.began_at),
        "ended_at": views.instant(each.ended_at),
        "reopened_at": views.instant(each.reopened_at),
        "status": each.status,
        "reason": each.reason,
        "precap_amount": views.amount(each.precap_amount),
        "final_amount": views.amount(each.final_amount),
        "paid_amount": views.amount(each.paid_amount),
    }
