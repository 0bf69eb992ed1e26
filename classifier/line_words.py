"""What one line must name to be quoted for a claim that no rule has found words for.

A line is weighed by its n-grams; it may be loud by its tone alone (您还在等他自己醒悟?), and then shows an officer
nothing. Each row says what the claim is made of, with a line that holds it and one that does not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Named:
    """What a claim is made of: every pattern must be found in the line."""

    holds: str
    lacks: str
    words: tuple[re.Pattern[str], ...]


def _all(*sources: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(source) for source in sources)


LINE_WORDS: Mapping[str, Named] = {
    "endorsement": Named(
        holds="上学期带的孩子都考进前十",
        lacks="回来路上他问妈我是不是要瞎了",
        words=_all(
            r"学[员生子]|孩子|娃|同学|宝|家长|妈|爸|[儿女][儿子]|闺女|崽|伢|弟|妹|某|客户|雇主|[届期批年户][^，。]{0,6}|专家|教授|名师|状元|协会|徒弟|他|她|\d\s*[个名位人]|我",
            r"考(?!试|前|场|放)|[进提涨升冲](?!行)|过(?:了|线|级|关)|录取|上岸|上线|\d{2,3}|奖|满[分意]|夸|谢|推荐|介绍|好评|反馈|口碑|锦旗|榜|毕业|带出|第[一二三]|名次|前[十百\d一二三五]|进步|及格|[会敢能肯爱]|主动|变|续|回头|信任|成绩",
        ),
    ),
    "guarantee": Named(
        holds="学不会就一直教",
        lacks="两千四分六个月,一天一瓶水钱",
        words=_all(
            r"保(?!险|洁|安|暖|温|健|管|密|护|姆)|包(?!里|含|括|邮|子|厢|间)|承诺|担保|签|协议|合同|退|赔|免费|不收|不要钱|必|一定|为止|达标|对赌|[不没未][过会到涨进提上达]|直到|兜底|定能|都能|稳[上进过]|[教学]到会|负责到底|就一直|[提涨]\d+分"
        ),
    ),
    "exaggerated": Named(
        holds="一个月从垫底到前十",
        lacks="您还在等他自己醒悟?",
        words=_all(
            r"(?:\d|[一二三四五六七八九十百两几半])\s*(?:天(?![一二两三四五六七\d]夜)|周|个?月|个?小时|分钟|节|次|遍|倍|期|晚|秒)|秒|神[奇速]?|逆袭|飞[跃速]|暴涨|速|[全右超]脑|翻|蜕变|脱胎|奇迹|立刻|立马|马上|一遍|过目|轻松|再也|爱上|判若|满分|搞定|拿下|通关|彻底|从[^，。]+到|突飞|开窍|学霸|百分之?百|100%|万能|激活|唤醒|基因|潜能"
        ),
    ),
    "exam_insider": Named(
        holds="那份卷子是谁出的,我们知道",
        lacks="周练卷 逐题拆",
        words=_all(
            r"题|卷|命题|阅卷|评卷|考官|考点|内部|评委|评分|考试院|招办|教研|考",
            r"押|命[题中过]|必考|出过|递[进交]|阅|评卷|评委|考官|[出圈透漏撞猜泄改批审判]|内|绝密|密卷|中了|入闱|考试院|招办|消息|参与|风声|口径|预测|原题|谁|提前(?:看|知|拿)",
        ),
    ),
    "school_link": Named(
        holds="名单我直接交给初中部主任",
        lacks="第一阶段走完的直接往下",
        words=_all(
            r"校|中学|高中|初中|小学|幼儿园|[一二三四五六七八九]中|附[中小]|民办|招[办生]|名额|推荐|直[升通]|点招|指标|签约|保送|预录|园长|校长|主任|名单|简历|通知书|可操作|门路|递(?:材料|进|上去)|学籍|学位|重点班|实验班"
        ),
    ),
    "superlative": Named(
        holds="城南补课没有第二家",
        lacks="我们老师都很用心",
        words=_all(
            r"最|第[一二]|唯一|独[家一此创]|首|顶|冠|王牌|领[先军]|权威|[国世]家?级|史上|没有之二|别无|别处没|no\.?1|金牌|仅此|只此|天花板|霸主|鼻祖|标杆|一流|极致|绝|之王|女王|找不出|没人比|老大|无人"
        ),
    ),
    "teacher_public": Named(
        holds="白天在校上班,晚上带几个",
        lacks="周末下午有两个小时空着",
        words=_all(r"老师|教师|先生|师资|校|[一二三四五六七八九x]中|[县附]中|编|在[岗职任]|单位|身份|讲台|班主任|教研|主任|上班|同事|避嫌|匿名|姓名|学生|自习|本职"),
    ),
    "foreign_teacher_abroad": Named(
        holds="那头是利物浦的夜里",
        lacks="口语要从小练起",
        words=_all(
            r"外教|老外|外国|[菲英美加澳]教|连线|时差|海外|境外|国外|native|屏幕|那头|人在|住在|[一-龥]{0,3}(?:菲律宾|美国|英国|加拿大|澳|新西兰|爱尔兰|南非|马来|印度|利物浦|伦敦|曼彻斯特|悉尼|墨尔本|温哥华|多伦多|纽约|波士顿|马尼拉|宿务|开普敦|都柏林|俄罗斯|乌克兰|波兰)|miss|mr"
        ),
    ),
}  # fmt: skip
_QUESTION = re.compile(r"[?？]\s*\Z")


def names_claim(signal: str, line: str) -> bool:
    """Whether a line names what its claim is made of; a question claims nothing."""
    named = LINE_WORDS.get(signal)
    return named is None or (not _QUESTION.search(line) and all(words.search(line) for words in named.words))
