"""Accounts of people: made on the command line of an installation; every one is on record."""

import re
from datetime import datetime

from storage import people
from storage.database import Session
from storage.people import User
from workflows.audit import Chain
from workflows.errors import FieldError, Invalid
from workflows.permissions import ROLES, Actor

CHAIN = "accounts"
_USERNAME = re.compile(r"[a-z][a-z0-9_.-]{1,31}")
SHORTEST_PASSWORD = 10


def check_password(password: str) -> None:
    """Raise Invalid for a password that is too short or too long."""
    if not SHORTEST_PASSWORD <= len(password) <= 200:
        raise Invalid(
            f"密码至少{SHORTEST_PASSWORD}位。", errors=[FieldError("password", f"密码至少{SHORTEST_PASSWORD}位。")]
        )


def create(
    session: Session,
    *,
    username: str,
    name: str,
    role: str,
    password_hash: str,
    uscc: str | None,
    by: Actor,
    now: datetime,
) -> User:
    """Make an account with one role; an applicant acts for the registered enterprise of `uscc`. Raises Invalid."""
    errors = []
    if not _USERNAME.fullmatch(username):
        errors.append(FieldError("username", "用户名以小写字母开头，由小写字母、数字和“._-”组成，2至32位。"))
    elif people.find_user(session, username) is not None:
        errors.append(FieldError("username", "该用户名已被使用。"))
    if role not in ROLES:
        errors.append(FieldError("role", f"没有这一角色；可用的角色：{'、'.join(ROLES)}。"))
    if not 1 <= len(name) <= 50:
        errors.append(FieldError("name", "请填写姓名，不超过50字。"))
    enterprise = people.find_enterprise(session, uscc) if uscc else None
    if (role == "applicant") != (enterprise is not None):
        errors.append(FieldError("uscc", "申报单位经办人须指定已登记单位的统一社会信用代码，其他角色不得指定。"))
    if errors:
        raise Invalid("账号信息有误。", errors=errors)
    user = User(
        username=username,
        display_name=name,
        password_hash=password_hash,
        roles=[role],
        enterprise_id=enterprise.id if enterprise else None,
        active=True,
    )
    session.add(user)
    Chain.open_locked(session, CHAIN).append(
        now, by, "account_created", username, [{"field": "role", "old": None, "new": role}]
    )
    return user
