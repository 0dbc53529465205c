"""The command line. Each command imports what it needs when it is called, so that `gate` needs no database."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from getpass import getuser
from pathlib import Path
from socket import gethostname
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workflows.permissions import Actor

from workflows import program


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; answers the exit status (0 done, 1 found fault, 2 wrongly called)."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.command(asked))
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="greencase", description="绿案 GreenCase：绿色发展支持资金案件办理系统")
    parser.add_argument("--version", action="version", version=f"greencase {program.version()}", help="版本")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    up = commands.add_parser("up", help="启动整套系统（数据库、文件存储、网页、后台任务），Ctrl-C 停止")
    up.add_argument("--port", type=_port, metavar="N", help="网页端口，默认 8000，被占用时自动另选")
    up.add_argument("--data", type=Path, metavar="DIR", help="数据目录，默认 var")
    up.add_argument("--start", choices=["demo", "people", "empty"], help="首次启动放入的数据，默认 demo")
    up.set_defaults(command=_up)

    gate = commands.add_parser("gate", help="检查流程图能否安全执行")
    gate.add_argument("files", nargs="+", type=Path, metavar="FILE", help="BPMN 文件")
    gate.add_argument("--english", action="store_true", help="以英文说明问题")
    gate.set_defaults(command=_gate)

    calculate = commands.add_parser("calculate", help="按条款试算一个事项的金额")
    calculate.add_argument("scheme", metavar="SCHEME", help="事项编号，如 retrofit")
    calculate.add_argument("facts", metavar="FACTS.json", help="认定事实的 JSON 文件，- 表示标准输入")
    calculate.set_defaults(command=_calculate)

    audit = commands.add_parser("audit", help="核对办理记录")
    audits = audit.add_subparsers(metavar="COMMAND", required=True)
    verify = audits.add_parser("verify", help="逐条核对记录的数字指纹，指出第一条不符的记录")
    verify.add_argument("--data", type=Path, metavar="DIR", help="数据目录，默认 var")
    verify.set_defaults(command=_audit_verify)

    admin = commands.add_parser("create-admin", help="建立系统管理员账号（口令从终端或标准输入读取）")
    admin.add_argument("username", metavar="USERNAME")
    admin.add_argument("--name", default="系统管理员", metavar="NAME", help="姓名")
    admin.add_argument("--data", type=Path, metavar="DIR", help="数据目录，默认 var")
    admin.set_defaults(command=_create_user, role="system_admin", uscc=None)

    user = commands.add_parser("create-user", help="建立一个账号（口令从终端或标准输入读取）")
    user.add_argument("username", metavar="USERNAME")
    user.add_argument("--role", required=True, metavar="ROLE", help="角色编码，如 case_officer")
    user.add_argument("--name", required=True, metavar="NAME", help="姓名")
    user.add_argument("--uscc", metavar="USCC", help="申报单位经办人所属单位的统一社会信用代码")
    user.add_argument("--data", type=Path, metavar="DIR", help="数据目录，默认 var")
    user.set_defaults(command=_create_user)

    commands.add_parser("migrate", help="升级外部数据库的结构（生产环境部署时）").set_defaults(command=_migrate)
    commands.add_parser("doctor", help="查看本机具备什么、缺少什么").set_defaults(command=_doctor)
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("须为 1 至 65535 的整数")
    return int(text)


def _fail(words: object) -> int:
    print(words, file=sys.stderr)
    return 1


def _up(asked: argparse.Namespace) -> int:
    from server.up import Installation, run

    return run(Installation(asked.port, asked.data, asked.start))


def _gate(asked: argparse.Namespace) -> int:
    from server.gate import check_files
    from workflows import engine

    checked: list[str] = []
    # What is wrong with a called diagram is found in every scheme that calls it, and said once.
    found: dict[engine.Finding, None] = {}
    try:
        for scheme, findings in check_files(asked.files):
            checked.append(scheme)
            found.update(dict.fromkeys(findings))
    except OSError as error:
        return _fail(f"无法读取文件：{error}")
    for finding in found:
        english = f"{finding.message_en} {finding.mend_en}"
        said = english if asked.english else f"{finding.message_zh} {finding.mend_zh}"
        print(f"{finding.file}:{finding.line}: {finding.element or '-'} [{finding.rule}] {said}")
    if not checked:
        return _fail("没有流程调用所给的文件，未作检查。")
    if found:
        return _fail(f"共发现 {len(found)} 个问题。")
    print(f"通过：{'、'.join(checked)}")
    return 0


def _calculate(asked: argparse.Namespace) -> int:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from workflows import rules
    from workflows.policy.schemes import determine_cautiously

    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()

    try:
        text = sys.stdin.read() if asked.facts == "-" else Path(asked.facts).read_text("utf-8")
        facts = json.loads(text)
    except (OSError, ValueError) as error:
        return _fail(f"无法读取 {asked.facts}：{error}")
    if not isinstance(facts, dict):
        return _fail("认定事实须为 JSON 对象。")
    try:
        found, assumed = determine_cautiously(asked.scheme, facts, rules.parameters.values({}), today)
    except (rules.SchemeUnknown, rules.FactInvalid, rules.parameters.ParameterMissing) as error:
        return _fail(error)
    print("试算结果仅供参考。")
    for each in assumed:
        print(f"“{each['label']}”尚未确定，按结果最低的口径（{each['shown']}）测算。")
    said = {True: "符合　", False: "不符合", None: "未核实"}
    for condition in found.conditions:
        print(f"{said[condition.met]}  {condition.article}  {condition.text}")
    for step in found.steps:
        print(f"{rules.money.format_yuan(step.amount):>16} 元  {step.article}  {step.text}")
    print(f"{rules.money.format_yuan(found.precap_amount):>16} 元  {'可予支持' if found.eligible else '不予支持'}")
    return 0


def _audit_verify(asked: argparse.Namespace) -> int:
    from server.embedded import EmbeddedError
    from server.running_database import running_database
    from server.settings import SettingsError
    from workflows import audit

    try:
        with running_database(asked.data) as database, database.transaction() as session:
            bad = audit.verify(session)
    except (EmbeddedError, SettingsError) as error:
        return _fail(error)
    for row in bad:
        print(f"{row.chain} 第 {row.seq} 条：{row.why}")
    if bad:
        return _fail(f"共 {len(bad)} 条记录链不完整。")
    print("全部记录链完整。")
    return 0


def _create_user(asked: argparse.Namespace) -> int:
    from getpass import getpass

    from server.access import hash_password
    from server.clock import machine_now
    from server.embedded import EmbeddedError
    from server.running_database import running_database
    from server.settings import SettingsError
    from workflows import accounts
    from workflows.errors import Invalid

    password = getpass("口令：") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        accounts.check_password(password)
        password_hash = hash_password(password)
        with running_database(asked.data) as database:
            database.run(
                lambda session: accounts.create(
                    session,
                    username=asked.username,
                    name=asked.name,
                    role=asked.role,
                    password_hash=password_hash,
                    uscc=asked.uscc,
                    by=_console(),
                    now=machine_now(),
                )
            )
    except Invalid as error:
        return _fail("\n".join(each.message for each in error.errors) or error.detail)
    except (EmbeddedError, SettingsError) as error:
        return _fail(error)
    print(f"已建立账号 {asked.username}。")
    return 0


def _console() -> Actor:
    """Whoever sits at this machine's command line: its own account and name stand on record as the address."""
    from workflows.permissions import Actor

    return Actor(0, "command line", "命令行", frozenset(), address=f"{getuser()}@{gethostname()}")


def _migrate(_asked: argparse.Namespace) -> int:
    from server import seed
    from server.settings import Settings, SettingsError
    from storage.database import migrate

    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        return _fail(error)
    migrate(settings.database_owner_url or settings.database_url, settings.database_url)
    try:
        seed.ensure(settings)
    except SettingsError as error:
        return _fail(error)
    print("数据库结构已是最新。")
    return 0


def _doctor(_asked: argparse.Namespace) -> int:
    from server.doctor import findings

    missing = 0
    for finding in findings():
        print(f"{'有' if finding.fine else '缺'}  {finding.what}：{finding.words}")
        missing += finding.needed and not finding.fine
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
