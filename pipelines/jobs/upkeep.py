"""The jobs that need no crawler: assess, digest, retention, self-check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from pipelines import audit, clock, doctor
from pipelines.desk import Desk
from pipelines.digest.periods import SERIES_NAMES, last_finished
from pipelines.errors import PipelineError
from pipelines.evidence.leftovers import sweep
from pipelines.evidence.retention import Retained, run_retention
from pipelines.jobs.cut_runs import close_cut_runs
from pipelines.jobs.kinds import Done, Stopping
from pipelines.records import Series, TaskRun

#: So many faults are told; a lost disk has thousands.
MOST_TOLD = 20
#: Listings assessed between two looks at the stop.
AT_ONCE = 40
#: How long it is kept what jobs did, and what hosts were asked (a year and a month, for the impact notes).
KEEP_RUNS = timedelta(days=90)
KEEP_DAYS = timedelta(days=400)


def assess(desk: Desk, _run: TaskRun, stopping: Stopping) -> Done:
    """Read what no model has read yet and put the leads into the queue."""
    from pipelines.assessor import load_assessor, read_image  # heavy: numpy, scipy
    from pipelines.ingest.ingest import assess_pending

    assessor = None
    read = leads = 0
    while not stopping():
        assessor = assessor or load_assessor(desk.settings)
        result = assess_pending(desk, assessor, limit=AT_ONCE, ocr=read_image)
        read += result.assessed
        leads += result.leads_new
        if not result.assessed:
            return Done(message=f"研判 {read} 条，新线索 {leads} 条" if read else "没有待研判的信息")
    return Done(outcome="stopped", message=f"研判 {read} 条后停下")


def digest(desk: Desk, _run: TaskRun, _stopping: Stopping) -> Done:
    """Drafts of the last whole week, month and quarter; each made once."""
    from pipelines.digest.digest import make_edition  # docxtpl is heavy
    from pipelines.enforcement.station import station

    if not station(desk).complete:
        return Done(message="还没有填写区划代码和单位名称，不出周报")
    said = []
    for series in Series:
        period = last_finished(series, clock.now())
        days = f"{period.first_day} 至 {period.last_day} 的{SERIES_NAMES[series]}"
        with desk.store.read() as tx:
            known = tx.digests.newest(series, str(period.first_day))
        if known is not None:
            said.append(f"{days}已有，不重做")
            continue
        make_edition(desk, period, user="system")
        said.append(f"已生成 {days}，待审签")
    return Done(message="；".join(said))


def mail(desk: Desk, _run: TaskRun, _stopping: Stopping) -> Done:
    """Send approved digests that are still owed to somebody."""
    from pipelines.digest.mail import send_due

    sent, failed = send_due(desk, user="system")
    if not sent and not failed:
        return Done(message="没有待发送的周报")
    return Done(message=f"发出 {sent} 封" + (f"，{failed} 封没有发成，稍后再试" if failed else ""))


def retention(desk: Desk, _run: TaskRun, stopping: Stopping) -> Done:
    """Remove what has no use any more: ended sessions, what jobs did long ago, old day counts, half exports; and what
    was kept as long as it may be (pipelines.evidence.retention)."""
    now = clock.now()
    with desk.store.transaction() as tx:
        tx.sessions.purge(now)
        runs = tx.tasks.forget_runs(now - KEEP_RUNS)
        days = tx.hosts.forget_days(clock.local(now - KEEP_DAYS).date())
    exports = desk.home / "exports"
    if exports.is_dir():
        sweep(desk.home, exports / "none.zip")
    kept = f"已清理过期登录、{runs} 条任务记录、{days} 条访问计数"
    if stopping():
        return Done(outcome="stopped", message=f"{kept}后停下")
    done = run_retention(desk, stopping)
    said = f"{kept}；{_deleted(done)}"
    if not done.finished:
        return Done(outcome="stopped", message=f"{said}后停下，下次接着做")
    if done.busy:
        return Done(outcome="failed", message=f"{said}；{done.busy} 处正在被写入，稍后再做")
    return Done(message=said)


def _deleted(done: Retained) -> str:
    if not done.anything:
        return "没有到期的信息和页面"
    return (
        f"按期删除 {done.files} 个 WARC 文件（{done.records} 条采集记录）、{done.blobs} 个图片等文件，"
        f"清空 {done.emptied} 条信息，删除 {done.contacts} 个联系方式、{done.operators} 个经营主体"
    )


def stamps(desk: Desk, _run: TaskRun, _stopping: Stopping) -> Done:
    """Ask once more for the time stamps that could not be had; each waits longer the oftener it was missed."""
    from pipelines.evidence.stamps import stamp_waiting  # loads httpx and pyasn1

    got, missed = stamp_waiting(desk)
    return Done(message=f"补到 {got} 个时间戳" + (f"，还缺 {missed} 个" if missed else ""))


def self_check(desk: Desk, _run: TaskRun, stopping: Stopping) -> Done:
    """What `mingcha doctor` and `mingcha audit verify` say, and every stored byte read again; a fault is a failure with
    its name. A head of the chain is kept, and crawl runs whose process is gone are closed."""
    from pipelines.evidence.heads import keep_head  # loads pyasn1
    from pipelines.evidence.stored_bytes import stored_faults  # loads warcio

    cut = close_cut_runs(desk)
    faults = [f"{check.name}：{check.message}" for check in doctor.examine(desk.settings) if not check.ok]
    faults += audit.verify_chain(desk.store)
    faults += stored_faults(desk, stopping)
    try:
        # After the look: a head that is missing is told before the next one hides it.
        keep_head(desk, "self-check", outside=True)
    except PipelineError as exc:
        faults.append(exc.message)
    if faults:
        return Done(outcome="failed", message=_few(faults))
    told = f"；{len(cut)} 次采集的进程已不在，记为中断" if cut else ""
    return Done(message=f"本机、数据目录、数据库、审计链和存下的每个文件都正常{told}")


def _few(faults: Sequence[str]) -> str:
    left = len(faults) - MOST_TOLD
    return "；".join(faults[:MOST_TOLD]) + (f"；另有 {left} 处" if left > 0 else "")
