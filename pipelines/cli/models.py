"""`mingcha train`, `model` and `reassess`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from pipelines.cli.desk_for_command import command_desk, os_account, print_json, print_line, print_table
from pipelines.clock import local, rfc3339
from pipelines.enforcement.users import CONSOLE
from pipelines.learning import FIGURE_NAMES

if TYPE_CHECKING:
    from pipelines.learning.challenger import Challenge
    from pipelines.learning.models import KnownModel

_TRAINING = "正在用随程序的语料训练模型：先学，再用没学过的文本测评；两个处理器核约两分钟，只在语料或代码变了时做…"
STATE_NAMES = {"ok": "可用", "stale": "已过期", "damaged": "已损坏或外来"}


def commands() -> list[click.Command]:
    return [train, model, reassess]


@click.command()
@click.option("--embed", is_flag=True, help="先为语料中新增或改动的文本计算语义向量（需要可选组件 embed）。")
@click.option("--with-decisions", is_flag=True, help="用语料和本数据目录的审核结论训练一个新模型，并与现用模型比较。")
@click.option("--activate", is_flag=True, help="与 --with-decisions 同用：新模型通过比较就立即启用。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def train(embed: bool, with_decisions: bool, activate: bool, as_json: bool) -> int:
    """训练模型；语料与代码未变时直接使用已有模型。加 --with-decisions 则跟着审核结论学。"""
    if activate and not with_decisions:
        raise click.UsageError("--activate 要和 --with-decisions 一起用")
    # scikit-learn is heavy: only training loads it
    from classifier.workshop import embed_corpus, make_current

    if embed:
        embed_corpus()
    if not with_decisions:
        with ExitStack() as stack:
            made = make_current(about_to_train=lambda: stack.enter_context(_waiting(_TRAINING)))
        if as_json:
            print_line(made)
        else:
            click.echo(_trained_words(made))
        return 0
    from pipelines.learning.challenger import challenge
    from pipelines.learning.models import activate as put_to_use

    with command_desk() as desk:
        with _waiting("正在训练并比较，约一两分钟…"):
            done = challenge(desk, actor=CONSOLE)
        live = activate and done.comparison.passed
        if live:
            put_to_use(desk, done.model, actor=CONSOLE, os_account=os_account())
    if as_json:
        print_json(done.as_dict() | {"activated": live})
    else:
        _show(done)
        click.echo(done.comparison.verdict)
        if live:
            click.echo(f"已启用模型 {done.model}；请运行 mingcha reassess 按新模型重新研判")
        elif done.comparison.passed:
            click.echo(f"尚未启用；启用请运行 mingcha model activate {done.model}")
    return 0 if done.comparison.passed else 1


@click.group()
def model() -> None:
    """模型：随程序的，和跟着审核结论学出来的。"""


@model.command("list")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def model_list(as_json: bool) -> None:
    """列出模型：编号、训练时间、学了多少文本和结论、测评数字、是否现用。"""
    from pipelines.learning.models import list_models

    with command_desk() as desk:
        models = list_models(desk.home)
    if as_json:
        print_json([_model_json(one) for one in models])
        return
    table = Table("编号", "状态", "训练时间", "语料+结论", "层", "学科/焦虑/线索", box=SIMPLE_HEAD, pad_edge=False)
    for one in models:
        state = ("现用 " if one.active else "") + STATE_NAMES[one.state]
        table.add_row(
            one.id,
            "现用" if one.active and one.state == "ok" else state,
            f"{local(one.made_at):%m-%d %H:%M}" if one.made_at else "",
            f"{one.texts}+{one.lessons}" if one.texts else "",
            str(one.tiers) if one.state == "ok" else "",
            " ".join(f"{one.figures[name]:.3f}" for name in FIGURE_NAMES if one.figures),
        )
    print_table(table)
    click.echo("学科/焦虑/线索：学科类 F1、焦虑 F1、线索准确率，均为没有参与训练的作者的文本", err=True)
    for one in models:
        if one.comparison:
            click.echo(f"{one.id}：{one.comparison['verdict']}")


@model.command("activate")
@click.argument("model_id", metavar="ID")
def model_activate(model_id: str) -> None:
    """启用一个通过了比较的模型；ID 写 base 则改回随程序的模型。"""
    from pipelines.learning.models import activate

    with command_desk() as desk:
        live = activate(desk, model_id, actor=CONSOLE, os_account=os_account())
    click.echo(f"现用模型 {live}；请运行 mingcha reassess 按它重新研判", err=True)


@click.command()
@click.option("--all", "everything", is_flag=True, help="也包括从未研判过的信息。")
@click.option("--model-changed", is_flag=True, help="只看由其他模型研判的；仅规则库变化的不重做。")
@click.option("--limit", type=click.IntRange(min=1), help="最多重新研判多少条。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def reassess(everything: bool, model_changed: bool, limit: int | None, as_json: bool) -> None:
    """用现用的模型和规则库重新研判库里的信息；中断后再运行即接着做。

    旧的研判保留为历史；已有结论和待核实的线索状态不变；不再是线索的待审线索移到“已撤下”。
    """
    if everything and model_changed:
        raise click.UsageError("--all 和 --model-changed 只能选一个")
    # the classifier is heavy; only this command loads it
    from pipelines.assessor import load_assessor
    from pipelines.ingest.reassess import Scope
    from pipelines.ingest.reassess import reassess as run

    scope = Scope.ALL if everything else Scope.MODEL_CHANGED if model_changed else Scope.CHANGED
    with command_desk() as desk, _progress() as tell:
        done = run(desk, load_assessor(desk.settings), actor=CONSOLE, scope=scope, limit=limit, progress=tell)
    if as_json:
        print_line(asdict(done))
        return
    if not done.assessed:
        click.echo("没有需要重新研判的信息")
        return
    click.echo(
        f"重新研判 {done.assessed} 条：新线索 {done.opened} 条，恢复 {done.reopened} 条，撤下 {done.withdrawn} 条"
        + (f"；还剩 {done.left} 条" if done.left else "")
    )


def _show(done: Challenge) -> None:
    """Base, model in use and challenger side by side."""
    said = done.comparison
    silent = sum(done.lessons.silent.values())
    click.echo(
        f"已定线索 {done.lessons.decided} 条，可学 {len(done.lessons.lessons)} 条"
        f"（成立 {done.lessons.confirmed}，排除 {done.lessons.dismissed}）；"
        f"{silent} 条排除没有写明与文字有关的理由，不学。用较早的 {done.taught} 条训练，最新 {said.recent} 条比较。"
    )
    table = Table("", "随程序的模型", "现用模型", "新模型", "允许下降")
    table.add_row("编号", done.base, done.active, done.model, "")
    for name, title in FIGURE_NAMES.items():
        values = (done.base_frozen, said.active_frozen, said.challenger_frozen)
        table.add_row(title, *(f"{figures[name]:.3f}" for figures in values), f"{_tolerance(name):.3f}")
    table.add_row(f"最近 {said.recent} 条判对", "", str(said.active_right), str(said.challenger_right), "须更多")
    print_table(table)


def _tolerance(name: str) -> float:
    from classifier.challenge import TOLERANCE

    return TOLERANCE[name]


def _model_json(one: KnownModel) -> dict[str, Any]:
    return asdict(one) | {"made_at": rfc3339(one.made_at) if one.made_at else None, "may_go_live": one.may_go_live}


def _trained_words(made: dict[str, Any]) -> str:
    if not made["trained"]:
        return f"模型 {made['model']} 已是最新，不用训练"
    best = made["second"] or made
    return (
        f"模型 {made['model']} 已训练好：学了 {made['texts']} 条文本；没有参与训练的作者的文本上，"
        f"学科类 F1 {best['academic_f1']:.3f}，焦虑 F1 {best['anxiety_f1']:.3f}"
    )


@contextmanager
def _waiting(sentence: str) -> Iterator[None]:
    """The sentence with a clock that runs on a terminal, the sentence alone elsewhere."""
    console = Console(stderr=True)
    if console.is_terminal:
        with Progress(SpinnerColumn(), TextColumn(sentence), TimeElapsedColumn(), console=console) as bar:
            bar.add_task("", total=None)
            yield
    else:
        console.print(sentence)
        yield


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    columns = (TextColumn("重新研判"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
