"""Who listens on a port of this machine, as far as /proc lets us see: for the sentence that says it is taken."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_LISTENING = "0A"
#: Enough of a command line to recognise it by.
_SHOWN = 60


@dataclass(frozen=True, kw_only=True)
class PortUser:
    """A process that listens there."""

    pid: int
    #: Its command line, printable, cut.
    command: str

    @property
    def is_mingcha(self) -> bool:
        return "mingcha" in self.command


def port_user(port: int, proc: Path = _PROC) -> PortUser | None:
    """The process; None when nobody listens, or it is another account's and cannot be looked into."""
    wanted = {f"socket:[{inode}]" for name in ("tcp", "tcp6") for inode in _inodes(proc / "net" / name, port)}
    if not wanted:
        return None
    for folder in sorted(proc.glob("[0-9]*/fd")):
        if _holds(folder, wanted):
            return PortUser(pid=int(folder.parent.name), command=_command(folder.parent))
    return None


def _inodes(table: Path, port: int) -> list[str]:
    """Inodes of the sockets that listen on the port (proc(5): local address, state and inode of each line)."""
    try:
        rows = [line.split() for line in table.read_text(encoding="ascii").splitlines()[1:]]
    except OSError:
        return []
    return [row[9] for row in rows if row[3] == _LISTENING and int(row[1].rpartition(":")[2], 16) == port]


def _holds(folder: Path, wanted: set[str]) -> bool:
    try:
        return any(str(link.readlink()) in wanted for link in folder.iterdir())
    except OSError:  # another account's, or gone meanwhile
        return False


def _command(process: Path) -> str:
    try:
        raw = (process / "cmdline").read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""
    words = [Path(word).name if number < 2 else word for number, word in enumerate(raw.split("\0"))]
    text = "".join(char for char in " ".join(words).strip() if char.isprintable())
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
