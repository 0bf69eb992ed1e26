"""`mingcha demo` (what `make run` calls): crawl the sandbox platforms once, then serve the queue."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import click
from rich.console import Console

from pipelines.config import PROJECT_ROOT, Settings, make_home, read_settings
from pipelines.desk import DEMO_MARK, Desk, mark_demo, open_desk
from pipelines.divisions import NOWHERE
from pipelines.enforcement.station import set_station, station
from pipelines.enforcement.users import create_user
from pipelines.errors import ConfigError, Refused
from pipelines.jobs.process import dies_with_us
from pipelines.records import CrawlRun, Role
from review_ui.listening import address, listening_socket

#: The only user of a demo HOME; holds all roles.
DEMO_USER = "demo"
#: The sandbox serves these; the source of each is called sandbox-<name> and has this title. The last ends at a wall.
SITES = {
    "board": "三岔口社区（演示论坛）",
    "ads": "梧桐街分类信息（演示）",
    "feed": "小檐（演示动态流）",
    "life": "梧桐街生活服务（演示）",
}
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
    """The demo platforms in a child process: name → origin; the same ports again at a second start."""
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
    left = [name for name in origins if not _crawled(desk, name)]
    if left:
        console.print(f"第一次启动：采集并研判 {len(left)} 个演示平台，约一两分钟（机器忙时更久），只做一次。")
    for number, name in enumerate(left, 1):
        host_port = urlsplit(origins[name]).netloc
        console.print(f"正在采集演示平台 {number}/{len(left)}：{SITES[name]}（{origins[name]}）…")
        # Exit 1 only says that a wall was met, which the demo platforms have on purpose.
        subprocess.run([sys.argv[0], "crawl", f"sandbox-{name}", "--allow", host_port], check=False, stdout=sys.stderr)
        last = _last_run(desk, name)
        if last is not None and last.outcome == "blocked":
            console.print(
                "这个平台看过几页就要求验证：采集停在那里，不绕过，读到的留着，详见“来源”页。这是演示的一部分。"
            )


def _crawled(desk: Desk, name: str) -> bool:
    last = _last_run(desk, name)
    return last is not None and last.ended_at is not None


def _last_run(desk: Desk, name: str) -> CrawlRun | None:
    with desk.store.read() as tx:
        return tx.runs.latest(f"sandbox-{name}")


def capture_leads(stop: threading.Event, log: IO[str]) -> None:
    """Browser captures of the leads, after the queue is already open; what it says goes to the log."""
    child = subprocess.Popen([*_DIES_WITH_US, sys.argv[0], "capture"], stdout=log, stderr=log, start_new_session=True)
    while child.poll() is None:
        if stop.wait(0.2):
            child.terminate()
            child.wait(timeout=20)


@contextlib.contextmanager
def worker_beside(log: IO[str]) -> Iterator[None]:
    """A worker that does what somebody asks for on the jobs page; nothing by plan."""
    child = subprocess.Popen(dies_with_us([sys.argv[0], "worker"]), stdout=log, stderr=log, start_new_session=True)
    try:
        yield
    finally:
        child.terminate()
        child.wait(timeout=20)


@contextlib.contextmanager
def only_demo(home: Path) -> Iterator[Callable[[str], None]]:
    """The demo of this HOME, alone: a second one would crawl and capture into the same rows. Gives what notes the
    address for those who come later. Raises Refused with the address of the one that runs."""
    folder = home / "locks"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "demo.lock").open("a+", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            handle.seek(0)
            where = handle.read().strip()
            raise Refused(
                f"演示已经在运行{f'：{where}' if where else ''}；请直接打开它，或先在那个终端按 Ctrl-C 停下，再启动"
            ) from exc
        handle.truncate(0)

        def note(where: str) -> None:
            handle.write(where)
            handle.flush()

        yield note


def welcome(settings: Settings, login: Login, console: Console) -> None:
    """The last words before READY: where to go, with what, and how to stop, go on and begin anew."""
    home = settings.home_path
    shown = home.relative_to(PROJECT_ROOT) if home.is_relative_to(PROJECT_ROOT) else home
    lines = (
        ("", ""),
        (f"  打开浏览器访问  {address(settings)}", "bold green"),
        (f"  用户名 {login.user}    口令 {login.password}", "bold green"),
        ("", ""),
        ("  停止：在这里按 Ctrl-C。再次启动：make run，几秒钟，数据和口令不变。", ""),
        (f"  数据在 {shown}，截图在后台继续，记录在 {shown}/demo.log；从头再来：停止后删掉 {shown}。", ""),
        ("", ""),
    )
    for line, style in lines:
        console.print(line, style=style, highlight=False, markup=False, soft_wrap=True)


@click.command()
def demo() -> None:
    """采集内置演示平台并打开审核界面（make run 用的就是它）。"""
    from review_ui.server import make_server, run_until_stopped  # FastAPI is heavy; only serving loads it

    console = Console(stderr=True)
    # A polite kill ends like Ctrl-C, so that the children end too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = demo_settings()
    home = settings.home_path
    with contextlib.ExitStack() as stack:
        there = (home / DEMO_MARK).exists()
        note = stack.enter_context(only_demo(home)) if there else None
        sock = stack.enter_context(contextlib.closing(listening_socket(settings)))
        if note is None:  # only now: a start without a port leaves no HOME behind
            make_home(home)
            mark_demo(home)
            note = stack.enter_context(only_demo(home))
        note(address(settings))
        desk = open_desk(settings)
        stack.callback(desk.store.close)
        login = demo_login(desk)
        with desk.store.read() as tx:
            demo_user = tx.users.get(login.user)
        if demo_user is not None and not station(desk).agency:
            set_station(desk, region=NOWHERE, agency=_DEMO_AGENCY, user=demo_user)
        os.environ["MINGCHA_HOME"] = str(home)
        origins = stack.enter_context(sandbox_platforms(home))
        crawl_sandbox(desk, origins, console)
        # From here on only the last words stand on the screen; what runs behind speaks into a file.
        log = stack.enter_context((home / "demo.log").open("a", encoding="utf-8"))
        stop = threading.Event()
        captures = threading.Thread(target=capture_leads, args=(stop, log), name="captures")
        captures.start()
        stack.callback(captures.join)
        stack.callback(stop.set)
        stack.enter_context(worker_beside(log))
        server = make_server(desk)
        welcome(settings, login, console)
        click.echo(f"READY {address(settings)} user={login.user} password={login.password}")
        sys.stdout.flush()
        run_until_stopped(server, sock)
        console.print("正在停止…再次启动：make run")
