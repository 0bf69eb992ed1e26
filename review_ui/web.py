"""What every view holds: the desk, the templates, and this HOME's signing key for short-lived tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from fastapi import Request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from jinja2 import Environment

from pipelines.desk import Desk
from pipelines.enforcement.audit_log import ChainWatch
from review_ui.thumbnails import Thumbnails


@dataclass(frozen=True, kw_only=True)
class Web:
    """Handed to the views through app.state."""

    desk: Desk
    templates: Environment
    #: Signs log-in forms, notices and contact grants, which live for minutes, and the numbers of known browsers.
    key: bytes
    thumbnails: Thumbnails
    #: How far the audit chain has been checked since this process started.
    chain: ChainWatch

    @property
    def secure(self) -> bool:
        """Whether cookies go over https only."""
        return bool(self.desk.settings.public_url)

    def sign(self, purpose: str, value: object) -> str:
        return str(URLSafeTimedSerializer(self.key, salt=purpose).dumps(value))

    def unsign(self, purpose: str, token: str, *, max_age: int) -> object | None:
        """The signed value, or None when the token is old, for something else, or not ours."""
        try:
            return cast(object, URLSafeTimedSerializer(self.key, salt=purpose).loads(token, max_age=max_age))
        except BadSignature:
            return None


def web_of(request: Request) -> Web:
    return cast(Web, request.app.state.web)
