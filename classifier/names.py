"""Names of people that sound or look like words of schooling: 李书学, 老孙, 新娘余雯. They stay as they are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from classifier.hidden import NUMERALS, hidden

#: The commonest, by which people call one another: 小孙, 老许.
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹"
    "薛闫段雷龙黎史陶贺毛郝顾龚邵万钱严覃武戴莫孔向汤常温康施牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧阳管柴蒙鲍华喻祁蒲房滕屈饶"
)  # fmt: skip
_HAN = "[\u4e00-\u9fff]"
_SURNAME = f"[{''.join(sorted(SURNAMES))}]"


def _one_of(words: str) -> str:
    return "|".join(words.split())


#: Before a name: nothing, a mark, a word that joins names or says who people are.
_BEFORE = re.compile(rf"(?:^|[^\u4e00-\u9fff]|[和与及跟叫是请位名郎娘者主员友人长]|{_one_of('同学 老师 教练 师傅')})$")
_TITLES = _one_of("女士 先生 同志 同学 律师 医生 大夫 教授 导演 总经理 总监 团队")
_TITLE = re.compile(_TITLES)
#: Behind one: the same, a title, or what people are said to do.
_AFTER = re.compile(
    rf"$|[^\u4e00-\u9fff]|[和与及跟]|等人|[两三四五几]位|{_TITLES}|"
    + _one_of("老师 当选 获 主演 出生 代表 参加 参赛 出席 已 表示")
)
#: Before a name of two characters only: where names are told, and offices people hold.
_ROLES = _one_of("新郎 新娘 名叫 叫 叫做 姓名 名字 作者 主演 歌手 选手 嘉宾 主持人 编剧 摄影 作词 作曲")
_TOLD = re.compile(rf"(?:{_ROLES})[:\s]{{0,2}}$")
_OFFICE = re.compile(f"(?:{_one_of('校长 主任 负责人 代表 队长 会长 经理 教授 导演 作者 演员 记者 局长 书记 主席')})$")
#: 周三 is no name.
_NO_DAY = f"(?![{''.join(sorted(NUMERALS))}日天末年级])"
#: What stands next to it in a list, when that may be a name.
_LISTED_BEFORE = re.compile(rf"({_SURNAME}{_NO_DAY}{_HAN}{{1,2}})[、,\s和]{{1,2}}$")
_LISTED_AFTER = re.compile(rf"[、,\s和]{{1,2}}({_SURNAME}{_NO_DAY}{_HAN}{{1,2}})")

#: Whether a stretch holds a word of the lexicon as it stands.
Known = Callable[[int, int], bool]


def asks_or_calls(text: str, word: str, start: int, wrong: Sequence[int], known: Known) -> bool:
    """几年级 asks for the number (三年几 is a misspelt 级); 小孙 and 老孙, 李书学 are how people are called."""
    if any(text[at] == "几" and word[at - start] in NUMERALS for at in wrong):
        return True
    if len(word) != 2:
        return False
    called = wrong == [start + 1] and text[start] in "小老阿" and text[start + 1] in SURNAMES
    return called or _named(text, start, word, wrong, known)


def calls_a_teacher(text: str, word: str, start: int) -> bool:
    """杨ls, 李LS: a surname before the letters."""
    return word == "老师" and start > 0 and text[start - 1] in SURNAMES


def _named(text: str, start: int, word: str, wrong: Sequence[int], known: Known) -> bool:
    """李书学: two characters behind a surname; 新娘余雯: a surname and one, where it is told or listed among names."""
    end = start + 2
    surname_before = start > 0 and text[start - 1] in SURNAMES
    if surname_before and _AFTER.match(text, end) and _BEFORE.search(text[max(0, start - 4) : start - 1]):
        return True
    if text[start] not in SURNAMES or start not in wrong:
        return False
    before = text[max(0, start - 6) : start]
    if _TITLE.match(text, end) or _OFFICE.search(before):
        return True
    if not _AFTER.match(text, end):
        return False
    if _TOLD.search(before) or (word in hidden().subjects and before.endswith("老师")):
        return True
    return _listed(text, start, end, known)


def _listed(text: str, start: int, end: int, known: Known) -> bool:
    """Whether the one before or behind in a list is a name and no word of schooling."""
    low = max(0, start - 5)
    before, behind = _LISTED_BEFORE.search(text[low:start]), _LISTED_AFTER.match(text, end)
    return (before is not None and not known(low + before.start(1), low + before.end(1))) or (
        behind is not None and not known(behind.start(1), behind.end(1))
    )
