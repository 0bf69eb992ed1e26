"""Errors of the demo platforms.

PipelineError
└── SandboxError           the demo platforms cannot be served as asked
    ├── PortTaken          another program listens on the port asked for
    └── NoFont             this machine has no font that can draw Chinese
"""

from __future__ import annotations

from pipelines.errors import PipelineError


class SandboxError(PipelineError):
    """演示平台无法启动。"""


class PortTaken(SandboxError):
    """端口已被占用；请换一个端口，或用 0 让系统挑选空闲端口。"""


class NoFont(SandboxError):
    """本机没有中文字体，画不出海报；请先安装，例如 apt-get install fonts-wqy-microhei。"""
