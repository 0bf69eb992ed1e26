"""The engineer's handbook (docs/部署手册.md): its commands exist, its tables are true, its backup can be restored."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

import mingcha
from pipelines.backup import PARTS, restore
from pipelines.config import PREFIX, Settings, read_settings
from pipelines.desk import Desk, open_desk
from pipelines.enforcement.permissions import ACTION_NAMES, ALLOWED, ROLE_NAMES
from pipelines.enforcement.users import create_user
from pipelines.errors import BadInput, Conflict
from pipelines.evidence.verify import verify_package
from pipelines.ingest.contact_vault import ContactVault
from pipelines.records import Role
from tests.postgres import PostgresServer

ROOT = Path(__file__).resolve().parents[2]
HANDBOOK = ROOT / "docs" / "部署手册.md"
PROGRAM = Path(sys.executable).with_name("mingcha")
AD = "初三数学物理一对一补课，周六上午，每小时200元，名师在职任教，联系电话13812345678，欢迎咨询报名"


def _text() -> str:
    return HANDBOOK.read_text(encoding="utf-8")


def _block(name: str) -> str:
    """The commands of the block that opens with ```sh NAME."""
    found = re.search(rf"^```sh {name}\n(.*?)^```$", _text(), re.M | re.S)
    assert found, name
    return found.group(1)


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_in_the_handbook(name: str) -> None:
    assert f"`{PREFIX}{name.upper()}`" in _text()


def test_no_setting_is_in_the_handbook_that_does_not_exist() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    assert set(re.findall(rf"{PREFIX}[A-Z_]*[A-Z]", _text())) <= known


def test_every_command_of_the_handbook_exists() -> None:
    typed = re.findall(r"mingcha ((?:[a-z]+)(?: [a-z]+)?)(.*)", _text())
    commands = [(words.split(), rest) for words, rest in typed if words.split()[0] in mingcha.cli.commands]
    assert len(commands) > 25
    for words, rest in commands:
        command: click.Command = mingcha.cli
        for word in words:
            if isinstance(command, click.Group):
                assert word in command.commands, words
                command = command.commands[word]
        options = {name for param in command.params for name in param.opts}
        assert set(re.findall(r"(--[a-z-]+)", rest.split("`")[0])) <= options, (words, rest)


@pytest.mark.parametrize("document", ["部署手册.md", "使用手册.md"])
@pytest.mark.parametrize("role", list(Role))
def test_the_roles_are_what_the_program_allows(document: str, role: Role) -> None:
    may = "、".join(ACTION_NAMES[action] for action, roles in ALLOWED.items() if role in roles)
    rows = (ROOT / "docs" / document).read_text(encoding="utf-8").splitlines()
    assert [row for row in rows if row.startswith(f"| {ROLE_NAMES[role]} |") and row.endswith(f"| {may} |")]


def test_the_handbook_knows_all_that_lies_in_home_and_saves_what_cannot_be_remade() -> None:
    packages = ("pipelines", "crawlers", "review_ui")
    sources = [path.read_text(encoding="utf-8") for package in packages for path in (ROOT / package).rglob("*.py")]
    names = {name for source in sources for name in re.findall(r"\bhome(?:_path)? / f?\"([\w.]+)", source)}
    names |= {"warc", "DEMO"}  # named otherwise
    assert len(names) > 9
    listed = re.search(r"^数据目录里有：\n(.*?)\n\n没有", _text(), re.M | re.S)
    assert listed
    assert [name for name in sorted(names) if f"`{name}" not in listed.group(1)] == []
    saved = {*PARTS, "audit"}
    rebuilt = {"cache", "locks", "tmp", "login.txt", "sandbox.ports", "demo.log", "mingcha.db"}
    assert sorted(names - saved - rebuilt) == []


def _units() -> dict[str, str]:
    """systemd units of the handbook: file name → content."""
    return dict(re.findall(r"`(mingcha[a-z-]*\.(?:service|timer))`[^\n]*：\n\n```ini\n(.*?)```", _text(), re.S))


def test_the_units_are_whole_and_are_those_that_are_shipped() -> None:
    units = _units()
    shipped = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "deploy").glob("mingcha*")}
    assert units == shipped
    assert set(units) == {"mingcha.service", "mingcha-worker.service"}
    for content in units.values():
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str  # type: ignore[assignment,method-assign]  # keys keep their case
        unit.read_string(content)
        assert "/opt/mingcha/.venv/bin/mingcha" in unit["Service"]["ExecStart"]
        assert unit["Service"]["User"] == "mingcha"
        assert unit["Service"]["EnvironmentFile"] == "/etc/mingcha.env"
        # Whatever ends it, it comes back soon.
        assert unit["Service"]["Restart"] == "always"
        assert int(unit["Service"]["RestartSec"]) <= 2


@pytest.fixture
def office(home: Path, any_url: str) -> Desk:
    """A HOME in use: one lead with a contact, decided, in a case."""
    settings = read_settings({}, home=home, database_url=any_url)
    with open_desk(settings) as desk:
        create_user(desk, "yuan", "correct-horse-1949", roles=[Role.OFFICER, Role.SUPERVISOR])
    rows = home.parent / "rows.jsonl"
    rows.write_text(json.dumps({"text": AD}, ensure_ascii=False) + "\n", encoding="utf-8")
    for words in (
        ("intake", str(rows)),
        ("decide", "1", "--verdict", "confirm", "--as", "yuan"),
        ("case", "open", "1", "--as", "yuan"),
    ):
        assert _typed(settings, *words).exception is None
    return open_desk(settings, create=False)


def _typed(settings: Settings, *words: str, **environ: str) -> Result:
    env = {"MINGCHA_HOME": str(settings.home), "MINGCHA_DATABASE_URL": settings.database_url, **environ}
    return CliRunner(env=env).invoke(mingcha.cli, list(words), standalone_mode=False)


def _follow_here(name: str, settings: Settings, folder: Path, **environ: str) -> str:
    """The commands of a block in this process, until one fails: where the shell around them is tested by another test,
    starting each is most of what it costs. What they said."""
    said = ""
    for line in _block(name).replace("/srv/", f"{folder}/").splitlines():
        program, *words = shlex.split(line)
        if program == ".venv/bin/mingcha":
            done = _typed(settings, *(word.replace("$B", environ.get("B", "$B")) for word in words), **environ)
            assert words == ["doctor"] or (done.exception is None and not done.return_value), done.output
            said += done.output
    return said


def _follow(name: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a block as printed, only with this checkout and folders of the test in place of the handbook's."""
    script = _block(name)
    for printed, ours in (
        ("/opt/mingcha", str(ROOT)),
        ("/srv/", f"{folder}/"),
        (".venv/bin/mingcha doctor", f"{PROGRAM} doctor || true"),  # what it thinks of this machine is its own affair
        (".venv/bin/mingcha", str(PROGRAM)),
        (".venv/bin/python", sys.executable),
    ):
        script = script.replace(printed, ours)
    return subprocess.run(
        ["bash", "-c", script],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )


def _state(settings: Settings) -> dict[str, Any]:
    """What must come back: the lead with everything about it, its contact in clear, the audit log."""
    with open_desk(settings, create=False) as desk, desk.store.read() as tx:
        vault = ContactVault(desk.keys)
        contacts = [(row.id, row.kind, vault.reveal(row)) for row in tx.contacts.of_listing(1)]
        events = tx.audit.all()
        people = [(row.name, row.roles, row.password_hash) for row in tx.users.list()]
    lead = json.loads(_typed(settings, "lead", "1", "--json").stdout)
    return {"lead": lead, "contacts": contacts, "audit": events, "people": people}


def test_a_backup_made_as_printed_is_restored_as_printed(
    office: Desk, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    kind = office.store.dialect
    server: PostgresServer | None = None
    if kind == "postgresql":
        server = request.getfixturevalue("postgres_server")
    tools = server.binaries if server else None
    package = tmp_path / "case.zip"
    case = json.loads(_typed(office.settings, "case", "list", "--json").stdout)[0]["id"]
    assert _typed(office.settings, "case", "export", case, "--out", str(package)).exception is None
    before = _state(office.settings)
    logged = before.pop("audit")
    assert before["contacts"]
    work = tmp_path / "srv"
    work.mkdir()
    url = office.settings.effective_database_url
    given = {"MINGCHA_HOME": str(office.home), "MINGCHA_DATABASE_URL": url}
    # The desk is open, as the service would be. A shell follows the handbook on SQLite, this process on PostgreSQL.
    if server is not None:
        path = {"PATH": f"{tools}:{os.environ['PATH']}"}
        backup = Path(_follow_here("backup", office.settings, work, **path, **given).splitlines()[0])
    else:
        made = _follow("backup", work, **given)
        assert made.returncode == 0, made.stderr
        backup = Path(made.stdout.strip())
    assert {path.name for path in backup.iterdir()} >= {"blobs", "warc", "secrets", "SHA256SUMS"}
    private = [backup, *(path for path in backup.rglob("*") if path.parent.name != "trust")]  # certificates are public
    assert [path for path in private if path.stat().st_mode & 0o077] == []
    office.close()
    shutil.rmtree(office.home)
    restored = work / "mingcha-restored"
    new_url = f"sqlite:///{restored}/mingcha.db"
    if server is not None:
        server.drop(url)
        new_url = server.empty_url()
    victim = next(path for path in (backup / "blobs").rglob("*") if path.is_file())
    whole = victim.read_bytes()
    victim.write_bytes(whole + b" ")
    settings = read_settings({}, home=restored, database_url=new_url)
    refused = _typed(settings, "db", "restore", str(backup)).exception
    assert isinstance(refused, BadInput)
    assert not restored.exists()  # a damaged backup is refused before anything is put back
    victim.write_bytes(whole)
    (backup / "blobs" / "added").write_bytes(b"")
    with pytest.raises(BadInput, match="备份不完整或被改动，没有恢复：blobs/added"):
        restore(settings, backup)
    (backup / "blobs" / "added").unlink()
    if server is not None:
        said = _follow_here("restore", settings, work, B=str(backup), **path)
    else:
        done = _follow("restore", work, B=str(backup), RESTORED_URL=new_url)
        assert done.returncode == 0, done.stdout + done.stderr
        said = done.stderr
    assert "审计链完整" in said
    with pytest.raises(Conflict, match="里已有数据"):
        restore(settings, backup)
    for part in (*PARTS, "audit"):
        for path in (backup / part).rglob("*"):
            if path.is_file() and path.name != "heads.jsonl":  # looking after it notes a head more
                assert (restored / path.relative_to(backup)).read_bytes() == path.read_bytes()

    after = _state(settings)
    log = after.pop("audit")
    assert log[: len(logged)] == logged  # looking, here and above, is logged too
    assert after == before
    old = verify_package(package, trust=(), home=restored)  # the station is still the one that signed it
    assert (old.ok, old.trusted) == (True, True)
    assert _typed(settings, "case", "export", case, "--out", str(tmp_path / "again.zip")).exception is None
    assert verify_package(tmp_path / "again.zip", trust=(), home=restored).trusted
