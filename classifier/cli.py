"""`mingcha assess` and `mingcha evaluate`."""

from __future__ import annotations

import sys
from typing import IO, TYPE_CHECKING

import click

from classifier.errors import ClassifierError
from classifier.lines import chunks, dump, lines

if TYPE_CHECKING:
    from classifier.assess import Assessor
    from classifier.crew import Load


def commands() -> list[click.Command]:
    """The classifier's commands, for mingcha.py."""
    return [assess, evaluate]


def _base() -> Assessor:
    """The shipped model's assessor."""
    from classifier.assess import Assessor as Base  # heavy: numpy, scipy and the model

    return Base.load(None)


def _load() -> Load:
    """What the program that assembles the commands gives to load (only pipelines know a HOME), else the base."""
    load: Load | None = click.get_current_context().find_root().obj
    return load or _base


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--screen-only", is_flag=True, help="只运行第一层（模型初筛），不出疑点。")
@click.option("--explain", is_flag=True, help="同时给出模型中分量最大的特征（top）和读出的时间、费用、承诺（values）。")
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    help="最多用几个进程，默认为可用的处理器核数；文本少时总是一个。每个约占 300 MB 内存。",
)
def assess(file: IO[bytes], screen_only: bool, explain: bool, jobs: int | None) -> None:
    """研判 JSONL 文本：一行进一行出，不保存任何内容。"""
    if screen_only and explain:
        raise click.UsageError("--explain 不能与 --screen-only 同用：第一层只给分数")
    from classifier.crew import Crew, settle, usable_cores  # multiprocessing

    load = _load()
    failed = False
    out = sys.stdout.buffer  # UTF-8 whatever the terminal speaks
    try:
        crew = Crew(
            load(),
            load=load,
            mode="screen" if screen_only else "explained" if explain else "full",
            jobs=jobs or usable_cores(),
            tell=lambda sentence: click.echo(sentence, err=True),
        )
        settle()
        for answered in crew.answers(chunks(file)):
            failed = failed or answered.faulty
            out.write(answered.out)
            out.flush()
    except ClassifierError as error:  # no model, or the second tier's engine is broken
        click.echo(error.message, err=True)
        sys.exit(2)
    sys.exit(1 if failed else 0)


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--screen-only", is_flag=True, help="只评测第一层（模型初筛），不评外衣、学段和疑点。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def evaluate(file: IO[bytes], screen_only: bool, as_json: bool) -> None:
    """用带标注的 JSONL 文本评测当前模型：查准、查全、校准、最有把握的错误，按渠道和改写方式分列。"""
    from rich.console import Console  # heavy, as is the model

    from classifier import evaluation, evaluation_tables

    try:
        run = evaluation.evaluate(
            ((line.number, line.text) for line in lines(file)), _load()(), screen_only=screen_only
        )
    except ClassifierError as error:
        click.echo(error.message, err=True)
        sys.exit(2)
    figures = run.to_dict()
    for number, fault in run.faults:
        click.echo(f"第 {number} 行未评：{fault}", err=True)
    if run.bad > len(run.faults):
        click.echo(f"……共 {run.bad} 行不可读", err=True)
    if as_json:
        click.echo(dump(figures), nl=False)
    elif figures["texts"]:
        console = Console()
        evaluation_tables.show(console if console.is_terminal else Console(width=160), figures)
    if not figures["texts"]:
        click.echo("没有可评测的文本", err=True)
    sys.exit(1 if run.bad or not figures["texts"] else 0)
