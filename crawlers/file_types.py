"""The types of files a recipe may ask for, and how such files begin: what a server calls its answer is no proof."""

from __future__ import annotations

_OLE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
_ZIP = (b"PK\x03\x04",)
_JPEG = (b"\xff\xd8\xff",)
#: Type → the first bytes of such a file.
_BEGINS: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",),
    "doc": _OLE,
    "docx": _ZIP,
    "xls": _OLE,
    "xlsx": _ZIP,
    "ppt": _OLE,
    "pptx": _ZIP,
    "jpg": _JPEG,
    "png": (b"\x89PNG\r\n\x1a\n",),
    "gif": (b"GIF8",),
}
FILE_TYPES = tuple(_BEGINS)
PICTURES = ("jpg", "png", "gif")
#: Ending of a name → type.
KIND_OF = {**{name: name for name in FILE_TYPES}, "jpeg": "jpg"}


def begins_as(kind: str, body: bytes) -> bool:
    """Does the file begin as one of that type does?"""
    return body.startswith(_BEGINS[kind])
