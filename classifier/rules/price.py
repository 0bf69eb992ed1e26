"""Money: that it is taken (paid), bait (price_bait), taken far ahead (prepay), borrowed (loan)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.rules.context import denied
from classifier.rules.numbers import NUMBER, plain, to_number
from classifier.types import Hit

#: Limits on what may be taken at once: 教监管函〔2021〕2号 and the thirteen departments' opinion.
MAX_LESSONS = 60
MAX_MONTHS = 3
MAX_YUAN = 5000

_N = rf"(?:{NUMBER})"
_MASK = r"(?:x{1,5}|\*{2,5}|某)"
_PAID = re.compile(
    rf"(?:{_N}|{_MASK})\s*(?:元|块|大洋|米|圆|rmb|¥|💰)(?!素|旦|宵|件|头)|[¥￥$]\s*\d|(?:学费|收费|费用|课时费|报名费|价格|课酬|束脩|座位费|月费|餐费|资料费|辛苦费|人均|一位|一人|每人|一节|一次|一课时|每节|每次|每课时|每小时|每月|一个月|一期|一科|单科|一学期)\s*[:：]?\s*(?:{_N}|{_MASK})"
    rf"|\d+\s*/\s*(?:人|节|月|次|h|小时|课时|期|位|天|科|学期|年)|(?:元|块)?/(?:节|次|小时|课时|月|期|人|h)|收费|学费|缴费|交费|付费|付款|定金|押金|订金|优惠|打折|[一二三四五六七八九\d](?:\.\d)?折|特价|课时包|课包|次卡|月卡|年卡|季卡|退费|退款|全额退|团购|报名费|红包|分期|免息|现价|原价|立减|直降|课时费|套餐|心意|茶钱|辛苦钱|价格?(?:美丽|好说|私聊|面议|从优|不贵)|不贵|收(?:钱|现金)|转账|扫码付|平摊|均摊|分摊|摊下来"
)
_BAIT = re.compile(
    rf"原价[^。\n]{{0,14}}?(?:现价|现在|只要|仅|特价|今|到手|秒杀|活动价)?[^。\n]{{0,6}}?{_N}|(?:门市价|划线价|平时(?:卖)?|市场价)\s*{_N}|(?:现价|特价|到手价|秒杀价?|体验价?|试听价?|活动价|早鸟价?|团购价|优惠价)[^，。\n]{{0,4}}?(?:{_N}|{_MASK})|(?:0|零|一|1|9\.9|9\.8|19\.9|19|29\.9|29|39\.9|49\.9|49|99|x|[九9]块[九9])\s*元?(?:体验|试听|试课|上课|听课|学|抢|报名|秒|入营|上车|领|购)"
    rf"|(?:[一二三四五六七八九\d](?:\.\d)?|x)折|半价|秒杀|限时|限量|限额|(?:仅|只|还|最后)(?:剩|限|有|收|招|余)?\s*(?:最后)?\s*(?:{_N}|{_MASK})\s*(?:个|席|位|名|人|座|组|套|张|单)(?:名额|位置|座|席)?|名额(?:有限|不多|紧张|仅|只)|(?:前|头|首批)\s*(?:{_N}|{_MASK})\s*(?:名|位|个|人|组)|(?:立减|减免?|直降|抵|省|返现?|立省|优惠|便宜|减)\s*(?:{_N}|{_MASK})(?!分|个月|天)|(?:满|充|存|交)\s*(?:{_N}|{_MASK})[^，。\n]{{0,4}}?(?:减|送|返|抵|赠)|买\S{{1,3}}[送赠]\S|报\S{{1,3}}[送赠]\S|(?:免费)?(?:赠送|送|赠|领取?|再?领)(?:\s*(?:{_N}|{_MASK}|一[个套份次节]|价值|书包|台灯|课|大礼|礼|教材|资料|书|体验|两|文具|水杯|试听))|(?:老带新|带新|推荐|转介绍|两人同行|二人同行|三人同行|结伴|拼团|团报|{_N}人(?:成团|团|同行|同报))[^，。\n]{{0,10}}?(?:减|送|折|返|省|免|价|元|优惠)|(?:月底|本周|今晚|\d+[号日月]|截止|过后|之后)[^，。\n]{{0,6}}?(?:涨价|恢复原价|涨|截止)|代金券|优惠券|抵用券|大礼包|豪礼|好礼|礼品|抽奖|红包|早鸟|先到先得|报满即止|额满为止|满员即止|坐满拉倒|手慢无"
)
_LESSONS = re.compile(rf"({_N})\s*(?:个)?(?:课时|节课?|次课|堂课|讲|次)(?!日|假|期|课后)")
_MONTHS = re.compile(
    rf"({_N})\s*个月|({_N})\s*(?:个)?(?:学期|季度)|(半年|一整?年|全年|两年|三年|一学年|整学年|学年|终身|年卡|年费|全程班|到(?:中考|高考|毕业|期末)|从初[一二]到|整个?高中|三年制)"
)
_YUAN = re.compile(
    rf"[¥￥]\s*({_N})|({_N})\s*(?:元|块|圆|rmb)|(?:学费|收费|全价|费用|打包价?|总价|全套|年费|全案|套餐|一次性|全款)\s*[:：]?\s*({_N})(?![\d年月日号点分])"
)
_TOGETHER = re.compile(
    r"一次(?:性)?(?:付|交|缴|结|清)|付清|交齐|缴齐|交清|预[存付交缴]|储值|充值|充|年费|年卡|课时?包|课包|次卡|打包|全款|全年|套餐|连报|一口价|学费|收费|缴费|费用|交|/人|每人|元|块|购买|团报"
)
_LOAN = re.compile(
    rf"(?:分|可分|支持|能分|办|走|做)\s*(?:{_N}|{_MASK}|多)?\s*期(?!间|末|中|待|望)|分期|(?:{_N}|{_MASK})\s*期(?:免息|分期|0息|零息|付)|免息|零首付|0首付|贷款|培训贷|教育贷|助学贷|月供|花呗|白条|信用卡分|先学后付|先上后付|先读后付"
)


def find_prices(text: str) -> Iterator[Hit]:
    """Hits paid, price_bait, loan, and prepay with the number compared."""
    for match in _PAID.finditer(text):
        if not denied(text, match.start()):
            yield Hit(name="paid", start=match.start(), end=match.end())
    for match in _BAIT.finditer(text):
        if not denied(text, match.start()):
            yield Hit(name="price_bait", start=match.start(), end=match.end())
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
    together = bool(_TOGETHER.search(text))
    for match in _LESSONS.finditer(text):
        number = _value(match)
        if (
            number is not None
            and MAX_LESSONS < number <= 2000
            and "每" not in text[max(0, match.start() - 3) : match.start()]
        ):
            yield Hit(
                name="prepay", start=match.start(), end=match.end(), note=f"{plain(number)}课时，超过{MAX_LESSONS}课时"
            )
    for match in _MONTHS.finditer(text):
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
        if long and together:
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
            and not re.search(r"月薪|薪|工资|首付|租|罚|提成|奖", text[max(0, match.start() - 8) : match.end() + 6])
        ):
            yield Hit(
                name="prepay",
                start=match.start(),
                end=match.end(),
                strength=0.9,
                note=f"{plain(number)}元，超过{MAX_YUAN}元",
            )
    for match in re.finditer(r"(?:预[存付交缴]|储值|充值)[^，。\n]{0,12}|(?:充|存)\s*\d{3,}|大课时?包", text):
        yield Hit(name="prepay", start=match.start(), end=match.end(), strength=0.6, note="预存、充值或课时包方式收费")
