# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""Words around a quote that take it away from its element: whose lessons, whose marks, whose money these are.

The four dimensions, article 17's elements, stages and sums are words of lists and values; each says something of this
training only where nobody denies it and it belongs to nobody else: 作业请回家写, 高考数学132 of the teacher, 护具租五元.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from classifier.atoms import atoms_of
from classifier.evidence import Place, taken_back

#: So much is read either side, within the line; the quote stands between ⟦ and ⟧.
_NEAR = 12
#: Not taught, not done: before the words, in their clause, and behind them.
_DENIED = (
    r"(?:不|别|没|从不|概不|绝不|请勿|莫)(?:再|要|是|得|会)?(?:给[^，。,⟦]{0,3}|留|带|教|补|辅导|写|做|管|问我?|找我?|涉及|布置|批改|讲|碰|安排|搞|含|包括|接|考|排|设|公布|参加|看重?|谈){1,3}[^，。,；;！!？?⟦]{0,5}⟦"
    r"|(?:没有|没得|无须|无需|不用|不必|远离|拒绝|告别|取消|杜绝|不以|不靠|不分|无)(?!基础|压力|忧|论)[^，。,；;！!？?⟦家]{0,4}⟦"
    r"|⟦[^⟧]*⟧(?:请(?:回|自己|在)|(?:回|在)家(?:写|做)|自己写|一概不|我?不(?:教|补|带|管|接|碰|辅导|涉及|上(?!线|岸)|做)|请找|找学校|免谈|除外|不在范围|一律不|全无|为零)"
)
_AROUND: dict[str, re.Pattern[str]] = {
    "content": re.compile(
        rf"{_DENIED}|⟦[^⟧]*⟧(?:系|科?学学院|家的|史(?!地)|一节没落|课代表|老师(?:说|夸|请假)|期刊|教学参考|那[个件]事)|(?:备考|考过|毕业|[大专]学)⟦|⟦[^⟧]*专业⟧|⟦会考⟧砸|(?:升本|考研|高考)(?:的时候)?⟦[^⟧]*⟧\d|高考⟦[^⟧]*⟧\d|⟦[^⟧]*⟧(?:竞赛[省国][一二三]|教师证|教资|专业八级|满分学[长姐])|(?:都是|是)学⟦|不像⟦|[敲打拍按]门?⟦三下⟧|⟦课本⟧周[一二三四五六日]|说⟦会考⟧后|以为⟦|有(?:小学|初中|高中)⟦"
        r"|⟦[^⟧]*(?:数学家|文学家|物理学|教材费|课本剧|作文[选集]|分数线)|(?:含|包|送|免)[^，。,⟦]{0,8}⟦教材⟧|⟦教材⟧(?:费|另)|⟦[^⟧]*系⟧"
    ),
    "method": re.compile(
        rf"{_DENIED}|⟦上课⟧(?:接不|时|前|手机|铃|地|期间不)|⟦教学⟧(?:特色|楼|总监|主管|参考|点|部|期刊|中心|质量|环境|经验|用书|理念|团队|成果|名师|设备|严谨|条件|水平)|语⟦授课⟧|⟦同步⟧(?:招生|练字|发[售布]|进行|报名|更新)"
        r"|[写着叫][着]?[“\"「]⟦|⟦[^⟧]*(?:家教网|直播间|教学楼|插班|补习学校|辅导员|讲义夹)|⟦(?:直播|家教)⟧(?:间|网|平台)|⟦(?:辅导|补习)⟧(?:规模|学校|书|班长)|课[后前]⟦复习⟧由|⟦[一二三]轮⟧资料|⟦体育|(?:拿过|获)[^，。,⟦]{0,6}⟦讲课⟧|⟦背不了|不背⟦|⟦真题⟧手册|离⟦考点⟧|⟦题型⟧背"
    ),
    "purpose": re.compile(
        rf"{_DENIED}|学⟦期中⟧|⟦期[中末]⟧[^，。,]{{0,6}}(?:付|交|缴|放假|开学)|(?:开学|期中)、⟦期[中末]⟧|⟦成绩⟧(?:靠|卡|单|好|不好|差|中等|在|优[秀异]|排|都是)|⟦备考⟧(?:编|教|公|研|中)|(?:带|教|是)[^，。,⟦]{{0,4}}⟦(?:实验班|重点班|火箭班)⟧(?:的?(?:老师|班主任)|[，。,])"
        r"|(?:中学|学校|镇里|县里|全校|班里)[^，。,⟦]{0,4}⟦(?:考上|升学|考进)⟧|⟦满分⟧(?:作文|班)|⟦跟不上⟧步步|步步?⟦|本人[^，。,⟦]{0,8}⟦|去了?⟦(?:火箭班|重点班)|⟦[^⟧]*密卷⟧看|⟦高考⟧(?:志愿|日语五十音)|(?:我|姐姐?|老师)(?:是)?(?:当年|去年)?⟦(?:高考|中考)⟧|⟦高考⟧(?:语文|数学|英语|物理|化学|理综|文综|总分)?(?:\d{3}|满分|分数|志愿)|按⟦成绩⟧|⟦期末⟧免费"
    ),
    "evaluation": re.compile(
        rf"{_DENIED}|⟦测[试评]⟧(?:费|赠|入学|送)|⟦[^⟧]*(?:联考|模考|统考|月考)⟧(?:命题|题|前|后|时间|成绩\d)|⟦前[^⟧]*名⟧(?:再|加|送|减|免|享|办|报|[!！]|下单)|(?:限|仅|本月|今日|今天|本周|当天)⟦前|⟦高考⟧(?:志愿|复读|补习)|(?:就是|唯|按|凭)[^，。,⟦]{{0,5}}⟦分数⟧|落下的⟦分数⟧|⟦(?:分数|排名)⟧(?:分|线|不|高低|只是|低|差)|(?:本人|我|姐姐?|自己|老师)[^，。,⟦]{{0,10}}⟦[^⟧]*(?:满分|考|\d{{2,3}})"
        r"|⟦[^⟧]*⟧(?:作文(?!满分)|学院|学校不)|须[^，。,⟦]{0,3}⟦|(?:学校|期末|这次|上次)⟦月考⟧(?:贵|成绩出)|⟦(?:考试|测试)⟧(?:焦虑|用品|时间|院|中心)|不提⟦|⟦考过⟧才|留言⟦分数⟧|学校⟦排名⟧|按年级⟦分班⟧|⟦联考⟧互助|⟦考试⟧直接|⟦分数⟧(?:小数|除法|乘法|加减|应用题|够|和语法)|说明[^，。,⟦]{0,6}⟦"
    ),
    "place": re.compile(
        rf"{_DENIED}|(?:学校|孩子|你们|班|他们|别人)[的里]?⟦教室⟧|⟦教室⟧(?:后|外|监控)|一张空|⟦[^⟧]*自习到|是⟦教室⟧里|⟦教室⟧里(?:那个|会说|坐)"
    ),
    "staff": re.compile(rf"{_DENIED}|⟦[^⟧]* [^⟧]*(?:所以|因为|月)|班有⟦"),
    "organisation": re.compile(
        rf"{_DENIED}|⟦[^⟧]*(?:最好|首家|唯一|第一家|一家|这家|哪家|某家|各类|任何|全[国省市县区](?!连锁))|⟦教研组⟧长|⟦招生办⟧有对接|[和与跟]⟦招生办|⟦[^⟧]*(?:之前在|一个培训学校|本科|专业|毕业|以前在)"
    ),
    "stage": re.compile(
        rf"(?:除夕|大年|正月)⟦|⟦初[一二三]⟧(?:关门|休息|走亲|拜年)|⟦初一⟧初二(?:关门|休)|(?:娃|孩子|女儿|儿子|闺女)(?:现在|也)?[上在]⟦幼儿园|(?:重点|公办|民办|示范|考[上进入取]|毕业于?|县|市|所|子弟|省|一所|同级别|本科|我|本人|爱人|师)⟦(?:高中|初中|小学|中学|普高)⟧|⟦(?:高中|初中|小学)⟧(?:(?:语文|数学|英语|物理|化学|生物|历史|地理|政治|科学课)?(?:在[职编])?(?:老师|教师|志愿者)|毕业|同学聚会|门口|旁|对面|附近|后门|部电话|线|生以下)|⟦(?:985|211|启蒙|双一流|清北)|⟦幼儿园?⟧(?:园?同学|园?老师|园?对面|园?楼|园?门口)|⟦[^⟧]*⟧(?:那年|截|起步?不接|不[接收带])|{_DENIED}"
    ),
    "paid": re.compile(
        r"⟦[^⟧]*[一二两三四五六七八九十百\d.]+米⟧|⟦[^⟧]*[一二两三四五六]块⟧(?!钱|[一/每。;；)）\s]|$)|⟦(?:一|每)[科次位人期节课时]{1,2}一[一-龥]?⟧|⟦[^⟧]*[人次科位]一⟧|⟦每[一-龥]{1,2}[一二两三四五六\d]次⟧|⟦(?:[一-龥]{1,2})一次⟧|⟦[^⟧元块/每费]*[个名]⟧|饭⟦|⟦[一每半][学期季年个月]+[一二三四五六七八九十\d]+[次节堂]课?⟧|⟦[一1]位\d{3}⟧|⟦科[一二三四]|八千往上|⟦[^⟧]*⟧往上|食堂⟦|琴可?以?租?[,，]?⟦|⟦每月\d{1,2}[号日]|宿舍⟦|铁圈⟦|胶装⟦|⟦[^⟧]*⟧[,，]买琴"
        r"|(?:免|护具|装备|房|道服|球衣|退|罚|奖|红包|工本|路|车|学校的|公办|住宿|床位|考试|证书)(?:收|金|费|租|发|的)?[^，。,⟦]{0,2}⟦|⟦(?:红包|套餐|优惠|立减|次卡)⟧[^，。,]{0,3}(?:发|领)|发⟦红包⟧|⟦学费⟧(?:全?免|的[三一半]|低不|减半另|照旧交学校|另外你自己)|不收⟦|(?:分|毛)钱⟦|⟦(?:不贵|心意)⟧的礼|转资料"
    ),
}


def belongs(element: str, text: str, place: Place) -> bool:
    """Whether the words at a place may be quoted for an element: whole words, not denied, of this training."""
    start, end = place
    atoms = atoms_of(text)
    if atoms.splits_word(start, end) and element != "paid":
        return False
    if atoms.splits_number(start, end) and element not in ("paid", "place", "staff"):
        return False
    if element != "paid" and taken_back(text, start, end):
        return False
    around = _AROUND[element]
    start, end = atoms.whole(start, end)
    return not around.search(f"{text[max(0, start - _NEAR) : start]}⟦{text[start:end]}⟧{text[end : end + _NEAR]}")


def owned(element: str, text: str, places: Iterable[Place]) -> list[Place]:
    """The places that may be quoted for an element, grown to whole words and numbers."""
    return [atoms_of(text).whole(*place) for place in places if belongs(element, text, place)]
