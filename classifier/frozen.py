"""The frozen evaluation: held-out answers on our own corpus after judgement, the same texts for every model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: What a challenger may not be worse in.
FIGURE_NAMES: Mapping[str, str] = {"academic_f1": "学科类 F1", "anxiety_f1": "焦虑 F1", "lead_precision": "线索准确率"}


def frozen(report: dict[str, Any], *, second: bool) -> dict[str, float]:
    """F1 of academic and anxiety, precision and recall of leads out of a model's report: of the first tier alone, or of
    both. KeyError when there is no such tier, or the report is older than these figures."""
    labels = (report["second"] if second else report)["answers"]["labels"]
    return {
        "academic_f1": labels["academic"]["f1"],
        "anxiety_f1": labels["anxiety"]["f1"],
        "lead_precision": labels["lead"]["precision"],
        "lead_recall": labels["lead"]["recall"],
    }
