"""`mingcha follow-up` and `follow-ups`: what became of confirmed and transferred leads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click
from rich.table import Table

from pipelines import clock
from pipelines.cli.desk_for_command import (
    LEAD_ID,
    command_desk,
    deciding_user,
    os_account,
    plain,
    print_json,
    print_table,
)
from pipelines.cli.named_choice import NamedChoice
from pipelines.clock import rfc3339
from pipelines.enforcement import follow_ups as enforcement
from pipelines.enforcement.follow_ups import STAGES, Followed, Stage
from pipelines.evidence.decided import verdict_words
from pipelines.evidence.followed import ENTERED, FOLLOW_UPS
from pipelines.records import FollowUp, FollowUpKind

_KIND = NamedChoice(
    {kind.value: FOLLOW_UPS[kind] for kind in ENTERED},
    also={FOLLOW_UPS[kind].removeprefix("已"): kind.value for kind in ENTERED},
)
_STAGE = NamedChoice({stage.value: name for stage, name in STAGES.items()}, also={"未答复": Stage.NONE.value})


def commands() -> list[click.Command]:
    return [follow_up, follow_ups]


def follow_up_json(entry: FollowUp) -> dict[str, Any]:
    """One entry, as `lead --json` and these commands give it."""
    return {
        "id": entry.id,
        "lead": entry.lead_id,
        "decision": entry.decision_id,
        "kind": entry.kind.value,
        "kind_name": FOLLOW_UPS[entry.kind],
        "office": entry.office,
        "on_day": str(entry.on_day) if entry.on_day else None,
        "paper": entry.paper,
        "note": entry.note,
        "user": entry.user,
        "at": rfc3339(entry.at),
        "undoes": entry.undoes,
    }


@click.command("follow-up")
@click.argument("lead_id", metavar="ID", type=LEAD_ID)
@click.option("--kind", type=_KIND, help=f"办理情况：{_KIND.listed()}。")
@click.option("--on", "on_day", type=click.DateTime(["%Y-%m-%d"]), help="办理日期，如 2026-11-20；不写为今天。")
@click.option("--office", default="", help="办理单位；不写为转办的部门，没有转办的为本单位。")
@click.option("--paper", default="", help="答复函、决定书等的文号。")
@click.option("--note", default="", help="说明；撤销登记时写理由。")
@click.option("--take-back", "entry", type=LEAD_ID, help="撤销登记：哪一条（编号见 mingcha lead）。")
@click.option("--as", "user_name", required=True, metavar="USER", help="登记的用户。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def follow_up(
    lead_id: int,
    kind: str | None,
    on_day: datetime | None,
    office: str,
    paper: str,
    note: str,
    entry: int | None,
    user_name: str,
    *,
    as_json: bool,
) -> None:
    """登记已成立或已转办的线索的办理情况（受理、立案、整改、处罚……），或撤销一次登记；只增记录，不删除。

    例：mingcha follow-up 7 --kind 已整改 --on 2026-11-20 --as zhangwei
    """
    if (kind is None) == (entry is None):
        raise click.UsageError("--kind（登记）和 --take-back（撤销登记）要写一个，只写一个")
    with command_desk() as desk:
        user = deciding_user(desk, user_name)
        if kind is None:
            made = enforcement.take_back(desk, lead_id, entry or 0, user=user, reason=note, os_account=os_account())
        else:
            made = enforcement.enter(
                desk,
                lead_id,
                FollowUpKind(kind),
                user=user,
                on_day=on_day.date() if on_day else clock.today(),
                office=office,
                paper=paper,
                note=note,
                os_account=os_account(),
            )
    if as_json:
        print_json(follow_up_json(made))
    elif made.undoes:
        click.echo(f"线索 {lead_id}：第 {made.undoes} 号办理情况已撤销。")
    else:
        click.echo(plain(f"线索 {lead_id} 已登记：{enforcement.said(made)}（办理情况 {made.id}）。"))


@click.command("follow-ups")
@click.option("--stage", type=_STAGE, help=f"只看办到这一步的：{_STAGE.listed()}。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def follow_ups(stage: str | None, *, as_json: bool) -> None:
    """列出已成立和已转办的线索各办到哪一步；退回的在前，没有结果的等得最久的最先。"""
    with command_desk() as desk:
        found = enforcement.followed(desk, user=None, stage=Stage(stage) if stage else None)
    if as_json:
        counts = {stage.value: number for stage, number in found.counts.items()}
        print_json({"leads": [_json(row) for row in found.rows], "counts": counts})
        return
    table = Table("线索", "结论", "办理情况", "已等（天）", "标题")
    for row in found.rows:
        table.add_row(
            str(row.lead.id),
            verdict_words(row.decision),
            "\n".join(plain(enforcement.said(entry)) for entry in row.entries) or "尚无",
            "" if row.waits is None else str(row.waits),
            ("【演示】" if row.lead.demo else "") + plain(row.lead.title),
        )
    print_table(table)
    click.echo("，".join(f"{STAGES[one]} {number}" for one, number in found.counts.items()))


def _json(row: Followed) -> dict[str, Any]:
    return {
        "id": row.lead.id,
        "title": row.lead.title,
        "verdict": row.decision.verdict.value,
        "to_department": row.decision.to_department,
        "decided_at": rfc3339(row.decision.decided_at),
        "stages": sorted(row.stages),
        "entries": [follow_up_json(entry) for entry in row.entries],
        "waits_days": row.waits,
        "demo": row.lead.demo,
    }
