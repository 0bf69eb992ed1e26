"""A program that lies where only root may go: who drives the browser then, and what it sees."""

from __future__ import annotations

import json
import logging
import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from crawlers.addresses import parse_allow
from crawlers.browser import closed, launcher
from crawlers.browser.client import Browser
from crawlers.browser.closed import NoWayIn, plan, program, way_in
from crawlers.browser.launcher import UNPRIVILEGED, make_workplace
from tests.crawlers.family import Process, family, own, with_mounts_below
from tests.crawlers.small_site import HTML, serve

_PROJECT = Path(__file__).resolve().parents[2]
_NOBODY = pwd.getpwnam(UNPRIVILEGED)
#: Draws a page for each line it is told, and says who did.
_DRIVER = """
import crawlers, json, sys
from pathlib import Path
from crawlers.addresses import parse_allow
from crawlers.browser.client import Browser
netloc, home = sys.argv[1:]
hosts = {"hosts": [netloc], "allowed": [parse_allow(netloc)]}
with Browser(**hosts, user_agent="MingchaBot/0.1", hidden=[Path(home)]) as browser:
    for _line in sys.stdin:
        page = browser.render(f"http://{netloc}/", screenshot=True, robots={netloc: ""})
        said = {"text": page.text, "environment": page.environment, "pid": browser.pid}
        print(json.dumps(said | {"of": crawlers.__file__, "folder": str(browser.place.folder)}), flush=True)
"""
#: Lays folders of this machine out below a closed one, seen by what follows alone: $1 on $2, $3 on $4 … up to --.
_LAID = 'while [ "$1" != -- ]; do mount --bind "$1" "$2" || exit 9; shift 2; done; shift; exec "$@"'


def may_mount() -> bool:
    """Does this machine let us have mounts of our own?"""
    laid = ("unshare", "--mount", "--propagation", "private", "mount", "-t", "tmpfs", "none", "/mnt")
    return os.geteuid() == 0 and subprocess.run(laid, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def netloc() -> Iterator[str]:
    with serve({"/": (200, HTML, b"<p>words")}) as site:
        yield f"127.0.0.1:{site.server_port}"


@pytest.fixture
def data() -> Iterator[Path]:
    """A HOME elsewhere, as open as a careless hand made it."""
    with tempfile.TemporaryDirectory(prefix="mingcha-test-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def closed_clone(tmp_path: Path, data: Path, netloc: str) -> Iterator[subprocess.Popen[str]]:
    """The driver, run as from /root/mingcha by its Python, with a secret beside and data within; called by a name that
    leads there by a link, as uv and deployments have it."""
    top = tmp_path / "root"
    clone = top / "mingcha"
    clone.mkdir(parents=True)
    top.chmod(0o700)
    (top / "current").symlink_to("mingcha")
    laid = []
    for name, real in (
        (".venv", sys.prefix),
        ("crawlers", _PROJECT / "crawlers"),
        ("pipelines", _PROJECT / "pipelines"),
    ):
        (clone / name).mkdir()
        laid += [str(real), str(clone / name)]
    for path in secrets_of(tmp_path, data):
        path.parent.mkdir(exist_ok=True)
        path.write_text("secret")  # readable for all, once they get there
    python = top / "current" / ".venv" / "bin" / Path(sys.executable).name
    command = [*("sh", "-c", _LAID, "sh", *laid, "--"), str(python), "-c", _DRIVER, netloc, str(data)]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(top / "current"), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        ["unshare", "--mount", "--propagation", "private", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        cwd="/",
    ) as driver:
        try:
            yield driver
        finally:
            driver.kill()


def secrets_of(tmp_path: Path, data: Path) -> tuple[Path, ...]:
    """Beside the clone, in its var/, and in a HOME elsewhere."""
    return tmp_path / "root/.npmrc", tmp_path / "root/mingcha/var/mingcha.db", data / "key"


def drawn(driver: subprocess.Popen[str]) -> dict[str, Any]:
    assert driver.stdin is not None
    assert driver.stdout is not None
    assert driver.stderr is not None
    driver.stdin.write("draw\n")
    driver.stdin.flush()
    line = driver.stdout.readline()
    assert line, driver.stderr.read()
    said: dict[str, Any] = json.loads(line)
    return said


def test_child_driver_and_browser_are_nobody_and_see_nothing_else(
    tmp_path: Path, data: Path, netloc: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if not may_mount():
        # An ordinary user, or a container without CAP_SYS_ADMIN: what is told instead.
        monkeypatch.setattr(launcher, "reachable", lambda *_paths: False)
        told_truly(netloc, caplog)
        return
    before = mounts_of("self")
    # Root's own, and closed: the clone's Python, and what else of it there is, lie below.
    with closed_clone(tmp_path, data, netloc) as driver:
        secrets = secrets_of(tmp_path, data)
        assert all(path.exists() for path in secrets)
        said = drawn(driver)
        assert said["text"] == "words"
        assert said["of"].startswith(str(tmp_path / "root"))
        assert (said["environment"]["account"], said["environment"]["child_account"]) == ("nobody", "nobody")
        them = family(said["pid"])
        assert all(
            any(kind in one.command for one in them) for kind in ("browser.child", "run-driver", "--type=renderer")
        )
        for one in them:
            powerless(one)
            assert not [path for path in secrets if one.sees(path)], one.command
        assert them[0].sees(tmp_path / "root/mingcha/crawlers/browser/child.py")
        assert them[0].lists(tmp_path / "root") == ["current", "mingcha"]
        assert them[0].lists(tmp_path / "root/mingcha") == [".venv", "crawlers", "pipelines"]
        assert them[0].namespace("mnt") != own("mnt")
        assert them[0].pid in with_mounts_below(tmp_path)
        laid = mounts_of(them[0].pid) - before
        assert laid
        os.killpg(said["pid"], signal.SIGKILL)
        after = drawn(driver)
        assert after["pid"] != said["pid"]
        assert {uid for one in family(after["pid"]) for uid in one.uids} == {_NOBODY.pw_uid}
        soon(lambda: all(one.ended for one in them))
        assert driver.stdin is not None
        driver.stdin.close()
        assert driver.wait(30) == 0
    soon(lambda: not with_mounts_below(tmp_path))
    assert not [said for said in (said, after) if Path(said["folder"]).exists()]
    assert not laid & mounts_of("self")


def mounts_of(process: int | str) -> set[str]:
    return set(Path(f"/proc/{process}/mounts").read_text().splitlines())


def powerless(one: Process) -> None:
    assert one.uids == {_NOBODY.pw_uid}, one.command
    assert one.status["NoNewPrivs"] == "1"
    assert one.status["Groups"] in ("", str(_NOBODY.pw_gid))
    # Chromium's own processes have all power in the user namespace of their sandbox, and none out of it.
    assert int(one.status["CapEff"], 16) == 0 or one.namespace("user") != own("user")


def soon(true: Callable[[], bool]) -> None:
    """What was killed ends by itself, but not at once."""
    end = time.monotonic() + 10
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    assert true()


def test_nothing_there_can_be_written_or_left(tmp_path: Path) -> None:
    if not may_mount():
        with pytest.raises(NoWayIn):
            way_in((("cover", str(tmp_path), ""),), ())
        return
    room = tmp_path / "room"
    room.mkdir()
    (room / "words").write_text("words")
    tries = f"""
import os
print(open("{tmp_path}/room/words").read())
for path in ("{tmp_path}/room/more", "{tmp_path}/more", "{tmp_path}/room/words"):
    try:
        open(path, "w")
    except OSError as exc:
        print(exc.strerror)
print(os.getuid(), os.listdir("{tmp_path}"))
"""
    drop = launcher._drop(_NOBODY)
    steps = plan(_NOBODY, (*program(), room), (tmp_path,))
    words = way_in(steps, drop)
    # Root itself could not either: read-only, not only somebody else's.
    for rights in (drop, ()):
        command = [*words[: len(words) - len(drop)], *rights, sys.executable, "-c", tries]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=True)
        said = done.stdout.splitlines()
        assert said[:4] == ["words", *["Read-only file system"] * 3]
        assert said[4] == f"{_NOBODY.pw_uid if rights else 0} ['room']"
    assert not (tmp_path / "more").exists()
    # systemd shares the mounts of a machine with all that is started: what is laid out stays ours there too.
    shared = ["unshare", "--mount", "--propagation", "shared", "sh", "-c", '"$@" && cat /proc/self/mounts', "sh"]
    done = subprocess.run([*shared, *words, "true"], capture_output=True, text=True, cwd="/", check=True)
    assert done.stdout
    assert not [line for line in done.stdout.splitlines() if any(f" {path} " in line for _kind, path, _to in steps)]


def told_truly(netloc: str, caplog: pytest.LogCaptureFixture) -> None:
    """Where the child cannot be unprivileged: the browser is all the same, log and record say how it is."""
    with (
        caplog.at_level(logging.WARNING, "crawlers.browser"),
        Browser(hosts=[netloc], allowed=[parse_allow(netloc)], user_agent="MingchaBot/0.1") as browser,
    ):
        page = browser.render(f"http://{netloc}/", robots={netloc: ""})
        them = family(browser.pid)
    assert page.text == "words"
    ours = pwd.getpwuid(os.geteuid()).pw_name
    account = UNPRIVILEGED if os.geteuid() == 0 else ours
    assert page.environment | {"account": account, "child_account": ours} == page.environment
    assert browser.environment | {"account": account, "child_account": ours} == browser.environment
    drawing = [one for one in them if "--type=" in one.command]
    assert drawing
    assert {uid for one in drawing for uid in one.uids} == {pwd.getpwnam(account).pw_uid}
    assert not [one.command for one in them if "--no-sandbox" in one.command]
    said = [record.getMessage() for record in caplog.records]
    if os.geteuid() == 0:
        assert len(said) == 1
        assert "以 root 运行" in said[0]
        assert "如 /opt/mingcha" in said[0]
    else:
        assert said == []


def test_where_the_machine_lets_nobody_mount_it_is_told(
    netloc: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    # What such a container answers, without being in one: the very words of the script that was to lay out.
    refusing = tmp_path / "mounts.py"
    refusing.write_text("import sys; sys.exit('[Errno 1] unshare: Operation not permitted')")
    monkeypatch.setattr(closed, "_MOUNTS", refusing)
    monkeypatch.setattr(launcher, "reachable", lambda *_paths: False)
    told_truly(netloc, caplog)
    if os.geteuid() == 0:
        assert "unshare: Operation not permitted" in caplog.text


def test_what_is_laid_out(tmp_path: Path) -> None:
    """Of tmp_path, which pytest makes for us alone."""
    (python, clone, data), alias = [tmp_path / name for name in ("python-1.2", "clone", "data")], tmp_path / "python-1"
    for folder in (python, clone / "code", clone / "var", data):
        folder.mkdir(parents=True)
    alias.symlink_to(python.name)
    top = next(path for path in (*reversed(tmp_path.parents), tmp_path) if not path.stat().st_mode & 0o001)
    stranger = pwd.struct_passwd(("stranger", "x", 999_999, 999_999, "", "/", "/bin/sh"))
    steps = plan(stranger, (alias, clone / "code"), (clone / "var", data, clone / "not-there"))
    assert steps == (
        ("cover", str(top), ""),
        ("bind", str(clone / "code"), ""),
        ("link", str(alias), str(python)),
        ("bind", str(python), ""),
    )
    # Data within what is needed is covered after it, and again what is needed within the data.
    inner = clone / "code" / "data"
    (inner / "code").mkdir(parents=True)
    steps = plan(stranger, (clone / "code", inner / "code"), (inner,))
    kinds = [(kind, path) for kind, path, _to in steps]
    assert kinds[1:] == [("bind", str(clone / "code")), ("cover", str(inner)), ("bind", str(inner / "code"))]


def test_the_workplace_needs_no_covers_where_all_may_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "reachable", lambda *_paths: True)
    with ExitStack() as stack:
        prefix = make_workplace(stack).prefix
    assert prefix == (launcher._drop(_NOBODY) if os.geteuid() == 0 else ())
