"""Whatever is typed wrongly, the answer is one Chinese sentence; no word of click's own is left in English."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import mingcha
from pipelines.cli.chinese_usage import CATALOGUE, told

#: What click says to programmers who declare commands wrongly, to Windows, and to shells.
FOR_PROGRAMMERS = {
    "Could not determine name for option with declarations {decls!r}",
    "No options defined but a name was passed ({name}). Did you mean to declare an argument instead? "
    "Did you mean to pass '--{name}'?",
    "Arguments take exactly one parameter declaration, got {length}: {decls}.",
    "Name '{name}' defined twice",
    "Boolean option {decl!r} cannot use the same flag for true/false.",
    "Invalid start character for option ({option})",
    "Couldn't detect Bash version, shell completion is not supported.",
    "Shell completion is not supported for Bash versions older than 4.4.",
    "Unknown color {colour!r}",
    "Unknown standard stream '{name}'",
    "Windows error: {error}",
    "Choice({choices})",
}


def _said_by_click() -> Iterator[str]:
    """Every sentence that click passes through gettext, read from its source."""
    for path in sorted(Path(click.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", "ngettext"}:
                words = node.args[:1] if node.func.id == "_" else node.args[:2]
                yield from (str(word.value) for word in words if isinstance(word, ast.Constant))


def test_every_sentence_of_click_has_its_chinese() -> None:
    said = set(_said_by_click())
    assert len(said) > 50  # the reading above still finds them
    assert sorted(said - FOR_PROGRAMMERS - set(CATALOGUE)) == []


@pytest.mark.parametrize(("english", "chinese"), sorted(CATALOGUE.items()))
def test_a_translation_fills_in_nothing_that_click_does_not_give(english: str, chinese: str) -> None:
    holes = re.compile(r"\{\w+(?:![rs])?\}|%\(\w+\)s")
    assert {hole.replace("!r", "") for hole in holes.findall(chinese)} <= {
        hole.replace("!r", "") for hole in holes.findall(english)
    }


def _commands(command: click.Command, *path: str) -> Iterator[tuple[str, ...]]:
    yield path
    for name, below in command.commands.items() if isinstance(command, click.Group) else ():
        yield from _commands(below, *path, name)


@pytest.mark.parametrize("path", list(_commands(mingcha.cli)), ids=" ".join)
def test_help_is_chinese(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(mingcha.cli, [*path, "--help"], prog_name="mingcha").output
    assert shown.startswith("用法: mingcha")
    assert "显示本说明。" in shown
    assert not re.search(r"Usage|Options|Commands|OPTIONS|ARGS|Show|exit|required|default", shown)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("foo",), "没有命令 'foo'，可用：assess、audit"),
        (("laeds",), "可能想写 leads"),
        # Far from every name: no guess.
        (("source", "xx"), "没有命令 'xx'，可用：check、impact、list"),
        (("leads", "--limt", "1"), "没有选项 --limt，可能想写 --limit"),
        (("leads", "--foo"), "没有选项 --foo"),
        (("leads", "--limit"), "--limit 后面要写一个值"),
        (("leads", "--limit", "0"), "0 超出范围 1<=x<=1000"),
        (("leads", "--limit", "many"), "'many' 不是整数"),
        (("leads", "a", "b"), "多出几个参数（a b）"),
        (("leads", "--json=yes"), "--json 不带值"),
        (("lead", "x"), "'x' 不是整数"),
        (("lead",), "缺少参数 'ID'"),
        (("decide", "1", "--as", "yuan"), "缺少选项 '--verdict'"),
        (("case", "export", "AJ-2026-0001", "--out", ".."), "'..' 是文件夹，这里要的是文件"),
        (("verify", "x.zip", "--trust", "nope.pem"), "没有文件 'nope.pem'"),
        (("digest", "--from", "2026-02-30", "--to", "2026-03-01", "--out", "x"), "'2026-02-30' 不是日期"),
        (("assess", "nowhere.jsonl"), "没有这个文件或文件夹"),
    ],
)
def test_misuse_is_one_chinese_sentence(args: tuple[str, ...], words: str) -> None:
    error = CliRunner().invoke(mingcha.cli, list(args), standalone_mode=False, prog_name="mingcha").exception
    assert isinstance(error, click.UsageError)
    sentence = told(error)
    assert words in sentence
    assert "\n" not in sentence
    own = re.sub(r"'[^']*'|--\w+|mingcha[ \w]*|1<=x<=1000|（a b）|可选：.*；|可用：.*；|可能想写 [\w-]+", "", sentence)
    assert not re.search(r"[A-Za-z]", own), sentence


def test_the_program_says_it_on_stderr_and_exits_with_2() -> None:
    typed = [sys.executable, "-c", "import sys; sys.argv = ['mingcha', 'foo']; import mingcha; mingcha.main()"]
    done = subprocess.run(typed, capture_output=True, text=True, check=False, cwd=Path(mingcha.__file__).parent)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("没有命令 'foo'，可用：assess、")
    assert done.stderr.endswith("；用法见 mingcha --help\n")
