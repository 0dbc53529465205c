"""User tasks: worklist, form, claim, release, assign, draft, complete, in bulk."""

from typing import Any

from flask import g

from server.api.route import PAGE_QUERY, answers, call, caller, listing, record, text
from server.api.shape import of
from server.moments import read_date
from workflows.casework import replacements, review_points, tasks, worklists
from workflows.casework.shapes import Completed, TaskDetail, TaskRow
from workflows.errors import GreenCaseError
from workflows.paging import Items

TASK = of(TaskRow)
ANY_DATA = {"type": "object", "maxProperties": 500}
ANSWERED = record(("answer",), answer={"enum": list(review_points.ANSWERS)}, remark=text(review_points.LONGEST_REMARK))


@call(
    "GET",
    "/tasks",
    summary="我的待办、待领、已办",
    answer=listing(TASK),
    query={
        "case": text(40),
        "status": {"enum": ["open", "done"]},
        "assignee": {"enum": ["me", "none"]},
        "role": text(40),
        "scheme": text(40),
        "due_before": text(10),
        "q": text(100),
        "sort": {"enum": ["due"]},
        **PAGE_QUERY,
    },
)
def list_tasks(query: dict[str, Any]) -> Items[TaskRow]:
    query.pop("sort", None)
    if "due_before" in query:
        query["due_before"] = read_date(query["due_before"], "due_before")
    return worklists.list_tasks(g.session, caller(), **query).as_dict()


@call("GET", "/tasks/<task>", summary="一项任务及其表单", errors=(404,), answer=of(TaskDetail))
def get_task(task: str) -> TaskDetail:
    return tasks.get_task(g.session, caller(), task, g.now)


@call("POST", "/tasks/<task>/claim", summary="领取", errors=(403, 404, 409), body=record(), answer=TASK)
def claim(task: str, data: dict[str, Any]) -> TaskRow:
    tasks.claim(g.session, caller(), task, g.now)
    return _row(task)


@call("POST", "/tasks/<task>/release", summary="退回待领", errors=(403, 404, 409), body=record(), answer=TASK)
def release(task: str, data: dict[str, Any]) -> TaskRow:
    tasks.release(g.session, caller(), task, g.now)
    return _row(task)


@call(
    "POST",
    "/tasks/<task>/assignment",
    "section_chief",
    summary="分派、转办",
    errors=(403, 404, 409, 422),
    body=record(("username",), username=text(64)),
    answer=TASK,
)
def assign(task: str, data: dict[str, Any]) -> TaskRow:
    tasks.assign(g.session, caller(), task, data["username"], g.now)
    return _row(task)


@call(
    "POST",
    "/tasks/<task>/replacement",
    "review_organizer",
    summary="补抽：收回未作声明或者中途退出的专家席位",
    errors=(403, 404, 409, 422),
    body=record(("reason",), reason=text(500)),
    status=204,
)
def excuse_expert(task: str, data: dict[str, Any]) -> None:
    replacements.excuse_expert(g.session, caller(), task, data["reason"], g.now)


@call(
    "PUT",
    "/tasks/<task>/draft",
    summary="暂存",
    errors=(403, 404, 409, 422),
    body=record(("data",), data=ANY_DATA),
    status=204,
)
def save_draft(task: str, data: dict[str, Any]) -> None:
    tasks.save_draft(g.session, caller(), task, data["data"], g.now)


@call(
    "POST",
    "/tasks/<task>/completion",
    summary="办结；documents为所核对材料的digest，给出而其后材料有变化的为412；points逐项答复对照要点，可不答",
    errors=(403, 404, 409, 412, 422),
    body=record(
        ("data",),
        data=ANY_DATA,
        documents=text(64),
        points={"type": "object", "maxProperties": 100, "additionalProperties": ANSWERED},
    ),
    answer=of(Completed),
)
def complete(task: str, data: dict[str, Any]) -> Completed:
    return tasks.complete(
        g.session,
        caller(),
        task,
        data["data"],
        g.now,
        documents_seen=data.get("documents"),
        points=data.get("points"),
    )


def _row(task: str) -> TaskRow:
    g.session.flush()
    return worklists.get_row(g.session, caller(), task)


@call(
    "POST",
    "/tasks/bulk",
    summary="批量领取、分派、催办；逐项给出结果",
    errors=(422,),
    answer=answers(items={"type": "array"}),
    body=record(
        ("action", "ids"),
        action={"enum": ["claim", "assign", "remind"]},
        ids={"type": "array", "items": text(64), "minItems": 1, "maxItems": 200},
        data=record(username=text(64)),
    ),
)
def bulk(data: dict[str, Any]) -> dict[str, Any]:
    """Each id in a savepoint of its own: one that cannot be done says so and leaves the others alone."""
    actor, results = caller(), []
    tasks.lock_cases(g.session, data["ids"])
    for task in dict.fromkeys(data["ids"]):
        try:
            with g.session.begin_nested():
                if data["action"] == "claim":
                    tasks.claim(g.session, actor, task, g.now)
                elif data["action"] == "assign":
                    tasks.assign(g.session, actor, task, (data.get("data") or {}).get("username", ""), g.now)
                else:
                    tasks.remind(g.session, actor, task, g.now)
            results.append({"id": task, "status": 200})
        except GreenCaseError as error:
            results.append({"id": task, "status": error.status, "title": error.title, "detail": error.detail})
    return {"items": results}
