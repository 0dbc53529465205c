"""User tasks: find, claim, release, assign, draft, complete."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from storage import avoidances, cases, people, reviews
from storage import tasks as store
from storage.database import Session
from storage.instances import TaskGround
from storage.people import User
from storage.tasks import Task
from workflows import audit, forms
from workflows.case import checks, collection, drawn, effects, quotas, refusing
from workflows.case.avoiding import KEPT_AWAY
from workflows.case.bundles import bundle_of
from workflows.case.reading import computed_facts, enterprise_profile, look_at, may_read
from workflows.case.running import Running, open_task, refuse_suspended
from workflows.case.step import Look, Step
from workflows.case.submitting import POINTS, submit
from workflows.casework import documents, requests
from workflows.casework.review_points import PointAnswer, points_at, read_answers
from workflows.casework.shapes import Completed, TaskDetail, TaskOnPage, completion, task_detail
from workflows.casework.worklists import get_known, may_know
from workflows.errors import Conflict, Forbidden, Invalid, NotFound
from workflows.errors import FieldError as Problem
from workflows.permissions import OFFICE, READERS, ROLES, Actor, require


def get_task(session: Session, actor: Actor, task_id: str, now: datetime) -> TaskDetail:
    """The task with its form: JSON Schema, the form for people, and the data it starts with."""
    detail, _, _ = _read(session, actor, task_id, now)
    return detail


def get_task_on_page(session: Session, actor: Actor, task_id: str, now: datetime) -> TaskOnPage:
    """As `get_task`, with the form as pages render and read it."""
    detail, form, allowed = _read(session, actor, task_id, now)
    return {**detail, "form_object": form, "allowed": allowed}


def _read(session: Session, actor: Actor, task_id: str, now: datetime) -> tuple[TaskDetail, forms.Form, forms.Allowed]:
    """The task, its form with the choices that the case leaves open, and what pages offer."""
    task, case = get_known(session, actor, task_id)
    if task.role not in actor.roles and not actor.has(*OFFICE, *READERS):
        raise Forbidden(f"此任务由{ROLES.get(task.role, task.role)}办理。")
    look = look_at(session, case, now)
    bundle = bundle_of(session, case.definition_id)
    form, ui = bundle.form(task.form), bundle.form_schemas[task.form]
    points = points_at(task.element_id, case.scheme, look.batch.parameters or {})
    shown = partial(task_detail, task, case, look.enterprise, actor, points=points)
    if task.status != "open":
        submission = cases.submission_of_task(session, task.id)
        panel = reviews.current(session, case.id) if submission and submission.seal else None
        data = submission.data if submission and may_read(actor, submission, panel) else {}
        return shown(form, ui, form_data=data, allowed={}, examples=None, request=None), form, {}
    allowed = checks.allowed(form.key, look)
    form = forms.settle(form, allowed)
    context = example_context(look, task)
    # Examples hold the case's own figures; who only looks gets none, so that no mask is undone by them.
    examples = context if task.role in actor.roles else None
    # A draft is its author's, or his post's; nobody else reads what was not sent.
    working = task.draft_by == actor.username or (task.role in actor.roles and not task.personal)
    data = {**forms.prefill(form, context.facts, context.enterprise), **((task.draft or {}) if working else {})}
    code = drawn.asked_at(bundle.element(task.process, task.element_id))
    no_quota = code == drawn.PAYING and quotas.missing(look)
    asked = requests.request_for(code, case.scheme, context.facts, no_quota=no_quota)
    detail = shown(form, ui, form_data=data, allowed=allowed, examples=examples, request=asked)
    return detail, form, {**allowed, **checks.offered(form.key, look)}


def example_context(look: Look, task: Task) -> forms.ExampleContext:
    """What a form starts with and its examples are computed from: what the office already knows."""
    return forms.ExampleContext(
        reference=look.case.reference,
        task_id=task.id,
        today=look.today,
        date_from=look.batch.matter_date_from,
        date_to=look.batch.matter_date_to,
        facts={**look.facts, **computed_facts(look)},
        enterprise=enterprise_profile(look.enterprise),
    )


def _find(session: Session, actor: Actor, task_id: str, now: datetime) -> tuple[Running, TaskGround]:
    """Lock the task's case and read the task under the lock."""
    found = open_task(session, task_id, actor, now)
    if found is None or not may_know(session, actor, found[1].task, found[0].case):
        raise NotFound("没有这一任务，或你无权查看。")
    return found


def lock_task(session: Session, actor: Actor, task_id: str, now: datetime) -> tuple[Running, Task]:
    """The task under the lock of its case, for what others do with it than who completes it."""
    running, ground = _find(session, actor, task_id, now)
    return running, ground.task


def _take_up(session: Session, actor: Actor, task_id: str, now: datetime) -> tuple[Running, TaskGround]:
    """The task under the lock of its case, for whoever may do it now; else a refusal."""
    running, ground = _find(session, actor, task_id, now)
    _guard(running, ground)
    return running, ground


def _guard(running: Running, ground: TaskGround) -> None:
    """Who may do this task now; each refusal has its own sentence."""
    step, actor, task = running.step, running.step.actor, ground.task
    if task.role not in actor.roles:
        raise Forbidden(f"此任务由{ROLES.get(task.role, task.role)}办理。")
    step.actor = actor.in_role(task.role)
    if task.personal and task.assignee != actor.username:
        raise Forbidden("此任务已指定办理人。")
    if task.status != "open":
        raise Conflict("该任务已办结或已失效，请刷新后查看最新状态。")
    refuse_suspended(running.case)
    if task.assignee not in (None, actor.username):
        raise Conflict("该任务已由他人领取。")
    if ground.avoids:
        raise Forbidden(KEPT_AWAY)
    if task.element_id == refusing.RULING and refusing.proposed_by(step.facts) == actor.username:
        raise Forbidden("拟不予支持由你提出，须由另一人复核。")
    if ground.kept_from_by:
        raise Forbidden(f"你已办理本件的“{ground.kept_from_by}”，按岗位分离要求不得再办理“{task.name}”。")
    if why := collection.kept_apart(step.session, running.case.id, task.form, actor.username):
        raise Forbidden(why)


def complete(
    session: Session,
    actor: Actor,
    task_id: str,
    data: Mapping[str, Any],
    now: datetime,
    *,
    documents_seen: str | None = None,
    points: Mapping[str, Mapping[str, Any]] | None = None,
) -> Completed:
    """Complete a task with form data: validate, keep the submission, let the process run on, record it.

    Completing an unclaimed task claims it. `documents_seen` is the digest of the documents that it was decided on;
    `points` answers the task's review points, by parameter.
    Raises NotFound, Forbidden, Conflict (somebody was faster), Changed (other documents are there now), Invalid.
    """
    running, ground = _take_up(session, actor, task_id, now)
    if documents_seen is not None:
        documents.refuse_unseen(session, running.case.id, documents_seen)
    step, task = running.step, ground.task
    form = running.bundle.form(task.form)
    clean = _validated(step, form, data, _answers(step, task, form, data, points or {}))

    step.ahead.clear()
    element = running.bundle.element(task.process, task.element_id)
    completed = submit(step, task, form, clean, ground.earlier, sealed=drawn.seals(element))
    store.finish(session, task, actor.username, now)
    effects.apply(element, step)
    decision = clean.get(forms.DECISION)
    running.complete(task, str(decision) if decision is not None else None, completed)
    running.save()
    held = str(clean.get("hold_reason")) if decision == checks.HELD else None
    return completion(running.case, task, held)


def _answers(
    step: Step, task: Task, form: forms.Form, data: Mapping[str, Any], given: Mapping[str, Mapping[str, Any]]
) -> tuple[list[PointAnswer], list[Problem]]:
    asked = points_at(task.element_id, step.case.scheme, step.batch.parameters or {})
    forward = bool(form.decisions) and data.get(forms.DECISION) == form.decisions[0]
    return read_answers(given, asked, passes=forward)


def _validated(
    step: Step, form: forms.Form, data: object, answers: tuple[list[PointAnswer], list[Problem]]
) -> dict[str, Any]:
    allowed = checks.allowed(form.key, step)
    try:
        clean = forms.validate(form, data, allowed=allowed)
    except forms.Invalid as invalid:
        raise Invalid(
            "填报内容有误，请按提示修改后重新提交。",
            errors=[Problem(error.field, error.message) for error in invalid.errors],
        ) from None
    clean = checks.withheld(form, step, clean)
    answered, wrong = answers
    asked = {**clean, POINTS: answered} if answered else clean
    errors = checks.check(form.key, step, asked) + checks.not_kept(form.key, step, clean) + wrong
    if errors:
        raise Invalid("填报内容有误，请按提示修改后重新提交。", errors=errors)
    return {**clean, POINTS: answered} if answered else clean


def save_draft(session: Session, actor: Actor, task_id: str, data: Mapping[str, Any], now: datetime) -> None:
    """Keep what was typed so far, unchecked; it is cleared on completion."""
    _, ground = _take_up(session, actor, task_id, now)
    task = ground.task
    if len(audit.canonical(dict(data))) > 400_000:
        raise Invalid("暂存内容过大，请减少后重试。")
    task.draft, task.draft_by, task.draft_at = dict(data), actor.username, now
    task.version += 1


def claim(session: Session, actor: Actor, task_id: str, now: datetime) -> None:
    """Take an unassigned task; Conflict when somebody else has it."""
    running, ground = _take_up(session, actor, task_id, now)
    task = ground.task
    if task.assignee == actor.username:
        return
    task.assignee, task.version = actor.username, task.version + 1
    running.step.record("task_claimed", task.element_id, [{"field": "assignee", "old": None, "new": actor.username}])


def release(session: Session, actor: Actor, task_id: str, now: datetime) -> None:
    """Give a claimed task back to the role; a personal task stays with its expert."""
    running, task = lock_task(session, actor, task_id, now)
    if task.status != "open" or task.assignee != actor.username:
        raise Conflict("该任务不在你名下，不能退回待领。")
    refuse_suspended(running.case)
    if task.personal:
        raise Conflict("此任务已指定办理人，不能退回待领。")
    task.assignee, task.version = None, task.version + 1
    running.step.record("task_released", task.element_id, [{"field": "assignee", "old": actor.username, "new": None}])


def assign(session: Session, actor: Actor, task_id: str, username: str, now: datetime) -> None:
    """Give an open task to a person who has its role (分派、转办); by the section chief."""
    actor = require(actor, "section_chief")
    running, task = lock_task(session, actor, task_id, now)
    if task.status != "open":
        raise Conflict("该任务已办结或已失效，请刷新后查看最新状态。")
    refuse_suspended(running.case)
    user = people.find_user(session, username)
    if user is None or not user.active or task.role not in user.roles or task.personal or task.role == "applicant":
        raise Invalid("不能分派给此人。", errors=[Problem("username", f"请选择{ROLES.get(task.role, '')}人员。")])
    if task.separate_from and store.has_completed(session, running.case.id, task.separate_from, username):
        raise Invalid("不能分派给此人。", errors=[Problem("username", "按岗位分离要求，此人不得办理本环节。")])
    if collection.kept_apart(session, running.case.id, task.form, username):
        raise Invalid("不能分派给此人。", errors=[Problem("username", "线索由此人登记，须由另一人核查。")])
    if avoidances.find_holding(session, running.case.id, username) is not None:
        raise Invalid("不能分派给此人。", errors=[Problem("username", "此人已对本件回避，不得办理本件。")])
    old, task.assignee, task.version = task.assignee, username, task.version + 1
    running.step.record("task_assigned", task.element_id, [{"field": "assignee", "old": old, "new": username}])


def remind(session: Session, actor: Actor, task_id: str, now: datetime) -> None:
    """Put a reminder on the case's record (催办); by the section chief or the case's officer."""
    actor = require(actor, "section_chief", "case_officer", "review_organizer")
    running, task = lock_task(session, actor, task_id, now)
    if task.status != "open":
        raise Conflict("该任务已办结或已失效，请刷新后查看最新状态。")
    refuse_suspended(running.case)
    running.step.record(
        "task_reminded", task.element_id, [{"field": "assignee", "old": None, "new": task.assignee or task.role}]
    )


def lock_cases(session: Session, task_ids: Sequence[str]) -> None:
    """Lock the cases of several tasks in their order before anything is done to one of them."""
    cases.lock_all(session, store.cases_of(session, task_ids))


def assignees(session: Session, actor: Actor, task_id: str) -> Sequence[User]:
    """Who may be given the task: the people of its post but for those who keep away from its case."""
    task, case = get_known(session, actor, task_id)
    away = avoidances.who_keep_away(session, case.id)
    return [user for user in people.users_with_role(session, task.role) if user.username not in away]
