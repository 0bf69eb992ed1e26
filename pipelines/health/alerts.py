"""Alerts: opened with a breach or a wall, told once, told again each day while it lasts, closed by a good run."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from pipelines import clock
from pipelines.desk import Desk
from pipelines.errors import PipelineError
from pipelines.outbound import Route, find_route, posted
from pipelines.records import Alert

#: While it lasts an alert is told once in this time.
AGAIN_AFTER = timedelta(hours=24)
#: Seconds for one message from connecting to the end of the answer.
SECONDS = 10.0
_ERROR = 300
_log = logging.getLogger(__name__)


class NotTold(PipelineError):
    """告警没有送达。"""


def tell_alerts(desk: Desk) -> int:
    """Tell what is due: a line in the log, and the webhook when one is set; how many were told. An alert the webhook
    did not take stays due. Never raises for the webhook's faults."""
    now = clock.now()
    with desk.store.read() as tx:
        due = tx.alerts.due(now - AGAIN_AFTER)
        titles = {source.name: source.title for source in tx.sources.list()}
    told = 0
    for alert in due:
        title = titles.get(alert.source) or alert.source
        _log.warning("来源“%s”需要处理：%s", title, alert.message, extra={"source": alert.source})
        if desk.settings.alert_webhook:
            try:
                _post(desk.settings.alert_webhook, message_of(alert, title))
            except PipelineError as exc:
                _log.warning("告警没有送到 MINGCHA_ALERT_WEBHOOK：%s", exc.message)
                continue
        with desk.store.transaction() as tx:
            tx.alerts.told(alert.id, now)
        told += 1
    return told


def message_of(alert: Alert, title: str) -> dict[str, Any]:
    """What the webhook gets. `text` is what chat tools show; no posting and no contact is in it."""
    return {
        "event": "source.alert",
        "source": alert.source,
        "title": title,
        "message": alert.message,
        "since": clock.rfc3339(alert.opened_at),
        "again": alert.told_at is not None,
        "text": f"明察：来源“{title}”{'仍然' if alert.told_at else ''}需要处理。{alert.message}",
    }


def _post(url: str, message: dict[str, Any]) -> None:
    import httpx  # brings a command line of its own along: only who sends waits for it

    route = find_route(url, public=True)
    body = json.dumps(message, ensure_ascii=False).encode()
    try:
        status = asyncio.run(_exchange(route, body))
    except (TimeoutError, httpx.HTTPError) as exc:
        raise NotTold(f"{urlsplit(url).hostname} 没有应答（{type(exc).__name__}）") from exc
    if status >= _ERROR:
        raise NotTold(f"{urlsplit(url).hostname} 返回 HTTP {status}")


async def _exchange(route: Route, body: bytes) -> int:
    async with posted(route, body, {"Content-Type": "application/json"}, seconds=SECONDS) as response:
        return response.status_code
