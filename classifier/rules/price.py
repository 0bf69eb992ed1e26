"""Money: that it is taken (paid), bait (price_bait), taken far ahead (prepay), borrowed (loan)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.rules.context import denied
from classifier.rules.families import Family, alternatives
from classifier.rules.numbers import NUMBER, plain, to_number
from classifier.rules.prefilter import gated
from classifier.types import Hit

#: Limits on what may be taken at once: 教监管函〔2021〕2号 and the thirteen departments' opinion.
MAX_LESSONS = 60
MAX_MONTHS = 3
MAX_YUAN = 5000

_N = rf"(?:{NUMBER})"
_MASK = r"(?:x{1,5}|\*{2,5}|某)"
_PAID = gated(
    rf"(?:{_N}|{_MASK})\s*(?:元|块|大洋|米|圆|rmb|¥|💰)(?!素|旦|宵|件|头)|[¥￥$]\s*\d|(?:学费|收费|费用|课时费|报名费|价格|课酬|束脩|座位费|月费|餐费|资料费|辛苦费|人均|一位|一人|每人|一节|一次|一课时|每节|每次|每课时|每小时|每月|一个月|一期|一科|单科|一学期)\s*[:：]?\s*(?:{_N}|{_MASK})(?![\dx.一二两三四五六七八九十百千万]|\s*(?:多|来)?\s*(?:分|个|名|人|月|天|课时|节|小时|[点:]))"
    rf"|\d+\s*/\s*(?:人|节|月|次|h|小时|课时|期|位|天|科|学期|年)|(?:元|块|(?<![钟nh时天]))/(?:节|次|小时|课时|月|期|人|h)|收费|学费|缴费|交费|付费|付款|定金|押金|订金|优惠|打折|[一二三四五六七八九\d](?:\.\d)?折|特价|课时包|课包|次卡|月卡|年卡|季卡|退费|退款|全额退|团购|报名费|红包|分期|免息|现价|原价|立减|直降|课时费|套餐|心意|茶钱|辛苦钱|价格?(?:美丽|好说|私聊|面议|从优|不贵)|不贵|收(?:钱|现金)|转账|扫码付|平摊|均摊|分摊|摊下来"
)
_COUNTED = r"(?:个(?!月|学期|星期|小时|钟|礼拜|年)|席|位|名|人|座|组|套|张|单|份|户|家|桌|坑|号)"
_BAIT = (
    rf"原价[^。\n]{{0,10}}?{_N}(?:[^。\n]{{0,6}}?(?:现价?|现在|只要|仅|特价|今[晚天日夜]|到手|秒杀|活动价|→|->)\s*[¥￥]?{_N})?|(?:门市价?|划线价|平时(?:卖)?|市场价|恢复)\s*[¥￥]?{_N}|(?:现价|特价|到手价?|秒杀价?|体验价?|活动价|早鸟价?|团购价?|优惠价|首月|直播间)\s*[:：]?\s*[¥￥]?(?:{_N}|{_MASK})(?!个月|节|次|周|天|学)"
    rf"|(?:0|零|一|1|x|两|2)\s*[元块]钱?(?:体验|试听|试课|上课|听课|学|抢|报名|秒|入营|上车|领|购|锁|开课|试)|(?<![\d.])(?:\d{{0,2}}9\.[89]|[九9]块[九9]|[1-3]9[元块])"
    rf"|(?<![第打骨])(?:[一二三四五六七八九\d](?:\.\d)?|x|[一二三四五六七八九][一二三四五六七八九])折(?![叠纸线])|半价|秒杀|限时|限量|限额|特惠|闪购"
    rf"|(?:仅|只|限|还|就|最后|招|留)(?:仅|只|剩|限|有|收|招|留|余|开|报|下|差)*\s*(?:最后)?\s*(?:{_N}|{_MASK}|俩|仨|几)\s*{_COUNTED}(?:名额|位置|位子?|座|席|学位|床位|孩子|学生|家庭|娃)?|(?<!只)剩\s*(?:{_N}|{_MASK})\s*{_COUNTED}|(?:名额|席位|座位|学位|机位|床位|空位|(?<!业)(?<!业\s)余席?)\s*[:：·]?\s*(?:仅|只|剩|各)?\s*(?:{_N}|{_MASK})(?!\d|\s*(?:元|块|一天|/|分钟|平|号|层|楼))|(?:{_N}|{_MASK})\s*个?(?:名额|席位|学位|空位)|(?:名额|席位|座位|学位)(?:有限|不多|紧张|紧|告急|仅|只)"
    rf"|(?<![绩名级年当以提])(?:前|头|首批)\s*(?:{_N}|{_MASK})\s*(?:名|位(?!\s*(?:数|号|是|为|[:：]|[\dx*])|数)|个(?!月|单元|学期|星期|礼拜|小时|阶段|章|周|年|字|题|问|课)|人|组|户|家(?!长))|(?:立减|(?<!加)减免?|直降|可?抵|(?<![全本外各县市跨赛])省下?|返现?|立省|优惠|便宜|再少|少收)\s*(?:{_N}|{_MASK})\s*(?:元|块)?(?![分名次人天级%步倍等]|个月|多万)|(?:满|充|存|交|预交)\s*(?:{_N}|{_MASK})[^，,。\n]{{0,4}}?(?:减|送|返|抵|赠|当|占座)|买\S{{1,3}}[送赠]\S{{1,3}}|报\S{{1,3}}[送赠]\S{{1,3}}|学费减半|免单|免(?:一|1|首)个?月|免住宿费"
    rf"|(?:赠送|(?<!接)送(?!\s*\d{{1,2}}[:：])|赠|再给|多给|另送|免费领取?|再?领)\s*(?:{_N}|{_MASK}|一[个套份次节对]|价值|书包|台灯|大礼|礼|教材|资料|真题|文具|水杯|小?手表|平板|道服|球衣|手册|工具|教辅|电话手表|器材|营服|器械|全年|全套)[^，,。！!\n]{{0,5}}|[^\s，,。！!]{{2,4}}(?:白送|免费送|奉送)|有礼品?|背包"
    rf"|(?:老带新|带新|老生带新生|转介绍|两人同行|二人同行|三人同行|[23]人同行|结伴|拼团|团报|{_N}人(?:成团|团|同行|同报))[^，,。\n]{{0,10}}?(?:减|送|折|返|省|免|价|元|优惠|退)?|(?:月底|本周|今晚|今日|明日|\d+[号日月]|过后|之后|即将)[^，,。\n]{{0,6}}?(?:涨价|恢复原价|涨到?|上调|截止)|代金券|优惠券|抵用券|大礼包|豪礼|好礼|抽奖|早鸟|先到先得|报满即止|额满为止|满员即止|坐满拉倒|满即?止|手慢无|明日恢复|最后\s*{_N}\s*(?:席|位|名额|个名额)"
)
_LESSONS = gated(rf"({_N})\s*(?:个)?(?:课时|节课?|次课|堂课|格|堂|讲|次)(?!日|假|期|课后)")
_MONTHS = gated(
    rf"({_N})\s*个月|({_N})\s*(?:个)?(?:学期|季度)|(半年(?!级)|一年一[交缴付]|一整?年(?![级前后来])|全年(?!级)|(?<![十百\d一二两三四五六七八九几这那前近头了过去今龄验开])[两二三](?:整)?年(?![级前后来的多间路经里]|制)|一学年|整学年|学年|终身卡?|年卡|年费|全年班|到(?:中考|高考|毕业|期末)|从初[一二]到|整个?高中|三年制)"
)
_YUAN = gated(
    rf"[¥￥]\s*({_N})|({_N})\s*(?:元|块|圆|rmb)|(?:学费|收费|全价|费用|打包价?|总价|全套|年费|全案|套餐|一次性|全款)\s*[:：]?\s*({_N})(?![\d年月日号点分])"
)
#: Wages, rents, deposits on flats, ranks: sums that are no fee.
_NOT_FEE = re.compile(
    r"月薪|薪|工资|月入|收入|首付|租|罚|提成|奖|位次|一个月|每月|按月|月子|起步价|住家|月休|原价|价值|标准价"
    r"|[前后尾]\S{0,2}位|[尾群]号|号码|电话|手机|微信|薇|qq|扣扣"
)
#: 28800，也可按月缴: the sum at once is asked for first.
_OR_MONTHLY = re.compile(r"(?:也可|也能|或|亦可)(?:以)?按?月?")
#: A flat, a cover or a wage by the year: 整租一年一付.
_NOT_FOR_LESSONS = re.compile(r"租|物业|保险|宽带|薪|工资")
#: Pay for work: 月薪6000元, 底薪5000+提成.
_WAGE = re.compile(r"(?:薪|工资|底薪|月入|月收入|提成|待遇|补贴)[^，,。；;\n]{0,12}$")
#: What has been taught, and how many times before, is no package: 已上200节, 第88次.
_NO_PACKAGE = re.compile(r"(?:每|第|已|已经|累计|超过?|不到|共计?授|录|上过|讲过|讲了|教过)[^，,。\n]{0,3}$")
#: 六十一次: sixty for one.
_FOR_ONE = re.compile(r"[一二三四五六七八九]?[十百][一二三四五六七八九十]*一\s*(?:节|次|堂|讲)")
#: Sums without a unit: 15天 6600, 五万八一年; years, counts and numbers of other things are not sums.
_BARE = gated(
    r"(?<![\d.:年第\-~xX*/])(?:[5-9]\d{3}|[1-9]\d{4})(?![\d.:年月日号点xX*人名个户字词家位次遍元块米余多%\-~/])(?!多[人名])(?!\s*[元块人名])"
    r"|(?<![一二三四五六七八九十百\d])(?:[一二两三四五六七八九]万[一二三四五六七八九]?|[五六七八九]千[一二三四五六七八九])(?![\d字词人名家多个学米元块户余])"
)
_TOGETHER = gated(
    r"一次(?:性)?(?:付|交|缴|结|清)|付清|交齐|缴齐|交清|预[存付交缴]|储值|充值|充|年费|年卡|课时?包|课包|次卡|打包|全款|全年|套餐|连报|一口价|学费|收费|缴费|费用|交|/人|每人|元|块|购买|团报"
)
_PACKAGE = re.compile(r"卡|套餐|会员|课包|全科|一对一|1对1|学年|全年|全程|学期|vip|班型|全日制|课时|费")
_LOAN = gated(
    rf"(?:可以?分|支持分?|能分|办|走|做)\s*(?:{_N}|{_MASK}|多)\s*期(?!间|末|中|待|望|课|营|班)|(?<!共)(?<!划)分\s*(?:{_N}|{_MASK}|多)\s*期(?=\s*(?:[付交缴还免给]|支付|零|0|[，,。；;！!）)]|$))|分期(?!间|开|上|教|授|推|实)|(?:{_N}|{_MASK})\s*期(?:免息|分期|0息|零息|付)|免息|零首付|0首付|贷款|培训贷|教育贷|助学贷|月供|花呗|白条|信用卡分|先学后付|先上后付|先读后付"
)

_STORED = gated(r"(?:预[存付交缴]|储值|充值)[^，,。\n]{0,12}|(?:充|存)\s*\d{3,}|大课时?包")
_SUM = re.compile(rf"{_N}(?![分天节次])")

FAMILIES: tuple[Family, ...] = alternatives("price_bait", _BAIT)


def find_prices(text: str) -> Iterator[Hit]:
    """Hits paid, loan, and prepay with the number compared; baits are FAMILIES."""
    for match in _PAID.finditer(text):
        if not denied(text, match.start()) and not _WAGE.search(text[max(0, match.start() - 16) : match.start()]):
            yield Hit(name="paid", start=match.start(), end=match.end())
    for match in _LOAN.finditer(text):
        if not denied(text, match.start()):
            yield Hit(name="loan", start=match.start(), end=match.end())
    yield from _prepay(text)


def _value(match: re.Match[str]) -> float | None:
    for group in match.groups():
        if group:
            return to_number(group)
    return None


def _prepay(text: str) -> Iterator[Hit]:
    for match in _LESSONS.finditer(text):
        number = _value(match)
        if (
            number is not None
            and MAX_LESSONS < number <= 2000
            and not _FOR_ONE.match(match.group())
            and not _NO_PACKAGE.search(text[max(0, match.start() - 6) : match.start()])
        ):
            yield Hit(
                name="prepay", start=match.start(), end=match.end(), note=f"{plain(number)}课时，超过{MAX_LESSONS}课时"
            )
    lengths = list(_MONTHS.finditer(text))
    together = bool(lengths) and bool(_TOGETHER.search(text))
    for match in lengths:
        months, terms, long = match.groups()
        number = to_number(months) if months else None
        if months and number is not None and MAX_MONTHS < number <= 48 and together:
            yield Hit(
                name="prepay",
                start=match.start(),
                end=match.end(),
                strength=0.5,
                note=f"{plain(number)}个月，超过{MAX_MONTHS}个月",
            )
        number = to_number(terms) if terms else None
        if terms and number is not None and 2 <= number <= 12 and together:
            yield Hit(
                name="prepay",
                start=match.start(),
                end=match.end(),
                strength=0.6,
                note=f"{plain(number)}个学期（季度），超过{MAX_MONTHS}个月",
            )
        if long and together and not _NOT_FOR_LESSONS.search(text[max(0, match.start() - 8) : match.end() + 6]):
            sure = long in ("年卡", "年费") or bool(
                re.search(
                    r"(?:元|块|费|付清|一次|套餐|¥|\d{4,}|x{3,}|课时|节)",
                    text[max(0, match.start() - 12) : match.end() + 14],
                )
            )
            yield Hit(
                name="prepay",
                start=match.start(),
                end=match.end(),
                strength=0.8 if sure else 0.3,
                note=f"“{long}”，超过{MAX_MONTHS}个月",
            )
    for match in _YUAN.finditer(text):
        number = _value(match)
        if (
            number is not None
            and MAX_YUAN < number <= 300_000
            and not _NOT_FEE.search(text[max(0, match.start() - 8) : match.end() + 6])
        ):
            yield Hit(
                name="prepay",
                start=match.start(),
                end=match.end(),
                strength=0.9,
                note=f"{plain(number)}元，超过{MAX_YUAN}元",
            )
    for match in _BARE.finditer(text):
        number = to_number(match.group().strip())
        around = _OR_MONTHLY.sub("", text[max(0, match.start() - 8) : match.end() + 6])
        if number is not None and MAX_YUAN < number <= 100_000 and not _NOT_FEE.search(around):
            note = f"{plain(number)}元，超过{MAX_YUAN}元"
            strength = 0.85 if _PACKAGE.search(around) else 0.7
            yield Hit(name="prepay", start=match.start(), end=match.end(), strength=strength, note=note)
    yield from _stored(text)


def _stored(text: str) -> Iterator[Hit]:
    """Money paid in: 充6000送1000, and where no sum is said; a small sum stored is none."""
    for match in _STORED.finditer(text):
        sums = [to_number(words) for words in _SUM.findall(text[match.start() : match.end() + 10])]
        most = max((number for number in sums if number is not None and number >= 100), default=None)
        if most is not None and most <= MAX_YUAN:
            continue
        strength = 0.9 if most is not None else 0.5
        yield Hit(
            name="prepay", start=match.start(), end=match.end(), strength=strength, note="预存、充值或课时包方式收费"
        )
