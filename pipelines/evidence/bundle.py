"""The evidence package of a case: gathered, bagged, signed, checked by our own verifier, and only then named."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from pipelines import audit, clock
from pipelines.blobs import BlobStore
from pipelines.desk import Desk
from pipelines.errors import Conflict, EvidenceError, os_reason
from pipelines.evidence import documents, standalone
from pipelines.evidence.bag import check_bag, files_under, make_bag, sum_of
from pipelines.evidence.canonical_zip import write_zip
from pipelines.evidence.comparison import FILE as COMPARISON
from pipelines.evidence.comparison import comparison_text
from pipelines.evidence.evidence_list import ListedFile, evidence_list
from pipelines.evidence.extraction_record import extraction_record
from pipelines.evidence.heads import note_head
from pipelines.evidence.leftovers import STAGING_PREFIX, part_of, staging_of, sweep
from pipelines.evidence.letter_part import part_name, parts_of
from pipelines.evidence.material import CaptureMaterial, CaseMaterial, gather_case, with_exchanges
from pipelines.evidence.package_size import refuse_too_large
from pipelines.evidence.record_parts import record_parts
from pipelines.evidence.redaction import Redaction, redacted
from pipelines.evidence.report import render_html, render_pdf
from pipelines.evidence.shared_copy import redactions_json, withhold
from pipelines.evidence.signer import Signer, fingerprint, station_signer, sync_folder
from pipelines.evidence.stamps import Stamper
from pipelines.evidence.standalone import REDACTIONS, SIGNATURE, STAMP, STAMP_SIGNATURE
from pipelines.evidence.station import software
from pipelines.evidence.verify import verify_package
from pipelines.evidence.wacz import write_wacz
from pipelines.evidence.warc import copy_records
from pipelines.evidence.warc_read import printed_page

REPORT_HTML = "案件报告.html"
REPORT_PDF = "案件报告.pdf"
LIST = "证据清单.xlsx"
GUIDE = "验证说明.txt"
CHECKER = "verify.py"
WARC = "page.warc.gz"
WACZ = "capture.wacz"
PDF = "page.pdf"


def export_case(
    desk: Desk, case_id: str, out: Path, *, user: str, shared: Path | None = None, parts: bool = False
) -> Path:
    """Write the evidence package of a case to `out`, whole and verified, or not at all; with `shared`, its shared copy
    (pipelines.evidence.shared_copy) beside it, and with `parts` beside `out` what goes with each letter
    (pipelines.evidence.letter_part): all of them or none are logged.

    The export is logged before the file gets its name, so no package exists that the log does not know. Raises
    Conflict when `out` exists, NotFound, Refused, or EvidenceError when any part is missing or does not hold.
    """
    sweep(desk.home, out)
    material = gather_case(desk, case_id, user=user, at=clock.now())
    refuse_too_large(material, desk.home, desk.blobs)
    signer = station_signer(desk.home, agency=material.agency)
    with ExitStack() as files:
        part = files.enter_context(new_file(out))
        second = files.enter_context(new_file(shared)) if shared is not None else None
        stamper = Stamper(desk, agency=material.agency)
        sums = {"sha256": _built(desk, material, part, signer, stamper), "file": out.name}
        if shared is not None and second is not None:
            of, names = redacted(replace(material, shared_of=sums["sha256"]))
            made = _built(desk, of, second, signer, stamper, names=names)
            sums |= {"shared_sha256": made, "shared_file": shared.name}
        told: dict[str, list[str]] = {}
        for department, own in parts_of(material).items() if parts and shared is not None else ():
            name = out.with_name(part_name(out.stem, department))
            of, names = redacted(replace(own, shared_of=sums["sha256"]))
            made = _built(desk, of, files.enter_context(new_file(name)), signer, stamper, names=names)
            for field, value in (("parts_to", department), ("parts_sha256", made), ("parts_file", name.name)):
                told.setdefault(field, []).append(value)
        with desk.store.transaction() as tx:
            audit.record(
                tx,
                actor=user,
                action="case.export",
                object_type="case",
                object_id=case_id,
                **sums,
                **told,
                certificate=fingerprint(signer.certificate),
            )
    note_head(desk, "case.export")
    return out


def _built(
    desk: Desk,
    material: CaseMaterial,
    part: Path,
    signer: Signer,
    stamper: Stamper,
    *,
    names: Sequence[Redaction] = (),
) -> str:
    """SHA-256 of the package written into `part`."""
    build_package(material, part, home=desk.home, blobs=desk.blobs, signer=signer, stamper=stamper, names=names)
    return sum_of(part)


def build_package(
    material: CaseMaterial,
    part: Path,
    *,
    home: Path,
    blobs: BlobStore,
    signer: Signer,
    stamper: Stamper,
    names: Sequence[Redaction] = (),
) -> None:
    """Write the package of this material into `part` and verify it; `names`: those covered in a shared copy. Equal
    material, signer and stamps give equal bytes."""
    staging = staging_of(home)
    staging.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=staging, prefix=STAGING_PREFIX) as name:
        root = Path(name) / material.case.id
        material = _fill(root, material, home=home, blobs=blobs, stamper=stamper, names=names)
        (root / GUIDE).write_bytes(documents.verification_text(material, fingerprint=fingerprint(signer.certificate)))
        (root / CHECKER).write_bytes(Path(standalone.__file__).read_bytes())
        (root / standalone.TSA_CHAIN).write_bytes(stamper.chain)
        (root / "signer.pem").write_bytes(signer.certificate_pem)
        (root / "signer.pub.pem").write_bytes(signer.public_pem)
        listed = make_bag(root, info=_bag_info(material))
        check_bag(root)
        (root / SIGNATURE).write_bytes(signer.sign(listed))
        token = stamper.best(hashlib.sha256(listed).hexdigest()).token
        (root / STAMP).write_bytes(token)
        (root / STAMP_SIGNATURE).write_bytes(signer.sign(token))
        with part.open("wb") as handle:
            write_zip(handle, ((path.relative_to(root.parent).as_posix(), path) for path in files_under(root)))
            handle.flush()
            os.fsync(handle.fileno())
    faults = verify_package(part, certificates=(signer.certificate,)).faults
    if faults:
        raise EvidenceError(f"证据包未通过自检，没有导出：{faults[0].file} {faults[0].message}")


@contextmanager
def new_file(out: Path) -> Iterator[Path]:
    """A .part path that becomes `out` when the block ends well and disappears when it does not; never overwrites."""
    _refuse_existing(out)
    if not out.parent.is_dir():
        raise EvidenceError(f"文件夹 {out.parent} 不存在")
    part = part_of(out)
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as exc:
        raise EvidenceError(f"不能写入 {out.parent}：{os_reason(exc)}") from exc
    try:
        yield part
        _refuse_existing(out)
        part.rename(out)
        sync_folder(out.parent)
    finally:
        part.unlink(missing_ok=True)


def _refuse_existing(out: Path) -> None:
    if out.exists():
        raise Conflict(f"{out} 已经存在；证据包不覆盖旧文件，请换一个名字")


def _fill(
    root: Path,
    material: CaseMaterial,
    *,
    home: Path,
    blobs: BlobStore,
    stamper: Stamper,
    names: Sequence[Redaction],
) -> CaseMaterial:
    """Write the payload; returns the material with what its WARCs and stamps add to it."""
    material = with_exchanges(material, home)
    data = root / "data"
    data.mkdir(parents=True)
    folders = {item.capture.id: data / "captures" / item.capture.id for item in material.captures}
    for item in material.captures:
        _add_capture(folders[item.capture.id], item, home=home, blobs=blobs)
    warcs = {name: sum_of(folder / WARC) for name, folder in folders.items()}
    stamps = stamper.stamp(set(warcs.values()))
    listed: dict[str, list[ListedFile]] = {}
    for lead, item in ((one, item) for one in material.leads for item in one.captures):
        folder = folders[item.capture.id]
        (folder / "timestamps").mkdir()
        for stamp in stamps[warcs[item.capture.id]]:
            (folder / "timestamps" / f"{stamp.name}.tsr").write_bytes(stamp.token)
        listed[item.capture.id] = [
            ListedFile(name=path.relative_to(folder).as_posix(), size=path.stat().st_size, sha256=sum_of(path))
            for path in files_under(folder)
        ]
        files = {one.name: {"size": one.size, "sha256": one.sha256} for one in listed[item.capture.id]}
        had = stamps[warcs[item.capture.id]]
        record = documents.record_json(lead, item, files=files, stamps=had, shared=bool(material.shared_of))
        (folder / "record.json").write_bytes(record)
    material = replace(
        material, third_party_stamps=bool(stamps) and all(any(not one.own for one in had) for had in stamps.values())
    )
    html = render_html(material, blobs)
    (data / "case.json").write_bytes(documents.case_json(material, software=software()))
    (data / "findings.json").write_bytes(documents.findings_json(material))
    (data / "audit.jsonl").write_bytes(documents.audit_jsonl(material))
    of_each = {name: stamps[sha256] for name, sha256 in warcs.items()}
    compared = [(item.lead.id, item.comparisons) for item in material.leads]
    (root / COMPARISON).write_bytes(comparison_text(compared, shared=bool(material.shared_of), demo=material.demo))
    (data / LIST).write_bytes(evidence_list(material, listed, of_each))
    for part in record_parts(material):
        (data / part.file).write_bytes(extraction_record(part.material, listed, of_each, part=part.told))
    (data / REPORT_HTML).write_text(html, encoding="utf-8", newline="\n")
    (data / REPORT_PDF).write_bytes(render_pdf(html))
    if material.shared_of:
        gone = withhold(root, listed)
        (root / REDACTIONS).write_bytes(redactions_json(gone, names, sealed_sha256=material.shared_of))
    return material


def _add_capture(folder: Path, item: CaptureMaterial, *, home: Path, blobs: BlobStore) -> None:
    folder.mkdir(parents=True)
    copy_records(home, (item.capture,), folder / WARC, synced=False)
    write_wacz(folder / WARC, folder / WACZ, capture=item.capture, title=item.text.partition("\n")[0])
    (folder / "text.txt").write_text(item.text, encoding="utf-8", newline="\n")
    printed = printed_page(folder / WARC, item.capture)
    if printed is not None:
        (folder / PDF).write_bytes(printed)
    if item.capture.screenshot_blob is not None:
        (folder / "screenshot.png").write_bytes(blobs.get(item.capture.screenshot_blob))


def _bag_info(material: CaseMaterial) -> dict[str, str]:
    shared = f"，随函本（{material.part_for}）" if material.part_for else "，共享本" if material.shared_of else ""
    info = {
        "Bagging-Date": clock.local(material.exported_at).date().isoformat(),
        "Bag-Software-Agent": software(),
        "External-Identifier": material.case.id,
        "External-Description": f"{'【演示】' if material.demo else ''}案件材料（机器初筛，非认定）{shared}",
    }
    if material.agency:
        info["Source-Organization"] = material.agency
    if material.demo:
        info["Mingcha-Demo"] = "演示"
    return info
