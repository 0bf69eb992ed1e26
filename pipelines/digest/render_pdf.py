"""The digest as PDF: the HTML file on A4, fonts embedded."""

from __future__ import annotations

from pipelines.digest.figures import Figures
from pipelines.digest.render_html import render_html
from pipelines.evidence.report import render_pdf as pdf_of


def render_pdf(figures: Figures) -> bytes:
    """What `render_html` says, page by page; nothing is fetched for it."""
    return pdf_of(render_html(figures).decode())
