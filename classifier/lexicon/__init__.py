"""Word lists by theme (YAML beside this file) and their strict readers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

from classifier.errors import LexiconError


def read_yaml(name: str) -> Mapping[str, Any]:
    """Parse one list file; anything but a mapping with string keys is refused."""
    text = (resources.files(__package__) / name).read_text(encoding="utf-8")
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise LexiconError(f"{name}: {error}") from error
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise LexiconError(f"{name}: 应是一张以文字为键的表")
    return data


@cache
def themes() -> dict[str, tuple[str, ...]]:
    """All themes of themes/*.yml: name → words, each word once per theme, none empty."""
    found: dict[str, tuple[str, ...]] = {}
    folder = resources.files(__package__) / "themes"
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if not entry.name.endswith(".yml"):
            continue
        for theme, words in read_yaml(f"themes/{entry.name}").items():
            if theme in found:
                raise LexiconError(f"{entry.name}: 主题 {theme} 出现两次")
            if not isinstance(words, str):
                raise LexiconError(f"{entry.name}: {theme} 应是以空白分隔的词")
            split = tuple(words.lower().split())
            if not split or len(set(split)) != len(split):
                repeated = sorted({word for word in split if split.count(word) > 1})
                raise LexiconError(f"{entry.name}: {theme} 为空或有重复词 {' '.join(repeated)}")
            found[theme] = split
    return found
