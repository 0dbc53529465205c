"""The shapes of cases and tasks that API and pages show (contract.md): names masked for whom they do not concern.

Instants are texts in UTC, days are texts, amounts are texts in whole yuan.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict

from storage.cases import Case
from storage.instances import Wait, WaitKind
from storage.people import Enterprise
from storage.tasks import Task, TaskStatus
from workflows import forms
from workflows.case.submitting import POINTS
from workflows.casework.requests import Request
from workflows.casework.review_points import PointAnswer, ReviewPoint, kept
from workflows.permissions import Actor
from workflows.views import amount, instant, masked


class EnterpriseNamed(TypedDict):
    """An enterprise beside something else."""

    uscc: str
    name: str


class BatchNamed(TypedDict):
    """A batch beside something else."""

    id: int
    title: str


class MatterNamed(TypedDict):
    """The matter of a case (同一事项)."""

    id: int
    key: str


class DefinitionNamed(TypedDict):
    """The version of a definition; the digest is its bundle's."""

    key: str
    version: int
    sha256: str


class OpenTask(TypedDict):
    """A task that somebody has to do."""

    id: str
    element_id: str
    name: str
    role: str
    assignee: str | None
    due_on: str | None


class Waiting(TypedDict):
    """What a case waits for: the message of a batch call, or the end of a period."""

    element_id: str
    name: str
    kind: WaitKind
    message: str | None
    due_at: str | None


class CaseRow(TypedDict):
    """A case in a list, with what it waits for. Amounts are None for whom they are not announced."""

    reference: str
    title: str
    status: str
    stage: str | None
    reason: str | None
    scheme: str
    enterprise: EnterpriseNamed
    batch: BatchNamed
    matter: MatterNamed | None
    created_at: str
    submitted_at: str | None
    accepted_at: str | None
    suspended_at: str | None
    ended_at: str | None
    computed_amount: str | None
    item_amount: str | None
    precap_amount: str | None
    final_amount: str | None
    paid_amount: str | None
    definition: DefinitionNamed
    open_tasks: list[OpenTask]
    waiting_for: list[Waiting]


class IncidentShown(TypedDict):
    """What went wrong with a case while its diagram ran on."""

    at: str
    element_id: str | None
    what: str


class CaseDetail(CaseRow):
    """One case."""

    incidents: list[IncidentShown]


class TaskRow(OpenTask):
    """A task in a worklist."""

    case: str
    title: str
    scheme: str
    enterprise: str
    case_status: str
    status: TaskStatus
    stage: str | None
    opened_at: str
    ended_at: str | None
    version: int


class FormShown(TypedDict):
    """The form of a task: as JSON Schema, as form-js draws it, and what it starts with."""

    key: str
    title: str
    schema: dict[str, Any]
    ui: Mapping[str, Any]
    data: dict[str, Any]


class TaskDetail(TaskRow):
    """A task with its form, and with what the office asks of the applicant in it."""

    form: FormShown
    draft_at: str | None
    request: Request | None
    points: list[ReviewPoint]
    answers: list[PointAnswer]


class TaskOnPage(TaskDetail):
    """A task with its form as pages render it, and the choices that the case leaves open; this never leaves as JSON."""

    form_object: forms.Form
    allowed: Mapping[str, Sequence[str]]


class CaseStanding(TypedDict):
    """Where a case stands."""

    reference: str
    status: str
    stage: str | None


class Completed(TypedDict):
    """What completing a task answers; `held` says why a payment was not made but held."""

    id: str
    status: TaskStatus
    completed_at: str | None
    held: str | None
    case: CaseStanding


def case_row(
    case: Case, version: DefinitionNamed, tasks: Iterable[Task], waits: Iterable[Wait], actor: Actor, *, amounts: bool
) -> CaseRow:
    """A case in a list; needs `enterprise`, `batch` and `matter` loaded. Without `amounts` these are None."""
    return {
        "reference": case.reference,
        "title": case.title,
        "status": _status(case),
        "stage": case.stage,
        "reason": case.reason,
        "scheme": case.scheme,
        "enterprise": {"uscc": case.enterprise.uscc, "name": case.enterprise.name},
        "batch": {"id": case.batch_id, "title": case.batch.title},
        "matter": {"id": case.matter.id, "key": case.matter.key} if case.matter else None,
        "created_at": instant(case.created_at),
        "submitted_at": instant(case.submitted_at),
        "accepted_at": instant(case.accepted_at),
        "suspended_at": instant(case.suspended_at),
        "ended_at": instant(case.ended_at),
        "computed_amount": amount(case.computed_amount) if amounts else None,
        "item_amount": amount(case.item_amount) if amounts else None,
        "precap_amount": amount(case.precap_amount) if amounts else None,
        "final_amount": amount(case.final_amount) if amounts else None,
        "paid_amount": amount(case.paid_amount) if amounts else None,
        "definition": version,
        "open_tasks": [_open_task(task, actor) for task in tasks],
        "waiting_for": _waiting(waits),
    }


def _status(case: Case) -> str:
    return "SUSPENDED" if case.suspended_at and not case.ended_at else case.status


def _open_task(task: Task, actor: Actor) -> OpenTask:
    return {
        "id": task.id,
        "element_id": task.element_id,
        "name": task.name,
        "role": task.role,
        "assignee": task.assignee if actor.reads_office or task.assignee == actor.username else None,
        "due_on": task.due_on.isoformat() if task.due_on else None,
    }


def _waiting(waits: Iterable[Wait]) -> list[Waiting]:
    """Where the case waits; boundary events are armed but are not what it waits for. Timers first."""
    shown = [wait for wait in waits if not wait.boundary]
    return [
        {
            "element_id": wait.element_id,
            "name": wait.name,
            "kind": wait.kind,
            "message": wait.message,
            "due_at": instant(wait.due_at),
        }
        for wait in sorted(shown, key=lambda wait: (wait.kind != "timer", wait.id))
    ]


def task_row(task: Task, case: Case, enterprise: Enterprise, actor: Actor) -> TaskRow:
    """A task in a worklist."""
    return {
        **_open_task(task, actor),
        "case": case.reference,
        "title": case.title,
        "scheme": case.scheme,
        "enterprise": enterprise.name,
        "case_status": _status(case),
        "status": task.status,
        "stage": task.stage,
        "opened_at": instant(task.opened_at),
        "ended_at": instant(task.ended_at),
        "version": task.version,
    }


def task_detail(
    task: Task,
    case: Case,
    enterprise: Enterprise,
    actor: Actor,
    form: forms.Form,
    ui: Mapping[str, Any],
    *,
    form_data: Mapping[str, Any],
    allowed: Mapping[str, Sequence[str]],
    examples: forms.ExampleContext | None,
    request: Request | None,
    points: list[ReviewPoint],
) -> TaskDetail:
    """A task with its form."""
    return {
        **task_row(task, case, enterprise, actor),
        "form": {
            "key": form.key,
            "title": form.title,
            "schema": forms.json_schema(form, examples=examples, allowed=allowed),
            "ui": ui,
            "data": masked({key: value for key, value in form_data.items() if key != POINTS}, actor),
        },
        "draft_at": instant(task.draft_at) if task.draft else None,
        "request": request,
        "points": points,
        "answers": kept(form_data.get(POINTS)),
    }


def completion(case: Case, task: Task, held: str | None = None) -> Completed:
    """What completing a task answers."""
    return {
        "id": task.id,
        "status": task.status,
        "completed_at": instant(task.ended_at),
        "held": held,
        "case": {"reference": case.reference, "status": case.status, "stage": case.stage},
    }
