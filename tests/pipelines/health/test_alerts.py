"""Alerts: one a source, told once, again after a day while it lasts; the webhook's faults lose nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipelines import clock
from pipelines.config import read_settings
from pipelines.desk import Desk, open_desk
from pipelines.errors import ConfigError
from pipelines.health.alerts import tell_alerts
from pipelines.records import Breach, HealthVerdict, HostRest, PageState, RunFigures, RunHealth, SoftNotFound
from tests.factories import NOON, add_lead, source
from tests.running import running


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: Any = self.server
        server.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def hook() -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Hook)
    server.got, server.status = [], 204
    with running(server):
        yield server


def test_told_once_and_again_only_when_it_lasts(home: Path, sqlite_url: str) -> None:
    with hook() as server:
        url = f"http://127.0.0.1:{server.server_port}/alert?key=geheim"
        settings = read_settings({}, home=home, database_url=sqlite_url, alert_webhook=url)
        with open_desk(settings) as desk:
            with desk.store.transaction() as tx:
                tx.sources.upsert(source())
                tx.alerts.open("board", "列表共 0 行", clock.now())
            server.status = 500
            assert tell_alerts(desk) == 0
            server.status = 204
            assert [tell_alerts(desk), tell_alerts(desk)] == [1, 0]
            # The same fault in the next run, some hours later: nobody is told again.
            with desk.store.transaction() as tx:
                tx.alerts.open("board", "列表还是 0 行", clock.now())
            assert tell_alerts(desk) == 0
            moment = clock.now() + timedelta(hours=25)
            clock.pin(lambda: moment)
            assert tell_alerts(desk) == 1
            with desk.store.transaction() as tx:
                tx.alerts.close("board", clock.now())
            assert tell_alerts(desk) == 0
        told = [(message["message"], message["again"]) for message in server.got]
        assert told == [("列表共 0 行", False), ("列表共 0 行", False), ("列表还是 0 行", True)]
        assert server.got[2]["source"] == "board"
        assert "仍然需要处理" in server.got[2]["text"]


def test_a_webhook_that_leads_nowhere_or_to_the_wrong_place_is_not_called(home: Path, sqlite_url: str) -> None:
    for url in ("http://93.184.216.34/x", "http://169.254.169.254/x", "https://no-such-host.invalid/x"):
        settings = read_settings({}, home=home, database_url=sqlite_url, alert_webhook=url)
        with open_desk(settings) as desk:
            with desk.store.transaction() as tx:
                tx.sources.upsert(source())
                tx.alerts.open("board", "列表共 0 行", clock.now())
            assert tell_alerts(desk) == 0
            with desk.store.read() as tx:
                assert [alert.told_at for alert in tx.alerts.open_ones()] == [None]


@pytest.mark.parametrize("url", ["alert.example", "ftp://a.example/x", "https://u:p@a.example/x", "https://例子/x"])
def test_what_is_no_webhook_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="MINGCHA_ALERT_WEBHOOK"):
        read_settings({}, alert_webhook=url)


def test_without_a_webhook_the_log_is_told_once(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with desk.store.transaction() as tx:
        tx.sources.upsert(source())
        tx.alerts.open("board", "列表共 0 行", clock.now())
    assert [tell_alerts(desk), tell_alerts(desk)] == [1, 0]
    assert caplog.text.count("列表共 0 行") == 1


def test_what_the_store_keeps_of_health(any_desk: Desk) -> None:
    figures = RunFigures(rows=3, shares={"known": (2, 3)}, newest_age_h=1.5, outside={"fee.low": (0, 1)})
    breach = Breach(check="rows", said="列表共 3 行", grave=True)
    with any_desk.store.transaction() as tx:
        lead = add_lead(tx)
        run = tx.runs.start(lead.source, NOON)
        tx.runs.finish(
            run.id, at=NOON, states={}, new=1, changed=0, unchanged=0, leads=1, outcome="failed", message="已隔离"
        )
        health = RunHealth(
            run_id=run.id,
            source=lead.source,
            at=NOON,
            figures=figures,
            breaches=(breach,),
            verdict=HealthVerdict.QUARANTINED,
            guest_view=True,
        )
        tx.health.add_run(health)
        found = SoftNotFound(host="h", url="https://h/x", kind="text", shingles=(3, 9), learned_at=NOON)
        tx.health.learn_not_found(found)
        tx.health.learn_not_found(found)
        tx.health.note_missing(lead.source, "1", NOON)
        tx.health.note_missing(lead.source, "1", NOON + timedelta(days=1))
        rest = HostRest(host="h", until=NOON, state=PageState.CAPTCHA, reason="墙", source=lead.source, at=NOON)
        tx.rests.set(rest)
    with any_desk.store.read() as tx:
        assert tx.health.runs(lead.source, 9) == (health,)
        assert tx.health.of_run(run.id) == health
        assert tx.health.quarantines(lead.source) == (health,)
        assert tx.health.doubted_leads([lead.id]) == {lead.id: run.id}
        assert tx.health.soft_not_found("h") == found
        assert tx.health.missing(lead.source, ["1", "2"]) == {"1": NOON}
        assert tx.health.missing_since(lead.source, NOON, 9) == ("1",)
        assert tx.rests.resting(["h", "i"], NOON - timedelta(hours=1)) == rest
        assert tx.rests.resting(["h"], NOON) is None
    with any_desk.store.transaction() as tx:
        assert tx.health.resolve(lead.source, NOON) == 1
        tx.health.found_again(lead.source, ["1"])
    with any_desk.store.read() as tx:
        assert tx.health.doubted_leads([lead.id]) == {}
        assert tx.health.missing(lead.source, ["1"]) == {}
