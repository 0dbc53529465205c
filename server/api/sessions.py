"""Sign in, sign out."""

from typing import Any

from flask import current_app, request

from server.access import current_actor, open_session, sign_out
from server.api.route import answers, call, record, text
from storage.database import Database

USER = answers(username=text(), roles={"type": "array", "items": text()})


@call(
    "POST",
    "/session",
    public=True,
    summary="登录，取得令牌",
    status=201,
    errors=(401, 429),
    kept=False,
    body=record(("username", "password"), username=text(200), password=text(1000)),
    answer=answers(token=text(), user=USER),
)
def create_session(data: dict[str, str]) -> dict[str, Any]:
    database: Database = current_app.extensions["greencase"].database
    token, actor = open_session(database, data["username"], data["password"], request.remote_addr or "")
    return {"token": token, "user": {"username": actor.username, "roles": sorted(actor.roles)}}


@call("DELETE", "/session", summary="退出登录，令牌立即失效", status=204)
def delete_session() -> None:
    sign_out()


@call("GET", "/session", summary="当前登录人", answer=USER)
def get_session() -> dict[str, Any]:
    actor = current_actor()
    return {"username": actor.username, "name": actor.display_name, "roles": sorted(actor.roles), "uscc": actor.uscc}
