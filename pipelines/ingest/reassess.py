"""The whole store assessed anew with the model and rulebook in use: in batches, resumable, nothing overwritten.

What is left to do follows from the assessments themselves, so a run that was killed is gone on with by starting again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum

from pipelines import audit
from pipelines.desk import Desk
from pipelines.ingest.assess_pending import Assessor, assess_listings
from pipelines.records import Listing
from pipelines.store import Tx

#: Listings a transaction.
BATCH = 200


class Scope(StrEnum):
    """Which listings are assessed anew, of those this model and rulebook have not seen."""

    #: Those another model or rulebook has assessed.
    CHANGED = "changed"
    #: Those another model has assessed; a new rulebook alone is no reason.
    MODEL_CHANGED = "model-changed"
    #: All, those never assessed too.
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Reassessed:
    """What a run did."""

    #: As the audit log counts them.
    model: str
    rulebook: str
    assessed: int = 0
    opened: int = 0
    reopened: int = 0
    withdrawn: int = 0
    #: Listings still to do, when a limit ended the run.
    left: int = 0


def reassess(
    desk: Desk,
    assessor: Assessor,
    *,
    actor: str,
    scope: Scope = Scope.CHANGED,
    limit: int | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Reassessed:
    """Assess up to `limit` listings anew; logs reassess.start, and reassess.finish with the counts.

    `progress(done, total)` is called after each batch. Earlier assessments stay as history; decided and held leads keep
    their status; see `settle` for open ones. A run with nothing to do leaves no trace.
    """
    with desk.store.read() as tx:
        total = _count(tx, assessor, scope)
    if limit is not None:
        total = min(total, limit)
    result = Reassessed(model=assessor.model_id, rulebook=assessor.rulebook_id)
    if not total:
        return result
    _log(desk, actor, "reassess.start", scope, result, listings=total)
    done = opened = reopened = withdrawn = 0
    progress(0, total)
    while limit is None or done < limit:
        with desk.store.read() as tx:
            pending = _pending(tx, assessor, scope, BATCH if limit is None else min(BATCH, limit - done))
        if not pending:
            break
        batch = assess_listings(desk, assessor, pending)
        done, opened = done + batch.assessed, opened + batch.leads_new
        reopened, withdrawn = reopened + batch.reopened, withdrawn + batch.withdrawn
        # Crawls may add to what is left while we work.
        progress(done, max(total, done))
    with desk.store.read() as tx:
        left = _count(tx, assessor, scope)
    result = Reassessed(
        model=assessor.model_id,
        rulebook=assessor.rulebook_id,
        assessed=done,
        opened=opened,
        reopened=reopened,
        withdrawn=withdrawn,
        left=left,
    )
    _log(desk, actor, "reassess.finish", scope, result)
    return result


def _pending(tx: Tx, assessor: Assessor, scope: Scope, limit: int) -> tuple[Listing, ...]:
    model, rulebook = assessor.model_id, assessor.rulebook_id
    if scope is Scope.ALL:
        return tx.listings.without_assessment(model, rulebook, limit)
    return tx.listings.assessed_otherwise(model, rulebook, limit, any_rulebook=scope is Scope.MODEL_CHANGED)


def _count(tx: Tx, assessor: Assessor, scope: Scope) -> int:
    model, rulebook = assessor.model_id, assessor.rulebook_id
    if scope is Scope.ALL:
        return tx.listings.count_without_assessment(model, rulebook)
    return tx.listings.count_assessed_otherwise(model, rulebook, any_rulebook=scope is Scope.MODEL_CHANGED)


def _log(desk: Desk, actor: str, action: str, scope: Scope, result: Reassessed, **more: int) -> None:
    counts = more or {name: value for name, value in asdict(result).items() if isinstance(value, int)}
    with desk.store.transaction() as tx:
        audit.record(
            tx,
            actor=actor,
            action=action,
            object_type="model",
            object_id=result.model,
            rulebook=result.rulebook,
            scope=scope.value,
            **counts,
        )
