"""The demo clock; outside demo mode these addresses do not exist."""

from typing import Any

from flask import current_app, g

from server import clock
from server.api.moments import read_instant, read_period
from server.api.route import answers, call, record, text
from workflows import jobs
from workflows.errors import NotFound


def _only_in_demo() -> None:
    if not current_app.extensions["greencase"].settings.demo:
        raise NotFound("没有这个地址。")


@call("GET", "/demo/clock", public=True, summary="演示时钟", errors=(404,), answer=answers(now=text()))
def get_clock() -> dict[str, Any]:
    _only_in_demo()
    return {"now": g.now.isoformat()}


@call(
    "POST",
    "/demo/clock",
    summary="推进演示时钟，并办理到期事项",
    errors=(404, 409, 422),
    answer=answers(now=text()),
    body=record(advance=text(40), now=text(40)),
)
def move_clock(data: dict[str, str]) -> dict[str, Any]:
    _only_in_demo()
    advance = read_period(data["advance"], "advance") if data.get("advance") else None
    to = read_instant(data["now"], "now") if data.get("now") else None
    return {"now": move(advance, to).isoformat()}


def move(advance: Any, to: Any) -> Any:
    """Move the clock, commit, then run what has become due, each in its own transaction, before answering."""
    installation = current_app.extensions["greencase"]
    with installation.database.transaction() as session:
        now = clock.move(session, advance=advance, to=to)
    jobs.run_due(installation.database, now, wait=True)
    return now
