"""Where a request of ours really goes: a name is looked up at each connection, every address of it checked, and the
connection made to a checked address, so that a name that changes its mind gains nothing."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from pipelines.errors import PipelineError

if TYPE_CHECKING:
    import httpx


class HostUnknown(PipelineError):
    """查不到主机。"""


class NotThere(PipelineError):
    """不去这个地址。"""

    def __init__(self, message: str, *, public: bool = False) -> None:
        super().__init__(message)
        #: It is refused only because it is public, which a setting may allow.
        self.public = public


_PORTS = {"http": 80, "https": 443}
#: The office's own networks. Link-local is not among them: cloud machines keep their secrets there.
_PRIVATE = tuple(
    ipaddress.ip_network(network) for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)

_NAT64 = ipaddress.ip_network("64:ff9b::/96")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, kw_only=True)
class Route:
    """One request's way: the address to connect to, the names to say there."""

    #: The URL with the checked address in place of the host.
    url: str
    #: The Host header.
    host: str
    #: The name the certificate must bear.
    server_name: str
    loopback: bool


def find_route(url: str, *, public: bool, plain: bool = False) -> Route:
    """Look the host of `url` up now. Raises HostUnknown when it has no address, NotThere unless every address of it is
    loopback or private (or public over https, with `public`; over http too, with `plain`)."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as exc:
        raise HostUnknown(f"查不到主机 {host}") from exc
    addresses = sorted((_address(one) for one in found), key=lambda one: (one.version, int(one)))
    for address in addresses:
        _check(address, https=plain or parts.scheme == "https", public=public)
    chosen = addresses[0]
    literal = f"[{chosen}]" if chosen.version == 6 else str(chosen)
    return Route(
        url=urlunsplit(parts._replace(netloc=f"{literal}:{port}")),
        host=parts.netloc,
        server_name=host,
        loopback=chosen.is_loopback,
    )


@contextlib.asynccontextmanager
async def posted(
    route: Route,
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float,
    verify: ssl.SSLContext | None = None,
) -> AsyncIterator[httpx.Response]:
    """The answer to one POST, its body unread; redirects are not followed. `verify` is the system's trust unless given.

    One deadline holds over everything: connecting, a header that comes byte by byte, the body (timeouts of sockets
    begin anew with each byte). Raises TimeoutError or httpx.HTTPError.
    """
    import httpx  # brings a command line of its own along: only who sends waits for it

    # No proxies nor .netrc from the environment: the checked address is the one that is called.
    client = httpx.AsyncClient(
        verify=verify or ssl.create_default_context(), trust_env=False, follow_redirects=False, timeout=seconds
    )
    async with asyncio.timeout(seconds), client:
        asked = client.stream(
            "POST",
            route.url,
            headers={"Host": route.host, **headers},
            content=body,
            extensions={"sni_hostname": route.server_name},
        )
        async with asked as response:
            yield response


def _address(text: str) -> IPAddress:
    """An IPv4 address dressed as IPv6 counts as what it is."""
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _check(address: IPAddress, *, https: bool, public: bool) -> None:
    if address.is_loopback or any(address in network for network in _PRIVATE):
        return
    if _is_tunnel(address) or not address.is_global or address.is_multicast or address.is_reserved:
        raise NotThere(f"接口地址 {address} 既不是本机、内网，也不是公网地址")
    if not public:
        raise NotThere(f"接口地址 {address} 在公网", public=True)
    if not https:
        raise NotThere(f"接口地址 {address} 在公网，只能用 https")


def _is_tunnel(address: IPAddress) -> bool:
    """IPv6 addresses that lead to some other address; which one is not for us to follow."""
    if isinstance(address, ipaddress.IPv4Address):
        return False
    return address in _NAT64 or address.sixtofour is not None or address.teredo is not None
