"""What a rule or a plain saying reads into words that mean another thing, by signal.

25人大班 is the size of a class, 校考回来 an art college's examination, 分两次付 no loan, 他妈给我们送橙子 no gift to a
client, 09:30 half past nine in the morning. Asked of every place before it is shown or holds a signal.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from classifier.evidence import Place, clause_around
from classifier.little_ones import BESIDE
from classifier.page_facts import of_page

_CLAUSE_END = re.compile(r"[,，。！？；!?;\n]")
#: A class by its size: 25人大班, 大班课, 高三大班.
_SIZE = re.compile(
    r"不(?:做|开|设|上|搞|收|带|是|要)[^，。,\n]{0,2}[大中小]班|(?:(?:\d{1,3}|[一二两三四五六七八九十百]{1,4})\s*人\s*(?:一个?)?|[初高][一二三中]?(?:语文|数学|英语|物理|化学|全科)?|年级(?:语文|数学|英语)?|线上|直播|面授|全科|培优|冲刺|提高)[大中小]班|[大中]班(?:[课制额型]|教学|授课|面授|[:：]?\d+人)"
)
_NANNY = re.compile(r"(?:育儿嫂|保姆|月嫂|阿姨|育婴师|住家|白班|钟点工)")
_WAGE = re.compile(r"月薪|工资|薪资|底薪|休息?\d天|月休|上户|雇主|招聘|急招|诚聘|做饭|家务")
#: A tenth of the day: the last one said before an hour counts.
_PART = re.compile(
    r"上午|早上|早晨|清晨|早(?!托)|中午|下午|傍晚|晚|夜|放学|下班|周[一二三四五六日末]|星期[一二三四五六日天]|每天"
)
_BARE_HOUR = re.compile(r"\s*(?P<hour>\d{1,2})[:：][0-5]\d\s*分?")
#: When pupils go home, whatever the hour is called: 走的时间定的8:40.
_LEAVES = re.compile(r"(?:走的?时间|最晚|下课|放[人学]|接[人娃]?|散[场学]|结束|收工|到家)[^,，。\d\n]{0,6}$")
_LENDER = re.compile(r"贷|花呗|信用|免息|0息|零息|利息|手续费|银行|白条|月供|京东|支付宝|分期")
#: Parts of the shop's own (两次); by 期 lenders count.
_HALVES = re.compile(r"分(?:成|为|开)?\s*[两二俩三23]\s*(?:次|笔|回|批)")
_TO_US = re.compile(
    r"(?:妈妈?|爸爸?|家长|客户|奶奶|爷爷|外婆|学[生员]|孩子|娃|老乡|邻居|[他她])们?[^,，。]{0,8}?(?:给|送了?)(?:了)?(?:我们?|老师|咱们?|店里|园里)|送(?:了|来)?(?:给)?(?:我(?!们的课)|我们|老师|咱)[^,，。]{0,3}(?:[一两二三几]|锦旗)|收到[^,，。]{0,8}(?:送的|锦旗)"
)
_ARTS = re.compile(
    r"(?:(?:艺术|美术|音乐|舞蹈|传媒|表演|播音|体育|专业课?)[^,，。]{0,6})?(?:校考|联考|统考|艺考)(?:回来|后|完|结束|前|期间|成绩|集训|合格证|冲刺|生)|(?:\d{1,2}|[一二三十]+)月(?:份)?(?:的)?(?:校考|联考|统考)"
)
_TIE = re.compile(r"合作|签约|指标|名额|推荐|点招|内部|渠道|关系|直通|直升|对接|输送|保送|联办")


def _size_of_class(text: str, start: int, end: int) -> bool:
    """Little children are told only by 大班 or 中班 as the size of a class, or by whom a nanny is wanted for."""
    low = max(0, start - 8)
    if _SIZE.search(text, low, end + 4) and not BESIDE.search(_SIZE.sub("", text[low:end])):
        return True
    line = text[text.rfind("\n", 0, start) + 1 : end + 40]
    return _NANNY.search(line) is not None and _WAGE.search(text) is not None


def _no_evening(text: str, start: int, end: int) -> bool:
    """Whether an hour before noon is called an evening's though its line says no evening before it."""
    bare = _BARE_HOUR.fullmatch(text[start:end])
    if bare is None or int(bare["hour"]) >= 12:
        return False
    before = text[max(0, start - 26, text.rfind("\n", 0, start) + 1) : start]
    if bare["hour"].startswith("0") and not re.search(r"[晚夜]上?\s*$", before):
        return True
    said = [match[0] for match in _PART.finditer(before)]
    if _LEAVES.search(before):
        return False
    if not said:
        # a range that began after noon: 18:30-9:00
        return not re.search(r"(?:1[2-9]|2\d|[4-8])[:：点.]\s*[\d半]{0,2}\s*(?:-|~|—|到|至)\s*$", before)
    return said[-1][0] not in "晚夜放下傍" and not re.search(r"[晚夜]", before[before.rfind(said[-1]) :])


def _halves(text: str, start: int, end: int) -> bool:
    """A fee paid to the shop itself in two or three parts is lent by nobody."""
    return _HALVES.search(text, max(0, start - 2), end + 4) is not None and not _LENDER.search(
        text, max(0, start - 16), end + 16
    )


def _to_us(text: str, start: int, end: int) -> bool:
    """A gift that clients made."""
    return _TO_US.search(text, *_clause(text, start, end)) is not None


def _clause(text: str, start: int, end: int) -> Place:
    return clause_around(text, start, end, _CLAUSE_END, before=24, after=24)


def _of_arts(text: str, start: int, end: int) -> bool:
    """An examination of art colleges, or of a whole province, and no school's door."""
    low, high = _clause(text, start, end)
    return _ARTS.search(text, low, high) is not None and not _TIE.search(text, low, high)


#: Another year's: 去年国庆, 上届暑假班. This year's stands without.
_LAST_YEAR = re.compile(r"(?:去年|前年|往年|上[一]?[届年]|那年|(?:20)?1\d年|曾在)(?:的)?[^，。,;；!！?？\d\n]{0,3}$")
#: Grades to come tell of no holiday by themselves: 新高一, 准初一, 升三年级.
_GRADE = re.compile(r"[新准升](?:初|高|小)?[一二三四五六七八九](?:年级)?")
_SEASON = re.compile(
    r"暑|寒假|寒期|假期|周[六日末]|星期[六日天]|礼拜[六日天]|双休|节假|夏令|冬令|[七八]月|(?<!\d)[78]月|衔接|预科|先修|提前[学班]|元旦|五一|国庆|中秋|春节|清明|端午"
)


def _no_day_off(text: str, start: int, end: int) -> bool:
    """A holiday of another year, or a grade to come in a text that names no season."""
    if _LAST_YEAR.search(text[max(0, start - 10) : start]):
        return True
    return _GRADE.fullmatch(text[start:end].strip()) is not None and _SEASON.search(text) is None


def _in_parts(text: str, start: int, end: int) -> bool:
    """How often a fee is paid (可分两次交) takes nothing ahead; its sum does."""
    return (
        re.search(r"\d{3}|[百千万]|x{2}|学期|年|期|个月|课时", text[start:end]) is None
        and _HALVES.search(text, start, end + 2) is not None
    )


_BY_SIGNAL: dict[str, Callable[[str, int, int], bool]] = {
    "preschool_academic": _size_of_class,
    "late": _no_evening,
    "loan": _halves,
    "prepay": _in_parts,
    "holiday": _no_day_off,
    "price_bait": _to_us,
    "school_link": _of_arts,
}


def misread(signal: str, text: str, start: int, end: int) -> bool:
    """Whether the words at a place of a restored text mean something else than the signal they were found for."""
    if of_page(text, start, end):
        return True
    ask = _BY_SIGNAL.get(signal)
    return ask is not None and ask(text, start, end)
