"""Cases: accepted leads taken on together, what becomes of them, and the evidence packages made of them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from pipelines import audit, clock
from pipelines.desk import Desk, is_demo
from pipelines.enforcement.assessed import Chip, chips_of
from pipelines.enforcement.found import found_case, found_lead
from pipelines.enforcement.permissions import Action, require
from pipelines.enforcement.put_ins import MarkedPage, marked_pages
from pipelines.enforcement.review import may_judge_again
from pipelines.enforcement.typed_words import MAX_REASON, one_line
from pipelines.errors import BadInput, Conflict, NotFound, Unconfirmed
from pipelines.evidence.adopted import adopted, standing, struck_by
from pipelines.evidence.decided import decided_words
from pipelines.evidence.exported import SHARED, Exported, exported_of
from pipelines.evidence.followed import holding
from pipelines.evidence.history import EXPORTED, JUDGED_AGAIN, PUT_IN, Step, case_history
from pipelines.records import Case, CaseEventKind, Decision, FollowUp, Lead, LeadStatus, PageOf, StoredAssessment, User
from pipelines.store import Tx

MAX_LEADS = 200
MAX_TITLE = 80
STAMP_FORMAT = "%Y%m%dT%H%M%S"
_PACKAGE = r"AJ-\d{4}-\d{4,}-\d{8}T\d{6}-[0-9a-f]{6}(-共享本|-随函本-\w{1,24})?"
_PACKAGE_NAME = re.compile(rf"{_PACKAGE}\.zip")
#: Stamps that a package got after it was sealed.
STAMPS_NAME = re.compile(rf"(?P<package>{_PACKAGE})-时间戳-\d{{8}}T\d{{6}}-[0-9a-f]{{6}}\.zip")


@dataclass(frozen=True, kw_only=True)
class Package:
    """An evidence package of the case, made here or on the command line."""

    #: Its file name; "" when only the log of an older program knows of it.
    name: str
    #: 密封本 or 共享本; "" when the log does not know the file.
    called: str
    sha256: str
    made_at: datetime
    #: User name, or an actor that is none; "" when the log does not know the file.
    who: str
    #: Bytes of the file here; None when it is not here to be downloaded.
    size: int | None


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """A case with what its page shows."""

    case: Case
    leads: tuple[Lead, ...]
    #: Who holds what of each lead, and why.
    decided: Mapping[int, str]
    #: What became of each lead, of what holds.
    became: Mapping[int, tuple[FollowUp, ...]]
    #: The rules each lead touches, by what its decision adopts.
    chips: Mapping[int, tuple[Chip, ...]]
    packages: tuple[Package, ...]
    #: What happened to it, exports included, oldest first.
    history: tuple[Step, ...]
    #: Whether a package was ever made, here or on the command line.
    exported: bool
    #: Leads whose text or assessment is newer than the decision they stand on.
    again: frozenset[int]
    #: Whether findings were judged anew, or a page was put in, since the newest package.
    stale: bool
    #: Pages saved by somebody logged in, left out or put in.
    marked: tuple[MarkedPage, ...]


CLOSING_NAMES: dict[CaseEventKind, str] = {CaseEventKind.CONCLUDED: "结案", CaseEventKind.WITHDRAWN: "撤案"}


def doubtful(leads: Sequence[Lead]) -> bool:
    """Several leads that are not known to be of one operator: somebody confirms that they belong together."""
    return len(leads) > 1 and (len(operators := {lead.operator_id for lead in leads}) > 1 or None in operators)


def open_case(desk: Desk, lead_ids: Sequence[int], *, user: User, title: str | None = None, together: str = "") -> Case:
    """Open a case of accepted leads; `together`: why doubtful ones belong together, in the user's words. Raises
    Unconfirmed without that, BadInput, NotFound, or Conflict when one is in another case."""
    require(user, Action.CASES)
    with desk.store.transaction() as tx:
        leads = free_leads(tx, lead_ids)
        why, told = _together(leads, together)
        wanted = [lead.id for lead in leads]
        case = tx.cases.open(wanted, _title(title, leads), user.name, clock.now(), is_demo(desk), why)
        audit.record(
            tx, actor=user.name, action="case.open", object_type="case", object_id=case.id, leads=wanted, **told
        )
    return case


def join_case(desk: Desk, case_id: str, lead_ids: Sequence[int], *, user: User, together: str = "") -> Case:
    """Add accepted leads to a case that has not ended, `together` as in `open_case`. Raises Unconfirmed, BadInput,
    NotFound or Conflict."""
    require(user, Action.CASES)
    with desk.store.transaction() as tx:
        case = found_case(tx, case_id)
        leads = free_leads(tx, lead_ids)
        why, told = _together([*tx.leads.get_many(case.lead_ids).values(), *leads], together)
        wanted = [lead.id for lead in leads]
        if len(case.lead_ids) + len(wanted) > MAX_LEADS:
            raise BadInput(f"一个案件最多 {MAX_LEADS} 条线索。")
        case = tx.cases.join(case_id, wanted, user.name, clock.now(), why)
        audit.record(
            tx, actor=user.name, action="case.join", object_type="case", object_id=case_id, leads=wanted, **told
        )
    return case


def take_out(desk: Desk, case_id: str, lead_id: int, *, user: User, reason: str) -> Case:
    """Take a lead out of a case of which no package was made yet; the case keeps a record of it, with the reason.

    Raises BadInput without a reason, NotFound, or Conflict when the case has ended, was exported or has no other lead.
    """
    require(user, Action.CASES)
    reason = _reason(reason, "移出线索")
    with desk.store.transaction() as tx:
        found_case(tx, case_id)
        if _exported(tx, case_id):
            raise Conflict(f"案件 {case_id} 已导出过证据包，线索不能再移出；整案不办的请撤案。")
        case = tx.cases.take_out(case_id, lead_id, reason, user.name, clock.now())
        audit.record(tx, actor=user.name, action="case.take_out", object_type="case", object_id=case_id, lead=lead_id)
    return case


def close_case(desk: Desk, case_id: str, kind: CaseEventKind, *, user: User, reason: str) -> Case:
    """End a case: concluded (结案, its leads stay) or withdrawn (撤案, its leads are free again).

    Raises BadInput without a reason, NotFound, or Conflict when it has ended already.
    """
    require(user, Action.CASES)
    if kind not in CLOSING_NAMES:
        raise BadInput("请选择结案或撤案。")
    reason = _reason(reason, CLOSING_NAMES[kind])
    with desk.store.transaction() as tx:
        found_case(tx, case_id)
        case = tx.cases.close(case_id, kind, reason, user.name, clock.now())
        audit.record(tx, actor=user.name, action="case.close", object_type="case", object_id=case_id, how=kind.value)
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
        case = found_case(tx, case_id)
        leads = tuple(lead for lead_id in case.lead_ids if (lead := tx.leads.get(lead_id)) is not None)
        audit.record(tx, actor=user.name, action="case.view", object_type="case", object_id=case.id)
        logged = tx.audit.for_objects([("case", case_id)])
        decisions = tx.decisions.for_leads([lead.id for lead in leads])
        entries = tx.follow_ups.for_leads([lead.id for lead in leads])
        made = [one for lead in leads for one in decisions.get(lead.id, ())]
        history = case_history(case, tx.cases.events(case_id), logged, made, tx.put_ins.of_case(case_id).values())
        judged = {lead.id: tx.assessments.get(lead.assessment_id) for lead in leads}
        steps = [step.what for step in history if step.what in (EXPORTED, JUDGED_AGAIN, PUT_IN)]
        return CaseView(
            case=case,
            leads=leads,
            decided={lead.id: decided_words(decisions.get(lead.id, ())) for lead in leads},
            became={lead.id: holding(entries.get(lead.id, ()), decisions.get(lead.id, ())) for lead in leads},
            chips={lead_id: _chips(said, decisions.get(lead_id, ())) for lead_id, said in judged.items()},
            packages=_packages(desk, case.id, exported_of(case.id, logged)),
            history=history,
            exported=EXPORTED in steps,
            again=frozenset(
                lead_id
                for lead_id, said in judged.items()
                if may_judge_again(case, standing(decisions.get(lead_id, ())), said)
            ),
            stale=EXPORTED in steps and steps[-1] != EXPORTED,
            marked=marked_pages(tx, case),
        )


def export(
    desk: Desk, case_id: str, *, user: User, sure: bool = False, shared: bool = False, parts: bool = False
) -> str:
    """Make an evidence package under HOME/exports, with `shared` its shared copy beside it, with `parts` what
    goes with each letter too; export_case logs them. Its file name, or that of the shared copy.

    The first package of an open case fixes its leads, which nothing undoes: it is made only for who is `sure`. Raises
    BadInput else, NotFound, or Conflict for a withdrawn case.
    """
    # At run time: the report's PDF library takes a second to load, which every page would pay.
    from pipelines.evidence.bundle import export_case

    require(user, Action.EXPORT)
    with desk.store.read() as tx:
        case = found_case(tx, case_id)
        first = case.status == "open" and not _exported(tx, case_id)
    if case.status == "withdrawn":
        raise Conflict(f"案件 {case.id} 已撤案，不再导出新的证据包。")
    if first and not sure:
        raise BadInput("还没有导出：导出后线索不能再移出本案，请先核对，勾选“已核对”后再导出。")
    folder = folder_of(desk, case.id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    stamp = clock.local(clock.now()).strftime(STAMP_FORMAT)
    out = folder / f"{case.id}-{stamp}-{clock.new_id()[:6]}.zip"
    second = out.with_name(f"{out.stem}-{SHARED}.zip") if shared else None
    export_case(desk, case.id, out, user=user.name, shared=second, parts=parts)
    return (second or out).name


def package_file(desk: Desk, case_id: str, name: str) -> Path:
    """The file of a package that lies here. Raises NotFound."""
    found = _files(desk, case_id).get(name)
    if found is None:
        raise NotFound("没有这个证据包。")
    return found


def package_path(desk: Desk, case_id: str, name: str, *, user: User) -> Path:
    """The file of a package made earlier, or of its later stamps; the download is logged."""
    require(user, Action.EXPORT)
    with desk.store.transaction() as tx:
        case = tx.cases.get(case_id)
        known = case is not None and name in _files(desk, case_id, stamps=True)
        if not known:
            raise NotFound("没有这个证据包。")
        audit.record(tx, actor=user.name, action="case.download", object_type="case", object_id=case_id, package=name)
    return folder_of(desk, case_id) / name


def free_leads(tx: Tx, lead_ids: Sequence[int]) -> list[Lead]:
    """These leads, each once, when all of them are accepted and in no case. Raises BadInput, NotFound or Conflict."""
    wanted = tuple(dict.fromkeys(lead_ids))
    if not wanted or len(wanted) > MAX_LEADS:
        raise BadInput(f"请选 1–{MAX_LEADS} 条线索。")
    taken = tx.cases.of_leads(wanted)
    leads = []
    for lead_id in wanted:
        lead = found_lead(tx, lead_id)
        if lead_id in taken:
            raise Conflict(f"线索 {lead_id} 已立入案件 {taken[lead_id]}。")
        if lead.status is not LeadStatus.ACCEPTED:
            raise BadInput(f"线索 {lead_id} 还没有定为“线索成立”，不能立案。")
        leads.append(lead)
    return leads


def _together(leads: Sequence[Lead], why: str) -> tuple[str, dict[str, bool]]:
    """Why leads that are not known to be one operator's are put together, and what the log says of it; nothing of
    others. Raises Unconfirmed without a reason."""
    if not doubtful(leads):
        return "", {}
    if not why.strip():
        raise Unconfirmed(
            "还没有办：看不出这些线索是不是同一经营主体，请先核对，并写明合在一个案件里办的理由（命令行 --together）。"
        )
    return _reason(why, "合在一个案件里办"), {"together": True}


def _chips(assessment: StoredAssessment | None, decisions: Sequence[Decision]) -> tuple[Chip, ...]:
    return chips_of(adopted(assessment.findings, struck_by(decisions, assessment))) if assessment else ()


def _exported(tx: Tx, case_id: str) -> bool:
    """Asked of the log: the command line writes packages anywhere."""
    return any(event.action == "case.export" for event in tx.audit.for_objects([("case", case_id)]))


def _reason(reason: str, what: str) -> str:
    cleaned = one_line(reason, MAX_REASON, "理由")
    if not cleaned:
        raise BadInput(f"{what}要写明理由。")
    return cleaned


def _title(title: str | None, leads: Sequence[Lead]) -> str:
    cleaned = " ".join((title or "").split())
    if len(cleaned) > MAX_TITLE:
        raise BadInput(f"案件名称最多 {MAX_TITLE} 字。")
    if cleaned:
        return cleaned
    first = leads[0].title.strip() or f"线索 {leads[0].id}"
    more = f" 等 {len(leads)} 条" if len(leads) > 1 else ""
    return first[: MAX_TITLE - 10] + more


def folder_of(desk: Desk, case_id: str) -> Path:
    """Where its packages lie; there is none before the first."""
    return desk.home / "exports" / case_id


def _packages(desk: Desk, case_id: str, exported: Sequence[Exported]) -> tuple[Package, ...]:
    """What was exported, newest first, each with its file where that lies here; and files no log line names."""
    sums = {path: _sum(path) for path in _files(desk, case_id).values()}
    here = {sum_: path for path, sum_ in reversed(sums.items())}
    found = [
        _package(here.get(one.sha256), one.sha256, name=one.file, called=one.called, made_at=one.at, who=one.who)
        for one in exported
    ]
    told = {one.sha256 for one in exported}
    found += [_package(path, sum_, made_at=_made_at(path.name)) for path, sum_ in sums.items() if sum_ not in told]
    return tuple(sorted(found, key=lambda package: (package.made_at, package.called == SHARED), reverse=True))


def _package(
    path: Path | None, sha256: str, *, name: str = "", called: str = "", made_at: datetime, who: str = ""
) -> Package:
    """By the name of its file where that lies here (`path`), else by the one it was given then."""
    size = path.stat().st_size if path else None
    return Package(name=path.name if path else name, called=called, sha256=sha256, made_at=made_at, who=who, size=size)


def _files(desk: Desk, case_id: str, *, stamps: bool = False) -> dict[str, Path]:
    """The packages that lie here, by name; with `stamps`, the files of their later stamps too."""
    folder = folder_of(desk, case_id)
    if not folder.is_dir():
        return {}
    forms = (_PACKAGE_NAME, STAMPS_NAME) if stamps else (_PACKAGE_NAME,)
    return {path.name: path for path in sorted(folder.iterdir()) if any(form.fullmatch(path.name) for form in forms)}


def _sum(path: Path) -> str:
    """Counted once for each state of a file: a package is large, and its page is opened often."""
    now = path.stat()
    return _sum_once(path, now.st_size, now.st_mtime_ns)


@lru_cache(maxsize=512)
def _sum_once(path: Path, _size: int, _modified: int) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _made_at(name: str) -> datetime:
    """When it was made stands in its name: a file's own time changes when HOME is restored from a backup."""
    return datetime.strptime(name.split("-")[3].removesuffix(".zip"), STAMP_FORMAT).replace(tzinfo=clock.SHANGHAI)
