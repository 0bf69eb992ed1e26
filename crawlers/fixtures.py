"""Saved pages of a recipe: recorded with personal data scrubbed, and read again to see that the recipe still holds."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crawlers.charset import decode
from crawlers.errors import RecipeError
from crawlers.page_report import NOWHERE, PageReport, report_page
from crawlers.recipe import Recipe
from crawlers.source import FILE
from crawlers.states import PageView
from crawlers.upkeep import Fixture
from crawlers.urls import Site
from pipelines.personal.contacts import STRONG_KINDS, find_contacts
from pipelines.records import PageState

FOLDER = "fixtures"
#: States of a page that could not be read; a fixture that asks for one would hold a recipe to that.
UNREAD = frozenset({PageState.UNKNOWN, PageState.SHELL, PageState.UNREACHABLE})
#: Characters of a body that an entry of `tests` holds it to.
BODY_START = 40
_SHOWN = ("title", "fee", "district", "posted_at")
MAX_BYTES = 5 * 1024 * 1024
_DIGITS = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)|(?<!\d)\d{17}[\dXx](?!\d)")
#: Text between tags, and of attributes those that people see.
_TEXT = re.compile(
    r">[^<>]{2,}<|\b(?:content|title|alt|value|placeholder)=(?:\"[^\"<>]{4,500}\"|'[^'<>]{4,500}')", re.I
)
_SAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, kw_only=True)
class FixtureResult:
    """A fixture read again: what differs, in Chinese; nothing when it holds."""

    file: str
    report: PageReport | None
    faults: tuple[str, ...] = ()


def run_fixtures(recipe: Recipe, folder: Path) -> list[FixtureResult]:
    """Every fixture of `tests` in order. Never raises for a file that is gone or odd: that is a fault of its own."""
    return [_run(recipe, folder, fixture) for fixture in recipe.tests]


def _run(recipe: Recipe, folder: Path, fixture: Fixture) -> FixtureResult:
    path = folder / fixture.file
    try:
        body = path.read_bytes()
    except OSError as exc:
        return FixtureResult(file=fixture.file, report=None, faults=(f"读不到文件：{exc.strerror}",))
    report = report_page(recipe, view_of(recipe, body, fixture.url), body, name=fixture.file, at=None)
    faults = (
        []
        if str(report.state) == fixture.state
        else [f"状态应为 {fixture.state}，读出 {report.state}（{report.reason}）"]
    )
    if fixture.rows is not None and report.rows != fixture.rows:
        faults.append(f"应有 {fixture.rows} 行，读出 {report.rows} 行")
    for name, wanted in fixture.fields.items():
        found = report.fields.get(name)
        # Of a body only the beginning is written down.
        begins = name == "body" and isinstance(found, str) and found.startswith(str(wanted)) and bool(wanted)
        if found != wanted and not begins:
            faults.append(f"字段 {name} 应为 {wanted!r}，读出 {found!r}")
    return FixtureResult(file=fixture.file, report=report, faults=tuple(faults))


def view_of(recipe: Recipe, body: bytes, url: str) -> PageView:
    """A saved page as it would be seen at that address of the source."""
    site = Site.of(recipe, NOWHERE)
    forced = None if recipe.fetch.charset == "auto" else recipe.fetch.charset
    text = decode(body, forced=forced).text
    return PageView.of(url=site.absolute(url) if site else url, status=200, body=body, text=text)


def scrub(text: str, names: tuple[str, ...] = ()) -> str:
    """The page with contacts and these names made up, so that it may be kept: figures become 0, letters x.

    Phones keep their first three figures, so that they still look like one. Contacts written across tags are found
    only where the figures themselves stand together.
    """
    text = _DIGITS.sub(lambda match: _blank(match.group(), keep=3), text)
    text = _TEXT.sub(lambda match: _scrub_text(match.group()), text)
    for name in names:
        if len(name) >= 2:
            text = text.replace(name, "某" * len(name))
    return text


def _scrub_text(text: str) -> str:
    characters = list(text)
    for contact in find_contacts(text):
        if contact.kind in STRONG_KINDS and contact.start is not None and contact.end is not None:
            keep = 3 if contact.kind == "phone" else 0
            characters[contact.start : contact.end] = _blank(text[contact.start : contact.end], keep=keep)
    return "".join(characters)


def _blank(text: str, *, keep: int) -> str:
    return text[:keep] + "".join("0" if one.isdigit() else "x" if one.isalpha() else one for one in text[keep:])


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A fixture that was written, and the line of `tests` that goes with it."""

    file: str
    line: str
    report: PageReport


def record(
    recipe: Recipe,
    folder: Path,
    body: bytes,
    *,
    url: str,
    name: str,
    at: datetime | None = None,
    wanted: PageState | None = None,
) -> Recorded:
    """Scrub a page and save it below the recipe, with the state and fields read off the scrubbed page; `wanted` is the
    state it has to get once the recipe is mended, for a page that cannot be read yet.

    The file keeps the page's own charset. Raises RecipeError when it is too large, another page has the name, or the
    page cannot be read and nobody says what it is: such a fixture would hold the recipe to reading nothing.
    """
    if len(body) > MAX_BYTES:
        raise RecipeError("网页超过 5 MB，不作为样本保存")
    decoded = decode(body)
    seen = report_page(recipe, view_of(recipe, body, url), body, name=name, at=at)
    names = tuple(str(seen.fields[key]) for key in ("author", "wechat") if seen.fields.get(key))
    kept = scrub(decoded.text, names).encode(decoded.charset, "xmlcharrefreplace")
    report = report_page(recipe, view_of(recipe, kept, url), kept, name=name, at=None)
    if wanted is None and report.state in UNREAD:
        raise RecipeError(_why_unread(seen, report))
    path = folder / FOLDER / f"{_SAFE.sub('-', name).strip('-.') or 'page'}.html"
    if path.exists() and path.read_bytes() != kept:
        raise RecipeError(f"{path.name} 已经有了；请换一个 --as 名字，或先删掉它")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(kept)
    line = _line(f"{FOLDER}/{path.name}", url, report, wanted or report.state)
    return Recorded(file=f"{FOLDER}/{path.name}", line=line, report=report)


def _why_unread(seen: PageReport, scrubbed: PageReport) -> str:
    """Why a page is no fixture, and what to do about it."""
    if seen.state not in UNREAD:
        return f"换掉联系方式和姓名以后，网页读不出来了（{scrubbed.reason}），没有存：请换一个网页做样本"
    if seen.state is PageState.SHELL:
        return (
            f"没有存：网页没有文字（{seen.reason}），内容由脚本画出；"
            "配方要写 fetch: {mode: render}，或在浏览器里另存后再给"
        )
    return (
        f"没有存：配方读不出这个网页（{seen.reason}）。不是这个来源的网页就不要存；"
        "是的话，用 --expect list 或 --expect ok 说明它应当是什么，存下后改 states、fields 或 discover.lists，"
        "用 mingcha source test 试到符合为止"
    )


def _line(file: str, url: str, report: PageReport, state: PageState) -> str:
    """One entry of `tests`, in the flow style that YAML and JSON share."""
    parts = [f"file: {_quoted(file)}", f"state: {state}", f"url: {_quoted(url)}"]
    if report.rows and report.state is state:
        parts.append(f"rows: {report.rows}")
    shown = {key: value for key, value in report.fields.items() if key in (*_SHOWN, "body")}
    if isinstance(shown.get("body"), str):
        shown["body"] = shown["body"][:BODY_START].rstrip()
    if shown:
        parts.append("fields: {" + ", ".join(f"{key}: {_quoted(value)}" for key, value in shown.items()) + "}")
    return "{" + ", ".join(parts) + "}"


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def add_tests(folder: Path, lines: list[str]) -> None:
    """Add entries to `tests` of the folder's source.yml, all else left as it is. Raises RecipeError if unsure."""
    path = folder / FILE
    text = path.read_text(encoding="utf-8")
    entries = "".join(f"  - {line}\n" for line in lines if line not in text)
    block = re.search(r"^tests:[ \t]*(\[\])?[ \t]*$", text, re.M)
    if block is not None:
        text = f"{text[: block.start()]}tests:\n{entries}{text[block.end() :].lstrip(chr(10))}"
    elif re.search(r"^tests:", text, re.M):
        raise RecipeError("tests 写成了一行，请自己把下面的样本加进去：\n" + entries.rstrip())
    else:
        text = f"{text.rstrip()}\ntests:\n{entries}"
    path.write_text(text, encoding="utf-8")
