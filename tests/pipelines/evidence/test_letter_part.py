"""What goes with one letter: a package of its own with that department's leads and findings, sound to both checkers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

import mingcha
from pipelines import clock
from pipelines.desk import Desk
from pipelines.enforcement import cases
from pipelines.enforcement import letters as desk_letters
from pipelines.errors import BadInput
from pipelines.evidence import standalone
from pipelines.evidence.documents import case_json
from pipelines.evidence.exported import PART, exported_of
from pipelines.evidence.letter_part import parts_of
from pipelines.evidence.material import gather_case
from pipelines.evidence.verify import verify_package
from pipelines.records import User, Verdict
from tests.pipelines.evidence.seeds import MONDAY, add_lead, decide, open_case
from tests.pipelines.evidence.test_letters import words
from tests.pipelines.evidence.test_shared_copy import files_of


@pytest.fixture
def officer(desk: Desk) -> User:
    add_lead(desk, "z")
    with desk.store.read() as tx:
        user = tx.users.get("wang")
    assert user is not None
    return user


def test_each_letter_takes_along_what_is_its_departments_alone(desk: Desk, officer: User) -> None:
    clock.pin(lambda: MONDAY + timedelta(hours=3))
    try:
        both, market = add_lead(desk, "a"), add_lead(desk, "b", codes=("AD03", "HT07"), title="只归市场监管的一条")
        for lead, struck in ((both, ()), (market, ("HT07",))):
            decide(desk, lead, Verdict.CONFIRM, at=MONDAY + timedelta(hours=1), struck=struck)
        case = open_case(desk, [both, market])
        with desk.store.transaction() as tx:
            tx.cases.take_out(case.id, market.id, "先看另一条", "wang", MONDAY + timedelta(hours=2))
            tx.cases.join(case.id, [market.id], "wang", MONDAY + timedelta(hours=2), "同一海报")
        cases.export(desk, case.id, user=officer, sure=True, shared=True, parts=True)
    finally:
        clock.pin(None)
    with desk.store.read() as tx:
        made = exported_of(case.id, tx.audit.for_objects([("case", case.id)]))
    parts = {one.to: one for one in made if one.called == PART}
    assert set(parts) == {"教育", "市场监管"}
    folder = cases.folder_of(desk, case.id)
    trusted = [str(path) for path in (desk.home / "trust").glob("*.pem")]
    for one in parts.values():
        mine = verify_package(folder / one.file, home=desk.home)
        theirs = standalone.verify(str(folder / one.file), trusted, [])
        assert (
            (mine.ok, mine.trusted, mine.faults)
            == (theirs.ok, theirs.trusted, tuple(theirs.faults))
            == (True, True, ())
        )
    # The other lead, its pages, reasons given for it and findings of others are nowhere in it.
    school = files_of(folder / parts["教育"].file)
    assert [lead["id"] for lead in json.loads(school["data/case.json"])["leads"]] == [both.id]
    assert json.loads(school["data/case.json"])["part_for"] == "教育"
    told = json.loads(school["data/findings.json"])["leads"][0]["assessment"]["findings"]
    assert {one["lead_department"] for one in told} == {"教育"}
    whole = b"".join(data for name, data in school.items() if name.startswith("data/") and data[:2] != b"PK").decode(
        errors="replace"
    )
    for theirs_alone in (market.title, "先看另一条", "同一海报", "AD03", "AD04"):
        assert theirs_alone not in whole
    assert "本随函本只含随移送函交教育的线索" in whole
    other = files_of(folder / parts["市场监管"].file)
    assert len(json.loads(other["data/case.json"])["leads"]) == 2
    assert "HT18" not in other["data/findings.json"].decode()
    # Each letter names its own, which nobody can choose for another's.
    offer = desk_letters.offered(desk, case.id, user=officer)
    assert {one.to for one in offer.parts} == set(parts)
    assert all(not one.to for one in offer.packages)
    letters = desk_letters.make(desk, case.id, user=officer)
    for department, one in parts.items():
        letter = words(letters[f"移送函_{department}_{case.id}_草稿.docx"])
        assert f"随函本 {case.id}（" not in letter
        assert one.sha256 in letter
        assert "随函本只含本函移送的线索和疑点" in letter
    with pytest.raises(BadInput, match="没有校验值以"):
        desk_letters.offered(desk, case.id, user=officer, package=parts["教育"].sha256)
    assert {package.called for package in cases.view(desk, case.id, user=officer).packages} >= {PART}


def test_the_command_names_the_parts_it_wrote_and_no_older_file(desk: Desk, tmp_path: Path) -> None:
    case = open_case(desk, [add_lead(desk, "a"), add_lead(desk, "b", codes=("AD03", "HT07"))])
    (tmp_path / "x-随函本-教育局.zip").write_bytes(b"of an earlier day")
    typed = ("case", "export", case.id, "--out", str(tmp_path / "x.zip"), "--shared", str(tmp_path / "y.zip"))
    done = CliRunner(env={"MINGCHA_HOME": str(desk.home)}).invoke(mingcha.cli, [*typed, "--parts"])
    told = [line.removeprefix("随函本 ") for line in done.stderr.splitlines() if line.startswith("随函本")]
    assert told == [str(tmp_path / f"x-随函本-{to}.zip") for to in ("市场监管", "教育")]
    assert all(Path(one).is_file() for one in told)


def test_a_page_both_leads_share_is_in_the_part_of_the_second(desk: Desk, officer: User) -> None:
    first, second = add_lead(desk, "a", codes=("AD04",)), add_lead(desk, "b", codes=("HT18.3b",))
    material = gather_case(desk, open_case(desk, [first, second]).id, user="wang", at=MONDAY)
    one, two = material.leads
    page = one.captures[0]
    both = replace(material, leads=(one, replace(two, captures=(), shared=(page.capture.id,))))
    assert [item.capture.id for item in parts_of(both)["教育"].captures] == [page.capture.id]


def test_whom_the_whole_case_is_meant_for_needs_no_part(desk: Desk, officer: User) -> None:
    leads = [add_lead(desk, key, codes=("AD04",)) for key in "ab"]
    assert parts_of(gather_case(desk, open_case(desk, leads).id, user="wang", at=MONDAY)) == {}


def test_the_package_tells_each_version_and_what_ties_leads_to_one_operator(desk: Desk) -> None:
    phone = "13800005678"
    add_lead(desk, "a", phone=phone, text="数学思维提升班，保证提分，改之前的一版")
    one, two = add_lead(desk, "a", phone=phone), add_lead(desk, "b", phone=phone)
    lone = add_lead(desk, "c", phone="13900001234")
    material = gather_case(desk, open_case(desk, [one, two, lone]).id, user="wang", at=MONDAY)
    told = {lead["id"]: lead for lead in json.loads(case_json(material, software=""))["leads"]}
    assert [row["version"] for row in told[one.id]["listing"]["versions"]] == [1, 2]
    assert {row["capture"] for row in told[one.id]["listing"]["versions"]} <= set(told[one.id]["captures"])
    assert told[one.id]["operator_links"] == [{"lead": two.id, "by": ["138****5678"]}]
    assert told[lone.id]["operator_links"] == []
