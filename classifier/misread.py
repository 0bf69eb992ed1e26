"""What a rule or a plain saying reads into words that mean another thing, by signal.

25人大班 is the size of a class, 校考回来 an art college's examination, 分两次付 no loan, 他妈给我们送橙子 no gift to a
client, 09:30 half past nine in the morning. Asked of every place before it is shown or holds a signal.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from classifier.clauses import CLAUSE_END
from classifier.cues import pattern, set_out
from classifier.evidence import Place, clause_around
from classifier.little_ones import BESIDE
from classifier.page_facts import of_page
from classifier.preschool import former_post
from classifier.sense_cues import SENSE_CUES

#: A class by its size: 25人大班, 大班课, 高三大班.
_SIZE = re.compile(
    r"不(?:做|开|设|上|搞|收|带|是|要)[^，。,\n]{0,2}[大中小]班|(?:(?:\d{1,3}|[一二两三四五六七八九十百]{1,4})\s*人\s*(?:一个?)?|[初高][一二三中]?(?:语文|数学|英语|物理|化学|全科)?|年级(?:语文|数学|英语)?|线上|直播|面授|全科|培优|冲刺|提高)[大中小]班|[大中]班(?:[课制额型]|教学|授课|面授|[:：]?\d+人)"
)
_NANNY = re.compile(r"(?:育儿嫂|保姆|月嫂|阿姨|育婴师|住家|白班|钟点工)")
_WAGE = re.compile(r"月薪|工资|薪资|底薪|休息?\d天|月休|上户|雇主|招聘|急招|诚聘|做饭|家务")
#: A tenth of the day: the last one said before an hour counts.
_PART = re.compile(
    r"上午|早上|早晨|清晨|早(?!托)|中午|下午|傍晚|晚|夜|放学|下班|周[一二三四五六日末]|星期[一二三四五六日天]|每天"
)
_BARE_HOUR = re.compile(r"\s*(?P<hour>\d{1,2})[:：][0-5]\d\s*分?")
#: When pupils go home, whatever the hour is called: 走的时间定的8:40.
_LEAVES = re.compile(r"(?:走的?时间|最晚|下课|放[人学]|接[人娃]?|散[场学]|结束|收工|到家)[^,，。\d\n]{0,6}$")
_LENDER = re.compile(r"贷|花呗|信用|免息|0息|零息|利息|手续费|银行|白条|月供|京东|支付宝|分期")
#: Parts of the shop's own (两次); by 期 lenders count.
_HALVES = re.compile(r"分(?:成|为|开)?\s*[两二俩三23]\s*(?:次|笔|回|批)")
#: Stages of something else, and who is sent away.
_NO_LOAN = re.compile(
    r"(?:医生|病|验收|工程|预告)[^,，。\n]{0,6}期|期验收|一律不(?:发|团)|无任何|没有任何|分期[中末]|要[^,，。\n]{0,8}的(?:别|勿|不)(?:找|来|收)"
)
_TO_US = re.compile(
    r"(?:妈妈?|爸爸?|家长|客户|奶奶|爷爷|外婆|学[生员]|孩子|娃|老乡|邻居|[他她])们?[^,，。]{0,8}?(?:给|送了?)(?:了)?(?:我们?|老师|咱们?|店里|园里)|送(?:了|来)?(?:给)?(?:我(?!们的课)|我们|老师|咱)[^,，。]{0,3}(?:[一两二三几]|锦旗)|收到[^,，。]{0,8}(?:送的|锦旗)"
)
_ARTS = re.compile(
    r"(?:(?:艺术|美术|音乐|舞蹈|传媒|表演|播音|体育|专业课?)[^,，。]{0,6})?(?:校考|联考|统考|艺考)(?:回来|后|完|结束|前|期间|成绩|集训|合格证|冲刺|生)|(?:\d{1,2}|[一二三十]+)月(?:份)?(?:的)?(?:校考|联考|统考)"
)
_TIE = re.compile(r"合作|签约|指标|名额|推荐|点招|内部|渠道|关系|直通|直升|对接|输送|保送|联办")


def _size_of_class(text: str, start: int, end: int) -> bool:
    """Little children are told only by 大班 or 中班 as the size of a class, or by whom a nanny is wanted for."""
    low = max(0, start - 8)
    if _SIZE.search(text, low, end + 4) and not BESIDE.search(_SIZE.sub("", text[low:end])):
        return True
    line = text[text.rfind("\n", 0, start) + 1 : end + 40]
    return _NANNY.search(line) is not None and _WAGE.search(text) is not None


def _no_evening(text: str, start: int, end: int) -> bool:
    """Whether an hour before noon is called an evening's though its line says no evening before it."""
    bare = _BARE_HOUR.fullmatch(text[start:end])
    if bare is None or int(bare["hour"]) >= 12:
        return False
    before = text[max(0, start - 26, text.rfind("\n", 0, start) + 1) : start]
    if bare["hour"].startswith("0") and not re.search(r"[晚夜]上?\s*$", before):
        return True
    said = [match[0] for match in _PART.finditer(before)]
    if _LEAVES.search(before):
        return False
    if not said:
        # a range that began after noon: 18:30-9:00
        return not re.search(r"(?:1[2-9]|2\d|[4-8])[:：点.]\s*[\d半]{0,2}\s*(?:-|~|—|到|至)\s*$", before)
    return said[-1][0] not in "晚夜放下傍" and not re.search(r"[晚夜]", before[before.rfind(said[-1]) :])


def _halves(text: str, start: int, end: int) -> bool:
    """A fee paid to the shop itself in two or three parts is lent by nobody."""
    if _NO_LOAN.search(text[max(0, start - 8) : end + 10]):
        return True
    return _HALVES.search(text, max(0, start - 2), end + 4) is not None and not _LENDER.search(
        text, max(0, start - 16), end + 16
    )


def _to_us(text: str, start: int, end: int) -> bool:
    """A gift that clients made."""
    return _TO_US.search(text, *_clause(text, start, end)) is not None


def _clause(text: str, start: int, end: int) -> Place:
    return clause_around(text, start, end, CLAUSE_END, before=24, after=24)


def _of_arts(text: str, start: int, end: int) -> bool:
    """An examination of art colleges, or of a whole province, and no school's door."""
    low, high = _clause(text, start, end)
    return _ARTS.search(text, low, high) is not None and not _TIE.search(text, low, high)


#: Another year's: 去年国庆, 上届暑假班. This year's stands without.
_LAST_YEAR = re.compile(r"(?:去年|前年|往年|上[一]?[届年]|那年|(?:20)?1\d年|曾在)(?:的)?[^，。,;；!！?？\d\n]{0,3}$")
#: Grades to come tell of no holiday by themselves: 新高一, 准初一, 升三年级.
_GRADE = re.compile(r"[新准升](?:初|高|小)?[一二三四五六七八九](?:年级)?")
_SEASON = re.compile(
    r"暑|寒假|寒期|假期|周[六日末]|星期[六日天]|礼拜[六日天]|双休|节假|夏令|冬令|[七八]月|(?<!\d)[78]月|衔接|预科|先修|提前[学班]|元旦|五一|国庆|中秋|春节|清明|端午"
)


def _no_day_off(text: str, start: int, end: int) -> bool:
    """A holiday of another year, or a grade to come in a text that names no season."""
    if _LAST_YEAR.search(text[max(0, start - 10) : start]):
        return True
    return _GRADE.fullmatch(text[start:end].strip()) is not None and _SEASON.search(text) is None


def _in_parts(text: str, start: int, end: int) -> bool:
    """How often a fee is paid (可分两次交) takes nothing ahead; its sum does."""
    return (
        re.search(r"\d{3}|[百千万]|x{2}|学期|年|期|个月|课时", text[start:end]) is None
        and _HALVES.search(text, start, end + 2) is not None
    )


#: Past rates and tallies, help until a sum is understood, refunds for any displeasure, bodies and moods: no promise of
#: what is learnt.
_NO_PROMISE = re.compile(
    r"率[^,，。\n]{0,8}(?:\d|x|百分|[六七八九]成)|(?:讲|教|辅导|陪|练|弄|盯)到[^,，。\n]{0,3}?(?:会|懂|明白)为止|不满意|看得见|砸[^,，。\n]{0,4}招牌|减(?:重|肥|脂|掉)|瘦|[掉轻]\s*[\dx]+\s*斤|的有\s*(?:\d{1,3}|x{1,3}|[一二三四五六七八九十]{1,3})\s*人|全员通过|(?:今年|去年)\s*(?:\d{1,3}|[一二三四五六七八九十]{1,3})\s*[个名位]?(?:学[生员]|孩子)?全部|成功后付|保证上岗|终身复训|补考费[^,，。\n]{0,4}(?:承担|我们出)"
)
_PROMISE = re.compile(
    r"保[过分录证进上]|签[约协合]|承诺|必[过上进提]|包[过会教]|不(?:过|达|到|提|涨|升)[^,，。不]{0,6}(?:退|免)|率[^,，。\n]{0,10}退"
)
#: What a pupil reached: told of one who was here, it is no wonder promised to others.
_WENT_FROM = re.compile(
    r"从?[^,，。\n]{0,6}(?:\d{2,3}|倒数|垫底)[^,，。\n]{0,4}(?:到|→|爬到|涨到|考到)[^,，。\n]{0,3}(?:\d{2,3}|前)"
)
_SOMEBODY = re.compile(r"上一?户|大宝|小宝|[儿女]儿?子|我家|去年|上学期|后来|弯路|[他她]|同学|同事|那[位个]|小[一-龥]")
_HOPED = re.compile(r"保证|让|帮|能|可以?|带[你您]|助")


def _no_promise(text: str, start: int, end: int) -> bool:
    low, high = _clause(text, start, end)
    return _NO_PROMISE.search(text, low, high) is not None and not _PROMISE.search(text, low, high)


def _no_wonder(text: str, start: int, end: int) -> bool:
    """A testimony, or progress that may be seen."""
    if re.search(r"(?:进步|提升|变化|成长)[^,，。\n]{0,2}看得见", text[max(0, start - 6) : end + 4]):
        return True
    if re.search(r"(?:一学期|一年|两学期|学期末?)(?:正好)?(?:学|上|讲)完(?:上|下|一|整)", text[start:end]):
        return True  # as long as school takes
    low = max(text.rfind(mark, 0, start) for mark in "。!?\n") + 1
    before = text[max(low, start - 60) : end]
    went = _WENT_FROM.search(text, start, end + 4)
    return (
        went is not None and _SOMEBODY.search(before) is not None and not _HOPED.search(text[max(0, start - 8) : end])
    )


#: A school's door is opened by a school: what clients write, how customers choose, what is signed for a refund is none.
_NO_SCHOOL = re.compile(r"(?:雇主|户主|客户|东家)[^,，。\n]{0,6}推荐信|(?:按|看|凭)学校和|签约保录(?![取送])|保送子宫")
#: Marks that a whole county needs, exercise books, how a shop was called, where a teacher works, a paper guessed.
_NOBODY = re.compile(
    r"(?:普高|重点|录取|分数|控制|本科|省控|重高|[一二]本)线(?:又|已|再|今年|都|还)?(?:涨|升|提|高)|一本(?:练习|册|书|教材|卷|作业|绘本|笔记|教辅)|原来(?:叫|名)|前身|更名|第[一二三四\d]+期\s*\d+\s*人|来(?:上|吃|玩|住)?过的都(?:晓得|知道)|分以下的[,，]?(?:无一|没一)|欢迎老学员|(?:去年|今年)?没考上的|说作业写完|从\d+人[^,，。\n]{0,3}到\d+人|命中|押[中题]|猜中|覆盖率|题型率|(?<!押题)出过[^,，。\n]{0,3}卷"
)
#: A present without a word of praise: 奶奶拎来一篮土鸡蛋 recommends nobody.
_PRESENT = re.compile(
    r"(?:妈妈?|爸爸?|爹|家长|奶奶|爷爷|外婆|孩子|娃|学[生员]|老乡|邻居|[他她])们?[^,，。]{0,6}?(?:给|送|拎|提|捎|寄|带)(?:了|来)?[^,，。]{0,8}?(?:[两一三四五六七八九十几半\d]\s*)(?:箱|袋|篮|筐|盒|包|瓶|斤|只|个)[^,，。锦]{1,6}"
)
_THANKED = re.compile(r"锦旗|谢|夸|说|推荐|介绍|考[了上进到]|[提涨]了|进步|上来|满分|第[一二三]|录取|上岸|\d{2,}分")
#: How so many of them came out, right behind: 去年第一期20人,12个考进一中.
_OF_WHOM = re.compile(r"[,，]\s*[\d一二三四五六七八九十]+\s*[个人名]")
_AT_POST = re.compile(
    r"任教|任职|教书|(?:学校|中学|小学|高中|省重点|市重点)[^,，。\n]{0,3}(?:上班|当老师)|在某?[省市区]重点"
)
_PUPILS = re.compile(r"学[生员子]|孩子|娃|带出|考上|录取|满分|毕业生|弟子|状元")
_OF_TEACHERS = re.compile(r"(?:老师|教师|师资|教练)[^。\n]{0,30}?(?:拿|获|得)[过了]?[^,，。\n]{0,6}奖")


def _nobody_speaks(text: str, start: int, end: int) -> bool:
    low, high = _clause(text, start, end)
    if _PRESENT.search(text, low, high) and not _THANKED.search(text, start, max(end, high) + 10):
        return True
    first = CLAUSE_END.search(text, start, end)
    other = _NOBODY.search(text, max(0, start - 2), first.start() if first else end + 4)
    if other is not None and not _OF_WHOM.match(text, other.end()):
        return True
    if _PUPILS.search(text, low, high):
        return False
    return (
        _AT_POST.search(text, start, end + 2) is not None
        or _OF_TEACHERS.search(text, max(0, low - 24), high) is not None
    )


#: Titles that the state gives, the only one of the pupils, the pupils themselves.
_NO_SUPERLATIVE = re.compile(
    r"国家级(?:裁判|运动员|社会体育|心理|健康|非遗)|唯一一?[个名位](?!机构|品牌|公司)|下来的王牌|王牌(?:名师|老师|讲师|服务|教师)|顶尖生|第一家[(（]|最低优惠|最好的老师(?:就?是|[,，。]|$)|首家[^,，。\n]{0,6}授权"
)


def _no_superlative(text: str, start: int, end: int) -> bool:
    return _NO_SUPERLATIVE.search(text, max(0, start - 3), min(len(text), end + 8)) is not None


#: Teachers who have left, who are wanted, who come to look; what a teacher of the school said.
_NOT_AT_SCHOOL = re.compile(
    r"(?:出来|下来|退休|退了)的(?:老)?(?:教师|老师)|聘请专业的|(?:须|必须|要|应)要?由[^,，。\n]{0,6}老师|有学校的老师(?:会)?来|老师(?:昨天|今天|刚才)?在(?:家长)?群里"
)


def _not_at_school(text: str, start: int, end: int) -> bool:
    return _NOT_AT_SCHOOL.search(text, max(0, start - 8), end + 8) is not None


#: Arrears, masked years, parts of a telephone, what is paid by the month, what others would give.
_NOT_AHEAD = re.compile(
    r"(?:慢|差|落后|晚|拉|落下)了?[^,，。\n]{0,4}半年|x{2,4}年|月结|(?:时薪|月薪)|舍得|终身复|年到[^,，。\n]{0,4}分|不要上|\d{7}\s+\d{4}"
)


#: Terms that the text itself measures: 报两期减200, 一期24天.
_TERMS = re.compile(r"(?:报|买|续|交|选|满|连[读上学])\s*([两二三2-3])\s*期")
_ONE_TERM = re.compile(r"(?:一|每|1)?期\s*[:：(（]?\s*(?:共|为|是)?\s*(\d{1,3})\s*(天|周|次|节|课时)")
_FOR_IT = re.compile(r"[^。\d\n]{0,6}(\d{3,5})(?!\d)")
_MOST_YUAN = 5_000
_MOST_OF = {"天": 92, "周": 13, "次": 60, "节": 60, "课时": 60}


def _short_terms(text: str, start: int, end: int) -> bool:
    """Whether terms sold together keep to three months, sixty lessons and 5,000 yuan by the text's own figures."""
    terms, one = _TERMS.search(text, max(0, start - 2), end), _ONE_TERM.search(text)
    if terms is None or one is None:
        return False
    number = {"两": 2, "二": 2, "2": 2}.get(terms[1], 3)
    asked = _FOR_IT.match(text, one.end())
    return number * int(one[1]) <= _MOST_OF[one[2]] and (asked is None or number * int(asked[1]) <= _MOST_YUAN)


def _not_ahead(text: str, start: int, end: int) -> bool:
    if _short_terms(text, start, end):
        return True
    return _NOT_AHEAD.search(text, max(0, start - 9), end + 3) is not None


#: When an offer ends or lights go out, which is no lesson's end; a morning's hour in words.
_DEADLINE = re.compile(
    r"\s*(?:点|时)?(?:整|钟)?\s*(?:(?:之?前)(?:可?电话|可?咨询|来电|跟|报|付|接龙|下单|联系|回复|扣|转|交(?!作业)|定|抢|锁|私|有效|参团|拼|占|截)|截|停[团止]|关[团链]|恢复|涨价|收单|封团|开抢|开播|息(?!灯)|就寝|睡)"
)
_WORD_HOUR = re.compile(r"[七八九十]点")
_DAYTIME = re.compile(r"早|晨|上午|清早|晚|夜|下午|傍晚|放学|午")


#: What need not be any more (再也不必熬到后半夜), and who waits or writes at home: no class lasts so long.
_SPARED = re.compile(
    r"(?:不(?:用|必|需要?|再|会|至于|想|肯|愿)|再也[不没]|再不|无需|无须|不消|别再|告别|省得|免得|从不|从没|没有?|绝不|未曾|摆脱)(?![一-龥]{0,4}[我咱]们)(?!接|送|做饭)[^,，。！？；!?;\n]{0,12}$"
)
_AT_HOME_TILL = re.compile(
    r"(?:在家|家里|回家|回到家|妈妈?|爸爸?|爹|奶奶|爷爷|家长|全家|天天|夜夜|[你您]|自己)[^,，。！？；!?;\n]{0,6}(?:等|熬|耗|磨|拖|吼|催|吵|折腾|守着?作业|写作业|加班|干耗)[^,，。！？；!?;\n]{0,4}$|(?:熬|耗|磨蹭?|拖拉?|折腾|吼|吵)$"
)


def _spared(text: str, start: int, end: int) -> bool:
    """Whether an hour is told only as what is over, or as when somebody at home is done."""
    low = _clause(text, start, start)[0]
    till = re.compile(r"[到至]").search(text, start, end)
    head = text[low : till.start() if till else start]
    return _SPARED.search(head) is not None or _AT_HOME_TILL.search(head) is not None


def _not_late(text: str, start: int, end: int) -> bool:
    if _spared(text, start, end) or _no_evening(text, start, end) or _DEADLINE.match(text, end):
        return True
    if re.search(r"深夜[^,，。\n]{0,2}点$", text[start:end]):
        return True
    if _WORD_HOUR.match(text, start):
        said = _DAYTIME.findall(text[max(0, start - 60) : start])
        return bool(said) and said[-1] in ("早", "晨", "上午", "清早")
    return False


def _not_little(text: str, start: int, end: int) -> bool:
    """Pupils' size of class, or what is refused to little ones, or taught to their mothers."""
    if former_post(text, start, end):
        return True
    if re.search(r"不做大班|妈妈班|教妈妈|教大人", text[max(0, start - 6) : end + 12]):
        return True
    return _size_of_class(text, start, end)


_CUES = {signal: pattern(groups) for signal, groups in SENSE_CUES.items()}
_BY_SIGNAL: dict[str, Callable[[str, int, int], bool]] = {
    "preschool_academic": _not_little,
    "late": _not_late,
    "loan": _halves,
    "holiday": _no_day_off,
    "price_bait": _to_us,
    "school_link": lambda text, start, end: (
        _of_arts(text, start, end) or _NO_SCHOOL.search(text, max(0, start - 4), end + 4) is not None
    ),
    "guarantee": _no_promise,
    "exaggerated": _no_wonder,
    "endorsement": _nobody_speaks,
    "superlative": _no_superlative,
    "teacher_public": _not_at_school,
    "prepay": lambda text, start, end: _in_parts(text, start, end) or _not_ahead(text, start, end),
}


def misread(signal: str, text: str, start: int, end: int) -> bool:
    """Whether the words at a place of a restored text mean something else than the signal they were found for."""
    if of_page(text, start, end):
        return True
    if (cues := _CUES.get(signal)) and cues.search(set_out(text, start, end)):
        return True
    ask = _BY_SIGNAL.get(signal)
    return ask is not None and ask(text, start, end)
