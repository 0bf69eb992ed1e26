"""Whether words name somebody who recommends: 广告法 第二十四条第三项 asks for the name or image of a body, of a
professional or of somebody taught. A result that names nobody (学员平均提18分, 喜报) stands in nobody's name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

#: What pupils have come to: marks and places that rose, schools and prizes reached, rates, rolls of honour.
_RESULTS = (
    *("率", "%", "均分", "平均", "人均", "→", r"从.{1,12}[到至成进]", r"\d\s*(?:分|名)(?!额)", r"\+\d"),
    *(r"[考升录进上][了到上进取过入]", "考过", r"送[进走]", "录取", "上岸", "过线", "及格", "全过", "满分", "优秀"),
    *(r"[喜捷]报", "报喜", "贺", "榜", "名单", "状元", r"[一二三特]等奖", r"[金银铜]奖", "获奖", r"拿[奖过了下]"),
    *(
        "考级",
        "重点",
        r"个[上进]",
        "涨",
        "提了",
        "提升",
        "提分",
        "进步",
        "名次",
        r"前[一二三五十百\d]",
        r"第[一二三\d]",
        "985",
        "211",
        "清北",
        "本科",
    ),
)
#: Who lends a name, by the kinds the law lists, and what only somebody can do who recommends.
_RECOMMENDERS: Mapping[str, tuple[str, ...]] = {
    "受益者": (
        r"(?<![最从大中])小(?![学时班组区升初高程题课的段考测楼店屋馆院镇巷灶朋伙])[一-龥]",
        r"[一-龥]某",
        r"(?<![学的位各名个些])[一-龥]同学(?!们|都)",
        r"[一-龥][*x×＊]{1,2}",
        r"[*x×＊]{1,2}[一-龥]",
        r"[一-龥a-z](?:妈妈?|爸爸?|奶奶|外婆|爷爷)",
        r"(?<![a-z])[a-z]{3,8}(?=从|[:：]|\d)",
        r"(?:我|俺|咱|他|她|佢|朋友|同事|邻居|闺蜜|隔壁|楼上)(?:家|的|嘅)?(?:孩子|娃|崽|[大小二]的|那个|老[大二三]|[儿女弟妹哥姐]|姑娘|闺女|外甥|侄)",
        r"(?:我|俺|咱|他|她|朋友|同事|邻居|闺蜜|隔壁|楼上)家(?!长|教|庭)",
        r"老[大二三](?=用|学|在|上|跟|从)",
        r"[大二]宝",
        r"儿子|女儿|闺女|外甥|表[弟妹哥姐]",
        r"[她他]的(?!学|班)",
    ),
    "所说": (
        *("说", "反馈", "评价", "评论", "留言", "夸", "推荐", "力荐", "见证", "好评", "锦旗", "谢", "口碑", "安利"),
        *("选择", "信赖", "公认", "认可", "作证", "证明", "亲测", "介绍", "泪", "哭", "私信", "点赞", "范文", "红包"),
        r"[用玩学上]过(?![了\d一二两三四五六七八九十])",
        r"(?:妈|爸|家长|学员|孩子|娃|学生)[^，。,]{0,4}[\"“「『]",
    ),
    "专业人士": (
        *("专家", "教授", "博士", "博导", "院士", "名师", "特级", "校长", "主持人", "明星", "代言", "同款", "带队"),
        r"学[长姐]",
        r"师[兄姐]",
        r"老师(?:们)?[都也夸把]",
        r"(?:学霸|状元|清北|冠军)[^，。,]{0,3}[都在用刷选看带教亲]",
    ),
    "机构": (
        "研究院",
        "研究所",
        "科学院",
        "学会",
        "协会",
        "教育局",
        "教育厅",
        "教育部",
        "课题",
        "央视",
        "卫视",
        "单位",
    ),
}
_RESULT = re.compile("|".join(_RESULTS))
_RECOMMENDER = re.compile("|".join(word for words in _RECOMMENDERS.values() for word in words))


def only_result(words: str, around: str) -> bool:
    """Whether a quote tells of results while neither it nor its sentence names who speaks or stands for them."""
    if not _RESULT.search("".join(words.split())):
        return False
    return not _RECOMMENDER.search("".join(around.split()).lower())
