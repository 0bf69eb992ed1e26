"""`mingcha demo`: the demo's own HOME, its one login, and that a real HOME never gets demo rows."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from crawlers.source import load_recipe
from pipelines.desk import Desk, mark_demo
from pipelines.enforcement.users import authenticate
from pipelines.errors import ConfigError, Refused
from pipelines.records import Role
from review_ui.demo import SITES, demo_login, demo_settings


def test_a_home_with_real_data_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mingcha.db").write_bytes(b"")
    with pytest.raises(Refused, match="真实数据"):
        demo_settings({"MINGCHA_HOME": str(tmp_path)})


def test_an_empty_home_and_a_demo_home_are_taken(tmp_path: Path) -> None:
    assert demo_settings({"MINGCHA_HOME": str(tmp_path)}).home_path == tmp_path
    mark_demo(tmp_path)
    assert demo_settings({"MINGCHA_HOME": str(tmp_path)}).home_path == tmp_path


def test_the_demo_listens_on_loopback_only(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="MINGCHA_HOST"):
        demo_settings({"MINGCHA_HOME": str(tmp_path), "MINGCHA_HOST": "192.0.2.7"})


def test_the_login_is_made_once_and_kept_private(desk: Desk) -> None:
    mark_demo(desk.home)
    login = demo_login(desk)
    assert demo_login(desk) == login
    assert stat.S_IMODE((desk.home / "login.txt").stat().st_mode) == 0o600
    user = authenticate(desk, login.user, login.password, client="127.0.0.1")
    assert user.demo
    assert user.roles == frozenset(Role)


def test_a_start_that_died_before_the_user_was_made_is_made_good(desk: Desk) -> None:
    mark_demo(desk.home)
    (desk.home / "login.txt").write_text("demo korrektes-pferd-77\n", encoding="utf-8")
    login = demo_login(desk)
    assert authenticate(desk, login.user, login.password, client="127.0.0.1").name == "demo"


def test_the_demo_calls_its_platforms_as_the_pages_do() -> None:
    assert {name: load_recipe(f"sandbox-{name}").title for name in SITES} == SITES
