"""`mingcha user` and `mingcha serve` as commands."""

from __future__ import annotations

import json
import socket
import sys
import threading
import urllib.request
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from pipelines.cli.desk_for_command import os_account
from pipelines.config import read_settings
from pipelines.desk import Desk, open_desk
from pipelines.errors import ConfigError, PipelineError
from pipelines.records import Role
from review_ui import cli, listening
from review_ui import server as web_server
from review_ui.audit_words import who
from review_ui.supervise import Kept
from tests.review_ui.seed import PASSWORD, seed_user


def _group() -> click.Group:
    group = click.Group("mingcha")
    for command in cli.commands():
        group.add_command(command)
    return group


def _run(home: Path, *args: str, stdin: str = "") -> Result:
    return CliRunner(env={"MINGCHA_HOME": str(home)}).invoke(_group(), list(args), input=stdin)


def test_a_user_without_a_password_makes_no_home(tmp_path: Path) -> None:
    for typed in ("", "short\n"):
        assert _run(tmp_path / "new", "user", "add", "xy", "--role", "admin", stdin=typed).exit_code != 0
        assert not (tmp_path / "new").exists()


def test_a_user_is_added_listed_and_disabled(tmp_path: Path) -> None:
    for name, role in (("boss", "admin"), ("rev", "reviewer")):
        done = _run(tmp_path, "user", "add", name, "--role", role, stdin=PASSWORD + "\n")
        assert done.exit_code == 0, done.output
        assert PASSWORD not in done.output
    assert _run(tmp_path, "user", "disable", "rev").exit_code == 0
    assert json.loads(_run(tmp_path, "user", "list", "--json").stdout) == [
        {"name": "boss", "roles": ["admin"], "disabled": False, "demo": False},
        {"name": "rev", "roles": ["reviewer"], "disabled": True, "demo": False},
    ]
    assert "审核员  已停用" in _run(tmp_path, "user", "list").stdout
    with open_desk(read_settings({}, home=tmp_path)) as desk, desk.store.read() as tx:
        made = [event for event in tx.audit.all() if event.action == "user.create"]
    assert [who(event) for event in made] == [f"命令行 {os_account()}"] * 2


def test_the_password_is_no_argument(tmp_path: Path) -> None:
    assert _run(tmp_path, "user", "add", "x", PASSWORD, "--role", "admin").exit_code == 2
    assert _run(tmp_path, "user", "add", "x", "--password", PASSWORD, "--role", "admin").exit_code == 2
    missing = _run(tmp_path, "user", "add", "xy", "--role", "admin")
    assert isinstance(missing.exception, PipelineError)
    weak = _run(tmp_path, "user", "add", "xy", "--role", "admin", stdin="short\n")
    assert isinstance(weak.exception, PipelineError)


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = CliRunner(env={"MINGCHA_HOME": str(tmp_path), "MINGCHA_PORT": str(port)}).invoke(_group(), ["serve"])
    assert isinstance(done.exception, ConfigError)  # mingcha.py turns it into exit 2
    assert "MINGCHA_PORT=" in done.exception.message
    assert "\n" not in done.exception.message


def test_the_parent_holds_the_socket_and_loads_no_web_framework(
    home: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[str] = []

    class Parent:
        def __init__(self, children: list[Kept]) -> None:
            kept.extend(child.name for child in children)

        def run(self) -> None:
            """Starts nobody."""

    monkeypatch.setitem(sys.modules, "review_ui.server", None)  # whoever imports it now fails
    monkeypatch.setattr(cli, "Supervisor", Parent)
    monkeypatch.setattr(cli, "set_up", lambda: None)
    env = {"MINGCHA_HOME": str(home), "MINGCHA_DATABASE_URL": sqlite_url, "MINGCHA_PORT": str(_free_port())}
    done = CliRunner(env=env).invoke(_group(), ["serve"])
    assert done.exception is None
    assert len(kept) == 2


def test_an_address_that_is_not_ours_is_one_sentence() -> None:
    with pytest.raises(ConfigError, match="不能监听"):
        listening.listening_socket(read_settings({}, host="192.0.2.1"))


def test_the_server_answers_over_a_real_socket(desk: Desk) -> None:
    sock = listening.listening_socket(read_settings({}, port=_free_port()))
    server = web_server.make_server(desk)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
    thread.start()
    try:
        url = f"http://127.0.0.1:{sock.getsockname()[1]}/healthz"
        with urllib.request.urlopen(url, timeout=10) as answer:
            assert json.loads(answer.read()) == {"status": "ok"}
            assert "server" not in answer.headers
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        sock.close()
    assert not thread.is_alive()


def test_without_a_proxy_the_client_address_cannot_be_claimed(home: Path, sqlite_url: str) -> None:
    for public_url, trusted in (("", False), ("https://desk.example", True)):
        settings = read_settings({}, home=home, database_url=sqlite_url, public_url=public_url)
        with open_desk(settings) as desk:
            assert web_server.make_server(desk).config.proxy_headers is trusted


def test_addresses_are_written_as_people_open_them() -> None:
    assert listening.address(read_settings({})) == "http://127.0.0.1:8000"
    assert listening.address(read_settings({}, host="::1")) == "http://[::1]:8000"
    assert listening.address(read_settings({}, public_url="https://desk.example/")) == "https://desk.example"


def test_the_last_admin_stays(tmp_path: Path) -> None:
    with open_desk(read_settings({}, home=tmp_path)) as desk:
        seed_user(desk, "boss", Role.ADMIN)
    assert isinstance(_run(tmp_path, "user", "disable", "boss").exception, PipelineError)


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_who_is_added_first_is_told_what_nobody_may_do_yet(tmp_path: Path) -> None:
    """The first user of an office once could make no digest, and nothing had said so."""
    first = _run(tmp_path, "user", "add", "boss", "--role", "管理员", "--role", "officer", stdin=PASSWORD + "\n")
    assert "周报" in first.stderr
    assert "--role supervisor（督导）" in first.stderr
    second = _run(tmp_path, "user", "add", "head", "--role", "supervisor", stdin=PASSWORD + "\n")
    assert "提醒" not in second.stderr
