"""The command `mingcha assess` on texts as a crawl brings them: nineteen of twenty are nobody's advertisement."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

from classifier.crew import settle
from classifier.types import Posting
from tests.bench.assessing import load_jieba, own_assessor
from tests.bench.figures import Bench, Figure, Stopwatch, rates
from tests.bench.texts import realistic
from tests.end_to_end.whole_job import MINGCHA, ROOT, Run

#: Different texts; longer inputs are these over and over.
TEXTS = 4000
RATE_TEXTS = 20_000
FULL_TEXTS = 3000
MEMORY_TEXTS = (10_000, 100_000)
#: With `--long`.
LONG_TEXTS = (1_000_000,)
SINGLE_TEXTS = 400


def screening(bench: Bench) -> Iterator[Figure]:
    """Rates of the whole command less its start, on one process and on all; processor time beside jieba; memory."""
    run = Run(home=bench.folder / "none")
    run.command("train")  # only points, when nothing has changed
    postings = realistic(TEXTS)
    cores = len(os.sched_getaffinity(0))
    start = _Command(run, bench.folder, postings, 1, jobs=1)
    for name, options, number in (("screen", ["--screen-only"], RATE_TEXTS), ("full", [], FULL_TEXTS)):
        for jobs in sorted({1, cores}):
            done = _Command(run, bench.folder, postings, number, *options, jobs=jobs)
            yield Figure(
                name=f"stream.{name}.{jobs}", title=f"mingcha assess {' '.join(options)}".strip(), unit="texts/s",
                n=number, values=rates(number, (done.seconds - start.seconds,)), note=f"command less start, on {jobs}",
            )  # fmt: skip
            yield Figure(
                name=f"stream.{name}.{jobs}.cpu", title=f"mingcha assess {' '.join(options)}".strip(),
                unit="µs CPU/text", n=number, values=(1e6 * (done.processor - start.processor * jobs) / number,),
                note=f"all processes less their start, on {jobs}",
            )  # fmt: skip
    yield Figure(
        name="stream.start", title="mingcha assess, start", unit="s", n=1, values=(start.seconds,), note="one text"
    )
    yield from _beside_jieba(bench, postings)
    for number in (*MEMORY_TEXTS, *(LONG_TEXTS if bench.long else ())):
        done = _Command(run, bench.folder, postings, number, "--screen-only", jobs=cores)
        yield Figure(
            name=f"stream.memory.{number}", title="memory of assess --screen-only", unit="MB", n=number,
            values=(done.most_kib / 1024,), note=f"all {cores} processes together at their highest",
        )  # fmt: skip


def _beside_jieba(bench: Bench, postings: Sequence[Posting]) -> Iterator[Figure]:
    """In this process and in processor time, piece by piece and the least of several rounds: other programs disturb
    that least. Then what the second tier reads, and single texts."""
    assessor, jieba = own_assessor(bench), load_jieba()
    settle()
    pieces = [postings[start : start + 256] for start in range(0, len(postings), 256)]
    ours, theirs = [float("inf")] * len(pieces), [float("inf")] * len(pieces)
    for _ in range(5):
        for place, piece in enumerate(pieces):
            start = time.process_time()
            assessor.screen(piece)
            between = time.process_time()
            for posting in piece:
                list(jieba.cut(posting.body))
            ours[place] = min(ours[place], between - start)
            theirs[place] = min(theirs[place], time.process_time() - between)
    yield Figure(
        name="stream.over.jieba", title="screening ÷ jieba.cut alone", unit="× CPU", n=len(postings),
        values=(sum(ours) / sum(theirs),), note="processor time, least of 5 rounds",
    )  # fmt: skip
    for name, seconds in (("screen", ours), ("jieba", theirs)):
        yield Figure(
            name=f"stream.{name}.cpu", title=f"{name}, processor time", unit="µs/text", n=len(postings),
            values=(1e6 * sum(seconds) / len(postings),), note="least of 5 rounds",
        )  # fmt: skip
    before = assessor.read_closely
    assessor.assess(postings)
    share = 100 * (assessor.read_closely - before) / len(postings)
    yield Figure(
        name="stream.read-closely", title="read by the second tier", unit="% of texts", n=len(postings),
        values=(share,), note="0 without the extra embed",
    )  # fmt: skip
    spent = []
    for posting in postings[:SINGLE_TEXTS]:
        with Stopwatch() as watch:
            assessor.screen([posting])
        spent.append(1000 * watch.seconds)
    spent.sort()
    for percent in (50, 99):
        yield Figure(
            name=f"stream.single.p{percent}", title=f"one text in the first tier, p{percent}", unit="ms", n=1,
            values=(spent[percent * len(spent) // 100],), note=f"of {len(spent)} texts, each its own call",
        )  # fmt: skip


class _Command:
    """One run of the command over so many texts, fed through a file, its memory looked at all the while."""

    def __init__(
        self, run: Run, folder: Path, postings: Sequence[Posting], number: int, *options: str, jobs: int
    ) -> None:
        path = folder / f"texts-{number}.jsonl"
        if not path.exists():
            with path.open("w", encoding="utf-8") as file:
                for place, posting in enumerate(islice(cycle(postings), number)):
                    file.write(json.dumps({"id": str(place), "text": posting.text}, ensure_ascii=False) + "\n")
        self.most_kib = 0
        out = folder / "out.jsonl"
        command = [MINGCHA, "assess", *options, "--jobs", str(jobs), str(path)]
        before = _spent()
        with Stopwatch() as watch, out.open("wb") as file:
            child = subprocess.Popen(command, env=run.env, cwd=ROOT, stdout=file)
            watcher = threading.Thread(target=self._watch, args=(child,))
            watcher.start()
            status = child.wait()
        self.seconds = watch.seconds
        #: seconds of processor, helpers included
        self.processor = _spent() - before
        watcher.join()
        with out.open("rb") as file:
            answers = sum(1 for _ in file)
        if status or answers != number:
            raise RuntimeError(f"mingcha assess → {status}, {answers} answers to {number} texts")

    def _watch(self, child: subprocess.Popen[bytes]) -> None:
        while child.poll() is None:
            self.most_kib = max(self.most_kib, sum(map(_resident_kib, _family(child.pid))))
            time.sleep(0.2)


def _spent() -> float:
    """Seconds of processor of all programs run so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _family(pid: int) -> list[int]:
    """A process and its children."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        children = []
    return [pid, *map(int, children)]


def _resident_kib(pid: int) -> int:
    """Memory a process holds; 0 when it has just ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
