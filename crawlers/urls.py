"""Which URLs belong to a source, and the one key each page of it has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from crawlers.addresses import is_loopback
from crawlers.recipe import Canonical, Recipe

MAX_URL = 2000
_UNWRAPS = 3


@dataclass(frozen=True, kw_only=True)
class Site:
    """A recipe at the address it is crawled at: hosts, scope, canonical URLs and keys."""

    #: Scheme and host, no slash at the end.
    origin: str
    hosts: frozenset[str]
    recipe: Recipe

    @classmethod
    def of(cls, recipe: Recipe, origin: str | None = None) -> Site | None:
        """The recipe's own address, or the one given at run time; None when there is neither."""
        base = recipe.scope.base or origin
        if base is None:
            return None
        hosts = set(recipe.scope.hosts)
        if not recipe.scope.base:
            hosts.add(urlsplit(base).netloc.lower())
        return cls(origin=base.rstrip("/"), hosts=frozenset(hosts), recipe=recipe)

    def absolute(self, url: str, page_url: str | None = None) -> str:
        """An absolute URL without fragment; the empty string when it makes no sense."""
        return plain_url(url, page_url or f"{self.origin}/")

    def on_site(self, url: str) -> bool:
        """Is this one of the source's hosts, over HTTP(S), without credentials in it?"""
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        return parts.scheme in ("http", "https") and "@" not in parts.netloc and parts.netloc.lower() in self.hosts

    def in_scope(self, url: str) -> bool:
        """On one of the hosts, not denied, and allowed if the recipe names what is."""
        if not self.on_site(url):
            return False
        target = path_and_query(url)
        scope = self.recipe.scope
        if any(pattern.search(target) for pattern in scope.deny):
            return False
        return not scope.allow or any(pattern.search(target) for pattern in scope.allow)

    def canonical(self, url: str) -> str:
        """The URL without trackers: click links unwrapped, twins folded, dropped query keys gone, old hosts new.

        The empty string when it, or what a click link holds, is no URL: one bad link must not lose a whole list.
        """
        try:
            return self._at_new_host(canonical_url(self.absolute(url) or url, self.recipe.scope.canonical))
        except ValueError:
            return ""

    def _at_new_host(self, url: str) -> str:
        """An address at a host the site had before, at the one it has now."""
        parts, now = urlsplit(url), urlsplit(self.origin)
        if parts.netloc.lower() not in self.recipe.scope.old_hosts:
            return url
        return urlunsplit(parts._replace(scheme=now.scheme, netloc=now.netloc))

    def at_origin(self, url: str) -> str:
        """A stored URL at the address the source has now: demo sources move between ports."""
        return url if self.recipe.scope.base is not None else self.absolute(path_and_query(url))

    def key(self, url: str) -> str | None:
        """The site's own id of a page; None when the URL is not one of a posting."""
        match = self.recipe.scope.canonical.key.search(path_and_query(self.canonical(url)))
        return next((group for group in match.groups() if group), None) if match else None


def host_names(site: Site) -> tuple[str, ...]:
    """The hosts of a source as pace, budget and locks count them."""
    return tuple(sorted({host_name(f"//{host}") for host in site.hosts}))


@lru_cache(maxsize=1024)
def host_name(url: str) -> str:
    """Whose patience a request to this address costs: the host, all its ports together. On this machine each port is a
    site of its own: there are only demo platforms and tests."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return f"{host}:{parts.port}" if is_loopback(host) and parts.port else host


def canonical_url(url: str, rule: Canonical) -> str:
    """See Site.canonical."""
    parts = urlsplit(url)
    for _ in range(_UNWRAPS):
        inner = _unwrapped(parts, rule)
        if inner is None:
            break
        parts = urlsplit(urljoin(urlunsplit(parts), inner))
    path = parts.path
    for pattern, replacement in rule.fold:
        path = pattern.sub(replacement, path)
    return urlunsplit(parts._replace(path=path, query=_kept(parts.query, rule.drop_query), fragment=""))


def _unwrapped(parts: SplitResult, rule: Canonical) -> str | None:
    for pattern, name in rule.unwrap:
        if pattern.search(parts.path):
            values = [value for key, value in parse_qsl(parts.query) if key == name]
            if values:
                return values[0]
    return None


def _kept(query: str, drop: tuple[str, ...]) -> str:
    if "*" in drop:
        return ""
    return urlencode([(key, value) for key, value in parse_qsl(query, keep_blank_values=True) if key not in drop])


def plain_url(url: str, page_url: str) -> str:
    """An address found on a page, absolute and without fragment; the empty string when it makes no sense."""
    try:
        joined = urljoin(page_url, url.strip())
        parts = urlsplit(joined)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc or len(joined) > MAX_URL:
        return ""
    return urlunsplit(parts._replace(fragment=""))


def path_and_query(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def page_numbers(template: str) -> bool:
    """Does this list have more pages than one?"""
    return bool(re.search(r"\{page\}", template))
