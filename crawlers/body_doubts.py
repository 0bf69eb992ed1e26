"""Reasons to look twice at what a draft took for the words of a posting: a wrong block reads as smoothly as a right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from crawlers.page_report import PageReport
from crawlers.running_text import SHORT_BODY, is_details, running_length
from crawlers.states import PageView
from crawlers.visible import visible_text
from pipelines.records import PageState

_SHOWN = 30


def body_doubts(views: Sequence[PageView], reports: Sequence[PageReport], line: int | None) -> tuple[str, ...]:
    """What speaks against the bodies that were read, in Chinese, each with the line of source.yml to mend (`None`: an
    engine reads them); `reports` are of these pages. A reason holds when it does on more than half of the postings."""
    read = [
        (visible_text(view.selector).split("\n"), report)
        for view, report in zip(views, reports, strict=True)
        if report.state is PageState.OK and report.fields.get("body")
    ]
    bodies = [str(report.fields["body"]) for _lines, report in read]
    seen = Counter(row for lines, _report in read for row in set(lines))
    shared = {row for row, pages in seen.items() if pages > 1}
    details = [body for body in bodies if is_details(body)]
    short = [body for body in bodies if len(body) < SHORT_BODY]
    outside = [_outside(lines, report, shared) for lines, report in read]
    longer = [text for text, body in zip(outside, bodies, strict=True) if running_length(text) > running_length(body)]
    look = "打开网页对一对，不对就" + (f"改第 {line} 行 body 的选择器" if line else "在 fields 里自己写 body")
    doubts = []
    if len(details) * 2 > len(bodies):
        doubts.append(f"读出的正文多半只是日期、发布人、地区之类（如“{_shown(details[0])}”）：{look}")
    elif len(short) * 2 > len(bodies):
        doubts.append(f"读出的正文多半不到 {SHORT_BODY} 字（如“{_shown(short[0])}”），也许不是全文：{look}")
    if len(longer) * 2 > len(bodies):
        doubts.append(f"信息页上正文以外的文字比正文还多（如“{_shown(longer[0])}”）：{look}")
    return tuple(doubts)


def _outside(lines: Sequence[str], report: PageReport, shared: set[str]) -> str:
    """Lines of a page's own that say something and are neither its title nor in its body."""
    said = f"{report.fields.get('title', '')}\n{report.fields['body']}"
    return "\n".join(row for row in lines if row not in shared and row not in said and running_length(row))


def _shown(text: str) -> str:
    flat = text.replace("\n", " ")
    return flat if len(flat) <= _SHOWN else f"{flat[:_SHOWN]}…"
