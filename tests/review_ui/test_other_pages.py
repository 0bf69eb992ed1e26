"""Cases, digests, sources, audit, users, account and setup through their pages."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from bs4 import BeautifulSoup
from fastapi import FastAPI

from pipelines import audit, clock
from pipelines.config import read_settings
from pipelines.desk import Desk, open_desk
from pipelines.digest.periods import period_with, series_of
from pipelines.enforcement import review
from pipelines.evidence.bundle import export_case
from pipelines.evidence.heads import newest_head
from pipelines.records import Lead, Role, User, Verdict
from review_ui.app import create_app
from tests.pipelines.evidence.stamping_server import third_party
from tests.review_ui.conftest import Browser, log_in
from tests.review_ui.seed import PASSWORD, seed_capture, seed_lead, seed_queue, seed_source, seed_user


@pytest.fixture
def accepted(officer: Browser, desk: Desk) -> list[Lead]:
    """Two accepted leads of one operator."""
    seed_source(desk)
    with desk.store.read() as tx:
        user = tx.users.get("wangmin")
    assert user is not None
    leads = []
    for key in ("a", "b"):
        capture = seed_capture(desk, key, f"<p>{key}</p>".encode())
        lead = seed_lead(
            desk, key, f"标题{key}", f"数学小班，提分 {key}", capture=capture, phone="13812345678", picture=True
        )
        review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=user)
        leads.append(lead)
    return leads


def _submit_choice(officer: Browser, path: str, **changes: object) -> str:
    """Press 确定立案 on the page that asks; where it leads to."""
    form = officer.page(path).find("form", class_="ask")
    assert form is not None
    leads = [field["value"] for field in form.find_all("input", attrs={"name": "lead"})]
    return officer.submit("/cases", **{"lead": leads, "into": "", **changes})


def test_a_case_is_opened_from_the_lead_with_its_operators_other_leads(officer: Browser, accepted: list[Lead]) -> None:
    link = officer.page(f"/leads/{accepted[0].id}?status=accepted").find(attrs={"data-testid": "open-case"})
    assert link is not None
    asked = officer.page(str(link["href"]))
    assert "同一主体，一并立案" in asked.text
    assert asked.find(attrs={"data-testid": "case-mixed"}) is None
    assert "还没有案件" in officer.page("/cases").text  # asking opens nothing
    case = officer.page(_submit_choice(officer, str(link["href"])))
    assert {row["data-lead-id"] for row in case.find_all(class_="row")} == {str(lead.id) for lead in accepted}
    after = officer.page(f"/leads/{accepted[0].id}")
    assert "已立入案件" in after.text
    assert after.find(attrs={"data-testid": "verdict-confirm"}) is None


def test_ticked_leads_go_into_an_open_case(officer: Browser, accepted: list[Lead]) -> None:
    page = officer.page("/queue?status=accepted")
    boxes = page.find_all("input", attrs={"type": "checkbox", "name": "lead"})
    assert {box["form"] for box in boxes} == {"case-form"}
    there = officer.submit("/cases", lead=[boxes[0]["value"]])
    assert there.startswith("/cases/AJ-")
    case_id = there.rsplit("/", 1)[-1]
    left = officer.page("/queue?status=accepted")
    (box,) = left.find_all("input", attrs={"type": "checkbox", "name": "lead"})
    assert box["value"] == boxes[1]["value"]
    taken = left.find(attrs={"data-lead-id": boxes[0]["value"]})
    assert taken is not None
    assert f"已立案 {case_id}" in taken.text
    asked = f"/cases/new?lead={box['value']}"
    assert f"并入 {case_id}" in officer.page(asked).text
    assert _submit_choice(officer, asked, into=case_id) == there
    assert "并入" in officer.page(there).find(class_="history").text  # type: ignore[union-attr]
    assert "立案…" not in officer.page("/queue?status=accepted").text  # nothing left to tick


def test_leads_of_different_operators_are_not_joined_without_a_warning(
    officer: Browser, desk: Desk, accepted: list[Lead]
) -> None:
    stranger = seed_lead(desk, "z", "别家", "数学小班，提分 z", phone="13900000001")
    officer.submit(f"/leads/{stranger.id}/decide", verdict="confirm", revision=stranger.revision)
    page = officer.page(f"/cases/new?lead={accepted[0].id}&lead={stranger.id}")
    warning = page.find(attrs={"data-testid": "case-mixed"})
    assert warning is not None
    assert "涉及 2 个经营主体" in warning.text
    assert page.find(attrs={"data-testid": "case-unconfirmed"}) is None
    fields = {"csrf": officer.csrf(), "lead": [accepted[0].id, stranger.id], "title": "两家", "into": ""}
    response = officer.post("/cases", data=fields)
    again = BeautifulSoup(response.text, "lxml")
    assert response.status_code == 400
    said = again.find(attrs={"data-testid": "case-unconfirmed"})
    assert said is not None
    assert "还没有立案" in said.text
    assert again.select("#title")[0]["value"] == "两家"  # what was filled in stays
    ticks = {box["value"]: box.has_attr("checked") for box in again.find_all("input", attrs={"name": "lead"})}
    assert {key for key, ticked in ticks.items() if ticked} == {str(accepted[0].id), str(stranger.id)}
    assert "还没有案件" in officer.page("/cases").text
    there = officer.submit("/cases", **fields, together="两条写同一电话")
    assert there.startswith("/cases/AJ-")
    case = officer.page(there)
    assert "两条写同一电话" in case.find(class_="history").text  # type: ignore[union-attr]
    assert "由经办人决定合在一案办理" in case.find(class_="history").text  # type: ignore[union-attr]
    told = [line.text for line in case.find_all(attrs={"data-testid": "case-decided"})]
    assert [line.startswith("线索成立：") for line in told] == [True, True]


def test_one_known_operator_says_nothing_of_the_leads_nobody_knows(
    officer: Browser, desk: Desk, accepted: list[Lead]
) -> None:
    nobody = [seed_lead(desk, key, "标题", f"数学小班，提分 {key}") for key in "xy"]
    for lead in nobody:
        officer.submit(f"/leads/{lead.id}/decide", verdict="confirm", revision=lead.revision)
    asked = "&".join(f"lead={lead.id}" for lead in (accepted[0], *nobody))
    warning = officer.page(f"/cases/new?{asked}").find(attrs={"data-testid": "case-mixed"})
    assert warning is not None
    assert "其中 2 条没有识别出经营主体，从页面上看不出与另外 1 条是不是同一主体" in warning.text
    assert "属于同一主体" not in warning.text


def test_leads_whose_operators_nobody_knows_are_said_to_be_that(officer: Browser, desk: Desk) -> None:
    seed_source(desk)
    leads = [seed_lead(desk, key, "标题", f"数学小班，提分 {key}") for key in "xy"]
    for lead in leads:
        officer.submit(f"/leads/{lead.id}/decide", verdict="confirm", revision=lead.revision)
    there = f"/cases/new?lead={leads[0].id}&lead={leads[1].id}"
    warning = officer.page(there).find(attrs={"data-testid": "case-mixed"})
    assert warning is not None
    assert "2 条线索都没有识别出经营主体，从页面上看不出" in warning.text
    made = officer.submit("/cases", lead=[lead.id for lead in leads], together="两条写同一电话")
    assert officer.page(made).select(".row").__len__() == 2


@pytest.mark.parametrize("query", ["", "?lead=x", "?lead=999", "?lead=1&lead=1&back=https://evil.example/"])
def test_an_odd_wish_for_a_case_comes_back_with_a_sentence(officer: Browser, desk: Desk, query: str) -> None:
    seed_lead(desk, "open", "还没定", "数学小班，提分", source=seed_source(desk).name)
    response = officer.get(f"/cases/new{query}")
    assert response.status_code in {303, 404}
    assert response.headers.get("location", "/queue").startswith("/queue")


def test_a_lead_is_taken_out_and_the_case_withdrawn_on_its_page(officer: Browser, accepted: list[Lead]) -> None:
    one, two = (lead.id for lead in accepted)
    there = officer.submit("/cases", lead=[one, two])
    assert officer.submit(f"{there}/leads/{two}/take-out", reason="主体不同") == there
    case = officer.page(there)
    assert [row["data-lead-id"] for row in case.find_all(class_="row")] == [str(one)]
    assert "主体不同" in case.text
    assert case.find(class_="take-out") is None  # the last one cannot leave
    assert officer.submit(f"{there}/close", how="", reason="x") == there
    assert "请选择结案或撤案" in officer.page(there).text
    officer.submit(f"{there}/close", how="withdrawn", reason="误点立案")
    ended = officer.page(there)
    assert "已撤案" in ended.text
    assert "误点立案" in ended.text
    assert ended.find(attrs={"data-testid": "case-export"}) is None
    assert ended.find(attrs={"data-testid": "case-close"}) is None
    assert "已撤案" in officer.page("/cases").text


def test_a_page_saved_while_logged_in_is_let_into_the_packages_by_a_supervisor(
    officer: Browser, browser_of: Callable[..., Browser], desk: Desk, accepted: list[Lead]
) -> None:
    with desk.store.transaction() as tx:
        (capture, *_) = tx.captures.for_lead(accepted[0].id)
        tx.captures.mark_logged_in([capture.id], "导入人说明是登录后保存的")
    for there, name in ((f"/leads/{accepted[0].id}", "lead"), (f"/captures/{capture.id}", "capture")):
        said = officer.page(there).find(attrs={"data-testid": f"{name}-logged-in"})
        assert said is not None
        assert "导入人说明是登录后保存的" in said.text
    there = officer.submit("/cases", lead=[lead.id for lead in accepted])
    page = browser_of("wufang", Role.OFFICER).page(there)
    marked = page.find(attrs={"data-testid": "case-marked"})
    assert marked is not None
    assert "不放入证据包" in marked.text
    assert page.find(attrs={"data-testid": "case-put-in"}) is None  # not for an officer
    assert officer.page(there).find(attrs={"data-testid": "case-put-in"}) is not None  # who is a supervisor too
    put_in = f"{there}/captures/{capture.id}/put-in"
    assert officer.submit(put_in, reason="") == there
    assert "要写明理由" in officer.page(there).text
    officer.submit(put_in, reason="账号为公开注册")
    said = officer.page(there).text
    assert "已批准放入" in said
    assert "批准放入登录后留存的页面" in said  # in the case's history
    assert said.count("账号为公开注册") == 2


def test_letters_are_listed_and_downloaded_from_the_case(officer: Browser, desk: Desk, accepted: list[Lead]) -> None:
    there = officer.submit("/cases", lead=[accepted[0].id])
    button = officer.page(there).find(attrs={"data-testid": "case-letters"})
    assert button is not None
    listed = officer.page(str(button["href"])).find_all(attrs={"data-testid": "case-letter"})
    assert listed
    for link in listed:
        response = officer.get(str(link["href"]))
        assert response.content.startswith(b"PK")
        assert response.headers["content-disposition"].startswith("attachment")
    assert officer.get(f"{there}/letters/other.docx").status_code == 404
    assert "生成文书草稿" in officer.page("/audit").text
    # A lead that was handed on without a case has its own.
    lead = seed_lead(desk, "gone", "移送的", "数学小班，提分", source=seed_source(desk).name)
    assert officer.page(f"/leads/{lead.id}").find(attrs={"data-testid": "lead-letters"}) is None
    officer.submit(f"/leads/{lead.id}/decide", verdict="transfer", to_department="公安机关", revision=lead.revision)
    there = officer.page(f"/leads/{lead.id}").find(attrs={"data-testid": "lead-letters"})["href"]
    link = officer.page(there).find(attrs={"data-testid": "lead-letter"})
    assert officer.get(link["href"]).content.startswith(b"PK")
    assert "移送函　公安机关" in officer.page(there).find(attrs={"data-testid": "letter-made"}).text
    assert officer.get(f"{there}/other.docx").status_code == 404


def test_an_evidence_package_is_made_and_downloaded(officer: Browser, desk: Desk, accepted: list[Lead]) -> None:
    there = officer.submit("/cases", lead=[accepted[0].id])
    assert officer.submit(f"{there}/export") == there
    assert "还没有导出" in officer.page(there).text
    assert not (desk.home / "exports").exists()
    made = officer.submit(f"{there}/export", sure="1")
    assert made.startswith(f"{there}?made=AJ-")
    page = officer.page(made)
    link = page.find(attrs={"data-testid": "case-download"})
    assert link is not None  # a button, and the script presses it once
    assert "button" in link["class"]
    assert link.has_attr("data-download")
    kept = officer.page(there)
    assert kept.find(attrs={"data-testid": "case-download"}) is None
    again = kept.find(attrs={"data-testid": "case-package"})
    assert again is not None
    assert again["href"] == link["href"]
    response = officer.get(str(link["href"]))
    assert response.headers["content-type"] == "application/zip"
    assert response.headers["content-disposition"].startswith("attachment;")
    with zipfile.ZipFile(io.BytesIO(response.content)) as package:
        case_id = there.rsplit("/", 1)[-1]
        assert f"{case_id}/manifest-sha256.txt" in package.namelist()
        guide = package.read(f"{case_id}/验证说明.txt").decode()
    # What it tells people to type fits the name they get.
    assert f"mingcha verify {case_id}-*.zip" in guide
    assert fnmatch(str(link["href"]).rsplit("/", 1)[-1], f"{case_id}-*.zip")
    with desk.store.read() as tx:
        actions = [event.action for event in tx.audit.for_objects([("case", case_id)])]
    assert "case.export" in actions
    assert [step.b.text for step in kept.select(".timeline li")] == ["导出证据包", "立案"]
    assert "case.download" in actions
    assert list((desk.home / "exports" / case_id).glob("*.part")) == []
    assert "移出本案" not in kept.text


def test_every_export_is_listed_wherever_it_was_made_and_letters_name_the_shared_copy(
    officer: Browser, desk: Desk, accepted: list[Lead], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = officer.submit("/cases", lead=[accepted[0].id])
    case_id = there.rsplit("/", 1)[-1]
    export_case(desk, case_id, tmp_path / "elsewhere.zip", user="console")
    assert "还没有共享本：移送函只写密封本由本单位留存" in officer.page(f"{there}/letters").text
    wish = officer.page(there).find(attrs={"data-testid": "case-export-parts"})
    made = officer.submit(f"{there}/export", **{wish["name"]: wish["value"]})
    page = officer.page(unquote(made))
    assert page.find(attrs={"data-testid": "case-download"})["href"].endswith("-共享本.zip")
    rows = page.find_all(attrs={"data-testid": "case-exported"})
    assert [row.b.text for row in rows] == ["共享本", "密封本", "密封本"]
    assert "elsewhere.zip" in rows[2].text
    assert "另存在别处" in rows[2].text
    sums = [row.code.text for row in rows]
    for row, sum_ in zip(rows[:2], sums, strict=False):
        got = officer.get(quote(row.a["href"])).content
        assert hashlib.sha256(got).hexdigest() == sum_
    steps = [step.text for step in page.select(".timeline li") if "导出证据包" in step.text]
    assert sums[0][:12] in steps[0]
    assert sums[1][:12] in steps[0]
    assert f"elsewhere.zip（SHA-256 {sums[2][:12]}…）" in steps[1]
    for asked, named in (("", sums[0]), (f"?package={sums[2]}", sums[2])):
        link = officer.page(f"{there}/letters{asked}").find(attrs={"data-testid": "case-letter"})
        assert link["href"].endswith(f"?package={named}")
        assert officer.get(str(link["href"])).content.startswith(b"PK")
    assert officer.get(f"{there}/letters?package={'0' * 64}").status_code in {303, 400}
    # Sealed with the station's own stamp alone: third parties' are made from here once there are any.
    assert ["只有自建时间戳" in row.text for row in rows] == [True, True, False]
    assert "没有设第三方时间戳机构" in rows[0].text
    name = unquote(rows[0].a["href"]).rsplit("/", 1)[-1]
    assert officer.submit(f"{there}/packages/{quote(name)}/stamps") == there
    assert "没有设时间戳机构" in officer.page(there).text
    with third_party(tmp_path) as party:
        monkeypatch.setitem(desk.settings.__dict__, "tsa_url", party.url)
        monkeypatch.setitem(desk.settings.__dict__, "tsa_ca", party.ca)
        assert len(officer.page(there).find_all(attrs={"data-testid": "case-stamps"})) == 2
        officer.submit(f"{there}/packages/{quote(name)}/stamps")
    page = officer.page(there)
    assert "已补到 1 个第三方时间戳" in page.text
    (told,) = page.find_all(attrs={"data-testid": "case-later-stamps"})
    assert unquote(told.a["href"]).rsplit("/", 1)[-1].startswith(f"{name.removesuffix('.zip')}-时间戳-")
    assert officer.get(quote(str(told.a["href"]))).content.startswith(b"PK")
    assert officer.get(f"{there}/packages/other.zip").status_code == 404


def test_a_digest_is_made_of_two_days_and_downloaded(officer: Browser, desk: Desk, accepted: list[Lead]) -> None:
    today = clock.local(clock.now()).date()
    days = {"first_day": str(today - timedelta(days=6)), "last_day": str(today)}
    assert officer.submit("/digests", **days) == "/digests"
    page = officer.page("/digests")
    links = [str(link["href"]) for link in page.find_all("a", class_="file")]
    assert {Path(link).suffix for link in links} == {".docx", ".html", ".json", ".pdf", ".xlsx"}
    for link in links:
        response = officer.get(link)
        assert response.status_code == 200, link
        assert response.headers["content-disposition"].startswith("attachment;")
    with desk.store.read() as tx:
        assert [event.action for event in tx.audit.all()].count("digest.download") == 5


@pytest.mark.parametrize(
    "days",
    [
        ("", ""),
        ("2026-11-22", "2026-11-16"),
        ("2020-01-01", "2026-11-16"),
        ("x", "2026-11-16"),
        ("2026-02-30", "2026-03-01"),
    ],
)
def test_odd_days_make_no_digest(officer: Browser, desk: Desk, days: tuple[str, str]) -> None:
    assert officer.submit("/digests", first_day=days[0], last_day=days[1]) == "/digests"
    assert officer.page("/digests").find(class_="bad") is not None
    with desk.store.read() as tx:
        assert tx.digests.page().total == 0


def test_sources_show_the_walls_of_the_last_run(officer: Browser, desk: Desk, accepted: list[Lead]) -> None:
    for states, message in (({"ok": 3}, ""), ({"ok": 9, "login_wall": 2, "unknown": 1}, "1 个信息页认不出")):
        with desk.store.transaction() as tx:
            run = tx.runs.start("bendi-board", clock.now())
            tx.runs.finish(
                run.id,
                at=clock.now(),
                states=states,
                new=0,
                changed=0,
                unchanged=0,
                leads=0,
                outcome="finished",
                message=message,
            )
    row = officer.page("/sources").find("tr", attrs={"data-source": "bendi-board"})
    assert row is not None
    walls = {wall["data-wall"]: wall.text for wall in row.select("[data-wall]")}
    assert walls == {"login_wall": "要求登录 2", "unknown": "认不出 1"}
    assert "1 个信息页认不出" in row.text


def test_sources_show_state_and_counts(officer: Browser, accepted: list[Lead]) -> None:
    row = officer.page("/sources").find("tr", attrs={"data-source": "bendi-board"})
    assert row is not None
    cells = {
        str(cell["data-label"]): cell.get_text(" ", strip=True)
        for cell in row.find_all("td")
        if cell.has_attr("data-label")
    }
    assert cells["状态"] == "正常"
    assert cells["线索"] == "2"


def test_the_audit_log_is_paged_newest_first(officer: Browser, desk: Desk) -> None:
    user = seed_user(desk, "many", Role.REVIEWER)
    with desk.store.transaction() as tx:
        for number in range(130):
            tx.audit.append(user.name, "lead.view", "lead", str(number), {}, clock.now())
    page = officer.page("/audit")
    rows = page.find_all("tr")[1:]
    assert len(rows) == 100
    assert "查看线索" in rows[0].text
    following = page.find("a", rel="next")
    assert following is not None
    rest = officer.page(str(following["href"])).find_all("tr")[1:]
    numbers = [int(row.td.text) for row in rows + rest if row.td is not None]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[-1] == 1


def test_an_admin_makes_and_disables_users(browser_of: Callable[..., Browser], desk: Desk, app: FastAPI) -> None:
    admin = browser_of("boss", Role.ADMIN)
    assert admin.submit("/users", name="new", password=PASSWORD, role=["reviewer", "officer"]) == "/users"
    with desk.store.read() as tx:
        made = tx.users.get("new")
    assert made is not None
    assert made.roles == {Role.REVIEWER, Role.OFFICER}
    newcomer = log_in(app, desk, made)
    assert newcomer.get("/account").status_code == 200
    admin.submit("/users/new/disable")
    assert newcomer.get("/account").status_code == 303
    admin.submit("/users/new/enable")
    admin.submit("/users/new/password", password="short")
    assert "至少" in admin.page("/users").text
    for fields in ({"name": "x", "password": PASSWORD, "role": "admin"}, {"name": "other", "password": PASSWORD}):
        admin.submit("/users", **fields)
        assert admin.page("/users").find(class_="bad") is not None
    admin.submit("/users", name="other", password=PASSWORD, role="king")
    with desk.store.read() as tx:
        assert tx.users.get("other") is None


def test_the_password_page_ends_the_session(officer: Browser) -> None:
    new = PASSWORD + "-neu"
    assert officer.submit("/account/password", old=PASSWORD, new=new, again="x") == "/account"
    assert officer.submit("/account/password", old="wrong-one", new=new, again=new) == "/account"
    assert officer.submit("/account/password", old=PASSWORD, new=new, again=new) == "/login"
    assert officer.get("/queue").status_code == 303


def test_a_real_home_asks_for_region_and_agency_first(home: Path, sqlite_url: str) -> None:
    with open_desk(read_settings({}, home=home, database_url=sqlite_url)) as desk:
        app = create_app(desk)
        boss: User = seed_user(desk, "boss", Role.ADMIN, Role.REVIEWER)
        admin = log_in(app, desk, boss)
        reviewer = log_in(app, desk, seed_user(desk, "rev", Role.REVIEWER))
        for browser in (admin, reviewer):
            assert browser.get("/queue").headers["location"] == "/setup"
        assert reviewer.page("/setup").find("input", attrs={"name": "region"}) is None
        assert admin.page("/setup").find("input", attrs={"name": "region"}) is not None
        for region, agency in (("33010", "某某县教育局"), ("330100", ""), ("٣٣٠١٠٠", "某某县教育局")):
            answer = admin.post("/setup", data={"csrf": admin.csrf(), "region": region, "agency": agency})
            assert answer.status_code == 400
        assert admin.submit("/setup", region="330100", agency="某某县教育局") == "/queue"
        assert reviewer.get("/queue").status_code == 200


def test_who_can_say_which_office_it_is_is_asked_at_the_first_log_in(home: Path, sqlite_url: str) -> None:
    with open_desk(read_settings({}, home=home, database_url=sqlite_url)) as desk:
        seed_user(desk, "boss", Role.ADMIN)
        browser = Browser(create_app(desk))
        token = browser.page("/login").find("input", {"name": "csrf"})["value"]  # type: ignore[index]
        answer = browser.post("/login", data={"csrf": token, "name": "boss", "password": PASSWORD})
        assert answer.headers["location"] == "/setup"


def test_a_demo_home_asks_nothing_and_marks_every_page_and_row(home: Path, sqlite_url: str) -> None:
    (home / "DEMO").touch()
    with open_desk(read_settings({}, home=home, database_url=sqlite_url)) as desk:
        browser = log_in(create_app(desk), desk, seed_user(desk, "demo", *Role))
        for path in ("/queue", "/cases", "/digests", "/sources", "/audit", "/users", "/account", "/login"):
            page = browser.page(path)
            assert page.header is not None
            assert page.header.find(class_="demo") is not None, path
        lead = seed_queue(desk, 1)[0]
        for path, where in (("/queue", "row"), ("/sources", "grid"), (f"/leads/{lead.id}", "sheet")):
            part = browser.page(path).find(class_=where)
            assert part is not None
            assert part.find(class_="demo") is not None, path


def test_the_audit_speaks_chinese(desk: Desk, officer: Browser) -> None:
    seed_user(desk, "liu", Role.OFFICER, Role.ADMIN)
    with desk.store.transaction() as tx:
        audit.record(tx, actor="system", action="settings.station", object_type="settings", object_id="station")
        audit.record(
            tx, actor="console", action="case.export", object_type="case", object_id="AJ-2026-0001", sha256="a" * 64
        )
    text = officer.page("/audit").find("tbody").text  # type: ignore[union-attr]
    assert "角色：管理员、执法人员" in text
    assert "系统" in text
    assert "命令行" in text
    assert "单位设置" in text
    assert f"证据包校验值：{'a' * 12}…" in text
    for word in ("roles", "admin", "station", "console", "system", "sha256"):
        assert word not in text


def test_each_number_of_a_digest_leads_to_its_leads_and_approval_is_once(
    officer: Browser, desk: Desk, accepted: list[Lead]
) -> None:
    today = clock.local(clock.now()).date()
    assert officer.submit("/digests", first_day=str(today), last_day=str(today)) == "/digests"
    with desk.store.read() as tx:
        (digest,) = tx.digests.page().items
    there = f"/digests/{digest.id}"
    page = officer.page(there)
    for shown in (officer.page("/digests"), page):  # one day is a 日报 wherever it is named
        assert "日报" in shown.select_one("main").get_text()  # type: ignore[union-attr]
    assert page.select_one("main h1").get_text().startswith("日报")  # type: ignore[union-attr]
    links = page.select("#totals a, table[id^=by-] a, table[id^=by-] + p a")
    assert len(links) > 5
    for link in links:
        behind = officer.page(there + str(link["href"])).find(attrs={"data-testid": "digest-behind"})
        assert behind is not None
        assert len(behind.select("li[data-lead-id]")) == int(link.get_text())
    assert officer.get(f"{there}?by=district&key=x&column=came").status_code == 400
    assert "待审签" in page.text
    assert officer.submit(f"{there}/approve") == there
    assert "已审签" in officer.page(there).text
    assert officer.page(there).find(attrs={"data-testid": "digest-approve"}) is None
    officer.submit(f"{there}/approve")
    officer.submit(f"{there}/send")
    assert "MINGCHA_SMTP_HOST" in officer.page(there).text
    with desk.store.read() as tx:
        assert [event.kind.value for event in tx.digests.events([digest.id])] == ["approved"]
        approved = [event.seq for event in tx.audit.all() if event.action == "digest.approve"]
    head = newest_head(desk.home)
    assert head is not None
    assert (head.occasion, [head.seq]) == ("digest.approve", approved)


def test_who_made_a_digest_does_not_sign_it_off_where_another_can(
    browser_of: Callable[..., Browser], desk: Desk, accepted: list[Lead]
) -> None:
    maker = browser_of("zhou", Role.SUPERVISOR)
    seed_user(desk, "sun", Role.SUPERVISOR)
    there = maker.submit("/digests", period="month", day="2026-02-10", reason="")
    page = maker.page(there)
    assert page.find(attrs={"data-testid": "digest-approve"}) is None
    said = page.find(attrs={"data-testid": "digest-four-eyes"})
    assert said is not None
    assert "sun" in said.text
    assert maker.submit(f"{there}/approve") == there
    page = maker.page(there)
    assert "须由另一人审签" in page.select(".notice")[0].text
    assert "待审签" in page.text
    others = said.text.split("：")[1].strip(" 。\n").split("、")
    with desk.store.transaction() as tx:
        for name in others:
            tx.users.set_disabled(name, True)
    page = maker.page(there)
    assert "只有您一个账号能审签" in page.text  # and then it may, and that is logged
    maker.submit(f"{there}/approve")
    assert "已审签" in maker.page(there).text
    assert "生成与审签为同一人" in maker.page("/audit?action=digest.approve").text


def test_a_period_is_made_by_its_name_and_a_second_time_takes_the_place_of_the_draft(
    officer: Browser, desk: Desk, accepted: list[Lead]
) -> None:
    for _ in range(2):
        assert officer.submit("/digests", period="month", day="2026-02-10", reason="").startswith("/digests/")
    with desk.store.read() as tx:
        newest, draft = tx.digests.page().items
    assert (newest.series, newest.first_day, newest.replaces) == ("month", "2026-02-01", draft.id)
    assert "已被新的一版代替" in officer.page("/digests").text
    assert officer.page(f"/digests/{draft.id}").find("a", href=f"/digests/{newest.id}") is not None


@pytest.mark.parametrize("period", ["week", "month", "quarter"])
def test_a_period_that_is_not_over_says_why_and_what_to_do(officer: Browser, desk: Desk, period: str) -> None:
    today = clock.local(clock.now()).date()
    running = period_with(series_of(period), today)
    hint = officer.page("/digests").select_one("#finished")
    assert hint is not None
    assert f"至 {running.first_day - timedelta(days=1)}" in hint.text  # said before anybody asks
    assert officer.submit("/digests", period=period, day=str(today), reason="") == "/digests"
    said = officer.page("/digests").select_one(".notice.bad")
    assert said is not None
    assert f"{running.last_day + timedelta(days=1)} 起才能出" in said.text
    assert f"起日填 {running.first_day}" in said.text
    with desk.store.read() as tx:
        assert tx.digests.page().total == 0
