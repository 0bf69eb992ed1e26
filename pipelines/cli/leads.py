"""`mingcha leads`, `lead` and `decide`."""

from __future__ import annotations

from typing import Any

import click
from rich.console import Console
from rich.table import Table

from pipelines.cli.desk_for_command import acting_user, command_desk, os_account, print_json
from pipelines.clock import local, rfc3339
from pipelines.enforcement import review
from pipelines.enforcement.lead import lead_view
from pipelines.errors import Refused
from pipelines.records import Lead, LeadStatus, Verdict

_VERDICTS = [verdict.value for verdict in Verdict if verdict is not Verdict.UNDO]


def commands() -> list[click.Command]:
    return [leads, lead, decide]


def lead_json(item: Lead) -> dict[str, Any]:
    """The contract's form of one lead in a list."""
    return {
        "id": item.id,
        "status": item.status.value,
        "priority": item.priority,
        "title": item.title,
        "source": item.source,
        "url": item.url,
        "codes": list(item.codes),
        "created_at": rfc3339(item.created_at),
        "demo": item.demo,
    }


@click.command()
@click.option("--status", type=click.Choice([status.value for status in LeadStatus]), help="Only leads of this status.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="At most this many.")
@click.option("--after", help="Cursor: the `next` of the page before.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def leads(status: str | None, limit: int, after: str | None, as_json: bool) -> None:
    """List leads, most urgent first."""
    with command_desk() as desk, desk.store.read() as tx:
        page = tx.leads.page(status=LeadStatus(status) if status else None, after=after, limit=limit)
    if as_json:
        print_json({"leads": [lead_json(item) for item in page.items], "next": page.next})
        return
    table = Table("编号", "状态", "优先", "规则", "来源", "标题", "发现时间")
    for item in page.items:
        found = f"{local(item.created_at):%m-%d %H:%M}"
        mark = "【演示】" if item.demo else ""
        table.add_row(
            str(item.id),
            item.status.value,
            str(item.priority),
            " ".join(item.codes),
            item.source,
            mark + item.title,
            found,
        )
    Console().print(table)
    if page.next:
        click.echo(f"还有更多：--after {page.next}", err=True)


@click.command()
@click.argument("lead_id", metavar="ID", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print JSON (the only form so far).")
def lead(lead_id: int, as_json: bool) -> None:  # noqa: ARG001  # contract: lists and items take --json
    """Show one lead with its text, findings and decisions."""
    with command_desk() as desk:
        view = lead_view(desk, lead_id, None)
    print_json(
        {
            **lead_json(view.lead),
            "district": view.lead.district,
            "duplicates": view.lead.duplicates,
            "assessed_title": view.assessment.title,
            "assessed_text": view.assessment.text,
            "assessment": view.assessment.result,
            "decisions": [
                {
                    "id": row.id,
                    "verdict": row.verdict.value,
                    "to_department": row.to_department,
                    "reason": row.reason,
                    "user": row.user,
                    "decided_at": rfc3339(row.decided_at),
                    "undoes": row.undoes,
                }
                for row in view.decisions
            ],
            "captures": [
                {
                    "id": capture.id,
                    "method": capture.method,
                    "captured_at": rfc3339(capture.captured_at),
                    "sha256": capture.sha256,
                    "state": capture.state.value,
                }
                for capture in view.captures
            ],
        }
    )


@click.command()
@click.argument("lead_id", metavar="ID", type=int)
@click.option("--verdict", type=click.Choice(_VERDICTS), required=True, help="The verdict.")
@click.option("--as", "user_name", required=True, metavar="USER", help="The officer who decides.")
@click.option("--to", "department", help="Department of a transfer.")
@click.option("--reason", default="", help="Why, in the officer's words.")
def decide(lead_id: int, verdict: str, user_name: str, department: str | None, reason: str) -> None:
    """Record an officer's decision on a lead (the OS account is recorded too)."""
    with command_desk() as desk:
        if not desk.settings.cli_decisions:
            raise Refused("命令行审核已关闭（MINGCHA_CLI_DECISIONS=false），请在审核界面操作")
        decision = review.decide(
            desk,
            lead_id,
            verdict=Verdict(verdict),
            user=acting_user(desk, user_name),
            reason=reason,
            to_department=department,
            os_account=os_account(),
        )
    print_json({"decision": decision.id, "lead": lead_id, "verdict": decision.verdict.value})
