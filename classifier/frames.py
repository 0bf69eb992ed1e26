"""Whether a quote's own clause carries what it is quoted for: who, what and how it came out.

Words that a rule has found are shown to an officer as proof of one signal. Here the clause they stand in is asked
again: 从2011年开到今天 has the form of a rise and names nobody who rose, 放半天 names a Sunday without a lesson,
退休语文教师 names no teacher in service. A signal none of whose places passes is no finding.
"""

from __future__ import annotations

import re

from classifier.atoms import atoms_of
from classifier.evidence import Place, clause_around
from classifier.misread import misread
from classifier.signal_frames import FRAMES
from classifier.witness import only_clients, own_praise

_CLAUSE_END = re.compile(r"[，。！？；!?;\n…|｜]|(?<!\d),|,(?!\d)")
_SENTENCE_END = re.compile(r"[。！？!?\n]")
_FAR = 60


#: Signals whose claim falls when a number or an ordinal was cut; of the others the whole number is shown.
_CLAIMS = frozenset(
    {"endorsement", "guarantee", "exaggerated", "superlative", "price_bait", "exam_insider", "prepay", "loan"}
)
#: A hit as short as this is read as a word, and must be one: 点招 is none in 训练点招收.
_SHORT = 3
_WORDS = frozenset({"school_link", "teacher_public", "superlative"})
#: What people say counts as a recommendation only where it is of learning: 东家夸我饭做得香 is none.
_TOLD = re.compile(r"说|反馈|评价|留言|夸|感叹|原话")
_OF_LEARNING = re.compile(
    r"学|课|老师|教|作业|成绩|进步|考|分|会|读|写|背|题|书|变|换|效果|推荐|谢|懂|名|清爽|听|肯|敢|愿|主动|认识|早|幸亏|多亏|提|涨|班|英语|好评|反馈|现身|奖|选手|\d到"
)
#: What few and early ones get, for which a bare 前三名 or 限时 is bait: a contest's or an exercise's is none.
_FIRST = re.compile(r"(?:排名?)?前\s*(?:\d{1,3}|[一二三四五六七八九十百]{1,3})\s*[名位个]?")
_TIMED = re.compile(r"限时")
_ONLY = re.compile(r"[只仅限](?:收|招|录|取|要)?$")
_GAIN = re.compile(
    r"折|减|免|价|惠|送|赠|领(?![队导读航先])|返|省|抵|报|交|付|签|订|办|到店|进店|下单|续|名额|团|抢|秒|购|特|福利|活动|券|红包|礼|专享|[¥￥元]|\d{2,}\s*块"
)
#: A first month's price is no bait where the sum said to follow is no dearer.
_FIRST_MONTH = re.compile(r"首[月期年]\s*(?:[:：]|只要|仅)?\s*[¥￥]?(\d{2,5})\s*元?")
_NEXT_SUM = re.compile(r"(?:次月|第[二2]|之后|以后|后续|续|起|后)[^。\n\d]{0,6}(\d{2,5})")
#: So many came: the number enrolled, which vouches for nothing unless it is said how they came out.
_ENROLLED = re.compile(
    r"(?:去年|前年|今年|上[届期学]|往[年届期]|第[一二三四五六七八九十\d]+期)[^。！？!?\n]{0,10}?(?:\d+|[一二两三四五六七八九十]+)\s*多?[人个名位家](?!月|学期|老师)"
)
_CAME_OUT = re.compile(
    r"考|进(?!行)|(?<![不超通])过(?![来年去])|[提涨升录]|上岸|分(?![钟期班校])|名次|前[\d一二三五十百]|奖|满意|率|评|推荐|介绍|反馈|夸|说|步|及格|不再|[会敢能肯](?!议|员)|续|锦旗|喜报|优|状元|霸|毕业|→|达|上线|中了|第[一二三\d]+名|%|上了|线(?![上下])|全部|全都|以上|多数|\d{3}|信|选择|[一二三四五六七八九]中|附中|冠"
)


#: So many of what: seats and pupils run out, words and reasons do not.
_COUNT_OF = re.compile(r"(?:最后|[只就仅还留剩])[^，。]{0,3}[\dx一二两三四五六七八九十几]个$")
_SEATS = re.compile(
    r"\s*(?:名额|空|位|席|座|试|坑|床|铺|桌|机|工|学|孩|娃|家|同|人|男|女|新|小|宝|初|高|[一-九\d]年级|年级|就|即|了|的?位|点|[,，。!！;；、)）/]|$)"
)
#: A price alone, friends who come along: bait only beside what makes it one.
_BARE_PRICE = re.compile(r"\d{2}\.\d{1,2}")
_TOGETHER = re.compile(r"(?:同学|朋友)?(?:结伴|[两二三23]人同行)")
_CHEAP = re.compile(
    r"体验|试|秒(?!发)|抢|仅|只要|原|限|新|拼|团|上车|特|活动|福利|直播|入营|开课|引流|惊|[减省返送免折退抵]|优惠|便宜|半价|\d\s*[节次天讲]"
)


def _bait_of(text: str, start: int, end: int, high: int) -> bool:
    """Whether a bait that a few words only hint at is one: first comers gain something, a first month is cheap."""
    words = text[start:end].strip()
    if _COUNT_OF.search(words) and not _SEATS.match(text[end : end + 6]):
        return False
    if _BARE_PRICE.fullmatch(words) or _TOGETHER.match(words):
        low = clause(text, start, end)[0]
        return bool(_CHEAP.search(text, low, min(len(text), high + 8)))
    if _FIRST.fullmatch(words) or _TIMED.fullmatch(words):
        few = text[max(0, start - 3) : start]
        return bool(_GAIN.search(text, end, min(len(text), high + 12)) or _ONLY.search(few))
    if first := _FIRST_MONTH.fullmatch(words):
        after = _NEXT_SUM.search(text, end, end + 24)
        return after is None or int(after[1]) > int(first[1])
    return True


#: 从5400降到3300, 原5900现1600: the number before is asked no longer.
_LOWERED = re.compile(r"\s*(?:元|块)?\s*(?:降[到至为]|直降|→|->|现(?:价|在)?\s*[¥￥]?\d)")
#: The price that is no longer asked.
_OLD_PRICE = re.compile(r"(?:原|首月|次月|第[二三]个?月起?|原价|门市价?|市场价|定价|标价|划线价|老价)\s*[:：¥￥]?\s*$")
_OLD_PRICE_FIRST = re.compile(
    r"(?:原价|门市价?|市场价|定价|标价|划线价|老价)\s*[:：¥￥]?\s*[\dx]+(?!\s*(?:元|块)?\s*[,，]?\s*(?:现|→|[\dx]))"
)
_LATE_GROWN_UPS = re.compile(r"成人|大人|考研|上班族|公考|职场")


def clause(text: str, start: int, end: int, *, narrow: bool = False) -> Place:
    """The clause or clauses around a place, at most some sixty characters either side; within its line."""
    left, right = clause_around(text, start, end, _CLAUSE_END, before=_FAR, after=_FAR)
    if narrow:
        left = max(left, text.rfind(" ", left, start) + 1)
        blank = text.find(" ", end, right)
        right = blank if blank >= 0 else right
    return left, right


def sentence(text: str, start: int, end: int, *, before: int = 0) -> Place:
    """The sentence around a place, and so many before it."""
    low, high = max(0, start - 2 * _FAR), min(len(text), end + _FAR)
    ends = [m.end() for m in _SENTENCE_END.finditer(text, low, start)]
    left = ends[-1 - before] if len(ends) > before else low
    after = _SENTENCE_END.search(text, end, high)
    return left, after.start() if after else high


def proves(signal: str, text: str, start: int, end: int) -> bool:
    """Whether the words at a place, as a rule found them, may be shown as proof of a signal."""
    if misread(signal, text, start, end):
        return False
    atoms = atoms_of(text)
    if signal in _CLAIMS and atoms.misread(start, end):
        return False
    if atoms.splits_name(start) or (signal in _WORDS and end - start <= _SHORT and atoms.splits_word(start, end)):
        return False
    frame = FRAMES.get(signal)
    if frame is None:
        return True
    # A rule may have read on into the next clause; the claim stands in its first.
    first = _CLAUSE_END.search(text, start, end)
    low, high = clause(text, start, first.start() if first and first.start() > start + 5 else end, narrow=frame.narrow)
    words = text[low:high]
    if frame.must is not None and not (frame.must.search(words) or frame.must.search(words.replace(" ", ""))):
        return False
    if frame.never is not None and frame.never.search(words) and not (frame.saved and frame.saved.search(words)):
        return False
    if frame.about is not None and not frame.about.search(
        text[slice(*sentence(text, start, end, before=1))].replace(" ", "")
    ):
        return False
    if frame.nowhere is not None and frame.nowhere.search(text[slice(*sentence(text, start, end))]):
        return False
    if signal == "endorsement" and _TOLD.search(words) and not _OF_LEARNING.search(words):
        return False
    if signal == "endorsement" and (
        own_praise(text[start:end], words) or only_clients(text[start:end], words, _CAME_OUT)
    ):
        return False
    if signal == "price_bait" and not _bait_of(text, start, end, high):
        return False
    if signal == "endorsement" and _ENROLLED.match(text, start) and not _CAME_OUT.search(text, start, max(end, high)):
        return False
    if signal == "prepay" and (
        _OLD_PRICE.search(text[max(0, start - 8) : start])
        or _OLD_PRICE_FIRST.match(text, start)
        or _LOWERED.match(text, end)
    ):
        return False
    return not (signal == "late" and _LATE_GROWN_UPS.search(text[max(0, low - 12) : low]))
