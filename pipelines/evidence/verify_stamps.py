"""The time stamps of a package: each of its file, from an authority of its chain, at a time that can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from cryptography import x509
from rfc3161_client import decode_timestamp_response

from pipelines.evidence import standalone
from pipelines.evidence.bag import sha256_of
from pipelines.evidence.certificates import read_certificates, read_pem
from pipelines.evidence.faults import Fault, told_by_checker
from pipelines.evidence.opened_package import OpenedPackage
from pipelines.evidence.tsa_client import NotStamped, read_token

_MAX_TOKEN = 1 << 20


def stamp_faults(
    package: OpenedPackage,
    authorities: Sequence[x509.Certificate],
    later: standalone.LaterStamps | None = None,
) -> tuple[list[Fault], list[str]]:
    """Faults and notes. With `authorities` given, one stamp of each stamped file, in the package or `later`, must lead
    to one of them."""
    pairs, told = standalone.stamped_files(set(package.names))
    faults = told_by_checker(told)
    if not pairs:
        return faults, []
    try:
        chain = read_pem(package.read(standalone.TSA_CHAIN))
    except ValueError:
        return [*faults, Fault(code="stamp.invalid", file=standalone.TSA_CHAIN, message="时间戳证书链读不出来")], []
    own = [one for one in chain if standalone.OWN_STAMP in one.subject.rfc4514_string()]
    times: dict[str, datetime] = {}
    owned: set[str] = set()
    vouched: dict[str, bool] = {}
    digests: dict[str, str] = {}
    for token, file in pairs:
        if file not in digests:
            digests[file] = sha256_of(package.open(file))
        fault = _one(package, token, file, digests[file], chain, times)
        if fault is not None:
            faults.append(fault)
        elif own and _leads(package.read(token), digests[file], own):
            owned.add(token)
        if authorities and token in times:
            vouched[file] = vouched.get(file, False) or _leads(package.read(token), digests[file], authorities)
    failed = {fault.file for fault in faults} & set(times)
    notes = standalone.stamp_notes(times, owned, checked=bool(authorities), failed=failed)
    if later is not None:
        faults += _later_faults(
            package, later, {sha256: file for file, sha256 in digests.items()}, authorities, vouched
        )
        notes.append(standalone.later_note(later, checked=bool(authorities)))
    for file in sorted(file for file, good in vouched.items() if not good):
        faults.append(Fault(code="stamp.untrusted", file=file, message="它的时间戳都不是由 --tsa-ca 所给的机构签发"))
    faults += told_by_checker(standalone.stamp_time_faults(times, package))
    return faults, notes


def _later_faults(
    package: OpenedPackage,
    later: standalone.LaterStamps,
    files: Mapping[str, str],
    authorities: Sequence[x509.Certificate],
    vouched: dict[str, bool],
) -> Iterator[Fault]:
    """`files`: SHA-256 → stamped file of the package; `vouched` is told which an authority given stamped."""
    try:
        chain = [found for one in later.chain for found in read_certificates(one)]
    except ValueError:
        yield Fault(code="stamp.invalid", file=standalone.TSA_CHAIN, message="补充时间戳的证书读不出来")
        return
    for name, sha256, der in later.tokens:
        if sha256 not in files:
            yield Fault(code="stamp.foreign", file=name, message=standalone.FAULTS["stamp.foreign"][0])
            continue
        try:
            imprint = decode_timestamp_response(der).tst_info.message_imprint.message.hex()
        except (ValueError, TypeError):
            yield Fault(code="stamp.damaged", file=name, message="不是可读的 RFC 3161 时间戳")
            continue
        if imprint != sha256:
            yield Fault(code="stamp.imprint", file=name, message=standalone.FAULTS["stamp.imprint"][0])
            continue
        try:
            moment = read_token(der, sha256, chain).at
        except NotStamped:
            yield Fault(code="stamp.invalid", file=name, message=standalone.FAULTS["stamp.invalid"][0])
            continue
        late = told_by_checker(standalone.later_time_fault(name, files[sha256], moment, package))
        yield from late
        if authorities and not late:
            vouched[files[sha256]] = vouched.get(files[sha256], False) or _leads(der, sha256, authorities)


def _one(
    package: OpenedPackage,
    token: str,
    file: str,
    sha256: str,
    chain: Sequence[x509.Certificate],
    times: dict[str, datetime],
) -> Fault | None:
    if package.size(token) > _MAX_TOKEN:
        return Fault(code="stamp.damaged", file=token, message="大得不合情理")
    der = package.read(token)
    try:
        told = decode_timestamp_response(der).tst_info
        times[token] = told.gen_time
        imprint = told.message_imprint.message.hex()
    except (ValueError, TypeError):
        return Fault(code="stamp.damaged", file=token, message="不是可读的 RFC 3161 时间戳")
    try:
        read_token(der, imprint, chain)
    except NotStamped:
        return Fault(code="stamp.invalid", file=token, message="不是 tsa-chain.pem 所列机构签发，或已被改动")
    if imprint != sha256:
        return Fault(code="stamp.imprint", file=token, message=f"不是 {file} 的时间戳：文件或时间戳被换")
    return None


def _leads(der: bytes, sha256: str, roots: Sequence[x509.Certificate]) -> bool:
    try:
        read_token(der, sha256, roots)
    except NotStamped:
        return False
    return True
