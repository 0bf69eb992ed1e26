"""Errors of pipelines. The class docstring is the default message, in Chinese since people read it.

PipelineError
├── ConfigError            settings are unknown, contradictory or missing
├── NotFound               no such row
├── Conflict               somebody else changed it first, or it already is so
├── Refused                the rules forbid it (role, demo, bind address …)
├── BadInput               a row, file or argument that cannot be taken
├── StoreError             the database cannot be used as it is
└── EvidenceError          a package cannot be made or does not hold
"""

from __future__ import annotations


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


class StoreError(PipelineError):
    """数据库不可用。"""


class EvidenceError(PipelineError):
    """证据包有误。"""
