"""What a database driver complains about, as one Chinese sentence with the mend; its own words only where unknown."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from pipelines.errors import Conflict, StoreError

#: Seconds to wait for a server that does not answer; a living one answers in milliseconds.
CONNECT_TIMEOUT: Final = 10
_PORT: Final = 5432

#: PostgreSQL's refusal of a connection (pattern on the driver's first lines) → why, and the mend.
_NO_CONNECTION: Final = (
    (r"Connection refused|No such file or directory", "那里没有 PostgreSQL 在运行",
     "请启动它（systemctl start postgresql），并核对主机和端口"),
    (r"resolve host|Name or service not known|translate host name", "查不到这个主机名", "请核对主机名或改用 IP 地址"),
    (r"timeout expired|timed out|No route to host|unreachable", "没有回音", "请检查网络、防火墙和主机是否开着"),
    (r"password authentication failed|no password supplied", "用户名或口令不对",
     "请核对 MINGCHA_DATABASE_URL 里的用户名和口令"),
    (r"no pg_hba\.conf entry|authentication failed", "服务器不准这个用户从本机登录", "请在 pg_hba.conf 里放行"),
    (r'role ".*" does not exist', "没有这个用户", "请先建用户：createuser 用户名"),
    (r'database ".*" does not exist', "没有这个库", "请先建库：createdb 库名"),
    (r"too many clients|connection slots", "连接已用完", "请稍后再试，或调大 max_connections"),
    (r"starting up|shutting down|recovery mode", "服务器正在启动或停止", "请稍后再试"),
    (r"closed the connection unexpectedly|terminating connection|connection is closed|consuming input failed",
     "连接中断", "请检查 PostgreSQL 是否还在运行，然后重试"),
)  # fmt: skip

#: SQLite's complaints → the same.
_SQLITE: Final = (
    (r"database is locked", "数据库正忙（另一个程序正在写入）；请稍后再试"),
    (r"unable to open database file", "数据库文件打不开；请检查数据目录的权限和磁盘空间"),
    (r"readonly database", "数据库拒绝写入（只读）；请检查数据库文件和所在文件夹的属主与权限"),
    (r"disk is full", "磁盘已满；请腾出空间再试"),
    (r"disk I/O error", "磁盘读写出错；请检查磁盘"),
    (r"not a database|malformed", "数据库文件已损坏；请从备份恢复"),
)


def store_error(exc: DBAPIError, url: URL) -> Conflict | StoreError:
    """Our error for the driver's: Conflict for broken uniqueness and transactions that crossed, else StoreError."""
    told = "\n".join(str(exc.orig).strip().splitlines()[:2])
    if isinstance(exc, IntegrityError) and "unique" in told.lower():
        return Conflict(f"记录已存在：{reason(exc)}")
    # Serialization failure, deadlock: two transactions wanted the same rows crosswise and this one had to yield.
    if getattr(exc.orig, "sqlstate", None) in {"40001", "40P01"}:
        return Conflict("与另一项操作冲突，请重试")
    if url.drivername == "sqlite":
        found = next((sentence for pattern, sentence in _SQLITE if re.search(pattern, told)), None)
        return StoreError(found or f"数据库拒绝了这次操作：{reason(exc)}")
    if isinstance(exc, OperationalError) and (why := _why_no_connection(told)):
        return StoreError(f"连不上数据库（{place(url)}）：{why[0]}；{why[1]}")
    if isinstance(exc, OperationalError) and "connection" in told:
        return StoreError(f"连不上数据库（{place(url)}）：{reason(exc)}；请核对 MINGCHA_DATABASE_URL")
    return StoreError(f"数据库拒绝了这次操作：{reason(exc)}")


def _why_no_connection(told: str) -> tuple[str, str] | None:
    return next(((why, mend) for pattern, why, mend in _NO_CONNECTION if re.search(pattern, told)), None)


def place(url: URL) -> str:
    """Where a server's database is, for people; never the user's password."""
    query = url.query.get("host")
    host = url.host or (query if isinstance(query, str) else "") or "本机"
    return f"主机 {host}，端口 {url.port or _PORT}，库 {url.database or url.username or '缺省'}"


def reason(exc: DBAPIError) -> str:
    """The first line of the driver's message (it never holds the password)."""
    return (str(exc.orig).strip().splitlines() or ["?"])[0]
