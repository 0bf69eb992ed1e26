"""The trend as a picture that a photocopier does not spoil: black lines told apart by dash and mark."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from pipelines.digest.figures import TrendPoint

#: Column → (name, dash, mark).
_LINES = {
    "came": ("新增", "solid", "o"),
    "confirm": ("成立", "dashed", "s"),
    "transfer": ("转办/移送", "dotted", "^"),
    "dismiss": ("排除", "dashdot", "x"),
}
#: Families that have Chinese; the first that is there is taken.
_FONTS = ("SimSun", "FangSong", "Noto Serif CJK SC", "Noto Sans CJK SC", "WenQuanYi Micro Hei", "Droid Sans Fallback")
#: Inches: the width of the type area of a sheet of A4.
_SIZE = (6.1, 2.7)


def trend_picture(points: Sequence[TrendPoint], kind: str = "svg") -> bytes:
    """The picture as svg (letters as outlines, the same bytes for the same points) or png; empty for fewer than two
    periods, of which no line can be drawn."""
    if len(points) < 2:
        return b""
    # Loads numpy and fonts, a second that other commands need not pay.
    from matplotlib import font_manager, rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    there = {font.name for font in font_manager.fontManager.ttflist}
    family = [name for name in _FONTS if name in there] or ["sans-serif"]
    settings: Any = {"font.family": family, "font.size": 9, "svg.hashsalt": "mingcha", "svg.fonttype": "path"}
    with rc_context(settings):
        figure = Figure(figsize=_SIZE, dpi=200, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        places = range(len(points))
        for column, (name, dash, mark) in _LINES.items():
            values = [getattr(point, column) for point in points]
            axes.plot(
                places, values, color="black", linestyle=dash, marker=mark, markersize=4, linewidth=1.1, label=name
            )
        axes.set_xticks(list(places), [f"{point.first_day:%m-%d}" for point in points])
        axes.set_xlabel("各期起日")
        axes.set_ylabel("线索（条）")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_ylim(bottom=0)
        axes.grid(axis="y", color="0.85", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
        figure.legend(loc="outside upper center", ncols=len(_LINES), frameon=False)
        out = io.BytesIO()
        figure.savefig(out, format=kind, metadata={"Date": None} if kind == "svg" else {"Software": None})
    return out.getvalue()
