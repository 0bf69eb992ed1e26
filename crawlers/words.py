"""What the crawler's codes are called in front of people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pipelines.clock import local
from pipelines.evidence.words import PAGE_STATES, SOURCE_STATES
from pipelines.records import PageState

OUTCOMES = {"finished": "完成", "blocked": "被拦下（不再访问）", "failed": "失败", "stopped": "按要求停下"}

LANES = {"A": "直接采集", "B": "谨慎采集", "C": "截图导入", "D": "接口", "intake": "人工导入", "?": "—"}

VERIFIED = {"never": "未核实", "sandbox": "演示平台"}


def state_word(state: str) -> str:
    """A page's state."""
    return PAGE_STATES[PageState(state)] if state in set(PageState) else state


def source_words(row: dict[str, Any]) -> str:
    """One source in a list for people: two lines, so that a narrow terminal holds them, and a third for its fault."""
    good = f"{local(datetime.fromisoformat(row['last_good'])):%Y-%m-%d %H:%M}" if row["last_good"] else "无"
    if row["lane"] == "intake":  # never crawled, so nothing to say about it
        return f"{row['name']}  {row['title']}\n    {LANES['intake']} · 线索 {row['leads']}"
    facts = (
        LANES.get(row["lane"], row["lane"]),
        SOURCE_STATES.get(row["state"], row["state"]),
        VERIFIED.get(row["verified"], row["verified"]),
        f"上次正常 {good}",
        f"页面 {row['pages']}",
        f"线索 {row['leads']}",
    )
    fault = f"\n    {row['fault']}" if row.get("fault") else ""
    return f"{row['name']}  {row['title']}\n    {' · '.join(facts)}{fault}"
