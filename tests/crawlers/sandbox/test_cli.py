"""`mingcha sandbox`: one line a site, taken ports, Ctrl-C."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from crawlers.sandbox.cli import DEFAULT_PORTS, commands, sandbox

RUN = [sys.executable, "-W", "error", "-c", "from crawlers.sandbox.cli import sandbox; sandbox()"]


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_it_prints_name_and_origin_serves_and_stops_on_ctrl_c() -> None:
    process = subprocess.Popen([*RUN, "--ports", "0,0,0", "--day", "2"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        lines = [process.stdout.readline().decode().split() for _ in range(4)]
        assert [line[0] for line in lines] == ["board", "ads", "feed", "life"]
        with urllib.request.urlopen(lines[1][1] + "/robots.txt") as answer:
            assert b"Disallow: /vip/" in answer.read()
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=15)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, rest, errors) == (0, b"", b"")


def test_taken_default_ports_fall_back_to_free_ones(monkeypatch: pytest.MonkeyPatch, taken_port: int) -> None:
    monkeypatch.setattr("crawlers.sandbox.cli.DEFAULT_PORTS", (taken_port, 0, 0))
    monkeypatch.setattr("crawlers.sandbox.cli._wait", lambda _stop: None)
    result = CliRunner().invoke(sandbox, [])
    assert result.exit_code == 0
    assert "改用空闲端口" in result.stderr
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["board", "ads", "feed", "life"]


def test_who_knew_three_platforms_names_three_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawlers.sandbox.cli._wait", lambda _stop: None)
    for ports in ("0,0,0", "0,0,0,0"):
        result = CliRunner().invoke(sandbox, ["--ports", ports])
        assert (result.exit_code, len(result.stdout.splitlines())) == (0, 4)


def test_a_taken_port_asked_for_is_misuse(monkeypatch: pytest.MonkeyPatch, taken_port: int) -> None:
    monkeypatch.setattr("crawlers.sandbox.cli._wait", lambda _stop: None)
    result = CliRunner().invoke(sandbox, ["--ports", f"0,{taken_port},0"])
    assert result.exit_code == 2
    assert str(taken_port) in result.stderr


@pytest.mark.parametrize("ports", ["1,2", "a,b,c", "0,0,70000", "0,0,0,0,0", ""])
def test_odd_ports_are_misuse(ports: str) -> None:
    result = CliRunner().invoke(sandbox, ["--ports", ports])
    assert result.exit_code == 2
    assert "三个" in result.stderr


def test_the_command_is_offered_under_its_name() -> None:
    assert [command.name for command in commands()] == ["sandbox"]
    assert len(set(DEFAULT_PORTS)) == 4
