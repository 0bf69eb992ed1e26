"""One lead as a page of text, for people at a terminal; scripts take `--json`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pipelines.cli.desk_for_command import plain
from pipelines.cli.opinions import opinion_words
from pipelines.clock import local
from pipelines.enforcement import follow_ups
from pipelines.enforcement.lead import LeadView
from pipelines.evidence.adopted import called_now, said_of
from pipelines.evidence.gaps import lacking
from pipelines.evidence.tables import TableRow
from pipelines.evidence.words import CONSEQUENCES, LOGGED_IN, METHODS, PAGE_STATES, STATUSES, VERDICTS
from pipelines.records import Capture, Decision, FollowUp, StoredAssessment, Strike
from pipelines.records.quotes import quoted
from pipelines.records.rule_words import coded


def lead_page(view: LeadView) -> str:
    """Everything `--json` gives, in words, the most important first; no character of it steers the terminal."""
    return "\n".join(plain(line) for line in _lines(view))


def _lines(view: LeadView) -> Iterator[str]:
    lead = view.lead
    demo = "  【演示】" if lead.demo else ""
    yield f"线索 {lead.id}  {STATUSES[lead.status]}  优先级 {lead.priority}{demo}"
    yield lead.title
    facts = (("来源", view.source_title), ("地区", lead.district), ("发现", _moment(lead.created_at)))
    yield "  ".join(f"{name} {value}" for name, value in facts if value)
    yield f"网址 {lead.url}"
    if lead.duplicates:
        yield f"近似重复 另有 {lead.duplicates} 条"
    if view.case is not None:
        yield f"案件 {view.case.id} {view.case.title}"
    if view.doubt:
        yield f"待核对 {view.doubt}"
    yield from _part("疑点（机器提示，须人工审核）", list(_findings(view)) or ["没有"])
    if view.lapsed:
        yield f"  {lapsed_words(view.lapsed)}"
    yield from _part("原文（联系方式已打码）", _body(view))
    yield from _part("四维鉴别", _table(view.criteria, view.remarks["criteria"]))
    yield from _part("三要件", _table(view.article17, view.remarks["article17"]))
    yield from _part("审核结论", [_decision(row, view) for row in view.decisions] or ["还没有"])
    yield from _part("办理情况", [_entry(row) for row in view.entries])
    yield from _part(
        "第二意见", [f"{_moment(row.asked_at)}  {row.model}  {opinion_words(row)}" for row in view.opinions]
    )
    yield from _part("留存页面", [_capture(row) for row in view.captures] or ["还没有"])


def _part(title: str, lines: list[str]) -> Iterator[str]:
    """A heading and what stands below it; nothing at all when nothing does."""
    if lines:
        yield ""
        yield f"── {title} ──"
        yield from (f"  {line}" for line in lines)


def _findings(view: LeadView) -> Iterator[str]:
    for number, finding in enumerate(view.findings, 1):
        consequence = CONSEQUENCES.get(str(finding["consequence"]), "")
        struck = "【不采纳】" if finding["id"] in view.struck else ""
        lead_department = finding["lead_department"]
        yield f"{number}. {struck}{finding['id']} {finding['name']}（{consequence}；牵头：{lead_department}）"
        if finding.get("why"):
            yield f"   理由：{finding['why']}"
        if lack := lacking(str(finding["code"]), view.lead.url):
            yield f"   尚缺：{lack}"
        yield from (f"   原文：{words}" for words in dict.fromkeys(_quote(span) for span in finding["spans"]))
        yield from (f"   依据：{basis}" for basis in finding["basis"])


def lapsed_words(strikes: Sequence[Strike]) -> str:
    """What an officer is told whose strikes were of a text that was edited since."""
    names = "、".join(coded(str(one)) for one in strikes)
    return f"原文在作出结论后改过，这条规则有了新的字句：当时不采纳的 {names} 已不作数，请看过再定。"


def _quote(span: dict[str, Any]) -> str:
    restored = span.get("restored", span["text"])
    return quoted(_flat(span["text"])) + (f"（还原：{_flat(restored)}）" if restored != span["text"] else "")


def _body(view: LeadView) -> list[str]:
    return [line for line in view.assessment.text.split("\n") if line.strip()] or ["（只有标题）"]


def _table(rows: tuple[TableRow, ...], remark: str) -> list[str]:
    said = {row.name: "、".join(dict.fromkeys(f"“{_flat(text)}”" for text, _ in row.words)) for row in rows}
    shown = [f"{name}：{words or '未见'}" for name, words in said.items()]
    return [*shown, remark] if shown and remark else shown


def _decision(row: Decision, view: LeadView) -> str:
    to = f"（{row.to_department}）" if row.to_department else ""
    struck = f"，不采纳 {'、'.join(map(coded, called_now(view.assessment, row.struck)))}" if row.struck else ""
    undone = f"（第 {row.undoes} 号）" if row.undoes is not None else ""
    return f"{_moment(row.decided_at)}  {row.user}  {VERDICTS[row.verdict]}{to}{undone}{struck}" + (
        f"：{row.reason}" if row.reason else ""
    )


def _entry(row: FollowUp) -> str:
    done = f"撤销第 {row.undoes} 号登记" if row.undoes else f"第 {row.id} 号  {follow_ups.said(row)}"
    return f"{_moment(row.at)}  {row.user}  {done}" + (f"：{row.note}" if row.note else "")


def decided_words(decision: Decision, assessment: StoredAssessment) -> str:
    """What was just decided, in one sentence; of findings not adopted, which and how many."""
    to = f"，去向 {decision.to_department}" if decision.to_department else ""
    why = f"，理由：{decision.reason}" if decision.reason else ""
    said = said_of(assessment.findings, assessment.struck(decision.struck), coded)
    struck = f"；不采纳 {said}，共 {len(decision.struck)} 条疑点" if said else ""
    verdict = VERDICTS[decision.verdict]
    return f"线索 {decision.lead_id} 已定为“{verdict}”{to}{why}{struck}（结论 {decision.id}，{decision.user}）。"


def _capture(row: Capture) -> str:
    return f"{_moment(row.captured_at)}  {METHODS[row.method]}  {PAGE_STATES[row.state]}  SHA-256 {row.sha256}" + (
        f"  {LOGGED_IN}（{row.logged_in}；快照编号 {row.id}）" if row.logged_in else ""
    )


def _flat(text: str) -> str:
    return " ".join(text.split())


def _moment(moment: datetime) -> str:
    return f"{local(moment):%Y-%m-%d %H:%M}"
