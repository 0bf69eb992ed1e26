"""The desk: one HOME, its database, keys and kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import desk as desk_module
from pipelines.config import Settings, read_settings
from pipelines.desk import DEMO_MARK, KIND, is_demo, open_desk
from pipelines.errors import ConfigError, NoData
from pipelines.store import open_store, upgrade
from tests.factories import add_listing, user


def settings_for(home: Path, url: str = "") -> Settings:
    return read_settings({}, home=home, database_url=url)


def test_a_new_home_is_made_private_with_keys_that_stay(tmp_path: Path) -> None:
    home = tmp_path / "new"
    with open_desk(settings_for(home)) as first:
        assert home.stat().st_mode & 0o777 == 0o700
        assert (len(first.keys.contact_hmac), len(first.keys.contact_key)) == (32, 32)
        assert first.keys.contact_hmac != first.keys.contact_key
        assert first.blobs.root == home / "blobs"
        assert not is_demo(first)
        assert first.keys.contact_key.hex() not in repr(first)
    with open_desk(settings_for(home), create=False) as second:
        assert second.keys == first.keys


def test_a_missing_database_is_not_made_without_being_asked(tmp_path: Path) -> None:
    with pytest.raises(NoData, match=f"数据目录 {tmp_path}/new 里没有数据；.*mingcha db upgrade.*var/demo"):
        open_desk(settings_for(tmp_path / "new"), create=False)
    assert not (tmp_path / "new").exists()


def test_reading_an_empty_home_makes_nothing(home: Path) -> None:
    """A database that was only migrated: no secrets are made, no kind is written."""
    sqlite_url = f"sqlite:///{home / 'mingcha.db'}"
    upgrade(sqlite_url)
    with pytest.raises(ConfigError, match=r"contact\.hmac"):
        open_desk(settings_for(home, sqlite_url), create=False)
    assert not (home / "secrets").exists()
    with open_store(sqlite_url).read() as tx:
        assert tx.settings.get(KIND) is None


def test_where_the_demo_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "PROJECT_ROOT", tmp_path)
    monkeypatch.setattr(desk_module, "DEMO_HOME", tmp_path / "var" / "demo")
    with pytest.raises(NoData, match="由 make run 建在 var/demo"):
        open_desk(settings_for(tmp_path / "var"), create=False)
    (tmp_path / "var" / "demo").mkdir(parents=True)
    (tmp_path / "var" / "demo" / DEMO_MARK).touch()
    with pytest.raises(NoData, match="请在命令前加 MINGCHA_HOME=var/demo"):
        open_desk(settings_for(tmp_path / "var"), create=False)


@pytest.mark.parametrize("create", [True, False])
def test_lost_secrets_are_never_made_anew_over_data(home: Path, create: bool) -> None:
    """New keys could not read the contacts that are stored, and nobody would notice for weeks."""
    with open_desk(settings_for(home)) as desk, desk.store.transaction() as tx:
        tx.users.add(user())
    (home / "secrets" / "contact.key").unlink()
    with pytest.raises(ConfigError, match=r"contact\.key .*请从备份恢复"):
        open_desk(settings_for(home), create=create)
    assert not (home / "secrets" / "contact.key").exists()


@pytest.mark.parametrize("first_is_demo", [True, False])
def test_demo_and_real_data_never_share_a_database(tmp_path: Path, any_url: str, first_is_demo: bool) -> None:
    homes = {True: tmp_path / "demo", False: tmp_path / "real"}
    for home in homes.values():
        home.mkdir()
    (homes[True] / DEMO_MARK).touch()
    with open_desk(settings_for(homes[first_is_demo], any_url)) as desk, desk.store.transaction() as tx:
        add_listing(tx)
    with pytest.raises(ConfigError, match="演示"):
        open_desk(settings_for(homes[not first_is_demo], any_url))
    with open_desk(settings_for(homes[first_is_demo], any_url)) as desk:
        assert is_demo(desk) is first_is_demo


def test_an_empty_home_may_still_become_a_demo_but_not_one_with_users(home: Path) -> None:
    open_desk(settings_for(home)).close()
    (home / DEMO_MARK).touch()
    with open_desk(settings_for(home)) as desk, desk.store.transaction() as tx:
        tx.users.add(user())
    (home / DEMO_MARK).unlink()
    with pytest.raises(ConfigError):
        open_desk(settings_for(home))
