"""No crawl reaches a private address: names are checked after resolution, on the very addresses connected to."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from urllib.parse import urlsplit

from crawlers.errors import AddressRefused

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
#: Host and port, the host in lower case without brackets.
Endpoint = tuple[str, int]


def is_public(address: str) -> bool:
    """Is this a globally routable unicast address? Whatever is not plainly one is not."""
    try:
        ip: IPAddress = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:  # how a network without IPv4 reaches the rest: judged by the address inside
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip.ipv4_mapped is not None or ip.sixtofour is not None or ip.teredo is not None:
            return False  # tunnels to another address; no public site lives at one
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback)


@lru_cache(maxsize=1024)
def is_loopback(host: str) -> bool:
    """Is this the machine itself, by literal or by name?"""
    if host.lower() in ("localhost", "localhost."):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@lru_cache(maxsize=1024)
def endpoint_of(url: str) -> Endpoint:
    """Host and port of a URL. Raises AddressRefused when there is none."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower().rstrip("."), parts.port
    except ValueError as exc:
        raise AddressRefused(f"网址不对：{url[:200]}") from exc
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise AddressRefused(f"只能访问 http 和 https 网址：{url[:200]}")
    return host, port or _DEFAULT_PORTS[parts.scheme]


def parse_allow(value: str) -> Endpoint:
    """HOST:PORT as given with --allow. Raises AddressRefused."""
    host, colon, port = value.rpartition(":")
    if not colon or not port.isdigit() or not 0 < int(port) < 65536 or not host or "/" in host:
        raise AddressRefused(f"--allow 应写成 主机:端口，例如 127.0.0.1:8001，而不是 {value}")
    return host.strip("[]").lower(), int(port)


def check_endpoint(endpoint: Endpoint, allowed: Iterable[Endpoint]) -> None:
    """Refuse what can be refused before resolving: literals and names of this machine. Raises AddressRefused."""
    if endpoint in set(allowed):
        return
    host, port = endpoint
    if is_loopback(host) or (_is_literal(host) and not is_public(host)):
        raise AddressRefused(
            f"不访问内部地址 {host}:{port}；确是本机或内网里自己的测试网站（含演示平台），请加 --allow {host}:{port}"
        )


def resolve_public(endpoint: Endpoint, allowed: Iterable[Endpoint]) -> str:
    """One address to connect to, looked up now; every address of the name must be public. Raises AddressRefused."""
    check_endpoint(endpoint, allowed)
    host, port = endpoint
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except OSError as exc:
        raise AddressRefused(f"查不到主机 {host}") from exc
    if endpoint not in set(allowed) and not all(is_public(address) for address in found):
        raise AddressRefused(f"主机 {host} 指向内部地址，不访问")
    return sorted(found, key=lambda address: (":" in address, address))[0]


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        # 0x7f.1, 2130706433 and 127.1 are addresses to the C library, though not to us.
        return host.replace(".", "").replace("x", "").isalnum() and host[:1].isdigit() and _looks_numeric(host)
    return True


def _looks_numeric(host: str) -> bool:
    return all(part.isdigit() or part.lower().startswith("0x") for part in host.split(".") if part)


class AllowedEndpoints:
    """The endpoints that running crawls may reach although they are private; counted, so that crawls may overlap."""

    def __init__(self) -> None:
        self._counts: Counter[Endpoint] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def during(self, endpoints: Iterable[Endpoint]) -> Iterator[None]:
        mine = tuple(endpoints)
        with self._lock:
            self._counts.update(mine)
        try:
            yield
        finally:
            with self._lock:
                self._counts.subtract(mine)

    def __contains__(self, endpoint: object) -> bool:
        with self._lock:
            return isinstance(endpoint, tuple) and self._counts[endpoint] > 0


#: Shared by the one reactor of this process.
ALLOWED = AllowedEndpoints()
