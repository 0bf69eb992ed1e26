"""`mingcha jobs` and `mingcha worker`: what is done when nobody types a command."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

import click
from rich.table import Table

from pipelines import clock
from pipelines.cli.desk_for_command import acting_user, command_desk, print_json, print_table, source_called
from pipelines.desk import Desk
from pipelines.enforcement.users import CONSOLE
from pipelines.jobs import KIND_NAMES, Jobs
from pipelines.jobs import desk as on_jobs
from pipelines.jobs.execute import execute as carry_out
from pipelines.jobs.execute import run_now
from pipelines.jobs.worker import make_plan
from pipelines.log import set_up
from pipelines.records import TaskRun

OUTCOMES = {"running": "进行中", "finished": "完成", "failed": "失败", "lost": "中断后接管", "stopped": "按要求停下"}


def commands(jobs: Jobs) -> list[click.Command]:
    """The commands on these job functions."""
    return [_jobs_group(jobs), _worker(jobs)]


def _jobs_group(jobs: Jobs) -> click.Group:
    group = click.Group("jobs", help="任务：查看、立即执行、全部停止和恢复。")

    @group.command("list")
    @click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
    def list_tasks(as_json: bool) -> None:
        """列出全部任务：正在执行的、到点的和等待的，以及上次结果。"""
        with command_desk() as desk:
            make_plan(desk, jobs)
            lines = on_jobs.task_lines(desk)
            with desk.store.read() as tx:
                stop, workers = tx.tasks.stopped(), tx.workers.list()
        if as_json:
            print_json({"stopped": stop is not None, "workers": len(workers), "jobs": [_row(line) for line in lines]})
            return
        if stop is not None:
            click.echo(
                f"全部任务已停止（{stop.by}，{clock.local(stop.at):%m-%d %H:%M}）；恢复：mingcha jobs go", err=True
            )
        elif not workers:
            click.echo("没有任务进程在运行；mingcha serve 会带上一个，也可以单独运行 mingcha worker", err=True)
        table = Table("任务", "内容", "状态", "下次", "上次结果")
        for line in lines:
            task = line.task
            wait = line.wait
            state = "执行中" if wait is None else wait.what
            if wait is not None and wait.since is not None:
                state += f"（自 {clock.local(wait.since):%m-%d %H:%M}）"
            due = f"{clock.local(wait.until):%m-%d %H:%M}" if wait is not None and wait.until else "—"
            last = f"{OUTCOMES[line.last.outcome]} {line.last.message}".strip() if line.last else "—"
            table.add_row(task.name, f"{line.title} {line.source}".strip(), state, due, last)
        print_table(table)

    @group.command("run")
    @click.argument("name")
    @click.option("--as", "user_name", default="", metavar="USER", help="谁要求的（记入任务记录）。")
    def run(name: str, user_name: str) -> int:
        """立即执行一件任务，等到它结束；失败返回 1。NAME 见 mingcha jobs list，也可以写 周报、采集:来源名称。"""
        with command_desk() as desk:
            name = _task_called(desk, name)
            done = run_now(desk, jobs, name, by=_who(desk, user_name))
        click.echo(f"{name} {OUTCOMES[done.outcome]}" + (f"：{done.message}" if done.message else ""))
        return 0 if done.outcome == "finished" else 1

    @group.command("stop")
    @click.option("--as", "user_name", default="", metavar="USER", help="谁要求的（记入审计）。")
    def stop(user_name: str) -> None:
        """全部停止：几秒内停下正在执行的任务和采集，重启后仍然停着。"""
        with command_desk() as desk:
            on_jobs.stop_all(desk, actor=_who(desk, user_name))
        click.echo("已全部停止；恢复：mingcha jobs go", err=True)

    @group.command("go")
    @click.option("--as", "user_name", default="", metavar="USER", help="谁要求的（记入审计）。")
    def go(user_name: str) -> None:
        """恢复执行：从停下的地方接着做。"""
        with command_desk() as desk:
            on_jobs.go_on(desk, actor=_who(desk, user_name))
        click.echo("已恢复", err=True)

    @group.command("execute", hidden=True)
    @click.argument("run_id")
    def execute(run_id: str) -> int:
        """任务进程的子进程：执行一条已领取的任务（供程序自己调用）。"""
        set_up()
        with command_desk(typed=False) as desk:
            done = carry_out(desk, jobs, run_id)
        return 1 if done.outcome == "failed" else 0

    return group


def _worker(jobs: Jobs) -> click.Command:
    @click.command("worker")
    def worker() -> None:
        """任务进程：到点执行任务，直到停止它。SQLite 下有一个就够；PostgreSQL 下可以有任意多个，也可以在别的机器上。"""
        set_up()
        with command_desk(create=True, typed=False) as desk:
            asyncio.run(_work(desk, jobs))

    return worker


async def _work(desk: Any, jobs: Jobs) -> None:
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    if desk.store.dialect == "postgresql":
        from pipelines.jobs.outgrown import work_outgrown  # an extra: only PostgreSQL needs Procrastinate

        await work_outgrown(desk, jobs, ending)
    else:
        from pipelines.jobs.embedded import work_embedded

        await work_embedded(desk, jobs, ending)


def _who(desk: Desk, user_name: str) -> str:
    """On whose behalf: a user's, or that of whoever sits at the machine."""
    return acting_user(desk, user_name).name if user_name else CONSOLE


def _task_called(desk: Desk, word: str) -> str:
    """The task people call so: kind and source by code or by Chinese name."""
    kind, colon, source = word.replace("：", ":").partition(":")
    codes = {name: code for code, name in KIND_NAMES.items()}
    kind = codes.get(kind.strip(), kind.strip())
    return f"{kind}:{source_called(desk, source)}" if colon else kind


def _row(line: on_jobs.TaskLine) -> dict[str, Any]:
    task = line.task
    return {
        "name": task.name,
        "kind": task.kind,
        "source": task.source,
        "state": "paused" if line.paused and task.state == "waiting" else task.state,
        "next": task.next_at.isoformat() if task.next_at else None,
        "asked_by": task.asked_by,
        "failures": task.attempts,
        "last": _run_row(line.last),
    }


def _run_row(run: TaskRun | None) -> dict[str, Any] | None:
    if run is None:
        return None
    ended = run.ended_at.isoformat() if run.ended_at else None
    return {"outcome": run.outcome, "started": run.started_at.isoformat(), "ended": ended, "message": run.message}
