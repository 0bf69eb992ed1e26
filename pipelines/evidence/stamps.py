"""Time stamps of a package: the station's own at once, those of configured authorities when they can be had.

Stamps are kept by digest, so that the same bytes exported again carry the same, earliest stamp. What an authority did
not give is asked for again by `stamp_waiting` (the job 补时间戳) and at the next export.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from pipelines import clock
from pipelines.desk import Desk
from pipelines.errors import ConfigError, PipelineError
from pipelines.evidence.certificates import read_pem
from pipelines.evidence.own_authority import OwnAuthority, own_authority
from pipelines.evidence.tsa_client import NotStamped, Token, ask, read_token, request_for
from pipelines.records import TimeStamp

#: The station's own authority, in the store and as a file name.
OWN = ""
OWN_NAME = "own"
#: Waits between tries, doubled each time.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=6)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """One token of a file, as it goes into the package."""

    #: own, or the authority's host.
    name: str
    token: bytes
    at: datetime

    @property
    def own(self) -> bool:
        return self.name == OWN_NAME


class Stamper:
    """Stamps digests for one export; asks an authority that fails no second time."""

    def __init__(self, desk: Desk, *, agency: str) -> None:
        self._desk = desk
        self._own: OwnAuthority = own_authority(desk.home, agency=agency)
        self._roots = authority_roots(desk)
        self._urls = desk.settings.tsa_urls
        self._failed: set[str] = set()

    @property
    def chain(self) -> bytes:
        """PEM of what every token leads to: the station's own certificate, and the roots of the configured ones."""
        found = [self._own.certificate, *self._roots]
        return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in found)

    def stamp(self, digests: Collection[str]) -> dict[str, tuple[Stamp, ...]]:
        """SHA-256 → its tokens, the station's own first; each digest has that one at least."""
        with self._desk.store.read() as tx:
            known = tx.time_stamps.of(digests)
        fresh: dict[str, Token] = {}
        own = {digest: self._own_stamp(digest, known, fresh) for digest in digests}
        if fresh:
            # Once for all: each commit waits for the disk.
            with self._desk.store.transaction() as tx:
                for digest, token in fresh.items():
                    tx.time_stamps.got(digest, OWN, token.der, token.at)
        return {digest: (own[digest], *self._others(digest, known)) for digest in digests}

    def best(self, sha256: str) -> Stamp:
        """One token: of the first configured authority that gives one, else the station's own."""
        stamps = self.stamp([sha256])[sha256]
        return next((one for one in stamps if not one.own), stamps[0])

    def _own_stamp(self, digest: str, known: Mapping[tuple[str, str], TimeStamp], fresh: dict[str, Token]) -> Stamp:
        """The kept one, else a new one, which is added to `fresh`, to be kept."""
        roots = [self._own.certificate]
        kept = _kept(known.get((digest, OWN)), roots)
        if kept is None:
            request, nonce = request_for(digest)
            kept = read_token(self._own.answer(request), digest, roots, nonce=nonce)
            fresh[digest] = kept
        return Stamp(name=OWN_NAME, token=kept.der, at=kept.at)

    def _others(self, digest: str, known: Mapping[tuple[str, str], TimeStamp]) -> Iterable[Stamp]:
        for name, url in zip(_names(self._urls), self._urls, strict=True):
            before = known.get((digest, url))
            kept = _kept(before, self._roots)
            if kept is None:
                kept = self._ask(digest, url, before)
            if kept is not None:
                yield Stamp(name=name, token=kept.der, at=kept.at)

    def _ask(self, digest: str, url: str, before: TimeStamp | None) -> Token | None:
        if url in self._failed:
            _put_off(self._desk, digest, url, before, "同一次导出里它没有应答")
            return None
        try:
            token = ask(url, digest, self._roots)
        except PipelineError as exc:
            self._failed.add(url)
            _put_off(self._desk, digest, url, before, exc.message)
            return None
        self._keep(digest, url, token)
        return token

    def _keep(self, digest: str, authority: str, token: Token) -> None:
        with self._desk.store.transaction() as tx:
            tx.time_stamps.got(digest, authority, token.der, token.at)


def stamp_waiting(desk: Desk) -> tuple[int, int]:
    """Ask again for what is due; (got, still missing). An authority no longer configured is not asked."""
    roots = authority_roots(desk)
    with desk.store.read() as tx:
        due = tx.time_stamps.due(clock.now())
    got = missed = 0
    failed: set[str] = set()
    for one in due:
        try:
            if one.authority not in desk.settings.tsa_urls:
                raise NotStamped("这个时间戳机构已不在配置里")
            if one.authority in failed:
                raise NotStamped("它刚才没有应答")
            token = ask(one.authority, one.sha256, roots)
        except PipelineError as exc:
            failed.add(one.authority)
            _put_off(desk, one.sha256, one.authority, one, exc.message)
            missed += 1
            continue
        with desk.store.transaction() as tx:
            tx.time_stamps.got(one.sha256, one.authority, token.der, token.at)
        got += 1
    return got, missed


def authority_roots(desk: Desk) -> tuple[x509.Certificate, ...]:
    """The certificates the configured authorities' stamps must lead to. Raises ConfigError for an unreadable file."""
    path = desk.settings.tsa_ca
    if path is None:
        return ()
    try:
        return tuple(read_pem(path.read_bytes()))
    except (OSError, ValueError) as exc:
        raise ConfigError(f"MINGCHA_TSA_CA 的文件 {path} 读不出来；应为 PEM 证书（可多张）") from exc


def _kept(known: TimeStamp | None, roots: Iterable[x509.Certificate]) -> Token | None:
    """A token from the store that still verifies."""
    if known is None or known.token is None:
        return None
    try:
        return read_token(known.token, known.sha256, list(roots))
    except NotStamped:
        return None


def _put_off(desk: Desk, digest: str, url: str, before: TimeStamp | None, why: str) -> None:
    tries = (before.tries if before else 0) + 1
    wait: timedelta = min(FIRST_WAIT * 2 ** min(tries - 1, 10), LONGEST_WAIT)
    _log.warning("time stamp of %s not had: %s", urlsplit(url).hostname, why)
    with desk.store.transaction() as tx:
        tx.time_stamps.missed(digest, url, tries=tries, due_at=clock.now() + wait, fault=why)


def _names(urls: Iterable[str]) -> list[str]:
    """A file name for each authority: its host, numbered where two have the same."""
    made: list[str] = []
    for url in urls:
        host = re.sub(r"[^a-z0-9.-]", "-", (urlsplit(url).hostname or "tsa").lower())
        name, number = host, 2
        while name in made or name == OWN_NAME:
            name, number = f"{host}-{number}", number + 1
        made.append(name)
    return made
