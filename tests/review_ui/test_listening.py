"""The socket: who has a taken port, one that is free, and that a start without a port leaves nothing behind."""

from __future__ import annotations

import io
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from rich.console import Console

from pipelines.config import Settings, read_settings
from pipelines.errors import ConfigError, Refused
from review_ui import cli
from review_ui.demo import Login, only_demo, welcome
from review_ui.listening import PortTaken, listening_socket
from review_ui.port_user import port_user


@pytest.fixture
def taken() -> Iterator[Settings]:
    """Settings whose port this very process listens on."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        yield read_settings({}, port=sock.getsockname()[1])


def test_the_message_names_the_process_that_has_the_port(taken: Settings) -> None:
    user = port_user(taken.port)
    assert user is not None
    assert user.pid == os.getpid()
    with pytest.raises(PortTaken) as caught:
        listening_socket(taken)
    assert f"进程 {os.getpid()}" in caught.value.message
    assert "MINGCHA_PORT=" in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("host", ["no host", "192.0.2.1"])
def test_an_address_that_is_not_ours_is_no_matter_of_the_port(host: str) -> None:
    with pytest.raises(ConfigError) as caught:
        listening_socket(read_settings({}, host=host, port=8999))
    assert "请改正 MINGCHA_HOST" in caught.value.message
    assert "MINGCHA_PORT" not in caught.value.message


def test_another_mingcha_is_pointed_to(taken: Settings, tmp_path: Path) -> None:
    """From files as /proc has them (proc(5)); a process of another account cannot be looked into."""
    (tmp_path / "net").mkdir()
    line = f"   0: 0100007F:{taken.port:04X} 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4711 1\n"
    (tmp_path / "net" / "tcp").write_text("  sl  local_address rem_address   st\n" + line)
    assert port_user(taken.port, tmp_path) is None
    folder = tmp_path / "12"
    (folder / "fd").mkdir(parents=True)
    (folder / "fd" / "3").symlink_to("socket:[4711]")
    (folder / "cmdline").write_bytes(b"/opt/mingcha/.venv/bin/python\0/opt/mingcha/.venv/bin/mingcha\0serve\0")
    found = port_user(taken.port, tmp_path)
    assert found is not None
    assert (found.pid, found.command, found.is_mingcha) == (12, "python mingcha serve", True)
    assert port_user(taken.port - 1, tmp_path) is None


def test_serve_without_its_port_leaves_no_home_behind(taken: Settings, tmp_path: Path) -> None:
    group = click.Group("mingcha", commands={command.name or "": command for command in cli.commands()})
    home = tmp_path / "new"
    env = {"MINGCHA_HOME": str(home), "MINGCHA_PORT": str(taken.port)}
    assert isinstance(CliRunner(env=env).invoke(group, ["serve"]).exception, PortTaken)
    anywhere = {"MINGCHA_HOME": str(home), "MINGCHA_HOST": "::"}
    assert isinstance(CliRunner(env=anywhere).invoke(group, ["serve"]).exception, Refused)
    assert not home.exists()


def test_the_port_that_is_proposed_is_free(taken: Settings) -> None:
    with pytest.raises(PortTaken, match=r"MINGCHA_PORT=\d+") as caught:
        listening_socket(taken)
    port = int(caught.value.message.split("MINGCHA_PORT=")[1].split("，")[0])
    assert port > taken.port
    with socket.create_server(("127.0.0.1", port)), pytest.raises(PortTaken) as again:
        listening_socket(taken)
    assert f"MINGCHA_PORT={port}" not in again.value.message


def test_one_demo_a_home(tmp_path: Path) -> None:
    with only_demo(tmp_path) as note:
        note("http://127.0.0.1:8123")
        with pytest.raises(Refused, match=r"已经在运行：http://127\.0\.0\.1:8123"), only_demo(tmp_path):
            pass
    # The earlier one's address is forgotten.
    with only_demo(tmp_path), pytest.raises(Refused, match="已经在运行；"), only_demo(tmp_path):
        pass


def test_the_last_words_say_where_with_what_and_how_to_stop(tmp_path: Path) -> None:
    said = io.StringIO()
    settings = read_settings({}, home=tmp_path / "[x]" / "demo", port=8123)
    welcome(settings, Login(user="demo", password="geheim-1"), Console(file=said, width=40))
    for words in ("http://127.0.0.1:8123", "demo", "geheim-1", "Ctrl-C", "make run", str(tmp_path / "[x]" / "demo")):
        assert words in said.getvalue()
