"""Exact duplicates: one hash over what a posting says, so that spacing, counters and dates do not look like change."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from pipelines.records import Image

#: Labels whose values move without the posting being changed.
_COUNTERS = re.compile(r"浏览|点击|阅读|人气|回复|查看|访问|收藏|点赞|热度|更新时间|刷新时间|发布时间|最后登录|在线")


def content_sha256(
    *,
    title: str,
    text: str,
    fields: Mapping[str, str],
    images: Sequence[Image],
    contact_hashes: Iterable[str] = (),
) -> str:
    """Hash of the normalised content. The texts are the masked ones; `contact_hashes` (keyed) stand for what the
    masks hide, so that a changed phone number is a change and yet cannot be guessed back from this hash."""
    content = {
        "title": normalised(title),
        "text": normalised(text),
        "fields": sorted(
            (normalised(label), normalised(value)) for label, value in fields.items() if not _COUNTERS.search(label)
        ),
        "images": [image.blob or image.url for image in images],
        "contacts": sorted(set(contact_hashes)),
    }
    canonical = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def normalised(text: str) -> str:
    """Compatibility forms folded, spaces made one, invisible signs gone."""
    words = unicodedata.normalize("NFKC", text).split()
    if not "".join(words).isprintable():
        # Invisible signs are among what is not, and no spaces are.
        plain = " ".join(words)
        words = "".join(character for character in plain if unicodedata.category(character) != "Cf").split()
    return " ".join(words)
