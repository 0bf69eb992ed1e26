"""An option with a few fixed codes that people may also give by their Chinese names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click


class NamedChoice(click.Choice[str]):
    """One of `names` (code → Chinese name); `also` are further words for a code, and so is either half of a name with a
    stroke (转办/移送). Whatever was typed, the code is taken; a wrong word is answered with all codes and names."""

    def __init__(self, names: Mapping[str, str], *, also: Mapping[str, str] | None = None) -> None:
        super().__init__(list(names))
        self._names = dict(names)
        halves = {half: code for code, name in names.items() for half in name.split("/")}
        self._codes = {**halves, **(also or {}), **{name: code for code, name in names.items()}}

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The code. Fails with the list of all when there is none."""
        word = value.strip() if isinstance(value, str) else value
        return super().convert(self._codes.get(word, word), param, ctx)

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:  # noqa: ARG002  # click's form
        return f"{value!r} 不在可选范围内，可选：{self.listed()}"

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None) -> str:  # noqa: ARG002  # the same
        return f"可选：{self.listed()}"

    def listed(self) -> str:
        """All codes with their names."""
        return "，".join(f"{code} {name}" for code, name in self._names.items())
