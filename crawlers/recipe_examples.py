"""One line a key, as it may stand in a source.yml: what an error about that key tells people to write.

A test holds that every key of the reader's tables has one, and that each is accepted where it stands.
"""

from __future__ import annotations

import re

#: Path of the key, or its end where it means the same everywhere → the line.
EXAMPLES: dict[str, str] = {
    "recipe": "recipe: {id: site/qingshui, version: 1, engine: site}",
    "recipe.id": "id: site/qingshui",
    "recipe.version": "version: 1",
    "recipe.engine": "engine: site",
    "recipe.extends": "extends: discuz-x",
    "source": "source: {name: 清水论坛, kind: forum, lane: A, contact: wangluo@jyj.example, legal_note: 公开版块}",
    "source.name": "name: 清水论坛",
    "source.platform": "platform: 本地论坛",
    "source.kind": "kind: forum",
    "source.lane": "lane: A",
    "source.contact": "contact: wangluo@jyj.example",
    "source.legal_note": "legal_note: 公开版块，robots.txt 允许",
    "source.region": "region: '330100'",
    "source.reviewed_on": "reviewed_on: '2026-03-02'",
    "source.visibility": "visibility: public",
    "source.demo": "demo: false",
    "scope": "scope: {base: https://bbs.example.com, canonical: {key: '/thread-(\\d+)-'}}",
    "scope.base": "base: https://bbs.example.com",
    "scope.hosts": "hosts: [bbs.example.com]",
    "scope.old_hosts": "old_hosts: [old.example.com]",
    "scope.allow": "allow: ['^/thread-\\d+-']",
    "scope.deny": "deny: ['^/member']",
    "scope.canonical": "canonical: {key: '/thread-(\\d+)-'}",
    "scope.canonical.key": "key: '/thread-(\\d+)-'",
    "scope.canonical.drop_query": "drop_query: [from, spm]",
    "scope.canonical.fold": "fold: {'^/m/': '/'}",
    "scope.canonical.unwrap": "unwrap: {'^/jump': url}",
    "polite": "polite: {delay_s: 8, jitter: 0.5, max_per_day: 600}",
    "polite.delay_s": "delay_s: 8",
    "polite.per_minute": "per_minute: 6",
    "polite.concurrent": "concurrent: 2",
    "polite.jitter": "jitter: 0.5",
    "polite.hours": "hours: '22:00-07:00,12:00-14:00'",
    "polite.max_per_day": "max_per_day: 600",
    "polite.respect_crawl_delay_up_to_s": "respect_crawl_delay_up_to_s: 300",
    "fetch": "fetch: {charset: auto, max_images: 4}",
    "fetch.mode": "mode: http",
    "fetch.charset": "charset: auto",
    "fetch.max_images": "max_images: 4",
    "fetch.attachments": "attachments: {types: [pdf, jpg, png], max: 3, max_mb: 5}",
    "attachments.types": "types: [pdf, jpg, png]",
    "attachments.max": "max: 3",
    "attachments.max_mb": "max_mb: 5",
    "fetch.scrolls": "scrolls: 20",
    "fetch.ready": "ready: '.list li'",
    "discover": "discover: {lists: [{url: '/list-{page}.html', rows: {css: 'ul > li'}, link: {css: a, attr: href}}]}",
    "discover.feeds": "feeds: [/rss.xml]",
    "discover.sitemaps": "sitemaps: [/sitemap.xml]",
    "discover.lists": "lists: [{url: '/list-{page}.html', rows: {css: 'ul > li'}, link: {css: a, attr: href}}]",
    "discover.urls": "urls: ['/forum-{fid}-{page}.html']",
    "discover.links": "links: [/notice/1.html]",
    "discover.use": "use: all",
    "discover.vars": "vars: {fid: ['36', '41']}",
    "lists.url": "url: '/list-{page}.html'",
    "lists.format": "format: html",
    "lists.rows": "rows: {css: 'ul > li'}",
    "lists.link": "link: {css: a, attr: href, do: [abs_url]}",
    "lists.key": "key: {css: a, attr: data-id}",
    "lists.title": "title: {css: a, do: [text]}",
    "lists.posted": "posted: {css: '.date', do: [text]}",
    "lists.tells": "tells: [{css: 'td.num a', do: [text]}]",
    "lists.next": "next: {xpath: '//a[contains(.,\"下一页\")]/@href', do: [abs_url]}",
    "lists.numbered": "numbered: '/list/p{page}/'",
    "lists.total": "total: {css: '.total', do: [text, int]}",
    "lists.total_pages": "total_pages: {css: '.pages', do: [text, int]}",
    "lists.skip_rows": "skip_rows: '.promoted'",
    "lists.first": "first: 1",
    "lists.max_pages": "max_pages: 20",
    "lists.stop": "stop: ['no_new_keys:1', total_reached]",
    "states": "states: [{state: ok, when: {css: [h1, '.content']}}]",
    "states.state": "state: ok",
    "states.when": "when: {css: [h1, '.content']}",
    "states.verify": "verify: 7d",
    "when.status": "status: [404]",
    "when.url": "url: '/thread-\\d+'",
    "when.title": "title: '不存在|已删除'",
    "when.css": "css: [h1, '.content']",
    "when.xpath": "xpath: '//h1'",
    "when.jmes": "jmes: items[0].id",
    "when.text": "text: '不存在|已删除'",
    "when.max_bytes": "max_bytes: 30000",
    "fields": "fields: {title: {from: [{css: h1}], do: [text]}, body: {from: [{css: '.content'}], do: [text]}}",
    "fields.*": "{from: [{css: '.content'}], do: [text, first]}",
    "fields.attrs": "attrs: {from: [{label: {rows: 'table.info tr', key: th, value: td}}]}",
    "from": "from: [{css: '.content'}]",
    "need": "need: required",
    "do": "do: [text, first]",
    "css": "css: '.content'",
    "xpath": "xpath: '//h1'",
    "attr": "attr: href",
    "jmes": "jmes: items[].id",
    "jsonld": "jsonld: headline",
    "label": "label: [联系电话, 电话]",
    "label.rows": "rows: 'table.info tr'",
    "label.key": "key: th",
    "label.value": "value: td",
    "url": "url: '/(\\d+)\\.html'",
    "field": "field: body",
    "main": "main: true",
    "const": "const: 清水县",
    "privacy": "privacy: {author: hash}",
    "privacy.retain_days": "retain_days: 90",
    "privacy.*": "author: hash",
    "quality": "quality: {min_rows: 5, coverage: {title: 1.0}}",
    "quality.min_rows": "min_rows: 5",
    "quality.coverage": "coverage: {title: 1.0, body: 0.9}",
    "quality.range": "range: {fee.yuan_per_hour: [10, 2000]}",
    "quality.max_unknown_share": "max_unknown_share: 0.2",
    "quality.max_age_newest": "max_age_newest: 30d",
    "canary": "canary: {urls: [{url: /thread-1.html, fields: {title: 版规}}], bogus: /thread-999999999.html}",
    "canary.urls": "urls: [{url: /thread-1.html, fields: {title: 版规}}]",
    "canary.urls.url": "url: /thread-1.html",
    "canary.urls.fields": "fields: {title: 版规}",
    "canary.bogus": "bogus: /thread-999999999.html",
    "tests": "tests: [{file: fixtures/ok-1.html, state: ok, url: /thread-1.html}]",
    "tests.file": "file: fixtures/ok-1.html",
    "tests.state": "state: ok",
    "tests.url": "url: /thread-1.html",
    "tests.rows": "rows: 20",
    "tests.fields": "fields: {title: 版规}",
    "schedule": "schedule: {list: {min: 6h, max: 3d}, detail: [1d, 3d, 7d], gone_after: 2}",
    "schedule.list": "list: {min: 6h, max: 3d}",
    "schedule.list.min": "min: 6h",
    "schedule.list.max": "max: 3d",
    "schedule.detail": "detail: [1d, 3d, 7d]",
    "schedule.gone_after": "gone_after: 2",
}


def example_of(path: str) -> str:
    """The line to write for a key at this path; '' for what no key of the reader stands at."""
    if re.match(r"fields\.\w+\Z", path) and path not in EXAMPLES:
        return f"{path.removeprefix('fields.')}: {EXAMPLES['fields.*']}"
    if re.match(r"privacy\.\w+\Z", path) and path not in EXAMPLES:
        return EXAMPLES["privacy.*"]
    parts = path.split(".")
    # The longest end that has a line of its own; a whole path of one word is a block of the file.
    for start in range(len(parts)):
        end = ".".join(parts[start:])
        if end in EXAMPLES and (start == 0 or "." in end or end not in _BLOCKS):
            return EXAMPLES[end]
    return ""


_BLOCKS = frozenset(
    {*("recipe", "source", "scope", "polite", "fetch", "discover", "states", "fields", "privacy", "quality")}
    | {"canary", "tests", "schedule"}
)
