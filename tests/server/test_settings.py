"""An installation is told everything by its environment, and is never unsafe because something was left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.settings import Settings, SettingsError

COMPLETE = {
    "GREENCASE_DATABASE_URL": "postgresql://greencase:s3cr3t@db:5432/greencase",
    "GREENCASE_S3_ENDPOINT": "store:9000",
    "GREENCASE_S3_ACCESS_KEY": "access",
    "GREENCASE_S3_SECRET_KEY": "hidden-key",
    "GREENCASE_SECRET_KEY": "k" * 40,
}


def test_a_real_installation_is_what_one_gets_without_asking() -> None:
    settings = Settings.from_environment(COMPLETE)
    assert not settings.demo
    assert settings.secure_cookies
    assert settings.database_url == "postgresql+psycopg://greencase:s3cr3t@db:5432/greencase"
    assert settings.database_owner_url is None
    assert (settings.port, settings.s3_bucket, settings.s3_secure) == (8000, "greencase", False)
    assert (settings.bpmn_dir / "forms").is_dir()


def test_secrets_are_not_shown() -> None:
    shown = repr(Settings.from_environment(COMPLETE))
    assert not any(secret in shown for secret in ("s3cr3t", "hidden-key", "kkkk"))


@pytest.mark.parametrize("name", sorted(COMPLETE))
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({**COMPLETE, name: ""})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GREENCASE_START", "production"),
        ("GREENCASE_PORT", "0"),
        ("GREENCASE_PORT", "65536"),
        ("GREENCASE_PORT", "８０００"),
        ("GREENCASE_PORT", "-1"),
        ("GREENCASE_S3_SECURE", "maybe"),
        ("GREENCASE_S3_ENDPOINT", "https://store:9000"),
        ("GREENCASE_SECRET_KEY", "short"),
        ("GREENCASE_TRUSTED_PROXIES", "many"),
    ],
)
def test_what_cannot_be_right_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({**COMPLETE, name: value})


def test_demo_mode_makes_its_own_key_and_keeps_it(tmp_path: Path) -> None:
    environment = {**COMPLETE, "GREENCASE_START": "demo", "GREENCASE_DATA": str(tmp_path), "GREENCASE_SECRET_KEY": ""}
    settings = Settings.from_environment(environment)
    assert settings.demo
    assert not settings.secure_cookies
    assert settings.secret_key == Settings.from_environment(environment).secret_key
    assert len(settings.secret_key) == 43
