"""The shapes of cases and tasks that API and pages show (contract.md): names masked for whom they do not concern."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from storage.cases import Case
from storage.instances import Wait
from storage.people import Enterprise
from storage.tasks import Task
from workflows import forms
from workflows.permissions import Actor
from workflows.views import amount, instant, masked

AMOUNTS = ("computed_amount", "item_amount", "precap_amount", "final_amount", "paid_amount")


def case_row(case: Case, version: Mapping[str, Any], *, amounts: bool) -> dict[str, Any]:
    """A case in a list; needs `enterprise`, `batch` and `matter` loaded. Without `amounts` these are None."""
    row: dict[str, Any] = {
        "reference": case.reference,
        "title": case.title,
        "status": "SUSPENDED" if case.suspended_at and not case.ended_at else case.status,
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
    }
    row.update({field: amount(getattr(case, field)) if amounts else None for field in AMOUNTS})
    row["definition"] = dict(version)
    return row


def open_task(task: Task, actor: Actor) -> dict[str, Any]:
    return {
        "id": task.id,
        "element_id": task.element_id,
        "name": task.name,
        "role": task.role,
        "assignee": task.assignee if actor.reads_office or task.assignee == actor.username else None,
        "due_on": task.due_on.isoformat() if task.due_on else None,
    }


def waiting(waits: Iterable[Wait]) -> list[dict[str, Any]]:
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


def task_row(task: Task, case: Case, enterprise: Enterprise, actor: Actor) -> dict[str, Any]:
    """A task in a worklist."""
    return {
        **open_task(task, actor),
        "case": case.reference,
        "title": case.title,
        "scheme": case.scheme,
        "enterprise": enterprise.name,
        "case_status": "SUSPENDED" if case.suspended_at and not case.ended_at else case.status,
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
) -> dict[str, Any]:
    """A task with its form; `form_object` and `allowed` are for pages and never leave as JSON."""
    return {
        **task_row(task, case, enterprise, actor),
        "form": {
            "key": form.key,
            "title": form.title,
            "schema": forms.json_schema(form, examples=examples, allowed=allowed),
            "ui": ui,
            "data": masked(form_data, actor),
        },
        "draft_at": instant(task.draft_at) if task.draft else None,
        "form_object": form,
        "allowed": dict(allowed),
    }


def completion(case: Case, task: Task) -> dict[str, Any]:
    """What completing a task answers."""
    return {
        "id": task.id,
        "status": task.status,
        "completed_at": instant(task.ended_at),
        "case": {"reference": case.reference, "status": case.status, "stage": case.stage},
    }
