"""Whose desk this is: region code and agency, from the settings or asked once at first log-in."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines import audit
from pipelines.desk import Desk, agency_of, is_demo, region_of
from pipelines.divisions import NOWHERE, region_fault
from pipelines.enforcement.permissions import Action, require
from pipelines.errors import BadInput
from pipelines.records import User

MAX_AGENCY = 60


@dataclass(frozen=True, kw_only=True)
class Station:
    """Region code (6 digits) and agency; empty when not yet given."""

    region: str
    agency: str
    demo: bool

    @property
    def complete(self) -> bool:
        """A demo needs neither."""
        return self.demo or bool(self.region and self.agency)


def station(desk: Desk) -> Station:
    """The environment wins over what was asked."""
    with desk.store.read() as tx:
        region = region_of(desk, tx)
        agency = agency_of(desk, tx)
    return Station(region=region, agency=agency, demo=is_demo(desk))


def set_station(desk: Desk, *, region: str, agency: str, user: User) -> None:
    """Keep region code and agency. Raises BadInput, or Refused for anyone but an admin."""
    require(user, Action.SETTINGS)
    region, agency = region.strip(), " ".join(agency.split())
    if (fault := region_fault(region)) and not (region == NOWHERE and is_demo(desk)):
        raise BadInput(f"{fault}。")
    if not 2 <= len(agency) <= MAX_AGENCY or not agency.isprintable():
        raise BadInput(f"单位名称应为 2–{MAX_AGENCY} 字。")
    with desk.store.transaction() as tx:
        tx.settings.set("region", region)
        tx.settings.set("agency", agency)
        audit.record(tx, actor=user.name, action="settings.station", object_type="settings", object_id="station")
