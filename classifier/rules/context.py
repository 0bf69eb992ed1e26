"""Who speaks and how: denial, quotation, news, jobs, seekers. These make guilty-looking words innocent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.rules.prefilter import gated
from classifier.types import Hit

_DENIALS = re.compile(
    r"(?:不(?![限管论仅但只光止用])|没有?|无(?!论|需|忧)|非(?!常)|未|别信|拒绝|严禁|禁止|杜绝|谨防|警惕|反对|不得|不能|不会|不做|不搞|不含|不带|不收|绝不|从不|并非|并不|不是|勿|不再|不敢|不办|不承诺|没法)"
    r"[^，。！？；,.!?;\n]{0,4}$"
)
_NEWS = gated(
    r"(?:记者|据悉|日前|近日|本报讯|新华社|通报|公告|公示)[^\n]{0,30}?(?:教育局|教育部|教体局|市场监管|执法|机构|培训|学科|补课|部门|了解到)"
    r"|(?:教育局|教体局|教育部|市场监管局|市监局|纪委|办公厅|执法队|执法大队|派出所|联合检查)[^\n]{0,40}?(?:查|罚|严禁|通知|提醒|发布|印发|处理|约谈|通报|要求|立案|取缔|接到|明确)"
    r"|(?:严禁|不得|禁止|坚决)[^，,。\n]{0,20}?(?:补课|培训|辅导|办班|广告|招生|刊登|收费)"
    r"|(?:被|已)(?:查处|取缔|立案|通报|关停|责令|罚款|约谈)|责令(?:停止|改正|退)|没收违法所得|举报电话|拨打(?:12345|12315)"
    r"|第[一二三四五六七八九十百\d]+条|为(?:进一步|贯彻|落实|规范)|根据《|依据《"
)
_SEEK = gated(
    r"(?:求|寻|急求|想?找|急找|想?请|征)(?:一?[个位名])?[^，,。！!？?\n]{0,14}?(?:家教|老师|辅导老师|辅导班|补习班|托管|晚托|机构|教员|阿姨|陪读|自习室|班)(?!与|说|问|商量)"
    r"|(?:有没有|有无|哪里有|哪儿有|谁有|谁知道|哪位|求推荐|求介绍|推荐一?[个下])[^。！!\n]{0,24}?(?:老师|辅导|补|班|机构|托管|家教|课|自习室|推荐|靠谱)"
    r"|(?:孩子|儿子|女儿|我家|小孩|弟弟|妹妹|我娃)[^。！!？?\n]{0,30}?(?:想找|要找|想请|需要找|求|想报|该报|报哪)"
    r"|(?:怎么样|靠谱吗|有用吗|值得报吗|有必要吗|好不好)[?？]?|请问[^。\n]{2,40}[?？]|在线等|蹲一个|有偿求"
)
_JOBS = gated(
    r"(?:招聘|诚聘|急聘|高薪聘|高薪诚聘|聘请|聘用|急招|长期招|现招|招募|招收?)(?:[^，,。！!\n]{0,16}?)(?:老师|教师|教员|讲师|助教|兼职|全职|顾问|班主任|店长|人员|员工|家教|阿姨|保姆|销售|客服|岗|\d+名|若干)"
    r"|(?:月薪|底薪|时薪|薪资|薪酬|工资|待遇|日结|课酬|薪)[^，,。\n]{0,8}?(?:\d|x|面议|元|起|可谈|优厚)|五险一金|六险|任职要求|岗位职责|投递?简历|包吃住|试用期|转正|坐班|年终奖"
)
_SELF_SEEK_JOB = gated(r"(?:求职|找(?:一?[份个])?(?:工作|兼职|家教工作|家教兼职)|应聘)")
_QUOTE = gated(r"[“\"「『][^”\"」』\n]{2,40}[”\"」』]")


#: What a warning speaks of, and how it goes on: 警惕“保过”, 凡承诺保过的都是骗子, 严禁宣传升学率.
_WARNING = re.compile(
    r"(?:所谓|凡是|但凡|凡(?=承诺|宣传|声称)|那些|打着|号称|声称|如遇|遇到|警惕|谨防|小心|当心|提防|别信|不要?相信|不要轻信|勿信|切勿|严禁|不得|禁止|杜绝|严查|查处|举报|整治|违规|虚假)"
    r"[^，,。！!？?；;\n\s]{0,16}$"
)
_EXPOSED = re.compile(
    r"[^。！!；;\n]{0,12}?(?:骗局|骗子|骗人|骗钱|都是套路|是套路|不可信|别信|莫信|不要信|都是假|违法|违规|虚假宣传|的话术|的?机构[^，,。\n]{0,6}(?:慎|远离|别选|别去)|要?(?:警惕|当心|小心|谨慎|擦亮))"
)
#: Without one of these no text warns.
_WARY = gated(
    r"所谓|凡|那些|打着|号称|声称|如遇|遇到|警惕|谨防|小心|当心|提防|[别勿莫]信|相信|轻信|切勿|严禁|不得|禁止|杜绝|查|举报|整治|违|虚假|骗|套路|不可信|都是假|话术|慎|远离|别[选去]|擦亮"
)


def wary(text: str) -> bool:
    """Whether a text may warn of something at all; to be asked under `scanned`."""
    return _WARY.search(text) is not None


def warned_of(text: str, start: int, end: int) -> bool:
    """Whether the words are named to be warned of or forbidden, not claimed."""
    return bool(_WARNING.search(text[max(0, start - 22) : start]) or _EXPOSED.match(text[end : end + 24]))


def denied(text: str, start: int) -> bool:
    """Whether the words at `start` are said not to be: 不保过, 拒绝分期, 严禁押题."""
    return bool(_DENIALS.search(text[max(0, start - 10) : start]))


def find_context(text: str) -> Iterator[Hit]:
    """Hits named news, seek, jobs, jobseeker, quote."""
    for name, pattern in (
        ("news", _NEWS),
        ("seek", _SEEK),
        ("jobs", _JOBS),
        ("jobseeker", _SELF_SEEK_JOB),
        ("quote", _QUOTE),
    ):
        for match in pattern.finditer(text):
            yield Hit(name=name, start=match.start(), end=match.end())
