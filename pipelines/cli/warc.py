"""`mingcha warc check` and `mingcha warc extract`: is the archive whole, and what does it hold of an address."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines import clock
from pipelines.cli.desk_for_command import command_desk, os_account, print_json, print_line, without_asides
from pipelines.evidence.warc_check import check_warcs
from pipelines.evidence.warc_extract import archived, extract

#: A tail is cut by the next crawl and nothing is lost by it.
_HARMLESS = frozenset({"tail"})


def commands() -> list[click.Command]:
    return [warc]


@click.group()
def warc() -> None:
    """网页档案（WARC 文件）：核对、取出。"""


@warc.command("check")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def check(as_json: bool) -> int:
    """逐个读完全部 WARC 文件，核对校验值与数据库的登记；有问题逐条说明并返回 1。"""
    with command_desk() as desk, without_asides():
        report = check_warcs(desk)
    bad = [fault for fault in report.faults if fault.code not in _HARMLESS]
    if as_json:
        faults = [{"file": one.file, "code": one.code, "message": one.message} for one in report.faults]
        counts = {"files": report.files, "records": report.records, "rows": report.rows}
        print_json({**counts, "ok": not bad, "faults": faults})
        return 1 if bad else 0
    for fault in report.faults:
        click.echo(f"{fault.file}：{fault.message}")
    state = f"{len(bad)} 处有问题" if bad else "全部完好"
    click.echo(f"{report.files} 个文件，{report.records} 条记录，{report.rows} 条登记：{state}", err=not bad)
    return 1 if bad else 0


@warc.command("extract")
@click.argument("url")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="把原始字节和 WARC 记录写入这个文件夹。")
@click.option("--json", "as_json", is_flag=True, help="每次采集输出一行 JSON。")
def extract_url(url: str, out: Path | None, as_json: bool) -> None:
    """列出一个网址每次采集的时间与位置；加 --out 取出原始字节（记入审计）。"""
    with command_desk() as desk:
        rows = archived(desk, url)
        for row in rows:
            if as_json:
                print_line(
                    {
                        "at": clock.rfc3339(row.at),
                        "kind": row.kind,
                        "capture": row.capture_id,
                        "status": row.http_status,
                        "sha256": row.sha256,
                        "size": row.size,
                        "warc": row.warc_path,
                        "offset": row.warc_offset,
                        "deleted_at": clock.rfc3339(row.deleted_at) if row.deleted_at is not None else None,
                    }
                )
            else:
                same = "（内容与之前相同）" if row.kind == "revisit" else f"{row.size} 字节"
                gone = "（已按期删除）" if row.deleted_at is not None else ""
                click.echo(f"{clock.local_text(row.at)}  HTTP {row.http_status}  {same}  {row.warc_path}{gone}")
        made = extract(desk, rows, out, actor=f"cli:{os_account()}") if out is not None else ()
    if made:
        click.echo(f"已写入 {out}：{len(made)} 个文件", err=True)
