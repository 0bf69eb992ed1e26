"""Stamps of other authorities for a package that is sealed already, in a file of their own beside it.

A station may have been without a network when it sealed a package, or without an authority at all. The package does
not change: what is stamped later are the same digests, of its web archives and of its manifest. The file of later
stamps is a plain ZIP: `<SHA-256 of what is stamped>/<authority>.tsr`, the authorities' certificates, a guide. Both
checkers take it with --stamps; each token holds by itself or is a fault.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from pipelines import audit
from pipelines.desk import Desk, agency_of
from pipelines.errors import BadInput, EvidenceError
from pipelines.evidence import standalone
from pipelines.evidence.bag import sha256_of, sum_of
from pipelines.evidence.bundle import new_file
from pipelines.evidence.opened_package import open_package
from pipelines.evidence.stamps import Stamper, authority_roots
from pipelines.evidence.verify import verify_package

_DATE = (1980, 1, 1, 0, 0, 0)
_GUIDE = """补充时间戳

这是证据包 {package} 封存以后取得的第三方时间戳（RFC 3161），证据包本身没有改动。
证据包的 SHA-256：{sha256}

文件夹名是所盖文件的 SHA-256（包内各 page.warc.gz，以及 tagmanifest-sha256.txt），文件名是时间戳机构；
tsa-chain.pem 是机构的根证书。

核验：mingcha verify 证据包.zip --stamps 本文件.zip --tsa-ca 机构根证书.pem
或者：python3 verify.py 证据包.zip --trust 单位证书.pem --stamps 本文件.zip --tsa-ca 机构根证书.pem
或者逐个：openssl ts -verify -digest 文件夹名 -in 机构.tsr -CAfile 机构根证书.pem
根证书须从时间戳机构取得，不要用这里附带的那份。
"""


@dataclass(frozen=True, kw_only=True)
class MadeStamps:
    """What a file of later stamps holds."""

    #: Tokens in it.
    got: int
    #: Files of the package that are stamped.
    files: int
    #: Those of them that no authority has stamped yet.
    lacking: int


def write_later_stamps(desk: Desk, package: Path, out: Path, *, user: str) -> MadeStamps:
    """Have every stamped file of the package stamped by the configured authorities, or take what came meanwhile; it is
    logged.

    Only for a package of this station that is whole. Raises BadInput without an authority or a package, EvidenceError
    when the package does not hold or no authority answered (what is missing is in the queue then), Conflict when `out`
    exists.
    """
    if not desk.settings.tsa_urls:
        raise BadInput("没有设时间戳机构（MINGCHA_TSA_URL、MINGCHA_TSA_CA），没有可补的时间戳")
    checked = verify_package(package, home=desk.home)
    if not (checked.ok and checked.trusted):
        raise EvidenceError(f"{package.name} 不是本机导出的完好证据包，不补时间戳；请先用 mingcha verify 核验")
    case, digests = _stamped(package)
    with desk.store.read() as tx:
        agency = agency_of(desk, tx)
    stamper = Stamper(desk, agency=agency)
    had = {digest: [one for one in found if not one.own] for digest, found in stamper.stamp(digests).items()}
    tokens = {f"{digest}/{one.name}.tsr": one.token for digest, found in had.items() for one in found}
    if not tokens:
        raise EvidenceError("时间戳机构都没有给出时间戳，已记入补时间戳的任务；过些时候再执行一次")
    roots = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in authority_roots(desk))
    guide = _GUIDE.format(package=package.name, sha256=sum_of(package)).encode()
    files = {standalone.LATER_GUIDE: guide, standalone.TSA_CHAIN: roots, **tokens}
    with new_file(out) as part:
        with zipfile.ZipFile(part, "w") as archive:
            for name in sorted(files):
                info = zipfile.ZipInfo(name, _DATE)
                info.external_attr = 0o100644 << 16
                archive.writestr(info, files[name])
        again = verify_package(package, home=desk.home, stamps=part)
        if not again.ok:
            raise EvidenceError(f"补到的时间戳与证据包不符：{again.faults[0].message}")
        with desk.store.transaction() as tx:
            audit.record(
                tx,
                actor=user,
                action="case.stamps",
                object_type="case",
                object_id=case,
                sha256=sum_of(package),
                stamps_sha256=sum_of(part),
            )
    return MadeStamps(got=len(tokens), files=len(had), lacking=sum(not found for found in had.values()))


def _stamped(package: Path) -> tuple[str, set[str]]:
    """The case, and the digests of what of its package is stamped."""
    with package.open("rb") as source:
        opened, _ = open_package(source, package.name)
        if opened is None:
            raise EvidenceError(f"{package.name} 读不出来")
        pairs, _ = standalone.stamped_files(set(opened.names))
        return opened.top, {sha256_of(opened.open(file)) for _, file in pairs}
