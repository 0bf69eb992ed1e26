"""What a reason for dismissing a lead says of its text, and what it does not.

A model may only learn what the words of a posting can show. 重复线索, 已有证照, 信息过时 or 证据不足 say nothing of
the words; such a dismissal, or one without a reason, teaches nothing. In doubt, nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from classifier.types import AD_FLAGS


@dataclass(frozen=True, kw_only=True)
class Teaching:
    """What a dismissal says for certain; heads are the model's questions."""

    name: str
    #: Questions answered no.
    no: frozenset[str] = frozenset()
    #: Questions answered yes.
    yes: frozenset[str] = frozenset()


_SIGNALS = frozenset(f"signal:{flag}" for flag in AD_FLAGS)

TEACHINGS: Mapping[str, Teaching] = {
    one.name: one
    for one in (
        # It may still offer something else, so its kind is left open.
        Teaching(name="非培训内容", no=frozenset({"academic", "anxiety", "minors"}) | _SIGNALS),
        # An offer of training, but not to minors; which claims it makes is another question.
        Teaching(
            name="成人或职业培训", no=frozenset({"academic", "anxiety", "minors"}), yes=frozenset({"stage:adult"})
        ),
        # Children's classes may still carry unlawful claims.
        Teaching(name="体育艺术等非学科", no=frozenset({"academic"})),
        # Somebody looks for a class, a teacher or a job: which of them is left open.
        Teaching(
            name="求购或求职",
            no=frozenset({"academic", "anxiety", "kind:offer", "kind:article", "kind:other"}) | _SIGNALS,
        ),
        Teaching(
            name="新闻或转述",
            no=frozenset({"academic", "anxiety", "kind:offer", "kind:seek", "kind:jobs", "kind:other"}) | _SIGNALS,
            yes=frozenset({"kind:article"}),
        ),
    )
}
#: Typed reasons: words that name one of the above. More than one named, or any word below: nothing is taught.
_WORDS: Mapping[str, re.Pattern[str]] = {
    "非培训内容": re.compile(r"非培训|不是培训|没有培训|与培训无关|无培训|不涉及培训|卖(?:货|书|教材|设备)|纯商品"),
    "成人或职业培训": re.compile(
        r"成人|成年人|职业(?:培训|技能|资格)|考研|考公|考编|公务员考试|专升本|自考|驾校|大学生"
    ),
    "体育艺术等非学科": re.compile(r"非学科|体育|艺术|美术|舞蹈|音乐|钢琴|书法|围棋|篮球|游泳|编程|科技类"),
    "求购或求职": re.compile(r"求购|求职|求租|找(?:老师|家教)|招聘|招人|求助"),
    "新闻或转述": re.compile(r"新闻|转述|报道|转载|政策(?:宣传|解读)|科普|普法|评论|吐槽"),
}
_SAYS_NOTHING = re.compile(
    r"重复|证照|许可|资质|备案|白名单|合规|合法|过时|过期|失效|已删|删除|下架|停业|关门|不在(?:本|我)|外地|辖区|管辖"
    r"|证据不足|无法核实|查无|已查|已处理|已立案|已整改|整改"
)
#: 不是成人班, 并非艺术类: what is denied is not what is meant; 不是培训 is read before this.
_DENIAL = re.compile(r"(?:不是|并非|不属于|不算|非)(?!培训|学科)")


def teaching_of(reason: str) -> Teaching | None:
    """What a dismissal with this reason teaches; None when it teaches nothing."""
    reason = reason.strip()
    if reason in TEACHINGS:
        return TEACHINGS[reason]
    if not reason or _SAYS_NOTHING.search(reason) or _DENIAL.search(reason.replace("不是培训", "")):
        return None
    named = [name for name, words in _WORDS.items() if words.search(reason)]
    return TEACHINGS[named[0]] if len(named) == 1 else None
