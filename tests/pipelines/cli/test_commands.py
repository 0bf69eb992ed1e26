"""The commands as typed: what comes out on stdout, and that misuse is one sentence with exit 2."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import mingcha
from pipelines import clock
from pipelines.cli.chinese_usage import told
from pipelines.cli.jobs import _task_called
from pipelines.config import read_settings
from pipelines.desk import open_desk
from pipelines.enforcement.rules import department_named
from pipelines.enforcement.users import create_user
from pipelines.errors import NoData
from pipelines.records import Role
from pipelines.records.rule_words import coded
from review_ui.audit_words import who
from tests import factories
from tests.review_ui.seed import GUARANTEE, HIDDEN, seed_lead, seed_source

AD = "初三数学物理一对一补课，周六上午，每小时200元，名师在职任教，微信同号，欢迎咨询报名"


@pytest.fixture
def station(home: Path, sqlite_url: str) -> Path:
    """A HOME with one officer."""
    with open_desk(read_settings({}, home=home, database_url=sqlite_url)) as desk:
        create_user(desk, "yuan", "correct-horse-1949", roles=[Role.OFFICER, Role.REVIEWER])
    return home


def _run(home: Path, *args: str, **environ: str) -> Result:
    env = {"MINGCHA_HOME": str(home), "MINGCHA_SECOND_TIER": "false", **environ}  # the second tier takes seconds
    return CliRunner(env=env).invoke(mingcha.cli, list(args), standalone_mode=False)


def _message(result: Result) -> str:
    """The sentence that mingcha.main prints for this error before it exits with 2."""
    assert result.exception is not None
    return str(getattr(result.exception, "message", result.exception))


def _take_in(home: Path, folder: Path) -> list[dict[str, object]]:
    folder.mkdir()
    (folder / "b.jsonl").write_text(json.dumps({"text": AD}, ensure_ascii=False) + "\n[1]\n", encoding="utf-8")
    (folder / "a.csv").write_text("标题,正文,链接\n停水通知,明天上午停水,https://example.org/1\n", encoding="gb18030")
    result = _run(home, "intake", str(folder), "--json")
    assert result.return_value == 1  # one row was refused
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_intake_walks_a_folder_in_order_and_lists_each_row(station: Path, tmp_path: Path) -> None:
    rows = _take_in(station, tmp_path / "in")
    assert [(Path(str(row["file"])).name, row["row"], row["result"]) for row in rows] == [
        ("a.csv", 2, "taken"),
        ("b.jsonl", 1, "taken"),
        ("b.jsonl", 2, "refused"),
    ]
    assert rows[2]["reason"]


@pytest.mark.parametrize("second", [None, {"academic_f1": 0.95, "anxiety_f1": 0.9}])
def test_training_says_what_came_of_it(
    station: Path, monkeypatch: pytest.MonkeyPatch, second: dict[str, float] | None
) -> None:
    """Before the long part one line where no terminal is, and at its end a sentence; --json gives the figures."""
    made = {"model": "m-1", "trained": True, "texts": 900, "academic_f1": 0.91, "anxiety_f1": 0.8, "second": second}

    def train(*, about_to_train: Callable[[], object]) -> dict[str, object]:
        about_to_train()
        return made

    monkeypatch.setattr("classifier.workshop.make_current", train)
    done = _run(station, "train")
    assert "正在用随程序的语料训练模型" in done.stderr
    assert "约两分钟" in done.stderr.replace("\n", "")
    assert "学了 900 条文本" in done.stdout
    assert f"学科类 F1 {0.95 if second else 0.91:.3f}" in done.stdout
    assert json.loads(_run(station, "train", "--json").stdout) == made
    monkeypatch.setattr("classifier.workshop.make_current", lambda **_: {"model": "m-1", "trained": False})
    again = _run(station, "train")
    assert (again.stdout, again.stderr) == ("模型 m-1 已是最新，不用训练\n", "")


def test_an_empty_folder_is_not_passed_over_in_silence(station: Path, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    done = _run(station, "intake", str(tmp_path / "none"), "--json")
    assert done.return_value == 1
    assert json.loads(done.stdout)["result"] == "refused"


def test_leads_lead_and_decide(station: Path, tmp_path: Path) -> None:
    _take_in(station, tmp_path / "in")
    listed = json.loads(_run(station, "leads", "--json").stdout)
    assert [(row["status"], row["demo"], row["title"][:4]) for row in listed["leads"]] == [("open", False, "初三数学")]
    lead = listed["leads"][0]["id"]
    shown = json.loads(_run(station, "lead", str(lead), "--json").stdout)
    body = (shown["assessed_title"] + "\n" if shown["assessed_title"] else "") + shown["assessed_text"]
    spans = [span for finding in shown["assessment"]["findings"] for span in finding["spans"]]
    assert spans
    assert all(body[span["start"] : span["end"]] == span["text"] for span in spans)
    _run(station, "decide", str(lead), "--verdict", "confirm", "--as", "yuan", "--reason", "内容明确")
    listed = json.loads(_run(station, "leads", "--status", "accepted", "--json").stdout)
    assert [row["id"] for row in listed["leads"]] == [lead]
    decisions = json.loads(_run(station, "lead", str(lead), "--json").stdout)["decisions"]
    assert [(row["verdict"], row["user"], row["reason"]) for row in decisions] == [("confirm", "yuan", "内容明确")]


@pytest.mark.parametrize(
    ("option", "word", "code"),
    [
        ("status", "待审", "open"),
        ("status", " 已成立", "accepted"),
        ("status", "线索成立", "accepted"),
        ("status", "confirm", "accepted"),
        ("status", "已转办", "transferred"),
        ("status", "移送", "transferred"),
        ("status", "排除", "dismissed"),
        ("status", "已撤下", "withdrawn"),
        ("verdict", "成立", "confirm"),
        ("verdict", "已排除", "dismiss"),
        ("verdict", "转办", "transfer"),
        ("verdict", "待核实", "hold"),
        ("verdict", "held", "hold"),
    ],
)
def test_what_people_see_is_taken_beside_the_code(option: str, word: str, code: str) -> None:
    command = mingcha.cli.commands["leads" if option == "status" else "decide"]
    kind = next(param.type for param in command.params if param.name == option)
    assert kind.convert(word, None, None) == code


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("公安", "公安机关"),
        ("文旅局", "文化和旅游部门"),
        ("人社", "人力资源社会保障部门"),
        ("教育局", "教育行政部门"),
        ("民政部门", "民政部门"),
        ("部门", "部门"),
        ("局", "局"),
    ],
)
def test_short_names_of_departments(word: str, name: str) -> None:
    assert department_named(word) == name


def test_a_lead_is_a_page_for_people_and_steers_no_terminal(station: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"title": "清水\x1b[2J小班", "text": AD}) + "\n")
    _run(station, "intake", str(tmp_path / "a.jsonl"))
    _run(station, "decide", "1", "--verdict", "hold", "--as", "yuan", "--reason", "先去看看")
    page = _run(station, "lead", "1").stdout
    for words in (
        "线索 1  待核实  优先级",
        "来源 人工导入",
        "疑点",
        "理由：",
        "原文：“",
        "牵头：",
        "四维鉴别",
        "三要件",
    ):
        assert words in page, words
    assert "yuan  待核实：先去看看" in page
    assert "人工导入文件  正常  SHA-256" in page
    assert "\x1b" not in page
    assert "{" not in page
    refused = _run(station, "decide", "1", "--verdict", "转办", "--to", "火星局", "--as", "yuan")
    assert "可选：" in _message(refused)
    _run(station, "decide", "1", "--verdict", "转办", "--to", "市场监管局", "--as", "yuan")
    assert "转办/移送（市场监督管理部门）" in _run(station, "lead", "1").stdout


def test_something_that_is_no_package_is_said_to_be_none(station: Path, tmp_path: Path) -> None:
    text = tmp_path / "report.zip"
    text.write_text("not a package")
    done = _run(station, "verify", str(text))
    assert done.return_value == 1
    assert "这不是证据包" in done.stdout
    assert "没有核对" in done.stdout
    assert "用导出时的原文件" in done.stderr
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("readme.txt", "hello")
    done = _run(station, "verify", str(tmp_path / "other.zip"))
    assert done.return_value == 1
    assert "用导出时的原文件" in done.stderr
    shown = json.loads(_run(station, "verify", str(text), "--json").stdout)
    assert (shown["ok"], shown["trusted"], [fault["code"] for fault in shown["faults"]]) == (False, False, ["zip.none"])


@pytest.mark.parametrize(
    ("word", "task"),
    [("周报", "digest"), ("采集:人工导入", "crawl:intake"), ("crawl：intake", "crawl:intake"), ("crawl:x", "crawl:x")],
)
def test_a_job_may_be_called_by_the_names_people_see(station: Path, tmp_path: Path, word: str, task: str) -> None:
    with open_desk(read_settings({}, home=station)) as desk:
        with desk.store.transaction() as tx:
            tx.sources.upsert(factories.source("intake", title="人工导入"))
        assert _task_called(desk, word) == task


def test_a_digest_without_dates_is_that_of_the_last_whole_week_and_says_so(station: Path, tmp_path: Path) -> None:
    clock.pin(lambda: datetime(2026, 11, 15, 15, 59, tzinfo=UTC))  # Sunday, a minute before the week is over
    done = _run(station, "digest", "--out", str(tmp_path / "d"))
    assert "没有写期别和日期，取最近过完的一周：周报，2026-11-02 至 2026-11-08" in done.stderr
    assert {Path(line).stem for line in done.stdout.splitlines()} == {"周报_2026-11-02_2026-11-08"}
    clock.pin(lambda: datetime(2026, 11, 15, 16, 0, tzinfo=UTC))
    done = _run(station, "digest", "--out", str(tmp_path / "d"))
    assert "周报，2026-11-09 至 2026-11-15" in done.stderr
    for wrong in (("--from", "2026-11-09"), ("--to", "2026-11-09"), ("--period", "week", "--from", "2026-11-09")):
        assert "同时写 --from 和 --to" in _message(_run(station, "digest", *wrong, "--out", str(tmp_path / "e")))
    assert not (tmp_path / "e").exists()


def test_letters_of_a_case_are_written_into_a_folder(station: Path, tmp_path: Path) -> None:
    _take_in(station, tmp_path / "in")
    lead = str(json.loads(_run(station, "leads", "--json").stdout)["leads"][0]["id"])
    _run(station, "decide", lead, "--verdict", "confirm", "--as", "yuan")
    case = _run(station, "case", "open", lead, "--as", "yuan").stdout.strip()
    made = _run(station, "case", "letters", case, "--out", str(tmp_path / "new" / "out"), "--as", "yuan")
    names = [Path(line).name for line in made.stdout.splitlines()]
    assert names
    assert all(name.startswith("移送函_") for name in names)  # nobody's platform: it was brought in
    assert sorted(names) == sorted(path.name for path in (tmp_path / "new" / "out").iterdir())
    (tmp_path / "file").write_text("x")
    refused = _run(station, "case", "letters", case, "--out", str(tmp_path / "file" / "x"), "--as", "yuan")
    assert "不能写入" in _message(refused)
    _run(station, "case", "close", case, "--how", "撤案", "--reason", "移送", "--as", "yuan")
    _run(station, "decide", lead, "--verdict", "转办", "--to", "公安", "--as", "yuan")
    (there,) = _run(station, "letters", lead, "--out", str(tmp_path / "of-lead"), "--as", "yuan").stdout.splitlines()
    assert Path(there).name == f"移送函_公安机关_线索{lead}_草稿.docx"


def test_findings_are_struck_out_on_the_command_line(station: Path, tmp_path: Path) -> None:
    _take_in(station, tmp_path / "in")
    listed = json.loads(_run(station, "leads", "--json").stdout)["leads"][0]
    lead, codes = str(listed["id"]), listed["codes"]
    assert len(codes) > 1
    confirm = ("decide", lead, "--verdict", "confirm", "--as", "yuan")
    assert "没有疑点 HT77" in _message(_run(station, *confirm, "--strike", "HT77"))
    struck = [argument for code in codes for argument in ("--strike", code)]
    assert "要写明理由" in _message(_run(station, *confirm, *struck))
    decided = json.loads(_run(station, *confirm, *struck[:2]).stdout)
    assert decided["struck"] == codes[:1]
    assert json.loads(_run(station, "leads", "--json").stdout)["leads"][0]["codes"] == codes[1:]
    shown = json.loads(_run(station, "lead", lead, "--json").stdout)
    assert [row["struck"] for row in shown["decisions"]] == [codes[:1]]
    page = _run(station, "lead", lead).stdout
    assert f"【不采纳】{codes[0]}" in page
    assert f"线索成立，不采纳 {coded(codes[0])}" in page
    assert decided["struck_names"] == [coded(codes[0])] != codes[:1]
    assert decided["verdict_name"] == "线索成立"
    assert coded(codes[1]) in _run(station, "leads", COLUMNS="300").stdout
    assert len({finding["code"] for finding in shown["assessment"]["findings"]}) == len(codes)  # the machine's stay


def test_one_of_two_findings_is_struck_out_and_a_terminal_gets_a_sentence(
    station: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_desk(read_settings({}, home=station, database_url=sqlite_url)) as desk:
        seed_source(desk)
        promise = replace(GUARANTEE, signal="guarantee")
        touches = (replace(promise, signal="exaggerated", consequence="lead"), promise, HIDDEN)
        lead = str(seed_lead(desk, "two", "标题", "数学小班，包过", touches=touches).id)
    confirm = ("decide", lead, "--verdict", "成立", "--as", "yuan")
    assert json.loads(_run(station, *confirm, "--strike", "AD04.2").stdout)["struck"] == ["AD04.2"]
    shown = json.loads(_run(station, "lead", lead, "--json").stdout)
    assert (shown["struck"], shown["codes"]) == (["AD04.2"], ["AD04", "HT18.2"])
    assert [one["id"] for one in shown["assessment"]["findings"]] == ["AD04.2", "AD04.1", "HT18.2"]
    assert "【不采纳】AD04.2" in _run(station, "lead", lead).stdout
    monkeypatch.setattr("pipelines.cli.leads._for_a_person", lambda: True)
    said = _run(station, *confirm, "--strike", "AD04").stdout
    assert "已定为“线索成立”；不采纳 AD04 保证或夸大 的 2 条，共 2 条疑点" in said
    transfer = ("decide", lead, "--verdict", "转办", "--to", "公安", "--as", "yuan", "--reason", "属地")
    assert "已定为“转办/移送”，去向 公安机关，理由：属地" in _run(station, *transfer).stdout
    assert json.loads(_run(station, *confirm, "--json").stdout)["verdict"] == "confirm"


def test_the_table_speaks_chinese(station: Path, tmp_path: Path) -> None:
    _take_in(station, tmp_path / "in")
    assert "待审" in _run(station, "leads").stdout


def test_a_hostile_title_is_only_text(station: Path, tmp_path: Path) -> None:
    """Square brackets are no markup (a closing tag once ended the listing), escapes do not reach the terminal."""
    folder = tmp_path / "in"
    folder.mkdir()
    title = "[/x] :bomb: \x1b[2J\u202e补课"
    (folder / "a\x1b[31m.jsonl").write_text(json.dumps({"title": title, "text": AD, "\x1b[2Jtext": 1}) + "\n[1]\n")
    told = _run(station, "intake", str(folder)).stdout
    assert "第 1 行  已入库" in told
    listed = _run(station, "leads", COLUMNS="200").stdout
    assert "[/x]" in listed
    assert ":bomb:" in listed
    lead = json.loads(_run(station, "leads", "--json").stdout)["leads"][0]["id"]
    _run(station, "decide", str(lead), "--verdict", "confirm", "--as", "yuan")
    _run(station, "case", "open", str(lead), "--as", "yuan")
    cases = _run(station, "case", "list").stdout
    assert "[/x]" in cases
    for shown in (told, listed, cases):
        assert "\x1b" not in shown
        assert "\u202e" not in shown


def test_what_became_of_a_lead_is_entered_listed_and_taken_back(station: Path, tmp_path: Path) -> None:
    _take_in(station, tmp_path / "in")
    _run(station, "decide", "1", "--verdict", "转办", "--to", "公安", "--as", "yuan")
    assert "尚无" in _run(station, "follow-ups").stdout
    made = json.loads(_run(station, "follow-up", "1", "--kind", "立案", "--as", "yuan", "--json").stdout)
    assert (made["kind"], made["kind_name"], made["office"], made["user"]) == ("filed", "已立案", "公安机关", "yuan")
    listed = json.loads(_run(station, "follow-ups", "--stage", "已立案", "--json").stdout)
    assert [(row["id"], row["stages"], row["entries"][0]["id"]) for row in listed["leads"]] == [
        (1, ["filed"], made["id"])
    ]
    assert listed["counts"]["filed"] == 1
    assert "公安机关" in _run(station, "lead", "1").stdout
    back = ("follow-up", "1", "--take-back", str(made["id"]), "--as", "yuan")
    assert "理由" in _message(_run(station, *back))
    assert "已撤销" in _run(station, *back, "--note", "记错").stdout
    shown = json.loads(_run(station, "lead", "1", "--json").stdout)["follow_ups"]
    assert [(row["kind"], row["undoes"], row["note"]) for row in shown] == [("filed", None, ""), ("undo", 1, "记错")]
    for wrong in ((), ("--kind", "filed", "--take-back", "1")):
        assert "只写一个" in _message(_run(station, "follow-up", "1", *wrong, "--as", "yuan"))
    off = _run(station, "follow-up", "1", "--kind", "filed", "--as", "yuan", MINGCHA_CLI_DECISIONS="false")
    assert "MINGCHA_CLI_DECISIONS" in _message(off)


def test_decide_can_be_switched_off(station: Path) -> None:
    result = _run(station, "decide", "1", "--verdict", "hold", "--as", "yuan", MINGCHA_CLI_DECISIONS="false")
    assert "MINGCHA_CLI_DECISIONS" in _message(result)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("lead", "77", "--json"), "77"),
        (("lead", "9" * 30), "9" * 30),
        (("case", "open", "9" * 30, "--as", "yuan"), "9" * 30),
        (("decide", "77", "--verdict", "confirm", "--as", "nobody"), "nobody"),
        (("case", "export", "AJ-2026-0099", "--out", "x.zip"), "AJ-2026-0099"),
        (("verify", "."), "不要解压"),
        (("leads", "--after", "xx"), "xx"),
        (("leads", "--after", "-1"), "-1"),
        (("verify", "not-there.zip"), "not-there.zip"),
        (("digest", "--from", "2026-02-02", "--to", "2026-02-01", "--out", "x"), "日"),
        (("intake", "--source", "../x", "file.txt"), "来源"),
        (("digest", "--from", "2026-02-30", "--to", "2026-03-01", "--out", "x"), "2026-02-30"),
    ],
)
def test_misuse_is_one_sentence(station: Path, args: tuple[str, ...], words: str) -> None:
    result = _run(station, *args)
    assert words in _message(result)
    assert "\n" not in _message(result)


def test_db_status_of_a_home_without_database_is_exit_1(home: Path) -> None:
    result = _run(home, "db", "status", "--json")
    assert result.return_value == 1
    assert json.loads(result.stdout)["current"] is None
    assert "mingcha db upgrade" in _run(home, "db", "status").stdout
    for said in ("已新建数据库", "本来就是最新版本"):
        result = _run(home, "db", "upgrade")
        assert result.return_value is None
        assert said in result.stderr
    assert _run(home, "db", "status").return_value == 0


@pytest.mark.parametrize(
    "args",
    [
        ("leads",),
        ("leads", "--json"),
        ("lead", "1"),
        ("decide", "1", "--verdict", "hold", "--as", "yuan"),
        ("case", "open", "1", "--as", "yuan"),
        ("case", "list"),
        ("case", "export", "AJ-2026-0001", "--out", "x.zip"),
        ("digest", "--from", "2026-02-01", "--to", "2026-02-02", "--out", "x"),
        ("audit", "verify"),
        ("user", "list"),
        ("user", "disable", "yuan"),
        ("capture",),
    ],
    ids=" ".join,
)
def test_a_command_that_needs_data_makes_no_home(tmp_path: Path, args: tuple[str, ...]) -> None:
    """A mistyped or forgotten MINGCHA_HOME is not answered with an empty table of a home made on the spot."""
    result = _run(tmp_path / "typo", *args)
    assert isinstance(result.exception, NoData)  # mingcha.main prints it and exits with 2
    assert f"{tmp_path}/typo 里没有数据" in _message(result)
    assert "var/demo" in _message(result)
    assert result.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_installed_sources_are_listed_without_a_home(tmp_path: Path) -> None:
    result = _run(tmp_path / "typo", "source", "list")
    assert "sandbox-board" in result.stdout
    assert "还没采集过" in result.stdout
    assert "里没有数据" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_doctor_names_what_is_missing(home: Path) -> None:
    rows = json.loads(_run(home, "doctor", "--json").stdout)
    assert {row["name"] for row in rows} >= {"浏览器", "中文字体", "数据库"}
    assert next(row for row in rows if row["name"] == "数据库")["ok"] is False


def test_config_lists_every_setting_without_secrets(home: Path) -> None:
    url = "postgresql+psycopg://u:geheim@h/db"
    rows = json.loads(_run(home, "config", "--json", MINGCHA_DATABASE_URL=url).stdout)
    assert "geheim" not in str(rows)
    assert next(row for row in rows if row["key"] == "MINGCHA_HOME")["source"] == "环境变量"


def test_audit_chain_of_a_fresh_home_holds(station: Path) -> None:
    assert _run(station, "audit", "verify").return_value == 0


def test_a_head_of_the_audit_chain_goes_on_paper_and_comes_back(station: Path, tmp_path: Path) -> None:
    paper = tmp_path / "链头.txt"
    paper.write_text(_run(station, "audit", "heads").stdout)
    assert "序号：1\n" in paper.read_text()
    held = _run(station, "audit", "verify", "--head", str(paper))
    assert held.return_value == 0
    assert "与审计记录第 1 号相符" in held.stderr
    assert "与数据库之外的 1 个链头相符" in held.stderr
    line = json.loads(_run(station, "audit", "heads", "--json").stdout)
    assert line["hash"] in _run(station, "audit", "heads", "--list").stdout
    other = _run(station, "audit", "verify", "--head", "f" * 64)
    assert (other.return_value, "没有这个链头" in other.stdout) == (1, True)
    assert "没有要声明的" in _message(_run(station, "audit", "restored", "--yes"))
    (station / "audit" / "heads.jsonl").unlink()
    assert "链头缺失" in _run(station, "audit", "verify").stdout
    assert "链头缺失" in _run(station, "doctor").stdout
    assert "已声明" in _run(station, "audit", "restored", "--yes").stderr
    assert _run(station, "audit", "verify").return_value == 0


def test_a_case_from_opening_to_its_end(station: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    ads = [AD, AD.replace("数学", "英语") + "周末全天，名额有限，另有物理化学一对一，先到先得，离地铁口三分钟。"]
    (folder / "a.jsonl").write_text("\n".join(json.dumps({"text": ad}, ensure_ascii=False) for ad in ads))
    _run(station, "intake", str(folder))
    leads = [str(row["id"]) for row in json.loads(_run(station, "leads", "--json").stdout)["leads"]]
    assert len(leads) == 2
    for lead in leads:
        _run(station, "decide", lead, "--verdict", "confirm", "--as", "yuan")
    listed = _run(station, "case", "open", *leads, "--as", "yuan", "--json")
    assert "看不出这些线索是不是同一经营主体" in listed.stderr
    _run(
        station, "case", "close", json.loads(listed.stdout)["id"], "--how", "撤案", "--reason", "分开办", "--as", "yuan"
    )
    both = _run(station, "case", "open", *leads, "--together", "同一电话", "--as", "yuan")
    _run(station, "case", "close", both.stdout.strip(), "--how", "撤案", "--reason", "分开办", "--as", "yuan")
    opened = _run(station, "case", "open", leads[0], "--as", "yuan", "--json")
    assert opened.stderr == ""  # one lead is with itself
    case_id = json.loads(opened.stdout)["id"]
    assert (
        "2 条线索" in _run(station, "case", "add", case_id, leads[1], "--together", "同一电话", "--as", "yuan").stdout
    )
    assert "1 条线索" in _run(station, "case", "take-out", case_id, leads[1], "--reason", "另案", "--as", "yuan").stdout
    assert (
        "撤案"
        in _run(station, "case", "close", case_id, "--how", "withdrawn", "--reason", "误立", "--as", "yuan").stdout
    )
    assert "已撤案" in _run(station, "case", "list").stdout
    assert json.loads(_run(station, "case", "list", "--json").stdout)[0]["status"] == "withdrawn"


def test_intake_says_in_chinese_what_became_of_each_row_and_in_sum(station: Path, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    row = json.dumps({"text": AD, "gold": "?"})
    path.write_text(row + '\n{"text"\n' + row + "\n", encoding="utf-8")
    result = _run(station, "intake", str(path))
    assert result.stdout.splitlines() == [
        f"{path}  识别为一行一条的 JSONL：后缀 .jsonl，3 行里 2 行读得出，编码 utf-8；列：text 作正文，另有 1 列不理会",
        f"{path} 第 1 行  已入库",
        f"{path} 第 2 行  未收：不是 JSON（从第 8 个字符起读不懂）；一行应是一个完整的 {{…}}",
        f"{path} 第 3 行  重复（库里已有）",
    ]
    assert result.stderr.splitlines()[-1] == "已入库 1 条，重复（库里已有） 1 条，未收 1 条"


@pytest.mark.parametrize("words", [("confirm", "accepted"), ("accepted", "confirm"), ("线索成立", "线索成立")])
def test_a_verdict_and_its_status_answer_to_each_others_names(
    station: Path, tmp_path: Path, words: tuple[str, str]
) -> None:
    _take_in(station, tmp_path / "in")
    lead = json.loads(_run(station, "leads", "--json").stdout)["leads"][0]["id"]
    decided = json.loads(_run(station, "decide", str(lead), "--verdict", words[0], "--as", "yuan").stdout)
    assert decided["verdict"] == "confirm"
    listed = json.loads(_run(station, "leads", "--status", words[1], "--json").stdout)["leads"]
    assert [(row["id"], row["status"]) for row in listed] == [(lead, "accepted")]


def test_a_wrong_word_is_answered_with_all_words_and_their_names(station: Path) -> None:
    assert "held 待核实" in told(_error(_run(station, "leads", "--status", "x")))
    assert "可选：confirm 线索成立" in told(_error(_run(station, "decide", "1", "--as", "yuan")))


def _error(result: Result) -> click.ClickException:
    assert isinstance(result.exception, click.ClickException)
    return result.exception


def test_nothing_of_a_long_setting_is_cut_away(home: Path) -> None:
    agency = "某某市某某区教育局校外教育培训监管科暨综合行政执法大队" * 4
    shown = _run(home, "config", MINGCHA_AGENCY=agency, COLUMNS="60").stdout
    assert agency in shown
    assert "数据库地址；空 = 数据目录里的 SQLite，或 postgresql+psycopg://…" in shown
    assert "MINGCHA_CLI_DECISIONS = true" in shown


def test_nothing_of_a_long_title_is_cut_away(station: Path, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"title": "a" * 90, "text": AD}), encoding="utf-8")
    _run(station, "intake", str(path))
    shown = _run(station, "leads", COLUMNS="80").stdout
    assert shown.count("a") == 90
    assert "人工导" in shown
    assert "…" not in shown


def _said_by(home: Path) -> dict[str, str]:
    """Action → who the audit page says did it, the users' making left out."""
    with open_desk(read_settings({}, home=home)) as desk, desk.store.read() as tx:
        return {event.action: who(event) for event in tx.audit.all() if event.action != "user.create"}


def test_every_audit_event_of_a_command_carries_the_account_that_typed_it(
    station: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "root")
    with open_desk(read_settings({}, home=station)) as desk:
        seed_source(desk)
        lead = seed_lead(desk, "one", "标题", "数学小班，包过")
    assert _run(station, "decide", str(lead.id), "--verdict", "hold", "--as", "yuan").exception is None
    assert _run(station, "jobs", "stop", "--as", "yuan").exception is None
    assert _run(station, "user", "disable", "yuan").exception is None
    said = _said_by(station)
    assert said.pop("user.disable") == "命令行 root"
    assert said == dict.fromkeys(("lead.decide", "job.stop"), "命令行 root 以 yuan 名义")


def test_a_backup_inside_the_data_it_is_of_is_refused(station: Path) -> None:
    for place in (station, station / "backups"):
        assert "数据目录" in _message(_run(station, "db", "backup", "--to", str(place)))
    assert not (station / "backups").exists()
