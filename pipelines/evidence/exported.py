"""Which packages of a case were ever made, wherever they were written: read from the audit log, newest last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipelines.errors import BadInput
from pipelines.records import AuditEvent

SEALED, SHARED, PART = "密封本", "共享本", "随函本"
#: Fewer hexadecimal digits name no package: a slip of the hand would.
_FEWEST = 8
#: So many digits of a sum stand where a whole one would be too long.
_SHORT = 12


@dataclass(frozen=True, kw_only=True)
class Exported:
    """One package that was made."""

    sha256: str
    #: 密封本, 共享本 or 随函本.
    called: str
    #: Its file name; "" in logs from before names were kept.
    file: str
    at: datetime
    #: User name, or an actor that is none.
    who: str
    #: Of a 随函本: the department it is meant for.
    to: str = ""

    @property
    def shared(self) -> bool:
        """Whether it is of the whole case, to be handed on."""
        return self.called == SHARED

    @property
    def told(self) -> str:
        """In a line of a history: 密封本 a.zip（SHA-256 0123456789ab…）."""
        return f"{self.called}{f' {self.file}' if self.file else ''}（SHA-256 {self.sha256[:_SHORT]}…）"


def exported_by(event: AuditEvent) -> tuple[Exported, ...]:
    """What one event of the log made: the sealed copy, the shared one and the parts that go with letters, where there
    are such; else nothing."""
    if event.action != "case.export":
        return ()
    detail = event.detail
    made = [
        (SEALED, detail.get("sha256"), detail.get("file"), ""),
        (SHARED, detail.get("shared_sha256"), detail.get("shared_file"), ""),
    ]
    parts = (detail.get(f"parts_{name}", ()) for name in ("sha256", "file", "to"))
    made += [(PART, *one) for one in zip(*parts, strict=True)]
    return tuple(
        Exported(sha256=str(sum_), called=kind, file=str(file or ""), at=event.at, who=event.actor, to=to)
        for kind, sum_, file, to in made
        if sum_
    )


def exported_of(case_id: str, logged: Iterable[AuditEvent]) -> tuple[Exported, ...]:
    """Every package of this case, oldest first."""
    return tuple(one for event in logged if event.object_id == case_id for one in exported_by(event))


def package_for_letters(packages: Sequence[Exported], wanted: str | None = None) -> Exported | None:
    """The package a letter names: the one whose SHA-256 begins so, else the newest shared copy; None without one. A
    part is nobody's to choose: it goes with the shared copy it was made beside (`part_beside`).

    Raises BadInput for a sum, or the beginning of one, that is no package's of this case or of several.
    """
    if not wanted:
        return next((one for one in reversed(packages) if one.shared), None)
    start = wanted.strip().lower()
    whole = (one for one in packages if not one.to)
    found = {one.sha256: one for one in whole if len(start) >= _FEWEST and one.sha256.startswith(start)}
    if len(found) != 1:
        raise BadInput(
            f"本案没有校验值以 {wanted[:16]} 开头的证据包；请从案件页“已导出”抄写 SHA-256（至少前 {_FEWEST} 位）。"
        )
    return next(iter(found.values()))


def part_beside(packages: Iterable[Exported], chosen: Exported | None, to: str) -> Exported | None:
    """What goes with a letter to this department in place of the whole shared copy: its part made beside that one, else
    the copy itself."""
    if chosen is None or not chosen.shared:
        return chosen
    return next((one for one in packages if one.to == to and one.at == chosen.at), chosen)
