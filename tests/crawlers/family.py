"""What came of a process: all that it started, and what Linux says of each."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Process:
    """A living process."""

    pid: int
    command: str
    #: The lines of /proc/PID/status, by their names.
    status: dict[str, str]

    @property
    def uids(self) -> set[int]:
        """Real, effective, saved, and of the file system."""
        return {int(uid) for uid in self.status["Uid"].split()}

    @property
    def ended(self) -> bool:
        return not any(one.pid == self.pid and one.command == self.command for one in _everybody())

    def namespace(self, kind: str) -> str:
        return str(Path(f"/proc/{self.pid}/ns/{kind}").readlink())

    def lists(self, folder: Path) -> list[str]:
        """What lies there for this process."""
        return sorted(path.name for path in Path(f"/proc/{self.pid}/root{folder}").iterdir())

    def sees(self, path: Path) -> bool:
        """Is it there for this process, be it readable or not? For one that has ended nothing is."""
        with suppress(ProcessLookupError):
            return Path(f"/proc/{self.pid}/root{path}").exists()
        return False


def own(kind: str) -> str:
    """The namespace we are in."""
    return str(Path(f"/proc/self/ns/{kind}").readlink())


def family(pid: int | None) -> list[Process]:
    """A process and all that it started, and they, and so on; those that are ending are left out."""
    everybody = {one.pid: one for one in _everybody()}
    found = [one for one in everybody.values() if one.pid == pid]
    for one in found:
        found += [other for other in everybody.values() if other.status["PPid"] == str(one.pid)]
    return found


def with_mounts_below(folder: Path) -> list[int]:
    """Who has something mounted there; of each, its own namespace is asked."""
    found = []
    for mounts in Path("/proc").glob("[0-9]*/mounts"):
        with suppress(OSError):
            if f" {folder}" in mounts.read_text():
                found.append(int(mounts.parent.name))
    return found


def _everybody() -> list[Process]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            lines = (folder / "status").read_text(errors="replace").splitlines()
            status = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
            if command and status["State"][0] not in "ZX":
                found.append(Process(pid=int(folder.name), command=command, status=status))
    return found
