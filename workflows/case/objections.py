"""What a case knows of the objections against it: when they are to be looked at, and who brought them, kept apart."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from storage import objections as store
from storage.batches import Batch
from storage.objections import Objection
from workflows.case import awards, letters
from workflows.case.calendars import Loaded
from workflows.case.step import Look, Step, local_date, pinned_values
from workflows.errors import FieldError

TRIAGE_DAYS = 2
"""Working days in which a registered objection is accepted or turned down."""
PETITION_DAYS = 60
"""信访工作条例第三十四条: days, by the calendar, in which what comes late or is about staff is answered."""
TELLING = "objection_notice"
"""The task in which the investigator says what the firm is told; what is accepted until then is told with it."""


def due_of(loaded: Loaded, batch: Batch, objection: Objection) -> date | None:
    """The last day for what is to be done next; None where nothing is, or its year has no calendar."""
    if objection.state == "registered" and objection.kind == "objection":
        return loaded.last_day(local_date(objection.registered_at), TRIAGE_DAYS)
    if objection.state == "registered":
        return local_date(objection.registered_at) + timedelta(days=PETITION_DAYS)
    if objection.state == "accepted" and objection.handled_at is not None:
        days = int(pinned_values(batch)["proc.objection_days"])
        return loaded.last_day(local_date(objection.handled_at), days)
    return None


def take_up(step: Step) -> None:
    """What is accepted by now is investigated together, from now on."""
    for each in store.lock_accepted(step.session, step.case.id):
        each.taken_up_at = each.taken_up_at or step.now


def decide(step: Step, state: str, reply: str, by: str) -> None:
    """Every objection that the investigation was about gets its result and the answer; who objected stays hidden."""
    for objection in store.lock_accepted(step.session, step.case.id):
        if objection.taken_up_at is None:
            continue
        objection.state, objection.reply = state, reply
        objection.handled_by, objection.handled_at = by, step.now
        step.record(f"objection_{state}", str(objection.id))


def dismiss(step: Step) -> None:
    """异议不成立: answered at once; the firm is told, and the case goes on with what it had."""
    heard = any(each.taken_up_at for each in store.lock_accepted(step.session, step.case.id))
    decide(step, "dismissed", str(step.submitted.get("objection_reply") or ""), step.actor.username)
    if heard:
        letters.send_by_itself(step, "objection_result", "在公示期间被提出的异议，经核查不成立，继续按程序办理。")
    awards.ask_again(step)


def unmasked(look: Look, data: Mapping[str, Any], fields: Iterable[str]) -> list[FieldError]:
    """Fields for the firm's eyes that name who brought anything on this case, or how he is reached."""
    hidden = _hidden(look)
    return [
        FieldError(field, "不得写入异议人、举报人的姓名（名称）、证件号码和电话，请改写后提交。")
        for field in fields
        if any(secret in str(data.get(field) or "") for secret in hidden)
    ]


def names_somebody(look: Look, text: str) -> bool:
    """Whether a text names who brought anything on this case, or how he is reached."""
    return any(secret in text for secret in _hidden(look))


def _hidden(look: Look) -> set[str]:
    brought = store.list_of_case(look.session, look.case.id)
    return {secret for each in brought for secret in (each.name, each.id_no, each.phone) if secret}


def unanswered(look: Look) -> str | None:
    """Why the chief may not propose yet: advice of discipline on this case that nobody has answered."""
    if not store.with_unanswered_advice(look.session, 1, case_id=look.case.id):
        return None
    return "监督机构对本件提出的意见尚未答复，请先在“异议办理”中逐条答复；是否采纳由你室决定。"
