"""`mingcha case open|add|take-out|close|list|export|stamps|letters` and `mingcha verify`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from pipelines.cli.desk_for_command import LEAD_ID, acting_user, command_desk, plain, print_json, without_asides
from pipelines.cli.named_choice import NamedChoice
from pipelines.clock import rfc3339
from pipelines.config import read_settings
from pipelines.enforcement import cases, letters, put_ins
from pipelines.errors import BadInput, Unconfirmed, os_reason
from pipelines.evidence.exported import PART, exported_of
from pipelines.evidence.logged_in import left_out_words
from pipelines.evidence.words import CASE_STATUSES
from pipelines.records import Case, CaseEventKind
from pipelines.records.rule_words import coded

#: Kept as the reason where leads that are not known to be of one operator were named in one command without one.
NO_REASON = "（命令行一次列出，没有写明理由）"
_TOGETHER = click.option(
    "--together",
    default="",
    metavar="理由",
    help="看不出是同一经营主体的线索，核对后为什么合在一个案件里办；记入案件经过。",
)
#: Faults of something that cannot even be opened as a package.
_UNREADABLE = frozenset({"zip.none", "zip.directory", "zip.empty", "zip.name", "zip.top", "zip.duplicate"})


def commands() -> list[click.Command]:
    return [case, letters_of_lead, verify]


@click.group()
def case() -> None:
    """案件：立案、并入、移出、结案或撤案、列表、导出证据包、文书草稿。"""


@case.command("open")
@click.argument("lead_ids", metavar="LEAD...", type=LEAD_ID, nargs=-1, required=True)
@click.option("--as", "user_name", required=True, metavar="USER", help="立案的用户。")
@click.option("--title", help="案件名称；不填则取第一条线索的标题。")
@_TOGETHER
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def open_(lead_ids: tuple[int, ...], user_name: str, title: str | None, together: str, as_json: bool) -> None:
    """把已成立的线索立为一个案件。"""
    with command_desk() as desk:
        user = acting_user(desk, user_name)
        opened = _told_together(
            lambda why: cases.open_case(desk, lead_ids, user=user, title=title, together=why), together
        )
    if as_json:
        print_json({"id": opened.id})
    else:
        click.echo(opened.id)


@case.command("add")
@click.argument("case_id", metavar="CASE")
@click.argument("lead_ids", metavar="LEAD...", type=LEAD_ID, nargs=-1, required=True)
@click.option("--as", "user_name", required=True, metavar="USER", help="并入的用户。")
@_TOGETHER
def add(case_id: str, lead_ids: tuple[int, ...], user_name: str, together: str) -> None:
    """把已成立的线索并入在办案件。"""
    with command_desk() as desk:
        user = acting_user(desk, user_name)
        joined = _told_together(lambda why: cases.join_case(desk, case_id, lead_ids, user=user, together=why), together)
    click.echo(f"{joined.id}  {len(joined.lead_ids)} 条线索")


def _told_together(make: Callable[[str], Case], why: str) -> Case:
    """Whoever names the leads in one command has said that they belong together; that no reason was given is told, and
    stands in the case's history."""
    try:
        return make(why)
    except Unconfirmed:
        made = make(NO_REASON)
        click.echo(f"{made.id}：看不出这些线索是不是同一经营主体，已按所列合在一案；理由请用 --together 写明", err=True)
        return made


@case.command("take-out")
@click.argument("case_id", metavar="CASE")
@click.argument("lead_id", metavar="LEAD", type=LEAD_ID)
@click.option("--reason", required=True, help="移出的理由。")
@click.option("--as", "user_name", required=True, metavar="USER", help="移出的用户。")
def take_out(case_id: str, lead_id: int, reason: str, user_name: str) -> None:
    """把一条线索移出还没有导出过证据包的案件（只增记录，不删除）。"""
    with command_desk() as desk:
        left = cases.take_out(desk, case_id, lead_id, user=acting_user(desk, user_name), reason=reason)
    click.echo(f"{left.id}  {len(left.lead_ids)} 条线索")


@case.command("close")
@click.argument("case_id", metavar="CASE")
@click.option(
    "--how",
    type=NamedChoice({kind.value: name for kind, name in cases.CLOSING_NAMES.items()}),
    required=True,
    help="concluded 结案（线索留在案内）；withdrawn 撤案（线索可另行立案）；写代号或名称都行。",
)
@click.option("--reason", required=True, help="理由。")
@click.option("--as", "user_name", required=True, metavar="USER", help="结案或撤案的用户。")
def close(case_id: str, how: str, reason: str, user_name: str) -> None:
    """结案或撤案。"""
    with command_desk() as desk:
        user = acting_user(desk, user_name)
        cases.close_case(desk, case_id, CaseEventKind(how), user=user, reason=reason)
    click.echo(f"{case_id}  {cases.CLOSING_NAMES[CaseEventKind(how)]}")


@case.command("list")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def list_(as_json: bool) -> None:
    """列出案件，最新的在前。"""
    with command_desk() as desk, desk.store.read() as tx:
        rows = tx.cases.list()
    if as_json:
        print_json(
            [
                {
                    "id": row.id,
                    "title": row.title,
                    "status": row.status,
                    "leads": list(row.lead_ids),
                    "opened_by": row.opened_by,
                    "opened_at": rfc3339(row.opened_at),
                    "demo": row.demo,
                }
                for row in rows
            ]
        )
        return
    for row in rows:
        mark = "  【演示】" if row.demo else ""
        click.echo(plain(f"{row.id}  {CASE_STATUSES[row.status]}  {len(row.lead_ids)} 条线索  {row.title}{mark}"))


@case.command()
@click.argument("case_id", metavar="CASE")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="要写的 ZIP 文件。")
@click.option(
    "--shared",
    type=click.Path(dir_okay=False, path_type=Path),
    help="另写一份共享本（ZIP）：不含没有遮盖的网页原件，略去的逐个列明；--out 是密封本。",
)
@click.option(
    "--parts",
    is_flag=True,
    help="与 --shared 同用：每个受文部门另写一份随函本，只含移送给它的线索和疑点，放在密封本旁边。",
)
@click.option(
    "--include-logged-in",
    "capture_ids",
    metavar="CAPTURE",
    multiple=True,
    help="批准放入一份疑为登录后留存的采集快照（编号），可重复；只有督导可以，要同时写 --reason 和 --as。",
)
@click.option("--reason", default="", help="批准放入的理由；记入案件经过和证据包。")
@click.option("--as", "user_name", default="", metavar="USER", help="导出人（记入审计）。")
def export(
    case_id: str,
    out: Path,
    shared: Path | None,
    parts: bool,
    capture_ids: tuple[str, ...],
    reason: str,
    user_name: str,
) -> None:
    """导出案件的证据包（ZIP）；疑为登录后留存的页面不放入，逐个列明。"""
    if parts and shared is None:
        raise BadInput("随函本是共享本的一部分：--parts 要与 --shared 同用")
    if capture_ids and not user_name:
        raise BadInput("放入登录后留存的页面要由督导批准：请写 --as 用户 和 --reason 理由")
    if reason and not capture_ids:
        raise BadInput("--reason 是批准放入的理由，要与 --include-logged-in 同用")
    from pipelines.evidence.bundle import export_case  # WeasyPrint is heavy; only exporting loads it

    with command_desk() as desk:
        if capture_ids:
            put_ins.put_in(desk, case_id, capture_ids, user=acting_user(desk, user_name), reason=reason)
        user = acting_user(desk, user_name).name if user_name else "system"
        export_case(desk, case_id, out, user=user, shared=shared, parts=parts)
        with desk.store.read() as tx:
            exported = tx.cases.get(case_id)
            pages = put_ins.marked_pages(tx, exported) if exported else ()
            made = exported_of(case_id, tx.audit.for_objects([("case", case_id)]))
    click.echo(f"已导出 {out}" + (f" 和共享本 {shared}" if shared else ""), err=True)
    for name in sorted(one.file for one in made if one.called == PART and one.at == made[-1].at):
        click.echo(f"{PART} {out.with_name(name)}", err=True)
    for page in pages:
        if page.put_in is None:
            click.echo(plain(f"没有放入：{left_out_words(page.capture)}"), err=True)


@case.command("letters")
@click.argument("case_id", metavar="CASE")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="写到哪个文件夹。")
@click.option(
    "--package",
    default="",
    metavar="HASH",
    help="随函的证据包：它的 SHA-256（至少前 8 位）；不写，就是最近的共享本。",
)
@click.option("--as", "user_name", required=True, metavar="USER", help="生成的用户（记入审计）。")
def letters_(case_id: str, out: Path, package: str, user_name: str) -> None:
    """生成移送函、协查函的草稿（Word）；同名的旧草稿会被替换。"""
    with command_desk() as desk:
        made = letters.make(desk, case_id, user=acting_user(desk, user_name), package=package)
    _written(made, out)


@click.command("letters")
@click.argument("lead_id", metavar="LEAD", type=LEAD_ID)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="写到哪个文件夹。")
@click.option("--as", "user_name", required=True, metavar="USER", help="生成的用户（记入审计）。")
def letters_of_lead(lead_id: int, out: Path, user_name: str) -> None:
    """没有立案就转办、移送的线索：生成移送函、协查函的草稿（Word）；同名的旧草稿会被替换。"""
    with command_desk() as desk:
        user = acting_user(desk, user_name)
        others = letters.offered_of_lead(desk, lead_id, user=user).others
        made = letters.make_of_lead(desk, lead_id, user=user)
    _written(made, out)
    if not made:
        click.echo("去向是本单位，又不是来自平台，不需要出函", err=True)
    for department, ids in others.items():
        click.echo(f"提醒：{'、'.join(map(coded, ids))} 由{department}牵头，没有写进移送函", err=True)


def _written(made: Mapping[str, bytes], out: Path) -> None:
    """Each letter into the folder, told by its path. Raises BadInput."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, data in made.items():
            (out / name).write_bytes(data)
            click.echo(str(out / name))
    except OSError as exc:
        raise BadInput(f"不能写入 {out}：{os_reason(exc)}") from exc


@case.command()
@click.argument("package", metavar="FILE.zip", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="要写的 ZIP 文件。")
@click.option("--as", "user_name", default="", metavar="USER", help="补充时间戳的人（记入审计）。")
def stamps(package: Path, out: Path, user_name: str) -> None:
    """为已封好的证据包补第三方时间戳，写成单独的文件；证据包本身不动。"""
    from pipelines.evidence.later_stamps import write_later_stamps  # loads what exporting loads

    with command_desk() as desk:
        user = acting_user(desk, user_name).name if user_name else "system"
        made = write_later_stamps(desk, package, out, user=user)
    click.echo(f"已写 {out}：{made.got} 个第三方时间戳，{made.files} 个文件中 {made.lacking} 个还没有", err=True)


@click.command()
@click.argument("package", metavar="FILE.zip", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.option(
    "--trust",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="除本机之外还信任的单位证书（PEM），可重复。",
)
@click.option(
    "--tsa-ca",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="可信的时间戳机构根证书（PEM），可重复；给了它，时间戳必须由它签发。",
)
@click.option(
    "--stamps",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="这个包封好以后补到的时间戳（case stamps 所写的 ZIP）。",
)
def verify(package: Path, as_json: bool, trust: tuple[Path, ...], tsa_ca: tuple[Path, ...], stamps: Path | None) -> int:
    """核验证据包；完整且签名人可信才返回 0。"""
    from pipelines.evidence.verify import verify_package  # loads bagit and warcio

    if package.is_dir():
        raise BadInput(f"{package} 是文件夹；请给出证据包的 ZIP 文件，不要解压")
    with without_asides():
        result = verify_package(package, trust=trust, home=read_settings().home_path, tsa_ca=tsa_ca, stamps=stamps)
    if as_json:
        print_json(
            {
                "ok": result.ok,
                "trusted": result.trusted,
                "faults": [
                    {"code": f.code, "file": f.file, "message": f.message, "english": f.english} for f in result.faults
                ],
                "notes": list(result.notes),
            }
        )
    else:
        codes = {fault.code for fault in result.faults}
        unread = bool(codes) and codes <= _UNREADABLE
        click.echo("完整性：" + ("通过" if result.ok else "未通过"))
        stranger = "没有核对（包读不出来）" if unread else "不可信（见下）"
        click.echo("签名人：" + ("可信" if result.trusted else stranger))
        for fault in result.faults:
            click.echo(f"  {fault.code}  {fault.file}  {fault.message}")
            click.echo(f"      {fault.english}")
        for note in result.notes:
            click.echo(f"  说明：{note}")
        if unread:
            click.echo(
                "证据包除了改名，不能有任何改动：解压后重新压缩的、别的程序做的 ZIP 都通不过；请用导出时的原文件",
                err=True,
            )
    return 0 if result.ok and result.trusted else 1
