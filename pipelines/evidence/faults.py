"""What a check of a package found wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipelines.evidence import standalone
from pipelines.evidence.standalone import FAULTS, plain


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is wrong with one file."""

    #: Stable, dotted; every one is in `standalone.FAULTS`, which the checker inside packages goes by too.
    code: str
    #: File inside the package without its top folder, or the name of the package itself.
    file: str
    #: One Chinese sentence.
    message: str

    @property
    def english(self) -> str:
        """What the code means, in English."""
        return FAULTS[self.code][1]


@dataclass(frozen=True, kw_only=True)
class VerifyResult:
    """What a check found; a package is good only if it is both ok and trusted."""

    #: No fault but, perhaps, that the signer is a stranger.
    ok: bool
    #: The signature holds and its certificate is one we were told to trust.
    trusted: bool
    faults: tuple[Fault, ...]
    #: What was seen and is no fault: parts an older package lacks, stamps with their times.
    notes: tuple[str, ...] = ()


def shown(fault: Fault) -> Fault:
    """The fault fit for a terminal: words of a hostile package must not steer it, break a line or stop the printing."""
    return replace(fault, file=plain(fault.file), message=plain(fault.message))


def told_by_checker(faults: Iterable[standalone.Fault]) -> list[Fault]:
    """Faults found by the very code of the checker inside packages."""
    return [Fault(code=one.code, file=one.file, message=one.message) for one in faults]
