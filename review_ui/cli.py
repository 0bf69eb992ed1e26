"""`mingcha serve`, `user` and `demo`."""

from __future__ import annotations

import contextlib
import json
import socket
import sys
from collections.abc import Iterator

import click
import uvicorn

from pipelines.config import Settings, read_settings
from pipelines.desk import Desk, open_desk
from pipelines.enforcement import users
from pipelines.enforcement.permissions import ROLE_NAMES
from pipelines.errors import BadInput, ConfigError
from pipelines.records import Role
from review_ui.bind import check_bind
from review_ui.demo import demo


def commands() -> list[click.Command]:
    return [serve, user, demo]


@click.command()
def serve() -> None:
    """Serve the review pages (127.0.0.1 unless MINGCHA_HOST says otherwise)."""
    settings = read_settings()
    with _desk(settings) as desk:
        check_bind(settings, desk)
        with contextlib.closing(listening_socket(settings)) as sock:
            click.echo(f"审核界面：{address(settings)}", err=True)
            with contextlib.suppress(KeyboardInterrupt):
                make_server(desk).run(sockets=[sock])


@click.group()
def user() -> None:
    """Users who may log in."""


@user.command("add")
@click.argument("name")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="May be given several times.",
)
def add(name: str, roles: tuple[str, ...]) -> None:
    """Add a user; the password is asked for, or read from stdin (one line), never taken from the command line."""
    with _desk(read_settings()) as desk:
        made = users.create_user(desk, name, _read_password(), roles=[Role(role) for role in roles])
    click.echo(f"用户 {made.name} 已建立：{_role_names(made.roles)}", err=True)


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(as_json: bool) -> None:
    """List users."""
    with _desk(read_settings()) as desk:
        rows = users.list_users(desk)
    if as_json:
        listed = [
            {
                "name": row.name,
                "roles": sorted(role.value for role in row.roles),
                "disabled": row.disabled,
                "demo": row.demo,
            }
            for row in rows
        ]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    for row in rows:
        marks = ("  已停用" if row.disabled else "") + ("  【演示】" if row.demo else "")
        click.echo(f"{row.name}  {_role_names(row.roles)}{marks}")


@user.command("disable")
@click.argument("name")
def disable(name: str) -> None:
    """Disable a user and end all sessions of that user."""
    with _desk(read_settings()) as desk:
        users.set_disabled(desk, name, True)
    click.echo(f"用户 {name} 已停用", err=True)


def make_server(desk: Desk) -> uvicorn.Server:
    """The server on this desk; it is given its sockets by whoever runs it."""
    # At run time: the other commands need no web framework.
    from review_ui.app import create_app

    behind_proxy = bool(desk.settings.public_url)
    config = uvicorn.Config(
        create_app(desk),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=behind_proxy,
        forwarded_allow_ips="127.0.0.1,::1" if behind_proxy else "",
        timeout_graceful_shutdown=5,
    )
    return uvicorn.Server(config)


def listening_socket(settings: Settings) -> socket.socket:
    """A bound socket. Raises ConfigError with the mend when the port is taken or the address is not ours."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((settings.host, settings.port))
        sock.listen(128)
    except OSError as exc:
        sock.close()
        raise ConfigError(
            f"不能监听 {settings.host}:{settings.port}（{exc.strerror}）；"
            f"端口被占用时请换一个，例如 MINGCHA_PORT={settings.port % 65535 + 1}"
        ) from exc
    return sock


def address(settings: Settings) -> str:
    """The address people open."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.public_url or f"http://{host}:{settings.port}"


@contextlib.contextmanager
def _desk(settings: Settings) -> Iterator[Desk]:
    desk = open_desk(settings)
    try:
        yield desk
    finally:
        desk.close()


def _read_password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("口令", hide_input=True, confirmation_prompt="再输一次"))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise BadInput("没有读到口令；请从标准输入给一行口令。")
    return line


def _role_names(roles: frozenset[Role]) -> str:
    return "、".join(ROLE_NAMES[role] for role in Role if role in roles)
