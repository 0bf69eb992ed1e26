"""Cases: accepted leads taken on together, and the evidence packages made of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines import audit, clock
from pipelines.desk import Desk, is_demo
from pipelines.enforcement.permissions import Action, require
from pipelines.errors import BadInput, Conflict, NotFound
from pipelines.records import Case, Lead, LeadStatus, PageOf, User

MAX_LEADS = 200
MAX_TITLE = 80
_PACKAGE_NAME = re.compile(r"AJ-\d{4}-\d{4,}-\d{8}T\d{6}-[0-9a-f]{6}\.zip")


@dataclass(frozen=True, kw_only=True)
class Package:
    """An evidence package made here earlier."""

    name: str
    size: int
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """A case with what its page shows."""

    case: Case
    leads: tuple[Lead, ...]
    packages: tuple[Package, ...]


def open_case(desk: Desk, lead_ids: Sequence[int], *, user: User, title: str | None = None) -> Case:
    """Open a case of accepted leads. Raises BadInput, NotFound, or Conflict when one is in another case."""
    require(user, Action.CASES)
    wanted = tuple(dict.fromkeys(lead_ids))
    if not wanted or len(wanted) > MAX_LEADS:
        raise BadInput(f"请选 1–{MAX_LEADS} 条线索。")
    with desk.store.transaction() as tx:
        leads = []
        for lead_id in wanted:
            lead = tx.leads.get(lead_id)
            if lead is None:
                raise NotFound(f"没有线索 {lead_id}。")
            if lead.status is not LeadStatus.ACCEPTED:
                raise BadInput(f"线索 {lead_id} 还没有定为“线索成立”，不能立案。")
            taken = tx.cases.of_lead(lead_id)
            if taken is not None:
                raise Conflict(f"线索 {lead_id} 已在案件 {taken.id} 里。")
            leads.append(lead)
        case = tx.cases.open(wanted, _title(title, leads), user.name, clock.now(), is_demo(desk))
        audit.record(tx, actor=user.name, action="case.open", object_type="case", object_id=case.id, leads=list(wanted))
    return case


def page(desk: Desk, *, user: User, after: str | None = None, limit: int = 50) -> PageOf[Case]:
    """The cases, newest first."""
    require(user, Action.CASES)
    with desk.store.read() as tx:
        return tx.cases.page(after, limit)


def view(desk: Desk, case_id: str, *, user: User) -> CaseView:
    """A case with its leads and packages; the look is logged."""
    require(user, Action.CASES)
    with desk.store.transaction() as tx:
        case = tx.cases.get(case_id)
        if case is None:
            raise NotFound(f"没有案件 {case_id[:40]}。")
        leads = tuple(lead for lead_id in case.lead_ids if (lead := tx.leads.get(lead_id)) is not None)
        audit.record(tx, actor=user.name, action="case.view", object_type="case", object_id=case.id)
    return CaseView(case=case, leads=leads, packages=_packages(desk, case.id))


def export(desk: Desk, case_id: str, *, user: User) -> Package:
    """Make an evidence package under HOME/exports; export_case logs it."""
    # At run time: the report's PDF library takes a second to load, which every page would pay.
    from pipelines.evidence.bundle import export_case

    require(user, Action.EXPORT)
    with desk.store.read() as tx:
        case = tx.cases.get(case_id)
    if case is None:
        raise NotFound(f"没有案件 {case_id[:40]}。")
    folder = _folder(desk, case.id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    stamp = clock.local(clock.now()).strftime("%Y%m%dT%H%M%S")
    out = folder / f"{case.id}-{stamp}-{clock.new_id()[:6]}.zip"
    export_case(desk, case.id, out, user=user.name)
    return _package(out)


def package_path(desk: Desk, case_id: str, name: str, *, user: User) -> Path:
    """The file of a package made earlier; the download is logged."""
    require(user, Action.EXPORT)
    with desk.store.transaction() as tx:
        case = tx.cases.get(case_id)
        known = case is not None and name in {package.name for package in _packages(desk, case_id)}
        if not known:
            raise NotFound("没有这个证据包。")
        audit.record(tx, actor=user.name, action="case.download", object_type="case", object_id=case_id, package=name)
    return _folder(desk, case_id) / name


def _title(title: str | None, leads: Sequence[Lead]) -> str:
    cleaned = " ".join((title or "").split())
    if len(cleaned) > MAX_TITLE:
        raise BadInput(f"案件名称最多 {MAX_TITLE} 字。")
    if cleaned:
        return cleaned
    first = leads[0].title.strip() or f"线索 {leads[0].id}"
    more = f" 等 {len(leads)} 条" if len(leads) > 1 else ""
    return first[: MAX_TITLE - 10] + more


def _folder(desk: Desk, case_id: str) -> Path:
    return desk.home / "exports" / case_id


def _packages(desk: Desk, case_id: str) -> tuple[Package, ...]:
    folder = _folder(desk, case_id)
    if not folder.is_dir():
        return ()
    found = [_package(path) for path in folder.iterdir() if _PACKAGE_NAME.fullmatch(path.name)]
    return tuple(sorted(found, key=lambda package: (package.made_at, package.name), reverse=True))


def _package(path: Path) -> Package:
    facts = path.stat()
    return Package(name=path.name, size=facts.st_size, made_at=_moment(facts.st_mtime))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=clock.SHANGHAI)
