"""What people read: one word for one thing everywhere, a name for every code, and no code printed raw."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment

from pipelines import records
from pipelines.enforcement.permissions import ROLE_NAMES
from pipelines.evidence import words
from pipelines.ingest.reassess import Scope
from review_ui import audit_words, names

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("pipelines", "crawlers", "review_ui", "classifier")

#: Words that would be a second name for something, and the name it has.
SECOND_NAMES = {"待审核": "待审", "撤回": "撤销", "建案": "立案", "脱敏": "打码", "网页抓取": "程序采集"}


def _texts() -> Iterator[Path]:
    for room in ROOMS:
        for suffix in ("*.py", "*.html", "*.js", "*.txt"):
            # Marks and pages of sites say what the sites say; the corpus is what people wrote.
            yield from (
                path
                for path in (ROOT / room).rglob(suffix)
                if not {"sandbox", "sources", "corpus", "lexicon"} & set(path.relative_to(ROOT).parts)
            )
    yield from (ROOT / "docs").glob("*.md")
    yield ROOT / "README.md"


def test_one_thing_has_one_word_on_screens_papers_commands_and_in_the_manuals() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {word}, say {better}"
        for path in _texts()
        for word, better in SECOND_NAMES.items()
        if word in path.read_text("utf-8")
    ]
    assert found == []


def test_screens_and_papers_share_their_tables() -> None:
    from pipelines.enforcement import review

    assert review.STATUS_NAMES is words.STATUSES
    assert review.VERDICT_NAMES is words.VERDICTS
    assert names.METHODS is words.METHODS
    assert names.CASE_EVENTS is words.CASE_EVENTS


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (words.STATUSES, records.LeadStatus),
        (words.VERDICTS, records.Verdict),
        (words.SOURCE_STATES, records.PageState),
        (words.CASE_EVENTS, records.CaseEventKind),
        (names.HEALTH, records.HealthVerdict),
        (ROLE_NAMES, records.Role),
        (names.LANES, ("A", "B", "C", "D", "intake")),
        (audit_words._VALUES["outcome"], records.OpinionOutcome),
        (audit_words._VALUES["scope"], Scope),
    ],
)
def test_every_code_has_a_chinese_name(table: dict[str, str], codes: Iterable[str]) -> None:
    for code in codes:
        assert re.search("[\u4e00-\u9fff]", table[code]), code


def test_everything_the_audit_log_is_told_has_a_name() -> None:
    actions, types, keys = set(), set(), set()
    for call in _record_calls():
        for keyword in call.keywords:
            said = {one.value for one in ast.walk(keyword.value) if isinstance(one, ast.Constant)}
            said = {one for one in said if isinstance(one, str)}
            if keyword.arg == "action":
                actions |= said
            elif keyword.arg == "object_type":
                types |= said
            elif keyword.arg not in {"actor", "object_id", None} and ast.unparse(call.func) == "audit.record":
                keys.add(keyword.arg)
    assert len(actions) > 25
    assert len(keys) > 12
    assert actions - set(names.AUDIT_ACTIONS) == set()
    assert types - set(names.OBJECT_TYPES) == set()
    assert keys - set(audit_words._KEYS) == set()


def _record_calls() -> Iterator[ast.Call]:
    for room in ("pipelines", "crawlers", "review_ui"):
        for path in (ROOT / room).rglob("*.py"):
            source = path.read_text("utf-8")
            if "action=" not in source or "import argparse" in source:  # argparse has actions of its own
                continue
            for node in ast.walk(ast.parse(source)):
                told = isinstance(node, ast.Call) and any(keyword.arg == "action" for keyword in node.keywords)
                if isinstance(node, ast.Call) and told and ast.unparse(node.func) != "AuditFilter":
                    yield node


#: Attributes that hold a code: printed without a filter they would show English.
CODED = {
    "action", "actor", "asked_by", "by", "consequence", "created_by", "decided_by", "exported_by", "how", "kind",
    "lane", "method", "object_type", "opened_by", "outcome", "role", "signal", "state", "status", "user", "verdict",
    "visibility",
}  # fmt: skip
#: Printed as they are: Chinese when they reach the template, or a number.
#: Who decides is always a person: `entry.user` and `view.standing.user` are names.
PLAIN = {
    "entry.user",
    "entry.added.user",
    "view.standing.user",
    "table.kind",
    "capture.http_status",
    "said.verdict",
    "lead.verdict",
    "group.consequence",
}


def _raw_codes(path: Path) -> list[str]:
    """Expressions that print a code as text, outside of tags: `{{ lead.status }}` and not `{{ lead.status|named(…) }}`
    nor `class="{{ lead.status }}"`."""
    in_tag, expression, found = False, None, []
    for line, kind, value in _lexer().lex(path.read_text("utf-8")):
        if kind == "data":
            in_tag = _in_tag(value, in_tag)
        elif kind == "variable_begin":
            expression = []
        elif kind == "variable_end" and expression is not None:
            text = "".join(expression).strip().removesuffix(".value")
            last = re.fullmatch(r"[\w.]+\.(\w+)", text)
            if not in_tag and last and last[1] in CODED and text not in PLAIN:
                found.append(f"{path.name}:{line} {text}")
            expression = None
        elif expression is not None:
            expression.append(value)
    return found


def _in_tag(data: str, inside: bool) -> bool:
    for char in data:
        inside = char == "<" or (inside and char != ">")
    return inside


@cache
def _lexer() -> Environment:
    return Environment(autoescape=True)


def test_no_template_prints_a_raw_code() -> None:
    templates = [path for room in ("review_ui", "pipelines") for path in (ROOT / room).rglob("templates/*.html")]
    assert len(templates) > 25
    assert [found for path in templates for found in _raw_codes(path)] == []


def test_a_raw_code_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    page.write_text(
        '<b class="{{ a.status }}">{{ a.status|named("X") }}</b>{% if a.n > 1 %}<i>{{ a.state.value }}</i>{% endif %}'
    )
    assert _raw_codes(page) == ["x.html:1 a.state"]


def test_states_of_imported_sources_and_of_robots_are_said_in_chinese() -> None:
    for table in (words.SOURCE_STATES, names.LANES, names.OUTCOMES, names.JOB_OUTCOMES, names.JOBS, words.ACTORS):
        for code, name in table.items():
            assert not re.search("[a-zA-Z]", name), code


def test_codes_are_strings_that_tables_can_be_asked_for() -> None:
    coded = [one for one in vars(records).values() if isinstance(one, type) and issubclass(one, StrEnum)]
    assert len(coded) >= 6


def test_the_audit_page_names_the_rules_of_struck_findings_and_users_nobody_knows() -> None:
    (one,) = audit_words.details({"struck": ["HT07.2", "AD04"]})
    assert (one.key, one.value) == ("不采纳", "HT07.2 培训时间、AD04 保证或夸大")
    (one,) = audit_words.details({"tried": "z…n"})
    assert (one.key, one.value) == ("输入的用户名（只记首尾）", "z…n")
    assert audit_words.object_name("user", "unknown") == audit_words.actor_name("unknown") == "未知用户"
