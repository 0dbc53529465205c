"""What the office does with what was brought: accepts it, turns it down, answers it; what discipline says to it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TypedDict

from storage import cases, people
from storage import objections as store
from storage.batches import Batch
from storage.cases import DECIDED, Case
from storage.database import Session
from storage.objections import Kind, Objection
from workflows import views
from workflows.case import calendars, objections
from workflows.case.avoiding import refuse_avoiding
from workflows.case.running import OBJECTION_ACCEPTED, Running, open_case, refuse_suspended
from workflows.casework.objection_evidence import EvidenceShown, evidence_of
from workflows.errors import Conflict, FieldError, Invalid, NotFound
from workflows.permissions import STAFF, SYSTEM, Actor, require

HIDDEN = "（保密）"
READING = ("discipline", "section_chief", "legal_officer", "auditor")
_INVESTIGATING = (*READING, "case_officer", "deputy_leader", "meeting_secretary")
TRIAGE = ("discipline", "legal_officer")


class ObjectionShown(TypedDict):
    """One thing that was brought, as the office reads it. Who brought it is hidden until discipline reveals it."""

    id: int
    kind: Kind
    notice: int
    case: str
    title: str
    state: str
    registered_at: str
    due_on: str | None
    text: str
    name: str
    id_no: str
    phone: str
    handled_by: str | None
    handled_at: str | None
    reply: str | None
    taken_up: bool
    evidence: list[EvidenceShown]
    may_close: bool
    advice: str | None
    advice_answer: str | None


class Triaged(TypedDict):
    """What a step with an objection answers."""

    id: int
    state: str
    case: str
    waits: bool


class Revealed(TypedDict):
    """Who objected."""

    id: int
    name: str
    id_no: str
    phone: str


def list_objections(session: Session, actor: Actor, *, state: str | None = None) -> list[ObjectionShown]:
    """What was brought, what waits first; who brought it is hidden."""
    require(actor, *READING)
    return _shown(session, actor, store.listed(session, state=state))


def of_case(session: Session, actor: Actor, case: Case) -> list[ObjectionShown]:
    """What was brought about one case, for its file in the office; what it says is for who looks into it."""
    return _shown(session, actor, store.list_of_case(session, case.id))


def _shown(session: Session, actor: Actor, brought: Sequence[Objection]) -> list[ObjectionShown]:
    known = cases.with_enterprises(session, [each.case_id for each in brought])
    batches = {case.batch_id: session.get_one(Batch, case.batch_id) for case, _ in known.values()}
    names = people.names_of(session, {each.handled_by for each in brought if each.handled_by})
    files, loaded = evidence_of(session, actor, [each.id for each in brought]), calendars.load(session)
    shown = []
    for each in brought:
        case = known[each.case_id][0]
        due_on = objections.due_of(loaded, batches[case.batch_id], each)
        shown.append(_one(actor, each, case, due_on, names, files[each.id]))
    return shown


def _one(
    actor: Actor,
    each: Objection,
    case: Case,
    due_on: date | None,
    names: Mapping[str, str],
    files: list[EvidenceShown],
) -> ObjectionShown:
    return {
        "id": each.id,
        "kind": each.kind,
        "notice": each.notice_id,
        "case": case.reference,
        "title": case.title,
        "state": each.state,
        "registered_at": views.instant(each.registered_at),
        "due_on": due_on.isoformat() if due_on else None,
        "text": each.text if actor.has(*_INVESTIGATING) else HIDDEN,
        "name": HIDDEN,
        "id_no": HIDDEN,
        "phone": HIDDEN,
        "handled_by": names.get(each.handled_by or "", each.handled_by) if actor.has(*STAFF) else None,
        "handled_at": views.instant(each.handled_at),
        "reply": each.reply,
        "taken_up": each.taken_up_at is not None,
        "evidence": files,
        "may_close": each.state == "accepted" and case.ended_at is not None,
        "advice": each.advice,
        "advice_answer": each.advice_answer,
    }


def _open(session: Session, actor: Actor, objection_id: int, now: datetime) -> tuple[Running, Objection]:
    """The case of an objection, then the objection itself, both locked. Raises NotFound."""
    case_id = store.case_of(session, objection_id)
    if case_id is None:
        raise NotFound("没有这一登记。")
    running = open_case(session, case_id, actor, now)
    refuse_avoiding(session, actor.username, case_id)
    return running, store.lock(session, objection_id)


def _done(running: Running, objection: Objection) -> Triaged:
    waits = objection.state == "accepted" and objection.taken_up_at is None
    return {"id": objection.id, "state": objection.state, "case": running.case.reference, "waits": waits}


def _text(given: str, field: str, what: str) -> str:
    text = given.strip()
    if not 2 <= len(text) <= 1000:
        raise Invalid(f"请写明{what}。", errors=[FieldError(field, f"请写明{what}，2至1000字。")])
    return text


def _refuse_unless(objection: Objection, state: str) -> None:
    if objection.state != state:
        raise Conflict("该项已处理，请刷新后查看最新状态。")


def reveal_objector(session: Session, actor: Actor, objection_id: int, now: datetime) -> Revealed:
    """Who objected, for discipline alone; each reveal is recorded (查看敏感信息，将留痕)."""
    actor = require(actor, "discipline")
    running, objection = _open(session, actor, objection_id, now)
    running.step.record("objector_revealed", str(objection.id))
    return {"id": objection.id, "name": objection.name, "id_no": objection.id_no, "phone": objection.phone}


def accept_objection(session: Session, actor: Actor, objection_id: int, now: datetime) -> Triaged:
    """Accept a registered objection: it interrupts this case's publicity, and this case's only.

    One that is accepted while the case is elsewhere, or while another is under investigation, is taken up as soon as
    the case can. Conflict once the district has decided.
    """
    actor = require(actor, *TRIAGE)
    running, objection = _open(session, actor, objection_id, now)
    _refuse_unless(objection, "registered")
    if objection.kind != "objection":
        raise Conflict("信访、举报事项不适用异议受理，请直接答复。")
    refuse_suspended(running.case)
    if running.case.ended_at is not None or running.case.status in DECIDED:
        raise Conflict("本件已审定或者已办结，不能再中断公示；请说明理由后不予受理，或者转为举报办理。")
    objection.state, objection.handled_by, objection.handled_at = "accepted", actor.username, now
    running.step.record("objection_accepted", str(objection.id))
    if running.waits_for(OBJECTION_ACCEPTED):
        objections.take_up(running.step)
        running.deliver(OBJECTION_ACCEPTED, {})
    elif any(task.element_id == objections.TELLING for task in running.process.open_tasks()):
        objections.take_up(running.step)
    running.save()
    return _done(running, objection)


def take_up(session: Session, case_id: int, now: datetime) -> None:
    """Begin the investigation of what was accepted while the case could not take it up; asked again under the lock."""
    running = open_case(session, case_id, SYSTEM, now)
    if not running.waits_for(OBJECTION_ACCEPTED):
        return
    cause = running.step.record("objection_taken_up", running.case.reference)
    objections.take_up(running.step)
    running.deliver(OBJECTION_ACCEPTED, {}, cause)
    running.save()


def reject_objection(session: Session, actor: Actor, objection_id: int, reply: str, now: datetime) -> Triaged:
    """Turn a registered objection down with a reason; what it held goes on.

    So is one closed that was accepted and whose case has ended meanwhile.
    """
    actor = require(actor, *TRIAGE)
    text = _text(reply, "reply", "不予受理的理由")
    running, objection = _open(session, actor, objection_id, now)
    if objection.kind != "objection":
        raise Conflict("信访、举报事项请直接答复。")
    closes = objection.state == "accepted" and running.case.ended_at is not None
    _refuse_unless(objection, "accepted" if closes else "registered")
    _handle(running, objection, "rejected", text)
    running.save()
    return _done(running, objection)


def refer_objection(session: Session, actor: Actor, objection_id: int, now: datetime) -> Triaged:
    """It is about the conduct of staff and not about what was announced: discipline takes it, nothing is held by it."""
    actor = require(actor, *TRIAGE)
    running, objection = _open(session, actor, objection_id, now)
    _refuse_unless(objection, "registered")
    objection.kind = "complaint"
    running.step.record("objection_referred", str(objection.id))
    running.save()
    return _done(running, objection)


def answer(session: Session, actor: Actor, objection_id: int, reply: str, now: datetime) -> Triaged:
    """Answer what came late or is about staff (信访、举报); about staff discipline alone."""
    actor = require(actor, *TRIAGE)
    text = _text(reply, "reply", "答复内容")
    running, objection = _open(session, actor, objection_id, now)
    if objection.kind == "objection":
        raise Conflict("公示异议应先受理或者不予受理。")
    if objection.kind == "complaint":
        require(actor, "discipline")
    _refuse_unless(objection, "registered")
    _handle(running, objection, "answered", text)
    return _done(running, objection)


def _handle(running: Running, objection: Objection, state: str, reply: str) -> None:
    step = running.step
    objection.state, objection.reply = state, reply
    objection.handled_by, objection.handled_at = step.actor.username, step.now
    step.record(f"objection_{state}", str(objection.id))


def advise(session: Session, actor: Actor, objection_id: int, advice: str, now: datetime) -> Triaged:
    """What discipline says to it (监督意见): the section answers it, and remains free to decide."""
    actor = require(actor, "discipline")
    text = _text(advice, "advice", "监督意见")
    running, objection = _open(session, actor, objection_id, now)
    if objection.advice is not None:
        raise Conflict("已提出监督意见。")
    objection.advice, objection.advised_by, objection.advised_at = text, actor.username, now
    running.step.record("advice_given", str(objection.id), [{"field": "advice", "old": None, "new": text}])
    return _done(running, objection)


def answer_advice(session: Session, actor: Actor, objection_id: int, given: str, now: datetime) -> Triaged:
    """The section chief's answer to the advice, adopted or not, with the reason."""
    actor = require(actor, "section_chief")
    text = _text(given, "advice_answer", "对监督意见的答复")
    running, objection = _open(session, actor, objection_id, now)
    if objection.advice is None or objection.advice_answer is not None:
        raise Conflict("没有待答复的监督意见。")
    objection.advice_answer, objection.answered_by, objection.answered_at = text, actor.username, now
    running.step.record("advice_answered", str(objection.id), [{"field": "advice_answer", "old": None, "new": text}])
    return _done(running, objection)
