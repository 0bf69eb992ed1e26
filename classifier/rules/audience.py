"""Whom a course is for: said to be for grown-ups, or not for pupils."""

from __future__ import annotations

from collections.abc import Iterator

from classifier.rules.prefilter import gated
from classifier.types import Hit

_GROWN_UPS = gated(
    r"(?:面向|针对|限|招收|只[收招接带]|仅[收招接]|适合|专为|对象[:：]?|专收|服务)[^，,。！!？?\n]{0,8}?(?:成人|成年|在职|上班|职场|已?工作|大学生|大专|专科|本科|研究生|硕士|博士|毕业生|退[役伍]|军人|战士|士兵|社会(?:人员|考生)|中老年|老年|退休|宝妈|主妇|农民工|教师|护士|会计|导游|公务)"
    r"|(?:不[收招接教带]|谢绝|不面向|拒收|别来|概不|没有|不对)[^，,。！!？?\n]{0,8}?(?:中小学生?|中学生|小学生|初中生|高中生|未成年|小孩|孩子|学生党?|k12|弟弟妹妹)"
    r"|(?:年?满|须满|需满)?(?:1[89]|[2-6]\d|十八|二十|三十|四十|五十|六十)[几多]?\s*(?:周?岁)(?:以上|的人|左右|以后|那年|大姐|大哥|阿姨)|(?:上班族|打工人|职场人|在职|工作之余|下班后|成年人|成人)[^，,。！!？?\n]{0,8}?(?:班|学|考|充电|提升|周末|晚)"
)


def find_audience(text: str) -> Iterator[Hit]:
    """Hits named grown_ups."""
    for match in _GROWN_UPS.finditer(text):
        yield Hit(name="grown_ups", start=match.start(), end=match.end())
