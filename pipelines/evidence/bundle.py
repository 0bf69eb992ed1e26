"""The evidence package of a case: gathered, bagged, signed, checked by our own verifier, and only then named."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipelines import audit, clock
from pipelines.blobs import BlobStore
from pipelines.desk import Desk
from pipelines.errors import Conflict, EvidenceError, os_reason
from pipelines.evidence import documents, standalone
from pipelines.evidence.bag import SIGNATURE, check_bag, files_under, make_bag, sha256_of
from pipelines.evidence.canonical_zip import write_zip
from pipelines.evidence.leftovers import STAGING_PREFIX, part_of, staging_of, sweep
from pipelines.evidence.material import CaptureMaterial, CaseMaterial, gather_case
from pipelines.evidence.report import render_html, render_pdf
from pipelines.evidence.signer import Signer, fingerprint, station_signer, sync_folder
from pipelines.evidence.verify import verify_package
from pipelines.evidence.warc import copy_records

REPORT_HTML = "案件报告.html"
REPORT_PDF = "案件报告.pdf"
GUIDE = "验证说明.txt"
CHECKER = "verify.py"


def export_case(desk: Desk, case_id: str, out: Path, *, user: str) -> Path:
    """Write the evidence package of a case to `out`, whole and verified, or not at all.

    The export is logged before the file gets its name, so no package exists that the log does not know. Raises
    Conflict when `out` exists, NotFound, Refused, or EvidenceError when any part is missing or does not hold.
    """
    sweep(desk.home, out)
    material = gather_case(desk, case_id, user=user, at=clock.now())
    signer = station_signer(desk.home, agency=material.agency)
    with new_file(out) as part:
        build_package(material, part, home=desk.home, blobs=desk.blobs, signer=signer)
        with part.open("rb") as handle:
            sha256 = sha256_of(handle)
        with desk.store.transaction() as tx:
            audit.record(
                tx,
                actor=user,
                action="case.export",
                object_type="case",
                object_id=case_id,
                sha256=sha256,
                certificate=fingerprint(signer.certificate),
            )
    return out


def build_package(material: CaseMaterial, part: Path, *, home: Path, blobs: BlobStore, signer: Signer) -> None:
    """Write the package of this material into `part` and verify it. Equal material and signer give equal bytes."""
    staging = staging_of(home)
    staging.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=staging, prefix=STAGING_PREFIX) as name:
        root = Path(name) / material.case.id
        _fill(root, material, home=home, blobs=blobs)
        (root / GUIDE).write_bytes(documents.verification_text(material, fingerprint=fingerprint(signer.certificate)))
        (root / CHECKER).write_bytes(Path(standalone.__file__).read_bytes())
        (root / "signer.pem").write_bytes(signer.certificate_pem)
        (root / "signer.pub.pem").write_bytes(signer.public_pem)
        listed = make_bag(root, info=_bag_info(material))
        check_bag(root)
        (root / SIGNATURE).write_bytes(signer.sign(listed))
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


def _fill(root: Path, material: CaseMaterial, *, home: Path, blobs: BlobStore) -> None:
    data = root / "data"
    data.mkdir(parents=True)
    for item in material.captures:
        _add_capture(data / "captures" / item.capture.id, item, home=home, blobs=blobs)
    html = render_html(material, blobs)
    (data / "case.json").write_bytes(documents.case_json(material, software=_software()))
    (data / "findings.json").write_bytes(documents.findings_json(material))
    (data / "audit.jsonl").write_bytes(documents.audit_jsonl(material))
    (data / REPORT_HTML).write_text(html, encoding="utf-8", newline="\n")
    (data / REPORT_PDF).write_bytes(render_pdf(html))


def _add_capture(folder: Path, item: CaptureMaterial, *, home: Path, blobs: BlobStore) -> None:
    folder.mkdir(parents=True)
    copy_records(home, (item.capture,), folder / "page.warc.gz")
    (folder / "text.txt").write_text(item.text, encoding="utf-8", newline="\n")
    if item.capture.screenshot_blob is not None:
        (folder / "screenshot.png").write_bytes(blobs.get(item.capture.screenshot_blob))
    files = {
        path.name: {"size": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in files_under(folder)
    }
    (folder / "record.json").write_bytes(documents.record_json(item, files=files))


def _bag_info(material: CaseMaterial) -> dict[str, str]:
    info = {
        "Bagging-Date": clock.local(material.exported_at).date().isoformat(),
        "Bag-Software-Agent": _software(),
        "External-Identifier": material.case.id,
        "External-Description": ("【演示】" if material.demo else "") + "案件材料（机器初筛，非认定）",
    }
    if material.agency:
        info["Source-Organization"] = material.agency
    if material.demo:
        info["Mingcha-Demo"] = "演示"
    return info


def _software() -> str:
    try:
        return f"mingcha {version('mingcha')}"
    except PackageNotFoundError:
        return "mingcha (not installed)"
