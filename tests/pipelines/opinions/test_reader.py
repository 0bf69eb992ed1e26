"""One question over the wire, against a server that behaves and misbehaves."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from pipelines import clock
from pipelines.config import Settings, read_settings
from pipelines.errors import ConfigError
from pipelines.opinions import reader as wire
from pipelines.opinions.endpoint import Route
from pipelines.opinions.faults import (
    AddressRefused,
    Busy,
    CertificateRefused,
    Denied,
    HttpFailed,
    NotJson,
    ReaderFault,
    Redirected,
    TimedOut,
    TooLarge,
    Unreachable,
)
from pipelines.opinions.prompt import SCHEMA
from pipelines.opinions.reader import MAX_PAUSE, PAUSES, TRIES, Reader
from tests.certificate import self_signed
from tests.pipelines.opinions.model_server import (
    ModelServer,
    drips,
    drops,
    endless,
    good,
    raw,
    says,
    serve_model,
    slow,
    status,
)
from tests.pipelines.opinions.test_endpoint import PUBLIC, names

MESSAGES = [{"role": "system", "content": "规矩"}, {"role": "user", "content": "文本"}]
Make = Callable[..., Settings]


def ask(settings: Settings) -> tuple[str, list[float]]:
    """The answer, and the pauses made for it."""
    pauses: list[float] = []
    return Reader(settings, sleep=pauses.append)(MESSAGES), pauses


def fault(settings: Settings) -> tuple[ReaderFault, list[float]]:
    pauses: list[float] = []
    with pytest.raises(ReaderFault) as caught:
        Reader(settings, sleep=pauses.append)(MESSAGES)
    return caught.value, pauses


def test_a_question_is_one_chat_completion_with_the_schema(server: ModelServer, settings_for: Make) -> None:
    server.always = says("回答")
    assert ask(settings_for(reader_key="k-1")) == ("回答", [])
    (asked,) = server.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.body["model"] == "qwen-test"
    assert asked.body["messages"] == MESSAGES
    assert (asked.body["temperature"], asked.body["stream"]) == (0, False)
    assert asked.body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert asked.headers["Authorization"] == "Bearer k-1"
    assert asked.headers["Host"] == f"127.0.0.1:{server.port}"
    assert "gzip" not in asked.headers["Accept-Encoding"]


def test_without_a_key_none_is_sent(server: ModelServer, settings_for: Make) -> None:
    ask(settings_for())
    assert "Authorization" not in server.asked[0].headers


def test_a_server_without_json_schema_is_asked_without(server: ModelServer, settings_for: Make) -> None:
    server.first = [status(400)]
    reader = Reader(settings_for())
    reader(MESSAGES)
    reader(MESSAGES)
    assert ["response_format" in asked.body for asked in server.asked] == [True, False, False]


def test_a_bad_request_that_has_other_reasons_keeps_the_schema(server: ModelServer, settings_for: Make) -> None:
    server.first = [status(400), status(400)]
    reader = Reader(settings_for())
    with pytest.raises(HttpFailed, match="400"):
        reader(MESSAGES)
    reader(MESSAGES)
    assert ["response_format" in asked.body for asked in server.asked] == [True, False, True]


def test_busy_is_asked_again_after_the_time_it_names(server: ModelServer, settings_for: Make) -> None:
    server.first = [status(429, Retry_After="7"), status(503)]
    assert ask(settings_for())[1] == [7.0, PAUSES[1]]


def test_a_date_to_come_back_is_understood(server: ModelServer, settings_for: Make) -> None:
    now = datetime(2026, 5, 4, 8, 0, 0, tzinfo=UTC)
    clock.pin(lambda: now)
    server.first = [status(429, Retry_After=format_datetime(now + timedelta(seconds=9), usegmt=True))]
    assert ask(settings_for())[1] == [9.0]


@pytest.mark.parametrize("said", ["-1", "soon", "", "９", "0"])
def test_a_senseless_time_to_wait_is_ours(server: ModelServer, settings_for: Make, said: str) -> None:
    server.first = [status(429, Retry_After=said.encode().decode("latin-1"))]
    assert ask(settings_for())[1] == [PAUSES[0]]


def test_a_long_wait_is_not_waited_for(server: ModelServer, settings_for: Make) -> None:
    server.always = status(429, Retry_After=str(int(MAX_PAUSE) + 1))
    found, pauses = fault(settings_for())
    assert isinstance(found, Busy)
    assert (pauses, len(server.asked)) == ([], 1)


def test_tries_are_bounded(server: ModelServer, settings_for: Make) -> None:
    server.always = drops
    found, pauses = fault(settings_for())
    assert isinstance(found, Unreachable)
    assert (pauses, len(server.asked)) == (list(PAUSES), TRIES)


def test_a_dropped_connection_is_tried_again(server: ModelServer, settings_for: Make) -> None:
    server.first = [drops]
    assert ask(settings_for())[1] == [PAUSES[0]]


def test_nobody_there_is_unreachable(settings_for: Make) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert isinstance(
            fault(settings_for(reader_url=f"http://127.0.0.1:{taken.getsockname()[1]}/v1"))[0], Unreachable
        )


@pytest.mark.parametrize("behaviour", [slow, drips])
def test_time_is_bounded_over_all_of_an_exchange(server: ModelServer, settings_for: Make, behaviour: object) -> None:
    server.always = behaviour  # type: ignore[assignment]
    begun = time.monotonic()
    found, pauses = fault(settings_for(reader_timeout=0.3))
    assert isinstance(found, TimedOut)
    assert pauses == []
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (status(401), Denied),
        (status(403), Denied),
        (status(500), HttpFailed),
        (status(404), HttpFailed),
        (endless, TooLarge),
        (raw(b"x" * (wire.MAX_ANSWER + 1)), TooLarge),
        (raw(b""), NotJson),
        (raw(b'{"choices": [{"message": {"content": "half'), NotJson),
        (raw(b"[" * 50_000), NotJson),
        (raw(b'{"choices": []}'), NotJson),
        (raw(b'{"choices": [{"message": {"content": null}}]}'), NotJson),
        (raw(b'{"error": "model not found"}'), NotJson),
        (raw(b"\xff\xfe\x00"), NotJson),
        (raw(b"<html>login</html>", Content_Type="text/html"), NotJson),
        (raw(gzip.compress(b" " * 50_000_000), Content_Encoding="gzip"), NotJson),
    ],
    ids=lambda value: getattr(value, "__name__", "answer"),
)
def test_each_misbehaviour_has_its_fault(
    server: ModelServer, settings_for: Make, behaviour: object, expected: type[ReaderFault]
) -> None:
    server.always = behaviour  # type: ignore[assignment]
    found, pauses = fault(settings_for())
    assert type(found) is expected
    assert pauses == []


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(server: ModelServer, settings_for: Make, code: int) -> None:
    with serve_model() as elsewhere:
        server.always = status(code, Location=f"{elsewhere.url}/chat/completions")
        assert isinstance(fault(settings_for(reader_key="k"))[0], Redirected)
        assert elsewhere.asked == []


def test_no_proxy_of_the_environment_is_used(
    server: ModelServer, settings_for: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_model() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        ask(settings_for())
        assert (len(server.asked), proxy.asked) == (1, [])


def test_the_checked_address_is_the_one_called_and_a_name_that_turns_is_refused(
    server: ModelServer, settings_for: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`reader.test` is known to our look-up alone: only a connection to the address that was checked can arrive."""
    addresses = ["127.0.0.1"]
    asked = names(monkeypatch, reader=addresses)
    reader = Reader(settings_for(reader_url=f"http://reader.test:{server.port}/v1"))
    reader(MESSAGES)
    assert asked == ["reader.test"]
    assert server.asked[0].headers["Host"] == f"reader.test:{server.port}"
    addresses[:] = [PUBLIC]
    with pytest.raises(AddressRefused):
        reader(MESSAGES)
    assert len(server.asked) == 1


def leads_to(monkeypatch: pytest.MonkeyPatch, route: Route) -> None:
    """Whatever the URL, this is where it leads."""

    def find(_url: str, *, public: bool) -> Route:
        return route

    monkeypatch.setattr(wire, "find_route", find)


def test_the_key_goes_over_plain_http_to_this_machine_only(settings_for: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """`localhost` may be made to mean another machine after the settings were checked."""
    leads_to(monkeypatch, Route(url="http://10.0.0.1:9/v1", host="localhost", server_name="localhost", loopback=False))
    assert isinstance(fault(settings_for(reader_url="http://localhost:9/v1", reader_key="k"))[0], AddressRefused)


def test_any_certificate_will_do_on_this_machine(settings_for: Make, tmp_path: Path) -> None:
    with serve_model(tls=self_signed(tmp_path, "reader.test")) as secure:
        ask(settings_for(reader_url=secure.url, reader_key="k"))
        assert len(secure.asked) == 1


def test_elsewhere_the_certificate_must_be_trusted_and_bear_the_name(
    settings_for: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = self_signed(tmp_path, "reader.test")
    with serve_model(tls=pem) as secure:
        url = f"https://127.0.0.1:{secure.port}/v1/chat/completions"

        def elsewhere(name: str) -> None:
            route = Route(url=url, host=name, server_name=name, loopback=False)
            leads_to(monkeypatch, route)

        elsewhere("reader.test")
        assert isinstance(fault(settings_for())[0], CertificateRefused)
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        ask(settings_for())
        elsewhere("other.test")
        assert isinstance(fault(settings_for())[0], CertificateRefused)
        assert len(secure.asked) == 1


def test_no_reader_is_no_reader() -> None:
    with pytest.raises(ConfigError, match="MINGCHA_READER_URL"):
        Reader(read_settings({}))


def test_the_good_answer_is_good(server: ModelServer, settings_for: Make) -> None:
    server.always = good()
    assert "六年级数学小班" in ask(settings_for())[0]
