"""Whether a sealed package has any time stamp but the station's own; read off its directory, nothing is verified."""

from __future__ import annotations

from pathlib import Path

from pipelines.evidence.canonical_zip import NotCanonical, open_entry, read_entries
from pipelines.evidence.stamps import OWN_NAME
from pipelines.evidence.standalone import OWN_STAMP, STAMP

_MOST = 1 << 20


def only_own(package: Path) -> bool:
    """No stamp at all, or the station's own alone; False for what is no package of ours. Raises OSError."""
    with package.open("rb") as source:
        try:
            entries = read_entries(source)
        except NotCanonical:
            return False
        tokens = {entry.name.partition("/")[2]: entry for entry in entries if entry.name.endswith(".tsr")}
        whole = tokens.pop(STAMP, None)
        if any(not name.endswith(f"/{OWN_NAME}.tsr") for name in tokens):
            return False
        # The token carries the certificate of who made it.
        return whole is None or OWN_STAMP.encode() in open_entry(source, whole).read(_MOST)
