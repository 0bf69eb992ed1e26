"""`mingcha sandbox`: serve the demo platforms until Ctrl-C."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import click

#: Where the platforms are found when nothing is said: board, ads, feed, life.
DEFAULT_PORTS = (18081, 18082, 18083, 18084)
#: How many ports may be given: three by those who knew three platforms, life then takes a free one.
_COUNTS = (3, 4)


@click.command("sandbox")
@click.option(
    "--ports",
    default=None,
    metavar="A,B,C[,D]",
    help="board、ads、feed、life 的端口，0 表示任选，不写 D 时 life 任选；"
    "缺省 18081,18082,18083,18084，被占用时自动换成空闲端口。",
)
@click.option("--seed", default=1, show_default=True, help="决定日期、顺序和计数的种子。")
@click.option(
    "--day", type=click.IntRange(1, 2), default=1, show_default=True, help="2 = 第二天：五条已修改，五条已消失。"
)
def sandbox(ports: str | None, seed: int, day: int) -> None:
    """在本机运行四个演示平台；每个平台输出一行：名称 地址。"""
    # Pillow and the templates take a moment to load, so only this command pays for them.
    from crawlers.sandbox.errors import PortTaken
    from crawlers.sandbox.sites import serve_sandbox

    wanted = _ports(ports)
    with ExitStack() as stack:
        # Before the first line is printed: who reads it may stop us at once.
        stop = stack.enter_context(_stop_signals())
        try:
            sites = stack.enter_context(serve_sandbox(seed=seed, ports=wanted or DEFAULT_PORTS))
        except PortTaken as taken:
            if wanted is not None:
                raise click.UsageError(taken.message) from taken
            click.echo("缺省端口已被占用，改用空闲端口。", err=True)
            sites = stack.enter_context(serve_sandbox(seed=seed, ports=(0, 0, 0, 0)))
        sites.day = day
        for name, origin in sites.items():
            click.echo(f"{name} {origin}")
        _wait(stop)


def _ports(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    parts = text.split(",")
    if len(parts) not in _COUNTS or not all(part.strip().isdigit() and int(part) < 65536 for part in parts):
        raise click.UsageError("--ports 需要三个或四个用逗号隔开的端口，例如 18081,18082,18083,18084")
    return tuple(int(part) for part in parts)


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    """An event that Ctrl-C or a polite kill sets; the handlers that were there come back afterwards."""
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait(stop: threading.Event) -> None:
    stop.wait()


def commands() -> list[click.Command]:
    """The commands of this package."""
    return [sandbox]
