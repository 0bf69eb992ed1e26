"""Hidden words come back however they are hidden; what only sounds, looks or is spelt like them stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.characters import apart, characters, joined_parts, spells
from classifier.dataset import read_corpus
from classifier.fold import fold
from classifier.hidden import hidden
from classifier.likelihood import cost
from classifier.normalise import normalise
from tests.classifier.make_characters import TABLE, lines

TRAPS = [
    line.replace("␤", "\n") for line in Path(__file__).with_name("innocent_traps.txt").read_text("utf-8").splitlines()
]
#: Two other signs of schooling around a hidden word.
AROUND = "小学补习，{}，名师"


@pytest.mark.soak  # minutes: the whole table is made anew
def test_table_of_characters_is_what_its_sources_say() -> None:
    assert TABLE.read_text(encoding="utf-8").splitlines() == list(lines())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        # pinyin: with tones, apart, run together, mixed
        ("zhōng kǎo冲刺", "中考冲刺"),
        ("yīngyǔ", "英语"),
        ("chu zhong", "初中"),
        ("GaoSandi li", "高三地理"),
        ("chuzhongshuxuefudao", "初中数学辅导"),
        ("全kē", "全科"),
        ("kai课", "开课"),
        ("bao名", "报名"),
        # initials
        ("whk", "文化课"),
        ("fd作业", "辅导作业"),
        ("高z数学", "高中数学"),
        ("作w", "作文"),
        ("老s", "老师"),
        ("sxyy", "数学英语"),
        ("G3数学", "高三数学"),
        # sound, in one character and in both
        ("补刻", "补课"),
        ("储二", "初二"),
        ("报鸣", "报名"),
        ("小血坐文", "小学作文"),
        # looks
        ("辅寻", "辅导"),
        ("擞学", "数学"),
        ("莫语", "英语"),
        ("悦读", "阅读"),
        ("文花课", "文化课"),
        ("三年汲", "三年级"),
        ("髙考", "高考"),
        # parts
        ("讠果后", "课后"),
        ("言吾文", "语文"),
        ("衤卜讠果", "补课"),
        ("学木交", "学校"),
        # between and instead
        ("期🔥末", "期末"),
        ("四五❤️年❤️级", "四五年级"),
        ("文化📚", "文化课"),
        ("带🔢学", "带数学"),
        ("🇬🇧语", "英语"),
        ("英、语", "英语"),
        ("写|作业", "写作业"),
        ("口+算", "口算"),
        ("跟_上", "跟上"),
        ("教\n育", "教育"),
        ("高贰", "高二"),
        ("初②", "初二"),
        ("高❸", "高三"),
    ],
)
def test_hidden_word_comes_back(written: str, meant: str) -> None:
    folded = normalise(AROUND.format(written))
    place = folded.text.find(meant)
    assert place >= 0, folded.text
    span = folded.span(place, place + len(meant))
    assert written.startswith(span.text[0])
    assert folded.raw[span.start : span.end] == span.text


def test_hidden_words_are_signs_for_one_another() -> None:
    assert normalise("小血坐文、跃读班，赵生").text == "小学作文、阅读班,招生"


@pytest.mark.parametrize(
    "text",
    [
        "英语顾问逐科看卷,陪孩子走到期末",
        "佛系妈妈说说三年级数学",
        "口才课上学作文,四年级习作每周一篇",
        "失分点讲透,两周后再测,单科双科都行",
        "学不会免费重学,少儿暑期班,教练带",
        "高三语数英,前20名交定金抵学费",
        "期末数学专题,两人同报各减50",
        "补完课告诉你,初三数学,周六",
        "数学老师分年级讲,晚上自习到九点",
        # the character belongs to what stands next to it
        "高三晚辅到九点,数学老师坐班",
        "谁家娃开学升三年级,数学跟得上吗",
        "孩子数学老考七八十",
        "小学数学,家里二孩享半价",
        # names
        "前台小孙说小学数学满了",
        "柯城数学夏令营,小学生",
        "天润福熙小区,小学数学,孩子",
        # a number, not the same one misspelt
        "请问孩子几年级,数学怎么样",
        "跟小学数学仨字没关系",
        # a number or a name left out
        "数学老师招聘,报名x月x日开始",
        "小学代课,语文x、数学x、音乐x",
        "到店试学x天,督学老师一对一",
        "主讲Tina老师,前雅思考官",
        # two characters that are each their own
        "小学数学一人一机,老师在场",
        "小学数学每人立减150",
        "数学物理,十六人一班,老师",
    ],
)
def test_words_that_read_cleanly_are_no_disguise(text: str) -> None:
    assert normalise(text).text == fold(text).text


@pytest.mark.parametrize(
    ("text", "meant"),
    [("初三数学,周末补刻", "补课"), ("小学作业,辅寻到八点", "辅导"), ("中靠冲次,数学一班六人", "中考冲刺")],
)
def test_a_disguise_in_a_text_like_these_comes_back(text: str, meant: str) -> None:
    assert meant in normalise(text).text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        # letters and digits drawn another way, Japanese forms
        ("初➊、高1️⃣，加🅥🅧", "初一、高一,加微信"),
        ("ᴠx同号", "微信同号"),
        ("第一歩，毎日", "第一步,每日"),
        ("⒈对二，初⒈期中", "一对二,初一期中"),
        # code that a page shows as characters, text turned round
        ("初三&#25968;&#x5B66;", "初三数学"),
        ("小&nbsp;学", "小学"),
        ("初二\u202e课补学数\u202c", "初二数学补课"),
        # characters apart one by one, jammed, in columns
        ("中#考#数#学#冲#刺", "中考数学冲刺"),
        ("初/二/数/学/补课", "初二数学补课"),
        ("高【】中【】数【】学，补【】课", "高中数学,补课"),
        ("小(删)学(删)英(删)语", "小学英语"),
        ("初q中q语q文q补q课", "初中语文补课"),
        ("小语\n学文\n作数\n业学\n辅英\n导语", "小学作业辅导\n语文数学英语"),
        # pictures for subjects, English, numbers right behind pinyin
        ("高中🔢补习", "高中数学补习"),
        ("初三🧮+🧪", "初三数学+化学"),
        ("初三math课，周末小班", "初三数学课,周末小班"),
        ("高考shuxue141", "高考数学141"),
        ("小学英语48keshi", "小学英语48课时"),
        # rare characters that look like it
        ("礽三数孛", "初三数学"),
        ("孩孑自刁，敎育", "孩子自习,教育"),
        # initials of subjects side by side, a surname and the letters for 老师
        ("老师在家，WL SX", "老师在家,物理 数学"),
        ("我家娃跟杨LS", "我家娃跟杨老师"),
    ],
)
def test_what_captions_do_is_read(written: str, meant: str) -> None:
    assert normalise(written).text == meant


@pytest.mark.parametrize(
    "text",
    [
        "李书学、王语闻和周鹰语三位同志是小学老师",
        "初三学生余文、舒学、叶竖学获奥数一等奖",
        "小学三年级一班 马应语 钟韩佳 程绩",
        "补课被查,负责人何初忠已退款给家长",
        "校长钟考文宣布期末考试安排",
        "语文课代表于闻,数学课代表舒理",
        "化学老师花雪,物理老师伍理",
        "家长会,新娘:余雯",
    ],
)
def test_names_are_names_among_schools_too(text: str) -> None:
    assert normalise(text).text == fold(text).text


@pytest.mark.parametrize(
    "text",
    [
        "公会收人,g3 g4段位,sx打野,yy语音",
        "今天hx和wl又营业了,gz见,xs",
        "孩子放学打球,作业不多,xswl",
        "🧪🧮🔬新专辑概念图",
        "小学🧮数学,老师好",
        "小学老师推荐english house绘本",
        "微信shuxue141,家长群",
        "鸭/笋/藕/菌,任选",
        "春夏秋冬\n梅兰竹菊\n琴棋书画",
        "a&b; at&t",
        "于xxxx年x月x日x时发布",
        "⒈数学⒉英语,第2.对策",
    ],
)
def test_what_captions_of_others_do_hides_nothing(text: str) -> None:
    assert normalise(text).text == fold(text).text


def test_a_disguise_elsewhere_cuts_no_whole_word() -> None:
    assert normalise("讠果后小血作文,谁家娃开学升三年级").text == "课后小学作文,谁家娃开学升三年级"


def test_columns_and_turned_text_lead_back_to_all_they_were_written_as() -> None:
    for raw, word in (("甲\u202e课补学数\u202c乙", "数学"), ("小语\n学文\n作数\n业学\n辅英\n导语", "语文")):
        folded = normalise(raw)
        place = folded.text.index(word)
        span = folded.span(place, place + 2)
        assert raw[span.start : span.end] == span.text
        assert set(word) <= set(span.text)
        assert span.restored == word


def test_innocent_sentences_stay() -> None:
    assert [text for text in TRAPS if normalise(text).text != fold(text).text] == []


def test_traps_are_many_and_apart() -> None:
    assert len(set(TRAPS)) == len(TRAPS) >= 650


def test_innocent_texts_of_the_corpus_stay_but_for_a_few() -> None:
    """At most one in 150; most of those few do hide a word (加薇, 暑 假)."""
    innocent = [example.posting.body for example in read_corpus() if example.gold.kind != "offer"]
    changed = [text for text in innocent if normalise(text).rewritten]
    assert len(innocent) > 2_000
    assert len(changed) <= len(innocent) / 150


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("事*业编招考", "事业编招考"),
        ("注❤️册送礼", "注册送礼"),
        ("公开\n课", "公开课"),
        ("十_分_钟", "十分钟"),
        ("中~介绕道", "中介绕道"),
        ("房子\n大学城旁", "房子\n大学城旁"),
        ("1.2万/套", "1.2万/套"),
    ],
)
def test_any_broken_word_is_joined_so_that_the_innocent_keep_theirs(written: str, meant: str) -> None:
    assert normalise(written).text == meant


@pytest.mark.parametrize(
    "text",
    [
        "秋天再开\n放学路上的那家",
        "早教\n学前儿童体检",
        "嫌我差\n别多想",
        "拼名次 初一 → 定江山",
        "诵 · 写 · 讲 · 演",
        "更别拖——拖一年",
    ],
)
def test_ends_of_lines_and_marks_set_apart_part_words(text: str) -> None:
    assert normalise(text).text == fold(text).text


@pytest.mark.parametrize("text", ["C1还是C2，驾校学生，高考", "客车司机，C2驾照，学生，小学"])
def test_driving_licences_are_no_forms(text: str) -> None:
    assert normalise(text).text == fold(text).text


@pytest.mark.parametrize("text", ["小、初、高全覆盖，数学", "分高、中、低三档，小学", "陪伴，作业，家长签字"])
def test_lists_are_not_joined(text: str) -> None:
    assert normalise(text).text == fold(text).text


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["补刻", "zhōng kǎo", "讠果", "英 语", "📚", "whk", "辅寻", "小学", "，", "\n", "gaokao", "a", "的"]
        ),
        max_size=12,
    )
)
def test_spans_lead_back_whatever_meets(pieces: list[str]) -> None:
    raw = "".join(pieces)
    folded = normalise(raw)
    assert len(folded.starts) == len(folded.ends) == len(folded.text)
    assert list(folded.starts) == sorted(folded.starts)
    for low, high in folded.rewritten:
        span = folded.span(low, high)
        assert raw[span.start : span.end] == span.text
    assert normalise(raw).text == folded.text


def test_every_word_is_found_in_full_pinyin_among_others() -> None:
    sounds = characters().sounds
    lost = [
        word
        for word in sorted(hidden().core)
        if all(char in sounds for char in word)
        and word not in normalise(AROUND.format("".join(sounds[char] for char in word))).text
    ]
    assert len(lost) <= len(hidden().core) / 20, lost  # several words share one spelling


def test_characters_fall_apart_and_join_again() -> None:
    assert "讠果" in apart("课")
    assert joined_parts()["讠果"] == "课"
    assert apart("一") == []
    assert spells("chuzhong")
    assert spells("")
    assert not spells("market")


def test_likelier_is_smaller() -> None:
    assert cost("辅导") < cost("辅寻")
    assert cost("") == 0
