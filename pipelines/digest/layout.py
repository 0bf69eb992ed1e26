"""What the readable digests say and in which order: words and tables, the same for Word and HTML."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from pipelines.clock import local
from pipelines.digest import sections
from pipelines.digest.figures import UNKNOWN, Figures, MarketLead
from pipelines.digest.rule_names import rule_name
from pipelines.digest.tables import tables
from pipelines.evidence.words import CASE_STATUSES, CONSEQUENCES, DECLARATION, VERDICTS, actor_name
from pipelines.records import CONSEQUENCE_ORDER, Verdict
from pipelines.records.quotes import quoted
from pipelines.records.rule_words import coded

#: Control characters that XML cannot hold, and lone surrogates; Word refuses a file with one of them.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def context(figures: Figures) -> dict[str, Any]:
    """Everything the templates print, unprintable characters taken out."""
    made: dict[str, Any] = printable(
        {
            "demo": figures.demo,
            "title": f"校外培训广告与隐形变异培训线索{figures.kind}",
            "mark": "演示数据 · 不得作为执法依据" if figures.demo else "",
            "agency": figures.agency or "（单位名称未填写）",
            "region": figures.region or "（未填写）",
            "span": _span(figures),
            "made_at": f"{local(figures.made_at):%Y-%m-%d %H:%M}",
            "made_by": actor_name(figures.made_by),
            "declaration": DECLARATION,
            "summary": _summary(figures),
            "market_summary": _market_summary(figures),
            "transfers": _transfers(figures),
            "tables": tables(figures),
            "market": _market(figures),
            "bases": _bases(figures.market),
            "notes": sections.record_notes(figures),
            "correction": sections.correction(figures),
            "trend": sections.trend(figures),
            "follow": sections.follow_up(figures),
            "collection": sections.collection(figures),
        }
    )
    shown = (
        ("总体情况", True),
        ("归市场监管部门的线索", True),
        ("分类统计", bool(made["tables"])),
        ("所涉规则与依据", bool(made["bases"])),
        ("与前期比较", bool(made["trend"])),
        ("跟踪情况", True),
        ("采集情况与空白", True),
    )
    made["headings"] = sections.headings(shown)
    return made


def _market(figures: Figures) -> list[dict[str, Any]]:
    """The groups that have leads, numbered as they stand."""
    groups = (
        (CONSEQUENCES["sanctionable"], "是否适用由市场监管部门调查后认定。", figures.market_sanctionable),
        (CONSEQUENCES["cleanup"], "只触及政策清理要求的广告表述，本身没有单独罚则。", figures.market_cleanup),
        (
            f"{CONSEQUENCES['lead']}或由其他部门牵头的线索",
            "另有办学、收费等疑点，牵头部门和性质见各条；标“须补充事实”的，先补充事实；属政策清理的广告表述本身没有单独罚则。",
            figures.market_other,
        ),
    )
    return [
        {"title": f"（{number}）{title}", "note": note, "leads": [_market_lead(lead) for lead in leads]}
        for number, (title, note, leads) in zip("一二三", (group for group in groups if group[2]), strict=False)
    ]


def _transfers(figures: Figures) -> str:
    """Where the transferred leads went, as a sentence; empty when none did."""
    sent = "，".join(f"{row.department} {row.leads} 条" for row in figures.transfers)
    return f"转办/移送去向：{sent}。" if sent else ""


def _span(figures: Figures) -> str:
    first, last = figures.first_day, figures.last_day
    return _day(first) if first == last else f"{_day(first)}至{_day(last)}"


def _summary(figures: Figures) -> str:
    total = figures.total
    if not (total.came or total.decided or figures.decision_rows):
        return "本期没有新增线索，也没有作出审核结论。"
    return (
        f"本期新增线索 {total.came} 条，截至期末其中 {figures.waiting} 条尚无审核结论。"
        f"本期审核并在期末有效的线索 {total.decided} 条：线索成立 {total.confirm} 条，转办/移送 {total.transfer} 条，"
        f"排除 {total.dismiss} 条，待核实 {total.hold} 条。"
        f"本期审核操作 {figures.decision_rows} 次，其中撤销 {figures.undos} 次。"
    )


def _market_summary(figures: Figures) -> str:
    if not figures.market:
        return "本期没有线索成立或已转办/移送、涉及广告规则或去向为市场监管部门的线索。"
    kinds = (
        (CONSEQUENCES["sanctionable"], figures.market_sanctionable),
        (CONSEQUENCES["cleanup"], figures.market_cleanup),
        (f"{CONSEQUENCES['lead']}或由其他部门牵头", figures.market_other),
    )
    parts = "，".join(f"{name} {len(leads)} 条" for name, leads in kinds if leads)
    return f"线索成立或已转办/移送、涉及广告规则或去向为市场监管部门的共 {len(figures.market)} 条：{parts}。"


def _bases(leads: Sequence[MarketLead]) -> list[dict[str, Any]]:
    """The rules these leads touch and what each rests on, once, by code."""
    names: dict[str, list[str]] = defaultdict(list)
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for lead in leads:
        for rule in lead.rules:
            code = rule.code.split(".", maxsplit=1)[0]
            names[code].append(rule.name.split("——", maxsplit=1)[0])
            found[code].update(dict.fromkeys(rule.basis))
    return [
        {"code": code, "name": rule_name(code, names[code]), "lines": list(lines), "text": "\n".join(lines) or "—"}
        for code, lines in sorted(found.items())
    ]


def _market_lead(lead: MarketLead) -> dict[str, Any]:
    return {
        "id": lead.id,
        "title": ("【演示】" if lead.demo else "") + lead.title,
        "platform": lead.platform,
        "url": lead.url,
        "district": lead.district,
        "operator": lead.operator,
        "verdict": VERDICTS[lead.verdict] + (f"（{lead.department}）" if lead.department else "") + _history(lead),
        "case": f"{lead.case_id}（{CASE_STATUSES[lead.case_status]}）" if lead.case_id else "",
        "decided": f"{local(lead.decided_at):%Y-%m-%d %H:%M}　{actor_name(lead.decided_by)}",
        "found": f"{local(lead.found_at):%Y-%m-%d %H:%M}",
        "touched": _touched(lead),
    }


def _history(lead: MarketLead) -> str:
    """Marks of a lead told late, or told otherwise before."""
    marks = ["补报"] if lead.late else []
    if lead.before:
        marks.append(f"前期曾报{VERDICTS[Verdict(lead.before)]}")
    return f"（{'；'.join(marks)}）" if marks else ""


def _touched(lead: MarketLead) -> list[dict[str, Any]]:
    """The lead's rules, those of one consequence and department together, the gravest of the lead first; what has no
    penalty beside something graver in one line, last."""
    groups: dict[tuple[str, str], list[str]] = {}
    grave = [rule for rule in lead.rules if rule.consequence != "cleanup"]
    for rule in grave or lead.rules:
        words = "".join(map(quoted, rule.words)) or "—"
        groups.setdefault((rule.consequence, rule.department), []).append(f"{rule.id} {rule.name}：{words}")
    told = [
        {
            "consequence": CONSEQUENCES[consequence],
            "lines": lines,
            "text": "\n".join(lines),
            "department": department or UNKNOWN,
        }
        for (consequence, department), lines in sorted(
            groups.items(), key=lambda one: CONSEQUENCE_ORDER.index(one[0][0])
        )
    ]
    slight = [rule for rule in lead.rules if rule not in grave] if grave else []
    if slight:
        words = "；".join(coded(rule.id) + "".join(map(quoted, rule.words)) for rule in slight) + "（没有单独罚则）"
        departments = "、".join(dict.fromkeys(rule.department or UNKNOWN for rule in slight))
        told.append({"consequence": "清理提示", "lines": [words], "text": words, "department": departments})
    return told


def _day(day: Any) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def printable(value: Any) -> Any:
    """The value without characters that XML, and so Word and Excel, cannot hold."""
    if isinstance(value, str):
        return _UNPRINTABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {key: printable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [printable(item) for item in value]
    return value
