"""What must be said beside the two tables: where the guide does not reach, and places that are article 18's.

The 鉴别指南 was made for compulsory schooling; for children under school age and for senior school the provinces only
refer to it (law.md §2.2). A home is no 专门的培训场所 of article 17, but the text does name a place.
"""

from __future__ import annotations

from classifier.document import Document
from classifier.forms import form_places
from classifier.judge import Judgement

_GUIDE = "《义务教育阶段校外培训项目分类鉴别指南》只适用于义务教育阶段"
_SENIOR = "普通高中由各省参照，是否属学科类按当地规定认定；53号令的处罚范围包括高中学生"
_PRESCHOOL = (
    "学龄前不以四维认定学科类，应看是否教授小学课程、是否半日制或全日制、是否线上"
    "（学前教育法第五十九条、未成年人保护法第三十三条、双减意见学前要求）"
)
_UNKNOWN = "文中未写明学段，适用前须先查明"


def remarks(doc: Document, judged: Judgement) -> dict[str, str]:
    """{"criteria", "article17"}: one sentence for the officer beside each table, "" where there is nothing to say."""
    if not judged.minors:
        return {"criteria": "", "article17": ""}
    return {"criteria": _criteria(judged), "article17": _article17(doc)}


def _criteria(judged: Judgement) -> str:
    stages = set(judged.stages)
    parts = [words for stage, words in (("senior", _SENIOR), ("preschool", _PRESCHOOL)) if stage in stages]
    if not parts:
        return f"{_GUIDE}；{_UNKNOWN}" if judged.academic and stages == {"unknown"} else ""
    named = "、".join(words for stage, words in (("senior", "高中"), ("preschool", "学龄前")) if stage in stages)
    part = f"；其中{named}部分：" if stages & {"primary", "junior"} else "；"
    return f"{_GUIDE}{part}{'；'.join(parts)}"


def _article17(doc: Document) -> str:
    places = form_places(doc, ("home",)).get("home", ())
    if not places:
        return ""
    span = doc.folded.span(*places[0])
    return (
        f"文中说到住所等场所（“{' '.join(span.text.split())}”），属第十八条所列场所；是否为第十七条的专门培训场所须查证"
    )
