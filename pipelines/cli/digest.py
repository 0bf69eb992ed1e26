"""`mingcha digest`: the 周报 of a span of days."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from pipelines.cli.desk_for_command import acting_user, command_desk


def commands() -> list[click.Command]:
    return [digest]


def _day(value: datetime) -> date:
    return value.date()


_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--from", "first", type=_DAY, required=True, help="起始日（北京时间）。")
@click.option("--to", "last", type=_DAY, required=True, help="截止日（含当天）。")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="写到哪个文件夹。")
@click.option("--as", "user_name", default="", metavar="USER", help="制作人（记入审计）。")
def digest(first: datetime, last: datetime, out: Path, user_name: str) -> None:
    """生成这几天的周报：docx、html、json 三种格式，数字相同。"""
    from pipelines.digest.digest import make_digest  # docxtpl is heavy; only this command loads it

    with command_desk() as desk:
        user = acting_user(desk, user_name).name if user_name else "system"
        made = make_digest(desk, _day(first), _day(last), user=user, out=out)
    for name in sorted(made.files):
        click.echo(str(out / name))
