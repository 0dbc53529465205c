"""Who is asking, and may he: sessions that can be revoked at once, the throttle, and a role for every route."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar, cast

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, current_app, g, request
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from server.clock import machine_now
from storage import people
from storage.database import Database
from storage.people import SignIn, SignInFailure, User
from workflows.errors import Forbidden, NotSignedIn, TooMany
from workflows.permissions import ROLES, Actor

SESSION_HOURS = 12
FAILURE_WINDOW = timedelta(minutes=15)
# Per account and address, and per address over all accounts; a throttled try is refused unheard and not counted, so one
# attacked account uses up ten of its address's hundred and its neighbours go on.
ACCOUNT_FAILURES, ADDRESS_FAILURES = 10, 100
# Objections need no account; more than these in a window from one address are not one person's.
OBJECTIONS_PER_ADDRESS = 20
EVIDENCE_PER_ADDRESS = 30
# Nor does anybody who has a code ask so often.
QUERIES_PER_ADDRESS = 60

_hasher = PasswordHasher()
# Verified when there is no such account, so that the answer takes as long.
_NOBODY = _hasher.hash(secrets.token_hex(16))

View = TypeVar("View", bound=Callable[..., Any])


class Access:
    """The rule of one route: open to everybody, or for anybody signed in who has one of the roles (none: any)."""

    def __init__(self, roles: tuple[str, ...], public: bool) -> None:
        unknown = [role for role in roles if role not in ROLES]
        if unknown:
            raise ValueError(f"unknown roles: {unknown}")
        self.roles, self.public = roles, public


def allow(*roles: str) -> Callable[[View], View]:
    """Mark a view as allowed for signed-in people with one of the roles; without roles, for anybody signed in."""

    def mark(view: View) -> View:
        view.access = Access(roles, public=False)  # type: ignore[attr-defined]
        return view

    return mark


def open_to_all(view: View) -> View:
    """Mark a view as open to everybody."""
    view.access = Access((), public=True)  # type: ignore[attr-defined]
    return view


class SignedIn(UserMixin):
    """What flask-login keeps of a signed-in person: the session token is the id."""

    def __init__(self, token: str, actor: Actor) -> None:
        self.token, self.actor = token, actor

    def get_id(self) -> str:
        return self.token


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def init(app: Flask) -> None:
    """Install the login manager and the guard that denies every route without a rule."""
    # Templates ask for their reader themselves: an error page must not need the database to know who sees it.
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = None
    manager.user_loader(_from_cookie)
    manager.request_loader(_from_header)
    app.before_request(_guard)


def _is_api() -> bool:
    return request.path.startswith("/api/")


def _from_cookie(token: str) -> SignedIn | None:
    # The API takes no cookies: so no foreign page can call it with somebody's session.
    return None if _is_api() else _find(token)


def _from_header(_: object) -> SignedIn | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return _find(token.strip()) if _is_api() and kind.lower() == "bearer" and token else None


def _find(token: str) -> SignedIn | None:
    if not 20 <= len(token) <= 100:
        return None
    found = people.find_sign_in(g.session, _digest(token), machine_now())
    if found is None:
        return None
    g.clock_offset = found.clock_offset
    return SignedIn(token, actor_of(found, found.uscc, request.remote_addr))


def actor_of(user: User | people.SignedIn, uscc: str | None, address: str | None = None) -> Actor:
    roles = frozenset(user.roles)
    return Actor(user.id, user.username, user.display_name, roles, user.enterprise_id, uscc, address=address)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _guard() -> None:
    if request.endpoint is None or request.endpoint.endswith("static"):
        return
    rule = getattr(current_app.view_functions[request.endpoint], "access", None)
    if rule is None:
        raise Forbidden("此页面未开放。")
    if rule.public:
        return
    if not current_user.is_authenticated:
        raise NotSignedIn("登录已失效或尚未登录，请登录后继续。")
    if rule.roles and not current_actor().has(*rule.roles):
        names = "、".join(ROLES[role] for role in rule.roles)
        raise Forbidden(f"此项操作由{names}办理。")


def current_actor() -> Actor:
    """The signed-in person; NotSignedIn where nobody is."""
    if not current_user.is_authenticated:
        raise NotSignedIn("请先登录。")
    return cast(SignedIn, current_user).actor


def find_actor() -> Actor | None:
    """The signed-in person on a page that is open to everybody."""
    return cast(SignedIn, current_user).actor if current_user.is_authenticated else None


def open_session(database: Database, username: str, password: str, address: str) -> tuple[str, Actor]:
    """Check a password and open a session in a transaction of its own; the token is shown this once.

    Raises NotSignedIn for a wrong name or password (which of the two is not said), TooMany when throttled.
    """
    name, now = username.strip()[:64], machine_now()
    account, since = f"{name}|{address}", now - FAILURE_WINDOW
    with database.transaction() as session:
        throttled = (
            people.count_failures(session, account, since) >= ACCOUNT_FAILURES
            or people.count_failures(session, address, since) >= ADDRESS_FAILURES
        )
        user = people.find_user(session, name)
    if throttled:
        raise TooMany("密码错误次数过多，请15分钟后再试。")
    if not _matches(user, password):
        with database.transaction() as session:
            session.add_all(SignInFailure(subject=subject, at=now) for subject in (account, address))
        raise NotSignedIn("用户名或密码不正确。")
    assert user is not None
    token = secrets.token_urlsafe(32)
    with database.transaction() as session:
        people.forget_failures(session, account)
        expires = now + timedelta(hours=SESSION_HOURS)
        session.add(SignIn(token_hash=_digest(token), user_id=user.id, created_at=now, expires_at=expires))
        uscc = people.get_enterprise(session, user.enterprise_id).uscc if user.enterprise_id else None
        return token, actor_of(user, uscc, address)


def count_public_act(what: str, most: int) -> None:
    """Count an act that needs no signing in, with the request's transaction; TooMany above `most` in the window."""
    subject, now = f"{what}|{request.remote_addr}", machine_now()
    if people.count_failures(g.session, subject, now - FAILURE_WINDOW) >= most:
        raise TooMany("操作过于频繁，请15分钟后再试。")
    g.session.add(SignInFailure(subject=subject, at=now))


def _matches(user: User | None, password: str) -> bool:
    usable = user is not None and user.active and len(password) <= 200
    try:
        return _hasher.verify(user.password_hash if usable and user else _NOBODY, password[:200]) and usable
    except (VerificationError, InvalidHashError):
        return False


def sign_in(username: str, password: str) -> Actor:
    """Sign in on a page: open a session and put its token into the signed cookie."""
    database: Database = current_app.extensions["greencase"].database
    token, actor = open_session(database, username, password, request.remote_addr or "")
    login_user(SignedIn(token, actor))
    return actor


def sign_out() -> None:
    """End the session of this request at once, wherever its token is."""
    if current_user.is_authenticated:
        people.end_sign_in(g.session, _digest(cast(SignedIn, current_user).token))
    if not _is_api():
        logout_user()
