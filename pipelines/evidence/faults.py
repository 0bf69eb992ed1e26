"""What a check of a package found wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is wrong with one file."""

    #: Stable, dotted: zip.* bag.* signature.* signer.* capture.* warc.*
    code: str
    #: File inside the package without its top folder, or the name of the package itself.
    file: str
    #: One Chinese sentence.
    message: str


@dataclass(frozen=True, kw_only=True)
class VerifyResult:
    """What a check found; a package is good only if it is both ok and trusted."""

    #: No fault but, perhaps, that the signer is a stranger.
    ok: bool
    #: The signature holds and its certificate is one we were told to trust.
    trusted: bool
    faults: tuple[Fault, ...]
