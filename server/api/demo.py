"""The demo clock; outside demo mode these addresses do not exist."""

from typing import Any

from flask import g

from server.api.route import answers, call, record, text
from server.demo_clock import move, require_demo
from server.moments import read_instant, read_period


@call("GET", "/demo/clock", public=True, summary="演示时钟", errors=(404,), answer=answers(now=text()))
def get_clock() -> dict[str, Any]:
    require_demo()
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
    require_demo()
    advance = read_period(data["advance"], "advance") if data.get("advance") else None
    to = read_instant(data["now"], "now") if data.get("now") else None
    return {"now": move(advance, to).isoformat()}
