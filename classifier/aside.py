"""Words of the lists that speak of something else than the course: a teacher's studies, others' results, a discount.

英语系毕业 teaches no English yet, 前十名报名减200 measures nothing, 隔壁班前十名都在补 is no result of this course.
"""

from __future__ import annotations

import re

from classifier.evidence import clause_around

_END = re.compile(r"[，。！？；,!?;\n]")
_REACH = 40
#: Behind a subject: somebody studied it, or it is a name, a school's or a teacher's at school who says something.
_STUDIED = re.compile(
    r"(?:师范|教育)?(?:系|专业(?=毕业|研究|本科|硕|博|在读|大[一二三四]|学[生士]|的?学[长姐]|出身|[,。!;\s)]|$)|学院|学士|硕士|博士|研究生|本科|大[一二三四]|研[一二三]|科班|专[四八]|[四六]级|出身|奥赛[金银铜]|高考\d)"
    r"|(?:类)?(?:学校|中学|小学|附中|附小)|(?:出版社|名师工作室)"
    r"|(?:任课)?老师(?:说|讲|夸|找|反馈|布置|发|表扬|批评|告诉|打电话|请假|怀孕|很|都|留的)"
)
#: Before a subject: whose studies or former work it was.
_STUDIES = re.compile(
    r"(?:毕业于|就读于?|考入|保送|主修|所学|本科|硕士|博士|退休前|原先?|曾经?|以前|当年)[^，。！？；,!?;\n]{0,8}$"
)
#: 历史悠久, 地理位置, 生物钟, 政治面貌, 听力正常: another matter altogether.
_OTHER_MATTER = re.compile(
    r"历史(?:悠久|上|性|新高|遗留|最|原因)|地理(?:位置|优势)|生物(?:钟|科技|医药|多样)|政治(?:面貌|学习|合格|思想)|化学(?:反应|品|物质)|非学科|听力(?:正常|下降|障碍|受损)"
    r"|口语(?:化|表达流利)|双语(?:幼儿园|学校|园|主持)|分数(?:线|高|低|差)|物理(?:治疗|隔离|距离)|科目\s*[:：]|科目[一二三四](?!门)|课本(?:剧|费)|教材(?:费|另|自)|单科(?:医院|门诊)"
)
#: Results of the teacher's own, or of children who are not taught here.
_SELF = re.compile(r"本人[^。！？!?\n]*$|我(?:是|毕业)[^。！？!?\n]*$")
_OWN = re.compile(
    r"本人|(?<![跟找来])我(?![们家校班校这带教的])|自己|当年|毕业|老师(?:是|当年|高考|曾|均|都|为)|学[长姐](?!带)|教练|师资|任教|教龄|职称|大学(?!生辅)"
)
_OTHERS = re.compile(
    r"别人|人家|隔壁|同桌|同班|同学里|你家|您家|别家|邻居|全班|班里|班上|身边|其他孩子|别的孩子|(?:多数|一半)(?:的?(?:孩子|学生|同学|人))"
)
_HERE = re.compile(
    r"跟(?:我|着?我|他|她|王|李|张|老师)|我们?(?:班|家|校|这|店|带|教)|咱(?:们)?(?:班|家|校|这)|本(?:班|校|机构)|学员|带(?:过|出)?的|教(?:过|出)?的|老生|往[届期]|上[届期]|来(?:时|我|这)"
)
#: Top pupils come here: their rank is their school's.
_COME_HERE = re.compile(
    r"^[^，。！？；,!?;\n]{0,10}?(?:在(?:我|咱|这|补|学|上)|都(?:在|来|报|是我)|来(?:我|咱|这)|报了|参加|上课)"
)
#: A number of first comers, not of ranks.
_QUOTA = re.compile(
    r"(?:报名|缴费|交费|到店|签约|预约|下单|咨询|进店|接龙|留言)(?:的)?$"
    r"|^\s*(?:位|个|名|组)?(?:报名|缴费|交[费钱]|到店|签约|预约|下单|进店|接龙|学员?(?:享|送|免|减)|家长|宝妈|顾客|送|减|优惠|免|立减|享|打?折|赠|另送|加送|半价|再减|返|[,，]?(?:送|减|享|免|立减|半价|优惠))"
)


def clause_of(text: str, start: int, end: int) -> tuple[int, int]:
    """The clause around a stretch, at most some forty characters either side."""
    return clause_around(text, start, end, _END, before=_REACH, after=_REACH)


def no_content(text: str, start: int, end: int) -> bool:
    """Whether a subject's name says what somebody studied, names a school or speaks of another matter."""
    if _STUDIED.match(text[end : end + 12]) or _STUDIES.search(text[max(0, start - 16) : start]):
        return True
    return any(
        match.start() <= start < match.end() for match in _OTHER_MATTER.finditer(text, max(0, start - 1), end + 6)
    )


def no_measure(text: str, start: int, end: int) -> bool:
    """Whether a result is a teacher's own or of others' children, or a rank is a quota of first comers."""
    low, high = clause_of(text, start, end)
    clause = text[low:high]
    first_comers = "前" in text[start:end]
    if first_comers and (_QUOTA.search(text[end : end + 8]) or _QUOTA.search(text[max(0, start - 6) : start])):
        return True
    if _COME_HERE.match(text[end:high]):
        return True
    if _HERE.search(clause):
        return False
    return bool(_SELF.search(text[max(0, low - _REACH) : low])) or bool(_OWN.search(clause) or _OTHERS.search(clause))
