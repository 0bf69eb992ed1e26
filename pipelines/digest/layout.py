"""What the readable digests say and in which order: words and tables, the same for Word and HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.clock import local
from pipelines.digest.figures import UNKNOWN, Figures, MarketLead, Tally
from pipelines.evidence.words import CONSEQUENCES, DECLARATION, VERDICTS

#: Control characters that XML cannot hold, and lone surrogates; Word refuses a file with one of them.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table of tallies."""

    id: str
    title: str
    note: str
    #: Heading of the name column.
    kind: str
    #: Whether keys (rule codes) stand before the names.
    with_keys: bool
    rows: tuple[Tally, ...]


def context(figures: Figures) -> dict[str, Any]:
    """Everything the templates print, unprintable characters taken out."""
    made: dict[str, Any] = _printable(
        {
            "demo": figures.demo,
            "title": "校外培训广告与隐形变异培训线索周报",
            "mark": "演示数据 · 不得作为执法依据" if figures.demo else "",
            "agency": figures.agency or "（单位名称未填写）",
            "region": figures.region or "（未填写）",
            "span": f"{_day(figures.first_day)}至{_day(figures.last_day)}",
            "made_at": f"{local(figures.made_at):%Y-%m-%d %H:%M}",
            "made_by": figures.made_by,
            "declaration": DECLARATION,
            "summary": _summary(figures),
            "market_summary": _market_summary(figures),
            "transfers": [{"department": row.department, "leads": row.leads} for row in figures.transfers],
            "tables": [_table(table) for table in _tables(figures)],
            "market": [
                {"title": title, "note": note, "leads": [_market_lead(lead) for lead in leads]}
                for title, note, leads in (
                    ("（一）可能涉及有罚则的条款", "是否适用由市场监管部门调查后认定。", figures.market_sanctionable),
                    ("（二）政策清理", "只触及政策清理要求的广告表述，本身没有对应罚则。", figures.market_cleanup),
                    (
                        "（三）须补充事实或由其他部门牵头的线索",
                        "另有办学、收费等疑点，牵头部门见各条，须先补充事实；其中属政策清理的广告表述本身没有对应罚则。",
                        figures.market_other,
                    ),
                )
                if leads
            ],
            "bases": _bases(figures.market),
        }
    )
    return made


def _tables(figures: Figures) -> tuple[Table, ...]:
    rows = (
        ("consequence", "按性质", "每条线索按其最重的一项疑点计一次；政策清理与可能涉及罚则的分开统计。", "性质", False,
         figures.by_consequence),
        ("code", "按规则", "一条线索可触及多条规则，各计一次，故各行之和大于合计。", "规则", True, figures.by_code),
        ("district", "按地区", "", "地区", False, figures.by_district),
        ("platform", "按平台", "", "平台", False, figures.by_platform),
        ("operator", "按经营主体", "以共同的联系方式归并，联系方式已遮盖。", "经营主体（联系方式）", False,
         figures.by_operator),
    )  # fmt: skip
    return tuple(
        Table(id=name, title=title, note=note, kind=kind, with_keys=with_keys, rows=tallies)
        for name, title, note, kind, with_keys, tallies in rows
    )


def _table(table: Table) -> dict[str, Any]:
    return {
        "id": table.id,
        "title": table.title,
        "note": table.note,
        "kind": table.kind,
        "rows": [
            {
                "key": row.key,
                "name": f"{row.key} {row.name}" if table.with_keys else row.name,
                "came": row.came,
                "confirm": row.confirm,
                "transfer": row.transfer,
                "dismiss": row.dismiss,
                "hold": row.hold,
            }
            for row in table.rows
        ],
    }


def _summary(figures: Figures) -> str:
    total = figures.total
    return (
        f"本期新增线索 {total.came} 条，截至期末其中 {figures.waiting} 条尚无审核结论。"
        f"本期审核并在期末有效的线索 {total.decided} 条：线索成立 {total.confirm} 条，转办/移送 {total.transfer} 条，"
        f"排除 {total.dismiss} 条，待核实 {total.hold} 条。"
        f"本期审核操作 {figures.decision_rows} 次，其中撤销 {figures.undos} 次。"
    )


def _market_summary(figures: Figures) -> str:
    return (
        f"线索成立或已转办/移送、涉及广告规则或去向为市场监管部门的共 {len(figures.market)} 条："
        f"可能涉及有罚则的条款 {len(figures.market_sanctionable)} 条，政策清理 {len(figures.market_cleanup)} 条，"
        f"其他 {len(figures.market_other)} 条。"
    )


def _bases(leads: Sequence[MarketLead]) -> list[dict[str, Any]]:
    """The rules these leads touch and what each rests on, once, by code."""
    found: dict[str, tuple[str, dict[str, None]]] = {}
    for lead in leads:
        for rule in lead.rules:
            code = rule.code.split(".", maxsplit=1)[0]
            _, lines = found.setdefault(code, (rule.name.split("——", maxsplit=1)[0], {}))
            lines.update(dict.fromkeys(rule.basis))
    return [
        {"code": code, "name": name, "lines": list(lines), "text": "\n".join(lines) or "—"}
        for code, (name, lines) in sorted(found.items())
    ]


def _market_lead(lead: MarketLead) -> dict[str, Any]:
    return {
        "id": lead.id,
        "title": ("【演示】" if lead.demo else "") + lead.title,
        "platform": lead.platform,
        "url": lead.url,
        "district": lead.district,
        "operator": lead.operator,
        "verdict": VERDICTS[lead.verdict] + (f"（{lead.department}）" if lead.department else ""),
        "decided": f"{local(lead.decided_at):%Y-%m-%d %H:%M}　{lead.decided_by}",
        "found": f"{local(lead.found_at):%Y-%m-%d %H:%M}",
        "rules": [
            {
                "name": f"{rule.code} {rule.name}",
                "consequence": CONSEQUENCES.get(rule.consequence, rule.consequence),
                "department": rule.department or UNKNOWN,
                "words": "、".join(f"“{words}”" for words in rule.words) or "—",
            }
            for rule in lead.rules
        ],
    }


def _day(day: Any) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNPRINTABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_printable(item) for item in value]
    return value
