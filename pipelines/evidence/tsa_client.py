"""Asking a time-stamping authority over HTTP (RFC 3161 §3.4); what it answers is verified before it counts."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from pyasn1.codec.der.encoder import encode
from pyasn1_modules import rfc3161, rfc4055
from rfc3161_client import TimeStampResponse, VerificationError, VerifierBuilder, decode_timestamp_response

from pipelines import clock
from pipelines.errors import PipelineError
from pipelines.outbound import Route, find_route, posted

#: Seconds for one stamp from connecting to the end of the answer.
SECONDS = 10.0
#: Tokens are a few kilobytes.
_MAX_ANSWER = 256 << 10
#: Roots of one name that are tried one by one.
_MAX_TWINS = 8
#: A station whose clock differs by more than this would make packages whose dates contradict.
MAX_DIFFERENCE = timedelta(minutes=5)
_OK = 200
#: DER of the statuses "granted" and "granted with modifications", and of a PKIStatusInfo that says the first.
_GRANTED = (bytes.fromhex("020100"), bytes.fromhex("020101"))
_PLAIN_STATUS = bytes.fromhex("3003020100")


class NotStamped(PipelineError):
    """没有取得时间戳。"""


@dataclass(frozen=True, kw_only=True)
class Token:
    """A verified time stamp."""

    der: bytes
    at: datetime


def request_for(sha256: str) -> tuple[bytes, int]:
    """A TimeStampReq for this digest that wants the certificate back, and its nonce."""
    asked = rfc3161.TimeStampReq()
    asked["version"] = 1
    asked["messageImprint"]["hashAlgorithm"]["algorithm"] = rfc4055.id_sha256
    asked["messageImprint"]["hashedMessage"] = bytes.fromhex(sha256)
    nonce = secrets.randbits(63) | 1
    asked["nonce"] = nonce
    asked["certReq"] = True
    return bytes(encode(asked)), nonce


def ask(url: str, sha256: str, roots: Sequence[x509.Certificate]) -> Token:
    """Have the digest stamped there. Raises NotStamped, or another PipelineError for an address not to be called."""
    import httpx  # brings a command line of its own along: only who sends waits for it

    body, nonce = request_for(sha256)
    route = find_route(url, public=True, plain=True)  # the answer is signed, and only a digest goes out
    host = urlsplit(url).hostname
    try:
        status, answer = asyncio.run(_exchange(route, body))
    except (TimeoutError, httpx.HTTPError) as exc:
        raise NotStamped(f"{host} 没有应答（{type(exc).__name__}）") from exc
    if status != _OK:
        raise NotStamped(f"{host} 返回 HTTP {status}")
    token = read_token(answer, sha256, roots, nonce=nonce)
    apart = abs(token.at - clock.now())
    if apart > MAX_DIFFERENCE:
        minutes = round(apart.total_seconds() / 60)
        raise NotStamped(f"{host} 的时间与本机时钟相差 {minutes} 分钟；请先校准本机时钟")
    return token


def read_token(der: bytes, sha256: str, roots: Sequence[x509.Certificate], *, nonce: int | None = None) -> Token:
    """The token, verified: of this digest, signed by a certificate for stamping that leads to one of the roots. Kept is
    the token in a reply of its own that says "granted" and nothing else: what an authority, or whoever sits between,
    writes around it is signed by nobody. Raises NotStamped saying what does not hold."""
    try:
        der = _alone(der)
        response = decode_timestamp_response(der)
        at = response.tst_info.gen_time
        if response.tst_info.message_imprint.message.hex() != sha256:
            raise NotStamped("时间戳是给别的内容的")
        _verify(response, sha256, roots, nonce)
    except VerificationError as exc:
        raise NotStamped(f"时间戳核验不过：{exc}") from exc
    except (ValueError, TypeError) as exc:
        raise NotStamped("不是可读的 RFC 3161 时间戳，或被拒绝") from exc
    return Token(der=der, at=at)


def _verify(response: TimeStampResponse, sha256: str, roots: Sequence[x509.Certificate], nonce: int | None) -> None:
    """Raises VerificationError. Of several roots of one name (an authority, or a station, that changed its key) the
    library takes one by name, whichever: when all together do not do, each is tried by itself, first those that the
    token itself carries, known by their digest."""
    try:
        VerifierBuilder(roots=list(roots), nonce=nonce).build().verify(response, bytes.fromhex(sha256))
    except VerificationError:
        names = Counter(root.subject.public_bytes() for root in roots)
        carried = {hashlib.sha256(one).digest() for one in response.signed_data.certificates}
        twins = [root for root in roots if names[root.subject.public_bytes()] > 1]
        for root in sorted(twins, key=lambda one: one.fingerprint(hashes.SHA256()) not in carried)[:_MAX_TWINS]:
            others = [one for one in roots if one.subject != root.subject]
            try:
                VerifierBuilder(roots=[root, *others], nonce=nonce).build().verify(response, bytes.fromhex(sha256))
            except VerificationError:
                continue
            return
        raise


def _alone(reply: bytes) -> bytes:
    """The reply's token, byte for byte, behind the plain status. Raises ValueError for what is no such reply."""
    body, rest = _contents(reply)  # a TimeStampResp is a SEQUENCE of a status and the token
    status, token = _contents(body)
    _, more = _contents(token)
    if rest or more or status[:3] not in _GRANTED:
        raise ValueError("no granted token alone")
    inner = _PLAIN_STATUS + token
    return b"\x30" + _length(len(inner)) + inner


def _contents(der: bytes) -> tuple[bytes, bytes]:
    """What is in the SEQUENCE a text begins with, and what follows it. Raises ValueError for another kind."""
    if len(der) < 2 or der[0] != 0x30:
        raise ValueError("no SEQUENCE")
    size, start = der[1], 2
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(der[2:start], "big") if 2 < start <= 6 else -1
    if size < 0 or start + size > len(der):
        raise ValueError("cut short, or of no definite length")
    return der[start : start + size], der[start + size :]


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes([size])
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(digits)]) + digits


async def _exchange(route: Route, body: bytes) -> tuple[int, bytes]:
    async with posted(route, body, {"Content-Type": "application/timestamp-query"}, seconds=SECONDS) as response:
        answer = b""
        async for chunk in response.aiter_bytes():
            answer += chunk
            if len(answer) > _MAX_ANSWER:
                raise NotStamped("时间戳应答大得不合情理")
        return response.status_code, answer
