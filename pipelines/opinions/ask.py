"""One run of the second reader over uncertain leads. It adds opinions and audit rows; it changes nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipelines import audit, clock
from pipelines.assessor import Thresholds
from pipelines.desk import Desk
from pipelines.enforcement.assessed import body_of
from pipelines.opinions.answer import read_answer
from pipelines.opinions.choose import Doubt, doubts, is_due
from pipelines.opinions.faults import AnswerFault, ReaderFault
from pipelines.opinions.masking import outgoing
from pipelines.opinions.prompt import PROMPT, messages
from pipelines.opinions.reader import Ask
from pipelines.records import Opinion, OpinionOutcome
from pipelines.store.opinions import Tries

#: Leads in a row that the interface failed before the run stops.
BREAK_AFTER = 3
#: Setting in the database: the last run was stopped so; the next one stops at its first failure.
BROKEN = "opinions.broken"


@dataclass(frozen=True, kw_only=True)
class OpinionRun:
    """What a run brought."""

    opinions: tuple[Opinion, ...]
    #: Uncertain leads that have no opinion yet.
    pending: int
    #: Why the run ended early, in Chinese; empty when it did not.
    stopped: str

    @property
    def given(self) -> int:
        return sum(opinion.outcome is OpinionOutcome.GIVEN for opinion in self.opinions)


def ask_opinions(
    desk: Desk,
    reader: Ask,
    thresholds: Thresholds,
    *,
    actor: str = "system",
    limit: int | None = None,
    told: Callable[[Opinion], None] = lambda _: None,
) -> OpinionRun:
    """Ask about up to `limit` uncertain leads (the setting's number when None), each stored before the next is asked:
    whatever ends the run, nothing is lost. `told` hears of each row. Faults of the reader never raise; StoreError may.
    """
    settings = desk.settings
    model = settings.reader_model
    with desk.store.read() as tx:
        due = doubts(tx, thresholds, band=settings.reader_band, model=model, prompt=PROMPT)
        allowed = 1 if tx.settings.get(BROKEN) else BREAK_AFTER
    opinions: list[Opinion] = []
    failed = 0
    stopped = ""
    for doubt in due[: settings.reader_limit if limit is None else limit]:
        opinion, fault = _ask_one(desk, reader, doubt, model, actor)
        if opinion is None:
            continue
        opinions.append(opinion)
        told(opinion)
        failed = failed + 1 if fault is not None and not isinstance(fault, AnswerFault) else 0
        if fault is not None and (fault.hopeless or failed >= allowed):
            stopped = f"{fault.message}；本次到此为止，线索照常在队列中"
            break
        allowed = BREAK_AFTER
    if opinions:
        with desk.store.transaction() as tx:
            tx.settings.set(BROKEN, "1" if stopped else "")
    given = sum(opinion.outcome is OpinionOutcome.GIVEN for opinion in opinions)
    return OpinionRun(opinions=tuple(opinions), pending=len(due) - given, stopped=stopped)


def _ask_one(
    desk: Desk, reader: Ask, doubt: Doubt, model: str, actor: str
) -> tuple[Opinion | None, ReaderFault | None]:
    """Nothing when another run was faster. The database is not held while the reader thinks."""
    with desk.store.read() as tx:
        assessment = tx.assessments.get(doubt.assessment_id)
        before = tx.opinions.tries([doubt.assessment_id], model, PROMPT).get(doubt.assessment_id, Tries())
    if assessment is None or not is_due(before):
        return None, None
    sent = outgoing(body_of(assessment))
    answer, fault = None, None
    try:
        answer = read_answer(reader(messages(sent)), sent)
    except ReaderFault as exc:
        fault = exc
    with desk.store.transaction() as tx:
        opinion = tx.opinions.add(
            doubt.lead_id,
            doubt.assessment_id,
            model=model,
            prompt=PROMPT,
            at=clock.now(),
            answer=answer,
            fault=None if fault is None else fault.code,
        )
        audit.record(
            tx,
            actor=actor,
            action="lead.opinion",
            object_type="lead",
            object_id=doubt.lead_id,
            opinion=opinion.id,
            outcome=opinion.outcome.value,
        )
    return opinion, fault
