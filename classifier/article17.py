# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""Article 17's three elements of 擅自举办 (place, staff, organisation): what the text itself shows of them.

None of the three can be denied from a text: an element is seen (True, with its words) or not to be seen (None).
Homes, hotels and cafés are article 18's places, chat groups and meeting rooms its means; they are no element here.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from classifier.clauses import CLAUSE_END
from classifier.document import Document
from classifier.elements import owned
from classifier.evidence import Place, clause_around, distinct, find, lists, taken_back, within_lines
from classifier.rules.numbers import NUMBER, to_number

#: A clause is looked for so far either side; without a sign in that reach a text is no sentence.
_FAR = 200
ELEMENTS = ("place", "staff", "organisation")
#: Premises that are a home or a public house, and places of ordinary schools.
_NO_PREMISES = re.compile(
    r"居民楼|住宅|民房|民宅|家属[院楼]|单元|客厅|书房|卧室|我家|家里|家中|上门|到家|入户|酒店|宾馆|咖啡|茶[楼室馆]|包[间厢]|出租屋|宿舍"
    r"|腾讯会议|钉钉|微信群|进群|群里"
)
#: What a field of a classified names beyond a district: a street, a building, something to stand beside.
_SPOT = r"(?:路|街|巷|道|号|楼|层|栋|幢|座|厦|城(?![区关东西南北])|场|广场|园|苑|里(?!面)|坊|村|镇|站|桥|口|旁|附近|对面|对过|隔壁|楼下|门店|校区|中心|店|馆|院)"
_FIELD = r"(?:(?:上课|授课|培训|教学|办学|机构|校区|门店|详细|所在|总校|本校)?(?:地址|校址|地点|位置|区域)|所在地(?:区|址)?|坐标|地标|商圈|门店|校区)"
_ADDRESS = re.compile(
    rf"(?<![服务上门]){_FIELD}\s*[:：]\s*(?=[^，,。！!\n]{{0,28}}{_SPOT})[^，,。！!\n]{{3,30}}"
    rf"|(?:地址|校址)\s*(?=[\u4e00-\u9fff])(?=[^，,。！!\n]{{0,20}}{_SPOT})[^，,。！!；;\n]{{4,30}}"
    r"|[一-鿿]{1,6}(?:路|街|大道|巷)\s*\d{1,4}\s*号[^，,。！!\n]{0,12}"
    r"|[一-鿿]{2,8}(?:大厦|广场|商场|写字楼|商务楼|商业街|商城|购物中心)[^，,。！!\n]{0,4}(?:\d{1,2}|[一二三四五六七八九十]+)\s*(?:楼|层|号铺|室)"
)
#: Premises by their kind, rented rooms and what stands beside them.
_PREMISES = re.compile(
    r"租(?:了|下|来)?(?:[一几两三间套个栋层]{1,3})?的?(?:房子|民?屋|门面|铺面|商铺|写字楼|场地|办公室|会议室)(?:里|内)?|(?:商铺|门面|铺面|沿街(?:商铺|门面)|临街(?:商铺|门面)|底商)(?:[一二三四五\d]{1,2}[楼层]|里|内)|会所(?:里|内|[一二三四五\d]{1,2}[楼层])"
    r"|(?<![卖租售])(?:补习点|辅导点|授课点|培训点|教学点)|(?:[在到来于]|坐标|位于|地址)[一-龥]{1,6}?(?:广场|[天文妈][后昌祖][宫庙]|祠堂|[宫庙祠]|菜场|市场|车站|医院|影院|超市|药店|银行|邮局|派出所)(?:旁边?|边上|附近|对面|后面|隔壁|门口|[一二三四五\d]{1,2}[楼层])"
    r"|(?:^|[\s,，。!！;；:：(（])[一-龥]{2,5}(?:广场|[天文妈][后昌祖][宫庙]|祠堂)(?:旁边?|边上|附近|对面|后面|隔壁|门口|[一二三四五\d]{1,2}[楼层])?(?=[\s,，。!！;；)）]|$)"
)
#: Who teaches or answers for it, by name or post: 龚老师主讲, 小吕(本地负责人), 园长奶奶亲自看.
_BY_NAME = re.compile(
    r"(?<![找请问跟像比])(?<![一-龥])(?![一-龥]老师亲自)(?!(?:学校|我们|你们|别的|这位|那位|班里|家教|任课|语文|数学|英语|物理|所有|每个|各科|退休)老师)[一-龥]{1,2}老师(?:[一-龥]{0,2})?(?:主讲|亲自(?:带|教|讲|授课|上课)?|亲授|授课|执教|掌勺|坐镇|带班|一手带|全程带)"
    r"|(?:[园校馆院店]长|主理人|创始人|负责人|在职(?:老师|教师)|骨干(?:老师|教师)|名师)(?:妈妈|爸爸|老师|本人)?(?:亲自|亲身|一手|全程)?(?:主讲|带班|授课|执教|坐镇|亲自|带(?!来|动|走|着))"
    r"|(?<![一-龥])(?:小|老|阿)?[一-龥]{1,3}[(（][^)）\n]{0,5}(?:负责人|主理人|教务|主讲|店长|校长|助教)[)）]"
)
#: Whoever runs it, under a label or by a name for a workshop: 机构:晨光, 豆苗工坊.
_RUN_AS = re.compile(
    r"(?:机构|品牌|主办(?:方|单位)?|承办(?:方|单位)?)(?:名称)?\s*[:：]\s*(?!个人|无|私人|不限|本人|家教)[一-龥a-z]{2,12}"
    r"|(?:^|[\s,，。!！;；:：(（【])(?!一个|这个|那个|我们|你们|各种|手工|每个)(?![一-龥]{0,4}[楼层街路铺])[一-龥]{2,4}(?:工坊|学坊|补习点|辅导点|补习社|补习班)(?=[\s,，。!！;；:：)）】招开秋春寒暑]|$)"
)
#: Told only in private: no place is said.
_NOT_SAID = re.compile(r"见面(?:告知|说)|私信|私聊|面议|另行|保密|不便|加微信|报名后|单独发|待定|同上|无")
#: A pupil's own classroom, a school's: 学校教室, 教室里坐了五十人.
_NOT_OURS = re.compile(r"(?:学校|校内|班主任|别人|公立)[^，,。]{0,4}教室|教室(?:后面|外|监控)|窗外")
_STAFF = re.compile(
    rf"({NUMBER})[ \t]*(?:多|余|来)?[ \t]*(?:名|位|个)[ \t]*(?:[^，,。！!？?\n名位个]{{0,8}}?)(?:老师|教师(?!资格|证|节)|讲师|教员|名师|外教|助教|教练|主讲)"
    rf"(?:[ \t]*[加和及与+][ \t]*(?:{NUMBER})[ \t]*[名位个][ \t]*(?:老师|助教|班主任|教练|外教))?"
    rf"|(?:老师|教师|讲师|名师|助教|教练)[ \t]*(?:共|有|都?是|达|[:：])?[ \t]*({NUMBER})[ \t]*(?:多|余|来)?[ \t]*[名位](?![额学])"
)
_NAMED_STAFF = re.compile(
    r"(?:语文|数学|英语|物理|化学|生物|历史|地理|政治|道法|主讲|助教|班主任)?(?<![一-鿿])?([一-鿿])老师"
)
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
#: A name of an undertaking: 启明教育, 博学培训学校, 某某教育咨询有限公司; schools that pupils attend are none.
_NAMED = re.compile(
    r"[一-鿿a-z]{2,10}?(?:教育科技|教育咨询|文化传播|教育)?(?:有限公司|培训学校|培训中心|教育中心|辅导中心|学习中心|补习学校|文化学校|教育机构|教育集团)"
    r"|【[^】\n]{0,8}?(?:[一-鿿]{2,6}|[x*]{1,3})(?:教育|学堂|书院|学苑|学社|课堂)[^】\n]{0,6}】"
    r"|(?:^|[\s，,。！!：:【（(#])(?:[一-鿿]{2,5}|[x*]{1,3})(?:教育|学堂|书院|学苑|学社)(?=$|[\s，,。！!：:】）)#·]|[秋春寒暑招开初高小])"
)
_ORDINARY = re.compile(
    r"(?:教育部|教育局|家庭教育|素质教育|义务教育|教育教学|学前教育|中小学教育|艺术教育|继续教育|体育教育|应试教育|学校教育|重视教育|关注教育|我们教育|为了教育|早期教育|幼儿教育|高等教育|个性化教育|精英教育|家长学堂|父母学堂|家长课堂|在线教育)】?$"
)
#: Where somebody was once, or another's: 以前在外地培训学校, 去过的补习学校.
_ELSEWHERE = re.compile(
    r"(?:以前|之前|曾经?|原来?|别的|其他|任何|某|一些|各种|不是|比起?|超过|普通|外面|本市|外地|进过|换过)[^，,。\n]{0,6}$|^(?:以前|之前|曾|原|不是|别的|其他|本市|外地|外面|普通|比)"
)
#: A school's own people are not the undertaking's: 学校班主任, 校长推荐.
_SCHOOL_PEOPLE = re.compile(
    r"(?:学校|校内|小学|中学|幼儿园|孩子|[一二三四五六七八九]中|原|前|副|当过|做过|退休|学校里?的|班里)[^，,。\n]{0,3}$"
)
_POST = re.compile(r"^(?:推荐|退休|出身|说|点名|打电话|批评|表扬|找|布置|要求|经验|岗|一职)")


def read_article17(doc: Document) -> dict[str, tuple[Place, ...]]:
    """Element → places in the restored text, () where nothing is to be seen; whoever it is about."""
    text = doc.text
    found = {"place": _place(text), "staff": _staff(text), "organisation": _organisation(text)}
    return {name: distinct(text, within_lines(text, owned(name, text, found[name]))) for name in ELEMENTS}


def nothing_seen() -> dict[str, tuple[Place, ...]]:
    """The table of a text that offers no training to minors."""
    return dict.fromkeys(ELEMENTS, ())


def _clause(text: str, start: int, end: int) -> str:
    return text[slice(*clause_around(text, start, end, CLAUSE_END, before=_FAR, after=_FAR))]


def _place(text: str) -> Iterator[Place]:
    words = lists()["place"]
    for start, end in [
        *find(text, words["plain"]),
        *(_trim(text, *m.span()) for kind in (_ADDRESS, _PREMISES) for m in kind.finditer(text)),
    ]:
        clause = _clause(text, start, end)
        if _NO_PREMISES.search(clause) or _NOT_SAID.search(text[start:end]) or _NOT_OURS.search(clause):
            continue
        if not taken_back(text, start, end):
            yield start, end
    for start, end in find(text, words["online"]):
        if not _NO_PREMISES.search(_clause(text, start, end)):
            yield start, end


def _staff(text: str) -> Iterator[Place]:
    yield from find(text, lists()["staff"]["plain"])
    yield from (m.span() for m in _BY_NAME.finditer(text) if not taken_back(text, *m.span()))
    for match in _STAFF.finditer(text):
        number = to_number(match.group(1) or match.group(2))
        if number is not None and 2 <= number < 10_000 and not taken_back(text, *match.span()):
            yield match.span()
    named = [m for m in _NAMED_STAFF.finditer(text) if m.group(1) in _SURNAMES]
    if len({m.group(1) for m in named}) >= 2:
        yield from ((m.start(1), m.end()) for m in named)


def _organisation(text: str) -> Iterator[Place]:
    for match in itertools.chain(_NAMED.finditer(text), _RUN_AS.finditer(text)):
        start, end = _trim(text, *match.span())
        words = text[start:end]
        if (
            not _ORDINARY.search(words)
            and not _ELSEWHERE.search(words)
            and not _ELSEWHERE.search(text[max(0, start - 8) : start])
            and not taken_back(text, start, end)
        ):
            yield start, end
    plain = [place for place in find(text, lists()["organisation"]["plain"]) if not _of_school(text, *place)]
    yield from plain
    roles = [place for place in find(text, lists()["organisation"]["roles"]) if not _of_school(text, *place)]
    if len({text[slice(*place)] for place in roles}) >= 2:  # one is a person, two divide the work
        yield from roles


def _of_school(text: str, start: int, end: int) -> bool:
    """Whether these are a school's people or department, or somebody's former post."""
    return bool(_SCHOOL_PEOPLE.search(text[max(0, start - 8) : start]) or _POST.match(text[end : end + 6]))


def _trim(text: str, start: int, end: int) -> Place:
    while start < end and text[start] in " \n，,。！!：:（(#【":
        start += 1
    while end > start and text[end - 1] in " \n】":
        end -= 1
    return start, end
