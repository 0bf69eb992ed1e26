"""`mingcha db`, `audit`, `doctor` and `config`: what the engineer needs."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from pipelines import audit as audit_log
from pipelines import doctor as health
from pipelines.cli.desk_for_command import command_desk, print_json
from pipelines.config import describe, read_settings
from pipelines.store import status as store_status
from pipelines.store import upgrade as store_upgrade


def commands() -> list[click.Command]:
    return [db, audit, doctor, config]


@click.group()
def db() -> None:
    """The database: its version, and bringing it up to date."""


@db.command("upgrade")
def upgrade() -> None:
    """Bring the database to the version of this program."""
    settings = read_settings()
    settings.home_path.mkdir(parents=True, exist_ok=True, mode=0o700)
    store_upgrade(settings.effective_database_url)
    click.echo("数据库已是最新版本", err=True)


@db.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(as_json: bool) -> int:
    """Is the database at the version of this program? Exit 1 if not."""
    state = store_status(read_settings().effective_database_url)
    if as_json:
        print_json(state)
    else:
        click.echo(f"当前 {state['current'] or '无'}，程序需要 {state['head']}")
    return 0 if state["ok"] else 1


@click.group()
def audit() -> None:
    """The audit log."""


@audit.command("verify")
def audit_verify() -> int:
    """Walk the hash chain of the audit log; exit 1 and one line a fault if it is broken."""
    with command_desk() as desk:
        faults = audit_log.verify_chain(desk.store)
    for fault in faults:
        click.echo(fault)
    if not faults:
        click.echo("审计链完整", err=True)
    return 1 if faults else 0


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(as_json: bool) -> int:
    """Check this machine and HOME; exit 1 if something needs a hand."""
    checks = health.examine(read_settings())
    if as_json:
        print_json([{"name": c.name, "ok": c.ok, "message": c.message} for c in checks])
    else:
        for check in checks:
            click.echo(f"{'✓' if check.ok else '✗'} {check.name}：{check.message}")
    return 0 if all(check.ok for check in checks) else 1


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def config(as_json: bool) -> None:
    """Print every setting with value, source and meaning; secrets hidden."""
    rows = describe(read_settings())
    if as_json:
        print_json(rows)
        return
    table = Table("配置项", "当前值", "来源", "含义")
    for row in rows:
        table.add_row(row["key"], row["value"], row["source"], row["meaning"])
    Console().print(table)
