"""The digest as a Word file."""

from __future__ import annotations

import io

from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage

from pipelines.digest.figures import Figures
from pipelines.digest.layout import context
from pipelines.digest.trend_plot import trend_picture
from pipelines.digest.word_template import word_template


def render_docx(figures: Figures) -> bytes:
    """A .docx with every value escaped."""
    template = DocxTemplate(io.BytesIO(word_template()))
    said = context(figures)
    drawn = trend_picture(figures.trend, "png")
    picture = InlineImage(template, io.BytesIO(drawn), width=Mm(154)) if drawn else ""
    template.render(said | {"trend_picture": picture}, autoescape=True)
    facts = template.docx.core_properties
    facts.title = f"{'【演示】' if figures.demo else ''}{figures.kind} {said['span']}"
    facts.author = figures.agency or "mingcha"
    facts.comments = "演示" if figures.demo else ""
    # Naive on purpose: the library writes it as UTC.
    facts.created = facts.modified = figures.made_at.replace(tzinfo=None, microsecond=0)
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()
