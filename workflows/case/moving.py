"""A locked case to another version: its state and definition are replaced, its open tasks and waits shown anew.

Ids, drafts and due days stay; what a task is called, who does it and on which form follow the version.
"""

from typing import Any

from storage import instances
from storage import tasks as task_store
from storage.definitions import DefinitionVersion
from storage.tasks import Task
from workflows import engine
from workflows.case.bundles import bundle_of
from workflows.case.running import Running
from workflows.case.step import Step, local_date


def move(running: Running, definition_id: int, state: bytes) -> list[dict[str, Any]]:
    """Put the case on this version in this state; the changes for its record."""
    step, case = running.step, running.case
    session = step.session
    before = {task.id: task for task in running.process.open_tasks()}
    new = bundle_of(session, definition_id)
    process = engine.ProcessInstance.load(new.diagrams, state, _no_operation, step.now)
    changes = [{"field": "definition", "old": _name(step, case.definition_id), "new": _name(step, definition_id)}]
    now_open = {task.id: task for task in process.open_tasks()}
    for row in task_store.list_open_of_cases(session, [case.id]):
        if row.id in now_open:
            _follow(step, row, before[row.id], now_open[row.id], changes)
    names = {wait.id: wait.name for wait in process.waits()}
    for wait in instances.list_waits(session, [case.id]):
        wait.name = names.get(wait.id, wait.name)

    instances.save_state(session, case.id, state, process.next_due())
    case.definition_id = definition_id
    case.stage = process.stage() or case.stage
    if case.suspended_at is None:
        case.status = process.status() or case.status
    return changes


def _follow(
    step: Step, row: Task, before: engine.OpenTask, now: engine.OpenTask, changes: list[dict[str, Any]]
) -> None:
    """Let an open task be what the version says. A task whose role changes goes back to those who have that role."""
    if now == before:
        return
    if row.role != now.role and row.assignee is not None and not row.personal:
        changes.append({"field": "assignee", "old": row.assignee, "new": None})
        row.assignee = None
    if before.assignee != now.assignee:
        row.assignee, row.personal = now.assignee, now.assignee is not None
    if before.due != now.due:
        row.working_days = step.working_days(now.due)
        row.due_on = step.last_day(row.working_days, local_date(row.opened_at), role=now.role)
    row.name, row.role, row.form = now.name, now.role or row.role, now.form or row.form
    row.stage, row.separate_from, row.version = now.stage, list(now.separate_from), row.version + 1


def _name(step: Step, definition_id: int) -> str:
    version = step.session.get_one(DefinitionVersion, definition_id)
    return f"{version.key}@{version.version} {version.sha256}"


def _no_operation(call: engine.ServiceCall) -> engine.Result:
    raise AssertionError(f"looking at a case calls no operation, but {call.operation}")
