"""How a finding is said: its sentence by signal, the forms and places of article 18 in words, quotes as published."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from classifier.clauses import LONGEST_FRIGHT
from classifier.types import Span

#: The names under which it is done; home and online say where and how instead.
_COVER_NAME: Mapping[str, str] = {
    "consulting": "教育咨询、升学规划", "culture": "国学、阅读、文化", "thinking": "思维、素养、竞赛",
    "domestic": "家政、住家教师", "family_edu": "家庭教育指导", "crowdfund": "众筹、拼班", "camp": "研学、营地",
    "care": "托管、自习室", "product": "资料、软件、设备",
}  # fmt: skip
_AT_HOME = "在住宅、酒店、咖啡厅等场所"
_ONLINE = "通过线上方式（即时通讯、会议、直播等）"
DIMENSION_NAMES = {"purpose": "目的", "content": "内容", "method": "方式", "evaluation": "评价"}
SENTENCE: Mapping[str, str] = {
    "anxiety": "疑似以{quote}等说法渲染家长焦虑、攀比，属广告管控清理范围",
    "guarantee": "疑似以{quote}对升学、成绩或培训效果作出明示或暗示的保证",
    "exam_insider": "疑似以{quote}暗示考试机构、命题人员参与或掌握内部信息",
    "endorsement": "疑似以{quote}借学员、家长、专家或名校的名义作推荐、证明",
    "superlative": "疑似使用绝对化用语{quote}",
    "exaggerated": "疑似以{quote}夸大培训效果，是否属实须查证",
    "price_bait": "疑似以{quote}招揽报名，{asked}是否真实须查证",
    "school_link": "疑似以{quote}表示与学校合作、点招或输送生源",
    "teacher_public": "疑似由在职或公办学校教师任教（文字：{quote}），身份须查证",
    "holiday": "疑似占用休息日、节假日或寒暑假开展学科类培训：{note}",
    "preschool_academic": "疑似向学龄前儿童教授学科或小学课程内容：{quote}",
    "foreign_teacher_abroad": "疑似由境外外籍人员授课：{quote}",
    "prepay": "疑似一次性收费的时间跨度、课时或金额超过限额：{note}",
    "late": "疑似培训结束时间过晚：{note}",
    "lesson_length": "疑似线上每课时过长：{note}",
    "loan": "疑似以分期、贷款方式收费：{quote}",
}
#: An original price, without which none can be made up.
_ORIGINAL_PRICE = re.compile(
    r"原(?:来|先|本)?(?:卖|收|是)?\s*价?\s*[:：¥￥]?\s*[\dx]|(?:以前|平时|平常|日常)(?:都|卖|收|是)*\s*[¥￥]?[\dx]{3,5}|(?:原|门市|市场|定|标|划线|老|吊牌)价|划线|价值"
)
_ORIGINAL, _REBATE = "原价、折扣", "折扣、优惠"
#: What baits, in the finding's name, by what is to be looked into of it.
_BAITED_BY = {_REBATE: "折扣、优惠", "体验价与后续收费": "低价体验", "名额": "名额有限", "期限": "限时"}
#: What is to be looked into of an offer of prices, by the words quoted for it.
_PRICE_ASKED: Mapping[str, re.Pattern[str]] = {
    _REBATE: re.compile(r"[折减抵返省送赠券]|[优特]惠|福利|半价|现价|[团拼]"),
    "体验价与后续收费": re.compile(r"体验|试听|试课|首[场节次堂课]"),
    "名额": re.compile(r"名额|[限仅只][^，。]{0,3}\d|[剩席座]|[\d一二三四五六七八九十百]+\s*[名位家]|满员|满班|抢"),
    "期限": re.compile(r"截[止至]|今[晚天日]|明[天日]|最后|倒计时|过期|逾期|涨|恢复|月底|[一二三四五六日末号]之?前"),
}
#: Anxiety of a text none of whose clauses frightens by itself.
AS_A_WHOLE = (
    "疑似渲染家长焦虑、攀比：由模型通读全文判断，没有可单独引作证据的字句，语气最重的一句是{quote}，属广告管控清理范围"
)
#: What the words of an academic finding are, by kind: a stage names no content, a loud clause is no proof.
SHOWN_AS: Mapping[str, str] = {
    "content": "{quote}",
    "way": "{quote}（未点明学科）",
    "stage": "只见学段{quote}，未见学科内容",
    "whole": "由模型通读全文推断，没有可单独引作证据的字句，最接近的一句是{quote}",
}
#: What a held signal is compared with where no number was read.
PREPAY_LIMIT = "是否超过3个月、60课时或5000元须核"


#: Article 18's places by the words that say them.
_PLACES = (
    (
        "住宅",
        re.compile(
            r"家|屋|住|居民|单元|栋|客厅|书房|餐桌|饭桌|别墅|公寓|上门|小区|门头|门面|招牌|不挂牌|入户|车库|阁楼|地下室|宿舍|入府|到府|府上"
        ),
    ),
    ("酒店", re.compile("酒店|宾馆|民宿")),
    ("咖啡厅、茶楼", re.compile("咖啡|茶")),
)


def _baits(quote: str) -> list[str]:
    return [asked for asked, words in _PRICE_ASKED.items() if words.search(quote)]


def price_asked(quote: str) -> str:
    """What an officer must find out about prices quoted so: of an original price only where one is named."""
    asked = _baits(quote)
    if _ORIGINAL_PRICE.search(quote):
        asked = [_ORIGINAL, *(one for one in asked if one != _REBATE)]
    return "、".join(asked) or "所称的价格、名额"


def bait_name(quote: str) -> str:
    """What a bait of prices is called where no original price is named that could be made up; "" where one is."""
    if _ORIGINAL_PRICE.search(quote):
        return ""
    return f"疑似以{'、'.join(_BAITED_BY[asked] for asked in _baits(quote)) or '价格优惠'}作价格诱导"


def _at(said: str) -> str:
    """The places the words name; all that article 18 lists where none were read."""
    named = [place for place, words in _PLACES if words.search(said)]
    return f"在{'、'.join(named)}等场所" if said and named else _AT_HOME


def _name_of(cover: str, said: str) -> str:
    if cover == "family_edu" and said and not re.search(r"家庭|家长课堂|父母|指导师", said):
        return "习惯养成、亲子陪伴"
    return _COVER_NAME[cover]


def forms_said(covers: Sequence[str], said: str = "") -> str:
    """The covers in one phrase, by the words that said them: 以国学、阅读、文化和托管、自习室名义，通过线上方式."""
    names = "和".join(_name_of(cover, said) for cover in covers if cover in _COVER_NAME)
    parts = [f"以{names}名义"] if names else []
    parts += [words for cover, words in (("home", _at(said)), ("online", _ONLINE)) if cover in covers]
    return "，".join(parts)


def quoted(spans: Sequence[Span], most: int = 3) -> str:
    """The words as published, with what they say where the spelling hid it: “辅 寻（还原：辅导）”."""
    words: list[str] = []
    for span in spans:
        word, meant = _short(span.text), _short(span.restored)
        if not _as_written(word, meant):
            word = f"{word}（还原：{meant}）" if word else meant
        if word and word not in words:
            words.append(word)
    return "、".join(f"“{word}”" for word in words[:most]) or "全文"


#: Signs of one sense: a multiplication sign for a masked letter, 束脩 as it was written for two thousand years.
_SAME = str.maketrans("×✕✖╳脩", "xxxx修")
_GAP = re.compile(r"[\u4e00-\u9fff]{2,}(?:[ \u3000][\u4e00-\u9fff]{2,})+")


def _as_written(word: str, meant: str) -> bool:
    """Whether what was read is what stands there; a blank between whole words of a list hides nothing."""
    plain, said = (unicodedata.normalize("NFKC", one).lower().translate(_SAME) for one in (word, meant))
    if plain == said:
        return True
    return _GAP.fullmatch(word) is not None and re.sub(r"\s", "", word) == re.sub(r"\s", "", meant)


def _short(words: str) -> str:
    """Words fit for a sentence: one line, nothing unprintable, no longer than can be said."""
    words = " ".join("".join(char if char.isprintable() else " " for char in words).split())
    return words if len(words) <= LONGEST_FRIGHT else words[:LONGEST_FRIGHT] + "…"
