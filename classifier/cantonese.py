"""Tutoring offered in Cantonese: words, terms and subjects that a model of Mandarin texts has hardly met."""

from __future__ import annotations

import re

#: Cantonese by its own characters and words.
_SPOKEN = re.compile(r"[喺佢嘅咗哋啲睇嗰攞嚟嚿]|粒钟|屋企|而家|whatsapp|inbox")
_GRADE = r"(?:升?中[一二三四五六]|小[一二三四五六]|[初高][一二三])"
_SUBJECT = r"(?:数学?|英数|英文|英语|中文|语文|物理|化学|各科|功课)"
_TEACHES = re.compile(
    rf"(?:教|补)(?:紧|番|返|埋|开)?\s*{_GRADE}?\s*{_SUBJECT}|(?:教|补)(?:紧|番|返|埋|开)?\s*{_GRADE}|{_GRADE}\s*{_SUBJECT}?\s*补习|(?:睇|跟)(?:住)?功课"
)
#: What an offer names: a price by the lesson, monthly accounts, a place that is free.
_TERMS = re.compile(
    r"(?:一|每|两|个)?(?:粒钟|钟头?|堂)\s*\$?\s*[\d一二两三四五六七八九]|\$\s*\d|月结|嚿|\d\s*蚊|(?:仲有|先有|有)[^。,，]{0,3}位"
)
#: Who looks for a tutor, or tells that none is wanted.
_SEEKS = re.compile(
    r"(?:搵|揾|求|寻|请|想要|边个|有冇)[^。,，]{0,8}(?:补习|老师|先生|阿?sir|miss|tutor)|唔(?:使|要|会|教|补|请)[^。,，]{0,3}(?:补|教|tutor)"
)


def offers_tutoring(text: str) -> bool:
    """Whether a restored text (simplified characters) offers tutoring of school subjects in Cantonese."""
    return all(part.search(text) for part in (_SPOKEN, _TEACHES, _TERMS)) and not _SEEKS.search(text)
