"""Opening the desk for one command, and printing its answers."""

from __future__ import annotations

import getpass
import io
import json
import unicodedata
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stderr
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from pipelines import audit
from pipelines.config import read_settings
from pipelines.desk import Desk, open_desk
from pipelines.errors import BadInput, NotFound, Refused
from pipelines.records import User

#: A lead's number; both databases refuse larger ones.
LEAD_ID = click.IntRange(1, 2**31 - 1)


@contextmanager
def command_desk(*, create: bool = False, typed: bool = True) -> Iterator[Desk]:
    """The desk of the configured HOME, closed at the end. Only a command that brings something in may `create` one; to
    the others a HOME that is not there is a mistyped one. Audit events of what is `typed` by a person carry the account
    of the system. Raises ConfigError or StoreError with the mend."""
    desk = open_desk(read_settings(), create=create)
    try:
        with audit.typed_by(os_account()) if typed else nullcontext():
            yield desk
    finally:
        desk.store.close()


def acting_user(desk: Desk, name: str) -> User:
    """The enabled user named by --as. Raises NotFound or Refused."""
    with desk.store.read() as tx:
        user = tx.users.get(name)
    if user is None:
        raise NotFound(f"没有用户 {name}；用 mingcha user list 查看")
    if user.disabled:
        raise Refused(f"用户 {name} 已停用")
    return user


def deciding_user(desk: Desk, name: str) -> User:
    """The same, for a command that enters what an officer decides. Raises Refused too where the settings leave that to
    the pages alone."""
    if not desk.settings.cli_decisions:
        raise Refused("命令行审核已关闭（MINGCHA_CLI_DECISIONS=false），请在审核界面操作")
    return acting_user(desk, name)


def source_called(desk: Desk, word: str) -> str:
    """The name of the stored source that people call so by its Chinese title; a word that is no title stays as it is.
    Raises BadInput when several sources have that title."""
    word = word.strip()
    with desk.store.read() as tx:
        known = tx.sources.list()
    names = [source.name for source in known if source.title == word]
    if len(names) > 1 and word not in {source.name for source in known}:
        raise BadInput(f"叫“{word}”的来源有几个，请写代号：{'、'.join(names)}")
    return names[0] if len(names) == 1 else word


def os_account() -> str:
    """The account of the operating system that typed the command."""
    return getpass.getuser()


def without_asides() -> AbstractContextManager[Any]:
    """Nothing reaches stderr meanwhile: warcio writes English asides there about damage that our faults name."""
    return redirect_stderr(io.StringIO())


def print_json(value: Any) -> None:
    """One JSON value on stdout, Chinese readable."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_line(value: Any) -> None:
    """One JSON object as one line on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False))


def print_table(table: Table) -> None:
    """A table on stdout, its cells whole and as they are: what is too wide goes on below instead of ending in dots, and
    square brackets and colons of a page's title are no markup."""
    for column in table.columns:
        column.overflow = "fold"
    Console(markup=False, emoji=False, highlight=False).print(table)


def plain(text: str) -> str:
    """One line fit for a terminal: control and formatting characters of hostile texts are shown, not acted on; the wide
    and unbreakable spaces that pages are full of become plain ones."""
    return "".join(_shown(char) for char in text)


def _shown(char: str) -> str:
    if char.isprintable():
        return char
    return " " if unicodedata.category(char) == "Zs" else char.encode("unicode_escape").decode()
