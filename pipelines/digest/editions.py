"""Editions of a period: whether a new one is a draft again or a numbered correction, what it says otherwise, and the
trend of the periods before. All of it out of the JSON files as they were made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from pipelines.desk import Desk
from pipelines.digest.figures import Change, Figures, TrendPoint
from pipelines.digest.render_json import figures_json
from pipelines.errors import BadInput, EvidenceError
from pipelines.evidence.words import CONSEQUENCES, VERDICTS
from pipelines.records import DigestEventKind, FollowUpKind, Series, StoredDigest, Verdict
from pipelines.store import Tx

#: Periods a trend shows, this one included.
TREND_LENGTH = {Series.WEEK: 12, Series.MONTH: 12, Series.QUARTER: 8}
_COLUMNS = {"came": "本期新增"} | {
    verdict.value: VERDICTS[verdict] for verdict in (Verdict.CONFIRM, Verdict.TRANSFER, Verdict.DISMISS, Verdict.HOLD)
}
_NUMBERS = {
    "waiting": "尚无审核结论",
    "decision_rows": "审核操作次数",
    "undos": "其中撤销",
    "cleanup_beside": "另含政策清理提示的",
    "late_leads": "补报线索",
    "late_decisions": "补报操作",
    "taken_back": "前期结论有变",
    "follow_ups_taken_back": "前期登记、本期撤销的办理情况",
    "taken_on": "已成立或已转办的线索",
    "rectified": "其中已登记整改",
}
_MARKET = "归市场监管部门的线索"
_TABLES = {
    "by_consequence": "按性质",
    "by_code": "按规则",
    "by_cover": "按伪装形式",
    "by_district": "按地区",
    "by_platform": "按平台",
    "by_operator": "按经营主体",
    "handled": "办理情况",
}
#: What a row of these can hold.
_CELLS = _COLUMNS | {"leads": "线索"}


def figures_of(desk: Desk, digest: StoredDigest) -> dict[str, Any]:
    """What the digest's JSON file says. Raises EvidenceError when it has none or it is damaged."""
    name = next((name for name in digest.files if name.endswith(".json")), None)
    if name is None:
        raise EvidenceError(f"周报 {digest.id} 没有数据文件")
    found: dict[str, Any] = json.loads(desk.blobs.get(digest.files[name]))
    return found


def approved_before(tx: Tx, digest: StoredDigest | None) -> StoredDigest | None:
    """The newest approved edition at or before this one: what readers hold in their hands."""
    while digest is not None:
        if any(event.kind is DigestEventKind.APPROVED for event in tx.digests.events([digest.id])):
            return digest
        digest = tx.digests.get(digest.replaces) if digest.replaces else None
    return None


def as_edition(desk: Desk, figures: Figures, replaces: StoredDigest | None) -> Figures:
    """The figures with their trend, and with what they correct. Raises BadInput for a correction of an approved digest
    without a reason, or one that corrects nothing."""
    if not figures.series:
        return figures
    series = Series(figures.series)
    with desk.store.read() as tx:
        base = approved_before(tx, replaces)
        earlier = tx.digests.before(series, str(figures.first_day), TREND_LENGTH[series] - 1)
    points = [_point(figures_of(desk, one)) for one in reversed(earlier)]
    figures = replace(figures, trend=(*points, _point(figures_json(figures))))
    if base is None:
        return replace(figures, reason="")
    if not figures.reason.strip():
        raise BadInput("这一期已经审签，只能另出更正：请写明更正的原因")
    told = tuple(changes(figures_of(desk, base), figures_json(figures)))
    if not told:
        raise BadInput("与已审签的一期相比，数字没有变化，不出更正")
    return replace(figures, erratum=base.erratum + 1, changes=told)


def _point(told: dict[str, Any]) -> TrendPoint:
    return TrendPoint(
        first_day=date.fromisoformat(told["first_day"]),
        last_day=date.fromisoformat(told["last_day"]),
        **{column: int(told["total"][column]) for column in _COLUMNS},
        # Older digests know nothing of it.
        rectified=sum(row["leads"] for row in told.get("handled", ()) if row["key"] == FollowUpKind.RECTIFIED),
    )


def changes(was: dict[str, Any], now: dict[str, Any]) -> Iterator[Change]:
    """Every number that the later one says otherwise, in words."""
    # A table or number that the older edition did not have yet corrects nothing.
    tables, numbers = (
        {name: title for name, title in names.items() if name in was and name in now} for names in (_TABLES, _NUMBERS)
    )
    before, after = dict(_cells(was, tables, numbers)), dict(_cells(now, tables, numbers))
    for what in dict.fromkeys((*before, *after)):
        absent = "未列" if what.startswith(_MARKET) else "0"
        if before.get(what, absent) != after.get(what, absent):
            yield Change(what=what, was=before.get(what, absent), now=after.get(what, absent))


def _cells(told: dict[str, Any], tables: Mapping[str, str], numbers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Every number of a digest with its name in words."""
    for column, name in _COLUMNS.items():
        yield f"合计·{name}", str(told["total"][column])
    for key, name in numbers.items():
        yield name, str(told[key])
    for row in told["transfers"]:
        yield f"转办/移送去向·{row['department']}", str(row["leads"])
    for table, title in tables.items():
        for row in told[table]:
            for column, name in _CELLS.items():
                if column in row:
                    yield f"{title}“{row['name']}”·{name}", str(row[column])
    for lead in told["market"]:
        words = VERDICTS[Verdict(lead["verdict"])] + "，" + CONSEQUENCES[lead["consequence"]]
        yield f"{_MARKET} {lead['id']}", words
