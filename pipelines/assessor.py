"""The classifier for rooms that may not import it themselves: crawlers hand it to the ingest functions unopened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from classifier.assess import FIRST_TIER, Assessor
from classifier.model_file import load_current
from classifier.ocr import read_image

__all__ = ["Assessor", "Thresholds", "load_assessor", "load_thresholds", "read_image"]


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Head → probability from which it is held, for texts read by the first tier alone and for those read closely."""

    first: Mapping[str, float]
    close: Mapping[str, float]

    def of(self, model_id: str) -> Mapping[str, float]:
        """Those that an assessment with this model id was held against."""
        return self.first if model_id.endswith(FIRST_TIER) else self.close


def load_assessor() -> Assessor:
    """The assessor with the model in use. Raises ModelMissing naming the command that trains one."""
    return Assessor.load(None)


def load_thresholds() -> Thresholds:
    """Those of the model in use. Raises ModelMissing naming the command that trains one."""
    model = load_current()
    return Thresholds(first=model.thresholds, close=model.close.thresholds)
