"""School-subject teaching of minors named as one item among others: 钢琴 舞蹈 作业辅导, 会计、自考、中小学课业辅导."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.document import Document
from classifier.evidence import taken_back
from classifier.rules.prefilter import gated

#: Only the beginning of very long texts is read for items.
WINDOW = 1_500
_SUBJECT = (
    "(?:语文|数学|英语|英文|物理|化学|奥数|数奥|作文|写作(?!业)|阅读理解|阅读|拼音|识字|口算|珠心算|单词|音标|自然拼读|看图写话"
    "|语数[英外]?|数[英理]化?|理化|文综|理综|小四门|道法|政史地|史地生|主科|三科|两科)"
)
#: Subjects behind the first that are read as one item; 语数英语数英 can be cut in two ways at each, which must end.
_MOST = 8
#: Teaching, whoever it is for.
_TEACHING = (
    "(?:(?:作业|课业|功课)?(?:辅导|补习|补课|补差|补弱)|同步|培优|提优|提高|提升|加强|强化|衔接|预习|复习|冲刺|特训|精讲|精品|晚辅|托辅|答疑"
    "|[一1x][对vV][一二三四多\\dx])"
)
#: The same, or a class: of a school subject only, since dances have their weekend classes too.
_ACT = f"(?:{_TEACHING}|小班|周末班|[寒暑]假班|[春秋]季班|班|课(?!程表|本|件|间|桌|外书|堂))"
_SCHOOLS = (
    "(?:中小学生?|小初高|初高中生?|中学生?|小学生?|初中生?|高中生?|k12|[初高][一二三x]|[一二三四五六七八九x\\d]\\s*[-至到~]?\\s*[一二三四五六七八九x\\d]?年级"
    "|小升初|初升高|幼升小|中高?考|高考|各年级|低年级|高年级)"
)
_CHILDREN = "(?:学生|少儿|孩子|小朋友|青少年|娃娃?)"
#: Everything taught at school, whatever the subject.
_ALL = "(?:各[科门](?:功课)?|全科|多科|单科|文化课?|课业|功课|作业|学科|课内|课程同步|弱科|薄弱科目)"
#: What ends an item of a list.
_END = r"，。！？；,.!?;\n~|、/+＋·•\s"
_ENDS = rf"(?=[{_END}…）)】]|$)"
_ITEM = gated(
    rf"{_SUBJECT}(?:[、/和与及,，\s]?{_SUBJECT}){{0,{_MOST}}}(?:类|学科)?(?:全?科)?{_ACT}"
    rf"|{_SCHOOLS}(?:的|段|阶段|全?日制)?(?:{_ALL}(?:{_ACT}|{_ENDS})|{_SUBJECT}(?:{_ACT}|{_ENDS})|{_TEACHING})"
    rf"|{_CHILDREN}的?(?:{_ALL}{_ACT}|{_SUBJECT}(?:{_ACT}|{_ENDS})|(?:补课|补习|课业))"
    rf"|{_ALL}{_ACT}|(?:学业|课外|课后|晚间|学习|假期|周末|放学后|寒暑假){_TEACHING}"
    rf"|(?:周末|寒假|暑假)的?{_SUBJECT}{_ENDS}"
    r"|(?:辅导|指导|督促|检查|完成|批改|讲解|看管|盯|陪写|管|教|带)(?:孩子|学生|小朋友)?(?:的)?(?:写?作业|功课|课业|文化课|各科)"
    r"|晚辅|托辅|幼小衔接|学前班"
)  # fmt: skip
#: 不补文化课, 真不敢辅导作业: in front of the item, within its clause.
_REFUSED = re.compile(r"(?:不|没|无|别|非|未)(?:敢|能|会|再|想|补|管|含|带|碰|做|是)?$")
_GROWN = re.compile(
    r"成人|成考|自考|专升本|学历|考研|考公|公务员|会计|mba|教资|四六级|职称|商务|留学|出国|雅思|托福|大学|大专|本科|研究生|日语|司机|驾|月嫂|教师资格|证"
)
_CLAUSE_END = re.compile(rf"[{_END}]")
#: A clause or one item of a list.
CLAUSE = re.compile(rf"[^{_END}]+")
#: Without one of these themes there is nothing to look for.
_THEMES = (
    "subject_chinese", "subject_maths", "subject_foreign", "subject_science", "subject_arts", "subject_all", "homework",
    "teach", "stage_preschool", "stage_primary", "stage_junior", "stage_senior", "stage_k12", "cover_care",
)  # fmt: skip


def school_items(doc: Document) -> Iterator[tuple[int, int, bool]]:
    """(start, end, clean) of each; clean when its own clause has no word of adults' courses."""
    if not any(theme in doc.words for theme in _THEMES):
        return
    text = doc.text[:WINDOW]
    for match in _ITEM.finditer(text):
        start, end = match.span()
        before = _CLAUSE_END.split(text[max(0, start - 10) : start])[-1]
        if _REFUSED.search(before) or taken_back(text, start, end):
            continue
        after = _CLAUSE_END.split(text[end : end + 8])[0]
        yield start, end, not _GROWN.search(before + match.group() + after)
