"""The outgrown carrier: Procrastinate on PostgreSQL, any number of workers on any number of machines.

The store says what is due and who has what, as it does embedded; Procrastinate brings each due task to exactly one of
the workers, keeps one lock a host, wakes the workers, and knows which of them died.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status

from pipelines.desk import Desk
from pipelines.errors import PipelineError, StoreError
from pipelines.jobs.kinds import Jobs
from pipelines.jobs.worker import BEAT_S, GRACE_S, LEASE_S, LOOK_S, Workplace
from pipelines.store.engine import parse_url
from pipelines.store.schema import LOCK_CARRIER

_log = logging.getLogger(__name__)

QUEUE = "mingcha"
TASK = "mingcha.carry_out"
#: Delivered jobs are forgotten after so long; what became of tasks stands in our own table.
KEEP_HOURS = 24


def conninfo(url: str) -> str:
    """The store's address as libpq knows it."""
    return parse_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def ensure_carrier(url: str) -> None:
    """Make Procrastinate's tables unless they are there; workers that start together take turns. Raises StoreError."""
    try:
        with psycopg.connect(conninfo(url)) as connection:
            connection.execute(f"SELECT pg_advisory_xact_lock({LOCK_CARRIER})")
            there = connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()
            if there is not None and there[0] is not None:
                return
            from procrastinate.schema import SchemaManager

            connection.execute(SchemaManager.get_schema())
    except psycopg.Error as exc:
        raise StoreError(f"任务队列的表没有建成（{str(exc).splitlines()[0]}）；请检查数据库用户的权限") from exc


def make_app(url: str) -> App:
    """Procrastinate on this store."""
    return App(connector=PsycopgConnector(conninfo=conninfo(url), min_size=1, max_size=6))


async def work_outgrown(desk: Desk, jobs: Jobs, ending: asyncio.Event) -> None:
    """Carry out what Procrastinate brings until `ending`. Raises StoreError."""
    await asyncio.to_thread(ensure_carrier, desk.store.url)
    place = Workplace(desk, jobs, carrier="procrastinate")
    place.ending = ending
    app = make_app(desk.store.url)

    @app.task(name=TASK, queue=QUEUE)
    async def carry_out(name: str) -> None:
        await place.carry_out(name)

    async with app.open_async():
        await place.enter()
        working = asyncio.create_task(
            app.run_worker_async(
                queues=[QUEUE],
                name=place.id,
                concurrency=desk.settings.jobs,
                fetch_job_polling_interval=1.0,
                update_heartbeat_interval=BEAT_S,
                stalled_worker_timeout=LEASE_S,
                shutdown_graceful_timeout=GRACE_S + 2,
                install_signal_handlers=False,
            )
        )
        house = asyncio.create_task(place.keep_house())
        bringing = asyncio.create_task(_bring(app, place, carry_out))
        try:
            await asyncio.wait({working, asyncio.create_task(ending.wait())}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ending.set()
            await asyncio.gather(house, bringing)
            working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await working
            await place.leave()


async def _bring(app: App, place: Workplace, carry_out: Any) -> None:
    """Until ending: put what is due into the queue, once each, and free what dead workers held."""
    rounds = 0
    while not place.ending.is_set():
        try:
            # A job in the hands of a dead worker keeps its host's lock; the store plans its task anew.
            for job in await app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=LEASE_S):
                await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
            for task in await asyncio.to_thread(place.due):
                with contextlib.suppress(AlreadyEnqueued):
                    await carry_out.configure(lock=task.lock, queueing_lock=task.name).defer_async(name=task.name)
            if rounds % 7200 == 0:
                await app.job_manager.delete_old_jobs(
                    nb_hours=KEEP_HOURS, queue=QUEUE, include_failed=True, include_cancelled=True, include_aborted=True
                )
            rounds += 1
        except (PipelineError, ConnectorException) as exc:
            _log.warning("Queue not available", extra={"reason": str(exc)})
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(place.ending.wait(), LOOK_S)
