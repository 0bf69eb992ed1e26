"""Where requests may go: this machine and the office's networks; everything else only when said so."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from pipelines import outbound
from pipelines.opinions.endpoint import find_route
from pipelines.opinions.faults import AddressRefused, ReaderFault, Unreachable

PUBLIC = "93.184.216.34"


def names(monkeypatch: pytest.MonkeyPatch, **table: list[str]) -> list[str]:
    """Resolve these host names so; returns the list of names looked up."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        key = str(host).replace(".test", "")
        if key not in table:
            return real(host, *args, **kwargs)
        asked.append(str(host))
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in table[key]]

    monkeypatch.setattr(outbound.socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize(
    ("url", "goes_to", "loopback"),
    [
        ("http://127.0.0.1:8001/v1", "http://127.0.0.1:8001/v1", True),
        ("http://[::1]:8001/v1", "http://[::1]:8001/v1", True),
        ("http://10.1.2.3/v1", "http://10.1.2.3:80/v1", False),
        ("https://192.168.1.9/v1", "https://192.168.1.9:443/v1", False),
        ("http://172.31.255.1:9/v1", "http://172.31.255.1:9/v1", False),
        ("http://[fd00::1]:9/v1", "http://[fd00::1]:9/v1", False),
        ("http://[::ffff:10.0.0.1]:9/v1", "http://10.0.0.1:9/v1", False),
    ],
)
def test_this_machine_and_the_offices_networks_are_let_through(url: str, goes_to: str, loopback: bool) -> None:
    route = find_route(url, public=False)
    assert (route.url, route.loopback) == (goes_to, loopback)


@pytest.mark.parametrize(
    "host",
    [PUBLIC, "169.254.169.254", "0.0.0.0",  # noqa: S104  # an address to refuse
     "100.64.0.1", "172.32.0.1", "224.0.0.1", "255.255.255.255", "[fe80::1]",
     "[::]", "[::ffff:93.184.216.34]", "[2606:2800:220:1::1]", "0xa9fea9fe", "2852039166"],
)  # fmt: skip
def test_every_other_address_is_refused(host: str) -> None:
    with pytest.raises(AddressRefused):
        find_route(f"https://{host}/v1", public=False)


def test_a_public_address_needs_its_setting_and_https() -> None:
    assert find_route(f"https://{PUBLIC}/v1", public=True).url == f"https://{PUBLIC}:443/v1"
    with pytest.raises(AddressRefused, match="https"):
        find_route(f"http://{PUBLIC}/v1", public=True)
    with pytest.raises(AddressRefused, match="MINGCHA_READER_PUBLIC"):
        find_route(f"https://{PUBLIC}/v1", public=False)
    for never in (
        "169.254.169.254",
        "[2002:a9fe:a9fe::1]",
        "[64:ff9b::a9fe:a9fe]",
        "[2001:0:4136:e378::1]",
        "[ff02::1]",
    ):
        with pytest.raises(AddressRefused):
            find_route(f"https://{never}/v1", public=True)


def test_one_wrong_address_of_a_name_refuses_it_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, mixed=["10.0.0.1", PUBLIC])
    with pytest.raises(AddressRefused):
        find_route("http://mixed.test/v1", public=False)


def test_the_name_stays_for_host_header_and_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = names(monkeypatch, qwen=["10.0.0.7"])
    route = find_route("https://qwen.test:8443/v1", public=False)
    assert (route.url, route.host, route.server_name) == ("https://10.0.0.7:8443/v1", "qwen.test:8443", "qwen.test")
    assert asked == ["qwen.test"]


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70 + ".invalid", "..", "x..y"])
def test_a_name_without_address_is_unreachable(host: str) -> None:
    with pytest.raises(ReaderFault) as caught:
        find_route(f"http://{host}/v1", public=False)
    assert isinstance(caught.value, Unreachable)
