"""Which charset a page really has: every declared and likely one is tried, the best reading wins."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import charset_normalizer

#: What Chinese pages call themselves → the superset that really decodes them.
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030"}
_ALWAYS = ("utf-8", "gb18030", "big5")
#: Codecs that are no charsets of web pages: they make half characters or raise whatever the error mode, or are slow.
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "utf-7", "undefined"})
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,30})", re.I)
_HTTP = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,30})", re.I)
_TOO_FEW, _LEGIBLE = 10, 0.1
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
#: The characters Chinese pages are mostly made of; a wrong charset yields rare ones instead.
_COMMON = frozenset(
    "的一是了不在有人我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法"
    "学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正"
    "业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原"
    "东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资"
    "命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规"
    "万取拉格望觉术领共确传师观清今切院让识候带导争运笔个收费课时话电联系方式发布登录注册搜索首页信息价格"
)


_WIDE = re.compile("[^\x00-\x7f]")
_GOOD = re.compile(f"[{''.join(sorted(_COMMON))}]")
#: What a wrong reading is full of.
_ODD = re.compile("[\ufffd\ue000-\uf8ff\x80-\x9f]")
#: UTF-8 without these bytes holds none of them; looking for bytes is much cheaper.
_ODD_BYTES = (b"\xee", b"\xc2")
_ODD_SPELT = re.compile(b"\xef[\x80-\xa3\xbf]")
#: Bytes beyond one a character that make UTF-8 certain: thirty Chinese characters.
_SURE_BYTES = 60


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """A page as text, and how it was read."""

    text: str
    charset: str
    #: What the HTTP header and the page's own meta elements say, in that order.
    declared: tuple[str, ...]


def is_legible(text: str) -> bool:
    """Does it read as a text, not as one decoded wrongly or spoiled on its way? Few wide characters say nothing."""
    return len(_WIDE.findall(text)) < _TOO_FEW or _score(text) >= _LEGIBLE


def declared_charsets(body: bytes, content_type: str) -> tuple[str, ...]:
    """Every charset named by the HTTP header and the first 4 kB of the page, lower case, in order, once each."""
    found = [match.group(1).lower() for match in _HTTP.finditer(content_type)]
    found += [match.group(1).decode("ascii").lower() for match in _META.finditer(body[:4096])]
    return tuple(dict.fromkeys(found))


def decode(body: bytes, content_type: str = "", *, forced: str | None = None) -> Decoded:
    """The page as text. Never raises: what cannot be decoded becomes U+FFFD."""
    declared = declared_charsets(body, content_type)
    if forced is not None:
        return Decoded(text=body.decode(forced, "replace"), charset=forced, declared=declared)
    for mark, name in _BOMS:
        if body.startswith(mark):
            return Decoded(text=body[len(mark) :].decode(name, "replace"), charset=name, declared=declared)
    sure = _surely_utf8(body)
    if sure is not None:
        return Decoded(text=sure, charset="utf-8", declared=declared)
    best: tuple[float, str, str] | None = None
    for name in _candidates(body, declared):
        text = body.decode(name, "replace")
        score = _score(text)
        if best is None or score > best[0]:
            best = (score, name, text)
    if best is None:
        return Decoded(text=body.decode("utf-8", "replace"), charset="utf-8", declared=declared)
    return Decoded(text=best[2], charset=best[1], declared=declared)


def _surely_utf8(body: bytes) -> str | None:
    """The text, when it is UTF-8 beyond doubt: no other encoding of Chinese yields so many whole sequences by chance.
    Most pages are, and trying all the others takes longer than all else that is done to a page."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if len(body) - len(text) < _SURE_BYTES:
        return None
    may_be_odd = any(sign in body for sign in _ODD_BYTES) or _ODD_SPELT.search(body)
    return None if may_be_odd and _ODD.search(text) else text


def _candidates(body: bytes, declared: tuple[str, ...]) -> list[str]:
    """Charsets to try, most trusted first (the first of equals wins)."""
    names = [_SUPERSETS.get(name, name) for name in declared]
    if not body.isascii():
        names += [_SUPERSETS.get(name, name) for name in _guesses(body)]
    names += _ALWAYS
    usable = []
    for name in dict.fromkeys(names):
        try:
            "".encode(name)
            b"".decode(name)
            codec = codecs.lookup(name).name
        except (LookupError, UnicodeError, ValueError, AttributeError):
            continue
        if codec not in _NO_CHARSETS:
            usable.append(name)
    return usable


def _guesses(body: bytes) -> list[str]:
    """charset-normalizer's best guess over the start of the page, when it has one."""
    guess = charset_normalizer.from_bytes(body[:65536], steps=5, chunk_size=512).best()
    return [guess.encoding.replace("_", "-")] if guess is not None else []


def _score(text: str) -> float:
    """Higher is better: common Chinese characters, minus replacement and private-use characters."""
    wide = len(_WIDE.findall(text))
    return (len(_GOOD.findall(text)) - 8 * len(_ODD.findall(text))) / wide if wide else 0.0
