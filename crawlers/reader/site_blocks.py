"""The blocks recipe, source, scope and fetch of a recipe."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from crawlers.file_types import FILE_TYPES
from crawlers.reader.expressions import Css, Pattern, PatternMap
from crawlers.reader.shapes import Block, Choice, Flag, Key, Many, Schema, Text, Whole
from crawlers.recipe import CRAWLED, IMPORTED, AttachmentRule, Canonical, Fetch, Scope
from crawlers.yaml_tree import Tree
from pipelines.divisions import NOWHERE, region_fault

_CONTACT = r"^(https://[\x21-\x7e]{3,192}|[\x21-\x7e]{1,100}@[\x21-\x7e]{2,100})$"
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,252}[a-z0-9])?(:\d{1,5})?\Z")

HEAD = Block(
    {
        "id": Key(Text(), "A name for people, kind/name", need=True),
        "version": Key(Whole(1, 10_000), "Raise with every change", need=True),
        "engine": Key(
            Text(),
            "How it is read: discuz and forum by threads, feed by scrolling, others as list and details",
            need=True,
        ),
        "extends": Key(Text(), "The engine recipe laid under this one"),
    },
    own=True,
)


@dataclass(frozen=True)
class Region:
    """A region code of GB/T 2260; six zeros for the built-in platforms, which are nowhere."""

    def read(self, tree: Tree) -> str:
        if isinstance(tree.value, int):
            raise tree.fault(f"区划代码要用引号括起来：'{tree.value}'")
        code = tree.text()
        if code != NOWHERE and (fault := region_fault(code)):
            raise tree.fault(fault)
        return code

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002  # Shape's signature
        return {"type": "string", "pattern": r"^\d{6}$"}


SOURCE = Block(
    {
        "name": Key(Text(), "Chinese name on screens", need=True),
        "platform": Key(Text(), "What the queue calls the platform; the name when left out"),
        "kind": Key(Text(), "forum, classifieds, feed …; a word for people", need=True),
        "lane": Key(
            Choice((*CRAWLED, *IMPORTED)), "A crawl, B crawl with care, C and D imported pages only", need=True
        ),
        "contact": Key(
            Text(pattern=_CONTACT, says="contact 应为 https:// 网址或邮箱（写进 User-Agent，让站长找得到人）"),
            "https:// address or mail address for the site's owner; goes into the User-Agent",
            need=True,
        ),
        "legal_note": Key(Text(), "Why this is allowed", need=True),
        "region": Key(Region(), "Region code, quoted"),
        "reviewed_on": Key(Text(), "Day someone last read the terms, quoted"),
        "visibility": Key(Choice(("public", "group", "private")), "Only public postings are advertisements"),
        "demo": Key(Flag(), "true only for the built-in platforms"),
    },
    own=True,
)


@dataclass(frozen=True)
class Host:
    """A host name, maybe with a port."""

    def read(self, tree: Tree) -> str:
        host = tree.text()
        if not _HOST.match(host):
            raise tree.fault(f"主机名 {host} 不对（小写，不带 http:// 和路径）")
        return host

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002  # Shape's signature, here and below
        return {"type": "string", "pattern": r"^[a-z0-9]([a-z0-9.-]{0,252}[a-z0-9])?(:\d{1,5})?$"}


@dataclass(frozen=True)
class Base:
    """The origin a source is crawled at."""

    def read(self, tree: Tree) -> str:
        try:
            parts = urlsplit(tree.text())
            fine = parts.scheme in ("http", "https") and parts.netloc and "@" not in parts.netloc
        except ValueError:
            fine = False
        if not fine:
            raise tree.fault("base 应为 http:// 或 https:// 开头的网址")
        return tree.text()

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002
        return {"type": "string", "pattern": r"^https?://[^@/]+(/|$)"}


CANONICAL = Block(
    {
        "key": Key(Pattern(groups=1), "First group on path and query: the site's own id of a posting", need=True),
        "drop_query": Key(Many(Text()), "Query keys that do not matter; '*' drops all"),
        "fold": Key(PatternMap(backslash=False), "Path pattern: replacement, to make twins one"),
        "unwrap": Key(PatternMap(), "Path pattern: query key that holds a click tracker's real address"),
    },
    build=Canonical,
)


def _scope(**given: Any) -> Scope:
    base = given.get("base")
    hosts = given.pop("hosts", ()) or ((urlsplit(base).netloc.lower(),) if base else ())
    return Scope(base=given.pop("base", None), hosts=hosts, **given)


def _check_scope(scope: Scope, tree: Tree) -> None:
    if scope.base is not None and urlsplit(scope.base).netloc.lower() not in scope.hosts:
        host = urlsplit(scope.base).netloc.lower()
        both = ", ".join((*scope.hosts, host))
        raise tree.value["base"].fault(
            f"base 的主机 {host} 不在 hosts 里；在 hosts 里加上它，写成 hosts: [{both}]，或去掉 hosts 一行"
        )
    if set(scope.old_hosts) & set(scope.hosts):
        both = "、".join(sorted(set(scope.old_hosts) & set(scope.hosts)))
        raise tree.value["old_hosts"].fault(f"{both} 在 hosts 里也有：还在用的只写在 hosts，已经不用的只写在 old_hosts")
    if scope.old_hosts and scope.base is None:
        raise tree.value["old_hosts"].fault("old_hosts 要和 base 一起写")


SCOPE = Block(
    {
        "base": Key(Base(), "Origin relative addresses start from"),
        "hosts": Key(Many(Host()), "Hosts that belong to the source; the host of base when left out"),
        "old_hosts": Key(Many(Host()), "Hosts the site had before; links to them are the same pages"),
        "allow": Key(Many(Pattern()), "Patterns on path and query; when any is given, nothing else is visited"),
        "deny": Key(Many(Pattern()), "Patterns never visited"),
        "canonical": Key(CANONICAL, "How addresses become one key a posting", need=True),
    },
    build=_scope,
    check=_check_scope,
)


@dataclass(frozen=True)
class Charset:
    """`auto`, or the name of one."""

    def read(self, tree: Tree) -> str:
        name = tree.text()
        try:
            "".encode("utf-8" if name == "auto" else name)
        except (LookupError, UnicodeError, ValueError):
            raise tree.fault(f"没有编码 {name}") from None
        return name

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002
        return {"type": "string", "minLength": 1}


_ATTACHMENTS = Block(
    {
        "types": Key(Many(Choice(FILE_TYPES), low=1), "Endings of the files that are fetched", need=True),
        "max": Key(Whole(1, 20), "Files a posting at most"),
        "max_mb": Key(Whole(1, 20), "MiB a file at most"),
    },
    build=AttachmentRule,
)

FETCH = Block(
    {
        "mode": Key(
            Choice(("http", "render", "import"), says="mode 只能是 http、render 或 import"),
            "http, render (Chromium draws the page) or import (people bring pages)",
        ),
        "charset": Key(Charset(), "auto, or the name of one"),
        "max_images": Key(Whole(0, 50), "Pictures fetched a posting"),
        "attachments": Key(_ATTACHMENTS, "Files that postings link to, fetched with them; none when left out"),
        "scrolls": Key(Whole(0, 200), "render: scroll steps on a list"),
        "ready": Key(Css(), "render: matches once the page is drawn"),
    },
    build=Fetch,
)
