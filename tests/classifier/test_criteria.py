"""The four dimensions and article 17's elements: what shows them, what only looks like it, hostile text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.article17 import ELEMENTS, read_article17
from classifier.assess import Assessor
from classifier.criteria import DIMENSIONS, read_criteria
from classifier.document import read
from classifier.evidence import within_lines
from classifier.types import Posting


def criteria(text: str) -> dict[str, set[str]]:
    doc = read(text)
    return {name: {doc.text[slice(*place)] for place in places} for name, places in read_criteria(doc).items()}


def elements(text: str) -> dict[str, set[str]]:
    doc = read(text)
    return {name: {doc.text[slice(*place)] for place in places} for name, places in read_article17(doc).items()}


@pytest.mark.parametrize(
    ("dimension", "text", "words"),
    [
        ("purpose", "初三数学冲刺班，查漏补缺", {"冲刺", "查漏补缺"}),
        ("purpose", "语文作文夯实基础，期末不慌", {"夯实", "期末"}),
        ("purpose", "小升初衔接，英语提前学", {"小升初", "提前学"}),
        ("content", "六年级数学、物理化学都带", {"数学", "物理", "化学"}),
        ("content", "晚托管作业辅导", {"作业辅导"}),
        ("method", "数学错题讲到会，周测讲评", {"错题", "讲到会", "周测讲评"}),
        ("method", "英语小班授课，默写单词", {"小班", "授课", "默写"}),
        ("evaluation", "每月月考排名，发成绩单", {"月考", "排名", "成绩单"}),
        ("evaluation", "数学从60考到90，班级前十名", {"从60考到90"}),
        ("evaluation", "数学提80分", {"提80分"}),
    ],
)
def test_a_dimension_is_shown_by_its_words(dimension: str, text: str, words: set[str]) -> None:
    assert words & criteria(text)[dimension], criteria(text)


@pytest.mark.parametrize(
    ("dimension", "text"),
    [
        ("purpose", "少儿舞蹈班，快乐第一，气质提升"),
        ("purpose", "我们不追求提分，不谈升学"),
        ("content", "暑期托管，不辅导作业，不涉及语文、数学、英语等学科"),
        ("content", "本店历史悠久，地理位置优越"),
        ("content", "非学科类，无作业"),
        ("method", "街舞小班，专业老师上课"),
        ("method", "只管吃饭午休，不讲题、不刷题、不补课"),
        ("evaluation", "围棋考级通过率高"),
        ("evaluation", "没有考试，不排名，不看分数"),
        ("evaluation", "数学冲刺期末"),
    ],
)
def test_a_dimension_is_not_shown(dimension: str, text: str) -> None:
    assert criteria(text)[dimension] == set()


def test_a_promise_in_the_form_of_a_denial_is_no_denial() -> None:
    found = criteria("初二数学，不提分全额退款，不及格免费重读")
    assert "提分" in found["purpose"] | found["evaluation"]
    assert "不及格" in found["evaluation"] | found["purpose"]  # the whole word


def test_a_pupils_want_is_no_denial() -> None:
    assert "数学" in criteria("没有基础的数学也能补上来")["content"]


def test_one_word_is_not_evidence_of_two_dimensions() -> None:
    doc = read("初三英语期末冲刺，中考成绩从60到95分，名次前十名，讲题刷题，提30分")
    found = read_criteria(doc)
    for place in found["evaluation"]:
        if "提30分" not in doc.text[slice(*place)]:
            assert place not in found["purpose"]
    assert all(found.values())


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ("place", "地址：人民路18号三楼"),
        ("place", "城东校区、城西校区同时开班"),
        ("place", "宽敞教室，独立空调"),
        ("place", "万达广场3楼，数学小班"),
        ("place", "下载咱们的APP就能听课"),
        ("place", "登录网校听数学直播"),
        ("staff", "12名老师轮流带"),
        ("staff", "师资团队全是名校毕业"),
        ("staff", "数学王老师，英语李老师，联系电话另发"),
        ("staff", "老师三位，小班教学"),
        ("organisation", "【启明教育】秋季招生"),
        ("organisation", "博学培训学校，教务处报名"),
        ("organisation", "明德教育咨询有限公司"),
        ("organisation", "课程顾问微信同号，学管师全程跟进"),
    ],
)
def test_an_element_is_seen(element: str, text: str) -> None:
    assert elements(text)[element], elements(text)


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ("place", "居民楼里，客厅改的教室"),
        ("place", "老师上门一对一"),
        ("place", "微信群里开课，腾讯会议讲题"),
        ("place", "没有门店，没有教室"),
        ("staff", "我一个老师带，就我自己"),
        ("staff", "1名老师带6个孩子"),
        ("staff", "老师一对二，每组两个"),
        ("staff", "王老师亲自带，王老师电话"),
        ("organisation", "实验小学门口，三年级数学"),
        ("organisation", "重视家庭教育，关注素质教育"),
        ("organisation", "孩子学校班主任推荐"),
        ("organisation", "我在家带几个孩子写作业"),
    ],
)
def test_an_element_is_not_seen(element: str, text: str) -> None:
    assert elements(text)[element] == set()


def one(assessor: Assessor, text: str, **more: Any) -> dict[str, Any]:
    return assessor.assess([Posting(id="a", text=text, **more)])[0]


@pytest.mark.parametrize(
    "text",
    [
        "学府花园两居室出租，步行五分钟到实验小学，教室宽敞，月租1800",
        "求推荐靠谱的初二数学老师，最好一对一，提分快的",
        "教育局通报查处启明教育：两名老师在教室补习数学，收费4800元",
        "高三数学试卷及答案，知识点总结，错题讲解",
        "会计从业考前冲刺，上班族晚七点到十点，通过率高，教室在人民路18号",
        "",
    ],
)
def test_what_offers_minors_nothing_has_empty_tables(assessor: Assessor, text: str) -> None:
    answer = one(assessor, text)
    assert answer["criteria"] == {name: {"met": False, "spans": []} for name in DIMENSIONS}
    assert answer["article17"] == {name: {"met": None, "spans": []} for name in ELEMENTS}


def test_an_offer_fills_both_tables(assessor: Assessor) -> None:
    answer = one(
        assessor,
        "初三数学物理冲刺班，错题讲到会，每月月考排名，师资团队12名老师，城东校区教室宽敞，教务老师微信同号，每科1200元，报名从速",
        title="启明教育秋季招生",
    )
    assert all(cell["met"] is True and cell["spans"] for cell in answer["criteria"].values())
    assert all(cell["met"] is True and cell["spans"] for cell in answer["article17"].values())


def test_the_table_and_the_finding_say_the_same(assessor: Assessor) -> None:
    answer = one(assessor, "放学接到家，管晚饭，作业辅导，数学错题讲到会为止，每月680元，小学一到四年级")
    hidden = next(f for f in answer["findings"] if f["signal"] == "academic_hidden")
    for name, said in (("purpose", "目的"), ("content", "内容"), ("method", "方式"), ("evaluation", "评价")):
        assert (said in hidden["why"].rsplit("四维中", 1)[1]) == answer["criteria"][name]["met"]


def test_screening_leaves_the_tables_out(assessor: Assessor) -> None:
    screened = assessor.screen([Posting(id="a", text="初三数学冲刺班，每节200元，电话报名")])[0]
    assert not {"criteria", "article17", "top", "values"} & set(screened)


def test_evasive_spelling_is_shown_with_its_meaning(assessor: Assessor) -> None:
    answer = one(assessor, "初三 shu学 错*题 讲到会，一对一 辅 导，每节200元，报名加V")
    spans = [span for cell in answer["criteria"].values() for span in cell["spans"]]
    assert any(span["text"] != span["restored"] for span in spans)
    hidden = [f["why"] for f in answer["findings"]]
    assert any("（还原：" in why for why in hidden)


def test_places_end_with_their_line() -> None:
    text = "大班升小学\n  拼音识字 \n\n"
    assert [text[slice(*place)] for place in within_lines(text, [(0, len(text))])] == ["大班升小学", "拼音识字"]


@settings(max_examples=200, deadline=None)
@given(
    title=st.text(alphabet=st.one_of(st.characters(), st.sampled_from("大班升小学数学*·1一对")), max_size=16),
    text=st.text(
        alphabet=st.one_of(
            st.characters(),
            st.sampled_from(
                "数学语文补课一对老师初三高考报名元每月班小学晚托教室校区名位提分考试排名不没无、，\n\x00\ud800\u200b①"
            ),
        ),
        max_size=90,
    ),
)
def test_every_span_lies_in_the_text_and_says_what_it_says(assessor: Assessor, title: str, text: str) -> None:
    posting = Posting(id="a", text="初三数学冲刺班，每节200元，报名电话13800001234。" + text, title=title or None)
    answer = assessor.assess([posting])[0]
    body = posting.body
    for table, empty in (("criteria", False), ("article17", None)):
        for cell in answer[table].values():
            assert cell["met"] is (True if cell["spans"] else empty)
    spans = [s for table in ("criteria", "article17") for cell in answer[table].values() for s in cell["spans"]]
    for span in [*spans, *(s for finding in answer["findings"] for s in finding["spans"])]:
        assert 0 <= span["start"] < span["end"] <= len(body)
        assert body[span["start"] : span["end"]] == span["text"]
        assert "\n" not in span["restored"] or "\n" in span["text"]
