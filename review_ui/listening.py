"""The socket the web listens on: bound before anything else is done, so that a start that cannot be leaves nothing."""

from __future__ import annotations

import errno
import socket

from pipelines.config import Settings
from pipelines.errors import ConfigError, os_reason
from review_ui.port_user import port_user

#: Ports looked at for one to propose.
_TRIES = 20


class PortTaken(ConfigError):
    """端口已被占用。"""

    def __init__(self, settings: Settings) -> None:
        user = port_user(settings.port)
        mend = f"换一个端口，例如 MINGCHA_PORT={_free_behind(settings)}"
        if user is None:
            who = "端口已被占用，看不到是哪个程序，可能属于别的账号"
            mend = f"请{mend}"
        elif user.is_mingcha:
            who = f"端口已被占用：另一个明察正在用它，进程 {user.pid}，{user.command}"
            mend = f"要用那一个，直接打开 {address(settings)}；要换成这一个，先停掉它（kill {user.pid}）；或者{mend}"
        else:
            who = f"端口已被占用：进程 {user.pid}，{user.command}"
            mend = f"请{mend}，或先停掉那个程序（kill {user.pid}）"
        super().__init__(f"不能监听 {settings.host}:{settings.port}（{who}）；{mend}")


def listening_socket(settings: Settings) -> socket.socket:
    """A bound socket. Raises PortTaken, or ConfigError with the mend when the address is not ours."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((settings.host, settings.port))
        sock.listen(128)
    except OSError as exc:
        sock.close()
        if exc.errno == errno.EADDRINUSE:
            raise PortTaken(settings) from exc
        port = f"请换一个端口，例如 MINGCHA_PORT={_neighbour(settings.port)}，或改正 MINGCHA_HOST"
        # Another port helps nobody whose address is not this machine's.
        ours = not isinstance(exc, socket.gaierror) and exc.errno != errno.EADDRNOTAVAIL
        mend = port if ours else "请改正 MINGCHA_HOST，例如 MINGCHA_HOST=127.0.0.1（只供本机）"
        raise ConfigError(f"不能监听 {settings.host}:{settings.port}（{_why(exc)}）；{mend}") from exc
    return sock


def _free_behind(settings: Settings) -> int:
    """A port behind the configured one that is free now; the next one when none of twenty is."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    for port in range(settings.port + 1, min(settings.port + _TRIES, 65535) + 1):
        with socket.socket(family, socket.SOCK_STREAM) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind((settings.host, port))
                sock.listen(1)
            except OSError:
                continue
            return port
    return _neighbour(settings.port)


def _neighbour(port: int) -> int:
    """Another port to try."""
    return port % 65535 + 1


def _why(exc: OSError) -> str:
    return "没有这个主机名" if isinstance(exc, socket.gaierror) else os_reason(exc)


def address(settings: Settings) -> str:
    """The address people open."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.public_url or f"http://{host}:{settings.port}"
