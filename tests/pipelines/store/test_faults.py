"""A database that cannot be used says in one Chinese sentence where it was looked for, why not, and the mend."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from pipelines.errors import StoreError
from pipelines.store import open_store, status, upgrade
from tests.postgres import PostgresServer


def _refusal(url: str) -> str:
    with pytest.raises(StoreError) as caught:
        status(url)
    sentence = caught.value.message
    assert "\n" not in sentence
    assert "geheim" not in sentence
    assert not re.search(r"FATAL|failed|refused|does not", sentence)
    return sentence


def _silent_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_no_server_there() -> None:
    port = _silent_port()
    sentence = _refusal(f"postgresql+psycopg://u:geheim@127.0.0.1:{port}/mingcha")
    assert f"主机 127.0.0.1，端口 {port}，库 mingcha" in sentence
    assert "没有 PostgreSQL 在运行；请启动它" in sentence


def test_no_such_host() -> None:
    assert "主机 nowhere.invalid" in _refusal("postgresql+psycopg://u:geheim@nowhere.invalid/mingcha")


def test_a_server_that_does_not_answer_is_given_up() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen(1)  # takes the connection, says nothing
        url = f"postgresql+psycopg://u:geheim@127.0.0.1:{sock.getsockname()[1]}/mingcha?connect_timeout=2"
        assert "没有回音" in _refusal(url)


def test_no_such_database_or_user(postgres_server: PostgresServer) -> None:
    assert "没有这个库；请先建库：createdb" in _refusal(postgres_server.url("nothing_here"))
    stranger = postgres_server.url("postgres").replace("postgres@", "stranger:geheim@")
    assert "没有这个用户；请先建用户：createuser" in _refusal(stranger)


def test_a_connection_lost_later_is_told_too(postgres_server: PostgresServer) -> None:
    url = postgres_server.fresh_url()
    store = open_store(url)
    with store.read() as tx:
        tx.settings.get("x")
    postgres_server.drop(url)
    with pytest.raises(StoreError, match=r"连不上数据库（主机 .*没有这个库"), store.read() as tx:
        tx.settings.get("x")
    store.close()


def test_an_address_that_cannot_be_read() -> None:
    assert "MINGCHA_DATABASE_URL" in _refusal("postgresql+psycopg://u:geheim@h:port/db")


def test_a_damaged_or_unmakeable_sqlite_file(tmp_path: Path) -> None:
    (tmp_path / "bad.db").write_bytes(b"no database at all, only text\n" * 200)
    assert "数据库文件已损坏；请从备份恢复" in _refusal(f"sqlite:///{tmp_path}/bad.db")
    with pytest.raises(StoreError, match="建不了"):
        upgrade(f"sqlite:///{tmp_path}/bad.db/below.db")
