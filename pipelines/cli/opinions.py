"""`mingcha opinions`: a second opinion on uncertain leads."""

from __future__ import annotations

from typing import Any

import click

from pipelines.cli.desk_for_command import command_desk, print_json
from pipelines.clock import rfc3339
from pipelines.enforcement.users import CONSOLE
from pipelines.opinions.faults import FAULT_NAMES
from pipelines.records import Opinion

_ACADEMIC = {"yes": "疑似学科类", "likely": "学科类迹象不完整", "no": "未见学科类"}


def commands() -> list[click.Command]:
    return [opinions]


def opinion_json(opinion: Opinion) -> dict[str, Any]:
    """One opinion as commands print it."""
    return {
        "id": opinion.id,
        "lead": opinion.lead_id,
        "assessment": opinion.assessment_id,
        "model": opinion.model,
        "prompt": opinion.prompt,
        "asked_at": rfc3339(opinion.asked_at),
        "outcome": opinion.outcome.value,
        "fault": None if opinion.fault is None else opinion.fault.value,
        "answer": opinion.answer,
    }


@click.command()
@click.option("--limit", type=click.IntRange(1, 1000), help="最多问几条；不写则按 MINGCHA_READER_LIMIT。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def opinions(limit: int | None, as_json: bool) -> int:
    """就拿不准的线索征求第二读者（本单位的大模型）的意见：只作参考，不改线索。有未取得的返回 1。"""
    # the HTTP client and the classifier's model are heavy; only this command loads them
    from pipelines.assessor import load_thresholds
    from pipelines.opinions.ask import ask_opinions
    from pipelines.opinions.reader import Reader

    def tell(opinion: Opinion) -> None:
        if not as_json:
            click.echo(f"线索 {opinion.lead_id}  {opinion_words(opinion)}")

    with command_desk() as desk:
        reader = Reader(desk.settings)
        run = ask_opinions(desk, reader, load_thresholds(desk.home), actor=CONSOLE, limit=limit, told=tell)
    missed = len(run.opinions) - run.given
    if as_json:
        print_json(
            {
                "asked": len(run.opinions),
                "given": run.given,
                "missed": missed,
                "pending": run.pending,
                "stopped": run.stopped or None,
                "opinions": [opinion_json(opinion) for opinion in run.opinions],
            }
        )
    else:
        click.echo(
            f"问了 {len(run.opinions)} 条：取得 {run.given}，未取得 {missed}；尚待询问 {run.pending} 条", err=True
        )
    if run.stopped:
        click.echo(run.stopped, err=True)
    return 1 if missed else 0


def opinion_words(opinion: Opinion) -> str:
    """One opinion as people read it."""
    if opinion.answer is None:
        return f"第二意见未取得：{FAULT_NAMES[opinion.fault] if opinion.fault else ''}"
    anxiety = "，有制造焦虑话术" if opinion.answer["anxiety"] else ""
    return f"模型意见（仅供参考）：{_ACADEMIC[opinion.answer['academic']]}{anxiety}"
