"""The recipe of the big board: `discuz-x` as any board would extend it."""

from __future__ import annotations

from pathlib import Path

from tests.big_site.site import FORUMS

NAME = "big-board"


def write_recipe(folder: Path, site: str, *, name: str = NAME, detail: str = "1d", demo: bool = False) -> Path:
    """The source folder for a board served at HOST:PORT; a demo source is told where by its first crawl, and is then
    crawled by workers too."""
    kind = ", demo: true" if demo else ""
    base = "" if demo else f"base: 'http://{site}', "
    source = folder / name
    source.mkdir()
    forums = ", ".join(f"'{number}'" for number in range(1, FORUMS + 1))
    (source / "source.yml").write_text(
        f"""\
recipe: {{id: bbs/{name}, version: 1, extends: discuz-x, engine: discuz}}
source: {{name: 试验社区, kind: forum, lane: A, contact: robot@example.org, legal_note: 本机试验站点{kind}}}
scope: {{{base}allow: ['^/forum-\\d+-\\d+\\.html', '^/thread-\\d+-']}}
polite: {{max_per_day: 100000}}
discover:
  vars: {{fid: [{forums}]}}
  lists:
    - url: '/forum-{{fid}}-{{page}}.html'
      max_pages: 1000
      rows: {{xpath: '//tbody[starts-with(@id,"normalthread_")]'}}
      key: {{xpath: '@id', do: [{{re: '(\\d+)'}}]}}
      link: {{xpath: './/a[contains(concat(" ",@class," ")," xst ")]/@href', do: [abs_url]}}
      title: {{xpath: './/a[contains(concat(" ",@class," ")," xst ")]', do: [text]}}
      next: {{css: 'a.nxt', attr: href, do: [abs_url]}}
      total_pages: {{css: 'div.pg label span', attr: title, do: [{{re: '共\\s*(\\d+)'}}]}}
schedule: {{detail: [{detail}]}}
""",
        encoding="utf-8",
    )
    return source
