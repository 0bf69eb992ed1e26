"""Settings: unknown, wrong and contradictory values stop with the key and the mend; secrets are made, never given."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from pipelines.config import describe, home_secret, make_home, read_settings
from pipelines.errors import ConfigError


def test_defaults_put_sqlite_into_home(tmp_path: Path) -> None:
    settings = read_settings({"MINGCHA_HOME": str(tmp_path)})
    assert settings.effective_database_url == f"sqlite:///{tmp_path}/mingcha.db"
    assert settings.binds_loopback


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("MINGCHA_PORT", "eighty", "应为 1 到 65535 之间的整数"),
        ("MINGCHA_PORT", "70000", "应为 1 到 65535 之间的整数"),
        ("MINGCHA_PORT", "0", "缺省值 8000"),
        ("MINGCHA_CLI_DECISIONS", "ja", "应为 true 或 false"),
        ("MINGCHA_REGION", "杭州", "6 位数字"),
        ("MINGCHA_DATABASE_URL", "mysql://x", "postgresql+psycopg://"),
        ("MINGCHA_PUBLIC_URL", "http://plain.example", "https:// 开头"),
        ("MINGCHA_PUBLIC_URL", "https://[x", "https:// 开头"),
        ("MINGCHA_PUBLIC_URL", "https://desk.example:port", "https:// 开头"),
    ],
)
def test_a_wrong_value_is_one_chinese_sentence_with_key_value_and_mend(key: str, value: str, words: str) -> None:
    with pytest.raises(ConfigError, match=key) as caught:
        read_settings({key: value})
    sentence = caught.value.message
    assert words in sentence
    assert "请改正" in sentence
    assert (f"“{value}”" in sentence) is (key != "MINGCHA_DATABASE_URL")  # which may hold a password
    assert not re.search(r"[Ii]nput|[Vv]alue|should|valid", sentence)


def test_a_wrong_database_address_is_not_repeated_as_it_may_hold_a_password() -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings({"MINGCHA_DATABASE_URL": "mysql://u:geheim@h/db"})
    assert "geheim" not in caught.value.message


def test_a_home_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for home in (Path("/proc/mingcha"), tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ConfigError, match=f"数据目录 {home} 建不了（.*MINGCHA_HOME"):
            make_home(home)


READER = {"MINGCHA_READER_URL": "http://10.0.0.7:8000/v1/", "MINGCHA_READER_MODEL": "qwen3"}


def test_the_second_reader_is_off_by_default() -> None:
    settings = read_settings({})
    assert (settings.reader_url, settings.reader_model, settings.reader_public) == ("", "", False)
    assert read_settings(READER).reader_url == "http://10.0.0.7:8000/v1"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("MINGCHA_READER_URL", "10.0.0.7:8000"),
        ("MINGCHA_READER_URL", "ftp://10.0.0.7/v1"),
        ("MINGCHA_READER_URL", "http:///v1"),
        ("MINGCHA_READER_URL", "http://10.0.0.7:99999/v1"),
        ("MINGCHA_READER_URL", "http://u:p@10.0.0.7/v1"),
        ("MINGCHA_READER_URL", "http://10.0.0.7/v1?key=x"),
        ("MINGCHA_READER_URL", "http://10.0.0.7/v1/chat/completions"),
        ("MINGCHA_READER_KEY", "two words"),
        ("MINGCHA_READER_KEY", "密钥"),
        ("MINGCHA_READER_BAND", "0.6"),
        ("MINGCHA_READER_TIMEOUT", "0"),
        ("MINGCHA_READER_LIMIT", "0"),
        ("MINGCHA_READER_PUBLIC", "perhaps"),
    ],
)
def test_wrong_value_of_the_second_reader_names_its_key(key: str, value: str) -> None:
    with pytest.raises(ConfigError, match=key):
        read_settings(READER | {key: value})


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"MINGCHA_READER_URL": "http://10.0.0.7/v1"}, "MINGCHA_READER_MODEL"),
        ({"MINGCHA_READER_MODEL": "qwen3"}, "MINGCHA_READER_URL"),
        ({"MINGCHA_READER_KEY": "k"}, "MINGCHA_READER_URL"),
        ({"MINGCHA_READER_PUBLIC": "true"}, "MINGCHA_READER_URL"),
        (READER | {"MINGCHA_READER_KEY": "k"}, "https"),
    ],
)
def test_settings_that_contradict_each_other_are_named(environ: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError, match=f"互相矛盾.*{said}"):
        read_settings(environ)


@pytest.mark.parametrize("url", ["http://127.0.0.1:11434/v1", "http://localhost/v1", "https://10.0.0.7/v1"])
def test_a_key_may_go_over_tls_or_stay_on_this_machine(url: str) -> None:
    environ = READER | {"MINGCHA_READER_URL": url, "MINGCHA_READER_KEY": "geheim"}
    assert read_settings(environ).reader_key == "geheim"
    assert "geheim" not in str(describe(read_settings(environ), environ))
    assert "geheim" not in repr(read_settings(environ))


@pytest.mark.parametrize(("typed", "meant"), [("MINGCHA_PROT", "MINGCHA_PORT"), ("mingcha_port", "MINGCHA_PORT")])
def test_a_misspelt_key_is_told_what_it_may_mean(typed: str, meant: str) -> None:
    """A key in small letters once passed for known and was read by nobody."""
    with pytest.raises(ConfigError, match=f"{typed}，是不是 {meant}？"):
        read_settings({typed: "9000"})


@pytest.mark.parametrize("typed", ["MINGCHA_CATS", "MINGCHA_SITE", "MINGCHA_X"])
def test_a_far_fetched_guess_is_not_made(typed: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings({typed: "1"})
    assert caught.value.message.startswith(f"不认识的配置项 {typed}；请改正或删除它")


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
