# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""Clauses that frighten: what an anxiety finding quotes, and what lowers how sure the model must be of one.

A frame of rules/fear_frames is one for sure. Beside it stand quieter sentences, which frighten only because of whom
they speak to and what they hold before him: 您家的还在那十四个里吗, 他落下的不是一节课. A clause about who teaches,
what it costs or when it is frightens nobody, however loudly the model reads it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from classifier.atoms import merge
from classifier.document import Document
from classifier.evidence import Place, within_lines
from classifier.rules.fear_frames import SURE

#: Comfort and denial: 我们不贩卖焦虑, 别焦虑.
_COMFORT = re.compile(
    r"(?:不|别|拒绝|告别|停止|远离|从不|莫)(?:再|要|必|用)?(?:贩卖|制造|渲染|传播|散播)?(?:焦虑|内卷|慌|怕|着急|担心)|(?:真的|还|都|是)有救(?![吗么没？?])|还?(?<!不)(?<!没)来得及(?![吗么？?])|静待花开|不追求|不比|不排名|(?:不|从不|绝不|不会|不想)(?:跟|对|给|和|向)(?:您|你|家长|大家)们?[^，。\n]{0,3}(?:说|讲|喊|提|写)"
)
_CLAUSE = re.compile(r"[^，。！？；,.!?;\n~、|]+")
#: Characters set apart by single blanks, and so many of them as are no accident.
_APART = re.compile(r"[^\s\da-z] (?=[^\s\da-z])")
_SET_WIDE = 12
#: A clause as short as this says nothing without the one before.
_SHORT = 5
#: A clause with the question mark or the next breath that makes it one.
_BREATH = re.compile(r"[^。！？；!?;\n|]+[？?]?")
_CHILD = r"(?:孩子|娃儿?|宝贝|宝宝|小孩|崽|伢子?|闺女|儿子|女儿|同学)"
_THREAT = re.compile(
    # nobody, be he a god, can save what is lost
    r"(?:神仙|大罗(?:金仙|神仙)?|菩萨|佛祖|华佗|扁鹊|玉皇大帝|老天爷?|上帝|孔子|状元|名师|谁)(?:来了?|下凡|在世|再世|转世|显灵|亲自来|出马|请来)?[^，。\n]{0,2}(?:也|都|亦)?[^，。\n]{0,2}(?:救|拉|扶|帮|补|教|追)(?:不(?:了|回|倒|到|动|起|上|得|活)|也?难|没用|没法)|(?:神仙|华佗|菩萨)[^，。\n]{0,3}(?:难|无)[^，。\n]{0,2}[救补]|(?:神仙|菩萨|华佗|老天爷?)(?:来了)?[^，。\n]{0,4}(?:没办法|没辙|无力回天|摇头|没招)|"
    # the reader is asked, or told, about his own child
    rf"(?:你|您)(?:们)?(?:的|家|总|还|能|敢|忍|舍|真|就)?[^。！!\n]{{0,18}}?(?:[吗呢][？?]?|没得[？?]?|没有[？?]|凭什么|几岁|忍心|甘心|敢赌|后悔|等得起|输得起|几次|哪一半|醒醒)|(?:凭什么|拿什么|谁(?:来)?替(?:他|她|孩子)|谁忙着|有谁|谁来救)"
    # late, lost, behind
    r"|(?:就|都|才|真|太|可|又|已经?)?(?:太)?(?:晚了|迟了|来不及|没救了|救不了|废了|毁了|输了|(?<![考学讲写背做上用吃说刷读看])完了|白费)|晚(?:一年|一步)|(?:早晓得|早知道|要是早|早[一点]点)|落下(?!的?(?:分数|课|知识|语法|题|内容|基础|语|数|英))[^，。\n]{0,6}|(?:成绩|名次|分数|英语|数学|语文|物理)[^，。\n]{0,4}(?:下滑|往下|掉到|掉了|滑到|退到|垫底|崩)|从[^，。\n]{0,4}掉到"
    r"|倒数|班(?:里|级)?后[十二三五\d]|排[^，。\n]{0,4}后[十二三五\d]|(?:被|遭)(?:淘汰|挤下|甩|落|刷|分流|嘲|笑)|淘汰|掉队|断层|垫底|拉[^，。\n]{0,3}差距|差距(?:更|越|就|一|会|已)|阶层|往下滑|(?:去|上|读|进)职[校高]|考不上|没(?:书|高中)[读上]|上不了"
    # fear, tears, shame of it
    rf"|(?:最|才|真|该|就)(?:该)?(?:怕|可怕|慌)(?!错)|{_CHILD}[^，。\n]{{0,6}}(?:哭|绝望|放弃自己|抬不起头|自卑|挨打|被欺负|没人看见|躲到)|哭(?:着|的那批|了)|炸(?:了)?(?:锅)?$|(?:全班|全家|老师)[^，。\n]{{0,4}}(?:沉默|看着他|摇头)|没人(?:看见|扶|管|在意|救)|不(?:敢|会)[^，。\n]{{0,6}}(?:孩子|小孩)[，,]|预警|窗口[^，。\n]{{0,3}}关|(?:这|道|个)坎|定了型|最后(?:一个|一次|的)(?:暑假|寒假|机会|提醒|窗口)|只剩\d+天|怎么追"
    # others, and how far they are
    r"|(?:领先|早|超过|甩开?)(?:了)?(?:你|您)|比(?:你|您)[^，。\n]{0,6}(?:早|多|快|先)|(?:别人|人家|别的小朋友|同桌|隔壁)[^，。\n]{0,10}(?:而|你|您|没)|(?:学完|报了|补了?|背完|全都会)了?[^，。\n]{0,6}(?:[十百]多?个|一半|大半)|(?:年级|班里?)前[十二三五百]+[^，。\n]{0,8}(?:都|有|全|在|的妈妈)|(?:就是|都是)[^，。\n]{0,8}那批|卷[^，。\n]{0,5}说了算"
    r"|(?:你|您)(?:不[^，。\n]{1,3}[，,]?(?:别人|有人|人家)|以为|猜(?!题)|还没|就没有|心疼不|晓得(?:不|吧)|心里有数|自己(?:想|掂量|品)|定。?$)|(?:慌|哭|急|怕|悔)的(?:是|只)|没(?:有)?(?:准备|衔接|来|跟)[^，。\n]{0,6}(?:陪跑|等通知|掉|懵|低头|末席)|陪跑|还(?:没|在)[^，。\n]{0,8}(?:呢|吗|不[？?]|[？?])|还早|(?:砸|考)懵|掉[了]?几个|往后掉|掉到[二三四五六\d]|(?:坐|排)末席|不提前学|真跟不上|跟不上(?:了|就|的?是)|不(?:补|学|抓|衔接|报)[^，。\n]{0,8}(?:后悔|怕|跟|哭|难|晚|坑)|被(?:超|懵)|拉分(?:的|有多|大)|(?:排|算)得?老几|排多少|难度(?:上调|陡)|(?:有多|特别)陡|只有[^，。\n]{0,8}(?:的[一二三四五六七八九]成|进重点|能上)|等别家|(?:已练|已有|早(?:就)?(?:满|练|学))了?[^，。\n]{0,6}(?:遍|了)|裸[奔上]"
    r"|(?:不|别|莫)(?:要|再|能)?让(?:你|您|自)?(?:家)?(?:孩子|娃儿?|宝贝|他|她)[^，。\n]{0,3}(?:输|落|掉|后悔)|当(?:你|您)[^。\n]{2,14}[，,]\s*(?:有人|别人|对手|人家)|对手(?:已|己|正|早|都|在)|(?:把|将)?(?:同龄人|同学|别人|别的孩子|对手)[^，。\n]{0,3}甩|只有一(?:个(?:孩子|娃|中考|高考|童年|青春)|次(?:童年|中考|高考|机会))|(?:中考|高考|小升初|分班考|考试|时间|对手|岁月)[，,]?(?:可|从)?不(?:会|再|等)[^，。\n]{0,3}(?:慢|等|重来)"
    # who waits is late: the line, the years, the others do not wait
    r"|(?:等|非要|要)[^，。\n]{1,12}才(?:着急|急|慌|后悔|想起|发现|知道|明白)|(?:分数线|中考|高考|时间|窗口期|成长|机会|童年)[^，。\n]{0,2}(?:可|从)?不(?:会)?等(?:你|人|您|孩子|他|她|任何)|(?:那|就)(?:你|您)?等(?:到|上)?[^，。\n]{0,8}再看看|(?:同龄人|别的孩子|别人|人家|同学|同桌|全班)们?[^，。\n]{0,4}(?:偷偷|悄悄|偷着)[^，。\n]{1,8}|已经?(?:过完|用掉|过去)了?\d{2,3}多?天?|一步(?:慢|晚|错|落后|迟|赶不上|跟不上)[,，]?\s*步步|没有?(?:后悔药|回头路|重来|第二次)|(?:追|补|赶)(?:都|也)?(?:追|补|赶)?不(?:回来|上来|回去)"
    # no second one, the last one, what is lost meanwhile
    r"|没有第二(?:个|次)(?:高三|初三|六年级|童年|青春|暑假|中考|高考|机会)|最后一次(?:翻盘|逆袭|机会)|只能(?:对(?:你|您|他))?说(?:声)?(?:抱歉|遗憾|对不起)|先?(?:丢|没|扣)(?:掉|了)?(?:一半|大半)|拖[^，。\n]{0,3}(?:油瓶|后腿)(?!的孩子)|越来越(?:怕|卷|跟不上|难追|听不懂)|怕着怕着|(?:孩子|娃|他|她|谁)(?:真的?|最|就|也)?(?:会)?吃亏|[丢耽]不起|买不回|看别人(?:领奖|上学|录取|上台|报到)|哭着(?:进|回|上|去|说)|替(?:他|她|你|您)们?(?:着急|捏把汗)"
    # not this but that; where it ends
    r"|不是[^，。\n]{1,14}[，,]?\s*(?:而)?是(?:[^，。\n]{0,6}(?:没|笨|不|错|输|脑子|以后|位置|你))|不早[点些][^。\n]{0,16}(?:就|直接|白)|(?:放弃|丢|扔)掉?了?[^，。\n]{0,4}(?:未来|前途|选择权|机会)|(?:最后|以后|将来|长大)(?:都)?[^，。\n]{0,8}(?:开在|后悔|坐不住|送外卖|搬砖|打工|抱怨|怪你|恨你|替代)|复读班|等于(?:白|放弃|输|毁)|白(?:读|念|熬|学)(?:了|[一两三六]年)|(?:小错|漏题|马虎)[^，。\n]{0,4}(?:大|毁|丢)"
)
#: Words of the anxiety list that also speak of other things: papers, rivals of a game, a slogan of one's own.
_VAGUE = frozenset(
    {
        "卷",
        "隔壁",
        "逆袭",
        "鸡娃",
        "内卷",
        "焦虑",
        "领先",
        "别人家",
        "人家",
        "悄悄",
        "中专",
        "职校",
        "跟不上",
        "对手",
        "别人",
    }
)
#: Of the quieter rule: what pupils want or lack, what is first in its trade.
_VAGUE_HIT = re.compile(
    r"^(?:跟不上|领先|赶不上|逆袭|焦虑|内卷|抢跑|起跑)$|^(?:有人|人家|别人)(?:看|陪|带|答|管|盯|辅|教)"
)
#: Clauses about who teaches, what it costs and how to reach them frighten nobody.
_NO_FEAR = re.compile(
    r"老?有人说|都说(?=[^，。\n]{0,12}白)|\d{7,}|电话|微信|地址|[元¥]|\d\s*[/一]\s*[节次月]|校区|报名|名额|优惠|试听|专家|顾问|工作室|机构|小班|一对[一二三]|每[周天次节]|周[一二三四五六日末]|[路街](?:\d|口|$|[·、\s])|\d号|x月|月x|私信|私聊|扫码|[营馆园]\s|(?:预科|衔接|冲刺|提高|培优|同步|开学|招生|下学期)班?|\d人一组|·|满员|几家|营[,，]|诊断|转让|推个|接走|退$|[十\d]分 不|一个位置|训练营|《|提分|[退返](?:全款|还|学费)|不收[^，。]{0,8}钱|只要自觉|就安排|同型|吃饭|从[^，。]{0,6}到(?:第|前)?[一二三四五六七八九十\d]+(?:名|分)|测一测|拍给我|掉链子|家长请往下"
)


#: Forms of a threat that say something else: who of the staff is left, what is paid back for a missing point.
_NO_THREAT = re.compile(
    r"就剩我(?!家|们家|娃|儿|女|孩)|只剩我(?!家|们家|娃|儿|女|孩)|[差少]\s*[\d一两几x]\s*分\s*[,，]?\s*(?:就)?(?:退|赔|补|返)"
)


#: Results told of former pupils frighten nobody.
_BOAST = re.compile(
    r"悄悄咪咪|静悄悄|悄咪咪|(?:过线|上线|录取|升学|提分|满分|优秀|及格|通过|命中)率|(?:去年|往届|上届|以前|带过|历年)[^，。\n]{0,10}(?:过线|上线|录取|满分|考上|考进|提了|涨了)|前[一二三四五六七八九十百\d]+名?的?(?:都有|占)"
)


def threats(doc: Document) -> list[Place]:
    """The clauses of a text that frighten, in order; none where it only advertises."""
    text = doc.text
    sure = sure_threats(doc)
    if sure:
        return sure
    if len(_APART.findall(text)) >= _SET_WIDE:  # a poster set wide: single blanks mean nothing
        kept = [place for place, char in enumerate(text) if not (char == " " and _APART.match(text, place - 1))]
        tight = "".join(text[place] for place in kept)
        return [(kept[start], kept[end - 1] + 1) for start, end in _quiet(tight, [])]
    words = [place for place in doc.words.get("anxiety", ()) if text[slice(*place)] not in _VAGUE]
    words += [
        (hit.start, hit.end)
        for hit in doc.named("fear")
        if not _VAGUE_HIT.match(text[hit.start : hit.end]) and not _NO_THREAT.search(text, hit.start, hit.end + 6)
    ]
    return _quiet(text, words)


def _quiet(text: str, words: Sequence[Place]) -> list[Place]:
    found = []
    for match in _BREATH.finditer(text):
        start, end = match.span()
        said = [m.span() for m in _THREAT.finditer(text, start, end)]
        said += [place for place in words if start <= place[0] and place[1] <= end]
        found += [clause for place in said if (clause := _clauses(text, *place)) and not calm(text[slice(*clause)])]
    return merge(found)


def sure_threats(doc: Document) -> list[Place]:
    """Places of frames that frighten for sure, cut at line ends."""
    hits = [hit for hit in doc.named("fear") if hit.strength >= SURE]
    hits = [hit for hit in hits if not _NO_THREAT.search(doc.text, hit.start, min(len(doc.text), hit.end + 6))]
    hits = [hit for hit in hits if not _unmeant(doc.text[slice(*_clauses(doc.text, hit.start, hit.start + 1))])]
    plain = outright(doc.text)
    return list(within_lines(doc.text, merge([*((hit.start, hit.end) for hit in hits), *plain])))


#: Said so plainly that the head need only not rule it out: what closes at an age, whom nobody can save any more.
_OUTRIGHT = re.compile(
    r"(?<!\d)(?:1?\d|[一二三四五六七八九十]{1,3})岁(?:以后|之后|一过|过了|前后|那年)?[^，。！？!?\n]{0,8}?(?:就|便|会|要)(?:永远|彻底|全)?(?:关(?:了|上|闭|死)|定(?:型|了型)|晚了|来不及|没机会|废了|补不回|追不上)"
    r"|(?:神仙|菩萨|华佗|大罗金仙|老天爷?)[^，。！？!?\n]{0,4}(?:救|拉|扶|帮|补)不(?:了|回|倒|到|动|起|活)|考砸了才(?:来|想|找)[^，。！？!?\n]{0,4}"
)
_HURRY = re.compile(r"抓紧|赶紧|赶快|快来|趁早|别等|不要等|莫等|才来找|错过")


def outright(text: str) -> list[Place]:
    """Threats that need no head, with a word of hurry in the text; none in counsel against fear."""
    if not _HURRY.search(text):
        return []
    found = [_clauses(text, *match.span()) for match in _OUTRIGHT.finditer(text)]
    return merge(place for place in found if not _COMFORT.search(text, *place))


#: What others say, to be answered.
_RETOLD = re.compile(r"老?有人说|都说(?=[^，。\n]{0,12}白)")


def _unmeant(clause: str) -> bool:
    return bool(_COMFORT.search(clause) or _RETOLD.search(clause) or _BOAST.search(clause))


def calm(clause: str) -> bool:
    """Whether a clause comforts, or speaks of the class and its price."""
    return bool(_COMFORT.search(clause) or _NO_FEAR.search(clause) or _BOAST.search(clause)) or len(clause.strip()) < 4


def _clauses(text: str, start: int, end: int) -> Place:
    """The clauses a place runs over, with the mark that makes them a question."""
    touched = [m.span() for m in _CLAUSE.finditer(text) if m.start() < end and start < m.end()]
    if not touched:
        return start, end
    low, high = touched[0][0], touched[-1][1]
    if high - low < _SHORT and low and text[low - 1] in ",，":  # 多数家长六月才晓得,晚了
        low = next((m.start() for m in _CLAUSE.finditer(text) if m.end() == low - 1), low)
    return low, high + (text[high : high + 1] in ("?", "？"))
