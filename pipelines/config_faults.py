"""What is wrong with a setting, as one Chinese sentence: key, value given, what it should be, the mend."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

#: Enough of a value to recognise it by.
_SHOWN = 40
_KINDS: dict[Any, str] = {int: "整数", float: "数", bool: " true 或 false", Path: "路径", str: "文字"}
#: Bounds as the metadata of a field names them.
_BOUNDS = {"ge": "不小于", "gt": "大于", "le": "不大于", "lt": "小于", "max_length": "字数不超过"}


def setting_fault(key: str, info: FieldInfo, error: ErrorDetails, *, secret: bool) -> str:
    """The sentence for one of pydantic's errors; the value of a `secret` setting is not repeated."""
    wanted = own_words(error) or f"应为{_wanted(info)}"
    given = "" if secret else f"“{_shown(error['input'])}”"
    usual = str(info.default).lower() if isinstance(info.default, bool) else str(info.default or "")
    default = f"（即用缺省值 {usual}）" if usual else ""
    return f"配置项 {key} 的值{given}不对：{wanted}；请改正，或去掉这个环境变量{default}"


def own_words(error: ErrorDetails) -> str:
    """What one of our own validators said; empty when pydantic itself refused."""
    own = error.get("ctx", {}).get("error")
    return str(own) if isinstance(own, ValueError) else ""


def _wanted(info: FieldInfo) -> str:
    """What the field takes, by its type and bounds."""
    bounds = {name: getattr(bound, name) for bound in info.metadata for name in _BOUNDS if hasattr(bound, name)}
    kind = _KINDS.get(_plain(info.annotation), "别的值")
    if bounds.keys() == {"ge", "le"}:
        return f" {bounds['ge']} 到 {bounds['le']} 之间的{kind}"
    said = "、".join(f"{words} {bounds[name]}" for name, words in _BOUNDS.items() if name in bounds)
    return f"{said} 的{kind}" if said else kind


def _plain(annotation: Any) -> Any:
    """The type itself of `X` and of `X | None`."""
    parts = [part for part in getattr(annotation, "__args__", ()) if part is not type(None)]
    return parts[0] if parts else annotation


def _shown(value: Any) -> str:
    """The value as given, a password inside an address left out."""
    text = "".join(char if char.isprintable() else "?" for char in str(value))
    text = re.sub(r"//[^/]*@", "//（已隐藏）@", text)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
