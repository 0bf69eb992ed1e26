"""Signs of life, waits, timetables, and carrying one run out."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from pipelines import audit, clock
from pipelines.desk import Desk
from pipelines.errors import Conflict, NotFound, PipelineError, Refused
from pipelines.evidence.heads import heads_path, newest_head
from pipelines.jobs import Done, Jobs
from pipelines.jobs import upkeep as jobs_upkeep
from pipelines.jobs.execute import execute, run_now
from pipelines.jobs.process import dies_with_us, lives, process_id
from pipelines.jobs.timetable import SLOTS, plan_clock_jobs
from pipelines.jobs.worker import LEASE_S, Pulse, make_plan, wait_after
from pipelines.records import Planned, TaskRun
from tests.pipelines.evidence.seeds import add_lead

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # a Sunday, 12:00 in Shanghai


def test_a_process_is_known_by_more_than_its_number() -> None:
    mine = process_id()
    assert lives(mine) is True
    host, boot, pid, started = mine.rsplit("/", 3)
    assert lives(f"{host}/{boot}/{pid}/1") is False  # another process that had the number before
    assert lives(f"{host}/00000000/{pid}/{started}") is False  # before the last boot
    assert lives(f"elsewhere/{boot}/{pid}/{started}") is None
    assert lives("console") is None


def test_a_child_is_killed_with_its_parent() -> None:
    sleeper = [sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"]
    parent_code = (
        "import subprocess, sys, time; child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE);"
        "child.stdout.readline(); print(child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", parent_code, *dies_with_us(sleeper)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    give_up = time.monotonic() + 10
    while _runs(child):
        assert time.monotonic() < give_up
        time.sleep(0.02)


def _runs(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123  # /proc
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_silence_is_judged_by_our_own_clock() -> None:
    pulse = Pulse()
    assert not pulse.silent("w", 5, now=0.0)
    assert not pulse.silent("w", 5, now=LEASE_S)
    assert pulse.silent("w", 5, now=LEASE_S + 0.1)
    assert not pulse.silent("w", 6, now=LEASE_S + 0.2)


def test_failures_wait_longer_each_time_and_a_death_does_not_wait_at_first() -> None:
    waits = [wait_after("failed", attempts) for attempts in range(7)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(minutes=5), timedelta(days=1))
    assert wait_after("lost", 0) == timedelta(0)
    assert wait_after("lost", 1) == timedelta(seconds=30)


def _due(desk: Desk, now: datetime) -> dict[str, datetime | None]:
    return {one.name: one.due_at for one in plan_clock_jobs(desk, now)}


def _shanghai(moment: datetime | None) -> str:
    assert moment is not None
    return clock.local(moment).strftime("%a %d %H:%M")


def test_clock_jobs_are_due_at_their_hours_in_shanghai(desk: Desk) -> None:
    due = _due(desk, NOON)
    assert due["assess"] == NOON
    assert _shanghai(due["digest"]) == "Mon 23 07:30"
    assert _shanghai(due["retention"]) == "Mon 23 03:10"
    assert _shanghai(due["self-check"]) == "Mon 23 03:40"
    assert set(due) == {*SLOTS, "assess"}


def test_a_missed_hour_is_made_up_for_once(desk: Desk) -> None:
    jobs = Jobs(functions={}, planners=(plan_clock_jobs,))
    make_plan(desk, jobs, NOON)
    late = NOON + timedelta(days=9)  # the machine was off
    assert _shanghai(_due(desk, late)["digest"]) == "Mon 30 07:30"
    make_plan(desk, jobs, late)
    with desk.store.transaction() as tx:
        run = tx.tasks.claim("digest", "w", late)
        assert run is not None
        tx.tasks.finish(run.id, at=late, outcome="finished")
    assert _shanghai(_due(desk, late)["digest"]) == "Mon 07 07:30"


def _jobs(outcome: str) -> Jobs:
    """One job that ends like this."""

    def work(_desk: Desk, _run: TaskRun, _stopping: object) -> Done:
        if outcome == "raises":
            raise PipelineError("盘满了")
        if outcome == "crashes":
            raise ZeroDivisionError("x")
        return Done(outcome=outcome, message="好")

    one = Planned(name="assess", kind="assess", source=None, lock="assess", due_at=NOON)
    return Jobs(functions={"assess": work}, planners=(lambda _desk, _now: [one],))


@pytest.mark.parametrize(
    ("outcome", "kept", "message"),
    [
        ("finished", "finished", "好"),
        ("failed", "failed", "好"),
        ("raises", "failed", "盘满了"),
        ("crashes", "failed", "程序出错（ZeroDivisionError：x）"),
    ],
)
def test_how_a_run_ended_is_written_down(desk: Desk, outcome: str, kept: str, message: str) -> None:
    clock.pin(lambda: NOON)
    done = run_now(desk, _jobs(outcome), "assess", by="console")
    with desk.store.read() as tx:
        (run,) = tx.tasks.runs()
        task = tx.tasks.get("assess")
    assert (done.outcome, run.outcome, run.message, run.asked_by) == (kept, kept, message, "console")
    assert task is not None
    assert (task.state, task.asked_by) == ("waiting", None)
    assert task.not_before == (None if kept == "finished" else NOON + timedelta(minutes=5))


def test_only_a_run_that_is_at_work_is_carried_out(desk: Desk) -> None:
    jobs = _jobs("finished")
    with pytest.raises(NotFound):
        execute(desk, jobs, "0" * 32)
    with pytest.raises(NotFound):
        run_now(desk, jobs, "nothing", by="console")
    make_plan(desk, jobs, NOON)
    with desk.store.transaction() as tx:
        run = tx.tasks.claim("assess", "w", NOON)
    assert run is not None
    with pytest.raises(Refused, match="正在执行"):
        run_now(desk, jobs, "assess", by="console")
    assert execute(desk, jobs, run.id) == Done(message="好")
    with pytest.raises(Conflict):
        execute(desk, jobs, run.id)


def _run(kind: str) -> TaskRun:
    return TaskRun(
        id="r",
        task=kind,
        kind=kind,
        source=None,
        worker="",
        asked_by=None,
        started_at=NOON,
        ended_at=None,
        outcome="running",
        message="",
    )


def _never() -> bool:
    return False


def test_the_digest_of_the_last_week_is_made_once(desk: Desk) -> None:
    clock.pin(lambda: NOON)
    assert "还没有填写" in jobs_upkeep.digest(desk, _run("digest"), _never).message
    with desk.store.transaction() as tx:
        tx.settings.set("region", "330100")
        tx.settings.set("agency", "某某县教育局")
    made = jobs_upkeep.digest(desk, _run("digest"), _never)
    assert made.message == (
        "已生成 2026-11-09 至 2026-11-15 的周报，待审签；已生成 2026-10-01 至 2026-10-31 的通报，待审签；"
        "已生成 2026-07-01 至 2026-09-30 的季报，待审签"
    )
    assert jobs_upkeep.digest(desk, _run("digest"), _never).message.count("不重做") == 3
    with desk.store.read() as tx:
        found = sorted((one.series, one.first_day, one.created_by) for one in tx.digests.page().items)
    assert found == [
        ("month", "2026-10-01", "system"),
        ("quarter", "2026-07-01", "system"),
        ("week", "2026-11-09", "system"),
    ]


def test_the_self_check_names_what_is_wrong(desk: Desk) -> None:
    assert jobs_upkeep.self_check(desk, _run("self-check"), _never).outcome == "finished"
    with desk.store.transaction() as tx:
        audit.record(tx, actor="lin", action="lead.view", object_type="lead", object_id=1)
    assert jobs_upkeep.self_check(desk, _run("self-check"), _never).outcome == "finished"
    head = newest_head(desk.home)
    assert head is not None
    assert (head.occasion, head.seq) == ("self-check", 1)
    heads_path(desk.home).write_bytes(b"")
    assert "链头缺失" in jobs_upkeep.self_check(desk, _run("self-check"), _never).message
    (desk.home / "secrets" / "contact.key").chmod(0o644)
    done = jobs_upkeep.self_check(desk, _run("self-check"), _never)
    assert done.outcome == "failed"
    assert "权限过宽" in done.message


def test_the_self_check_reads_every_stored_byte_again(desk: Desk) -> None:
    lead = add_lead(desk, "a", screenshot=True)
    package = desk.home / "exports" / "AJ-2026-0001" / "a.zip"
    package.parent.mkdir(parents=True)
    package.write_bytes(b"package")
    with desk.store.transaction() as tx:
        sum_ = hashlib.sha256(b"package").hexdigest()
        audit.record(
            tx,
            actor="wang",
            action="case.export",
            object_type="case",
            object_id="AJ-2026-0001",
            sha256=sum_,
            file="a.zip",
        )
        picture = next(one.screenshot_blob for one in tx.captures.for_lead(lead.id) if one.screenshot_blob)
        warc = desk.home / tx.captures.for_lead(lead.id)[0].warc_path
    whole = jobs_upkeep.self_check(desk, _run("self-check"), _never)
    assert (whole.outcome, "存下的每个文件都正常" in whole.message) == ("finished", True), whole.message
    for path, said in (
        (desk.blobs.path(picture), f"blobs 里的文件 {picture[:12]}…"),
        (package, "证据包 a.zip 与导出时的校验值不符"),
        (warc, warc.name),
    ):
        data = path.read_bytes()
        middle = len(data) // 2
        path.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
        done = jobs_upkeep.self_check(desk, _run("self-check"), _never)
        assert (done.outcome, said in done.message) == ("failed", True), done.message
        path.write_bytes(data)
    desk.blobs.path(picture).unlink()
    assert picture[:12] in jobs_upkeep.self_check(desk, _run("self-check"), _never).message


def test_retention_forgets_what_has_no_use_any_more(desk: Desk) -> None:
    with desk.store.transaction() as tx:
        tx.hosts.spend("old.example.org", clock.now().date() - timedelta(days=500), requests=1, bytes_=1)
        tx.hosts.spend("new.example.org", clock.now().date(), requests=1, bytes_=1)
    done = jobs_upkeep.retention(desk, _run("retention"), _never)
    assert done.message == "已清理过期登录、0 条任务记录、1 条访问计数；没有到期的信息和页面"
    with desk.store.read() as tx:
        assert tx.hosts.spent(["new.example.org"], clock.now().date()) == 1


def test_assess_reads_nothing_when_told_to_stop(desk: Desk) -> None:
    assert jobs_upkeep.assess(desk, _run("assess"), lambda: True).outcome == "stopped"
