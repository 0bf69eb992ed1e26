"""A page saved by somebody logged in: marked, out of the packages unless a supervisor puts it in, and told of."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

import mingcha
from pipelines.desk import Desk
from pipelines.enforcement import cases
from pipelines.enforcement.put_ins import put_in
from pipelines.errors import BadInput, Conflict, NotFound, Refused
from pipelines.evidence import standalone
from pipelines.evidence.verify import verify_package
from pipelines.ingest.intake import intake_paths
from pipelines.records import Case, LeadStatus, Role, User
from tests import factories
from tests.pipelines.evidence.packages import Package
from tests.pipelines.evidence.test_bundle import unpacked
from tests.pipelines.evidence.test_imported import Assessor

WHY = "导入人说明是登录后保存的"


@pytest.fixture
def boss() -> User:
    return factories.user("sun", Role.SUPERVISOR)


@pytest.fixture
def case(desk: Desk, tmp_path: Path, boss: User) -> Case:
    """A case of two imported leads, one of them saved while logged in."""
    for name, text, logged_in in (
        ("甲.txt", "六年级小班提分，电话13912345678", False),
        ("乙.txt", "初三小班提分", True),
    ):
        (tmp_path / name).write_text(text, "utf-8")
        list(intake_paths(desk, Assessor(), [tmp_path / name], logged_in=logged_in))
    with desk.store.transaction() as tx:
        tx.users.add(factories.user("wang", Role.OFFICER))
        tx.users.add(boss)
        leads = sorted(tx.leads.page(status=None).items, key=lambda lead: lead.id)
        for lead in leads:
            tx.leads.set_status(lead.id, LeadStatus.ACCEPTED, lead.revision)
        return tx.cases.open([lead.id for lead in leads], "案", "wang", factories.NOON, False)


def marked(desk: Desk, case: Case, boss: User) -> str:
    (one,) = cases.view(desk, case.id, user=boss).marked
    return one.capture.id


def test_it_stays_out_and_every_paper_says_which_and_why(desk: Desk, case: Case, tmp_path: Path, boss: User) -> None:
    out = tmp_path / "x.zip"
    made = export(desk, case, out, "--as", "wang")
    assert "没有放入：导入的文件 乙.txt（" in made.stderr
    assert WHY in made.stderr
    assert [fault.code for fault in verify_package(out).faults] == ["signer.untrusted"]
    assert [fault.code for fault in standalone.verify(str(out), [], []).faults] == ["signer.untrusted"]
    top, name = unpacked(out, tmp_path / "out"), marked(desk, case, boss)
    assert name not in {path.name for path in (top / "data/captures").iterdir()}
    one, two = json.loads((top / "data/case.json").read_text("utf-8"))["leads"]
    assert "left_out" not in one
    (told,) = two["left_out"]
    assert (two["captures"], told["capture"], told["mark"], told["why"]) == ([], name, "疑为登录后留存", WHY)
    sheets = load_workbook(io.BytesIO((top / "data/证据清单.xlsx").read_bytes()))
    for said in ((top / "data/案件报告.html").read_text("utf-8"), cells(sheets["待补证据清单"])):
        assert name in said
        assert WHY in said
    assert "不在本包内，逐个列在 data/case.json" in (top / "验证说明.txt").read_text("utf-8")
    listed = cells(sheets["证据清单"])
    assert told["sha256"] in listed
    assert "没有督导批准，不放入证据包" in listed


def export(desk: Desk, case: Case, out: Path, *args: str) -> Result:
    env = {"MINGCHA_HOME": str(desk.home), "MINGCHA_DATABASE_URL": desk.store.url}
    return CliRunner(env=env).invoke(
        mingcha.cli, ["case", "export", case.id, "--out", str(out), *args], standalone_mode=False
    )


def cells(sheet: object) -> str:
    return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell)  # type: ignore[attr-defined]


def test_a_supervisor_puts_it_in_with_a_reason_that_the_package_names(
    desk: Desk, case: Case, tmp_path: Path, boss: User
) -> None:
    name = marked(desk, case, boss)
    with desk.store.read() as tx:
        officer = tx.users.get("wang")
    assert officer is not None
    with pytest.raises(Refused, match="督导"):
        put_in(desk, case.id, [name], user=officer, reason="须用")
    with pytest.raises(BadInput, match="理由"):
        put_in(desk, case.id, [name], user=boss, reason=" ")
    with pytest.raises(NotFound, match="没有标为登录后留存的采集快照"):
        put_in(desk, case.id, ["0" * 32], user=boss, reason="须用")
    out = tmp_path / "x.zip"
    for args in ((), ("--reason", "须用"), ("--reason", "须用", "--as", "wang")):
        refused = export(desk, case, out, "--include-logged-in", name, *args)
        assert "督导" in str(getattr(refused.exception, "message", "")), args
    assert not out.exists()
    reason = "页面只对会员显示，账号为本单位公开注册"
    made = export(desk, case, out, "--include-logged-in", name, "--reason", reason, "--as", "sun")
    assert "没有放入" not in made.stderr
    with pytest.raises(Conflict, match="已经批准放入"):
        put_in(desk, case.id, [name], user=boss, reason="再来")
    package = Package.of(out, home=desk.home, folder=tmp_path)
    assert package.check(package.data).faults == ()
    record = f"data/captures/{name}/record.json"
    told = json.loads(package.files[record])
    assert told["logged_in"]["put_in"]["user"] == "sun"
    assert "sun 于" in told["fields"]["access"]["words"]
    for file in (record, "data/case.json", "data/案件报告.html"):
        assert "账号为本单位公开注册" in package.files[file].decode(), file
    assert "由督导批准放入" in package.files["验证说明.txt"].decode()
    assert b'"case.put_in"' in package.files["data/audit.jsonl"]
    # Without the supervisor's approval, or one that the log does not know, neither checker takes it.
    for put in (None, {"user": "wang", "at": "2026-05-04T04:00:00Z", "reason": "须用"}):
        mark = {key: value for key, value in told["logged_in"].items() if key != "put_in"}
        forged = told | {"logged_in": mark | ({"put_in": put} if put else {})}
        files = package.resealed(package.files | {record: json.dumps(forged).encode()}, package.signer)
        data = package.zipped(files)
        assert "capture.logged_in" in {fault.code for fault in package.check(data).faults}
        (tmp_path / "forged.zip").write_bytes(data)
        codes = {fault.code for fault in standalone.verify(str(tmp_path / "forged.zip"), [], []).faults}
        assert codes == {"capture.logged_in", "signer.untrusted"}
