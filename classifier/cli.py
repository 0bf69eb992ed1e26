"""`mingcha assess` and `mingcha evaluate`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Any

import click

from classifier.errors import ClassifierError, PostingError
from classifier.types import Posting

if TYPE_CHECKING:
    from classifier.assess import Assessor

#: Lines read ahead: enough for batches to pay, small enough for a pipe to feel alive.
CHUNK = 256


def commands() -> list[click.Command]:
    """The classifier's commands, for mingcha.py."""
    return [assess, evaluate]


def _parse(line: str, number: int) -> Posting | dict[str, Any]:
    """A posting, or the error object that stands in its place."""
    row: Any = None
    try:
        row = json.loads(line)
        return Posting.from_dict(row)
    except PostingError as error:
        answer: dict[str, Any] = {"id": row["id"]} if isinstance(row, dict) and isinstance(row.get("id"), str) else {}
        return {**answer, "line": number, "error": error.message}
    except (ValueError, RecursionError):  # JSONDecodeError, and numbers of thousands of digits
        return {"line": number, "error": "不是 JSON"}


def _chunks(lines: Iterator[tuple[int, str]]) -> Iterator[list[Posting | dict[str, Any]]]:
    chunk: list[Posting | dict[str, Any]] = []
    for number, line in lines:
        chunk.append(_parse(line, number))
        if len(chunk) >= CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _lines(file: IO[bytes]) -> Iterator[tuple[int, str]]:
    """Decoded lines with their numbers; bytes that are no UTF-8 make a line that does not parse."""
    for number, raw in enumerate(file, start=1):
        try:
            yield number, raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            yield number, ""


def _dump(row: dict[str, Any]) -> str:
    """One JSON line; lone surrogates, which UTF-8 cannot carry, stay escaped."""
    text = json.dumps(row, ensure_ascii=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(row)
    return text


def _assessor() -> Assessor:
    """What the program that assembles the commands gives to load (only pipelines know a HOME), else the base."""
    load = click.get_current_context().find_root().obj
    if load is not None:
        assessor: Assessor = load()
        return assessor
    from classifier.assess import Assessor as Base  # heavy: numpy, scipy and the model

    return Base.load(None)


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--screen-only", is_flag=True, help="只运行第一层（模型初筛），不出疑点。")
@click.option("--explain", is_flag=True, help="同时给出模型中分量最大的特征（top）和读出的时间、费用、承诺（values）。")
def assess(file: IO[bytes], screen_only: bool, explain: bool) -> None:
    """研判 JSONL 文本：一行进一行出，不保存任何内容。"""
    if screen_only and explain:
        raise click.UsageError("--explain 不能与 --screen-only 同用：第一层只给分数")
    try:
        assessor = _assessor()
    except ClassifierError as error:
        click.echo(error.message, err=True)
        sys.exit(2)
    judge = assessor.screen if screen_only else assessor.assess
    failed = False
    out = sys.stdout
    for chunk in _chunks(_lines(file)):
        try:
            postings = [item for item in chunk if isinstance(item, Posting)]
            if explain:
                postings = [replace(item, explain="always") for item in postings]
            answers = iter(judge(postings))
        except ClassifierError as error:  # the second tier's engine, broken
            click.echo(error.message, err=True)
            sys.exit(2)
        for item in chunk:
            failed = failed or isinstance(item, dict)
            out.write(_dump(item if isinstance(item, dict) else next(answers)) + "\n")
        out.flush()
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
        run = evaluation.evaluate(_lines(file), _assessor(), screen_only=screen_only)
    except ClassifierError as error:
        click.echo(error.message, err=True)
        sys.exit(2)
    figures = run.to_dict()
    for number, fault in run.faults:
        click.echo(f"第 {number} 行未评：{fault}", err=True)
    if run.bad > len(run.faults):
        click.echo(f"……共 {run.bad} 行不可读", err=True)
    if as_json:
        click.echo(_dump(figures))
    else:
        console = Console()
        evaluation_tables.show(console if console.is_terminal else Console(width=160), figures)
    if not figures["texts"]:
        click.echo("没有可评测的文本", err=True)
    sys.exit(1 if run.bad or not figures["texts"] else 0)
