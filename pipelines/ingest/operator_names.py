"""What a business calls itself in a posting: 某某教育咨询有限公司, 小荷学堂 beside 公司名称, 某某培训学校 in the text.

Names of businesses are no personal data and stay readable. Only a registered name (有限公司 …) tells two businesses
apart for certain; a shop's sign (小荷学堂) may hang in many towns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_LABEL = (
    r"(?:公司|机构|单位|企业|学校|商家|店铺|商户|门店|工作室|校区)(?:名称|全称|名)|校名|店名|主办单位|主办方|所属公司|所属机构|"
    r"培训机构|办学机构|机构|公司|商家"
)
_IS_LABEL = re.compile(rf"(?:{_LABEL})\Z")
#: 公司名称：小荷学堂 in running text; a bare 机构 or 公司 there needs a line of its own.
_LABELLED = re.compile(
    r"(?:(?:公司|机构|单位|企业|学校|商家|店铺|商户|门店|工作室)(?:名称|全称)|校名|主办单位|办学机构"
    r"|(?m:^[ \t]*(?:公司|机构|商家)))[ \t]*[:：][ \t]*(?P<name>[^\n\r，,。；;！!？?|/、：:]{2,40})"
)
_CORE = r"[一-鿿A-Za-z0-9·&（）()]"
_REGISTERED = re.compile(
    rf"(?P<name>{_CORE}{{2,30}}?(?:有限责任公司|股份有限公司|有限公司|(?:合伙企业|事务所)(?:（有限合伙）)?))(?!的?法)"
)
_SIGN = (
    r"(?:培训学校|培训中心|教育中心|学习中心|辅导中心|托管中心|托管班|文化课中心|教育培训机构|教育咨询|教育科技|"
    r"商务信息咨询|信息咨询|学堂|书院|学社|书馆|教育集团|教育工作室|学习工作室|学习馆|自习室)"
)
#: A sign in running text stands by itself: at a break, or after a word that introduces a name.
_SIGNED = re.compile(
    rf"(?:^|(?<=[\s，,。；;！!？?：:、【\[（(《“\"｜|~～—])|(?<=我是)|(?<=我们是)|(?<=这里是)|(?<=来自)|(?<=欢迎来到)|(?<=关注))"
    rf"(?P<name>[一-鿿A-Za-z0-9·]{{2,10}}?{_SIGN})"
    rf"(?=$|[\s，,。；;！!？?：:、】\]）)》”\"｜|~～—（(]|招生|开课|秋季|春季|暑期|寒假|欢迎)",
    re.MULTILINE,
)
_REGISTERED_END = re.compile(r"(?:公司|合伙企业|事务所)(?:（有限合伙）)?\Z")
#: What runs into a name from before it when no break parts them. 和 and 及 are not among it: names begin with them.
_BEFORE = re.compile(
    r".*(?:我们是|我是|这里是|来自|欢迎来到|欢迎|关注|隶属于?|属于|加入|选择|我司|公司是|名为|叫做|去过|上过|报了|"
    r"找了?|有?一家|这家|那家|由|在|是|的|与)(?=.{4})"
)
#: Where somebody worked or works is not who offers: 前某公司老师, 曾任职于某公司, 某公司离职.
_ELSEWHERE_BEFORE = re.compile(
    r"(?:^|.*[^一-鿿])(?:前(?![程沿景途锋卫进海])|原(?![野点创色力子]))"
    r"|.*(?:曾在|曾任|任职|就职|供职|离开|不是|不要去|毕业于)[于在]?"
)
_ELSEWHERE_BEHIND = re.compile(
    r"(?:的?(?:在职|资深|骨干|前|原)?(?:老师|名师|教师|讲师|员工)|离职|任教|任职|工作过|出来|跑路|坑|骗)"
)
#: No name of anybody: placeholders, and words for the kind of thing.
_NOBODY = re.compile(
    r"(?:无|暂无|没有|未知|不详|个人|个体|保密|面议|见详情|略|同上|测试|其他|某.*|XX+.*|xx+.*|\*+|[\d\s\-+*]+|"
    r"(?:一家|这家|那家|各|正规|专业|知名|大型|培训|教育|课外|校外|线下|线上|本|该|我们?|这个|优质|各类|其它|附近)*"
    rf"(?:{_SIGN}|机构|公司|有限公司|学校|中心|工作室))\Z"
)
#: Behind a space after a Chinese name stands the next thing (微信, 张老师), never more of the name.
_NEXT = re.compile(r"(?<=[一-鿿）)])\s.*")
_TRIM = " \t　.。·-—_~～:：【[《“\"'"
_MOST = 3


@dataclass(frozen=True, kw_only=True)
class OperatorName:
    """A name, whether it is a registered one, and whether the page says that it is the business's own (公司名称：)."""

    name: str
    registered: bool
    labelled: bool

    @property
    def tells_apart(self) -> bool:
        """Do two postings with this name come from one business? A company merely mentioned may be anybody's."""
        return self.registered and self.labelled


def operator_names(title: str, text: str, fields: Mapping[str, str]) -> tuple[OperatorName, ...]:
    """The names in a posting whose contacts are masked, the page's own labels first, each once, three at most."""
    body = f"{title}\n{text}"
    found: dict[str, OperatorName] = {}
    labelled = [*_of_fields(fields), *(match["name"] for match in _LABELLED.finditer(body))]
    for place, name in enumerate((*labelled, *_of_text(body))):
        clean = _cleaned(name)
        if clean and not any(clean in other for other in found):
            registered = bool(_REGISTERED_END.search(clean))
            found[clean] = OperatorName(name=clean, registered=registered, labelled=place < len(labelled))
    names = sorted(found.values(), key=lambda one: (not one.labelled, not one.registered))
    return tuple(names[:_MOST])


def _of_fields(fields: Mapping[str, str]) -> Iterator[str]:
    for label, value in fields.items():
        if _IS_LABEL.match(label.strip(" :：")):
            yield value.split("\n")[0]


def _of_text(body: str) -> Iterator[str]:
    for pattern in (_REGISTERED, _SIGNED):
        for match in pattern.finditer(body):
            name = match["name"]
            if _ELSEWHERE_BEFORE.match(name) or _ELSEWHERE_BEHIND.match(body, match.end()):
                continue
            name = _BEFORE.sub("", name)
            # 甲有限公司和乙有限公司
            yield name[1:] if name[0] in "和及" and body[match.start() - 1 : match.start()] == "司" else name


def _cleaned(name: str) -> str:
    """The name alone; the empty string when it is none (a placeholder, a number, masked, too long)."""
    flat = _NEXT.sub("", " ".join(name.split()).strip(_TRIM)).strip(_TRIM)
    if flat.startswith(("（", "(")) and not re.search("[）)]", flat):
        flat = flat[1:]
    for closing, opening in (("）", "（"), (")", "("), ("】", "【"), ("》", "《"), ("”", "“")):
        if flat.endswith(closing) and opening not in flat:
            flat = flat[:-1]
    too_odd = not 3 <= len(flat) <= 40 or "*" in flat or len(re.findall(r"[一-鿿A-Za-z]", flat)) < 2
    return "" if too_odd or _NOBODY.match(flat) else flat
