"""What an installation is told from outside: the GREENCASE_* environment variables, read once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from server.secret_file import keep_secret

CHECKOUT = Path(__file__).resolve().parents[1]
STARTS = ("demo", "people", "empty")
SECRET_KEY_LENGTH = 32
"""Fewest characters of a secret key given from outside."""


class SettingsError(RuntimeError):
    """The environment does not make a working or a safe installation; the sentence says what to set."""


@dataclass(frozen=True)
class Settings:
    """One installation. Secrets are left out of `repr`, so that no log shows them."""

    database_url: str = field(repr=False)
    """The application's login, as SQLAlchemy writes it: postgresql+psycopg://…"""
    s3_endpoint: str
    """host:port of the S3 store, without a scheme."""
    s3_access_key: str = field(repr=False)
    s3_secret_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    """Signs cookies and CSRF tokens; web and worker share it."""
    s3_bucket: str = "greencase"
    s3_secure: bool = False
    """Whether the S3 endpoint speaks TLS."""
    database_owner_url: str | None = field(default=None, repr=False)
    """The owner of the schema, for migrations; web and worker do without."""
    data_dir: Path = CHECKOUT / "var"
    port: int = 8000
    start: str = "empty"
    """`demo`, `people` or `empty`: what a first start puts into an empty database."""
    secure_cookies: bool = False
    """Cookies only over HTTPS: on wherever the page is not served from this very machine."""
    trusted_proxies: int = 0
    """How many reverse proxies in front of us may say who the client is."""
    bpmn_dir: Path = CHECKOUT / "bpmn"
    """Diagrams and forms as shipped."""

    @property
    def demo(self) -> bool:
        """Demo mode: known passwords, a clock that can be moved."""
        return self.start in ("demo", "people")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """The settings of a process whose database and store are known. Raises SettingsError."""
        env = os.environ if environ is None else environ
        # An installation with a database of its own is a real one unless it says otherwise: nobody gets a
        # production system with demo passwords by leaving a variable out.
        start = env.get("GREENCASE_START") or "empty"
        if start not in STARTS:
            raise SettingsError(f"GREENCASE_START 只能是 {'、'.join(STARTS)}，现为“{start}”。")
        demo = start != "empty"
        data_dir = data_folder(env)
        return cls(
            database_url=database_url(_required(env, "GREENCASE_DATABASE_URL")),
            database_owner_url=database_url(env.get("GREENCASE_DATABASE_OWNER_URL", "")) or None,
            s3_endpoint=_endpoint(_required(env, "GREENCASE_S3_ENDPOINT")),
            s3_access_key=_required(env, "GREENCASE_S3_ACCESS_KEY"),
            s3_secret_key=_required(env, "GREENCASE_S3_SECRET_KEY"),
            s3_bucket=env.get("GREENCASE_S3_BUCKET") or "greencase",
            s3_secure=_flag(env, "GREENCASE_S3_SECURE", default=False),
            secret_key=_secret_key(env, data_dir, demo),
            data_dir=data_dir,
            port=port(env),
            start=start,
            secure_cookies=_flag(env, "GREENCASE_SECURE_COOKIES", default=not demo),
            trusted_proxies=_number(env, "GREENCASE_TRUSTED_PROXIES", 0, 0, 10),
        )


def data_folder(env: Mapping[str, str]) -> Path:
    """Where the installation keeps its files: GREENCASE_DATA, else `var` in the checkout."""
    return Path(env.get("GREENCASE_DATA") or CHECKOUT / "var").resolve()


def port(env: Mapping[str, str]) -> int:
    """The port of the pages: GREENCASE_PORT, else 8000. Raises SettingsError."""
    return _number(env, "GREENCASE_PORT", 8000, 1, 65535)


def database_url(url: str) -> str:
    """The address with the driver's name, which people leave out: postgres://… means postgresql+psycopg://…"""
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _required(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "")
    if not value:
        raise SettingsError(f"缺少环境变量 {name}。")
    return value


def _endpoint(value: str) -> str:
    if "/" in value.rstrip("/"):
        raise SettingsError(
            "GREENCASE_S3_ENDPOINT 只写 主机:端口，不带 http:// 或路径；是否加密由 GREENCASE_S3_SECURE 决定。"
        )
    return value.rstrip("/")


def _secret_key(env: Mapping[str, str], data_dir: Path, demo: bool) -> str:
    given = env.get("GREENCASE_SECRET_KEY", "")
    if given:
        if len(given) < SECRET_KEY_LENGTH:
            raise SettingsError(f"GREENCASE_SECRET_KEY 至少 {SECRET_KEY_LENGTH} 个字符。")
        return given
    if not demo:
        raise SettingsError(
            "正式运行须设置 GREENCASE_SECRET_KEY，系统不提供默认密钥。可用下面命令的输出："
            "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    return keep_secret(data_dir / "secrets" / "secret-key")


def _flag(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = env.get(name, "").lower()
    if value not in ("", "1", "true", "yes", "0", "false", "no"):
        raise SettingsError(f"{name} 只能是 true 或 false，现为“{value}”。")
    return default if not value else value in ("1", "true", "yes")


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    value = env.get(name, "")
    if not value:
        return default
    if not (value.isascii() and value.isdecimal()) or not least <= int(value) <= most:
        raise SettingsError(f"{name} 须为 {least} 至 {most} 的整数，现为“{value}”。")
    return int(value)
