# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""Families of pupils and parents told of in passing (endorsement): who went where, what became of them, who says so."""

from __future__ import annotations

import re

from classifier.rules.families import COUNT, NEAR, SAME, Family, family
from classifier.rules.numbers import to_number

_NUMBER = r"(?:\d{1,4}|x{1,4}|[一二两三四五六七八九十百]{1,4}|俩|仨|几)"
_UNIT = r"(?:个|名|位|人)"
_CHILDREN = r"(?:娃儿?|孩子|学[员生]|同学|宝贝|伢|崽|小朋友|小孩|考生)"
_PAST = r"(?:去年|前年|往年|上(?:一)?[年届批期季轮]|前一[批届期]|上学期|上个月|今年中考|今年高考)"
_OWN = r"(?:我(?:们)?家(?:的)?(?:那个|这个|老大|老二|小的|大的|娃|孩子|崽|闺女|儿子|女儿)?|我(?:的)?(?:儿子?|女儿?|闺女|崽|娃|妹妹?|弟弟?)|老大|老二|大宝|二宝|大娃|二娃|自家娃|俺(?:家|娃)|咱(?:家|娃)|给(?:娃|孩子|女儿|儿子|闺女)报)"
_LASTED = rf"(?:{COUNT}|半)\s*个?(?:多)?(?:月|年(?!级)|学期|期|周|星期|次|节|暑假|寒假)"
_PLACE = r"(?:重点|实验|火箭|快班|尖子|a班|名校|附中|外国语|[一二三四五六七八九十]中(?!心)|大学|重高|普高|民办|前[一二三五十百\d]|市里|县里|县城|最好)"
_WON = rf"(?:(?:进|考|上|升|被|拿|去|录|过)(?:了|到|进|上|入|取|咗)?{NEAR}{{0,5}}?(?:{_PLACE}|等奖|金奖|满分|本科|一本|二本|线|级))"
_POINTS = r"(?:\d{2,3}|[二三四五六七八九]十[一二三四五六七八九]?|一百[零一二三四五六七八九十]{0,3})"
_NO_PUPILS = r"想|如果|要是|希望|争取|目标|保证|承诺|签约|怎么|谁|能不能|计划|没有|招|限|名额|优惠|减|送\S{0,3}元|返"


def _risen(match: re.Match[str]) -> bool:
    low, high = to_number(match["low"]), to_number(match["high"])
    return low is not None and high is not None and 5 <= low < high <= 750


def _climbed(match: re.Match[str]) -> bool:
    low, high = to_number(match["low"]), to_number(match["high"])
    return low is not None and high is not None and high < low <= 2000


FAMILIES: tuple[Family, ...] = (
    # those who left here, and where they are
    family("endorsement", rf"(?:送[进走上去]|送出)(?:了|过)?{NEAR}{{0,14}}?(?:有)?{_NUMBER}\s*{_UNIT}", unless=rf"{_NO_PUPILS}|送走访|送进门|送[走去进]一[位个]", strength=0.85),
    family("endorsement", rf"(?:其中|里头|里面|当中)(?:有|的)?\s*{_NUMBER}\s*{_UNIT}{NEAR}{{0,4}}?(?:进|考|上|升|被|拿|去|过|优秀|满分)", unless=r"名额|位置|座|老师|优惠|科目|以前|姐姐", strength=0.85),
    family("endorsement", rf"(?:录|收|选|挑|要)(?:了|走了?|上了?)(?:我们|咱们?|我)(?:这|家|班|馆|店|机构)?(?:里)?\s*{_NUMBER}\s*{_UNIT}"),
    family("endorsement", rf"(?:这|那|有)\s*{_NUMBER}\s*{_UNIT}?{_CHILDREN}?(?:全|都|已经)?(?:是|在){NEAR}{{0,3}}{_PLACE}|(?:有|这|那)\s*{_NUMBER}\s*{_UNIT}(?:全|都)?{_WON}", unless=rf"{_NO_PUPILS}|老师|师资", strength=0.8),
    family("endorsement", rf"(?:我|咱|我们|咱们)(?:的|家的)?(?:学[生员]|徒弟|娃){NEAR}{{0,2}}?(?:都|全|大半|个个)(?:坐?在|是|进|考|上|升|能|会)|的(?:学[员生]|孩子)?(?:我们|咱)(?:这)?有(?:一打|一批|好几|不少|{COUNT}{_UNIT})", unless=r"想|希望|老师都", strength=0.8),
    family("endorsement", rf"(?:哥儿?俩|姐妹俩|兄弟俩|姐弟俩|兄妹俩|双胞胎|俩娃|两个娃|姊妹俩)(?:都|全|双双|一起)*{_WON}", unless=_NO_PUPILS),
    family("endorsement", rf"{_NUMBER}\s*{_UNIT}?{_CHILDREN}?[,]?(?:全|全部|全都|一次全)(?:过(?![程年]|来)|考过|通过|及格|上岸|上线|拿证)|(?:优秀|良好|满分|金奖|一等奖|双百)\s*{_NUMBER}\s*{_UNIT}", unless=_NO_PUPILS, strength=0.85),
    family("endorsement", rf"(?:带去|送考|参赛|参加|报考|去了|考了)(?:的)?(?:了)?\s*{_NUMBER}\s*{_UNIT}[,]?{NEAR}{{0,10}}?(?:站|拿|进|过|上|获|考|中){NEAR}{{0,6}}?{_NUMBER}\s*{_UNIT}", unless=_NO_PUPILS),
    family("endorsement", rf"{COUNT}年\s*{COUNT}\s*(?:个|名)?状元|带(?:出|过)(?:来)?(?:过|了)?(?:{NEAR}{{0,3}})(?:省[一队]|国[一奖]|金牌|状元|清北|985|冠军)", unless=r"想|争取"),
    family("endorsement", rf"(?:奖?杯子?|奖牌|奖状|证书|锦旗|金牌|名次)[\"”』」]?{NEAR}{{0,2}}?(?:捧|拿|抱|带|领|收)(?:回|了|到)(?:来)?(?:了)?\s*{_NUMBER}", unless=r"想|争取|积分"),
    family("endorsement", rf"{_PAST}{SAME}{{0,10}}?最(?:高|多|快|好|厉害)的?{NEAR}{{0,4}}?(?:涨|提|进步|考|多)(?:了|到)?\s*{_NUMBER}", strength=0.9),
    family("endorsement", rf"(?:没|无)(?:有)?一个(?:{_CHILDREN})?(?:掉|不及格|掉队|没上|没考|落下|退)|(?:个个|人人)(?:都)?(?:进|考|拿|上|夸|说|回来)", unless=r"想|希望|努力", strength=0.7),
    # what became of one
    family("endorsement", rf"{_PAST}(?:还)?(?:不敢|不会|不肯|坐不住|不爱|怕|讨厌){NEAR}{{0,8}}?的(?:{_CHILDREN}|[一-龥]{{2}}[,])|(?:刚来|来的时候|来时|刚进来|第一次来)(?:的时候|时|那会儿)?(?:他|她|娃|孩子)?{NEAR}{{0,8}}?(?:全空|全错|不敢|坐不住|倒数|垫底|不及格|写不|交白卷|认不|躲|哭)", unless=r"孩子不会|会不会", strength=0.8),
    family("endorsement", rf"(?:上学期|上次|期中|期末|原来|以前|刚来|去年|开学|摸底|十月|九月|来之前)[^!?\n]{{0,8}}?(?:语文|数学|英语|物理|化学|总分|文化|单科)[:： ]?\s*(?:才|只|考|是)?\s*(?P<low>{_POINTS})(?![\d元块月点年课节人个岁])[^!?\n]{{0,36}}?(?:这次|现在|期末|如今|这回|次年|月考|后来|期中|六月|中考|高考){NEAR}{{0,8}}?\s*(?P<high>{_POINTS})(?![\d元块月点年课节人个岁])", check=_risen, unless=r"元|块|价|报名|时间|地址|电话", strength=0.9),
    family("endorsement", rf"从{NEAR}{{0,4}}?第\s*(?P<low>\d{{1,4}}|[一二三四五六七八九十百]{{1,5}})\s*名?\s*(?:到|→|->|冲到|升到|跳到|爬到|进到|变){NEAR}{{0,3}}?第?\s*(?P<high>\d{{1,4}}|[一二三四五六七八九十百]{{1,5}})\s*名?(?![节课讲单元])", check=_climbed, unless=r"[节课讲章页届]"),
    family("endorsement", rf"从(?:中不溜|中等生?|中游|中下|吊车尾|垫底|差生|学渣){NEAR}{{0,8}}?(?:到|进|成|拿)了?{NEAR}{{0,8}}?(?:等奖|前[一二三十百\d]|第[一二三\d]|学霸|班长|重点|优)", unless=r"能|可以|保证|让你|帮你", strength=0.9),
    family("endorsement", rf"{_OWN}[^!?\n]{{0,30}}?(?:跟|上|学|练|读|用|去|在|喝|报|补|待)(?:着|了|过)?{NEAR}{{0,12}}?{_LASTED}[,，。]?[^!?\n]{{0,14}}?(?:现在|如今|期[中末]|自己能|已经|能|考|从|进|班级|年级)", unless=r"想|求|有没有|推荐一|怎么办|优惠|寻", strength=0.75),
    family("endorsement", rf"(?:我家|我|咱|俺)(?:们)?(?:家)?(?:老[大二]|娃|孩子|儿子|女儿|闺女)(?:就|也|都)?是?(?:这么|这样|靠(?:这|他|她)|在(?:这|他|她)){NEAR}{{0,6}}?(?:起来|上来|学|出来|补|读|带|过来)", unless=r"求|有没有"),
    family("endorsement", rf"(?:期[中末]|月考|统考|联考|这次|开学考){NEAR}{{0,4}}?(?:全班|班级?|年级|全校)第[一二三四五六七八九1-9](?!次|节)|(?:妹妹|弟弟|孩子|娃|儿子|女儿|他|她)(?:现在|如今){NEAR}{{0,12}}?不用(?:我|人|妈|大人|字幕|催|吼|盯)", unless=r"保证|争取|想|目标|奖", strength=0.75),
    family("endorsement", rf"(?:学员|徒弟|毕业的|(?:上个?月|去年|上期|刚)(?:学|毕业|结业|出师)(?:的|完的|出去的)){NEAR}{{0,8}}?(?:(?:上过|登上)(?:省台|电视|央视|春晚|舞台)|[^。!?\n]{{0,12}}?(?:卖了|赚了|开了店|开起|拿了证|加薪))|学员(?:中|里)(?:有)?\s*(?:\d{{1,3}}|x{{1,2}})\s*%", strength=0.85),
    # who says so
    family("endorsement", rf"(?:妈妈?|家长|爸爸?|奶奶|爷爷|爸妈)(?:们)?(?:当场|在台下|都|在旁边|当时){NEAR}{{0,4}}?(?:哭|落泪|红了眼|抹泪|泪|鼓掌|竖)|(?:妈妈?|家长|爷爷奶奶)们?(?:发来?的?红包|跪谢|来谢)", unless=r"别让|急得|气得|愁|吼", strength=0.75),
    family("endorsement", rf"学[员生]{NEAR}{{1,8}}?(?:都|一致|纷纷)推荐|敢(?:推荐|介绍)给(?:自己|自家|亲)|(?:我|亲)(?:敢|愿意)(?:打包票)?推荐", unless=r"推荐(?:好友|朋友|新)", strength=0.85),
    family("endorsement", rf"(?:好评|反馈|家长反馈|学员反馈|返图|家长原话|学员原话|感言)\s*[:：]|(?:案例|反馈|对比图|前后对比|成绩单)(?:在|见|看|都在)(?:我)?(?:主页|相册|置顶|朋友圈|评论|走廊|墙)|回访{NEAR}{{0,4}}?(?:说|都|好评)", unless=r"问题反馈|意见反馈", strength=0.8),
    family("endorsement", rf"(?:转|贴|晒|发|收到)(?:一?下?|来)?(?:一位|一个|个|一段|一条)?(?:{NEAR}{{0,2}})(?:妈妈?|家长|学员|宝妈|爸爸)的?(?:一段|一条)?(?:话|信|留言|反馈|消息|原话|私信)", unless=r"发给家长|家长信", strength=0.85),
    family("endorsement", rf"(?:玩过|上过|来过|学过|用过|跟过|读过|补过|试过)的(?:家长|孩子|人|娃|同学|朋友|妈妈)?(?:们)?(?:都|全)(?:晓得|知道|清楚|说|夸|认|明白|懂|回来|续)|(?:娃|孩子|学员|那批){NEAR}{{0,6}}?(?:嚷|闹|吵|抢)着?(?:还|又|再)?要(?:来|去|学|上|报|续)", strength=0.75),
    family("endorsement", rf"(?:班|年级|小区|院里|单元|咱村)(?:里|上)?(?:的)?{NEAR}{{0,3}}?(?:一半|大半|半个班|前[一二三五十\d]+名?{NEAR}{{0,2}}|好几个|{_NUMBER}个)(?:都|全)?(?:去|在|搁|跟)(?:了)?(?:[\"“「]|他|她|那|这|我|老|[一-龥]老师)", unless=r"分流|没|考不|上不", strength=0.7),
)  # fmt: skip
