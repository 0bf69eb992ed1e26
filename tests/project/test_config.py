"""Settings: unknown, wrong and contradictory values stop with the key and the mend; secrets are made, never given."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from pipelines.config import describe, home_secret, read_settings
from pipelines.errors import ConfigError


def test_defaults_put_sqlite_into_home(tmp_path: Path) -> None:
    settings = read_settings({"MINGCHA_HOME": str(tmp_path)})
    assert settings.effective_database_url == f"sqlite:///{tmp_path}/mingcha.db"
    assert settings.binds_loopback


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("MINGCHA_PORT", "eighty"),
        ("MINGCHA_PORT", "70000"),
        ("MINGCHA_REGION", "杭州"),
        ("MINGCHA_DATABASE_URL", "mysql://x"),
        ("MINGCHA_PUBLIC_URL", "http://plain.example"),
    ],
)
def test_wrong_value_names_its_key(key: str, value: str) -> None:
    with pytest.raises(ConfigError, match=key):
        read_settings({key: value})


def test_unknown_key_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="MINGCHA_HOEM"):
        read_settings({"MINGCHA_HOEM": "/tmp/x"})


def test_describe_hides_the_database_password() -> None:
    environ = {"MINGCHA_DATABASE_URL": "postgresql+psycopg://u:geheim@h/db"}
    rows = describe(read_settings(environ), environ)
    assert "geheim" not in str(rows)
    assert {"MINGCHA_HOME", "MINGCHA_PORT"} <= {row["key"] for row in rows}


def test_secret_is_made_once_private_and_kept(tmp_path: Path) -> None:
    first = home_secret(tmp_path, "session.key")
    assert home_secret(tmp_path, "session.key") == first
    assert len(first) == 32
    assert stat.S_IMODE((tmp_path / "secrets" / "session.key").stat().st_mode) == 0o600


def test_damaged_secret_is_refused(tmp_path: Path) -> None:
    home_secret(tmp_path, "session.key")
    (tmp_path / "secrets" / "session.key").write_bytes(b"short")
    with pytest.raises(ConfigError, match=r"session\.key"):
        home_secret(tmp_path, "session.key")
