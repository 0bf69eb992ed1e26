"""Words a reader sees though they stand in no text of the page: the document an <iframe srcdoc> holds in its attribute,
and what a style sheet of the page writes before or behind elements (`content: "..."`).

Not read: what a sheet elsewhere or a script writes, sheets that show what an attribute hides, words in form fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice
from typing import Any

from parsel import Selector

from crawlers.visible import is_hidden

#: Frames of a page whose documents are read; what frames within them hold is not.
MAX_FRAMES = 20
#: Characters of its sheets, rules looked at, names of each that are asked for, and characters told of them all.
MAX_SHEETS, MAX_RULES, MAX_NAMES, MAX_TOLD = 500_000, 60, 3, 500
#: Label under which a posting tells them.
DRAWN = "样式显示的文字"
#: Shorter ones are marks, icons and 展开全文.
_MIN_WORDS = 8
_MAX_BODY = 4_000
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.S)
_DRAWS = re.compile(r"^(.*?)::?(?:before|after)\s*$", re.I | re.S)
_CONTENT = re.compile(r"(?:^|;) ?content ?: ?((?:(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*') ?)+)", re.I | re.S)
_STRING = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'", re.S)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\n\f\r]?|(.))", re.S)
#: A tag with ids and classes.
_SIMPLE = re.compile(r"(?:[A-Za-z][\w-]*|\*)?(?:[.#][A-Za-z_\u3400-\u9fff-][\w-]*){0,5}")
_WORD = re.compile(r"[\u3400-\u9fff\d]")


def unfold_frames(root: Any, parse: Callable[[str], Any]) -> None:
    """Put the body of each visible srcdoc document in the place of its frame, as readers see it; `parse` gives the root
    of a document."""
    for frame in list(islice(root.iter("iframe"), MAX_FRAMES)):
        written = frame.get("srcdoc") or ""
        if not written.strip() or is_hidden(frame) or {frame.get("width"), frame.get("height")} & {"0", "1"}:
            continue
        body = parse(written).find("body")
        if body is None:
            continue
        del frame[:]
        frame.attrib.clear()
        frame.tag, frame.text = "div", body.text
        frame.extend(list(body))


def drawn_words(page: Selector) -> str:
    """What the page's own style sheets write beside elements that are there, once each; '' for nothing."""
    sheets = "\n".join(text for style in page.root.iter("style") for text in style.itertext())
    if "content" not in sheets:
        return ""
    found: dict[str, None] = {}
    rules = _COMMENT.sub(" ", sheets[:MAX_SHEETS]).split("}")
    for rule in [rule for rule in rules if "content" in rule][:MAX_RULES]:
        head, _, body = rule.rpartition("{")
        body = " ".join(body[:_MAX_BODY].split())
        content = _CONTENT.search(body)
        words = _string_of(content.group(1)) if content is not None and not _hides(body) else ""
        if len(_WORD.findall(words)) < _MIN_WORDS:
            continue
        names = head.rpartition("{")[2][-_MAX_BODY:].split(",")[:MAX_NAMES]
        if any(_is_there(page, name) for name in names):
            found[words] = None
    return "；".join(found)[:MAX_TOLD]


def _string_of(written: str) -> str:
    pieces = ("".join(pair) for pair in _STRING.findall(written))
    return " ".join("".join(_ESCAPE.sub(_character, piece) for piece in pieces).split())


def _character(found: re.Match[str]) -> str:
    code, plain = found.groups()
    if code is None:
        return str(plain) if plain != "\n" else ""
    number = int(code, 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"


def _hides(body: str) -> bool:
    return re.search(r"display\s*:\s*none|visibility\s*:\s*hidden", body, re.I) is not None


def _is_there(page: Selector, name: str) -> bool:
    """Is there an element that the last part of this selector fits? The parts before it are not asked for, nor is what
    only browsers understand: hostile selectors would take long."""
    drawn = _DRAWS.match(name.strip())
    last = re.split(r"[\s>+~]+", drawn.group(1).strip())[-1] if drawn is not None else ""
    return bool(last) and _SIMPLE.fullmatch(last) is not None and bool(page.css(last))
