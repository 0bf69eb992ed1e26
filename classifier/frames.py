"""Whether a quote's own clause carries what it is quoted for: who, what and how it came out.

Words that a rule has found are shown to an officer as proof of one signal. Here the clause they stand in is asked
again: 从2011年开到今天 has the form of a rise and names nobody who rose, 放半天 names a Sunday without a lesson,
退休语文教师 names no teacher in service. A signal none of whose places passes is no finding.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from classifier.atoms import atoms_of
from classifier.evidence import Place, clause_around
from classifier.misread import misread
from classifier.posts import AFAR, PLACE
from classifier.witness import only_clients, own_praise

_CLAUSE_END = re.compile(r"[，。！？；!?;\n…|｜]|(?<!\d),|,(?!\d)")
_SENTENCE_END = re.compile(r"[。！？!?\n]")
_FAR = 60


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What must and must not be said around the words of one signal."""

    #: In the clause of the quote.
    must: re.Pattern[str] | None = None
    #: In its sentence or the one before.
    about: re.Pattern[str] | None = None
    #: In the clause, unless `saved` stands there too.
    never: re.Pattern[str] | None = None
    saved: re.Pattern[str] | None = None
    #: In the sentence.
    nowhere: re.Pattern[str] | None = None
    #: Blanks end a clause too (timetables of posters).
    narrow: bool = False


_WHO = re.compile(
    r"学[员生子]|同学|孩子|娃|宝[贝宝]|伢|崽|弟|妹|儿子|女儿|闺女|外甥|侄|姑娘|小伙|家长|妈|爸|奶奶|爷爷|外婆|客户|用户|顾客|家庭|考生|选手|社员|专家|教授|名师|特级|校长|院士|博士|状元|学霸|学[长姐]|毕业生|[往上历本这前]一?[届期批季]"
    r"|去年|今年|历年|每年|连续|年年|老生|邻居|隔壁|同事|闺蜜|朋友|小(?![学时班组区升初高程题课])[一-龥]|[一-龥]某|某某|率|人均|平均|均分|(?:\d|[一二两三四五六七八九十百几])\s*[人名个位](?!多?月|半?小时|学期|星期|礼拜|多?钟)|x+\s*[人名个位]|协会|学会|教育局|电视|央视|卫视|明星|主持|推荐|好评|口碑|榜|荣|获评|授牌|先进|示范|徒弟|我家|俺家|咱家|家怎么|老[大二]|[大二]宝|往年|等奖|[班年]级|名次|过线|涨了|录取|上岸|班[里上]|我们班|全班|带出|教出|信赖|[一-龥]{1,2}[*xX]{1,2}"
)
FRAMES = {
    "endorsement": Frame(
        about=_WHO,
        never=re.compile(
            r"减到|降到|减至|\d元|从\d{4}年|\d{4}年(?:做|开|办)|年(?:做|开|办|干)到|[点半][到至]|\d:\d\d|贵子弟|所在年级|须笔试|须考|需考|截止|差[=＝]|有推荐渠道|聚会|抄作业|自学(?!考|能)|高考满分作文|满分作文(?:选|集|范)|一律|费用|收费|学费|\d课时|[日号]起|老师\d+(?:到|-)\d+|说要求|跟我妈|我妈说|推荐(?:进厂|就业|上岗|工作|到)|转让|原本定|从\d{4}到\d{4}|为什么|别人家|要是|如果|(?:985|211|大学)(?:毕业|在读)|家庭已|讲的原题|我们区|全[区县市省](?:有|共|今年|去年)|在职|把关(?:老师|教师)|空位|曾是|一组不超|阅卷员|猜题卷|都还了|这样办|没衔接|没来的|掉到|最好\d|[点半][一二三四五\d]*十?[一二三四五\d]*[到至]|第[一二三]名(?:来|到店|报名|付款|下单)|打过?架|医生|确诊|沙盘|心理咨询|不过(?:二本|本科|一本|线)|入学\d+分以上|(?:^|[,，\s])我去年[^,，]{0,8}考上|(?:^|[,，\s])去年考上(?:函授|成人|大专)|师资简介|覆盖率|(?:教\s*练|老\s*师)\s*带\s*过\s*[\d一二三四五六七八九十]+\s*届(?!.{0,14}(?:考|录|状元|\d人|进了))|前[一二三五十\d]+名?有奖|价格从|从\d{4,5}元?到\d{4,5}(?!分)|包过录|人家过"
            # sums and dates that change, goods at a discount
            r"|(?:每月|学费|会费|饭钱|房租|押金|价格?|饭桌)[^，。,]{0,8}(?:调|涨|加|升)(?:到|[一二三四五六七八九]?[十百])|会费|\d{2,}到\d{2,}不等|价值\s*[\dx]|团购\s*\d|\d月[^，。,]{0,3}[到至]\d{1,2}月|[三四五六七八九]点[^，。,]{0,3}[到至]|人均\s*[¥￥]?\d{2,5}(?!\s*分)(?=元|块|[，。,\s/]|$)|打包xx|每[周月]xx|押金"
            # whom it is for and what it covers
            r"|(?:分|\d|十)(?:到|-|~)?[^，。,]{0,5}之间|分段|从[一二三四五六七八九初高大]{1,2}年?级?[^，。,从]{0,4}到(?:[一二三四五六七八九]年级|初|高[一二三]|小学毕业)|母题|理解率|蒙对率|正确率\d|带\s*\d+个?(?:娃|孩子|小朋友)[^，。,]{0,3}(?:进山|出发|去|露营|徒步)|不是梦"
            # averages and fates of a whole region, and what the reader is asked
            r"|(?:班里|同?年级|全[县市区省班校])\s*(?:平均|只有|及格率)|平均\s*\d{2}[,，]\s*(?:低于|你|您)|\d+考生|录取线|占比|无一人|落榜|再加课|涨了没|(?:您|你)同事|恭喜[您你]被抽|该往前|怎么涨上来|没报班|没补课"
            # who brings another is paid, or only the known are taken; notes to parents
            r"|介绍(?:来|的)?(?:的|一[位个]|来的?)?[^，。,]{0,3}(?:[返送减免]|少\S?[\d一二三四五六七八九]?百?)|转介绍[送返减]|(?:仅|只)(?:对?接|收)老|做转介绍|(?:给|向|发)家长[^，。,]{0,10}反馈"
            # where teachers work, who is hired, who moves house
            r"|某(?:省|市|区|县)?(?:重点|附中|中学|高中)[^，。,]{0,6}(?:在岗|教|任|现任|老师)|[一两二三]位(?:是|都是|老师)*(?:清北|一中|省重点|市重点|本科|附中|985)[^，。,]{0,4}(?:学[长姐]|老师|的|在|,|，|$)|从\d{1,2}月起|从[一两二三四五]个变成|上回[^，。,]{0,4}平均"
            # the teacher's own life
            r"|本人[^，。,]{0,14}在[岗编]|(?:主理人|教练|院长|老师|校长)(?:自己)?(?:拿过|是[^，。,]{0,8}(?:组长|毕业))|状元(?:桥|训练营)|我(?:弟弟?|妹妹?|老公|爱人)[^，。,]{0,3}考上"
        ),
        nowhere=re.compile(
            r"(?<!去年)(?<!上届)(?:考[到上双满进取过]|进步|达到|拿到|获奖)[^。！？\n]{0,18}?(?:请吃|发(?:大)?红包|奖励|奖学金|返现|返学费|我(?:还)?请|免学费)"
        ),
    ),
    "guarantee": Frame(
        never=re.compile(
            r"首[次节课]|试[听学课讲读上]|先[试听]|第一[次节堂回]|头一?[次节]|不合适|坚持不|不想(?:学|上)|随时(?:说|退|换|走)|自招|提前批|签约[校园所]|签约班预备|没(?:上|学)完|未(?:上|学)完|没上的|缺课|请假|头[一二两三]次|说包会|想一次过|鼓掌|含补考|[下没]过[^,，]{0,4}补考一次|(?:去年|往年|上[届期])[^,，]{0,6}全部(?:通过|过)|面试过了|(?:试用|不满意)[^,，。]{0,6}[退换]货|分数不会骗人|必拿下的|怕(?:你|您)?家?(?:娃|孩子)"
        ),
        nowhere=re.compile(r"没有(?:保过|包过)|(?:想|请)问|真的?能退"),
        saved=re.compile(r"不[涨提过到达及进]|没[过到考进]|未[过达进能]|无效|考不|达不|保过|包过"),
    ),
    "exaggerated": Frame(
        never=re.compile(
            r"由[^，,。]{0,6}讲透|一节课做|讲透\d+道|做\d+道题|\d{1,2}月\d{1,2}[日号]?\s*[到至~-]\s*\d{1,2}(?!\d)|最后一次翻盘|没有[^，,。]{0,6}翻盘"
        )
    ),
    "superlative": Frame(
        never=re.compile(
            r"第一(?:回|次|节|课(?!堂)|天|步|期|轮|周|单元|学期|批|件|时间|阶段|部分|章|志愿|学历|场|页|关|反应|眼|遍)|(?:安全|健康|友谊|质量|身体|比赛|态度)第一|最好(?:有|能|是|先|别|在|提前|自|不|\d|会|早|来|带)|水平最好|王牌路|第一中|最好[^的,，。]{0,3}$"
        ),
        saved=re.compile(
            r"最(?!好(?:有|能|是|先|别|在|提前|自|不|\d|会|早|来|带)|好$)|唯一|首[家个创]|顶[级尖]|王牌|领[先军头]|冠|权威|独[一家创此]|国家级|世界级|第一(?:名师|品牌|家|校|团队|[,，。！!]|$)"
        ),
        nowhere=re.compile(
            r"王牌(?:路|镇|村)|(?:来自|毕业于?|考上|考入)[^，。,]{0,3}(?:顶尖|顶级)(?:高校|大学|学府|名校)|学员(?:们)?拿过"
        ),
    ),
    "price_bait": Frame(
        never=re.compile(
            r"底牌|最后一(?:搏|战|关|公里)|电子证书|结业证|早送晚接|送一程|座位\s*[:：]|先到先坐|交定金[^，。,]{0,5}占座|^\s*[一二三四五六七八九十]、|拼单还差|还差几|镜头|秒杀(?:口诀|技巧|大法|题|压轴|行程|难题|应用|招|法)|获奖选手|满员不|冲刺班满员|写一所|队(?:伍)?(?:,|，|$)|最差|保送|省一本|省一级|最后一个周|限时\d+分|限时写|前[一二三五十百\d]+名的|剩下一个(?:妈|孩)|从\d+涨到|\d+进了|共招\d+个?班|(?:进|排|到)了?前[一二三四五十百\d]|考了前|煤价|油价|房价|肉价|中考涨|赢(?!取|得|大奖|好礼|豪礼|iP)|还有一份|还有一位|三个字|个字$|奖状|亚军|剩下的[^，,]{0,6}(?:付清|交|补)|截止(?!优惠)|送[^，,。]{0,6}到(?:家|府|店|门)(?!长)|送了?[我俺]|送给我|折成[一二三四五六七八九\d]折|只剩\d{1,2}号|提纲|说我[^,，]{0,4}涨|涨价涨得|只有一个(?:孩子|娃|女儿|儿子|闺女|宝|中考|高考|童年|青春|人生|妈|爸)|(?:识字|词汇|单词|字)量?[^,，]{0,6}涨[到至]"
        ),
        saved=re.compile(
            r"折|减|原价|现价|特价|优惠|名额|席位|[余剩]\S{0,2}席|立省|包价|[人拼]团|今[天晚日]|豪礼|好礼|大礼|免费"
        ),
        nowhere=re.compile(r"开玩笑的?[,，)）。;；]|说着玩"),
    ),
    "prepay": Frame(
        must=re.compile(
            r"(?<!状)元|[块万费¥￥卡付交缴充存款包]|\d{4}|课时|[节次堂讲]|x{2,}|学期|套餐|[续报买]|小时|[一二三四五六七八九]千|百|年\s*\d|会员"
        ),
        never=re.compile(
            r"一天一次|舍得|示范基地|重读|连续[三两四五\d]年|率\d|她的|教龄|经验|办学|成立|价值|奖学金|罚|年级|免费读|免费再|体验|年三十|年夜饭|[坐上读学待跟]了[一二两三四五六\d半]+个?(?:学期|年|月)"
        ),
        nowhere=re.compile(r"密码\d|群号\d"),
        saved=re.compile(r"(?<!状)元|[¥￥]|\d{4}|一次(?:性)?[交付缴]|学费"),
    ),
    "loan": Frame(never=re.compile(r"不(?:搭|办|做|走)?(?:分期|贷)|无(?:分期|贷款)|房贷|生源地")),
    "holiday": Frame(
        never=re.compile(
            r"放[^。，,]{0,2}假(?!期间|班|就|开)|休息|放半?[一二两]?天|回(?:家|老家|乡|来|国)|出国|玩(?!转)|睡|截[止至]|[日号](?:之)?前|前(?:报|交|付|缴|续|下单|回复)|测评|体验日|学情|晚?上走|看望|不上|停课|照样休|报到|家长会|开放日|说明会|见面会|宣讲|周末(?:好时光|愉快|好去处)|讲座|手机周|学完|自由|打球|旅游|露营|公园|截团|前不冲|加班|逛|过年|见面|先见|来电|领(?:取|书|资料)|到货|发货|[寒暑]假作业|恢复原价|登记|分班考|底前|送[寒暑]假|[日六末]休|[一二三四五六七八九十\d]年后|别人|你家|您家|睡懒觉|排满|报名时间|即日起|年后[^,，]{0,3}签|接待时间|营业时间|探望"
        ),
        saved=re.compile(
            r"上课|开课|开班|补课|补习|辅导|集训|培训|授课|衔接|照常|照上|(?:寒假|暑假|周末|假期|暑期|寒期|双休|周[六日末]|夏令|冬令)[^，,。]{0,4}(?:班|营|课)|家教|预科|提高|巩固|预习|老师带|开始上|照上"
        ),
        narrow=True,
    ),
    "late": Frame(
        never=re.compile(
            r"对面|窗|亮着|成人|考研|客服|打烊|睡|闭门|起飞|大人|拖到|拖拉|磨蹭|过了(?:今|明)|自动退|退款|截团|恢复原|活动|优惠|教师节当天|前有效|发文件"
        ),
    ),
    "teacher_public": Frame(
        must=re.compile(
            r"在[职编岗任]|编[制内]|现[任职]|中学|高中|初中|小学|学校|[校园](?:里|内|老师|教师|骨干|名师)|[一二三四五六七八九十\dx]中|县中|附[中小]|外校|外国语|重点|示范|完中|星级|达标|公办|公立|体制|任教|讲台|毕业班|班主任|初三|高三|九年级|避嫌|不(?:方?便|能)|名字|姓名|身份|白天|平时|上班|单位|教师进修|一线|年级"
        ),
        never=re.compile(
            r"(?:教师|老师)研发|编外|退休(?!返聘)|已辞|代课|离职|前同事|家教老师的|原来在|教过书|(?<!没)下来的|曾在|以前(?:我|也|一直|都)?在|从前(?:我)?在|当年在|踢球|最好是|听说|要求|希望|想找|校区的|分校|机构的|推荐的|涉及|(?<![目以之考])前[一-龥]{0,4}(?:某|民办|公办)[一-龥]{0,2}(?:高中|中学|学校)|原(?:某|[一-龥]{0,3})[县市区]?(?:一中|中学|高中|学校)|(?:请|找)外校"
        ),
    ),
    "school_link": Frame(
        never=re.compile(
            r"用不上|托关系(?:找|请)到?了?[^,，]{0,6}老师|送到[联统]招线|别人(?:都)?已|不聊|人家|听说|传闻|学[生员]保送|直接(?:进|考进|冲进|冲到)了?[^,，]{0,4}前[十百三五\d]"
        )
    ),
    "foreign_teacher_abroad": Frame(
        about=re.compile(rf"{AFAR}|{PLACE}|在线|直播|国外|海外|境外|当地|本土|在家外教|时区|北美|欧美|[菲英美加澳]教"),
        nowhere=re.compile(r"在国内|在华|来华|驻校|住[^，,。]{1,4}?[多几一二三四五六七八九十\d]+年"),
    ),
    "preschool_academic": Frame(
        nowhere=re.compile(r"(?<![到至~—五四三345-])(?:六岁?|6岁?)\s*(?:到|至|-|—|~)\s*(?:十|1\d|[789七八九])"),
    ),
    "exam_insider": Frame(
        never=re.compile(
            r"出题人(?:会)?怎么问|都是公开|[别莫]买|不吹|《[^》]{0,8}命题[^》]{0,6}》|(?:讲义|作文集|字帖|必刷|月考卷)[、,，(][^，。]{0,12}押题|押题[^，。]{0,4}[(（]去年的|看过(?!\S{0,3}题)|命题趋势|缺考|跳行|打印|装订|不承诺|^(?!.*(?:中考|高考|统考|联考|会考|命题)).*(?:卷子?|试卷|题目?)(?:由|都|全)?我们(?:自己)?出(?!过)"
        )
    ),
}
#: Signals whose claim falls when a number or an ordinal was cut; of the others the whole number is shown.
_CLAIMS = frozenset(
    {"endorsement", "guarantee", "exaggerated", "superlative", "price_bait", "exam_insider", "prepay", "loan"}
)
#: A hit as short as this is read as a word, and must be one: 点招 is none in 训练点招收.
_SHORT = 3
_WORDS = frozenset({"school_link", "teacher_public", "superlative"})
#: What people say counts as a recommendation only where it is of learning: 雇主说孩子黏我 is none.
_TOLD = re.compile(r"说|反馈|评价|留言|夸|感叹|原话")
_OF_LEARNING = re.compile(
    r"学|课|老师|教|作业|成绩|进步|考|分|会|读|写|背|题|书|变|换|效果|推荐|谢|懂|名|清爽|听|肯|敢|愿|主动|认识|早|幸亏|多亏|提|涨|班|英语|好评|反馈|现身|奖|选手|\d到"
)
#: What few and early ones get, for which a bare 前三名 or 限时 is bait: a contest's or an exercise's is none.
_FIRST = re.compile(r"(?:排名?)?前\s*(?:\d{1,3}|[一二三四五六七八九十百]{1,3})\s*[名位个]?")
_TIMED = re.compile(r"限时")
_ONLY = re.compile(r"[只仅限](?:收|招|录|取|要)?$")
_GAIN = re.compile(
    r"折|减|免|价|惠|送|赠|领(?![队导读航先])|返|省|抵|报|交|付|签|订|办|到店|进店|下单|续|名额|团|抢|秒|购|特|福利|活动|券|红包|礼|专享|[¥￥元]|\d{2,}\s*块"
)
#: A first month's price is no bait where the sum said to follow is no dearer.
_FIRST_MONTH = re.compile(r"首[月期年]\s*(?:[:：]|只要|仅)?\s*[¥￥]?(\d{2,5})\s*元?")
_NEXT_SUM = re.compile(r"(?:次月|第[二2]|之后|以后|后续|续|起|后)[^。\n\d]{0,6}(\d{2,5})")
#: So many came: the number enrolled, which vouches for nothing unless it is said how they came out.
_ENROLLED = re.compile(
    r"(?:去年|前年|今年|上[届期学]|往[年届期]|第[一二三四五六七八九十\d]+期)[^。！？!?\n]{0,10}?(?:\d+|[一二两三四五六七八九十]+)\s*多?[人个名位家](?!月|学期|老师)"
)
_CAME_OUT = re.compile(
    r"考|进(?!行)|(?<![不超通])过(?![来年去])|[提涨升录]|上岸|分(?![钟期班校])|名次|前[\d一二三五十百]|奖|满意|率|评|推荐|介绍|反馈|夸|说|步|及格|不再|[会敢能肯](?!议|员)|续|锦旗|喜报|优|状元|霸|毕业|→|达|上线|中了|第[一二三\d]+名|%|上了|线(?![上下])|全部|全都|以上|多数|\d{3}|信|选择|[一二三四五六七八九]中|附中|冠"
)


#: So many of what: seats and pupils run out, words and reasons do not.
_COUNT_OF = re.compile(r"(?:最后|[只就仅还留剩])[^，。]{0,3}[\dx一二两三四五六七八九十几]个$")
_SEATS = re.compile(
    r"\s*(?:名额|空|位|席|座|试|坑|床|铺|桌|机|工|学|孩|娃|家|同|人|男|女|新|小|宝|初|高|[一-九\d]年级|年级|就|即|了|的?位|点|[,，。!！;；、)）/]|$)"
)
#: A price alone, friends who come along: bait only beside what makes it one.
_BARE_PRICE = re.compile(r"\d{2}\.\d{1,2}")
_TOGETHER = re.compile(r"(?:同学|朋友)?(?:结伴|[两二三23]人同行)")
_CHEAP = re.compile(
    r"体验|试|秒(?!发)|抢|仅|只要|原|限|新|拼|团|上车|特|活动|福利|直播|入营|开课|引流|惊|[减省返送免折退抵]|优惠|便宜|半价|\d\s*[节次天讲]"
)


def _bait_of(text: str, start: int, end: int, high: int) -> bool:
    """Whether a bait that a few words only hint at is one: first comers gain something, a first month is cheap."""
    words = text[start:end].strip()
    if _COUNT_OF.search(words) and not _SEATS.match(text[end : end + 6]):
        return False
    if _BARE_PRICE.fullmatch(words) or _TOGETHER.match(words):
        low = clause(text, start, end)[0]
        return bool(_CHEAP.search(text, low, min(len(text), high + 8)))
    if _FIRST.fullmatch(words) or _TIMED.fullmatch(words):
        few = text[max(0, start - 3) : start]
        return bool(_GAIN.search(text, end, min(len(text), high + 12)) or _ONLY.search(few))
    if first := _FIRST_MONTH.fullmatch(words):
        after = _NEXT_SUM.search(text, end, end + 24)
        return after is None or int(after[1]) > int(first[1])
    return True


#: 从5400降到3300, 原5900现1600: the number before is asked no longer.
_LOWERED = re.compile(r"\s*(?:元|块)?\s*(?:降[到至为]|直降|→|->|现(?:价|在)?\s*[¥￥]?\d)")
#: The price that is no longer asked.
_OLD_PRICE = re.compile(r"(?:原|首月|次月|第[二三]个?月起?|原价|门市价?|市场价|定价|标价|划线价|老价)\s*[:：¥￥]?\s*$")
_OLD_PRICE_FIRST = re.compile(
    r"(?:原价|门市价?|市场价|定价|标价|划线价|老价)\s*[:：¥￥]?\s*[\dx]+(?!\s*(?:元|块)?\s*[,，]?\s*(?:现|→|[\dx]))"
)
_LATE_GROWN_UPS = re.compile(r"成人|大人|考研|上班族|公考|职场")


#: Something given, and no word of a price, a rebate or of places running out.
_GIVEN = re.compile(r"[送赠领]|礼(?!拜)|有奖|各得")
_PRICED = re.compile(
    r"[折减价返抵省涨]|便宜|优惠|名额|席|[空余剩]|位(?!家长)|只[收招]|秒杀|体验|半价|免(?!费[送赠领])|[充存]|限(?!量版)|截止|恢复|抢|团|买[^，,]{0,4}(?:送|赠)|\d\s*[元块]"
)


def only_gift(words: str) -> bool:
    """Whether a quoted bait is a gift and nothing else."""
    return bool(_GIVEN.search(words)) and not _PRICED.search(words)


#: What is given, and how much of it: 送描红本一套, 赠两节课, 送三本练习册.
_COUNTED = (
    r"(?:\d{1,3}|[一二两三四五六七八九十半])\s*"
    r"(?:套|本|份|个|支|盒|张|把|件|袋|箱|册|幅|瓶|包|只|块|副|节|次|课时|天|周|个月|小时)"
)
_GIFT_TOLD = re.compile(
    rf"(?:[送赠领]|各得|[得获](?!到)|人手|各一)[^，。,;；]{{0,4}}?(?:{_COUNTED}[一-龥]{{1,8}}|[一-龥]{{2,10}}{_COUNTED}|(?:\d{{1,3}}|[一两二三四五六七八九十])\s*(?:节|课时|次课))"
)


def gift_told(words: str) -> bool:
    """Whether a gift's kind and number are said: then only its time and manner are left to ask."""
    return _GIFT_TOLD.search(words) is not None


#: To whom each of them goes: 两人各得, 每人送.
_TO_EACH = re.compile(r"各[得送赠领]|每[人位名][^，。,]{0,3}[得送赠领]|人手")


def gift_told_out(words: str) -> bool:
    """Whether a gift's kind, its number and who gets it are said (两人各得文具礼盒一份): that is no finding."""
    return gift_told(words) and _TO_EACH.search(words) is not None


_FIGURE = re.compile(r"率|[六七八九]成|\d\s*%|百分之")
_OWN_COUNT = re.compile(r"(?:我们?|咱们?|本[校班店馆]|自己|自家|内部)[^，。,]{0,4}(?:算|统计|估|数)|自(?:算|统计|估)")
#: Somebody who speaks for it.
_SPOKEN_FOR = re.compile(r"家长|妈|爸|学员说|同学|推荐|反馈|好评|专家|教授|名师|锦旗|介绍|[一-龥]某|表扬")


def own_figures(words: str) -> bool:
    """Whether a quote is a figure that the shop says it has counted itself, and nobody speaks for it."""
    return bool(_FIGURE.search(words) and _OWN_COUNT.search(words)) and not _SPOKEN_FOR.search(words)


def clause(text: str, start: int, end: int, *, narrow: bool = False) -> Place:
    """The clause or clauses around a place, at most some sixty characters either side; within its line."""
    left, right = clause_around(text, start, end, _CLAUSE_END, before=_FAR, after=_FAR)
    if narrow:
        left = max(left, text.rfind(" ", left, start) + 1)
        blank = text.find(" ", end, right)
        right = blank if blank >= 0 else right
    return left, right


def sentence(text: str, start: int, end: int, *, before: int = 0) -> Place:
    """The sentence around a place, and so many before it."""
    low, high = max(0, start - 2 * _FAR), min(len(text), end + _FAR)
    ends = [m.end() for m in _SENTENCE_END.finditer(text, low, start)]
    left = ends[-1 - before] if len(ends) > before else low
    after = _SENTENCE_END.search(text, end, high)
    return left, after.start() if after else high


def proves(signal: str, text: str, start: int, end: int) -> bool:
    """Whether the words at a place, as a rule found them, may be shown as proof of a signal."""
    if misread(signal, text, start, end):
        return False
    atoms = atoms_of(text)
    if signal in _CLAIMS and atoms.misread(start, end):
        return False
    if atoms.splits_name(start) or (signal in _WORDS and end - start <= _SHORT and atoms.splits_word(start, end)):
        return False
    frame = FRAMES.get(signal)
    if frame is None:
        return True
    # A rule may have read on into the next clause; the claim stands in its first.
    first = _CLAUSE_END.search(text, start, end)
    low, high = clause(text, start, first.start() if first and first.start() > start + 5 else end, narrow=frame.narrow)
    words = text[low:high]
    if frame.must is not None and not (frame.must.search(words) or frame.must.search(words.replace(" ", ""))):
        return False
    if frame.never is not None and frame.never.search(words) and not (frame.saved and frame.saved.search(words)):
        return False
    if frame.about is not None and not frame.about.search(
        text[slice(*sentence(text, start, end, before=1))].replace(" ", "")
    ):
        return False
    if frame.nowhere is not None and frame.nowhere.search(text[slice(*sentence(text, start, end))]):
        return False
    if signal == "endorsement" and _TOLD.search(words) and not _OF_LEARNING.search(words):
        return False
    if signal == "endorsement" and (
        own_praise(text[start:end], words) or only_clients(text[start:end], words, _CAME_OUT)
    ):
        return False
    if signal == "price_bait" and not _bait_of(text, start, end, high):
        return False
    if signal == "endorsement" and _ENROLLED.match(text, start) and not _CAME_OUT.search(text, start, max(end, high)):
        return False
    if signal == "prepay" and (
        _OLD_PRICE.search(text[max(0, start - 8) : start])
        or _OLD_PRICE_FIRST.match(text, start)
        or _LOWERED.match(text, end)
    ):
        return False
    return not (signal == "late" and _LATE_GROWN_UPS.search(text[max(0, low - 12) : low]))
