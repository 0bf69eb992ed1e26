"""Contacts in a text: phones, WeChat ids, QQ numbers, e-mail addresses, and names like 张老师.

Offsets are code points of the text as given. `mask_text` keeps the length, so spans found in the masked text hold
in the text that came.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pipelines.personal.digit_runs import folded, runs
from pipelines.personal.phones import find_phones
from pipelines.personal.surnames import PATTERN as SURNAME
from pipelines.records import Contact

#: Kinds that identify someone; a name like 张老师 does not.
STRONG_KINDS = frozenset({"phone", "wechat", "qq", "email"})
#: Kinds that are shown as they are: 张老师, the nickname something was posted by, the name of a business.
CLEAR_KINDS = frozenset({"name", "account", "org"})
_RANK = {"phone": 0, "email": 1, "qq": 2, "wechat": 3, "name": 4}

_ID = r"(?P<id>[A-Za-z][A-Za-z0-9_\-]{5,19})(?![A-Za-z0-9_\-@])"
_DIGIT_ID = r"(?P<digits>[1-9][0-9]{4,10})(?![0-9A-Za-z元块万人%])"
_CLEAR_SIGN = r"(?:[ ]{0,3}(?:号码|账号|号|ID|id|是|为|同号|联系|咨询|加)?[ ]{0,3}[:：\-—=➕+]{1,3}[ ]{0,3})"
_WECHAT_WORD = (
    r"(?:微[ .·]?信|[威薇维徽徵溦葳][信芯心]|[微薇威维徽Vv][❤♥💗💓]\ufe0f?|[Vv][信芯]|"
    r"[VvWw][ .·_\-*]?[Xx]|[Ww]ei ?[Xx]in|[Ww]ei信|微xin|"
    r"[Ww]e[Cc]hat|绿泡泡|绿炮炮|绿色软件|卫星号|[加➕+]卫星|[加➕+]威信|加我|➕我|\+我)"
)
_LOOSE_SIGN = r"[ ]{0,3}(?:号码|号|ID|id|是|为)?[ ]{0,3}"
_WECHAT = re.compile(rf"(?<![A-Za-z]){_WECHAT_WORD}(?P<sign>{_CLEAR_SIGN}|{_LOOSE_SIGN})(?:{_ID}|{_DIGIT_ID})")
#: One letter or character for WeChat: needs a clear sign after it, or 加 before it.
_WECHAT_SHORT = re.compile(
    rf"(?:(?:加|➕|\+)[ ]?[Vv薇威]{_CLEAR_SIGN}?[ ]{{0,2}}|(?<![A-Za-z0-9])[Vv]{_CLEAR_SIGN}|[薇威]{_CLEAR_SIGN})"
    rf"(?:{_ID}|{_DIGIT_ID})"
)
_QQ = re.compile(
    r"(?<![A-Za-z])(?:(?:QQ|qq|Qq|扣扣|企鹅)(?:群|号|号码)?[ :：\-—=]{0,4}|[Qq扣](?:群|号)?[ ]?[:：][ ]?)" + _DIGIT_ID
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9\-]{1,63}\.){1,4}[A-Za-z]{2,10}(?![A-Za-z0-9])"
)
_NAME = re.compile(rf"(?P<name>{SURNAME}(?:老师|女士|先生|教练|校长|主任|小姐|阿姨|师傅|经理|园长|院长))")


def find_contacts(text: str) -> list[Contact]:
    """All contacts of the text in order, without overlaps (a phone wins over a WeChat id)."""
    return list(_found(text))


@lru_cache(maxsize=16)
def _found(text: str) -> tuple[Contact, ...]:
    """Remembered for a moment: of a posting both what is masked and what is compared are asked for."""
    plain = folded(text)
    found = [*find_phones(text), *_emails(plain), *_wechats(plain), *_qqs(plain), *_names(plain)]
    found.sort(key=lambda contact: (_RANK[contact.kind], contact.start or 0))
    taken = bytearray(len(text))
    kept: list[Contact] = []
    for contact in found:
        start, end = contact.start or 0, contact.end or 0
        if not any(taken[start:end]):
            taken[start:end] = b"\x01" * (end - start)
            kept.append(contact)
    return tuple(sorted(kept, key=lambda contact: contact.start or 0))


def contact_of_value(value: str, label: str = "") -> Contact | None:
    """The contact a page shows as a field of its own; `label` tells a WeChat id from a QQ number."""
    for contact in find_contacts(f"{label}：{value}" if label else value):
        if contact.kind in STRONG_KINDS:
            return Contact(kind=contact.kind, value=contact.value)
    bare = folded(value).strip()
    if re.fullmatch(r"[1-9][0-9]{4,10}", bare) and re.search("qq|扣", label, re.IGNORECASE):
        return Contact(kind="qq", value=bare)
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_\-]{5,19}", bare) and not re.search("网址|链接|网站|平台", label):
        return Contact(kind="wechat", value=bare)
    return None


def person_names(text: str) -> list[str]:
    """Names like 张老师, in order."""
    return [match["name"] for match in _NAME.finditer(text)]


def without_contacts(text: str, contacts: Sequence[Contact]) -> str:
    """The text with strong contacts cut out, for comparing what is said and not how to call."""
    kept, position = [], 0
    for contact in contacts:
        if contact.kind in STRONG_KINDS and contact.start is not None and contact.end is not None:
            kept.append(text[position : contact.start])
            position = contact.end
    return "".join([*kept, text[position:]])


def mask_value(kind: str, value: str) -> str:
    """How a contact is shown by itself: as `mask_text` shows it in its text, 138****5678, z****8, z***@qq.com."""
    if kind in CLEAR_KINDS:
        return value
    # A kind nobody knows is covered like an id.
    known = kind if kind in STRONG_KINDS else "wechat"
    return mask_text(value, [Contact(kind=known, value=value, start=0, end=len(value))])


def mask_text(text: str, contacts: Sequence[Contact]) -> str:
    """The text with these contacts unreadable; same length in code points. Names like 张老师 stay."""
    characters = list(text)
    for contact in contacts:
        if contact.kind in STRONG_KINDS and contact.start is not None and contact.end is not None:
            for at in _hidden(text, contact.kind, contact.start, contact.end):
                characters[at] = "*"
    return "".join(characters)


def _hidden(text: str, kind: str, start: int, end: int) -> Iterator[int]:
    """Places to cover: of a phone all digits but the first three and the last four, of an id its inside."""
    if kind == "phone":
        places = _digit_places(text, start, end)
        keep = (3, 4) if len(places) >= 11 else (2, 2)
        covered = places[keep[0] : len(places) - keep[1]] or places
        yield from range(covered[0], covered[-1] + 1) if covered and _tight(text, covered) else covered
    elif kind == "email":
        at = text.find("@", start, end)
        at = at if at >= 0 else folded(text).find("@", start, end)
        yield from range(min(start + 1, at), max(at, start + 1))
        if at == start + 1:
            yield start
    else:
        yield from range(start + 1, end - 1)


def _tight(text: str, covered: list[int]) -> bool:
    """Only keycap and invisible signs between the covered digits: cover these too."""
    between = set(text[covered[0] : covered[-1] + 1]) - {text[at] for at in covered}
    return between <= set("\ufe0f\u20e3\u200b\u200c\u200d\u2060\ufeff")


def _digit_places(text: str, start: int, end: int) -> list[int]:
    return [start + digit.at for run in runs(text[start:end]) for digit in run]


def _emails(plain: str) -> Iterator[Contact]:
    for match in _EMAIL.finditer(plain):
        yield Contact(kind="email", value=match[0].lower(), start=match.start(), end=match.end())


def _wechats(plain: str) -> Iterator[Contact]:
    for match in _WECHAT.finditer(plain):
        sure = any(sign in match["sign"] for sign in ":：号=➕+")
        if match["digits"] or sure or re.search(r"[0-9_\-]", match["id"]):
            yield _id_contact(match)
    for match in _WECHAT_SHORT.finditer(plain):
        yield _id_contact(match)


def _id_contact(match: re.Match[str]) -> Contact:
    group = "id" if match["id"] else "digits"
    return Contact(kind="wechat", value=match[group].lower(), start=match.start(group), end=match.end(group))


def _qqs(plain: str) -> Iterator[Contact]:
    for match in _QQ.finditer(plain):
        yield Contact(kind="qq", value=match["digits"], start=match.start("digits"), end=match.end("digits"))


def _names(plain: str) -> Iterator[Contact]:
    for match in _NAME.finditer(plain):
        yield Contact(kind="name", value=match["name"], start=match.start(), end=match.end())
