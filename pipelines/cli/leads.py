"""`mingcha leads`, `lead` and `decide`."""

from __future__ import annotations

import sys
from typing import Any

import click
from rich.table import Table

from pipelines.cli.desk_for_command import (
    LEAD_ID,
    command_desk,
    deciding_user,
    os_account,
    plain,
    print_json,
    print_table,
)
from pipelines.cli.follow_ups import follow_up_json
from pipelines.cli.lead_page import decided_words, lead_page
from pipelines.cli.named_choice import NamedChoice
from pipelines.cli.opinions import opinion_json
from pipelines.clock import local, rfc3339
from pipelines.enforcement import review
from pipelines.enforcement.lead import lead_view
from pipelines.enforcement.rules import department_named
from pipelines.evidence.words import STATUSES, VERDICTS
from pipelines.records import STATUS_AFTER, Lead, LeadStatus, Verdict
from pipelines.records.findings import with_ids
from pipelines.records.rule_words import coded

#: A status and the verdict that leads to it are easily taken for each other: either word will do.
_STATUS = NamedChoice(
    {status.value: name for status, name in STATUSES.items()},
    also={
        **{review.VERDICT_NAMES[verdict]: status.value for verdict, status in STATUS_AFTER.items()},
        **{verdict.value: status.value for verdict, status in STATUS_AFTER.items()},
        **{name: status.value for status, name in review.STATUS_NAMES.items()},  # as the pages call them
        "成立": LeadStatus.ACCEPTED.value,
        "移送": LeadStatus.TRANSFERRED.value,
    },
)
_VERDICT = NamedChoice(
    {verdict.value: VERDICTS[verdict] for verdict in STATUS_AFTER},
    also={
        **{STATUSES[status]: verdict.value for verdict, status in STATUS_AFTER.items()},
        **{review.STATUS_NAMES[status]: verdict.value for verdict, status in STATUS_AFTER.items()},
        **{status.value: verdict.value for verdict, status in STATUS_AFTER.items()},
        "成立": Verdict.CONFIRM.value,
    },
)


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
@click.option("--status", type=_STATUS, help=f"只看这种状态的线索：{_STATUS.listed()}。")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="最多列出几条。")
@click.option("--after", type=LEAD_ID, help="翻页：上一页末尾给出的编号。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def leads(status: str | None, limit: int, after: int | None, as_json: bool) -> None:
    """列出线索，最紧要的在前。"""
    with command_desk() as desk, desk.store.read() as tx:
        page = tx.leads.page(
            status=LeadStatus(status) if status else None, after=str(after) if after else None, limit=limit
        )
        titles = {source.name: source.title for source in tx.sources.list()}
    if as_json:
        print_json({"leads": [lead_json(item) for item in page.items], "next": page.next})
        return
    table = Table("编号", "状态", "优先", "规则", "来源", "标题", "列入时间")
    for item in page.items:
        found = f"{local(item.created_at):%m-%d %H:%M}"
        mark = "【演示】" if item.demo else ""
        table.add_row(
            str(item.id),
            STATUSES[item.status],
            str(item.priority),
            "\n".join(map(coded, item.codes)),
            plain(titles.get(item.source, item.source)),
            mark + plain(item.title),
            found,
        )
    print_table(table)
    if page.next:
        click.echo(f"还有更多：--after {page.next}", err=True)


@click.command()
@click.argument("lead_id", metavar="ID", type=LEAD_ID)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def lead(lead_id: int, as_json: bool) -> None:
    """显示一条线索：原文、疑点、审核结论、采集快照。"""
    with command_desk() as desk:
        view = lead_view(desk, lead_id, None)
    if not as_json:
        click.echo(lead_page(view))
        return
    print_json(
        {
            **lead_json(view.lead),
            "district": view.lead.district,
            "duplicates": view.lead.duplicates,
            "assessed_title": view.assessment.title,
            "assessed_text": view.assessment.text,
            "assessment": {**view.assessment.result, "findings": list(with_ids(view.assessment.result["findings"]))},
            "struck": list(view.struck),
            "decisions": [
                {
                    "id": row.id,
                    "verdict": row.verdict.value,
                    "to_department": row.to_department,
                    "reason": row.reason,
                    "user": row.user,
                    "decided_at": rfc3339(row.decided_at),
                    "undoes": row.undoes,
                    "struck": [str(one) for one in row.struck],
                    "reason_added_at": rfc3339(row.added.at) if row.added else None,
                }
                for row in view.decisions
            ],
            "follow_ups": [follow_up_json(row) for row in view.entries],
            "opinions": [opinion_json(row) for row in view.opinions],
            "captures": [
                {
                    "id": capture.id,
                    "method": capture.method,
                    "captured_at": rfc3339(capture.captured_at),
                    "sha256": capture.sha256,
                    "state": capture.state.value,
                    "logged_in": capture.logged_in,
                }
                for capture in view.captures
            ],
        }
    )


@click.command()
@click.argument("lead_id", metavar="ID", type=LEAD_ID)
@click.option(
    "--verdict",
    type=_VERDICT,
    required=True,
    help=f"{_VERDICT.listed()}。",
)
@click.option("--as", "user_name", required=True, metavar="USER", help="作出结论的用户。")
@click.option("--to", "department", help="转办/移送去向；写部门名称，能认准的简称也行，如 公安。")
@click.option("--reason", default="", help="理由；疑点全部不采纳而仍定为成立或转办的，必填。")
@click.option(
    "--strike",
    "struck",
    multiple=True,
    metavar="ID|CODE",
    help="不采纳的疑点，可写多次：AD04.2 只指这一条，AD04 指这条规则的全部疑点（编号见 mingcha lead）；"
    "不写时沿用现有结论的，没有结论时全部采纳。",
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON（输出到文件或管道时也是 JSON）。")
def decide(
    lead_id: int,
    verdict: str,
    user_name: str,
    department: str | None,
    reason: str,
    struck: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """记录审核员对线索的结论（同时记下操作系统账号）。

    例：mingcha decide 7 --verdict 转办 --to 公安 --as zhangwei
    """
    with command_desk() as desk:
        decision = review.decide(
            desk,
            lead_id,
            verdict=Verdict(verdict),
            user=deciding_user(desk, user_name),
            reason=reason,
            to_department=department_named(department) if department else None,
            struck=struck or None,
            os_account=os_account(),
        )
        assessment = None
        if not as_json and _for_a_person():
            with desk.store.read() as tx:
                now = tx.leads.get(lead_id)
                assessment = tx.assessments.get(now.assessment_id) if now else None
    if assessment is None:
        print_json(
            {
                "decision": decision.id,
                "lead": lead_id,
                "verdict": decision.verdict.value,
                "verdict_name": VERDICTS[decision.verdict],
                "struck": [str(one) for one in decision.struck],
                "struck_names": [coded(str(one)) for one in decision.struck],
            }
        )
    else:
        click.echo(plain(decided_words(decision, assessment)))


def _for_a_person() -> bool:
    """Whether stdout is a terminal; scripts that read this command's JSON from a pipe go on getting it."""
    return sys.stdout.isatty()
