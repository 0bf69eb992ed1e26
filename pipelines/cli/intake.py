"""`mingcha intake`: files that people bring in take the same path as crawled pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from pipelines.cli.desk_for_command import command_desk, plain, print_line, source_called

#: bytes and file name → what the page was taken for (crawlers.pages_reader.read_page).
PageReader = Callable[[bytes, str], Any]

#: What became of a row or file.
RESULTS = {"taken": "已入库", "duplicate": "重复（库里已有）", "refused": "未收"}


def commands(read_page: PageReader) -> list[click.Command]:
    """`intake`, given the reader of saved pages."""

    @click.command()
    @click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
    @click.option("--source", help="这些内容所属的来源：代号或中文名称，没有的就新建；不写则为“人工导入”。")
    @click.option("--note", default="", help="随每一行保存的备注。")
    @click.option(
        "--logged-in",
        is_flag=True,
        help="这些页面是登录账号以后保存的：标为“疑为登录后留存”，不放入证据包，除非督导批准。",
    )
    @click.option("--json", "as_json", is_flag=True, help="每行或每个文件输出一行 JSON。")
    def intake(paths: tuple[Path, ...], source: str | None, note: str, logged_in: bool, as_json: bool) -> int:
        """导入 jsonl、csv、html、txt 文件：好的入库，不能收的逐行说明原因；列名见使用手册第九节。"""
        # the classifier and the readers are heavy; only this command loads them
        from pipelines.assessor import load_assessor
        from pipelines.ingest.intake import intake_paths

        became: Counter[str] = Counter()
        told: tuple[str, str] | None = None
        with command_desk(create=True) as desk:
            rows = intake_paths(
                desk,
                load_assessor(desk.settings),
                _files(paths),
                source=source_called(desk, source) if source else None,
                note=note,
                logged_in=logged_in,
                read_page=read_page,
            )
            for row in rows:
                became[row["result"]] += 1
                if as_json:
                    print_line(row)
                else:
                    # Once a file: as what it was read, and why; a page's own line says so itself.
                    read_as = (row["file"], row.get("taken_for", ""))
                    if read_as != told and read_as[1] and not row.get("reason", "").startswith(read_as[1]):
                        click.echo(plain(f"{read_as[0]}  {read_as[1]}"))
                    told = read_as
                    place = f"{row['file']} 第 {row['row']} 行" if row.get("row") else row["file"]
                    reason = f"：{row['reason']}" if row.get("reason") else ""
                    click.echo(plain(f"{place}  {RESULTS[row['result']]}{reason}"))
        counted = "，".join(f"{name} {became[code]} 条" for code, name in RESULTS.items())
        click.echo(plain(f"来源“{source}”：{counted}" if source else counted), err=True)
        return 1 if became["refused"] else 0

    return [intake]


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    """The files named, and of a folder the files right inside it, in order of name."""
    for path in paths:
        # Links that lead nowhere and folders called like a page (sub.html) are told of as what cannot be taken.
        inside = sorted(one for one in path.iterdir() if not one.is_dir() or one.suffix) if path.is_dir() else []
        # A folder without any is itself what cannot be taken.
        yield from inside or [path]
