"""Finding Chromium and starting the browser child with as little power as possible."""

from __future__ import annotations

import contextlib
import logging
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from crawlers.browser.closed import NoWayIn, plan, program, reachable, way_in
from crawlers.errors import BrowserFailed

_log = logging.getLogger(__name__)
#: Debian's places first; the headless shell is faster and smaller than the whole browser.
_BINARIES = (
    "/usr/lib/chromium/chromium-headless-shell",
    "/usr/bin/chromium-headless-shell",
    "/usr/lib/chromium/chromium",
    "/usr/bin/chromium",
    "/usr/bin/google-chrome",
)
#: Looked for on PATH where none of these is, as .ci/setup and `mingcha doctor` do.
_NAMES = ("chromium-headless-shell", "chromium", "google-chrome")
UNPRIVILEGED = "nobody"
#: How the folder of a browser is called; the process that made it follows.
_FOLDER = "mingcha-browser-"
#: Looks for processes that still run in a folder, 50 ms apart: 5 s in all.
_TRIES = 100
_PROJECT = Path(__file__).resolve().parents[2]
#: What the child and the browser may know of our environment; no secrets, no proxies.
_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV", "PYTHONPATH")
_LIMITS = ("--core=0", "--nofile=8192", f"--fsize={512 * 1024 * 1024}")


def find_chromium() -> str:
    """The browser's path. Raises BrowserFailed naming the package to install."""
    for path in _BINARIES:
        if os.access(path, os.X_OK):
            return path
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    raise BrowserFailed("没有找到 Chromium；请安装：sudo apt-get install chromium-headless-shell")


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """A throw-away folder for one browser: profile, home, and the command that starts Chromium."""

    folder: Path
    profile: Path
    executable: str
    #: Prefix that starts the child itself unprivileged; empty when only Chromium can be.
    prefix: tuple[str, ...]


def make_workplace(stack: ExitStack, *, hidden: Sequence[Path] = ()) -> Workplace:
    """A folder that is removed with `stack`; owned by the unprivileged account when we are root. Where folders must be
    covered so that the child may be unprivileged too, so are the `hidden` ones."""
    root = os.geteuid() == 0
    parent = "/tmp" if root else None  # noqa: S108  # mkdtemp makes a folder of its own; $TMPDIR may be private to root
    _clear_left_over(Path(parent or tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-", dir=parent))
    stack.callback(_remove, folder)
    profile = folder / "profile"
    profile.mkdir(mode=0o700)
    chromium = find_chromium()
    if not root:
        return Workplace(folder=folder, profile=profile, executable=chromium, prefix=())
    account = pwd.getpwnam(UNPRIVILEGED)
    drop = _drop(account)
    folder.chmod(0o755)
    os.chown(profile, account.pw_uid, account.pw_gid)
    if prefix := _prefix(account, drop, hidden):
        return Workplace(folder=folder, profile=profile, executable=chromium, prefix=prefix)
    wrapper = folder / "chromium"
    wrapper.write_text(f'#!/bin/sh\nexec {" ".join(drop)} {chromium} "$@"\n', encoding="utf-8")
    wrapper.chmod(0o555)
    return Workplace(folder=folder, profile=profile, executable=str(wrapper), prefix=())


def _prefix(account: pwd.struct_passwd, drop: tuple[str, ...], hidden: Sequence[Path]) -> tuple[str, ...]:
    """What starts a child without privileges; empty, and said in the log, where only Chromium can be."""
    if reachable(account, Path(sys.executable), Path(sys.executable).resolve(), Path(__file__)):
        return drop
    try:
        return way_in(plan(account, program(), (_PROJECT / "var", *hidden)), drop)
    except NoWayIn as exc:
        _log.warning(
            "浏览器的控制进程只能以 root 运行（Chromium 仍以 %s 运行，沙箱开着）：%s 或 %s 在只有 root 能进的目录里，"
            "又不能为它另设挂载空间（%s）。请把程序连同它的 Python 放到别人也能读的目录，如 /opt/mingcha，"
            "或改用专门的账号运行",
            *(UNPRIVILEGED, _PROJECT, Path(sys.executable).resolve(), exc),
        )
        return ()


def accounts(place: Workplace, child: subprocess.Popen[bytes]) -> dict[str, str]:
    """Under which accounts the browser and the child that drives it run, as the system says; for the record."""
    seen = {"account": _running_in(place.folder), "child_account": [child.pid]}
    return {name: "、".join(sorted({_account_of(pid) for pid in pids} - {""})) for name, pids in seen.items()}


def _account_of(pid: int) -> str:
    """Its name, or its number where it has none; empty when the process is gone."""
    with contextlib.suppress(OSError):
        status = Path("/proc", str(pid), "status").read_text(encoding="utf-8", errors="replace")
        effective = int(next(line for line in status.splitlines() if line.startswith("Uid:")).split()[2])
        try:
            return pwd.getpwuid(effective).pw_name
        except KeyError:
            return str(effective)
    return ""


def _remove(folder: Path) -> None:
    """With all that is in it, once nobody runs there any more: a browser whose child was killed ends by itself, but not
    at once, and would make its folder anew."""
    for _ in range(_TRIES):
        running = list(_running_in(folder))
        for pid in running:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        if not running:
            break
        time.sleep(0.05)
    shutil.rmtree(folder, ignore_errors=True)


def _running_in(folder: Path) -> Iterator[int]:
    """Processes that were started with this folder in their command."""
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if os.fsencode(folder) in command.read_bytes():
                yield int(command.parent.name)


def _clear_left_over(parent: Path) -> None:
    """Remove the folders of those who were killed before they could: ours, and of a process that is no more."""
    for folder in parent.glob(f"{_FOLDER}*-*"):
        owner = folder.name.removeprefix(_FOLDER).partition("-")[0]
        with contextlib.suppress(OSError):
            if owner.isdecimal() and folder.lstat().st_uid == os.geteuid() and not Path("/proc", owner).exists():
                _remove(folder)


def start_child(place: Workplace) -> subprocess.Popen[bytes]:
    """The child process, in a session of its own so that it can be killed whole."""
    environment = {name: value for name, value in os.environ.items() if name in _KEPT_ENVIRONMENT}
    environment |= {
        "HOME": str(place.profile),
        "TMPDIR": str(place.profile),
        "PYTHONPATH": str(_PROJECT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = (*place.prefix, "prlimit", *_LIMITS, sys.executable, "-m", "crawlers.browser.child")
    with (place.folder / "stderr").open("wb") as complaints:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            cwd=_PROJECT if not place.prefix else place.profile,
            env=environment,
            start_new_session=True,
        )


def _drop(account: pwd.struct_passwd) -> tuple[str, ...]:
    for tool in ("setpriv", "prlimit"):
        if shutil.which(tool) is None:
            raise BrowserFailed(f"没有 {tool} 命令，浏览器不能以低权限启动；请安装：sudo apt-get install util-linux")
    return (
        *("setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"),
        *("--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--"),
    )
