"""Persons a text names that are not who offers: parents, pupils, commenters, authors. What stands in their place keeps
the length, so offsets hold: 王女士 → 某女士, 张**同学 → 某某某同学, 作者：李明 → 作者：某某.

Forms and labels alone are known here; bare names of pupils in running text are masked before anything is stored
(running_names). Whom to call (联系人：王女士, 咨询王女士, 王女士
138****5678) and whom the caller says is the operator's own stays.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pipelines.personal.surnames import GIVEN, NOT_NAMES
from pipelines.personal.surnames import PATTERN as SURNAME

COVER = "某"
_FAMILY = (
    r"同学(?![们会聚录])|小朋友|小同学|妈妈|爸爸|[妈爸](?=[：:，,。！!？?说]|$)|家长|[奶爷外][奶爷婆]|宝[贝宝](?!们)"
)
_POLITE = r"女士|先生|小姐|阿姨|叔叔|太太|大姐|大哥"
#: Where a name may begin: at a break, or behind a word that introduces somebody.
_BEGINS = (
    r"(?:(?<![\w*])|(?<=[的和给跟与请问让对像是被位加找])|"
    r"(?<=恭喜|祝贺|学员|学生|家长|网友|客户|比如|例如|感谢|评论|回复|咨询|联系|致电|预约))"
)
_TITLED = re.compile(
    rf"{_BEGINS}(?P<name>{NOT_NAMES}(?!白天|温馨|严重){SURNAME}(?:{GIVEN}|\*{{1,2}})??)(?P<title>{_FAMILY}|{_POLITE})"
)
#: Surnames that are everyday words too: only at a break, right before a title.
_RARE = re.compile(
    rf"(?<![\w*])(?P<name>[高方于万安史常文武金江伍乔齐甘祝童丛左包兰花支华荣])(?P<title>{_FAMILY}|{_POLITE})"
)
#: 小明妈妈, 朵朵家长.
_PET = re.compile(
    rf"{_BEGINS}(?P<name>小(?![学班组升初中高朋同伙区孩宝])[\u4e00-\u9fff]{{1,2}}?|"
    rf"(?P<twice>(?![爸妈奶爷哥姐弟妹宝家人个天常往偷每])[\u4e00-\u9fff])(?P=twice))(?P<title>{_FAMILY})"
)
_VALUE = r"[^\s，,。；;:：|！!？?（()）【】\[\]/“”\"]{1,12}"
#: Labels that only a name follows.
_LABELLED = re.compile(
    r"(?:作者|责任编辑|责编|编辑|记者|通讯员|(?:评论|回复|留言|点评|跟帖|咨询)[人者]|买家(?:昵称)?|"
    rf"(?:学员|学生|孩子|宝宝|考生|家长|网友|买家|用户)(?:的?(?:姓名|名字|昵称|称呼|网名)))"
    rf"[ \t]*[:：][ \t]*(?P<name>{_VALUE})"
)
#: Labels that a sentence may follow too: only what looks like a whole name.
_LOOSE = re.compile(
    rf"(?:学员|学生|孩子|考生|家长|网友)[ \t]*[:：][ \t]*(?P<name>{NOT_NAMES}{SURNAME}(?:{GIVEN}|\*{{1,2}}))"
    r"(?=[\s，,。；;！!？?（(]|$)"
)
_QUOTED_USER = re.compile(r"(?:网友|用户)[“\"「@](?P<name>[^\s，,。”\"」]{1,12})[”\"」]?")
#: No person: nobody, or the name of a business.
_NOBODY = re.compile(
    r"匿名.*|游客.*|网友|用户\d*|会员|管理员|admin|本站|原创|佚名|不详|无|未知|官方|小编|本人|\*+|某+|"
    r".*(?:公司|机构|学校|中心|教育|学堂|网|报社?|日报|平台|编辑部)"
)
_WHOLE_NAME = re.compile(rf"{SURNAME}(?:[\u4e00-\u9fff]|\*){{1,2}}")
#: Whom to call.
_CALL_BEFORE = re.compile(
    r"(?:联系人|联系方式|联系|负责人|发布人|发布者|发帖人|楼主|称呼|教员|(?<!学员)(?<!学生)(?<!家长)(?<!孩子)姓名|店主|咨询|致电|拨打|电话|手机|微信|加|找|预约|报名)"
    r"[：:，,\s是为请]{0,4}\Z"
)
_CALL_BEHIND = re.compile(r"[ \t:：,，（(]{0,3}(?:电话|手机|微信|V信|QQ|1[\d*]{6}|\d{3,4}[-*])", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class ThirdPerson:
    """What is to be covered wherever it stands, and what stands in its place, of the same length."""

    words: str
    covered: str
    #: By what it was known: 称呼 or 栏目.
    why: str


def third_persons(text: str, own: Collection[str] = ()) -> tuple[ThirdPerson, ...]:
    """Each once, the longest first. `own`: what the operator is called; nothing that is part of one is covered."""
    found: dict[str, ThirdPerson] = {}
    callable_ = set(_to_call(text))
    for words, name, why in _candidates(text):
        if words in callable_ or any(words in one or name in one for one in own):
            continue
        cover = COVER * len(name)
        found.setdefault(words, ThirdPerson(words=words, covered=words.replace(name, cover), why=why))
        if why == "栏目" and (len(name) > 2 or _WHOLE_NAME.fullmatch(name)):
            found.setdefault(name, ThirdPerson(words=name, covered=cover, why=why))
    return tuple(sorted(found.values(), key=lambda one: (-len(one.words), one.words)))


def cover(text: str, persons: Collection[ThirdPerson]) -> str:
    """The text with all of them covered; same length in code points."""
    for one in persons:
        text = text.replace(one.words, one.covered)
    return text


def _candidates(text: str) -> Iterator[tuple[str, str, str]]:
    """Words as they stand, the name among them, by what it was known."""
    for pattern in (_TITLED, _RARE, _PET):
        for match in pattern.finditer(text):
            yield match["name"] + match["title"], match["name"], "称呼"
    for pattern in (_LABELLED, _LOOSE, _QUOTED_USER):
        for match in pattern.finditer(text):
            if not _NOBODY.fullmatch(match["name"]):
                yield match[0], match["name"], "栏目"


def _to_call(text: str) -> Iterator[str]:
    for match in (*_TITLED.finditer(text), *_RARE.finditer(text)):
        polite = re.fullmatch(_POLITE, match["title"])
        before, behind = text[max(0, match.start() - 10) : match.start()], text[match.end() : match.end() + 12]
        if polite and (_CALL_BEFORE.search(before) or _CALL_BEHIND.match(behind)):
            yield match["name"] + match["title"]
