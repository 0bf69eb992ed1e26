"""Stories that hold an advertisement and offer nothing: somebody else's is laughed at, or it stands in a novel or film.

Unlike `reported`, which leaves a marked quotation unread, this looks at the text as a whole: another's advertisement
came to the teller, the teller answers it with something that makes it pointless, and nobody can be reached.
"""

from __future__ import annotations

import re

#: How another's advertisement came: received, overheard, shown again and again.
_CAME = re.compile(
    r"(?:又|刚才?|今天|昨天|早上|晚上|天天|每天|一直|刚刚|方才)?[^。！？!?\n]{0,10}?(?:收到|接到|刷到|听到|弹[出窗]|推送|(?:发|塞|递|捡|研究)(?:来|给|了|着)?[^。，,\n]{0,6}传单|传单|小广告|循环(?:播)?|轰炸|打来(?:第|的|电话|一)|来电|短信[里说]|短信又|电梯里|卖课的|推销|骚扰)"
    r"|(?:客服|销售|顾问|机构|对方|电话那头|推销员|培训班|补习班)(?:老师|小姐姐)?\s*[:：]|(?:群里|朋友圈)[^。，,\n]{0,8}(?:盗号|连发|刷屏|有人发)"
)
#: The teller's answer: no such child, a laugh, another use for the paper.
_POINTLESS = re.compile(
    r"我(?:家|们家)?(?:的)?(?:娃|孩子|儿子|闺女|女儿|宝|崽|猫|狗|他)?[^,，。!?\n]{0,5}?(?:才(?:[一二三四五六七八九十两几\d]+个?(?:月|岁)|出生|满月)|还没(?:出生|对象|结婚|孩子|娃|生)|刚(?:满月|出生|大学毕业)|还在(?:肚子|啃|吃奶)|没(?:有)?(?:孩子|娃|对象|结婚)|单身|未婚|不孕|大学(?:都)?毕业|养的是)"
    r"|养的是(?:猫|狗|鱼|仓鼠|龟)|(?:上个月|去年|早就|已经)(?:刚)?大学毕业|对方(?:就|都)?(?:沉默|挂|把我|愣)|沉默了|把电话挂|挂了(?:我|电话|她|他)?|拉黑|举报了|陷入(?:了)?沉思|啃(?:脚丫|奶瓶|手指)|哈哈|hhh|笑(?:死|喷|翻|疯|出声)|无语|呵呵|绷不住|真的会谢|救命啊|段子|套路|骗子"
    r"|(?:领|拿|捡)了?(?:两|俩|三|几|一)?[^,，。]{0,6}(?:回家|回去)[^,，。]{0,4}(?:装|垫|擦|包|糊|引火)|(?:垫|擦)(?:桌|泡面|碗|玻璃)|先生一个|你小时候怎么|怎么不教(?:教)?(?:股票|自己|他)|我家(?:猫|狗|鹦鹉)[^,，。]{0,4}都|🤣|😂|😅|🙄|💀"
)
#: Whoever says this wants to be found, or sells: the story is his own advertisement.
_REACHED = re.compile(
    r"\d{7,}|1[3-9]\d[\dx*]{4,}|(?:电话|微信|热线|地址|校区|报名处|客服|vx?|qq|加)\s*[:：是]?\s*[a-z\d]{4,}|地址[:：]|(?:私|滴|戳|扣|踢|加|联系|找|问|敲)(?:一?下)?(?:我|俺|姐|本人|老师|楼主|群主)(?!要|的孩子|说|借)|扫码|二维码|接龙|评论区|置顶|主页|文末|小黄车|左下角"
    r"|(?:要|想要|需要|感兴趣|有意|心动|想去|想报|想来)的[^。!?\n]{0,12}?(?:私|留|扣|加|滴|来|找|踢|联系|戳|举手|报名|吱|评论)|(?:我们|咱们|本|咱)(?:这|家|店|班|机构|中心|校|工作室|学堂|书院|课|馆)|我(?:这边|这里|这儿)|退订"
)
#: A piece of fiction or about one, said at its head.
_FICTION = re.compile(
    r"\A.{0,24}?(?:长篇|中篇|短篇|网络|连载)小说|\A.{0,24}?(?:小说.{0,8}节选|\[网文\]|【网文】|段子[:：|｜]|原创短文|追剧[:：|｜]|观后感|影评|书评|剧透|第[一二三四五六七八九十\d]+[章集](?!.{0,4}(?:课|讲)))"
)


def only_told(text: str) -> bool:
    """Whether a text only tells of an advertisement: a joke about somebody else's, or fiction."""
    if _REACHED.search(text):
        return False
    if _FICTION.search(text):
        return True
    return bool(_CAME.search(text)) and bool(_POINTLESS.search(text))
