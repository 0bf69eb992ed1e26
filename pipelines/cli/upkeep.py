"""`mingcha db`, `audit`, `doctor` and `config`: what the engineer needs."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines import clock
from pipelines import doctor as health
from pipelines.backup import back_up, restore
from pipelines.cli.desk_for_command import command_desk, print_json
from pipelines.config import describe, read_settings
from pipelines.desk import open_desk
from pipelines.enforcement.users import CONSOLE
from pipelines.errors import NotFound
from pipelines.store import status as store_status


def commands() -> list[click.Command]:
    return [db, audit, doctor, config]


@click.group()
def db() -> None:
    """数据库：查看版本、升级、备份、恢复。"""


@db.command("upgrade")
def upgrade() -> None:
    """把数据库升级到本程序的版本；还没有数据库的，新建一个。"""
    # At run time: the certificates' libraries take a second to load.
    from pipelines.evidence.heads import newest_head, note_head

    settings = read_settings()
    was = store_status(settings.effective_database_url)["current"]
    with open_desk(settings) as desk:  # brings the database to the newest schema, and makes the secrets of a new HOME
        if newest_head(desk.home) is None:
            note_head(desk, "start")
    now = store_status(settings.effective_database_url)["current"]
    if not was:
        click.echo(f"已新建数据库（版本 {now}）和密钥，数据目录 {settings.home_path}", err=True)
    elif was == now:
        click.echo(f"数据库本来就是最新版本（{now}），没有改动", err=True)
    else:
        click.echo(f"数据库已从版本 {was} 升级到 {now}", err=True)


@db.command("status")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def status(as_json: bool) -> int:
    """数据库是否为本程序的版本；不是则返回 1。"""
    state = store_status(read_settings().effective_database_url)
    if as_json:
        print_json(state)
    else:
        mend = (
            ""
            if state["ok"]
            else "；请运行 mingcha db upgrade 升级，之前先备份"
            if state["current"]
            else "；这里还没有数据库，请核对 MINGCHA_HOME，要新建请运行 mingcha db upgrade"
        )
        click.echo(f"当前 {state['current'] or '无'}，程序需要 {state['head']}{mend}")
    return 0 if state["ok"] else 1


@db.command("backup")
@click.option("--to", "into", type=click.Path(file_okay=False, path_type=Path), required=True, help="放在哪个文件夹。")
def backup(into: Path) -> None:
    """备份数据库和不能重做的文件，服务照常运行；输出新的一份在哪里。"""
    click.echo(str(back_up(read_settings(), into)))


@db.command("restore")
@click.argument("folder", metavar="BACKUP", type=click.Path(file_okay=False, path_type=Path))
def restore_(folder: Path) -> None:
    """先逐个核对备份的文件，再恢复到 MINGCHA_HOME（须是新的、空的）；有一个不符就什么都不放回。"""
    settings = read_settings()
    restore(settings, folder)
    click.echo(f"已恢复到 {settings.home_path}；接着请执行 mingcha db upgrade 和 mingcha audit verify", err=True)


@click.group()
def audit() -> None:
    """审计记录。"""


@audit.command("verify")
@click.option("--head", "copies", multiple=True, metavar="文件或链头", help="另存在别处的链头，可重复给出几个。")
def audit_verify(copies: tuple[str, ...]) -> int:
    """核对审计链、数据库里的保护、留存在数据库之外的链头；有不符的逐条说明并返回 1。"""
    # At run time: the certificates' libraries take a second to load.
    from pipelines.evidence.head_check import check_chain
    from pipelines.evidence.head_copy import check_copy

    with command_desk() as desk:
        faults, report = check_chain(desk)
        reports = [report, *(check_copy(desk, copy) for copy in copies)]
    for fault in [*faults, *(fault for one in reports for fault in one.faults)]:
        click.echo(fault)
    for remark in (remark for one in reports for remark in one.remarks):
        click.echo(remark, err=True)
    if faults or any(one.faults for one in reports):
        return 1
    newest = report.newest
    told = f"与数据库之外的 {report.kept} 个链头相符，最近的是第 {newest.seq} 号" if newest else "还没有留存过链头"
    click.echo(f"审计链完整；{told}", err=True)
    return 0


@audit.command("heads")
@click.option("--json", "as_json", is_flag=True, help="输出带签名和时间戳的原样一行。")
@click.option("--list", "listed", is_flag=True, help="列出留存过的全部链头。")
def audit_heads(as_json: bool, listed: bool) -> None:
    """留存现在的审计链头，并按可打印、可交督导保管的样式输出。"""
    from pipelines.enforcement.station import station
    from pipelines.evidence.head_check import read_heads
    from pipelines.evidence.head_copy import on_paper
    from pipelines.evidence.heads import OCCASIONS, keep_head

    with command_desk() as desk:
        head = keep_head(desk, "asked")
        if head is None:
            raise NotFound("还没有审计记录，没有链头")
        agency = station(desk).agency
        kept = read_heads(desk).heads if listed else ()
    for one in kept:
        said = f"第 {one.seq} 号  {one.hash}  {OCCASIONS.get(one.occasion, one.occasion)}"
        click.echo(f"{clock.local_text(one.moment)}  {said}")
    if not listed:
        click.echo(head.line.decode().rstrip() if as_json else on_paper(head, agency=agency))


@audit.command("restored")
@click.confirmation_option("--yes", prompt="声明这个数据库是从备份恢复的？声明会留在链头文件和审计记录里")
def audit_restored() -> None:
    """声明数据库是从备份恢复的：此前留存、库里已没有的链头不再算作不符，声明本身永久可见。"""
    from pipelines.evidence.head_check import declare_restored

    with command_desk() as desk:
        fork, given_up = declare_restored(desk, actor=CONSOLE)
    gone = f"，原第 {fork + 1} 至 {given_up} 号不在库里" if given_up > fork else ""
    click.echo(f"已声明：与原来的链头一致到第 {fork} 号{gone}", err=True)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def doctor(as_json: bool) -> int:
    """检查本机与数据目录；有需要处理的返回 1。"""
    checks = health.examine(read_settings())
    if as_json:
        print_json([{"name": c.name, "ok": c.ok, "message": c.message} for c in checks])
    else:
        for check in checks:
            click.echo(f"{'✓' if check.ok else '✗'} {check.name}：{check.message}")
    return 0 if all(check.ok for check in checks) else 1


@click.command()
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def config(as_json: bool) -> None:
    """列出每个配置项的当前值、来源和含义（不显示密钥）。"""
    rows = describe(read_settings())
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['key']} = {row['value'] or '（空）'}    [{row['source']}]\n    {row['meaning']}")
