"""The file of a case (件档): its papers, history, path on the diagrams and calculations, as each reader may see it."""

from collections.abc import Iterable
from datetime import datetime

from storage import batches, calculations, instances, ledger, messages, payments, people, publicity, reviews
from storage import cases as store
from storage import tasks as task_store
from storage.cases import Case, Submission
from storage.database import Session
from workflows import engine, forms, views
from workflows.case.bundles import bundle_of
from workflows.case.delivery import MANNERS, deliveries_of
from workflows.case.reading import enterprise_profile, look_at, may_read
from workflows.case.step import Look
from workflows.casework import objection_triage
from workflows.casework.cases import find_readable, refuse_outsiders, with_amounts
from workflows.casework.dossier_shapes import (
    AnnouncementShown,
    CalculationShown,
    DecisionShown,
    DiagramsShown,
    Dossier,
    EntryShown,
    LetterShown,
    ListedShown,
    PaymentShown,
    SubmissionShown,
    ValueUsed,
)
from workflows.casework.panels import list_panels
from workflows.errors import Forbidden
from workflows.permissions import INVITED, OFFICE, READERS, Actor


def get_diagram(session: Session, actor: Actor, reference: str, now: datetime) -> DiagramsShown:
    """The diagrams of the case's own version with the path that it took, the called ones included."""
    case = find_readable(session, reference, actor)
    if actor.is_applicant:
        raise Forbidden("流程图供办理人员查看；你可在申报件页面查看办理进度。")
    refuse_outsiders(actor)
    bundle = bundle_of(session, case.definition_id)
    state = instances.get_state(session, case.id)
    process = engine.ProcessInstance.load(bundle.diagrams, state, _no_operations, now)
    incidents = instances.list_incidents(session, [case.id])
    failed = {incident.element_id for incident in incidents if incident.element_id is not None}
    return {
        "diagrams": [
            {
                "key": path.key,
                "xml": bundle.diagrams.xml_of(path.key).decode(),
                "done": list(path.done),
                "open": list(path.open),
                "failed": sorted({*path.failed, *(failed & set(bundle.diagrams.elements(path.key)))}),
                "flows": list(path.flows),
            }
            for path in process.path()
        ]
    }


def _no_operations(call: engine.ServiceCall) -> None:
    raise RuntimeError(f"{call.operation} must not run while looking at a case")


def get_calculation(session: Session, actor: Actor, reference: str) -> list[CalculationShown]:
    """Every calculation of the case, in order; applicants see them once the case was published or has ended."""
    case = find_readable(session, reference, actor)
    if not with_amounts(session, actor, [case]):
        return []
    return [
        {
            "number": calculation.number,
            "at": views.instant(calculation.at),
            "by": calculation.by if actor.sees_names else None,
            "program": calculation.program if actor.reads_office else None,
            "eligible": calculation.eligible,
            "computed_amount": views.amount(calculation.computed_amount),
            "item_amount": views.amount(calculation.item_amount),
            "precap_amount": views.amount(calculation.precap_amount),
            "facts": calculation.facts,
            "parameters": calculation.parameters if actor.sees_names else _without_names(calculation.parameters),
            "conditions": calculation.conditions,
            "steps": calculation.steps,
        }
        for calculation in calculations.list_of_case(session, case.id)
    ]


def _without_names(used: Iterable[ValueUsed]) -> list[ValueUsed]:
    return [
        {"id": each["id"], "value": each["value"], "type": each.get("type"), "unit": each.get("unit")} for each in used
    ]


def get_dossier(session: Session, actor: Actor, reference: str, now: datetime) -> Dossier:
    """What stands beside a task: the facts, every readable submission with its form, reviews, list rows, payments."""
    case = find_readable(session, reference, actor)
    look = look_at(session, case, now)
    bundle = bundle_of(session, case.definition_id)
    tasks = {task.id: task for task in task_store.list_of_case(session, case.id)}
    names = people.names_of(session, {task.completed_by for task in tasks.values() if task.completed_by})
    panel = reviews.current(session, case.id)
    submissions: list[SubmissionShown] = [
        {
            "task": tasks[each.task_id].name,
            "element_id": each.element_id,
            "form": each.form,
            "form_object": bundle.form(each.form),
            "data": views.masked(each.data, actor),
            "by": names.get(each.by, each.by) if actor.sees_names else None,
            "at": views.instant(each.at),
        }
        for each in store.list_submissions(session, case.id)
        if may_read(actor, each, panel) and _concerns(actor, each)
    ]
    application = bundle.form(f"{case.scheme}_application")
    known = {**enterprise_profile(look.enterprise), **look.facts}
    shown = forms.prefill(application, known, enterprise_profile(look.enterprise))
    inside = actor.has(*OFFICE, *READERS)
    told = inside or actor.is_applicant
    return {
        "application_form": application,
        "application": views.masked(shown, actor),
        "submissions": submissions,
        "reviews": list_panels(session, case) if inside else [],
        "list_rows": _list_rows(session, case) if inside else [],
        "decisions": _decisions(session, case) if inside else [],
        "notices": _notices(session, case),
        "objections": objection_triage.of_case(session, actor, case) if inside else [],
        "ledger": _ledger(session, case) if inside else [],
        "payments": _payments(session, case, actor) if told else [],
        "messages": _messages(look) if told else [],
        "correction_items": look.facts.get("correction_items") if case.status == "CORRECTION" else None,
    }


def _list_rows(session: Session, case: Case) -> list[ListedShown]:
    return [
        {
            "round": row.round,
            "precap_amount": views.amount(row.precap_amount),
            "final_amount": views.amount(row.final_amount),
            "proposal": row.proposal,
            "steps": row.steps,
            "at": views.instant(row.fixed_at),
        }
        for row in batches.rows_of_case(session, case.id)
    ]


def _decisions(session: Session, case: Case) -> list[DecisionShown]:
    return [
        {
            "minutes_no": resolution.minutes_no,
            "result": decision.result,
            "amount": views.amount(decision.amount),
            "reason": decision.reason,
            "at": views.instant(resolution.recorded_at),
        }
        for decision, resolution in batches.decisions_of_case(session, case.id)
    ]


def _notices(session: Session, case: Case) -> list[AnnouncementShown]:
    return [
        {
            "id": notice.id,
            "title": notice.title,
            "amount": views.amount(item.amount),
            "published_at": views.instant(notice.published_at),
            "ends_at": views.ending(item.ends_at),
        }
        for item, notice in publicity.announcements(session, case.id)
    ]


def _ledger(session: Session, case: Case) -> list[EntryShown]:
    return [
        {
            "state": entry.state,
            "from_state": entry.from_state,
            "amount": views.amount(entry.amount),
            "at": views.instant(entry.at),
            "why": entry.why,
        }
        for entry in ledger.entries_of_case(session, case.id)
    ]


def _payments(session: Session, case: Case, actor: Actor) -> list[PaymentShown]:
    return [
        {
            "number": payment.number,
            "state": payment.state,
            "amount": views.amount(payment.amount),
            "account_name": payment.account_name,
            "account_no": payment.account_no if actor.sees_personal_data else views.mask(payment.account_no),
            "voucher_no": payment.voucher_no,
            "paid_on": payment.paid_on.isoformat() if payment.paid_on else None,
            "return_reason": payment.return_reason,
        }
        for payment in payments.list_of_case(session, case.id)
    ]


def _messages(look: Look) -> list[LetterShown]:
    sent = messages.list_of_case(look.session, look.case.id)
    proved = deliveries_of(look, sent)
    return [
        {
            "kind": each.kind,
            "number": each.number,
            "title": each.title,
            "body": each.body,
            "sent_at": views.instant(each.sent_at),
            "read_at": views.instant(each.read_at),
            "served_on": proved[each.id].on.isoformat() if each.id in proved else None,
            "manner_name": MANNERS[proved[each.id].manner] if each.id in proved else None,
            "to_serve": each.unproved_at is not None and each.id not in proved,
        }
        for each in sent
    ]


def _concerns(actor: Actor, sent: Submission) -> bool:
    """Invited outsiders read the application and the reports, not the office's internal opinions."""
    if actor.has(*OFFICE, *READERS) or actor.is_applicant:
        return True
    outside = ("fill_application", "correction", "explanation", "audit_verification", "audit_supplement", "cut_comment")
    return actor.has(*INVITED) and (sent.element_id in outside or sent.seal is not None)
