"""What the figures were measured on: machine, load, versions. No name of the machine, no path."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

from crawlers.browser.launcher import find_chromium
from crawlers.errors import CrawlError

ROOT = Path(__file__).resolve().parents[2]
_LIBRARIES = ("scrapy", "playwright", "rjieba", "jieba", "scikit-learn", "numpy", "sqlalchemy", "fastapi", "psycopg")


def machine() -> dict[str, Any]:
    """Processor, cores we may use, memory, system, and how busy it is just now."""
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
        "kernel": platform.release(),
        "load_before": [round(value, 2) for value in os.getloadavg()],
    }


def versions() -> dict[str, str]:
    """Ours and of what decides the figures."""
    return {
        "mingcha": metadata.version("mingcha"),
        "commit": _commit(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "chromium": _chromium(),
        **{name: metadata.version(name) for name in _LIBRARIES},
    }


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _commit() -> str:
    """The commit, with `+` when the measured files differ from it; empty outside a checkout."""
    commit = _said(["git", "rev-parse", "--short", "HEAD"])
    return f"{commit}+" if commit and _said(["git", "status", "--porcelain"]) else commit


def _chromium() -> str:
    try:
        return _said([find_chromium(), "--version"])
    except CrawlError:
        return ""


def _said(command: list[str]) -> str:
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
