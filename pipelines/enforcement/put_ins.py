"""Pages saved by somebody logged in: they stay out of a case's packages until a supervisor puts them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines import audit, clock
from pipelines.desk import Desk
from pipelines.enforcement.found import found_case
from pipelines.enforcement.permissions import Action, require
from pipelines.enforcement.typed_words import MAX_REASON, one_line
from pipelines.errors import BadInput, Conflict, NotFound
from pipelines.records import Capture, Case, PutIn, User
from pipelines.store import Tx


@dataclass(frozen=True, kw_only=True)
class MarkedPage:
    """A page of a case that is taken for saved by somebody logged in."""

    lead_id: int
    capture: Capture
    #: Who put it in; None while it stays out.
    put_in: PutIn | None


def marked_pages(tx: Tx, case: Case) -> tuple[MarkedPage, ...]:
    """Those of the case, each once, oldest first."""
    let_in = tx.put_ins.of_case(case.id)
    found: dict[str, MarkedPage] = {}
    for lead_id, one in tx.captures.marked_of_leads(case.lead_ids):
        found.setdefault(one.id, MarkedPage(lead_id=lead_id, capture=one, put_in=let_in.get(one.id)))
    return tuple(found.values())


def put_in(desk: Desk, case_id: str, capture_ids: Sequence[str], *, user: User, reason: str) -> tuple[PutIn, ...]:
    """Let pages into the packages that are made of the case from now on; all of them or none.

    Raises Refused for who is no supervisor, BadInput without a reason or page, NotFound for a page that is none of the
    case's marked ones, Conflict for one that is in already or a case that was withdrawn.
    """
    require(user, Action.PUT_IN)
    why = one_line(reason, MAX_REASON, "理由")
    if not why:
        raise BadInput("批准放入登录后留存的页面要写明理由。")
    wanted = tuple(dict.fromkeys(capture_ids))
    if not wanted:
        raise BadInput("请写明要放入哪一份采集快照。")
    with desk.store.transaction() as tx:
        case = found_case(tx, case_id)
        if case.status == "withdrawn":
            raise Conflict(f"案件 {case.id} 已撤案，不再导出新的证据包。")
        marked = {page.capture.id: page for page in marked_pages(tx, case)}
        made = []
        for name in wanted:
            page = marked.get(name)
            if page is None:
                raise NotFound(f"案件 {case.id} 没有标为登录后留存的采集快照 {name[:40]}。")
            if page.put_in is not None:
                raise Conflict(f"采集快照 {name} 已经批准放入。")
            made.append(PutIn(capture_id=name, lead_id=page.lead_id, reason=why, user=user.name, at=clock.now()))
            tx.put_ins.add(case.id, made[-1])
            audit.record(tx, actor=user.name, action="case.put_in", object_type="case", object_id=case.id, capture=name)
    return tuple(made)
