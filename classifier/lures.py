"""What is held out to buyers, told by numbers and turns of speech rather than by words of rebate (price_bait): a first
lesson for a coin, a lower price for several together, a struck price in brackets, a deposit that counts
double, a price about to rise, the last chairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.rules.prefilter import Gate

_P = r"[^,，;；。!?\n]"
_N = r"(?:\d{1,3}|x{1,2}|[一二两三四五六七八九十]{1,2})"
_WAYS = tuple(
    re.compile(source)
    for source in (
        rf"(?:试课|试听|试学|体验课?|首周|首月|首节|首课|(?:测评|评估|诊断)(?!费)|头[一两]节){_P}{{0,5}}?(?<![\d.])(?:0|1|9\.9|x\.x|x|19\.9|29\.9|39\.9|一)\s*元(?!/)|(?:9|19|29|39|49|99)块9",
        rf"{_N}\s*(?:个?人|家|位|娃)(?:同来|同报|一起来?|同行|结伴|及?以上|起|成团)[,，]?\s*(?:每人|各|只要|都是|每位|降到|减到)?\s*[¥￥]?\d{{2,5}}(?!\s*(?:人|个|点|年|月|分|岁|名|节|次|课时))",
        r"[¥￥]\s*\d{2,5}\s*(?:[一-龥]{0,6}\s*)?[(（]\s*(?:原|官|单人|市场|日常)?价?\s*[¥￥]\s*\d{2,5}\s*[)）]",
        r"(?:定位|定金|订金|意向金|预交|先交)\s*\d{2,4}\s*(?:元|块)?\s*(?:顶|抵|当)\s*\d{2,5}",
        rf"(?:年后|下个?月|月底|月初|节后|开学后?|下周|下期|明天起?|[\d一二三四五六七八九十]{{1,2}}月(?:[\d一二三四五六七八九十]{{1,3}}[日号])?(?:起|后)){_P}{{0,4}}?(?:每[节次课人月])?涨\s*(?:\d{{2,4}}|价|到\d)|(?:本|团长|开团|拼团|群友)团?价\s*[:：]?\s*[¥￥]?\d{{2,5}}",
        rf"(?:位子|位置|座位|名额|床位|凳子)(?:就|只有?|仅|也就)(?:那么|这么)?(?:几|{_N})\s*[个张把]|再(?:收|来|加|接)\s*(?:{_N}\s*[个家张位])(?:桌子?|娃|孩子)?[,，]?\s*(?:就不收|就满|就关|就封|不再收)|最后(?:再)?(?:加|添|塞)(?:一|两)[张个把](?:桌|凳|椅|位|娃)",
    )
)
_GATE = Gate(_WAYS)
_NOT_SOLD = re.compile(r"资料费|门票|票价|停车|快递|公交|博物馆|图书馆|公益|工资|月薪|别人家|那家")


def lured(text: str) -> Iterator[tuple[int, int]]:
    """Places in a text (blanks between its characters taken out) that hold out a lure, in no order."""
    for number in _GATE.possible(text):
        for match in _WAYS[number].finditer(text):
            start, end = match.span()
            if not _NOT_SOLD.search(text[max(0, start - 12) : end + 8]):
                yield start, end
