"""The later sections of the readable digests: corrections, trend, what became of things, the collection log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from pipelines.clock import local
from pipelines.digest.became import OperatorNote, Progress
from pipelines.digest.collected import SourceLog
from pipelines.digest.drill import REACHED
from pipelines.digest.figures import Figures
from pipelines.digest.tables import NOTHING
from pipelines.evidence.followed import FOLLOW_UPS
from pipelines.evidence.words import VERDICTS
from pipelines.records import Verdict

#: Rows of a list that are printed; the data files have all.
MOST_ROWS = 20


def record_notes(figures: Figures) -> list[str]:
    """What the record says beside the plain counts: late, taken back, not in the audit log."""
    notes = []
    if figures.late_leads or figures.late_decisions:
        notes.append(
            f"其中补报：前期应报、该期出刊后才到的线索 {figures.late_leads} 条、审核操作 {figures.late_decisions} 次，"
            "已计入本期，只计这一次。"
        )
    if figures.taken_back:
        words = "、".join(_taken_back(figures)[:MOST_ROWS])
        more = "等" if figures.taken_back > MOST_ROWS else ""
        notes.append(f"前期结论有变 {figures.taken_back} 条：{words}{more}。")
    if figures.unaudited:
        numbers = "、".join(map(str, figures.unaudited[:MOST_ROWS]))
        notes.append(
            f"注意：有 {len(figures.unaudited)} 次审核操作在审计日志中没有记录（结论编号 {numbers}），请先查明。"
        )
    return notes


def _taken_back(figures: Figures) -> list[str]:
    return [
        f"线索 {line.id}（前期{VERDICTS[Verdict(line.before)]}，期末"
        f"{VERDICTS[Verdict(line.stands)] if line.stands else '尚无结论'}）"
        for line in figures.lines
        if line.before
    ]


def correction(figures: Figures) -> dict[str, Any] | None:
    """Number, reason and every number that differs; None for a first edition."""
    if not figures.erratum:
        return None
    return {
        "title": f"更正第 {figures.erratum} 号",
        "reason": figures.reason,
        "rows": [{"what": row.what, "was": row.was, "now": row.now} for row in figures.changes],
    }


def trend(figures: Figures) -> list[dict[str, Any]]:
    """A row a period, oldest first; none while there is nothing to compare with."""
    if len(figures.trend) < 2:
        return []
    columns = ("came", "confirm", "transfer", "dismiss", "hold", "rectified")
    return [
        {"span": f"{point.first_day} 至 {point.last_day}"} | {name: getattr(point, name) for name in columns}
        for point in figures.trend
    ]


def follow_up(figures: Figures) -> dict[str, Any]:
    """Sentences and lists of operators, transfers and pages."""
    new, again = figures.operators_new, figures.operators_repeat
    reappeared = [note for note in again if note.confirmed]
    pending = figures.pending
    rows = [row for row in figures.follow_ups if row.holds]
    return {
        "operators": f"有新增线索、能认出的经营主体 {len(new) + len(again)} 个：首次出现 {len(new)} 个，"
        f"此前已有线索 {len(again)} 个，其中线索曾成立或转办后再次出现 {len(reappeared)} 个。",
        "repeat": [_operator(note) for note in again[:MOST_ROWS]],
        "handled": _handled(figures),
        "handled_rows": [
            {"id": row.lead, "title": row.title, "office": row.office, "became": FOLLOW_UPS[row.kind],
             "day": f"{row.on_day}", "paper": row.paper or "—"}
            for row in rows[:MOST_ROWS]
        ],
        "handled_rest": f"另有 {len(rows) - MOST_ROWS} 次登记见数据文件。" if len(rows) > MOST_ROWS else "",
        "rectified": _rectified(figures),
        "progress": _progress(figures.progress),
        "pending": f"截至期末，已转办/移送而没有登记任何办理情况的线索共 {len(pending)} 条。"
        f"以本系统登记的为准，是否已有答复请对照公文。{_returned(figures)}",
        "pending_rows": [
            {"id": row.id, "title": row.title, "department": row.department,
             "sent": f"{local(row.sent_at):%Y-%m-%d}", "days": row.days}
            for row in pending[:MOST_ROWS]
        ],
        "pending_rest": f"另有 {len(pending) - MOST_ROWS} 条见数据文件。" if len(pending) > MOST_ROWS else "",
        "gone": _gone(figures),
    }  # fmt: skip


def _handled(figures: Figures) -> str:
    """What was entered in the period, in leads; an entry that did not hold to its end is not counted."""
    told = [f"{row.name} {row.leads} 条" for row in figures.handled if row.leads]
    leads = len({row.lead for row in figures.follow_ups if row.holds})
    said = (
        f"本期登记了办理情况的线索 {leads} 条：{'、'.join(told)}"
        f"{'（一条线索可有几种，各计一次）' if sum(row.leads for row in figures.handled) > leads else ''}。"
        if told
        else "本期没有登记办理情况。"
    )
    if late := sum(row.late and row.holds for row in figures.follow_ups):
        said += f"其中补报 {late} 次。"
    if figures.follow_ups_taken_back:
        said += f"前期登记、本期撤销的 {figures.follow_ups_taken_back} 次。"
    return said


def _progress(rows: Sequence[Progress]) -> list[dict[str, Any]]:
    """The districts of which something is entered, and one row for the others; one district is told by the sentence."""
    if len(rows) < 2:
        return []
    shown = [row for row in rows if row.entered][:MOST_ROWS]
    rest = [row for row in rows if row not in shown]
    if rest:
        sums = {
            name: sum(getattr(row, name) for row in rest) for name in ("taken_on", "entered", "settled", "rectified")
        }
        shown.append(Progress(district=f"其余 {len(rest)} 个地区" if shown else f"{len(rest)} 个地区", **sums))
    return [{name: value or NOTHING for name, value in asdict(row).items()} for row in shown]


def _returned(figures: Figures) -> str:
    """Leads that came back, and of which nothing that ends them was entered since: somebody has to go on with them."""
    back = [line for line in figures.held if "returned" in line.became and not REACHED["settled"](line.became)]
    if not back:
        return ""
    names = "、".join(f"线索 {line.id}" for line in back[:MOST_ROWS]) + ("等" if len(back) > MOST_ROWS else "")
    return f"另有 {len(back)} 条被退回，还没有改送或了结：{names}。"


def _rectified(figures: Figures) -> str:
    said = f"截至期末，已成立或已转办的线索共 {figures.taken_on} 条，其中已登记整改 {figures.rectified} 条。"
    if figures.rectified_shown:
        names = "、".join(
            f"线索 {row.id}（{row.rectified_on:%m-%d} 登记整改，{local(row.seen_at):%m-%d} 仍见原内容）"
            for row in figures.rectified_shown[:MOST_ROWS]
        )
        more = "等" if len(figures.rectified_shown) > MOST_ROWS else ""
        said += f"整改之后页面仍是原内容的 {len(figures.rectified_shown)} 条，请复查：{names}{more}。"
    return said


def _gone(figures: Figures) -> str:
    if not figures.gone:
        return "线索成立或已转办的，截至制表时系统未见页面被删除。"
    names = "、".join(f"线索 {row.id}（{local(row.seen_at):%m-%d} 所见）" for row in figures.gone[:MOST_ROWS])
    more = "等" if len(figures.gone) > MOST_ROWS else ""
    return (
        f"线索成立或已转办的，截至制表时有 {len(figures.gone)} 条页面已不在：{names}{more}。"
        "页面不在只说明信息已撤下，是否整改以登记和调查为准。"
    )


def _operator(note: OperatorNote) -> dict[str, Any]:
    return {"name": note.name, "leads": len(note.leads), "earlier": len(note.earlier), "confirmed": len(note.confirmed)}


def collection(figures: Figures) -> dict[str, Any]:
    """The collection log: one sentence and a row a source."""
    logs = [log for log in figures.collection if not log.by_hand]
    holes = [log for log in logs if log.gaps]
    if not figures.collection:
        said = "没有登记任何来源，本期数字不能说明网上的情况。"
    elif not holes:
        said = f"{len(logs)} 个自动采集的来源在本期每天都有正常采集。" if logs else "本期只有人工导入的来源。"
    else:
        said = (
            f"{len(logs)} 个自动采集的来源中，{len(holes)} 个有采集空白。"
            "空白期内没有线索，只说明没有采到，不说明没有问题。"
        )
    return {"said": said, "rows": [_source(log) for log in figures.collection]}


def _source(log: SourceLog) -> dict[str, Any]:
    if log.by_hand:
        return {"title": log.title, "days": "人工导入", "runs": log.runs, "gaps": "—"}
    return {
        "title": log.title,
        "days": f"{log.good_days}/{log.days}",
        "runs": log.runs,
        "gaps": "；".join(_gap(gap.first_day, gap.last_day, gap.what) for gap in log.gaps) or "无",
    }


def _gap(first: Any, last: Any, what: str) -> str:
    days = f"{first:%m-%d}" if first == last else f"{first:%m-%d} 至 {last:%m-%d}"
    return f"{days} {what}"


def headings(shown: Sequence[tuple[str, bool]]) -> dict[str, str]:
    """Name → numbered heading, of those sections that are shown."""
    names = [name for name, there in shown if there]
    return {name: f"{'一二三四五六七八九十'[place]}、{name}" for place, name in enumerate(names)}
