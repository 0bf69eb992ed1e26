"""`mingcha digest`: a 周报, 通报 or 季报, or the digest of any days."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from pipelines import clock
from pipelines.cli.desk_for_command import acting_user, command_desk
from pipelines.digest.periods import last_finished, paper_name, period_with, series_of, span
from pipelines.errors import BadInput
from pipelines.records import Series


def commands() -> list[click.Command]:
    return [digest]


def _day(value: datetime) -> date:
    return value.date()


_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--period", "word", default="", metavar="期别", help="week 周报、month 通报、quarter 季报；记入台账。")
@click.option("--day", type=_DAY, help="与 --period 同用：要哪一天所在的一期；不写是最近过完的一期。")
@click.option("--from", "first", type=_DAY, help="起始日（北京时间）；任意起止，不记台账。")
@click.option("--to", "last", type=_DAY, help="截止日（含当天）。")
@click.option("--reason", default="", help="更正已审签的一期时，写明原因。")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="写到哪个文件夹。")
@click.option("--as", "user_name", default="", metavar="USER", help="制作人（记入审计）。")
def digest(
    word: str,
    day: datetime | None,
    first: datetime | None,
    last: datetime | None,
    reason: str,
    out: Path,
    user_name: str,
) -> None:
    """生成一期周报、通报、季报（--period），或任意几天的（--from --to）；都不写是最近过完的一周。各种格式数字相同。"""
    from pipelines.digest.digest import make_edition  # docxtpl is heavy; only this command loads it

    if (first is None) != (last is None) or (word and first is not None):
        raise BadInput("请写 --period（一期），或同时写 --from 和 --to（任意起止）；都不写是最近过完的一周")
    if first is not None and last is not None:
        if day is not None or reason:
            raise BadInput("--day 和 --reason 只用于一期（--period），不用于任意起止（--from --to）")
        period, told = span(_day(first), _day(last)), ""
    else:
        series = series_of(word or Series.WEEK)
        period = period_with(series, _day(day)) if day is not None else last_finished(series, clock.now())
        name = paper_name(series, period.first_day, period.last_day)
        asked = "" if word or day is not None else "没有写期别和日期，取最近过完的一周："
        told = f"{asked}{name}，{period.first_day} 至 {period.last_day}（记入台账，待审签）"
    with command_desk() as desk:
        user = acting_user(desk, user_name).name if user_name else "system"
        made = make_edition(desk, period, user=user, out=out, reason=reason)
    if told:
        click.echo(told, err=True)
    for name in sorted(made.files):
        click.echo(str(out / name))
