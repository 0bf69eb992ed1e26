"""`mingcha serve`, `user` and `demo`."""

from __future__ import annotations

import contextlib
import json
import socket
import sys
from collections.abc import Iterable

import click

from pipelines.cli.desk_for_command import command_desk
from pipelines.cli.named_choice import NamedChoice
from pipelines.config import read_settings
from pipelines.desk import open_desk
from pipelines.enforcement import users
from pipelines.enforcement.passwords import check_rules
from pipelines.enforcement.permissions import ACTION_NAMES, ALLOWED, ROLE_NAMES, Action
from pipelines.errors import BadInput, Conflict
from pipelines.log import set_up
from pipelines.records import Role, User
from pipelines.store import status as store_status
from review_ui.bind import check_address, check_bind
from review_ui.demo import demo
from review_ui.listening import address, listening_socket
from review_ui.supervise import Supervisor, web_child, worker_child

_ROLE = NamedChoice({role.value: ROLE_NAMES[role] for role in Role})


def commands() -> list[click.Command]:
    return [serve, user, demo]


@click.command()
@click.option("--socket", "inherited", type=int, hidden=True, help="由父进程传入的监听端口（供程序自己调用）。")
def serve(inherited: int | None) -> None:
    """打开审核界面并执行到点的任务（缺省只监听 127.0.0.1，可用 MINGCHA_HOST 更改）；子进程意外中断会自动重启。"""
    settings = read_settings()
    if inherited is not None:
        # Here: neither the parent nor another command needs a web framework.
        from review_ui.server import make_server, run_until_stopped

        with open_desk(settings) as desk, contextlib.closing(socket.socket(fileno=inherited)) as sock:
            run_until_stopped(make_server(desk), sock)
        return
    from pipelines.evidence.heads import note_head  # with certificates and time stamps: only a start needs it

    # Address and port first: a start that cannot be leaves no new HOME behind.
    check_address(settings)
    with contextlib.closing(listening_socket(settings)) as sock:
        with open_desk(settings) as desk:
            check_bind(settings, desk)
            nobody = not users.list_users(desk)
            note_head(desk, "start")
        set_up()
        if nobody:
            click.echo("还没有用户，谁也登录不了；请在另一个终端执行 mingcha user add 用户名 --role admin", err=True)
        click.echo(f"审核界面：{address(settings)}（数据目录 {settings.home_path}；按 Ctrl-C 停止）", err=True)
        Supervisor([web_child(sock), worker_child()]).run()


@click.group()
def user() -> None:
    """用户：添加、列表、停用。"""


@user.command("add")
@click.argument("name")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=_ROLE,
    help=f"角色，可重复给出几个：{_ROLE.listed()}。",
)
@click.option("--own-password", is_flag=True, help="口令由本人输入，只有本人知道：首次登录不必再改。")
def add(name: str, roles: tuple[str, ...], own_password: bool) -> None:
    """添加用户；口令在提示后输入，或从标准输入读一行，不接受写在命令行里；首次登录须先改口令。"""
    password = None
    if not store_status(read_settings().effective_database_url)["current"]:
        # Nothing is made where there is nothing yet, before there is a password to go on with.
        password = _read_password()
        check_rules(password, name=name)
    with command_desk(create=True) as desk:
        if name in {one.name for one in users.list_users(desk)}:  # before a password is asked for
            raise Conflict(f"用户 {name} 已经存在。")
        password = _read_password() if password is None else password
        made = users.create_user(desk, name, password, roles=[Role(role) for role in roles], given=not own_password)
        people = users.list_users(desk)
    first = "" if own_password else "；首次登录须先改口令"
    click.echo(f"用户 {made.name} 已建立：{_role_names(made.roles)}{first}", err=True)
    if idle := _nobody_may(people):
        click.echo(f"提醒：还没有人能使用{idle}", err=True)


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def list_(as_json: bool) -> None:
    """列出用户。"""
    with command_desk() as desk:
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
    """停用一个用户，并结束其所有登录。"""
    with command_desk() as desk:
        users.set_disabled(desk, name, True)
    click.echo(f"用户 {name} 已停用", err=True)


def _read_password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("口令", hide_input=True, confirmation_prompt="再输一次"))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise BadInput("没有读到口令；请从标准输入给一行口令。")
    return line


def _nobody_may(people: Iterable[User]) -> str:
    """What no enabled user may do yet, with the role it takes."""
    held = {role for person in people if not person.disabled for role in person.roles}
    idle = [action for action in Action if not held & ALLOWED[action]]
    takes = sorted({role for action in idle for role in ALLOWED[action]}, key=list(Role).index)
    if not idle:
        return ""
    options = "、".join(f"--role {role.value}（{ROLE_NAMES[role]}）" for role in takes)
    return f"“{'、'.join(ACTION_NAMES[action] for action in idle)}”，需要有人是 {options}"


def _role_names(roles: frozenset[Role]) -> str:
    return "、".join(ROLE_NAMES[role] for role in Role if role in roles)
