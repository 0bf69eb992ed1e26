"""`mingcha doctor`: is everything Mingcha needs on this machine and in this HOME in order?"""

from __future__ import annotations

import ctypes.util
import shutil
import stat
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipelines.config import Settings
from pipelines.desk import open_desk
from pipelines.divisions import NOWHERE, region_fault, region_remark, region_words
from pipelines.errors import PipelineError
from pipelines.evidence.retention import overdue
from pipelines.store import open_store, status

#: Below this a week of captures may not fit.
MIN_FREE_GIB = 2
_BROWSERS = (
    "/usr/lib/chromium/chromium-headless-shell",
    "chromium-headless-shell",
    "chromium",
    "google-chrome",
)


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing looked at."""

    name: str
    ok: bool
    #: What was found, or the mend.
    message: str


def examine(settings: Settings) -> list[Check]:
    """All checks, in the order a person would mend them."""
    checks: list[tuple[str, Callable[[Settings], tuple[bool, str]]]] = [
        ("浏览器", _browser),
        ("中文字体", _font),
        ("PDF 组件", _pango),
        ("数据目录", _home),
        ("磁盘空间", _disk),
        ("数据库", _database),
        ("审计链头", _heads),
        ("保存期限", _retention),
        ("区划代码", _region),
    ]
    return [Check(name=name, ok=(found := look(settings))[0], message=found[1]) for name, look in checks]


def _browser(_: Settings) -> tuple[bool, str]:
    for candidate in _BROWSERS:
        path = shutil.which(candidate)
        if path:
            return True, path
    return False, "没有找到 Chromium；请执行 apt-get install -y chromium-headless-shell"


def _font(_: Settings) -> tuple[bool, str]:
    if not shutil.which("fc-list"):
        return False, "没有 fontconfig；请执行 apt-get install -y fontconfig fonts-wqy-microhei"
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=False).stdout
    families = sorted({line.split(",")[0] for line in listed.splitlines() if line})
    return (
        (True, "、".join(families))
        if families
        else (False, "没有中文字体；请执行 apt-get install -y fonts-wqy-microhei")
    )


def _pango(_: Settings) -> tuple[bool, str]:
    if ctypes.util.find_library("pango-1.0"):
        return True, "pango 可用"
    return False, "缺少 pango；请执行 apt-get install -y libpango-1.0-0 libpangoft2-1.0-0"


def _home(settings: Settings) -> tuple[bool, str]:
    home = settings.home_path
    if not home.is_dir():
        return False, f"{home} 还不存在；首次 mingcha serve 时会建立"
    loose = [str(path) for path in _private_files(home) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if loose:
        return False, f"权限过宽：{loose[0]}；请执行 chmod 600"
    return True, str(home)


def _private_files(home: Path) -> list[Path]:
    files = [path for path in (home / "secrets").glob("*") if path.is_file()]
    return [*files, *(path for path in [home / "login.txt"] if path.is_file())]


def _disk(settings: Settings) -> tuple[bool, str]:
    folder = settings.home_path
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 2**30
    return free >= MIN_FREE_GIB, f"剩余 {free:.1f} GiB" + ("" if free >= MIN_FREE_GIB else f"，少于 {MIN_FREE_GIB} GiB")


def _database(settings: Settings) -> tuple[bool, str]:
    try:
        state = status(settings.effective_database_url)
    except PipelineError as exc:
        return False, exc.message
    if not state["current"]:
        return False, "还没有数据库；请执行 mingcha db upgrade"
    return bool(state["ok"]), f"版本 {state['current']}" + ("" if state["ok"] else "；请执行 mingcha db upgrade")


def _heads(settings: Settings) -> tuple[bool, str]:
    """Is the audit log still what was kept of it outside the database, and protected? `mingcha audit verify` reads it
    whole besides."""
    from pipelines.evidence.head_check import compare, read_heads, trigger_faults  # loads pyasn1

    try:
        if not status(settings.effective_database_url)["ok"]:
            return True, "还没有数据库"
        with open_desk(settings, create=False) as desk, desk.store.read() as tx:
            report = compare(tx, read_heads(desk), own_file=True)
            faults = [*trigger_faults(tx), *report.faults]
    except PipelineError as exc:
        return False, exc.message
    if faults:
        return False, "；".join(faults)
    if report.newest is None:
        return True, "还没有留存链头；mingcha serve 启动时开始"
    return True, f"留存 {report.kept} 个，最近的是第 {report.newest.seq} 号，与数据库相符"


def _retention(settings: Settings) -> tuple[bool, str]:
    """Is anything still here that should have been deleted days ago?"""
    kept = f"没有成为线索的保存 {settings.retain_days} 天，排除的 {settings.retain_dismissed_days} 天"
    try:
        if not status(settings.effective_database_url)["ok"]:
            return True, kept
        store = open_store(settings.effective_database_url, create=False)
    except PipelineError:  # the check of the database has said so
        return True, kept
    try:
        with store.read() as tx:
            late = overdue(settings, tx)
    finally:
        store.close()
    if not late.files and not late.listings:
        return True, f"{kept}；没有过期未删的"
    return False, (
        f"过期未删：{late.files} 个 WARC 文件、{late.listings} 条信息（{kept}）；请执行 mingcha jobs run retention"
    )


def _region(settings: Settings) -> tuple[bool, str]:
    """The code in force: what was typed into the interface before codes were checked is looked at too."""
    code = settings.region or _typed_region(settings)
    if not code:
        return True, "还没有填写；首次登录审核界面时会请管理员填写"
    if settings.region == "" and code == NOWHERE:
        return True, "演示数据，没有真实的区划"
    problem = region_fault(code) or region_remark(code)
    return not problem, problem or f"{code} {region_words(code)}"


def _typed_region(settings: Settings) -> str:
    try:
        if not status(settings.effective_database_url)["ok"]:
            return ""
        store = open_store(settings.effective_database_url, create=False)
    except PipelineError:  # the check before this one has said so
        return ""
    try:
        with store.read() as tx:
            return tx.settings.get("region") or ""
    finally:
        store.close()
