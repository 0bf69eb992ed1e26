"""Errors of pipelines. The class docstring is the default message, in Chinese since people read it.

PipelineError
├── ConfigError            settings are unknown, contradictory or missing
├── NotFound               no such row
├── Conflict               somebody else changed it first, or it already is so
├── Refused                the rules forbid it (role, demo, bind address …)
├── BadInput               a row, file or argument that cannot be taken
│   └── Unconfirmed        nothing was done: a person has to confirm it first
├── StoreError             the database cannot be used as it is
│   └── NoData             there is none yet where it is looked for
└── EvidenceError          a package cannot be made or does not hold
"""

from __future__ import annotations

import errno


class PipelineError(Exception):
    """处理失败。"""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())

    @property
    def message(self) -> str:
        return str(self.args[0])


class ConfigError(PipelineError):
    """配置有误。"""


class NotFound(PipelineError):
    """没有这条记录。"""


class Conflict(PipelineError):
    """记录已被他人改动，请刷新后再试。"""


class Refused(PipelineError):
    """不允许这样操作。"""


class BadInput(PipelineError):
    """输入有误。"""


class Unconfirmed(BadInput):
    """请先核对并确认。"""


class StoreError(PipelineError):
    """数据库不可用。"""


class NoData(StoreError):
    """这里还没有数据。"""


class EvidenceError(PipelineError):
    """证据包有误。"""


#: What the operating system refuses, in words people can act on.
_OS_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "所在的盘是只读的",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.ENOTDIR: "路径中有一段是文件，不是文件夹",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.EEXIST: "同名的文件已经存在",
    errno.ENAMETOOLONG: "名称太长",
    errno.EIO: "磁盘读写出错",
    errno.EMFILE: "打开的文件太多",
    errno.ELOOP: "链接绕成了圈",
    errno.EADDRINUSE: "端口已被占用",
    errno.EADDRNOTAVAIL: "不是本机的地址",
}


def os_reason(error: OSError) -> str:
    """Why the operating system refused, in Chinese; its own words when it is none of the usual reasons."""
    return _OS_REASONS.get(error.errno or 0) or error.strerror or str(error)
