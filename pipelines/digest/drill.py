"""From a number of a digest to the leads it counts, out of the digest's own JSON file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pipelines.errors import BadInput
from pipelines.evidence.followed import SETTLED

#: Which number of a row.
COLUMNS = {"came": "本期新增", "confirm": "成立", "transfer": "转办/移送", "dismiss": "排除", "hold": "待核实"}
#: Numbers beside the tables. Lines of digests made before there was one lack cleanup_beside.
TOTALS: dict[str, tuple[str, Callable[[dict[str, Any]], bool]]] = {
    "waiting": ("尚无审核结论", lambda line: line["came"] and not line["stands"]),
    "undos": ("有撤销的", lambda line: line["undos"] > 0),
    "decisions": ("有审核操作的", lambda line: bool(line["decisions"])),
    "cleanup_beside": ("另含政策清理提示的", lambda line: line.get("cleanup_beside", False)),
    "late": ("补报", lambda line: line["late"]),
    "entry_undone": ("撤销了前期办理情况的", lambda line: line.get("entry_undone", False)),
    "before": ("前期结论有变", lambda line: bool(line["before"])),
}
#: Digests made before there was one lack by_cover: then it has no numbers to ask for.
#: Table → (title, how a line says which row it is in).
TABLES: dict[str, tuple[str, Callable[[dict[str, Any]], list[str]]]] = {
    "consequence": ("按性质", lambda line: [line["consequence"]]),
    "code": ("按规则", lambda line: line["codes"]),
    "cover": ("按伪装形式", lambda line: line["covers"]),
    "district": ("按地区", lambda line: [line["district"]]),
    "platform": ("按平台", lambda line: [line["platform"]]),
    "operator": ("按经营主体", lambda line: [line["operator"]]),
}

#: How far a lead that stands confirmed or transferred is: column of `progress` → what its entries must hold.
REACHED: dict[str, Callable[[Sequence[str]], bool]] = {
    "taken_on": lambda _became: True,
    "entered": bool,
    "settled": lambda became: any(kind in SETTLED for kind in became),
    "rectified": lambda became: "rectified" in became,
}
PROGRESS = {"taken_on": "成立或转办", "entered": "有办理情况", "settled": "已有结果", "rectified": "登记整改"}


def leads_behind(told: dict[str, Any], by: str, key: str, column: str) -> tuple[str, list[dict[str, Any]]]:
    """What was asked for in words, and the lines it counts. Raises BadInput for a number the digest does not have."""
    if by == "market":
        ids = {lead["id"] for lead in told["market"]}
        return "归市场监管部门的线索", [line for line in told["lines"] if line["id"] in ids]
    if by == "handled":
        name = next((row["name"] for row in told.get("handled", ()) if row["key"] == key), None)
        if name is None:
            raise BadInput("周报里没有这个数。")
        return f"办理情况 · {name}", [line for line in told["lines"] if key in line["became"]]
    if by == "progress":
        return _held(told, key, column)
    if by == "total" and column in TOTALS:
        title, wanted = TOTALS[column]
        return title, [line for line in told["lines"] if wanted(line)]
    if column not in COLUMNS or (by != "total" and by not in TABLES):
        raise BadInput("周报里没有这个数。")
    lines = [line for line in told["lines"] if _counts(line, column)]
    if by == "total":
        return f"合计 · {COLUMNS[column]}", lines
    title, keys_of = TABLES[by]
    row = next((row for row in told.get(f"by_{by}", ()) if row["key"] == key), None)
    if row is None:
        raise BadInput("周报里没有这个数。")
    named = {row["key"] for row in told[f"by_{by}"]}
    found = [line for line in lines if key in keys_of(line) or (key == "rest" and not named & set(keys_of(line)))]
    return f"{title} · {row['name']} · {COLUMNS[column]}", found


def _held(told: dict[str, Any], district: str, column: str) -> tuple[str, list[dict[str, Any]]]:
    """Leads as they stood at the period's end, of one district or (key "") of all."""
    if column == "pending":
        ids = {row["id"] for row in told["pending"]}
        title, lines = "转办后没有登记任何办理情况", [line for line in told.get("held", ()) if line["id"] in ids]
    elif column in PROGRESS and "held" in told:
        title, lines = PROGRESS[column], [line for line in told["held"] if REACHED[column](line["became"])]
    else:
        raise BadInput("周报里没有这个数。")
    here = [line for line in lines if district in ("", line["district"])]
    return f"截至期末 · {district or '合计'} · {title}", [line | {"before": "", "late": False} for line in here]


def _counts(line: dict[str, Any], column: str) -> bool:
    return bool(line["came"] if column == "came" else line["counted"] and line["stands"] == column)
