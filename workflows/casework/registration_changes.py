"""变更登记 of a firm's name, legal representative or account: asked for with proof, checked, confirmed as seen."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypedDict

from storage import documents, people
from storage import registration_changes as store
from storage.database import Session
from storage.documents import Document
from storage.registration_changes import Kind, RegistrationChange
from workflows import forms, views
from workflows.audit import digest_of
from workflows.case import calendars, checks, duplicates, letters
from workflows.case.avoiding import refuse_avoiding
from workflows.case.running import Running, find_case, open_case
from workflows.case.step import Step, local_date
from workflows.errors import Changed, Conflict, FieldError, Forbidden, Invalid, NotFound
from workflows.permissions import Actor, require

KINDS: Mapping[Kind, str] = {
    "name": "单位名称",
    "legal_representative": "法定代表人",
    "account": "收款账户",
}
STATES = {"requested": "待核对", "checked": "待确认", "confirmed": "已变更", "refused": "不予变更"}
_FIELD: Mapping[Kind, tuple[str, int]] = {"name": ("name", 100), "legal_representative": ("legal_representative", 50)}
ACCOUNT = ("account_name", "account_no", "bank_name", "bank_branch_code")
PAYEE_FORM = "payee_entry"
WORKING_DAYS = 5


class ChangeShown(TypedDict):
    """A change as firm and office see it; `seen` is the digest that its confirmation names."""

    id: int
    case: str
    kind: Kind
    state: str
    old: dict[str, Any]
    new: dict[str, Any]
    reason: str
    document: int
    filename: str
    requested_at: str
    checked_by: str | None
    opinion: str | None
    decided_by: str | None
    decided_at: str | None
    decided_because: str | None
    due_on: str | None
    seen: str


def list_changes(session: Session, actor: Actor, reference: str) -> list[ChangeShown]:
    """All of a case, in order; a firm is told no names of staff."""
    case = find_case(session, reference, actor)
    return [_shown(session, actor, each, case.reference) for each in store.list_of_case(session, case.id)]


def _shown(session: Session, actor: Actor, each: RegistrationChange, reference: str) -> ChangeShown:
    by = people.names_of(session, {name for name in (each.checked_by, each.decided_by) if name})
    due_on = calendars.load(session).last_day(local_date(each.requested_at), WORKING_DAYS)
    inside = not actor.is_applicant
    return {
        "id": each.id,
        "case": reference,
        "kind": each.kind,
        "state": each.state,
        "old": views.masked(each.old, actor),
        "new": views.masked(each.new, actor),
        "reason": each.reason,
        "document": each.document_id,
        "filename": session.get_one(Document, each.document_id).filename,
        "requested_at": views.instant(each.requested_at),
        "checked_by": by.get(each.checked_by or "") if inside else None,
        "opinion": each.opinion if inside else None,
        "decided_by": by.get(each.decided_by or "") if inside else None,
        "decided_at": views.instant(each.decided_at),
        "decided_because": each.decided_because,
        "due_on": due_on.isoformat() if due_on and each.state in store.OPEN else None,
        "seen": digest_of([each.id, each.kind, each.old, each.new, each.reason, each.document_id, each.opinion]),
    }


def request(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    kind: str,
    new: Mapping[str, Any],
    reason: str,
    document: int,
    now: datetime,
) -> ChangeShown:
    """Ask for a change, with a paper of the case's file that proves it; while it is open nothing is paid.

    The name and the legal representative may be changed after the end of a case, too; the account only once it was
    entered and before it was paid to. Raises NotFound, Invalid, Conflict (another one of this kind is open).
    """
    actor = require(actor, "applicant")
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    step = running.step
    if kind not in KINDS:
        raise Invalid("变更没有提交。", errors=[FieldError("kind", "请选择变更事项。")])
    if running.case.submitted_at is None:
        raise Conflict("申报书尚未提交，请直接在申报书中填写。")
    known: Kind = kind  # type: ignore[assignment]
    if any(each.kind == known and each.state in store.OPEN for each in store.list_of_case(session, running.case.id)):
        raise Conflict(f"已有一项{KINDS[known]}变更正在办理，办结后再申请。")
    text, errors = reason.strip(), []
    if not 2 <= len(text) <= 500:
        errors.append(FieldError("reason", "请写明变更原因，2至500字。"))
    if documents.find(session, running.case.id, document) is None:
        errors.append(FieldError("document", "请选择已上传的证明材料。"))
    old = _stands(step, known)
    wanted = _wanted(running, known, new, old, errors)
    if errors:
        raise Invalid("变更没有提交，请按提示修改。", errors=errors)
    change = RegistrationChange(
        case_id=running.case.id,
        kind=known,
        old=old,
        new=wanted,
        reason=text,
        document_id=document,
        state="requested",
        requested_by=actor.username,
        requested_at=now,
    )
    session.add(change)
    session.flush()
    _record(step, "change_requested", change)
    return _shown(session, actor, change, running.case.reference)


def _stands(step: Step, kind: Kind) -> dict[str, Any]:
    if kind == "account":
        return {key: step.facts[key] for key in ACCOUNT if key in step.facts}
    if kind == "name":
        return {"name": step.enterprise.name}
    return {"legal_representative": str(step.enterprise.profile.get("legal_representative") or "")}


def _wanted(
    running: Running, kind: Kind, new: Mapping[str, Any], old: Mapping[str, Any], errors: list[FieldError]
) -> dict[str, Any]:
    """The new values, each as its place takes it; what is wrong is added to `errors`."""
    if kind == "account":
        return _account(running, new, old, errors)
    field, most = _FIELD[kind]
    value = str(new.get(field) or "").strip()
    if not 2 <= len(value) <= most:
        errors.append(FieldError(field, f"请填写变更后的{KINDS[kind]}，2至{most}字。"))
    elif value == old[field]:
        errors.append(FieldError(field, f"变更后的{KINDS[kind]}与现登记的相同。"))
    return {field: value}


def _account(
    running: Running, new: Mapping[str, Any], old: Mapping[str, Any], errors: list[FieldError]
) -> dict[str, Any]:
    """An account is checked as the form checks it that asks for it first."""
    case, step = running.case, running.step
    entering = {task.element_id for task in running.process.open_tasks()} & {"enter_payee", "correct_payee"}
    if not old or entering:
        raise Conflict("请在“填报收款信息”或者“更正收款信息”任务中填报收款账户。")
    if case.ended_at is not None or case.paid_amount is not None:
        raise Conflict("本件已拨付或者已办结，收款账户不再变更。")
    form = running.bundle.form(PAYEE_FORM)
    try:
        clean = forms.validate(form, {"account_type": "corporate", **new}, allowed={})
    except forms.Invalid as invalid:
        errors += [FieldError(error.field, error.message) for error in invalid.errors]
        return {}
    errors += checks.check(form.key, step, clean)
    wanted = {key: clean[key] for key in ACCOUNT}
    if wanted == old:
        errors.append(FieldError("account_no", "变更后的收款账户与现登记的相同。"))
    return wanted


def check(
    session: Session,
    actor: Actor,
    change_id: int,
    *,
    result: Literal["pass", "refuse"],
    opinion: str,
    now: datetime,
) -> ChangeShown:
    """An officer compares the paper with what is asked for; what does not hold is refused with a reason to the firm."""
    actor = require(actor, "case_officer")
    text = _text(opinion, "opinion", "核对意见")
    running, change = _open(session, actor, change_id, "requested", now)
    change.checked_by, change.checked_at, change.opinion = actor.username, now, text
    if result == "pass":
        change.state = "checked"
        _record(running.step, "change_checked", change)
    else:
        _refuse(running.step, change, text)
    return _shown(session, actor, change, running.case.reference)


def confirm(session: Session, actor: Actor, change_id: int, seen: str, now: datetime) -> ChangeShown:
    """Make the change that was seen: letters from now on go to the new name, an account is asked about anew.

    Raises NotFound, Forbidden (whoever checked it), Changed (it is not what was seen any more), Conflict.
    """
    actor = require(actor, "section_chief")
    running, change = _open(session, actor, change_id, "checked", now)
    step = running.step
    if change.checked_by == actor.username:
        raise Forbidden("核对意见由你作出，须由另一人确认。")
    if _shown(session, actor, change, running.case.reference)["seen"] != seen:
        raise Changed("变更内容与你查看的不一致，没有办理；请刷新后核对。")
    if _stands(step, change.kind) != change.old:
        raise Conflict(f"{KINDS[change.kind]}在申请之后已有变化，请不予变更，由申报单位重新申请。")
    change.state, change.decided_by, change.decided_at = "confirmed", actor.username, now
    _record(step, "change_confirmed", change)
    with step.following(step.origin):
        _make(step, change)
    letters.send_by_itself(step, "change_result", f"{_said(change)}，经核对予以登记。{_AFTER[change.kind]}")
    running.save()
    session.flush()
    return _shown(session, actor, change, running.case.reference)


_AFTER: Mapping[Kind, str] = {
    "name": "此后的文书使用变更后的名称；收款账户户名须与变更后的名称一致，不一致的请一并更正。",
    "legal_representative": "",
    "account": "变更后的收款账户须重新核对确认后，方可拨付。",
}


def _make(step: Step, change: RegistrationChange) -> None:
    if change.kind == "name":
        step.enterprise.name = change.new["name"]
    elif change.kind == "legal_representative":
        step.enterprise.profile = {**step.enterprise.profile, **change.new}
    else:
        step.facts = {**step.facts, **change.new}
        # As when it is entered: what it has in common with other firms' accounts stops the payment.
        duplicates.search(step)


def refuse(session: Session, actor: Actor, change_id: int, reason: str, now: datetime) -> ChangeShown:
    """The chief does not confirm what was checked; the firm is told why."""
    actor = require(actor, "section_chief")
    text = _text(reason, "reason", "不予变更的理由")
    running, change = _open(session, actor, change_id, "checked", now)
    _refuse(running.step, change, text)
    return _shown(session, actor, change, running.case.reference)


def _refuse(step: Step, change: RegistrationChange, why: str) -> None:
    change.state, change.decided_by, change.decided_at = "refused", step.actor.username, step.now
    change.decided_because = why
    _record(step, "change_refused", change)
    letters.send_by_itself(
        step, "change_result", f"{_said(change)}，经核对不予登记，理由：{letters.told(why)}。可补充证明材料后重新申请。"
    )


def _said(change: RegistrationChange) -> str:
    """What was asked for, as a letter says it; of an account no number."""
    if change.kind == "account":
        return f"申请变更收款账户（开户银行：{change.new['bank_name']}）"
    field, _ = _FIELD[change.kind]
    return f"申请将{KINDS[change.kind]}由“{change.old[field]}”变更为“{change.new[field]}”"


def _record(step: Step, action: str, change: RegistrationChange) -> None:
    """Names stand on the record as they changed; of an account, which is personal data, only that it did."""
    changes: Sequence[Mapping[str, Any]] = [{"field": "kind", "old": None, "new": change.kind}]
    if change.kind != "account":
        field, _ = _FIELD[change.kind]
        changes = [*changes, {"field": field, "old": change.old[field], "new": change.new[field]}]
    step.record(action, str(change.id), changes)


def _text(given: str, field: str, what: str) -> str:
    text = given.strip()
    if not 2 <= len(text) <= 500:
        raise Invalid("没有办理。", errors=[FieldError(field, f"请写明{what}，2至500字。")])
    return text


def _open(
    session: Session, actor: Actor, change_id: int, state: str, now: datetime
) -> tuple[Running, RegistrationChange]:
    found = session.get(RegistrationChange, change_id)
    if found is None:
        raise NotFound("没有这一变更登记。")
    running = open_case(session, found.case_id, actor, now)
    refuse_avoiding(session, actor.username, found.case_id)
    change = store.lock(session, change_id)
    if change is None or change.state != state:
        raise Conflict("该变更已办理，请刷新后查看最新状态。")
    return running, change
