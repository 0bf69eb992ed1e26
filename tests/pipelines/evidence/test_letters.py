"""移送函 and 协查函: to whom they go, what they say, and that they are drafts."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from docx import Document

from pipelines.desk import Desk
from pipelines.digest.select import select_figures
from pipelines.enforcement import letters as desk_letters
from pipelines.enforcement.case_choice import case_choice
from pipelines.errors import BadInput, Conflict, NotFound, Refused
from pipelines.evidence.decided import decided_words
from pipelines.evidence.documents import case_json
from pipelines.evidence.excerpts import excerpt
from pipelines.evidence.exported import SEALED, SHARED, Exported, package_for_letters
from pipelines.evidence.gaps import missing_evidence
from pipelines.evidence.letter_words import letter_names, others_of
from pipelines.evidence.letters import letters
from pipelines.evidence.material import CaseMaterial, LeadMaterial, gather_case, gather_lead
from pipelines.evidence.record_words import package_words
from pipelines.evidence.report import render_html
from pipelines.records import CaseEventKind, Role, Verdict
from pipelines.records.sites import site_name, with_host
from tests import factories
from tests.pipelines.evidence.seeds import MONDAY, add_lead, decide, open_case, undo

TO = ("移送函_市场监管", "移送函_教育", "协查函_演示分类信息", "协查函_演示论坛")
NAMES = tuple(f"{to}_AJ-2026-0001_草稿.docx" for to in TO)


@pytest.fixture
def material(desk: Desk) -> CaseMaterial:
    leads = [
        add_lead(desk, "a", phone="13800005678"),
        add_lead(desk, "b", codes=("AD03", "HT07"), platform="演示·分类/信息", title="第二条"),
    ]
    decide(desk, leads[1], Verdict.CONFIRM, at=MONDAY, struck=("HT07",))
    return gather_case(desk, open_case(desk, leads).id, user="wang", at=MONDAY)


def words(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(line.text for line in document.paragraphs), *cells])


def test_each_department_gets_its_findings_and_each_platform_its_leads(material: CaseMaterial) -> None:
    made = letters(material)
    assert tuple(made) == letter_names(material) == NAMES
    market, school, other, board = (words(made[name]) for name in NAMES)
    for mine, theirs in ((market, "以素质拓展名义"), (school, "保证性承诺")):
        assert theirs not in mine
    assert (
        "疑似保证性承诺：“保证提分”\n性质：可能涉及罚则（文字本身可能触犯有罚则的条款）\n理由：出现“保证提分”" in market
    )
    assert "广告法 第二十四条第一项" in market
    assert "地方细则（条号待核）" in market
    assert "第二条" in market
    assert "第二条" not in school  # its finding for them was struck out
    assert "时间违规" not in school
    assert "http://127.0.0.1:1/b" in other
    assert "http://127.0.0.1:1/a" in board
    assert "所列均为“疑似”情形" in market
    assert "所列均为“疑似”情形" not in board
    assert "保证提分" not in board  # a platform is told what is asked for, not what is suspected


def test_a_letter_hands_over_what_is_the_departments_and_names_the_rest_in_a_sentence(material: CaseMaterial) -> None:
    market, school = (words(letters(material)[name]) for name in NAMES[:2])
    assert "不属你单位牵头、不在本函移送范围的：线索 1 的 HT18.3b 变相：素质思维，由教育牵头，另行移送。" in market
    assert "线索 1 的 AD04 保证或夸大；线索 2 的 AD03 制造焦虑，由市场监管牵头，另行移送。" in school
    assert "HT07" not in market  # struck out
    # Nor does the whole case go along with some of its leads.
    assert "全案证据包不整体移送，只附其中线索 1 的文件" in school
    assert "不整体移送" not in market
    own = words(letters(replace(material, agency="清水县教育局"))[NAMES[0]])
    assert "线索 1 的 HT18.3b 变相：素质思维，由我单位办理。" in own
    alone = replace(material, leads=(material.leads[1],))
    assert "不在本函移送范围" not in words(letters(alone)[NAMES[0]])


def test_papers_say_who_confirmed_each_lead_and_why(desk: Desk) -> None:
    leads = [add_lead(desk, key, title=f"第{key}条") for key in ("a", "b", "c")]
    decide(desk, leads[0], Verdict.CONFIRM, at=MONDAY, reason="与电话询问一致")
    back = decide(desk, leads[1], Verdict.CONFIRM, at=MONDAY, reason="看错了")
    undo(desk, leads[1], back, at=MONDAY + timedelta(minutes=1))
    decide(desk, leads[1], Verdict.CONFIRM, at=MONDAY + timedelta(minutes=2), reason="")
    material = gather_case(desk, open_case(desk, leads).id, user="wang", at=MONDAY + timedelta(hours=1))
    told = [
        "线索成立：wang，2026-03-02 10:00:00；理由：与电话询问一致",
        "线索成立：wang，2026-03-02 10:02:00；理由：没有写明",
        "尚无人工审核结论",
    ]
    assert [decided_words(item.decisions) for item in material.leads] == told
    overview = render_html(material, desk.blobs).partition("案件经过")[0]
    market = words(letters(material)[NAMES[0]])
    record = package_words(material, third_party=False)["machine"]
    for place, line in enumerate(told, 1):
        assert line in overview
        assert f"人工审核\n{line}" in market
        assert (f"线索 {place}：{line}" in record) == (place < 3)
    inquiry = next(words(data) for name, data in letters(material).items() if name.startswith("协查函"))
    assert "人工审核\n" not in inquiry


def test_a_platform_is_asked_for_what_the_letter_lists(material: CaseMaterial) -> None:
    """No account is listed: it is asked for by the address, the nickname or the telephone that are."""
    lead = material.leads[0]

    def asked(**shown: object) -> str:
        bare = {"contacts": (), "nicknames": (), "operator": "未标明名称"}
        one = replace(lead, **(bare | shown))  # type: ignore[arg-type]
        alone = replace(material, leads=(one,))
        (inquiry,) = (words(data) for name, data in letters(alone).items() if name.startswith("协查函"))
        assert "上列账号" not in inquiry
        assert all(part in inquiry.partition("二、")[0] + inquiry.rpartition("（加盖印章）")[2] for part in _of(one))
        return next(line for line in inquiry.split("\n") if "注册信息" in line)

    assert "（按上列网址查找）的注册信息" in asked()
    assert "（按上列网址、上列发布昵称查找）" in asked(nicknames=("圆规老郑",))
    assert "（按上列网址、上列联系方式查找）" in asked(contacts=("138****5678",))
    unseen = replace(lead.lead, url="file:///x")
    assert "发布上列信息的用户的注册信息" in asked(lead=unseen)


def test_a_site_has_one_name_in_a_paper_and_its_host_once(desk: Desk, material: CaseMaterial) -> None:
    """A recipe may call a site one thing and its platform another."""
    lead = replace(
        material.leads[0], lead=replace(material.leads[0].lead, platform="别名网", url="http://bbs.example/1")
    )
    alone = replace(material, leads=(lead,))
    made = letters(alone)
    assert {name.split("_")[1] for name in made if name.startswith("协查函")} == {"演示论坛"}
    report = BeautifulSoup(render_html(alone, desk.blobs), "lxml").get_text()
    record = "".join(package_words(alone, third_party=False).values())
    for paper in (*map(words, made.values()), report, record):
        assert "别名网" not in paper
    for paper in (*map(words, made.values()), report):
        assert paper.count("演示论坛（bbs.example）") == 1
    source = factories.source("board", title="三岔口社区", lane="A")
    assert site_name(source, lead.lead) == "三岔口社区"
    assert site_name(replace(source, lane="intake"), lead.lead) == "别名网"
    assert with_host("bbs.example", "http://bbs.example/1") == "bbs.example"


def _of(lead: LeadMaterial) -> tuple[str, ...]:
    return (*lead.nicknames, *lead.contacts)


def test_what_goes_along_stays_with_the_signatures(material: CaseMaterial) -> None:
    headings = ("四、随函材料", "四、随函材料", "三、依据", "三、依据")
    for data, heading in zip(letters(material).values(), headings, strict=True):
        lines = Document(io.BytesIO(data)).paragraphs
        first = next(place for place, line in enumerate(lines) if line.text == heading)
        signed = next(place for place, line in enumerate(lines) if "加盖印章" in line.text)
        held = [line.paragraph_format.keep_with_next or line.style.name == "Heading 1" for line in lines]
        assert signed - first > 4
        assert all(held[first:signed])


def test_nobody_writes_to_himself(material: CaseMaterial) -> None:
    """What the agency leads on itself it keeps; rules of market regulation are no education bureau's."""
    for own in ("某县教科局", "某区教科体局", "某市文教局"):
        assert tuple(letters(replace(material, agency=own))) == (NAMES[0], *NAMES[2:])
    school = letters(replace(material, agency="清水县教育局"))
    assert tuple(school) == (NAMES[0], *NAMES[2:])
    assert all("市场监督管理" not in words(data).replace("清水县", "") for data in school.values())
    market = letters(replace(material, agency="清水县市场监督管理局"))
    assert tuple(market) == NAMES[1:]
    assert "本单位为市场监督管理部门时" in words(market[NAMES[1]])
    assert "第四十五条" not in "".join(map(words, market.values()))  # for another authority's help: a platform is none


def test_no_basis_fits_neither_writer_nor_addressee(material: CaseMaterial) -> None:
    """An agency whose name does not tell may be market regulation; what it sends to market regulation it is not."""
    made = letters(material)
    to_market, to_school = words(made[NAMES[0]]), words(made[NAMES[1]])
    assert "程序规定》第十七条" not in to_market
    assert "程序规定》第十七条" in to_school
    for text in (to_market, to_school):
        assert "行政处罚法》第二十二条" in text
        assert "关于移送的规定（条号待核）" not in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("数学一对一，电话1380000****，晚上打", "1380000****（页面只显示到这里，完整号码须向平台调取）"),
        ("预约：一三八零零零零****", "一三八零零零零****（页面只显示到这里，完整号码须向平台调取）"),
        ("原价1280元**特价", "（未提取到）"),
        ("私信我", "（未提取到）"),
    ],
)
def test_what_the_page_itself_masks_is_no_missing_contact(material: CaseMaterial, text: str, said: str) -> None:
    lead = material.leads[0]
    shown = replace(lead, contacts=(), assessment=replace(lead.assessment, title="", text=text))
    assert shown.contact_words == said
    gaps = [one.why for one in missing_evidence(replace(material, leads=(shown,))) if one.what == "联系方式"]
    why = "只显示部分号码，完整号码须向平台调取" if shown.half_shown else "上未提取到联系方式"
    assert gaps == [f"线索 {lead.lead.id} 的页面{why}。"]


def test_a_finding_is_called_as_on_the_lead_page(desk: Desk) -> None:
    lead = add_lead(desk, "a", codes=("AD04", "AD04"))
    decide(desk, lead, Verdict.CONFIRM, at=MONDAY, struck=("AD04.2",))
    made = letters(gather_case(desk, open_case(desk, [lead]).id, user="wang", at=MONDAY))
    (sent,) = (words(data) for name, data in made.items() if name.startswith("移送函"))
    assert "\nAD04.1\n" in sent
    assert "AD04.2" not in sent


def test_letters_claim_nothing_and_leave_open_what_nobody_knows(material: CaseMaterial) -> None:
    for name, data in letters(material).items():
        text = words(data)
        assert "疑似" in text
        assert "〔2026〕＿＿号" in text
        for blank in (
            "请填写单位全称",
            "（加盖印章）",
            "年　　月　　日",
            "联系人：＿",
            "（单位名称未填写）",
        ):
            assert blank in text, (name, blank)
        for claim in ("属实", "违法事实", "已经违法", "构成违法", "13800005678", "{{ x"):
            assert claim not in text, (name, claim)
        head = Document(io.BytesIO(data)).sections[0].header.paragraphs[0].text
        assert head == "草稿 · 未经核对、审批、编号、盖章不得发出"
    assert letters(material) == letters(material)
    demo = letters(replace(material, demo=True))[f"{TO[0]}_AJ-2026-0001_演示_草稿.docx"]
    assert "演示数据" in Document(io.BytesIO(demo)).sections[0].header.paragraphs[0].text


def test_a_letter_names_the_shared_copy_and_never_sends_the_sealed_one_by_itself(material: CaseMaterial) -> None:
    assert "（导出共享本后填写）" in words(letters(material)[NAMES[0]])
    sealed, shared = (
        Exported(sha256=digit * 64, called=kind, file=f"{digit}.zip", at=MONDAY, who="wang")
        for digit, kind in (("1", SEALED), ("2", SHARED))
    )
    alone = replace(material, packages=(sealed,))
    assert package_for_letters(alone.packages) is None
    kept = words(letters(alone)[NAMES[0]])
    assert f"密封本由我单位留存，不随函移送，SHA-256：{'1' * 64}" in kept
    both = replace(material, packages=(shared, sealed))  # a sealed one is newer
    chosen = package_for_letters(both.packages)
    assert chosen == shared
    sent = words(letters(both, chosen)[NAMES[0]])
    assert f"共享本（ZIP，含签名，可独立核验），文件 2.zip，SHA-256：{'2' * 64}" in sent
    assert "1" * 64 not in sent
    assert package_for_letters(both.packages, "1" * 12) == sealed
    for odd in ("1" * 7, "3" * 64, "x"):
        with pytest.raises(BadInput, match="没有校验值"):
            package_for_letters(both.packages, odd)


def test_a_letter_stands_alone_with_sentences_and_clean_up_apart(material: CaseMaterial) -> None:
    market = words(letters(material)[NAMES[0]])
    lead = material.leads[0]
    assert excerpt(lead.assessment.title + "\n" + lead.assessment.text, [(0, 1)]) != lead.assessment.title[:1]
    assert "（疑点所在的整句，联系方式已遮盖）" in market
    assert "\nAD03\n政策清理\n" in market
    assert "性质：政策清理（只违反政策要求，没有单独罚则）" in market
    assert "以下只涉及政策清理，没有单独罚则；所列法律、行政法规条款须经人工论证，不直接作为处罚依据：" in market


def test_an_excerpt_is_whole_sentences_and_says_what_it_leaves_out() -> None:
    text = "标题\n第一句。老师说，保证提分！电话 138****5678。还有一句；完"
    start = text.index("保证")
    assert excerpt(text, [(start, start + 2)]) == "……老师说，保证提分！……"
    assert excerpt(text, [(0, 1), (start, start + 2)]) == "标题……老师说，保证提分！……"
    assert excerpt(text, [(0, len(text))]) == "标题 第一句。老师说，保证提分！电话 138****5678。还有一句；完"
    assert excerpt("字" * 900, [(450, 452)]) == f"……{'字' * 242}……"
    assert excerpt(text, []) == ""


def test_an_imported_lead_asks_no_platform(material: CaseMaterial) -> None:
    lead = material.leads[0]
    item = replace(lead.captures[0], capture=replace(lead.captures[0].capture, method="import"))
    brought = replace(lead, captures=(item,))
    names = letter_names(replace(material, leads=(brought,)))
    assert names == NAMES[:2]


def test_an_imported_lead_is_told_by_platform_address_and_days(desk: Desk, material: CaseMaterial) -> None:
    """Not as 人工导入 alone, when the row said where it stood."""
    lead = material.leads[0]
    environment = {"file": "台账.csv", "row": 4}
    capture = replace(lead.captures[0].capture, method="import", environment=environment)
    brought = replace(lead, captures=(replace(lead.captures[0], capture=capture),), source_title="人工导入")
    sent = words(letters(replace(material, leads=(brought,)))[NAMES[0]])
    for told in (
        "来源\n演示论坛（人工导入，台账.csv 第 4 行）",
        "网址\nhttp://127.0.0.1:1/a",
        "页面所示时间\n2026-03-01 10:00:00",
        "导入时间\n2026-03-02 10:00:00",  # to the second, as every paper has it
        "经营主体\n未标明名称（电话 138****5678）",
    ):
        assert told in sent, told
    bare = replace(brought, lead=replace(lead.lead, url="file:///x.csv#row=4", platform=""))
    (found, *_) = lead.assessment.findings
    banned = replace(lead.assessment, result={"findings": [{**found, "code": "AD01", "lead_department": "市场监管"}]})
    bare = replace(bare, assessment=banned, struck=())
    alone = replace(material, leads=(bare,))
    sent = words(letters(alone)[NAMES[0]])
    assert "平台未注明（人工导入" in sent
    assert "file:///" not in sent
    # A rule about where something was published says what is missing when nobody knows where.
    lack = "尚缺：导入的内容没有注明网址，看不出登在哪里。登播要查明媒介"
    assert lack in sent
    assert "登播的媒介和时间（AD01 违规登播广告）" in [gap.what for gap in missing_evidence(alone)]
    there = replace(alone, leads=(replace(bare, lead=lead.lead),))
    assert "尚缺" not in words(letters(there)[NAMES[0]])
    assert "登播的媒介" not in "".join(gap.what for gap in missing_evidence(there))
    assert "登在哪里" in render_html(alone, desk.blobs)


def test_the_reason_of_each_finding_stands_in_its_letter_and_quotes_within_quotes(desk: Desk) -> None:
    lead = add_lead(desk, "a", codes=("AD04", "AD03"), text="暑期送“保证提分”周，提分")
    material = gather_case(desk, open_case(desk, [lead]).id, user="wang", at=MONDAY)
    (sent,) = (words(data) for name, data in letters(material).items() if name.startswith("移送函"))
    assert sent.count("理由：") == 2
    found = dict(material.leads[0].assessment.result["findings"][0])
    start = material.leads[0].assessment.text.index("送")
    body_start = len(material.leads[0].assessment.title) + 1 + start
    found |= {
        "why": "疑似以“送“保证提分”周”保证",
        "spans": [{"start": body_start, "end": body_start + 8, "text": "送“保证提分”周"}],
    }
    assessment = replace(material.leads[0].assessment, result={"findings": [found]})
    told = replace(material, leads=(replace(material.leads[0], assessment=assessment),))
    (sent,) = (words(data) for name, data in letters(told).items() if name.startswith("移送函"))
    assert (
        "保证性承诺：“送‘保证提分’周”\n性质：可能涉及罚则（文字本身可能触犯有罚则的条款）\n理由：疑似以“送‘保证提分’周”保证"
        in sent
    )


def test_one_lead_has_one_name_on_every_paper(desk: Desk) -> None:
    lead = add_lead(desk, "a", phone="13800005678")
    decide(desk, lead, Verdict.CONFIRM, at=MONDAY)
    name = "未标明名称（电话 138****5678）"
    officer = factories.user("wang", Role.OFFICER)
    assert [one.operator for one in case_choice(desk, [lead.id], user=officer).leads] == [name]
    material = gather_case(desk, open_case(desk, [lead]).id, user="wang", at=MONDAY)
    figures = select_figures(desk, MONDAY.date(), MONDAY.date(), user="wang")
    assert [row.name for row in figures.by_operator] == [line.operator_name for line in figures.lines] == [name]
    assert [row.operator for row in figures.market] == [name]
    assert json.loads(case_json(material, software=""))["leads"][0]["operator_words"] == name
    for paper in (render_html(material, desk.blobs), *map(words, letters(material).values())):
        assert name in paper


def test_letters_are_logged_and_refused_to_those_who_may_not(desk: Desk, material: CaseMaterial) -> None:
    officer = factories.user("wang", Role.OFFICER)
    case = material.case.id
    assert desk_letters.offered(desk, case, user=officer).names == NAMES
    assert tuple(desk_letters.make(desk, case, user=officer, only=NAMES[1])) == NAMES[1:2]
    with desk.store.read() as tx:
        (logged,) = (event for event in tx.audit.for_objects([("case", case)]) if event.action == "case.letter")
    assert logged.detail["letter"] == NAMES[1]
    assert len(logged.detail["letter_sha256"]) == 64
    with pytest.raises(NotFound):
        desk_letters.make(desk, case, user=officer, only="../x.docx")
    with pytest.raises(Refused):
        desk_letters.make(desk, case, user=factories.user("li", Role.REVIEWER))
    with desk.store.transaction() as tx:
        tx.cases.close(case, CaseEventKind.WITHDRAWN, "不办", "wang", MONDAY)
    with pytest.raises(Conflict, match="撤案"):
        desk_letters.offered(desk, case, user=officer)


def gather_lead_with(desk: Desk, codes: tuple[str, ...]) -> LeadMaterial:
    lead = add_lead(desk, "+".join(codes), codes=codes)
    decide(desk, lead, Verdict.TRANSFER, at=MONDAY, to="公安机关")
    return gather_lead(desk, lead.id, user="wang", at=MONDAY).lead


def test_a_lead_transferred_without_a_case_has_its_letters_to_where_it_went(desk: Desk) -> None:
    """Of the findings that department leads on alone; every one where it leads on none; to no other state of a lead."""
    officer = factories.user("wang", Role.OFFICER)
    lead = add_lead(desk, "a", codes=("AD03", "HT07"), screenshot=True)
    for wrong in (lead.id, 999):
        with pytest.raises((Conflict, NotFound)):
            desk_letters.offered_of_lead(desk, wrong, user=officer)
    decide(desk, lead, Verdict.TRANSFER, at=MONDAY, to="市场监督管理部门")
    material = gather_lead(desk, lead.id, user="wang", at=MONDAY)
    leading = {str(finding["code"]): str(finding["lead_department"]) for finding in material.lead.assessment.findings}
    there = replace(material, to=leading["AD03"])
    names = (f"移送函_{leading['AD03']}_线索{lead.id}_草稿.docx", f"协查函_演示论坛_线索{lead.id}_草稿.docx")
    made = letters(there)
    assert tuple(made) == letter_names(there) == names
    sent = words(made[names[0]])
    assert f"疑似触及你单位牵头的规定（我单位线索编号 {lead.id}）" in sent
    assert "\nHT07\n" not in sent
    assert others_of(there) == {leading["HT07"]: ("HT07",)}
    assert all(item.capture.sha256 in sent for item in material.captures)
    assert "证据包" not in sent
    police = replace(material, to="公安机关")
    (name, _) = letter_names(police)
    told = words(letters(police)[name])
    assert "疑似与你单位职责有关" in told
    assert "\nHT07\n" in told
    assert not others_of(police)
    beside = replace(police, leads=(gather_lead_with(desk, ("HT18.3b", "AD04")),))
    (name, _) = letter_names(beside)
    told = words(letters(beside)[name])  # the rulebook names the police beside who leads on the one
    assert "\nHT18.3b\n" in told
    assert "\nAD04\n" not in told
    assert "AD04 保证或夸大，由市场监管牵头，另行移送。" in told
    for own in (replace(police, agency="清水县公安局"), replace(police, to="本单位其他科室")):
        assert letter_names(own) == names[1:]
    assert desk_letters.make_of_lead(desk, lead.id, user=officer, only=names[1])[names[1]].startswith(b"PK")
    (logged,) = desk_letters.offered_of_lead(desk, lead.id, user=officer).made
    assert (logged.object_id, logged.detail["letter"]) == (str(lead.id), names[1])
    with pytest.raises(Refused):
        desk_letters.make_of_lead(desk, lead.id, user=factories.user("li", Role.REVIEWER))
