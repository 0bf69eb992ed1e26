"""School-subject teaching named as one item among others, and the mixed texts made for training."""

from __future__ import annotations

import numpy as np
import pytest

from classifier.dataset import Example, Gold
from classifier.document import read
from classifier.evidence_columns import evidence, evidence_names
from classifier.feature_names import readable
from classifier.items import school_items
from classifier.mingled import LONGEST_ITEM, mingle
from classifier.model import HEADS, answer, log_odds, temper
from classifier.training import Trained
from classifier.types import Posting


def items(text: str) -> list[tuple[str, bool]]:
    doc = read(text)
    return [(doc.text[start:end], clean) for start, end, clean in school_items(doc)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("爵士舞 拉丁舞 作业辅导 成人瑜伽", "作业辅导"),
        ("会计实操、函授本科、中小学课业辅导，欢迎来电", "中小学课业辅导"),
        ("电子琴/葫芦丝/奥数班/水粉", "奥数班"),
        ("美术集训，另有文化补习，食宿全包", "文化补习"),
        ("午餐午休晚辅，接送到家", "晚辅"),
        ("陶艺、周末英语、拉坯体验", "周末英语"),
        ("初中数学提高，架子鼓考级", "初中数学提高"),
        ("老人照护、钟点工、辅导孩子作业", "辅导孩子作业"),
    ],
)
def test_item_is_found_whatever_stands_beside_it(text: str, named: str) -> None:
    assert (named, True) in items(text)


@pytest.mark.parametrize(
    "text",
    [
        "本园不辅导作业，只管接送和吃饭",
        "钢琴 古筝 街舞 成人形体，考级报名",
        "初级会计、消防工程师，考前冲刺，一次过",
        "学生公寓出租，近地铁",
        "科目二一对一练车，随到随学",
        "托班两餐一点，户外活动两小时",
        "羽毛球少儿周末班，早鸟立减",
        "捡到初一数学卷子一张，失主速来",
        "水彩集训，本画室不补文化课",
        "奶奶看护，真不敢辅导作业",
        "老人手机班，周末班还有位置",
    ],
)
def test_no_item_where_no_school_subject_is_taught(text: str) -> None:
    assert items(text) == []


@pytest.mark.parametrize("text", ["成人英语班周三开课", "考研数学强化班，小班授课", "商务英语提升班"])
def test_an_adults_course_is_no_clean_item(text: str) -> None:
    found = items(text)
    assert found
    assert not any(clean for _, clean in found)


def test_columns_tell_what_the_item_stands_beside() -> None:
    names = evidence_names()
    docs = [read("会计、自考、中小学各科辅导"), read("舞蹈 美术 作业辅导"), read("商务英语提升班"), read("今天真热")]
    rows = evidence(docs)

    def column(name: str) -> list[bool]:
        return (rows[:, names.index(name)] > 0).tolist()

    assert column("x:item") == [True, True, False, False]
    assert column("x:item_by_adult") == [True, False, False, False]
    assert column("x:item_by_art") == [False, True, False, False]
    assert column("x:item_adult_only") == [False, False, True, False]
    for name in names:
        if name.startswith("x:"):
            assert readable(name) != f"特点：{name[2:]}", name


def example(number: int, writer: str, text: str, *, academic: bool) -> Example:
    gold = Gold(
        kind="offer",
        academic="yes" if academic else "no",
        covers=frozenset(),
        stages=frozenset(),
        paid=True,
        anxiety=False,
        minors=academic,
        ad_flags=frozenset(),
    )
    return Example(posting=Posting(id=f"t{number}", text=text), gold=gold, writer=writer)


TEXTS = [
    example(0, "a", "成人瑜伽，肚皮舞，爵士，周三开课", academic=False),
    example(1, "a", "叉车证、电工证，包吃住，随到随学", academic=False),
    example(2, "a", "放学来我家，初中数学提高班，晚饭另算，电话13800001234", academic=True),
    example(3, "b", "美甲美睫，半永久，学会为止", academic=False),
    example(4, "b", "小学语文辅导，三年级到五年级，周末上课", academic=True),
    example(5, "c", "驾校学车，科目二，一对一", academic=False),
]
GROUPS = [0, 0, 0, 1, 1, 2]


def test_mingled_texts_hold_both_their_sources_and_stay_in_one_group() -> None:
    docs = [read(one.posting.body) for one in TEXTS]
    made = mingle(TEXTS, docs, GROUPS)
    assert {(one.host, one.academic) for one in made} >= {(0, True), (1, True), (3, True), (0, False), (1, False)}
    for one in made:
        assert GROUPS[one.host] == GROUPS[one.donor]
        assert TEXTS[one.donor].gold.is_academic is one.academic
        assert not TEXTS[one.host].gold.is_academic
        added = len(one.doc.text) - len(docs[one.host].text)
        assert 0 < added <= LONGEST_ITEM + 1
        assert "1380000" not in one.doc.text
    school = {one.doc.text for one in made if one.academic and one.donor == 2}
    assert school
    assert all("初中数学提高班" in text for text in school)
    assert not any(one.academic for one in made if one.host == 5), "a group without a school item lends none"


def test_mingling_is_the_same_each_time() -> None:
    docs = [read(one.posting.body) for one in TEXTS]
    first, second = ([one.doc.text for one in mingle(TEXTS, docs, GROUPS)] for _ in range(2))
    assert first == second


def test_weighed_answer_is_calibrated_and_keeps_its_order(trained: Trained) -> None:
    academic = HEADS.index("academic")
    said = trained.held_out[:, academic]
    truth = np.array([answer("academic", one.gold) for one in trained.examples])
    assert abs(said.mean() - truth.mean()) < 0.02
    row = np.full((3, len(HEADS)), 0.5)
    row[:, academic] = [0.2, 0.5, 0.9]
    plain, spoken = temper(row)[:, academic], temper(row, trained.model.spoken)[:, academic]
    assert np.all(np.diff(spoken) > 0)
    slope, offset = trained.model.spoken
    assert log_odds(spoken) == pytest.approx(slope * log_odds(plain) + offset)
