"""Private addresses: refused as literals, refused after resolution, whatever the notation."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from twisted.internet.address import IPv4Address

from crawlers import addresses
from crawlers.addresses import AllowedEndpoints, check_endpoint, endpoint_of, is_public, parse_allow
from crawlers.browser.client import resolver_rules
from crawlers.errors import AddressRefused
from crawlers.resolver import GuardedResolver


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1"),
        *("0.0.0.0", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1"),  # noqa: S104
        *("::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1", "fe80::1%eth0", "not an address", ""),
    ],
)
def test_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1"])
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://169.254.169.254/latest"),
        *("http://10.0.0.8:8080/", "http://127.1/", "http://2130706433/", "http://0x7f.1/", "http://LOCALHOST./"),
    ],
)
def test_literals_are_refused_before_any_lookup(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_endpoint(endpoint_of(url), ())


def test_only_the_very_port_that_was_allowed() -> None:
    allowed = (parse_allow("127.0.0.1:8001"),)
    check_endpoint(("127.0.0.1", 8001), allowed)
    with pytest.raises(AddressRefused):
        check_endpoint(("127.0.0.1", 8002), allowed)


@pytest.mark.parametrize("value", ["127.0.0.1", "host:", ":80", "a:b", "a:70000", "http://a:80"])
def test_allow_wants_host_and_port(value: str) -> None:
    with pytest.raises(AddressRefused):
        parse_allow(value)


class _Inner:
    """A resolver that answers with what it was made with."""

    def __init__(self, *found: str) -> None:
        self._found = found

    def resolveHostName(self, receiver: Any, *_args: Any) -> None:
        receiver.resolutionBegan(None)
        for address in self._found:
            receiver.addressResolved(IPv4Address("TCP", address, 80))
        receiver.resolutionComplete()


class _Receiver:
    def __init__(self) -> None:
        self.found: list[str] = []

    def resolutionBegan(self, _resolution: Any) -> None:
        """Nothing to note."""

    def addressResolved(self, address: Any) -> None:
        self.found.append(address.host)

    def resolutionComplete(self) -> None:
        """Nothing to note."""


def resolved(found: tuple[str, ...], *, allowed: AllowedEndpoints) -> list[str]:
    receiver = _Receiver()
    GuardedResolver(_Inner(*found), allowed).resolveHostName(receiver, "evil.example", 80)
    return receiver.found


def test_a_name_that_points_inside_resolves_to_nothing() -> None:
    nobody = AllowedEndpoints()
    assert resolved(("8.8.8.8",), allowed=nobody) == ["8.8.8.8"]
    assert resolved(("127.0.0.1",), allowed=nobody) == []
    # One public address beside a private one is the way rebinding looks.
    assert resolved(("8.8.8.8", "10.0.0.1"), allowed=nobody) == []


def test_what_is_allowed_is_allowed_only_while_the_crawl_runs() -> None:
    allowed = AllowedEndpoints()
    with allowed.during([("evil.example", 80)]):
        assert resolved(("127.0.0.1",), allowed=allowed) == ["127.0.0.1"]
    assert resolved(("127.0.0.1",), allowed=allowed) == []


def test_the_browser_is_pinned_to_the_addresses_we_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"bbs.example.com": "8.8.4.4", "evil.example": "192.168.0.7"}
    monkeypatch.setattr(
        addresses.socket, "getaddrinfo", lambda host, port, **_kind: [(2, 1, 6, "", (answers.get(host, host), port))]
    )
    assert resolver_rules(["bbs.example.com"], ()) == "MAP bbs.example.com 8.8.4.4, MAP * ~NOTFOUND"
    assert resolver_rules(["127.0.0.1:8001"], [("127.0.0.1", 8001)]).startswith("MAP 127.0.0.1 127.0.0.1:8001, ")
    for host in ("evil.example", "127.0.0.1:8001"):
        with pytest.raises(AddressRefused):
            resolver_rules([host], ())


@settings(max_examples=300, deadline=None)
@given(st.ip_addresses())
def test_no_private_address_is_public(address: Any) -> None:
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert not is_public(str(address))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
@example(".")
def test_any_url_has_an_endpoint_or_is_refused(url: str) -> None:
    try:
        host, port = endpoint_of(f"http://{url}")
    except AddressRefused:
        return
    assert host
    assert 0 <= port <= 65535
