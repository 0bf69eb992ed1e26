# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""Where a text says under which name, at which place or by which means it teaches (article 18's forms)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from classifier.atoms import atoms_of
from classifier.clauses import SHORT_CLAUSE, in_clauses
from classifier.document import Document
from classifier.evidence import Place, distinct, taken_back

#: Places where people live or lodge, said to be where lessons are, and teachers who come to them.
DWELLING = re.compile(
    r"(?:喺|嚟|来|去|到|过|在)[^，。,]{0,3}屋企|居民[楼区]|住宅[楼区]|民[房宅]|家属[楼院区]|(?:单元|号楼|栋)\s*\d{3,4}|出租屋|出租房|客厅|(?:我|自己|自|你|您)家的?书房|堂屋"
    r"|(?:可以?|能|也可|也能|接受|支持|提供|均可|都?可)\s*上门|上门(?:一对一|家教|辅导|陪|补|教|授课|讲|小学|初中|高中|\d|[一二三]|到|(?=[,，。;(（/]|$))"
    r"|(?:老师|教员|家教|学[长姐]|姐姐|管家|名师|顾问)\s*(?:可)?(?:上门|到家|到府|入户|登门)|(?<![点能才没刚回快送])到(?:您|你|孩子|学生)?(?:府上|家里|家)(?!长|庭|常|乡|访|且|了)"
    r"|来我家(?!长|族|乡)|[去来](?:您|你|我|老师|学生|孩子|他|她)(?:的)?家(?:里|学|上|补|坐|也|,|。|都|教|带|陪|写)"
    r"|(?:我|自己|老师|自)(?:的)?家(?:里)?(?:上课|上|开班|教|补|带|收|餐桌|小桌|地下室|客厅|书房|楼下|这边)|(?:就?在|老师)家(?:里)?(?:带|收|教|补|开|上|辅导)"
    r"|家里(?:小桌|小课|上|坐|带|收|隔|一间小?书房)|家(?:里|中)(?:授课|开课|开班|补课|讲课|教学|辅导)|[餐饭]桌(?:上|边|旁)(?:带|讲|教|补|给)|屋企(?:教|补|上堂|睇功课)|(?<!回)(?<!现)在家(?:里|中)?(?:教|补|讲|授|辅|收(?!拾))|"
    r"家教(?!育|具|风|严|好|网|中心)|住家(?!附近)|咖啡[馆店厅]|酒店|宾馆|茶[楼馆室]"
)
#: Lessons themselves said to be in a home: no head need agree.
LESSONS_AT_HOME = re.compile(
    r"[餐饭]桌(?:上|边|旁)(?:带|讲|教|补|给)(?!训|育|养)|(?:喺|在|去|来|到|过)(?:我|你|佢|您)?(?:哋)?屋企(?:教|补|上堂|睇)|(?:老师|我|自己|自)?家(?:里|中)(?:授课|上课|开课|开班|补课|小课)|来我家(?:上课|补课|学习|写作业)|(?<!回)(?<!现)(?<!不)在(?:我|自己|自|老师)?家(?:里|中)?(?:授课|上课|教学|补课|开班|开设|办班|设班|开小班|带学生|收学生|辅导(?!孩子的?作业))"
    r"|(?:可以?|能|接受|支持|提供)上门(?:辅导|授课|补课|教|[,，。;]|$)|上门(?:家教|辅导|授课|补课|一对一)|到(?:您|你|学生)家(?:里)?(?:上课|授课|辅导|补)"
)
#: Tutoring, which says nothing of the place by itself: it may count, it is not quoted.
_NO_PLACE = re.compile(r"家教|无门头|没(?:挂)?(?:牌子|招牌|门头)|没有门面|不挂牌|茶[楼馆室](?=[。.!！\"”])")
#: More of them, which alone would not make a cover of it: 在家做数学, 家中授课, 自家院里, 张老师家.
_HOME = re.compile(
    rf"{DWELLING.pattern}|(?:我|自|自己|老师|本人)?家(?:里|中)(?:授课|开课|开班|补课|讲课|教学|上课|辅导|客厅|书房|小班)|(?<!回)(?<!不)(?<!现)在(?:我|自己|自|本人|老师)?家(?:里|中)?(?=做|带|教|补|讲|开|上|收|授|辅|写|学)"
    r"|[来到]我家|(?:可|能|直接)?来家里?(?=学|上|补|写|坐|带|辅)|(?:学生|孩子)家(?:里)?(?=或|/|、|和|上|都|也|[,，。;；]|$)|[餐饭]桌(?:上|边|旁)?(?=写|做|上课|带|讲|教|补|学|刷)|[我自]家(?:的)?[餐饭]桌|[在来去过到喺](?:我|你|佢|您)?(?:哋)?屋企|自家(?:院|客厅|书房|餐桌|车库|屋)|[一-龥]老师家(?!长|访|教|庭)|上门|到(?:你|您|孩子|学生)家|府上|入户|别墅|公寓|宿舍|民宿|车库|阁楼|地下室|我屋|屋里|ktv|包[间厢]|小区(?:里|内|\S{0,4}(?:栋|单元|教|上课|开班))|无门头|没(?:挂)?(?:牌子|招牌|门头)|没有门面|不挂牌"
)
_SAID: Mapping[str, re.Pattern[str]] = {
    "online": re.compile(r"线上(?:\S{1,2}课|辅导|教学|伴学|答疑|一对一|自习)?|网课|(?:双师)?直播(?!间|带货)(?:大?小?课)?|录播课?|腾讯会议|钉钉|会议号|微信群|进群|入群|群里|语音(?:讲|课|答|条)|云(?:课堂|自习)|空中课堂|网校|网上(?:课|上|讲|教|辅)|连麦|开麦|连线|远程|视频(?:课|讲|一对一|连线|号)?|小程序|(?<![a-z])app(?![a-z])|隔着?屏|共享屏幕|打卡群|回放|在线(?!等|客服|上(?!课))|上线课|腾讯课堂|听课链接|双师"),
    "home": _HOME,
    "care": re.compile(r"托管(?:班|中心)?|[晚午日全半暑寒小]托(?:班|管)?|托[辅班]|晚辅(?:导|班)?|作业(?:班|吧|辅导|管家)|小饭桌|小餐桌|(?:ai|智能|共享|智慧)?自习(?:室|舱|吧)?|学习空间|成长(?:中心|驿站)|邻里空间|放学(?:后)?(?:直接)?(?:接|来)|接(?:送|孩子|娃)|管(?:吃|饭|住|作业|午饭|晚饭|中午饭)|看护|(?:辅导|陪|看|盯|管|检查)(?:孩子|着)?(?:写|做)?作业|写作业|寄宿|课后(?:服务|班)|四点半|晚自习"),
    "camp": re.compile(r"(?:[冬夏]令|训练|集训|特训|学霸|成长|封闭|国学|提分|逆袭|暑期|寒假|学习|诗词|半日|日|游学|双语)?营(?!业|养|销|收|运|造)|研学(?:旅行)?|游学|(?:封闭)?集训"),
    "thinking": re.compile(r"(?:数学|逻辑|数理)?思维(?:训练|拓展|馆|班|课)?|素[质养](?:拓展|课|班)?|竞赛(?:班)?|杯赛|奥数|编程|信息学|机器人|[全超右]脑|脑力|专注力|记忆[力法]?|数感|逻辑|潜能|启蒙|学习力|速算|珠心算|创客|科创|益智"),
    "culture": re.compile(r"国学|文化传播|读书会|阅读(?:写作|与表达|课|班|馆|空间|素养|营|会员|俱乐部|工坊|小组)|(?:悦|大|整本书|海量|绘本|亲子|英文|分级|原版)阅?读(?!理解)|书[院房屋社]|研习社?|(?:经典)?诵读|口才|演讲|小?主持|朗诵|文学社|写作(?:课|班|营|坊|工坊|小院|工作室|馆|社)|戏剧|书法|(?:古诗词?|诗词)文?(?:营|课|会|社|班|大会|诵)|绘本馆?|作文(?:馆|坊|工坊|屋|俱乐部|工作室|营)|大语文|读写(?:营|馆|坊|社)|领读|文化(?:工作室|馆)"),
    "consulting": re.compile(r"(?:教育|学业|升学|学习|志愿|个性化)(?:咨询|规划|诊断)|咨询(?:公司|中心|服务|师|室|机构)|规划(?:师|中心|课|营|服务|工作室)?(?!局|路)|诊断(?!卷)|升学指导|志愿填报|填报|选科|(?:学业|学习|成长)?(?:顾问|导师)|自主招生|自招|综评|强基|择校|学情分析|测评|学能"),
    "domestic": re.compile(r"家政|住家(?:教师|老师|姐姐|陪伴)?|家庭教师|(?:家庭|学习|成长|高知)?陪伴[师官]?|伴[读学]师?|陪[读学]师?|(?:学习|教育|家庭)?管家|育儿师?|保姆|阿姨|雇主|上户"),
    "crowdfund": re.compile(r"众筹|私教|拼(?:班|课|师|单|团|老师|饭)?|凑(?:班|人|一|齐|够|\d)?|[几两三四]家(?:一起|合请|合伙)|合请|(?:均|平|分)摊|aa|搭子|成团|[攒组]班|差[一二两三四几\d](?:个|人|家|位)|还差|接龙|人满"),
    "family_edu": re.compile(r"家庭(?:教育|成长)(?:指导师?|顾问|陪伴)?|亲子|内驱力|学习动力|叛逆|厌学|(?:学习)?习惯(?:养成)?|陪跑|父母课堂|家长课堂|智慧父母|自驱力"),
    "product": re.compile(r"学习机|平板|教辅|资料(?:包)?|软件|会员(?!价)|学习卡|点读笔|题库|错题本|笔记(?!本)|(?<![a-z])ai|配套(?:视频|课)|[送赠]课|讲义|买[一-龥]{1,3}送|视频|系统|答疑"),
}  # fmt: skip


#: A bus stop, a school or a road named so, a printed book, another firm's: 书院公交站, 作文集, 研学基地路.
_OF_ANOTHER = re.compile(
    r"(?:公交|地铁|路口|楼[上下](?!上课)|旁边?|对面|隔壁|斜对|街道|小区(?!里|内)|[路街巷站桥](?![上边里过])|[集选](?=[,，。(（、\s]|$)|代表|[费钱](?:另|自)|(?:请)?(?:回家|自备))"
)
_BEFORE = re.compile(r"(?:公交|地铁|毕业于?|就读于?|以前在|之前在|原先在|去年报的?那?个?)[^,，。]{0,4}$")


#: A flat by its number alone.
_DOOR = re.compile(r"(?:单元|号楼|栋)\s*\d{3,4}")
#: Longer words than these are phrases, whose edges their patterns see to.
_SHORT = 3


def _cut_out(text: str, start: int, end: int) -> bool:
    """Whether a word is cut out of others: 客厅 out of 会客厅, 在线 out of 老师在线上."""
    # 在|线上, which the segmenter cuts 在线|上; 家里上, whose pattern ends within 上课
    if end - start > _SHORT or text[start:end] == "线上" or "家里" in text[start:end]:
        return False
    atoms = atoms_of(text)
    return atoms.splits_word(start, end) or atoms.ends_word(start, end)


def _addressed(text: str, place: Place) -> Place:
    """A door with the house it belongs to: 栋 503 is shown as 河西广场副楼栋 503."""
    if not _DOOR.match(text, *place):
        return place
    return in_clauses(text, [place], longest=SHORT_CLAUSE)[0]


def form_places(doc: Document, covers: Sequence[str]) -> dict[str, tuple[Place, ...]]:
    """Of the covers given those that the text says, each with its words, at most two; in the order given."""
    found: dict[str, tuple[Place, ...]] = {}
    for cover in covers:
        if (pattern := _SAID.get(cover)) is None:
            continue
        places = [
            (m.start(), m.end() - (m[0][-1] in ",，。;(（/"))
            for m in pattern.finditer(doc.text)
            if not taken_back(doc.text, *m.span())
            and not (cover == "home" and _NO_PLACE.fullmatch(m[0]))
            and not _cut_out(doc.text, *m.span())
            and not _OF_ANOTHER.match(doc.text, m.end())
            and not _BEFORE.search(doc.text[max(0, m.start() - 8) : m.start()])
        ]
        places = [_addressed(doc.text, place) for place in places]
        if places:
            found[cover] = distinct(doc.text, places, 2)
    return found
