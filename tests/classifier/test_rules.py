"""Numbers, prices, times, promises, identities and who speaks: tables of cases, hostile text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.normalise import normalise
from classifier.rules import RULE_NAMES, find_hits
from classifier.rules.numbers import to_number


def found(text: str) -> dict[str, list[str]]:
    folded = normalise(text)
    names: dict[str, list[str]] = {}
    for hit in find_hits(folded.text):
        names.setdefault(hit.name, []).append(folded.text[hit.start : hit.end])
    return names


def notes(text: str, name: str) -> list[str]:
    return [hit.note for hit in find_hits(normalise(text).text) if hit.name == name and hit.note]


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("192", 192), ("2.1万", 21_000), ("1,200", 1_200), ("三千八", 3_800), ("一百二十", 120), ("两万五", 25_000),
        ("十五", 15), ("三千零八", 3_008), ("二十", 20), ("一万二", 12_000), ("8k", 8_000), ("百", None), ("x", None),
        ("", None), ("一二三", None),
    ],
)  # fmt: skip
def test_numbers(words: str, number: float | None) -> None:
    assert to_number(words) == number


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("192课时2.1万元一次付清", "192课时，超过60课时"),
        ("学费2.1万元", "21000元，超过5000元"),
        ("一次交六个月，打包优惠", "6个月，超过3个月"),
        ("一百二十课时一次交清", "120课时，超过60课时"),
    ],
)
def test_prepay_says_what_it_compared(text: str, note: str) -> None:
    assert note in notes(text, "prepay")


@pytest.mark.parametrize("text", ["48课时2980元", "三个月一期，每期900元", "月薪12000元", "首付20000元", "每节60课时"])
def test_within_the_limits_is_no_prepay(text: str) -> None:
    assert notes(text, "prepay") == []


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("晚上六点半到九点", "21:00"),
        ("每天18:30-21:30上课", "21:30"),
        ("放学后到晚上8点50", "20:50"),
        ("晚自习七点至十点", "22:00"),
    ],
)
def test_late_reads_the_clock(text: str, clock: str) -> None:
    assert any(note.startswith(clock) for note in notes(text, "late")), notes(text, "late")


@pytest.mark.parametrize("text", ["晚上六点到八点", "18:00-20:30", "上午9点到11点", "早九点上课", "21:00截止报名"])
def test_not_late(text: str) -> None:
    assert notes(text, "late") == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("签约保过，不过全额退款", "guarantee"),
        ("提分30分以上，达不到学费全退", "guarantee"),
        ("见分再付尾款", "guarantee"),
        ("命题组成员亲授，考前押题", "exam_insider"),
        ("全市第一品牌", "superlative"),
        ("提分快，过目不忘", "exaggerated"),
        ("去年学员考上一中二十人", "endorsement"),
        ("在职重点中学老师任教", "teacher_public"),
        ("与多所学校合作，优先录取", "school_link"),
        ("菲律宾外教线上一对一", "foreign_teacher_abroad"),
        ("大班升小学，拼音识字算术", "preschool_academic"),
        ("可分12期免息", "loan"),
        ("原价1980，现价698", "price_bait"),
        ("仅剩3个名额", "price_bait"),
        ("周六周日开课", "holiday"),
        ("教育局通报查处违规培训机构", "news"),
        ("求推荐靠谱的数学老师", "seek"),
        ("诚聘英语老师，底薪4000，五险一金", "jobs"),
        ("别让孩子输在起跑线上", "fear"),
        ("初三是分水岭，再不补就来不及了", "fear"),
        ("在我家客厅上课", "home"),
        ("腾讯会议直播讲题", "online"),
        ("每节120元", "paid"),
    ],
)
def test_named(text: str, name: str) -> None:
    assert name in found(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我们不保过", "guarantee"),
        ("不分期不贷款", "loan"),
        ("拒绝押题", "exam_insider"),
        ("从镇中退休的老师", "teacher_public"),
        ("周末不上课", "holiday"),
        ("最好提前一天打电话", "superlative"),
    ],
)
def test_denied_or_modest(text: str, name: str) -> None:
    assert name not in found(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("一学期成绩无提高全额退费", "guarantee"),
        ("听不懂不收钱，先上再说", "guarantee"),
        ("分上去了再给后一半", "guarantee"),
        ("目标分写进合同", "guarantee"),
        ("期中54，期末89", "endorsement"),
        ("去年四个孩子全部125以上", "endorsement"),
        ("热烈祝贺我校陈同学中考全县第二名", "endorsement"),
        ("本科上线率91.3%", "endorsement"),
        ("小宇数学从46涨到89", "endorsement"),
        ("三天背八百单词，过目不忘", "exaggerated"),
        ("批过中考卷的老师带队", "exam_insider"),
        ("城北最大的中小学辅导基地", "superlative"),
        ("与实验中学共建，直通实验班", "school_link"),
        ("三中现任备课组长周末带数学", "teacher_public"),
        ("15天6600包吃包住", "prepay"),
        ("早八到晚十，六科排满", "late"),
        ("原价1280，现价699", "price_bait"),
        ("只留12座，坐满即止", "price_bait"),
        ("4-6岁识字拼音班", "preschool_academic"),
    ],
)
def test_said_the_way_people_say_it(text: str, name: str) -> None:
    assert name in found(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("最后一个月，配一名班主任一名生活老师", "endorsement"),
        ("金状元教育秋季开课", "endorsement"),
        ("我们陪孩子进步", "endorsement"),
        ("四十分钟单词加二十分钟古诗", "guarantee"),
        ("试教不满意不收分文", "guarantee"),
        ("报名就签约，送书包", "guarantee"),
        ("上班族首选", "superlative"),
        ("最后一次机会", "superlative"),
        ("最强大脑同款", "superlative"),
        ("一学期成绩单", "price_bait"),
        ("最后一个月冲刺", "price_bait"),
        ("三年级奥数班，每期900元", "prepay"),
        ("教师资源库9000余人", "prepay"),
        ("高中数学老师，周六有空", "teacher_public"),
        ("结业推荐上岗", "school_link"),
        ("数学小班，十二人", "preschool_academic"),
        ("本园不教拼音不写字", "preschool_academic"),
    ],
)
def test_not_what_it_looks_like(text: str, name: str) -> None:
    assert name not in found(text)


@pytest.mark.parametrize("text", ["签约保过，工作学习两不误", "包会，八百八十元"])
def test_hits_stop_at_the_comma(text: str) -> None:
    assert all("," not in words for words in found(text).get("guarantee", []))


@settings(max_examples=300, deadline=None)
@given(
    st.text(
        alphabet=st.one_of(
            st.characters(), st.sampled_from("0123456789xX*元课时个月年点半晚上到保过退不周六:-,.万千百")
        ),
        max_size=120,
    )
)
def test_hits_lie_inside_whatever_the_text(text: str) -> None:
    folded = normalise(text).text
    for hit in find_hits(folded):
        assert 0 <= hit.start < hit.end <= len(folded)
        assert hit.name in RULE_NAMES
        assert 0 < hit.strength <= 1


def test_long_hostile_text_stays_quick() -> None:
    for unit in ("不", "保过不", "达不到", "晚上", "1,1", "【", "从倒数", "去年", "周六", "（"):
        find_hits(unit * 4_000)
