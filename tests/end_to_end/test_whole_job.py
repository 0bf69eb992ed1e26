"""The whole job as an officer and an engineer do it, on SQLite and on PostgreSQL:
sandbox → crawl → queue → decide in a real browser → digest → case → package → verify."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from crawlers.sandbox.sites import Sandbox, serve_sandbox
from pipelines.clock import SHANGHAI
from pipelines.config import read_settings
from pipelines.desk import mark_demo, open_desk
from pipelines.enforcement.users import create_user
from pipelines.records import Role
from tests.browser import browser_context
from tests.end_to_end.score import queued_places, read_places, score, truth_rows
from tests.end_to_end.whole_job import PASSWORD, Run

OFFICER = "yuan"
#: Seconds a server may take to answer its first request.
PATIENCE = 60
#: Postings of the feed, each shown by a browser, that the first tier's run reads; `make soak` reads them all.
OF_FEED = 12
#: Postings of the board that the run on PostgreSQL reads; that on SQLite reads them all.
OF_BOARD = 80
#: Reading closely takes most of a crawl's time; `make soak` does it.
FIRST_TIER = {"MINGCHA_SECOND_TIER": "false"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with serve_sandbox() as sites:
        yield sites


def _demo_run(tmp_path: Path, database_url: str = "", *, in_process: bool = False, **environ: str) -> Run:
    home = tmp_path / "demo-home"
    home.mkdir(mode=0o700)
    mark_demo(home)
    named = {"MINGCHA_REGION": "330100", "MINGCHA_AGENCY": "试验区教育局"}
    run = Run(home=home, database_url=database_url, environ=named | environ, in_process=in_process)
    with open_desk(read_settings(run.env)) as desk:
        create_user(desk, OFFICER, password=PASSWORD, roles=frozenset(Role), actor="system", demo=True)
    return run


def _crawl(run: Run, sandbox: Sandbox, site: str, *args: str, ok: tuple[int, ...] = (0,)) -> dict[str, object]:
    netloc = urlsplit(sandbox[site]).netloc
    answer: dict[str, object] = run.json("crawl", f"sandbox-{site}", "--allow", netloc, *args, ok=ok)
    return answer


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def _served(run: Run) -> Iterator[str]:
    """The review UI in a process of its own; its address."""
    port = _free_port()
    served = Run(home=run.home, database_url=run.database_url, environ={**run.environ, "MINGCHA_PORT": str(port)})
    origin = f"http://127.0.0.1:{port}"
    with served.process("serve") as child:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(f"{origin}/healthz", timeout=5) as answer:
                    assert answer.status == 200
                    break
            except OSError:  # refused, or held by the parent while the web process starts
                assert child.poll() is None, "serve ended early"
                assert time.monotonic() < deadline, "serve did not answer"
                time.sleep(0.1)
        yield origin


def _log_in(page: Page, origin: str) -> None:
    page.goto(f"{origin}/login")
    page.get_by_test_id("login-user").fill(OFFICER)
    page.get_by_test_id("login-password").fill(PASSWORD)
    page.get_by_test_id("login-submit").click()
    page.goto(f"{origin}/queue")


def _decide_in_browser(origin: str, *, walled: tuple[str, ...] = ()) -> list[int]:
    """Look which sources met a wall, accept the first lead by key and the next by click, dismiss one, take one back;
    ids of the accepted."""
    with browser_context() as context:
        page = context.new_page()
        _log_in(page, origin)
        expect(page.get_by_text("演示").first).to_be_visible()
        page.goto(f"{origin}/sources")
        for source in walled:
            expect(page.locator(f"tr[data-source={source}]").get_by_text("出现验证码").first).to_be_visible()
            expect(page.locator(f"tr[data-source={source}] [data-wall=captcha]")).to_have_text("出现验证码 1")
            expect(page.locator(f"[data-alert={source}]")).to_be_visible()
        page.goto(f"{origin}/queue")
        page.get_by_test_id("lead-row").first.get_by_test_id("lead-title").click()
        page.wait_for_url(re.compile(r"/leads/\d+"))
        accepted = [_lead_id(page)]
        expect(page.get_by_test_id("finding").first).to_be_visible()
        assert page.get_by_test_id("lead-text").locator("mark").count() > 0
        page.keyboard.press("1")
        page.wait_for_url(lambda url: f"/leads/{accepted[0]}" not in url)
        accepted.append(_lead_id(page))
        page.get_by_test_id("verdict-confirm").click()
        page.wait_for_url(lambda url: f"/leads/{accepted[1]}" not in url)
        dismissed = _lead_id(page)
        page.keyboard.press("2")
        page.wait_for_url(lambda url: f"/leads/{dismissed}" not in url)
        page.goto(f"{origin}/leads/{dismissed}")
        page.keyboard.press("u")
        expect(page.get_by_test_id("verdict-confirm")).to_be_visible()
    return accepted


def _lead_id(page: Page) -> int:
    return int(urlsplit(page.url).path.rsplit("/", 1)[-1])


def _check_decisions(run: Run, accepted: list[int]) -> None:
    rows = {row["id"]: row for row in run.all_leads()}
    assert [rows[lead]["status"] for lead in accepted] == ["accepted", "accepted"]
    undone = [row for row in rows.values() if row["status"] == "dismissed"]
    assert undone == []
    run.command("audit", "verify")


def _check_digest(run: Run, tmp_path: Path) -> None:
    today = datetime.now(SHANGHAI).date().isoformat()
    out = tmp_path / "digest"
    run.command("digest", "--from", today, "--to", today, "--out", str(out))
    assert {path.suffix for path in out.iterdir()} == {".docx", ".html", ".json", ".pdf", ".xlsx"}
    figures = json.loads(next(out.glob("*.json")).read_text(encoding="utf-8"))
    assert "演示" in json.dumps(figures, ensure_ascii=False)


def _check_package(run: Run, tmp_path: Path, accepted: list[int]) -> None:
    case = run.json("case", "open", *map(str, accepted), "--together", "核对过", "--as", OFFICER)["id"]
    package = tmp_path / f"{case}.zip"
    run.command("case", "export", case, "--out", str(package), "--as", OFFICER)
    answer = run.json("verify", str(package))
    assert (answer["ok"], answer["trusted"], answer["faults"]) == (True, True, [])
    assert "自建时间戳" in "".join(answer["notes"])
    stranger = Run(home=tmp_path / "stranger", in_process=run.in_process)
    assert stranger.json("verify", str(package), ok=(1,))["trusted"] is False
    _check_with_public_tools(package, case, tmp_path / "unpacked")


def _check_with_public_tools(package: Path, case: str, folder: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
    bag = folder / case
    tools = Path(sys.executable).parent
    sign = ["-verify", "signer.pub.pem", "-signature", "tagmanifest-sha256.txt.sig", "tagmanifest-sha256.txt"]
    commands = [
        [str(tools / "bagit.py"), "--validate", str(bag)],
        ["sha256sum", "-c", "--quiet", "manifest-sha256.txt"],
        ["sha256sum", "-c", "--quiet", "tagmanifest-sha256.txt"],
        ["openssl", "dgst", "-sha256", *sign],
        *([str(tools / "warcio"), "check", str(warc)] for warc in sorted(bag.rglob("*.warc.gz"))),
    ]
    assert len(commands) > 4
    for command in commands:
        done = subprocess.run(command, cwd=bag, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def _crawl_all(run: Run, sandbox: Sandbox, *, of_feed: int | None = None) -> dict[str, int]:
    """Crawl the platforms, of the feed so many postings; how many pages were found in each state. All others by one
    command: loading the program and the reader of pictures is most of what a crawl costs."""
    sites = [site for site in sandbox if site != "feed"]
    names = [f"sandbox-{site}" for site in sites]
    allow = [word for site in sites for word in ("--allow", urlsplit(sandbox[site]).netloc)]
    # One of them ends at a wall, which is said and no reason to leave the others out.
    rows = [json.loads(row) for row in run.command("crawl", *names, *allow, "--json", ok=(1,)).splitlines()]
    assert [row["source"] for row in rows] == names
    _check_wall(run, sandbox)
    limit = ["--limit", str(of_feed)] if of_feed else []
    rows.append(_crawl(run, sandbox, "feed", *limit, ok=(0, 1)))
    states: Counter[str] = Counter()
    for row in rows:
        states.update(row["states"])
    return states


def _check_wall(run: Run, sandbox: Sandbox) -> None:
    """One platform ends at a verification page: the run stopped there, what it had read stays, and only it rests."""
    life = [row.state for row in sandbox.log.rows("life")]
    assert (life.count("ok"), life.count("captcha"), life[-1]) == (6, 1, "captcha")
    states = {row["name"]: row["state"] for row in run.json("source", "list") if row["name"].startswith("sandbox-")}
    assert states == {"sandbox-board": "ok", "sandbox-ads": "ok", "sandbox-life": "captcha", "sandbox-feed": "never"}
    refused = run.tried("crawl", "sandbox-life", "--allow", urlsplit(sandbox["life"]).netloc)
    assert refused.returncode == 2
    assert "不再访问" in refused.stderr
    assert len(sandbox.log.rows("life")) == len(life)


def _check_score(run: Run, *, of_feed: int | None = None) -> None:
    """Leads against the truth; where only so many postings of the feed were asked for, over those it read."""
    database = run.home / "mingcha.db"
    queued = queued_places(database)
    rest: set[str] = set()
    if of_feed:
        feed = {row["url"] for row in truth_rows() if row["url"].startswith("feed:")}
        rest = feed - read_places(database)
        # Walls and deleted postings among those asked for are none.
        assert of_feed * 3 // 4 <= len(feed - rest) <= of_feed
    written = score(queued, picture_only=False, not_asked_for=rest)
    assert written.precision >= 0.90, written.false
    assert written.recall >= 0.90, written.missed
    pictures = score(queued, picture_only=True, not_asked_for=rest)
    assert pictures.found
    assert pictures.recall >= 0.75, pictures.missed


def test_whole_job_on_sqlite(tmp_path: Path, sandbox: Sandbox) -> None:
    run = _demo_run(tmp_path, **FIRST_TIER)
    states = _crawl_all(run, sandbox, of_feed=OF_FEED)
    # Lists lead to pages that robots.txt forbids: counted, and not one of them asked for.
    assert states["robots_denied"] > 6
    assert sandbox.forbidden_fetches() == ()
    assert not [row.target for row in sandbox.log.rows() if re.match(r"/(m/)?vip/|/neibu/|/draft/", row.target)]
    assert states["login_wall"] > 0
    assert states["captcha"] == 1
    _check_score(run, of_feed=OF_FEED)
    run.command("capture", "--limit", "1")
    # The short commands of an officer: tests/project and tests/pipelines/cli start them in processes of their own.
    run = replace(run, in_process=True)
    with _served(run) as origin:
        accepted = _decide_in_browser(origin, walled=("sandbox-life",))
    _check_decisions(run, accepted)
    _check_digest(run, tmp_path)
    _check_package(run, tmp_path, accepted)


def test_whole_job_on_postgresql(tmp_path: Path, sandbox: Sandbox, postgres_url: str) -> None:
    # Each command in a process of its own is what the test on SQLite shows; here only `serve` has one.
    run = _demo_run(tmp_path, postgres_url, in_process=True, **FIRST_TIER)
    # That a second run asks for lists alone is shown in tests/crawlers.
    assert _crawl(run, sandbox, "board", "--limit", str(OF_BOARD))["leads"]
    run.command("capture", "--limit", "1")
    with _served(run) as origin:
        accepted = _decide_in_browser(origin)
    _check_decisions(run, accepted)
    _check_digest(run, tmp_path)
    _check_package(run, tmp_path, accepted)
    assert not (run.home / "mingcha.db").exists()


@pytest.mark.soak
def test_both_tiers_find_the_leads_of_all_platforms(tmp_path: Path, sandbox: Sandbox) -> None:
    run = _demo_run(tmp_path)
    _crawl_all(run, sandbox)
    _check_score(run)
    sandbox.day = 2
    later = _crawl(run, sandbox, "board")
    assert later["new"] == 0
    assert int(str(later["changed"])) > 0


def test_texts_are_assessed_line_by_line(tmp_path: Path) -> None:
    run = Run(home=tmp_path / "home")
    lines = [
        '{"id":"a","text":"初三数学物理一对一补课，周末班，每小时200元，电话微信同号"}',
        "not json",
        '{"id":"b","text":"明天停水"}',
    ]
    out = run.command("assess", ok=(1,), stdin="\n".join(lines) + "\n").splitlines()
    rows = [json.loads(line) for line in out]
    assert rows[0]["academic"]["flag"] is True
    assert rows[0]["lead"] is True
    assert rows[1]["line"] == 2
    assert rows[2]["lead"] is False
    assert not (tmp_path / "home").exists()
