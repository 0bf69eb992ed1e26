"""The digest as one HTML file that loads nothing and runs nothing."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipelines.digest.figures import Figures
from pipelines.digest.layout import context
from pipelines.digest.trend_plot import trend_picture


def render_html(figures: Figures) -> bytes:
    """UTF-8, everything escaped."""
    environment = Environment(
        loader=PackageLoader("pipelines.digest"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    return (
        environment.get_template("digest.html").render(context(figures) | {"trend_picture": _picture(figures)}).encode()
    )


def _picture(figures: Figures) -> Markup:
    """The drawing itself, without the head of an SVG file; it is ours, letters as outlines."""
    drawn = trend_picture(figures.trend).decode()
    return Markup(drawn[drawn.index("<svg") :]) if drawn else Markup("")  # noqa: S704  # no word of anybody else's in it
