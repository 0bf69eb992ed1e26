"""The impact note of a source as text, to print and sign."""

from __future__ import annotations

from crawlers.impact import ensure_note
from crawlers.last_recipe import last_recipe, remember_recipe
from crawlers.registration import register
from crawlers.urls import Site
from pipelines import clock
from pipelines.desk import Desk
from pipelines.enforcement.impact import ImpactView, impact_view
from pipelines.errors import Refused


def impact_words(desk: Desk, name: str) -> str:
    """The note of a source, made first if there is none. Raises SourceUnavailable, Refused."""
    recipe = last_recipe(desk, name)
    with desk.store.read() as tx:
        origin = tx.settings.get(f"crawl.origin.{name}")
        known = tx.sources.get(name)
    site = Site.of(recipe, origin)
    if site is None:
        raise Refused(f"不知道演示来源 {name} 的地址；请先采集一次")
    if known is None:
        remember_recipe(desk, recipe, name)
        with desk.store.transaction() as tx:
            register(tx, recipe)
    ensure_note(desk, recipe, site)
    return _words(impact_view(desk, name, user=None))


def _words(view: ImpactView) -> str:
    """The whole note as text."""
    lines = [
        f"采集影响评估说明：{view.source.title}",
        f"说明生成于 {clock.local(view.note.made_at):%Y-%m-%d %H:%M}",
        "",
    ]
    for heading, paragraphs in (*view.note.sections, ("实测访问量", view.measured)):
        lines += [heading, *(f"  {paragraph}" for paragraph in paragraphs), ""]
    lines += ["评估人：______________    日期：______________"]
    return "\n".join(lines)
