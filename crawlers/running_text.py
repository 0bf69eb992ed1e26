"""How much of a text is said in words, and how much only tells who, when and where: by this the body of a posting is
told from the line of details above it."""

from __future__ import annotations

import re

#: Below this a body is short: a person should look whether it is the body at all.
SHORT_BODY = 30
_SENTENCE = r"，。！？；,!?;、"
_PARTS = re.compile(r"[\s|｜·•/]+")
_PAIR = re.compile(rf"[^\d:：{_SENTENCE}]{{1,8}}[:：][^{_SENTENCE}]{{0,24}}\Z")
_DATE = re.compile(r"(?:(?:19|20)\d\d[-/.年])?\d{1,2}[-/.月]\d{1,2}日?\Z|(?:今天|昨天|前天)?\d{1,2}:\d{2}(?::\d{2})?\Z")
_PLACE = re.compile(rf"[^\d{_SENTENCE}]{{1,14}}[省市区县旗州盟镇乡村]\Z|[^\d{_SENTENCE}]{{1,6}}(?:街道|社区)\Z")
#: Beside a date a few letters more are a name, a counter, a button.
_BESIDE = 6


def running_length(text: str) -> int:
    """Characters of `text` outside pairs of label and value, dates, places and what stands beside them."""
    return sum(_running_of(line) for line in text.split("\n"))


def is_details(text: str) -> bool:
    """Is it mostly pairs of label and value, or date, author and place?"""
    spoken = len(re.sub(r"\s", "", text))
    return running_length(text) * 2 < spoken


def _running_of(line: str) -> int:
    parts = [part for part in _PARTS.split(_slashes(line)) if part]
    dated = any(_DATE.match(part) for part in parts)
    length, labelled = 0, False
    for part in parts:
        detail = _PAIR.match(part) or _DATE.match(part) or _PLACE.match(part)
        beside = (dated or labelled) and len(part) <= _BESIDE and not re.search(f"[{_SENTENCE}]", part)
        if not (detail or beside):
            length += len(part)
        labelled = part.endswith((":", "："))
    return length


def _slashes(line: str) -> str:
    """Dates keep their strokes: 2026/11/02 → 2026-11-02."""
    return re.sub(r"(?<=\d)/(?=\d)", "-", line)
