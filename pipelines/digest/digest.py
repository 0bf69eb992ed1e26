"""Making a digest: one set of figures, three files, kept as blobs, logged, and written out whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from pipelines import audit, clock
from pipelines.blobs import sync_folder
from pipelines.desk import Desk
from pipelines.digest.editions import as_edition
from pipelines.digest.figures import Figures
from pipelines.digest.ledger import Account
from pipelines.digest.periods import Period, span
from pipelines.digest.render_docx import render_docx
from pipelines.digest.render_html import render_html
from pipelines.digest.render_json import render_json
from pipelines.digest.render_pdf import render_pdf
from pipelines.digest.render_xlsx import render_xlsx
from pipelines.digest.select import select_told
from pipelines.errors import BadInput, os_reason
from pipelines.records import StoredDigest

Renderer = Callable[[Figures], bytes]
#: Suffix → what makes the file; all say the same.
RENDERERS: tuple[tuple[str, Renderer], ...] = (
    (".docx", render_docx),
    (".html", render_html),
    (".json", render_json),
    (".pdf", render_pdf),
    (".xlsx", render_xlsx),
)


def make_digest(desk: Desk, first_day: date, last_day: date, *, user: str, out: Path | None) -> StoredDigest:
    """Make the digest of these days (inclusive, Asia/Shanghai), which no ledger knows; with `out`, its files are
    written into that folder.

    Files of the same name there are replaced, each at one stroke. Raises BadInput for days the wrong way round or a
    folder that cannot be written; then nothing is stored.
    """
    return make_edition(desk, span(first_day, last_day), user=user, out=out)


def make_edition(
    desk: Desk,
    period: Period,
    *,
    user: str,
    out: Path | None = None,
    reason: str = "",
    renderers: Sequence[tuple[str, Renderer]] = RENDERERS,
) -> StoredDigest:
    """Make the digest of a period. One of a series enters the ledger; made anew before anybody approved it, it takes
    the place of the draft; afterwards it is a numbered correction with its reason and what it changes.

    Raises BadInput for a period that is not over, a correction without reason or without a change, a folder that
    cannot be written; Conflict when later periods have told what it would, or when somebody else was faster.
    """
    figures, account = select_told(desk, period, user=user, reason=reason)
    figures = as_edition(desk, figures, account.replaces)
    files = {file_name(figures, suffix): render(figures) for suffix, render in renderers}
    parts = _write_parts(out, files) if out is not None else {}
    try:
        digest = _store(desk, figures, files, account)
        for path, part in parts.items():
            part.replace(path)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
    if out is not None:
        sync_folder(out)
    return digest


def file_name(figures: Figures, suffix: str) -> str:
    """e.g. 周报_2026-03-02_2026-03-08.docx or 日报_2026-03-02.docx, with 演示 in front in a demo HOME."""
    days = dict.fromkeys((str(figures.first_day), str(figures.last_day)))
    erratum = f"_更正{figures.erratum}" if figures.erratum else ""
    return f"{'演示_' if figures.demo else ''}{figures.kind}_{'_'.join(days)}{erratum}{suffix}"


def _store(desk: Desk, figures: Figures, files: dict[str, bytes], account: Account) -> StoredDigest:
    kept = {name: desk.blobs.put(data, suffix=Path(name).suffix) for name, data in files.items()}
    digest = StoredDigest(
        id=clock.new_id(),
        first_day=figures.first_day.isoformat(),
        last_day=figures.last_day.isoformat(),
        created_at=figures.made_at,
        created_by=figures.made_by,
        files=kept,
        demo=figures.demo,
        series=figures.series,
        erratum=figures.erratum,
        replaces=account.replaces.id if account.replaces is not None else None,
        reason=figures.reason,
    )
    with desk.store.transaction() as tx:
        tx.digests.add(digest, account.new)
        audit.record(
            tx,
            actor=figures.made_by,
            action="digest.create",
            object_type="digest",
            object_id=digest.id,
            first_day=digest.first_day,
            last_day=digest.last_day,
            **({"series": digest.series, "erratum": digest.erratum} if digest.series else {}),
            files=sorted(kept.values()),
        )
    return digest


def _write_parts(out: Path, files: dict[str, bytes]) -> dict[Path, Path]:
    """Final path → .part file with the whole content, on the disk."""
    parts: dict[Path, Path] = {}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            part = out / f".{name}.{clock.new_id()[:8]}.part"
            parts[out / name] = part
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb") as handle:
                handle.write(data)
                handle.flush()
                os.fsync(handle.fileno())
    except OSError as exc:
        for part in parts.values():
            part.unlink(missing_ok=True)
        raise BadInput(f"不能写入 {out}：{os_reason(exc)}") from exc
    return parts
