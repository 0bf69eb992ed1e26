# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""Another's advertisement told of in a story: 又收到短信“…”,我娃才六个月. Its words are no offer of who tells it.

A stretch is left unread where the text frames it as received, overheard or shouted by somebody else, and nothing
outside it offers anything: who quotes an advertisement and then says 要的私我 advertises. Without quotation marks a
frame counts only where the rest shows how the teller takes it (laughs, complains, has no such child).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.disguises import Candidate
from classifier.fold import Folded
from classifier.restore import rewrite
from classifier.rules.firsts import Sought

#: What stands in the unread stretch's place; it ends a clause.
_GAP = "…"
_QUOTED = re.compile(
    r"“([^”]{6,400})”|\"([^\"]{6,400})\"|‘([^’]{6,400})’|「([^」]{6,400})」|『([^』]{6,400})』|〝([^〞]{6,400})〞"
)
_MESSAGE = (
    r"(?:短信|消息|信息|微信|私信|推送|弹窗|弹幕|广告|传单|海报|宣传单|小卡片|卡片|横幅|标语|推销|电话|语音|推文|视频|直播|帖子|朋友圈|好友申请|"
    r"验证消息|邮件|邀请|文案|话术)"
)
_GOT = r"(?:收到|接到|刷到|看到|瞅见|看见|瞄到|翻到|听到|听见|碰到|遇到|弹出|蹦出|跳出|塞[来进给]?|递[来给过]|贴[着了出]|发来|发了|发的|群发|转来|推来|推给|打来|来了|又是|又来)"
#: Somebody else, who sells.
_SELLER = (
    r"(?:有人|有个[^,。!?\n]{0,8}|某(?:机构|老师|教育|培训)[^,。!?\n]{0,4}|推销(?:员|的|电话|短信)?|卖课的?|中介|销售|骗子|发(?:传单|广告)的[^,。!?\n]{0,3}|陌生(?:人|号码?|头像)|"
    r"(?:隔壁|那家|别家|一家|什么|各种)?(?:机构|补习班|培训班|辅导班|早教|培训机构)(?:的)?(?:老师|顾问|销售|小姐姐|人|客服)?|客服|课程顾问|那些|广告(?:里|上|词|语)?|电梯里?|楼下|微商|群里)"
)
_SAID = r"(?:说|喊|问|发|写|吆喝|推销|打电话|加我|私信我?|@我|at我|艾特|念|播|循环|轰炸|自称|声称|宣称|上来就|张口就|开口就)"
_LINK = r"[^。!?\n“”\"]{0,10}?"
#: Right before the stretch.
_FRAME = re.compile(
    rf"(?:{_GOT}[^。!?\n]{{0,14}}?{_MESSAGE}{_LINK}|{_MESSAGE}[^。!?\n]{{0,6}}?(?:写着?|上写|里说|说|内容|曰|是|又来|标题|弹出){_LINK}"
    rf"|{_SELLER}{_LINK}{_SAID}{_LINK}|又(?:来|有|是|开始|被)[^。!?\n]{{0,6}}?(?:推销|卖课|广告|轰炸|骚扰){_LINK})[:,]?\s*\Z"
)
#: 别再群里发“…”: said to the reader, not told.
_NOT_TOLD = re.compile(r"(?:别再?|不要再?|少|停止|何必)[^,。!?\n]{0,8}$")
#: Right behind it.
_FRAME_AFTER = re.compile(
    rf"[,。!]?(?:\s*[-—]{{1,3}})?(?:这[样种类条是]?的?|的|诸如此类的?|又是这种|等等)?(?:垃圾|骚扰|推销|补习|培训)?{_MESSAGE}(?:又|天天|总|每天|一天|轰炸|满天飞|真|看|收|我|把|是|,|。|来|太)"
)
#: An advertisement's own words.
_SELLS = re.compile(
    r"班(?!主任|长|里|上)|课(?!文|本|间)|辅导|补习|名师|名额|席位|报名|提分|冲刺|托管|培优|一对一|试听|保过|包过|押题|起跑线|对手|分水岭|耽误|预备|优惠|免费|体验|限时|领先|落后|抢跑|提升|内部|不会自主|教育"
)
#: The teller offers something, names a price or can be reached.
_OWN_OFFER = re.compile(
    r"\d{7,}|1[3-9]\d[\dx*]{4,}|(?:电话|微信|热线|地址|费用|学费|报名处|vx?|qq)\s*[:是]?\s*[a-z\d]{4,}|地址[:是]|(?:私|滴|戳|扣|踢|加|联系|找|问|敲|喊|留言给)(?:一?下)?(?:我|俺|姐|本人|老师|楼主|群主)(?!要|的孩子)"
    r"|(?:要|想要|想|需要|有需要|感兴趣|有意|心动|想去|想报|想问|想看)的[^。!?\n]{0,12}?(?:私|留|扣|加|滴|来|找|踢|联系|戳|举手|报名|吱|接龙|评论|说)|名额|试听|席位|扫码|二维码|接龙|咨询|推(?:名片|给你|你们)|推荐(?:给|大家|你)"
    r"|(?:我们|咱们|本)(?:这|家|店|班|机构|中心|校|工作室|学堂|书院|课|老师|团队)|我(?:这边|这里|这儿|家)?(?:还|也|就|现在)?(?:能|可以)?(?:再)?(?:收|带|教|招|接)(?:的|着|了|过)?[^,。!?\n]{0,3}(?:\d|[一二三四五六七八九十两几]个|学生|孩子|娃|初|高|小学)"
    r"|\d\s*(?:元|块|一节|/节|一次|每月|一个?月|一期)|报名(?:从速|电话|请|方式|热线|截止|就|立)|欢迎|开班|我自己带|文末|留言|置顶|主页|拼班|拼课|一起(?:报|拼|学|来)|两人同行|我(?:已经|也|立马|果断|当场|赶紧|就)?(?:给[^,。\n]{0,3})?(?:报了|报上|下单了|交了定金)"
)
_REACTION = re.compile(
    r"哈哈|hhh|笑(?!容)|无语|呵呵|拉黑|举报|烦|服了|骗|套路|吐槽|骚扰|垃圾|离谱|绷不住|救命|谢谢你?了|真的会谢|怎么知道|哪来的?(?:电话|号码)|泄露|要不要脸|😂|🤣|😅|🙄|😓|💀|😭|段子|我回|我回复|回了[一句他她它]|他把我删|挂了|不如"
    r"|我(?:家|们家)?(?:娃|孩子|儿子|闺女|女儿|宝|崽|猫|狗)?[^,。!?\n]{0,6}(?:才|还没|没有|刚满|刚出生|还在肚子|没孩子|没娃|单身|未婚|没对象|不孕|大学|三十|四十)"
)
#: An advertisement told without marks, up to the end of its line or to its own last words.
_UNMARKED = re.compile(
    r"[::]\s*((?:【[^】\n]{2,20}】)?[^\n]{10,300}?(?:退订(?:回|请回复?)?\s*[tnr]d?|回复?\s*[tnr]d?\s*退订|拒收请?回复?\s*[a-z]+|(?=\n)|\Z))"
)
_SPEAKER = re.compile(
    r"(?m)^\s*(?:销售|推销员?|机构|课程顾问|顾问|客服|补习班|培训班|对方|卖课的|电话那头|骗子|中介)[^:\n]{0,6}:([^\n]{4,200})"
)
_ANSWER = re.compile(r"(?m)^\s*(?:我|我妈|我爸|我老公|我老婆|本人|我儿子|我女儿)[^:\n]{0,6}:")
#: Without one of these nothing is told of.
_GATE = Sought(r"[“\"‘「『〝]|短信|推销|消息|信息|传单|销售|机构|顾问|客服|骗子")
_LEAST_OUTSIDE = 6
_HAN = re.compile(r"[\u4e00-\u9fff]")


def unread(folded: Folded) -> Folded:
    """The text with advertisements of others, told of in it, replaced by an ellipsis; the same object if none is."""
    text = folded.text
    if not _GATE.search(text):
        return folded
    places = sorted(_told(text))
    if not places:
        return folded
    rest = _without(text, places)
    if _OWN_OFFER.search(rest) or len(_HAN.findall(rest)) < _LEAST_OUTSIDE:
        return folded
    return rewrite(folded, [Candidate(start=start, end=end, word=_GAP, way="given") for start, end in places])


def _told(text: str) -> Iterator[tuple[int, int]]:
    marked = False
    for match in _QUOTED.finditer(text):
        start, end = match.span(match.lastindex or 0)
        if not _SELLS.search(text, start, end):
            continue
        before = text[max(0, start - 41) : start - 1]
        if (_FRAME.search(before) and not _NOT_TOLD.search(before)) or _FRAME_AFTER.match(text[end + 1 : end + 24]):
            marked = True
            yield start, end
    if marked:
        return
    if _ANSWER.search(text):
        yield from (match.span(1) for match in _SPEAKER.finditer(text))
    for match in _UNMARKED.finditer(text):
        if not _FRAME.search(text[max(0, match.start() - 40) : match.start()]):
            continue
        if _SELLS.search(match[1]) and _REACTION.search(_without(text, [match.span(1)])):
            yield match.span(1)


def _without(text: str, places: list[tuple[int, int]]) -> str:
    parts, last = [], 0
    for start, end in places:
        parts.append(text[last:start])
        last = max(last, end)
    return _GAP.join([*parts, text[last:]])
