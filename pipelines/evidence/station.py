"""What a capture was made with: program and commit, system, host, and whether its clock was kept right. Recorded with
each capture at the time, since nobody can tell afterwards."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import time
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pipelines import clock

#: Where this program's source lies, when it runs out of a checkout.
_ROOT = Path(__file__).resolve().parents[2]
#: A clock's state is asked for so often.
_CHECK_SECONDS = 600.0
_PATIENCE_SECONDS = 3.0
_UNITS = {"us": 0.001, "µs": 0.001, "ms": 1.0, "s": 1000.0, "min": 60_000.0}
_OFFSET = re.compile(r"([+-]?)((?:[\d.]+(?:us|µs|ms|min|s)\s*)+)")
_last: tuple[float, dict[str, Any]] | None = None


def station_facts() -> dict[str, Any]:
    """JSON: `software` `commit` (of the checkout, else null) `python` `system` `host` `host_id` (a hash: machine ids
    are to be kept secret) and `clock`."""
    return {**_fixed(), "clock": clock_state()}


def software() -> str:
    """Name and version of this program."""
    try:
        return f"mingcha {version('mingcha')}"
    except PackageNotFoundError:
        return "mingcha (not installed)"


def clock_state() -> dict[str, Any]:
    """How the system's clock is kept: `by` (chrony, systemd-timesyncd), `source`, `offset_ms` (how far the clock is
    ahead of it; negative: behind) and `at`; or `missing`: why that is not known. Asked again after ten minutes."""
    global _last  # noqa: PLW0603  # asking starts a program; a crawl cannot do so for every page
    if _last is None or time.monotonic() - _last[0] > _CHECK_SECONDS:
        _last = time.monotonic(), {**_asked(), "at": clock.rfc3339(clock.now())}
    return _last[1]


def _asked() -> dict[str, Any]:
    tried = []
    for program, arguments, read in (
        ("chronyc", ("-n", "tracking"), read_chrony),
        ("timedatectl", ("timesync-status",), read_timesyncd),
    ):
        path = shutil.which(program)
        if path is None:
            continue
        said = _said(path, *arguments)
        state = read(said)
        if state is not None:
            return state
        tried.append(program)
    if tried:
        return {"missing": f"{'、'.join(tried)} 没有给出校时源（服务未运行、未同步，或不许读取）"}
    return {"missing": "本机没有 chrony 或 systemd-timesyncd 可查"}


def read_chrony(said: str) -> dict[str, Any] | None:
    """Of `chronyc -n tracking`: the address it follows and the offset. None when it follows none."""
    told = _lines(said)
    followed = re.search(r"\((\S+)\)", told.get("Reference ID", ""))
    offset = re.match(r"([\d.]+) seconds (slow|fast)", told.get("System time", ""))
    if followed is None or offset is None or told.get("Leap status") == "Not synchronised":
        return None
    ahead = float(offset[1]) * (1000 if offset[2] == "fast" else -1000)
    return {"by": "chrony", "source": followed[1], "offset_ms": round(ahead, 3)}


def read_timesyncd(said: str) -> dict[str, Any] | None:
    """Of `timedatectl timesync-status`: server and offset. None when it has none."""
    told = _lines(said)
    server, offset = told.get("Server", ""), _milliseconds(told.get("Offset", ""))
    if not server or server.startswith("n/a") or offset is None:
        return None
    # It says what is to be added to the clock (RFC 5905: theta), which is how far the clock is behind.
    return {"by": "systemd-timesyncd", "source": server, "offset_ms": -offset}


def _lines(said: str) -> dict[str, str]:
    parts = (line.partition(":") for line in said.splitlines())
    return {name.strip(): value.strip() for name, _, value in parts}


def _milliseconds(words: str) -> float | None:
    found = _OFFSET.fullmatch(words)
    if found is None:
        return None
    parts = re.findall(r"([\d.]+)(us|µs|ms|min|s)", found[2])
    total = sum(float(number) * _UNITS[unit] for number, unit in parts)
    return round(-total if found[1] == "-" else total, 3)


def _said(*command: str) -> str:
    """What the program prints; "" when it fails or takes too long."""
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=_PATIENCE_SECONDS, check=False, env=environment, text=True
        )
    except (OSError, subprocess.SubprocessError, ValueError):
        return ""
    return done.stdout if done.returncode == 0 else ""


@cache
def _fixed() -> dict[str, Any]:
    return {
        "software": software(),
        "commit": commit_of(_ROOT),
        "python": platform.python_version(),
        "system": f"{_distribution()}（{platform.system()} {platform.release()} {platform.machine()}）",
        "host": platform.node(),
        "host_id": _host_id(),
    }


def commit_of(root: Path) -> str | None:
    """The commit a checkout stands at; None for what is no checkout. Git itself need not be there."""
    git = root / ".git"
    try:
        head = (git / "HEAD").read_text("ascii").strip()
        if not head.startswith("ref: "):
            return head or None
        name = head.removeprefix("ref: ")
        loose = git / name
        if loose.is_file():
            return loose.read_text("ascii").strip()
        packed = (git / "packed-refs").read_text("ascii").splitlines()
        return next((line.split(" ")[0] for line in packed if line.endswith(f" {name}")), None)
    except (OSError, ValueError):
        return None


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    except OSError:
        return platform.system()


def _host_id() -> str | None:
    try:
        machine = Path("/etc/machine-id").read_text("ascii").strip()
    except (OSError, ValueError):
        return None
    return hashlib.sha256(f"mingcha:{machine}".encode()).hexdigest()[:16] if machine else None
