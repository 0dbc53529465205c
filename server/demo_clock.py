"""Moving the demo clock: nobody waits for a term, and what has become due is done before the answer."""

from datetime import datetime, timedelta

from flask import current_app

from server import clock
from server.once_more import only_once
from workflows.attempts import Away
from workflows.errors import NotFound, Unavailable
from workflows.jobs import due


def require_demo() -> None:
    """NotFound outside demo mode: there these addresses do not exist."""
    if not current_app.extensions["greencase"].settings.demo:
        raise NotFound("没有这个地址。")


def move(advance: timedelta | None, to: datetime | None) -> datetime:
    """Move the clock, commit, then run what has become due, each in its own transaction, before answering."""
    installation = current_app.extensions["greencase"]
    now: datetime = installation.database.run(lambda session: clock.move(session, advance=advance, to=to))
    only_once()
    try:
        due.run_due(installation.database, now, wait=True)
    except Away as away:
        raise Unavailable("时钟已推进，但到期事项尚未全部办理，后台任务将继续办理。") from away
    return now
