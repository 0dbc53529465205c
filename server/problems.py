"""Errors, mapped to a status and a sentence once: problem+json for the API, a page for people."""

import logging

from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed
from werkzeug.wrappers import Response as AnyResponse

from server.clock import machine_now
from server.clock import now as business_now
from server.json import dumps
from storage.database import (
    DataError,
    DBAPIError,
    PoolExhausted,
    Session,
    is_away,
    is_in_the_way,
    sqlstate,
    took_too_long,
)
from workflows.case.running import record_incident
from workflows.errors import GreenCaseError, NotSignedIn, StepFailed

log = logging.getLogger("greencase")

UNIQUE_VIOLATION = "23505"

SENTENCES = {
    400: ("请求无法识别", "请求内容无法识别，请返回后重试。"),
    404: ("未找到", "没有这个页面，或你无权查看。"),
    405: ("不支持的操作", "此地址不支持这种操作。"),
    413: ("内容过大", "提交的内容过大，请减少后重试。"),
    415: ("类型不支持", "请以JSON格式提交（Content-Type: application/json）。"),
    429: ("操作过于频繁", "操作过于频繁，请稍后再试。"),
}


def init(app: Flask) -> None:
    app.register_error_handler(GreenCaseError, _expected)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(PoolExhausted, _busy)
    app.register_error_handler(Exception, _unexpected)


def _answer(status: int, title: str, detail: str, **more: object) -> AnyResponse:
    if request.path.startswith("/api/"):
        body = {"type": f"urn:greencase:problem:{status}", "title": title, "status": status, "detail": detail, **more}
        response = Response(dumps(body), status=status, mimetype="application/problem+json")
        if status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response
    page = render_template("error.html", status=status, title=title, detail=detail, errors=more.get("errors", []))
    return Response(page, status=status, mimetype="text/html")


def _expected(error: GreenCaseError) -> AnyResponse:
    if isinstance(error, StepFailed):
        _keep_incident(error)
    if isinstance(error, NotSignedIn) and not request.path.startswith("/api/"):
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("account.sign_in_page", next=wanted, ended=1))
    more: dict[str, object] = dict(error.extra)
    if error.errors:
        more["errors"] = [{"field": each.field, "message": each.message} for each in error.errors]
    return _answer(error.status, error.title, error.detail, **more)


def _keep_incident(error: StepFailed) -> None:
    """The failed step is rolled back first; the incident is an event of its own."""
    log.exception("step failed in case %s at %s", error.case_id, error.element_id, exc_info=error)
    g.session.rollback()
    installation = current_app.extensions["greencase"]

    def record(session: Session) -> None:
        now = business_now(session, demo=installation.settings.demo)
        record_incident(session, error.case_id, error.element_id, repr(error.__cause__), now)

    installation.database.run(record)


def _csrf(error: CSRFError) -> AnyResponse:
    return _answer(400, "页面已过期", "页面已过期或来源不明，为安全起见没有提交。请返回刷新页面后重试。")


def _http(error: HTTPException) -> AnyResponse:
    status = error.code or 500
    if error.response is not None or 300 <= status < 400:
        return error.get_response()
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, DBAPIError):
        # The commit failed, after the view was done. When it was sent and nothing came back, nobody knows.
        return _in_doubt(error.original_exception) or _database(error.original_exception)
    title, detail = SENTENCES.get(status, ("请求未能处理", "请求未能处理，请返回后重试。"))
    response = _answer(status, title, detail)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _in_doubt(error: DBAPIError) -> AnyResponse | None:
    if error.statement is not None or not is_away(error):
        return None
    g.database_is_away = True
    log.warning("the database is away at the commit of %s %s: %s", request.method, request.path, error.orig)
    return _answer(503, "服务暂不可用", "数据库暂时不可用，无法确认你的操作是否已经生效，请稍后刷新核对后再办理。")


def _database(error: DBAPIError) -> AnyResponse:
    if is_away(error):
        g.database_is_away = True
        log.warning("the database is away at %s %s: %s", request.method, request.path, error.orig)
        return _answer(503, "服务暂不可用", "数据库暂时不可用，请稍后重试；你的操作没有生效。")
    if took_too_long(error):
        log.error("a statement took too long at %s %s: %s", request.method, request.path, error)
        return _answer(503, "服务暂不可用", "系统处理时间过长，已停止；你的操作没有生效，请稍后重试。")
    if is_in_the_way(error) or sqlstate(error) == UNIQUE_VIOLATION:
        log.warning("a clash at %s %s: %s", request.method, request.path, error.orig)
        return _answer(409, "当前状态不能办理", "其他人正在办理同一事项，你的操作没有生效，请刷新后重试。")
    if isinstance(error, DataError):
        # The last line: whatever let this value through should have refused it with the name of its field.
        log.error("a value that no column holds at %s %s: %s", request.method, request.path, error.orig)
        return _answer(422, "填报内容有误", "提交的内容中有无法保存的字符或过大的数，请更正后重试。")
    return _unexpected(error)


def _busy(_: PoolExhausted) -> AnyResponse:
    return _answer(503, "服务暂不可用", "系统繁忙，请稍后重试；你的操作没有生效。")


def _unexpected(error: Exception) -> AnyResponse:
    log.exception("unexpected error at %s %s (%s)", request.method, request.path, machine_now(), exc_info=error)
    return _answer(500, "系统错误", "系统出现意外错误，已记录；你的操作没有生效，请稍后重试。")
