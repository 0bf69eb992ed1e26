"""Checking a package: every byte of the ZIP, the bag, the captures, the signature, and whose signature it is.

Needs no database and writes nothing. Every fault names a file and says in one sentence what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography import x509

from pipelines.errors import BadInput, os_reason
from pipelines.evidence import standalone
from pipelines.evidence.certificates import read_pem
from pipelines.evidence.faults import Fault, VerifyResult, shown, told_by_checker
from pipelines.evidence.opened_package import OpenedPackage, open_package
from pipelines.evidence.signer import (
    fingerprint,
    is_station_certificate,
    load_certificate,
    public_pem,
    signature_holds,
    trusted_fingerprints,
)
from pipelines.evidence.standalone import SIGNATURE, STAMP, STAMP_SIGNATURE, TAG_MANIFEST
from pipelines.evidence.verify_bag import bag_faults
from pipelines.evidence.verify_captures import capture_faults
from pipelines.evidence.verify_stamps import stamp_faults

UNTRUSTED = "signer.untrusted"


def verify_package(
    package: Path,
    *,
    trust: Iterable[Path] = (),
    home: Path | None = None,
    certificates: Iterable[x509.Certificate] = (),
    tsa_ca: Iterable[Path] = (),
    stamps: Path | None = None,
) -> VerifyResult:
    """Check a package. Trusted are HOME/trust/*.pem, the PEM files in `trust` and `certificates`, never its own.

    `tsa_ca` are PEM files of time-stamping roots: given, each stamped file needs a stamp that leads to one of them.
    `stamps` is a file of stamps the package got after it was sealed (pipelines.evidence.later_stamps).

    Raises BadInput when there is no such file or `stamps` is none, ConfigError when a certificate to be trusted cannot
    be read.
    """
    trusted = trusted_fingerprints(trust=trust, home=home) | {fingerprint(one) for one in certificates}
    authorities = [load_certificate(path) for path in tsa_ca]
    if not package.is_file():
        raise BadInput(f"没有文件 {package}；请给出证据包 ZIP 的路径")
    try:
        later = standalone.later_stamps(str(stamps)) if stamps is not None else None
    except standalone.Misuse as exc:
        raise BadInput(str(exc)) from exc
    try:
        with package.open("rb") as source:
            opened, faults = open_package(source, package.name)
            if opened is None:
                return VerifyResult(ok=False, trusted=False, faults=tuple(map(shown, faults)))
            faults += bag_faults(opened)
            faults += capture_faults(opened)
            faults += told_by_checker(standalone.semantic_faults(opened))
            of_stamps, seen = stamp_faults(opened, authorities, later)
            faults += of_stamps
            notes = [*standalone.lacking(opened), *seen]
            certificate = _certificate(opened)
            signature = list(_signature_faults(opened, certificate))
    except OSError as exc:
        raise BadInput(f"读不了 {package}：{os_reason(exc)}") from exc
    faults += signature
    known = certificate is not None and not signature and fingerprint(certificate) in trusted
    if certificate is not None and not signature and not known:
        faults.append(_stranger(certificate))
    return VerifyResult(
        ok=all(fault.code == UNTRUSTED for fault in faults),
        trusted=known,
        faults=tuple(dict.fromkeys(map(shown, faults))),
        notes=tuple(notes),
    )


def _certificate(package: OpenedPackage) -> x509.Certificate | None:
    if "signer.pem" not in package:
        return None
    try:
        return read_pem(package.read("signer.pem"))[0]
    except (ValueError, IndexError):
        return None


def _signature_faults(package: OpenedPackage, certificate: x509.Certificate | None) -> Iterator[Fault]:
    if certificate is None:
        yield Fault(code="signer.certificate", file="signer.pem", message="没有可读的签名证书")
        return
    if not is_station_certificate(certificate):
        yield Fault(code="signer.certificate", file="signer.pem", message="证书不是有效的 P-256 自签名证书")
        return
    if "signer.pub.pem" in package and package.read("signer.pub.pem") != public_pem(certificate):
        yield Fault(code="signer.key", file="signer.pub.pem", message="公钥与 signer.pem 证书里的不是同一个")
    if SIGNATURE not in package or TAG_MANIFEST not in package:
        yield Fault(code="signature.missing", file=SIGNATURE, message="缺少签名，或缺少被签名的清单")
        return
    if not signature_holds(certificate, package.read(TAG_MANIFEST), package.read(SIGNATURE)):
        yield Fault(
            code="signature.invalid", file=SIGNATURE, message="签名与清单或证书不符：内容在签名后被改动，或换了签名人"
        )
    if STAMP in package:
        sealed = package.read(STAMP_SIGNATURE) if STAMP_SIGNATURE in package else b""
        if not signature_holds(certificate, package.read(STAMP), sealed):
            file = STAMP if sealed else STAMP_SIGNATURE
            yield Fault(code="stamp.signature", file=file, message="时间戳没有本单位的封签，或封签后被改动")


def _stranger(certificate: x509.Certificate) -> Fault:
    return Fault(
        code=UNTRUSTED,
        file="signer.pem",
        message=f"签名人不在可信名单内，证书指纹 {fingerprint(certificate)}；请向导出单位核对后用 --trust 指定",
    )
