"""The classifier for rooms that may not import it themselves: crawlers hand it to the ingest functions unopened."""

from __future__ import annotations

from classifier.assess import Assessor
from classifier.ocr import read_image

__all__ = ["Assessor", "load_assessor", "read_image"]


def load_assessor() -> Assessor:
    """The assessor with the model in use. Raises ModelMissing naming the command that trains one."""
    return Assessor.load(None)
