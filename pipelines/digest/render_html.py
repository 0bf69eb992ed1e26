"""The digest as one HTML file that loads nothing and runs nothing."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipelines.digest.figures import Figures
from pipelines.digest.layout import context


def render_html(figures: Figures) -> bytes:
    """UTF-8, everything escaped."""
    environment = Environment(
        loader=PackageLoader("pipelines.digest"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template("digest.html").render(context(figures)).encode()
