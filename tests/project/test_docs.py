"""Every setting, command and route is documented where people look for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import mingcha
from pipelines.config import PREFIX, Settings
from pipelines.desk import Desk
from review_ui.app import create_app

ROOT = Path(__file__).resolve().parents[2]


def _read(*names: str) -> str:
    return "\n".join((ROOT / name).read_text(encoding="utf-8") for name in names)


def _commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        full = f"{path} {name}"
        if isinstance(command, click.Group):
            yield from _commands(command, full)
        else:
            yield full, command


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_setting_is_documented(name: str) -> None:
    assert f"`{PREFIX}{name.upper()}`" in _read("docs/deploy.md")


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, info in Settings.model_fields.items() if not info.description] == []


@pytest.mark.parametrize(("path", "command"), sorted(_commands(mingcha.cli, "mingcha"), key=lambda row: row[0]))
def test_command_has_help_and_is_documented(path: str, command: click.Command) -> None:
    assert command.help, path
    assert f"`{path}" in _read("docs/deploy.md", "docs/recipes.md", "README.md"), path


def test_every_route_is_documented(desk: Desk) -> None:
    text = _read("docs/architecture.md")
    paths = sorted({route.path for route in create_app(desk).routes if hasattr(route, "methods")})
    assert [path for path in paths if f"`{path}`" not in text] == []


def test_every_make_target_is_documented() -> None:
    makefile = _read("Makefile")
    phony = next(line for line in makefile.splitlines() if line.startswith(".PHONY:")).split()[1:]
    text = _read("README.md", "docs/deploy.md")
    assert [target for target in phony if f"make {target}" not in text] == []


def test_what_a_finding_may_come_to_has_one_set_of_words() -> None:
    """Pages, papers, handbook and command line once had three names for each kind."""
    said = re.compile("可处罚线索|需补充?事实|须补事实|可能涉及有罚则")
    files = [path for folder in ("pipelines", "review_ui", "docs") for path in (ROOT / folder).rglob("*.*")]
    texts = {path: path.read_text(encoding="utf-8") for path in files if path.suffix in {".py", ".html", ".md", ".js"}}
    assert len(texts) > 200
    assert [str(path.relative_to(ROOT)) for path, text in texts.items() if said.search(text)] == []
