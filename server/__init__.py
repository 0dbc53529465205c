"""The Flask application: thin. Requests come in, use cases answer; one transaction a request, committed here."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, current_app, g, request, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from server import access, problems
from server.clock import machine_now
from server.clock import now as business_now
from server.json import has_control_characters
from server.once_more import OnceMore
from server.settings import Settings
from server.uploads import SpoolingRequest
from storage.database import Database
from storage.objects import ObjectStore
from storage.patience import OF_PAGES
from workflows.errors import Invalid, NotFound, Unreadable

CSP = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'none'; form-action 'self'; base-uri 'none'"
)
JSON_LIMIT = 2 * 1024 * 1024
LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class Installation:
    """What a running application holds."""

    settings: Settings
    database: Database
    store: ObjectStore


def database_of_pages(settings: Settings) -> Database:
    """The database for requests: somebody waits for the answer."""
    return Database(settings.database_url, waiting=OF_PAGES)


def create_app(settings: Settings) -> Flask:
    """The application for these settings; opens no connection before the first request."""
    from server import api, web
    from server.web.showing import presentation

    app = OnceMore(__name__)
    app.request_class = SpoolingRequest
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="greencase",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=JSON_LIMIT,
        MAX_FORM_MEMORY_SIZE=JSON_LIMIT,
        MAX_FORM_PARTS=20_000,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.secure_cookies,
    )
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    store = ObjectStore(
        settings.s3_endpoint, settings.s3_access_key, settings.s3_secret_key, settings.s3_bucket, settings.s3_secure
    )
    app.extensions["greencase"] = Installation(settings, database_of_pages(settings), store)
    app.before_request(_open_transaction)
    app.before_request(_refuse_impossible_address)
    access.init(app)
    app.before_request(_set_clock)
    csrf = CSRFProtect(app)
    api.register(app)
    csrf.exempt(api.blueprint)  # the API takes no cookies
    app.before_request(_refuse_unreadable_form)
    for pages in web.BLUEPRINTS:
        app.register_blueprint(pages)
    presentation.register(app)
    problems.init(app)
    app.after_request(_close_transaction)
    app.after_request(_headers)
    app.teardown_request(_end)
    address = _static_url(app)
    app.context_processor(lambda: {"static_url": address})
    return app


def _refuse_impossible_address() -> None:
    """What no row can hold is not looked for: control characters in a path or a query, numbers beyond every id."""
    for value in (request.view_args or {}).values():
        if value > LARGEST_ID if isinstance(value, int) else has_control_characters(value):
            raise NotFound("没有这个地址。")
    if any(has_control_characters(text) for pair in request.args.items(multi=True) for text in pair):
        raise Invalid("查询条件含有不可见字符，请删除后重试。")


def _refuse_unreadable_form() -> None:
    """No browser sends NUL in a form and no column holds it; the API's own reading refuses it by field."""
    if request.path.startswith("/api/"):
        return
    if any("\0" in text for pair in request.form.items(multi=True) for text in pair):
        raise Unreadable("提交的内容含有无法识别的字符，请重新填写。")


def _open_transaction() -> None:
    installation: Installation = current_app.extensions["greencase"]
    g.session = installation.database.session()


def _set_clock() -> None:
    """The request's one "now"; whoever is signed in brought the demo clock's offset along."""
    if request.endpoint is None or request.endpoint.endswith("static"):
        return
    demo = current_app.extensions["greencase"].settings.demo
    if demo and g.get("clock_offset") is not None:
        g.now = machine_now() + g.clock_offset
    else:
        g.now = business_now(g.session, demo=demo)


def _close_transaction(response: Response) -> Response:
    """Commit what a successful request did; anything else leaves no trace."""
    session = g.get("session")
    if session is not None:
        if response.status_code < 400:
            session.commit()
        else:
            session.rollback()
    return response


def _end(_: BaseException | None) -> None:
    session = g.pop("session", None)
    if session is not None:
        session.close()


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CSP)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if request.endpoint and request.endpoint.endswith("static"):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _static_url(app: Flask) -> object:
    """Addresses of static files with a digest of their content, so that they can be cached for ever."""
    known: dict[str, str] = {}

    def address(name: str) -> str:
        if name not in known:
            path = Path(app.static_folder or "") / name
            known[name] = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.exists() else "0"
        return url_for("static", filename=name, v=known[name])

    return address
