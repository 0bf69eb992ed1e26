"""Where the web may listen."""

from __future__ import annotations

from pipelines.config import Settings
from pipelines.desk import Desk
from pipelines.errors import Refused

_EVERYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104  # compared with, never bound by us


def check_address(settings: Settings) -> None:
    """Raises Refused when nobody could tell one host name from another there, whatever HOME holds."""
    if settings.host in _EVERYWHERE and not settings.public_url:
        raise Refused(
            "监听所有地址时必须设置 MINGCHA_PUBLIC_URL（https://…），否则无法核对主机名；"
            "或把 MINGCHA_HOST 改为具体地址。"
        )


def check_bind(settings: Settings, desk: Desk) -> None:
    """Raises Refused when this address would be unsafe, with the mend."""
    if settings.binds_loopback:
        return
    with desk.store.read() as tx:
        demo = sorted(user.name for user in tx.users.list() if user.demo)
    if demo:
        raise Refused(
            f"演示用户 {demo[0]} 还在，只能监听 127.0.0.1；请改回 MINGCHA_HOST=127.0.0.1，或换一个正式的 MINGCHA_HOME。"
        )
    check_address(settings)
