"""Drafts of the letters a case can need: 移送函 and 协查函, made when they are asked for and kept nowhere."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from pipelines import audit, clock
from pipelines.desk import Desk
from pipelines.enforcement.permissions import Action, require
from pipelines.errors import Conflict, NotFound
from pipelines.evidence.exported import Exported, package_for_letters
from pipelines.evidence.letter_words import letter_names
from pipelines.evidence.material import CaseMaterial, gather_case
from pipelines.records import User


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What letters a case can need, and the packages they may name, oldest first."""

    names: tuple[str, ...]
    packages: tuple[Exported, ...]
    #: The package they name; None while there is no shared copy.
    chosen: Exported | None


def offered(desk: Desk, case_id: str, *, user: User, package: str = "") -> Offer:
    """The letters of this case and what they name; `package` begins its SHA-256, the newest shared copy without it.

    Raises NotFound, Conflict for a withdrawn case, BadInput for a package there is not.
    """
    material = _material(desk, case_id, user)
    return Offer(
        names=letter_names(material),
        packages=material.packages,
        chosen=package_for_letters(material.packages, package),
    )


def make(desk: Desk, case_id: str, *, user: User, only: str | None = None, package: str = "") -> dict[str, bytes]:
    """The letters by file name, or the one that is asked for; each is logged with its hash. `package` as `offered` has
    it.

    Raises BadInput for a package there is not, NotFound for a case or a letter there is not, Conflict for a withdrawn
    case, Refused for demo rows in a real HOME.
    """
    from pipelines.evidence.letters import letters  # python-docx takes a moment that only this pays for

    material = _material(desk, case_id, user)
    made = letters(material, package_for_letters(material.packages, package))
    if only is not None:
        if only not in made:
            raise NotFound("没有这份文书草稿。")
        made = {only: made[only]}
    with desk.store.transaction() as tx:
        for name, data in made.items():
            audit.record(
                tx,
                actor=user.name,
                action="case.letter",
                object_type="case",
                object_id=case_id,
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
