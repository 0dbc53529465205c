"""What a first start puts into an empty database: definitions always; in demo mode people and a batch (fictitious)."""

import json
import logging
from datetime import datetime
from pathlib import Path

from server import clock
from server.access import hash_password
from server.settings import Settings, SettingsError
from storage import people, system
from storage.batches import Batch
from storage.database import Database, Session
from storage.objects import ObjectStore
from storage.people import Enterprise, Expert, User
from workflows import rules
from workflows.batches import rounds
from workflows.case.step import BEIJING
from workflows.permissions import Actor
from workflows.policy import parameters
from workflows.rules import parameters as law
from workflows.workshop import deployments

log = logging.getLogger("greencase")
PASSWORD = "greencase-demo"  # noqa: S105 - the contract publishes it, and it exists in demo mode only
BASIS = "《关于明确2026年度政策口径的请示》（虚构文〔2026〕1号）"

# user name, role, name shown; names are fictitious and say so.
STAFF = (
    ("acceptance", "acceptance_clerk", "测试受理"),
    ("officer", "case_officer", "测试经办一"),
    ("officer2", "case_officer", "测试经办二"),
    ("officer3", "case_officer", "测试经办三"),
    ("chief", "section_chief", "测试科长"),
    ("legal", "legal_officer", "测试法制"),
    ("deputy", "deputy_leader", "测试分管"),
    ("finance", "finance_officer", "测试财务审核"),
    ("finance2", "finance_reviewer", "测试财务复核"),
    ("meeting", "meeting_secretary", "测试会务"),
    ("district", "district_approver", "测试审定登记"),
    ("discipline", "discipline", "测试监督"),
    ("auditor", "auditor", "测试审计"),
    ("verifier", "verifier", "虚构会计师事务所甲"),
    ("verifier2", "verifier", "虚构会计师事务所乙"),
    ("organizer", "review_organizer", "测试评审组织"),
    ("codept", "co_department", "测试联审部门"),
    ("owner", "process_owner", "测试口径一"),
    ("owner2", "process_owner", "测试口径二"),
    ("archivist", "archivist", "测试档案"),
    ("sysadmin", "system_admin", "测试系统管理"),
    ("secadmin", "security_admin", "测试安全管理"),
    ("auditadmin", "audit_admin", "测试审计管理"),
)
EXPERTS, FINANCE_FROM = 30, 26
FIELDS = ("节能技术", "节水技术", "减排技术", "清洁生产", "数据中心")
# Contested readings ship without a default; the demo chooses these (corrections.md). The release date is fictitious.
CHOSEN = {
    "a10.annual_cap_applies_to": "all_beneficiaries",
    "a10.cap_year_basis": "approval_year",
    "a10.other_policy_treatment": "exclusive",
    "a10.overflow": "forfeit",
    "a4.promotion_basis": "pre_cap",
    "a7.match_basis": "received",
    "policy.effective_from": "2025-01-10",
}


def ensure(settings: Settings) -> None:
    """Publish what is shipped, and fill an empty database as `settings.start` says; safe to run at every start."""
    database = Database(settings.database_url, pool_size=1)
    try:
        with database.transaction() as session:
            if settings.demo:
                clock.start_demo_clock(session)
            elif system.clock_offset(session) is not None:
                raise SettingsError("该数据库是演示数据，其账号密码是公开的，不能用作正式系统；请另建数据库。")
            now = clock.now(session, demo=settings.demo)
            published = deployments.publish_shipped(session, settings.bpmn_dir, now)
            if any(version.draft_id is not None for version in published):
                _warn_of_mistakes(session)
            if settings.demo and people.is_empty(session):
                add_people(session)
                if settings.start == "demo":
                    session.flush()
                    add_demo_batch(session, settings, now)
    finally:
        database.dispose()


def _warn_of_mistakes(session: Session) -> None:
    """What owners published is judged by this program's gate at every start; running cases are not held up by it."""
    for scheme, findings in deployments.judge_in_force(session).items():
        for finding in findings:
            log.error("%s in force: %s %s %s", scheme, finding.file, finding.element or "-", finding.message_zh)


def add_people(session: Session) -> None:
    """The twelve enterprises and the people of contract.md; one password hash for all, for they share one password."""
    password_hash = hash_password(PASSWORD)
    for number, record in enumerate(json.loads(_data("demo_enterprises.json")), start=1):
        profile = {
            key: value for key, value in record.items() if key not in ("id", "uscc", "name", "note", "credit_flags")
        }
        enterprise = Enterprise(
            uscc=record["uscc"],
            name=record["name"],
            entity_type=record["entity_type"],
            profile=profile,
            credit_flags=record.get("credit_flags", []),
        )
        session.add(enterprise)
        session.flush()
        session.add(_user(f"e{number:02}", "applicant", f"测试经办人（{record['id']}）", password_hash, enterprise.id))
    session.add_all(_user(username, role, name, password_hash) for username, role, name in STAFF)
    for number in range(1, EXPERTS + 1):
        user = _user(f"expert{number}", "expert", f"测试专家{number}", password_hash)
        session.add(user)
        session.flush()
        finance = number >= FINANCE_FROM
        session.add(
            Expert(
                user_id=user.id,
                employer=f"虚构研究机构{(number - 1) // 3 + 1}",
                employer_uscc=None,
                field="财务" if finance else FIELDS[number % len(FIELDS)],
                finance=finance,
            )
        )


def _data(name: str) -> str:
    return (Path(__file__).parent / name).read_text("utf-8")


def _user(username: str, role: str, name: str, password_hash: str, enterprise_id: int | None = None) -> User:
    return User(
        username=username,
        display_name=name,
        password_hash=password_hash,
        roles=[role],
        enterprise_id=enterprise_id,
        active=True,
    )


def actor(session: Session, username: str) -> Actor:
    user = people.find_user(session, username)
    assert user is not None
    return Actor(user.id, user.username, user.display_name, frozenset(user.roles), user.enterprise_id)


def confirm_parameters(session: Session, now: datetime) -> None:
    """Two owners confirm the shipped values of everything that a batch of the shipped schemes uses."""
    owner, second = actor(session, "owner"), actor(session, "owner2")
    for parameter in law.required_for(rules.SCHEMES):
        value = CHOSEN.get(parameter.id, parameter.default)
        if parameter.status != "FIXED" and value is not None:
            proposed = parameters.propose(
                session, owner, parameter.id, value=value, basis=BASIS, effective_on=None, now=now
            )["proposal"]
            assert proposed is not None
            parameters.confirm(session, second, parameter.id, proposed["id"], now)


def add_demo_batch(session: Session, settings: Settings, now: datetime) -> None:
    """The demo batch half-way through its life; all of it or nothing, in the transaction of the first start."""
    from server.demo import play

    confirm_parameters(session, now)
    batch_id = open_demo_batch(session, now)
    objects = ObjectStore(
        settings.s3_endpoint, settings.s3_access_key, settings.s3_secret_key, settings.s3_bucket, settings.s3_secure
    )
    objects.ensure_bucket()
    clock.set_demo_clock(session, play(session, objects, session.get_one(Batch, batch_id)))


def open_demo_batch(session: Session, now: datetime) -> int:
    """Batch 2026-01 of domain.md 7.2, drafted by an officer and opened by the chief; answers its id."""
    drafted = rounds.draft(
        session,
        actor(session, "officer"),
        title="2026年第一批绿色低碳产业支持资金",
        schemes=list(rules.SCHEMES),
        window_from=datetime(2026, 3, 2, tzinfo=BEIJING),
        window_to=datetime(2026, 4, 15, 23, 59, 59, tzinfo=BEIJING),
        cap_year=2026,
        budget_total=None,
        now=now,
    )
    rounds.open_batch(session, actor(session, "chief"), drafted["id"], now)
    session.flush()
    return int(drafted["id"])
