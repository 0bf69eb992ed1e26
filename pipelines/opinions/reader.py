"""Asking the second reader: one chat completion over HTTP, bounded in time, size and tries."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import httpx
from pydantic import BaseModel, Field, ValidationError

from pipelines import clock
from pipelines.config import Settings
from pipelines.errors import ConfigError
from pipelines.opinions.endpoint import Route, find_route
from pipelines.opinions.faults import (
    AddressRefused,
    Busy,
    CertificateRefused,
    Denied,
    HttpFailed,
    NotJson,
    ReaderFault,
    Redirected,
    TimedOut,
    TooLarge,
    Unreachable,
)
from pipelines.opinions.prompt import SCHEMA
from pipelines.outbound import posted

#: Bytes of an answer; a long one with its thoughts has some 20,000.
MAX_ANSWER = 256 * 1024
#: Tokens the reader may write, thoughts included.
MAX_TOKENS = 2048
TRIES = 3
#: Seconds before the second and the third try, when the other side names none.
PAUSES = (1.0, 4.0)
#: Who asks for a longer wait than this is left alone until the next run.
MAX_PAUSE = 30.0
#: How servers without `response_format: json_schema` say so.
_NO_SCHEMA = frozenset({400, 404, 415, 422, 501})

_BUSY = frozenset({429, 502, 503, 504})


class Ask(Protocol):
    """Messages in, what the reader wrote out; raises ReaderFault."""

    def __call__(self, messages: list[dict[str, str]]) -> str: ...


class _Message(BaseModel):
    content: str


class _Choice(BaseModel):
    message: _Message


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)


@dataclass(frozen=True, kw_only=True)
class _Reply:
    status: int
    retry_after: float | None
    body: bytes


class Reader:
    """The configured second reader. Raises ConfigError when none is."""

    def __init__(self, settings: Settings, *, sleep: Callable[[float], None] = time.sleep) -> None:
        if not settings.reader_url:
            raise ConfigError("没有启用第二读者；请设置 MINGCHA_READER_URL 和 MINGCHA_READER_MODEL")
        self.model = settings.reader_model
        self._settings = settings
        self._sleep = sleep
        self._with_schema = True

    def __call__(self, messages: list[dict[str, str]]) -> str:
        """What the reader wrote. Passing faults are tried again after a pause; raises ReaderFault in the end."""
        for pause in (*PAUSES, None):
            try:
                return self._ask(messages)
            except ReaderFault as fault:
                wait = pause if fault.retry_after is None or pause is None else max(pause, fault.retry_after)
                if not fault.passing or wait is None or wait > MAX_PAUSE:
                    raise
            self._sleep(wait)
        raise AssertionError("the last try returns or raises")

    def _ask(self, messages: list[dict[str, str]]) -> str:
        reply = self._post(self._payload(messages, schema=self._with_schema))
        if self._with_schema and reply.status in _NO_SCHEMA:
            # Older servers refuse the field. Where leaving it out helps, it stays out for the rest of the run.
            plain = self._post(self._payload(messages, schema=False))
            if plain.status == httpx.codes.OK:
                self._with_schema = False
            reply = plain
        _check_status(reply)
        try:
            return _Completion.model_validate_json(reply.body).choices[0].message.content
        except ValidationError as exc:
            raise NotJson from exc

    def _payload(self, messages: list[dict[str, str]], *, schema: bool) -> bytes:
        asked: dict[str, Any] = {
            "model": self.model,
            "messages": messages,
            "temperature": 0,
            "max_tokens": MAX_TOKENS,
            "stream": False,
        }
        if schema:
            shape = {"name": "opinion", "strict": True, "schema": SCHEMA}
            asked["response_format"] = {"type": "json_schema", "json_schema": shape}
        return json.dumps(asked, ensure_ascii=False).encode("utf-8", "replace")

    def _post(self, payload: bytes) -> _Reply:
        settings = self._settings
        route = find_route(f"{settings.reader_url}/chat/completions", public=settings.reader_public)
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        if settings.reader_key:
            if not (route.loopback or route.url.startswith("https:")):
                raise AddressRefused("密钥不能经 http 发到别的机器")
            headers["Authorization"] = f"Bearer {settings.reader_key}"
        with _translated():
            return asyncio.run(_exchange(route, headers, payload, settings.reader_timeout))


async def _exchange(route: Route, headers: dict[str, str], payload: bytes, seconds: float) -> _Reply:
    async with posted(route, payload, headers, seconds=seconds, verify=_tls(route)) as response:
        body = bytearray()
        if response.status_code == httpx.codes.OK:
            if response.headers.get("content-encoding", "identity") != "identity":
                raise NotJson
            async for part in response.aiter_raw():
                body += part
                if len(body) > MAX_ANSWER:
                    raise TooLarge
        return _Reply(status=response.status_code, retry_after=_retry_after(response), body=bytes(body))


def _tls(route: Route) -> ssl.SSLContext:
    """The system's trust; on this machine itself any certificate will do."""
    if not route.url.startswith("https:"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.create_default_context()
    if route.loopback:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (TimeoutError, httpx.TimeoutException) as exc:
        raise TimedOut from exc
    except httpx.HTTPError as exc:
        cause: BaseException | None = exc
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                raise CertificateRefused from exc
            cause = cause.__cause__ or cause.__context__
        raise Unreachable from exc


def _check_status(reply: _Reply) -> None:
    if reply.status == httpx.codes.OK:
        return
    if 300 <= reply.status < 400:
        raise Redirected
    if reply.status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise Denied
    if reply.status in _BUSY:
        raise Busy(retry_after=reply.retry_after)
    raise HttpFailed(reply.status)


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds, also where the header names a date; None when it says nothing usable."""
    said = response.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdecimal():
        return float(said[:9])
    try:
        moment = parsedate_to_datetime(said)
        return max(0.0, (moment - clock.now()).total_seconds())
    except (TypeError, ValueError):
        return None
