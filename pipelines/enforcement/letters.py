"""Drafts of the letters a case can need, or a lead that was transferred without one: 移送函 and 协查函, made when they
are asked for and kept nowhere."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines import audit, clock
from pipelines.desk import Desk
from pipelines.enforcement.permissions import Action, require
from pipelines.errors import Conflict, NotFound
from pipelines.evidence.exported import Exported, package_for_letters, part_beside
from pipelines.evidence.letter_words import by_department, letter_names, others_of
from pipelines.evidence.material import CaseMaterial, LoneLead, PaperMaterial, gather_case, gather_lead
from pipelines.records import AuditEvent, User

_ACTIONS = {"case": "case.letter", "lead": "lead.letter"}


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What letters a case or lead can need, and the packages they may name, oldest first."""

    names: tuple[str, ...]
    packages: tuple[Exported, ...] = ()
    #: What goes with the letter to one department in place of the one they name.
    parts: tuple[Exported, ...] = ()
    #: The package they name; None while there is no shared copy.
    chosen: Exported | None = None
    #: Of a lead: departments whose findings no letter tells → their ids.
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Of a lead: the letters made so far, newest first.
    made: tuple[AuditEvent, ...] = ()


def offered(desk: Desk, case_id: str, *, user: User, package: str = "") -> Offer:
    """The letters of this case and what they name; `package` begins its SHA-256, the newest shared copy without it.

    Raises NotFound, Conflict for a withdrawn case, BadInput for a package there is not.
    """
    material = _material(desk, case_id, user)
    chosen = package_for_letters(material.packages, package)
    beside = (part_beside(material.packages, chosen, to) for to in by_department(material))
    return Offer(
        names=letter_names(material),
        packages=tuple(one for one in material.packages if not one.to),
        parts=tuple(one for one in beside if one is not None and one.to),
        chosen=chosen,
    )


def offered_of_lead(desk: Desk, lead_id: int, *, user: User) -> Offer:
    """The letters of a transferred lead. Raises NotFound, Conflict for a lead that is not transferred."""
    material = _of_lead(desk, lead_id, user)
    with desk.store.read() as tx:
        logged = tx.audit.for_objects([("lead", str(lead_id))])
    return Offer(
        names=letter_names(material),
        others=others_of(material),
        made=tuple(event for event in reversed(logged) if event.action == "lead.letter"),
    )


def make(desk: Desk, case_id: str, *, user: User, only: str | None = None, package: str = "") -> dict[str, bytes]:
    """The letters by file name, or the one that is asked for; each is logged with its hash. `package` as `offered` has
    it.

    Raises BadInput for a package there is not, NotFound for a case or a letter there is not, Conflict for a withdrawn
    case, Refused for demo rows in a real HOME.
    """
    material = _material(desk, case_id, user)
    chosen = package_for_letters(material.packages, package)
    return _made(desk, material, ("case", case_id), user=user, only=only, package=chosen)


def make_of_lead(desk: Desk, lead_id: int, *, user: User, only: str | None = None) -> dict[str, bytes]:
    """Likewise of a transferred lead. Raises NotFound, Conflict for a lead that is not transferred, Refused for demo
    rows in a real HOME."""
    return _made(desk, _of_lead(desk, lead_id, user), ("lead", str(lead_id)), user=user, only=only)


def _made(
    desk: Desk,
    material: PaperMaterial,
    of: tuple[str, str],
    *,
    user: User,
    only: str | None,
    package: Exported | None = None,
) -> dict[str, bytes]:
    from pipelines.evidence.letters import letters  # python-docx takes a moment that only this pays for

    made = letters(material, package)
    if only is not None:
        if only not in made:
            raise NotFound("没有这份文书草稿。")
        made = {only: made[only]}
    kind, name_of = of
    with desk.store.transaction() as tx:
        for name, data in made.items():
            audit.record(
                tx,
                actor=user.name,
                action=_ACTIONS[kind],
                object_type=kind,
                object_id=name_of,
                letter=name,
                letter_sha256=hashlib.sha256(data).hexdigest(),
            )
    return made


def _material(desk: Desk, case_id: str, user: User) -> CaseMaterial:
    require(user, Action.EXPORT)
    material = gather_case(desk, case_id, user=user.name, at=clock.now())
    if material.case.status == "withdrawn":
        raise Conflict(f"案件 {case_id} 已撤案，不再出具文书草稿。")
    return material


def _of_lead(desk: Desk, lead_id: int, user: User) -> LoneLead:
    require(user, Action.EXPORT)
    return gather_lead(desk, lead_id, user=user.name, at=clock.now())
