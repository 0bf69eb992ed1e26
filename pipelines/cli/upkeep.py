"""`mingcha db`, `audit`, `doctor` and `config`: what the engineer needs."""

from __future__ import annotations

import click

from pipelines import audit as audit_log
from pipelines import doctor as health
from pipelines.cli.desk_for_command import command_desk, print_json
from pipelines.config import describe, read_settings
from pipelines.desk import open_desk
from pipelines.store import status as store_status


def commands() -> list[click.Command]:
    return [db, audit, doctor, config]


@click.group()
def db() -> None:
    """数据库：查看版本、升级。"""


@db.command("upgrade")
def upgrade() -> None:
    """把数据库升级到本程序的版本；还没有数据库的，新建一个。"""
    settings = read_settings()
    was = store_status(settings.effective_database_url)["current"]
    open_desk(settings).close()  # brings the database to the newest schema, and makes the secrets of a new HOME
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
        click.echo(f"当前 {state['current'] or '无'}，程序需要 {state['head']}")
    return 0 if state["ok"] else 1


@click.group()
def audit() -> None:
    """审计记录。"""


@audit.command("verify")
def audit_verify() -> int:
    """核对审计链；断了则逐条说明并返回 1。"""
    with command_desk() as desk:
        faults = audit_log.verify_chain(desk.store)
    for fault in faults:
        click.echo(fault)
    if not faults:
        click.echo("审计链完整", err=True)
    return 1 if faults else 0


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
