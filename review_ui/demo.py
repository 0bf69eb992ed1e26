"""`mingcha demo` (what `make run` calls): crawl the sandbox platforms once, then serve the queue."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click
from rich.console import Console

from pipelines.config import Settings, make_home, read_settings
from pipelines.desk import DEMO_MARK, Desk, mark_demo, open_desk
from pipelines.enforcement.station import NOWHERE, set_station, station
from pipelines.enforcement.users import create_user
from pipelines.errors import ConfigError, Refused
from pipelines.jobs.process import dies_with_us
from pipelines.records import Role

#: The only user of a demo HOME; holds all roles.
DEMO_USER = "demo"
#: The sandbox serves these three; the source of each is called sandbox-<name>.
SITES = ("board", "ads", "feed")
#: Even kill -9 must not leave a child that holds the ports (util-linux).
_DIES_WITH_US = ("setpriv", "--pdeathsig", "TERM")
_DEMO_AGENCY = "演示单位（不是真实机关）"  # stands on the demo's digests and packages


@dataclass(frozen=True, kw_only=True)
class Login:
    """The line a person needs."""

    user: str
    password: str


def demo_settings(environ: dict[str, str] | None = None) -> Settings:
    """Settings of the demo. Raises Refused for a HOME that is a real one."""
    settings = read_settings(environ)
    home = settings.home_path
    if home.is_dir() and any(home.iterdir()) and not (home / DEMO_MARK).exists():
        raise Refused(f"{home} 里已有真实数据，演示数据不能写进去；请换一个空目录，或用 mingcha serve 启动")
    if not settings.binds_loopback:
        raise ConfigError("演示环境只能监听本机：请去掉 MINGCHA_HOST，或设为 127.0.0.1")
    return settings


def demo_login(desk: Desk) -> Login:
    """The demo user's login, made at first start and kept in HOME/login.txt (0600) so that it stays the same."""
    path = desk.home / "login.txt"
    if not path.exists():
        _write_login(path, Login(user=DEMO_USER, password=secrets.token_urlsafe(9)))
    user, password = path.read_text(encoding="utf-8").split()
    with desk.store.read() as tx:
        known = tx.users.get(user)
    if known is None:
        create_user(desk, user, password=password, roles=frozenset(Role), actor="system", demo=True)
    return Login(user=user, password=password)


def _write_login(path: Path, login: Login) -> None:
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as handle:
        handle.write(f"{login.user} {login.password}\n")
        handle.flush()
        os.fsync(handle.fileno())
    part.rename(path)


@contextlib.contextmanager
def sandbox_platforms(home: Path) -> Iterator[dict[str, str]]:
    """The three demo platforms in a child process: name → origin; the same ports again at a second start."""
    kept = home / "sandbox.ports"
    ports = ["--ports", kept.read_text().strip()] if kept.exists() else []
    child = subprocess.Popen(
        [*_DIES_WITH_US, sys.argv[0], "sandbox", *ports], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        stdout = child.stdout
        if stdout is None:
            raise Refused("演示平台没有启动")
        origins: dict[str, str] = {}
        while len(origins) < len(SITES):
            line = stdout.readline()
            if not line:
                raise Refused("演示平台没有启动，请看上面的提示")
            name, origin = line.split()
            origins[name] = origin
        kept.write_text(",".join(str(urlsplit(origins[name]).port) for name in SITES))
        yield origins
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(timeout=10)


def crawl_sandbox(desk: Desk, origins: dict[str, str], console: Console) -> None:
    """Crawl each platform that no run has gone through yet, in a process of its own."""
    for name, origin in origins.items():
        with desk.store.read() as tx:
            last = tx.runs.latest(f"sandbox-{name}")
        if last is not None and last.ended_at is not None:
            continue
        host_port = urlsplit(origin).netloc
        console.print(f"正在采集演示平台 {name}（{origin}）…")
        # Exit 1 only says that a wall was met, which the demo platforms have on purpose.
        subprocess.run([sys.argv[0], "crawl", f"sandbox-{name}", "--allow", host_port], check=False, stdout=sys.stderr)


def capture_leads(stop: threading.Event) -> None:
    """Browser captures of the leads, after the queue is already open."""
    child = subprocess.Popen([*_DIES_WITH_US, sys.argv[0], "capture"], stdout=sys.stderr, start_new_session=True)
    while child.poll() is None:
        if stop.wait(0.2):
            child.terminate()
            child.wait(timeout=20)


@contextlib.contextmanager
def worker_beside() -> Iterator[None]:
    """A worker that does what somebody asks for on the jobs page; nothing by plan."""
    child = subprocess.Popen(dies_with_us([sys.argv[0], "worker"]), stdout=sys.stderr, start_new_session=True)
    try:
        yield
    finally:
        child.terminate()
        child.wait(timeout=20)


@click.command()
def demo() -> None:
    """采集内置演示平台并打开审核界面（make run 用的就是它）。"""
    # the web stack is heavy; only serving commands load it
    from review_ui.server import address, listening_socket, make_server, run_until_stopped

    console = Console(stderr=True)
    # A polite kill ends like Ctrl-C, so that the children end too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = demo_settings()
    sock = listening_socket(settings)
    with contextlib.closing(sock), contextlib.ExitStack() as stack:
        make_home(settings.home_path)
        mark_demo(settings.home_path)
        desk = open_desk(settings)
        stack.callback(desk.store.close)
        login = demo_login(desk)
        with desk.store.read() as tx:
            demo_user = tx.users.get(login.user)
        if demo_user is not None and not station(desk).agency:
            set_station(desk, region=NOWHERE, agency=_DEMO_AGENCY, user=demo_user)
        os.environ["MINGCHA_HOME"] = str(settings.home_path)
        origins = stack.enter_context(sandbox_platforms(settings.home_path))
        crawl_sandbox(desk, origins, console)
        stop = threading.Event()
        captures = threading.Thread(target=capture_leads, args=(stop,), name="captures")
        captures.start()
        stack.callback(captures.join)
        stack.callback(stop.set)
        stack.enter_context(worker_beside())
        server = make_server(desk)
        click.echo(f"READY {address(settings)} user={login.user} password={login.password}")
        sys.stdout.flush()
        run_until_stopped(server, sock)
