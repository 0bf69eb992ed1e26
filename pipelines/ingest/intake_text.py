"""The text of a file somebody brought in: its charset found, and what is no text refused."""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path

from charset_normalizer import from_bytes

from pipelines.errors import BadInput, os_reason

#: Bytes of one file, and code points of one posting.
MAX_FILE = 64 * 1024 * 1024
MAX_TEXT = 200_000

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: A file's mark → the charset of what stands behind it; without a mark, the one it was read with.
_PLAIN = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"", ""),
)
#: What Chinese files without a mark are written in; tried by charset-normalizer on the first bytes only.
_CANDIDATES = ["gb18030", "big5", "utf_16_le", "utf_16_be"]
_SAMPLE = 64 * 1024


def read_bytes(path: Path) -> bytes:
    """The file's bytes. Raises BadInput for folders, devices, links, unreadable, empty and too large files.

    A link is not followed: on somebody's stick it may lead to any file of this machine.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError as exc:
        raise BadInput("文件不存在") from exc
    except (OSError, ValueError) as exc:
        if path.is_symlink():
            raise BadInput("这是一个链接，不跟随；请给出文件本身") from exc
        raise BadInput(f"文件打不开：{os_reason(exc) if isinstance(exc, OSError) else exc}") from exc
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise BadInput("这是一个目录，请给出文件" if stat.S_ISDIR(mode) else "不是普通文件")
    try:
        with os.fdopen(descriptor, "rb") as handle:
            data = handle.read(MAX_FILE + 1)
    except OSError as exc:
        raise BadInput(f"文件读不出来：{os_reason(exc)}") from exc
    if len(data) > MAX_FILE:
        raise BadInput(f"文件超过 {MAX_FILE // 1024 // 1024} MB，请分成几个文件")
    if not data:
        raise BadInput("文件是空的")
    return data


def decode(data: bytes) -> tuple[str, str]:
    """Text and the charset it was read with. Raises BadInput when it is no text."""
    text, charset = _decoded(data)
    if "\x00" in text:
        raise BadInput("含有 NUL 字符，不是文本文件")
    return text, charset


def row_charset(data: bytes, text: str, charset: str) -> str:
    """The charset that gives the bytes of each row as they stand in the file, when its piece of `text` is encoded.

    UTF-8 for files (some old charsets can write one text in two ways) where none does; the bytes then are not those of
    the file, though the text is.
    """
    for mark, name in _PLAIN:
        if data.startswith(mark) and (name or charset) and text.encode(name or charset, "replace") == data[len(mark) :]:
            return name or charset
    return "utf-8"


def text_fault(text: str) -> str | None:
    """Why a posting's text cannot be taken; None when it can."""
    if len(text) > MAX_TEXT:
        return f"文字过长（{len(text)} 字，最多 {MAX_TEXT} 字）"
    if "\x00" in text:
        return "文字里含有 NUL 字符"
    if any("\ud800" <= character <= "\udfff" for character in text):
        return "文字里含有不成对的代理字符（U+D800–U+DFFF）"
    return None


def _decoded(data: bytes) -> tuple[str, str]:
    for mark, charset in _BOMS:
        if data.startswith(mark):
            try:
                return data.decode(charset), charset
            except UnicodeDecodeError as exc:
                raise BadInput(f"文件带有 {charset} 标记，但内容不是这种编码") from exc
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        guesses = [best.encoding] if (best := from_bytes(data[:_SAMPLE], cp_isolation=_CANDIDATES).best()) else []
    for charset in (*guesses, "gb18030"):
        try:
            return data.decode(charset), charset
        except UnicodeDecodeError:
            continue
    raise BadInput("认不出文字编码；请另存为 UTF-8 再导入")
