"""A good package and ways to spoil it, for the tests of both checkers."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from pipelines.config import read_settings
from pipelines.desk import open_desk
from pipelines.evidence.bundle import export_case
from pipelines.evidence.canonical_zip import write_zip
from pipelines.evidence.faults import VerifyResult
from pipelines.evidence.own_authority import own_authority
from pipelines.evidence.signer import Signer, station_signer
from pipelines.evidence.tsa_client import request_for
from pipelines.evidence.verify import verify_package
from pipelines.records import Verdict
from tests.pipelines.evidence.seeds import MONDAY, add_lead, decide, open_case

Files = dict[str, bytes]
STAMP = "tagmanifest-sha256.txt.tsr"
_UNLISTED = frozenset({"tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig", STAMP, f"{STAMP}.sig"})


class Package:
    """A good package, the HOME that trusts it, and ways to spoil it."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.folder = folder
        with open_desk(read_settings({}, home=self.home)) as desk:
            leads = [add_lead(desk, "a", screenshot=True)]
            decide(desk, leads[0], Verdict.CONFIRM, at=MONDAY)
            case = open_case(desk, leads)
            path = export_case(desk, case.id, folder / "case.zip", user="wang")
        self._read(path, case.id)

    @classmethod
    def of(cls, path: Path, *, home: Path, folder: Path) -> Package:
        """That package, exported from that HOME; `folder` is for what is made of it."""
        package = cls.__new__(cls)
        package.home, package.folder = home, folder
        with zipfile.ZipFile(path) as archive:
            package._read(path, archive.namelist()[0].partition("/")[0])
        return package

    def _read(self, path: Path, top: str) -> None:
        self.top = top
        self.data = path.read_bytes()
        self.signer = station_signer(self.home)
        with zipfile.ZipFile(path) as archive:
            self.files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
        #: The crawl's own; "" in a shared copy, which has none.
        self.warc = next((name for name in self.files if name.endswith("page.warc.gz") and self._is_http(name)), "")

    def _is_http(self, name: str) -> bool:
        record = json.loads(self.files[name.replace("page.warc.gz", "record.json")])
        return record["method"] == "http"

    def check(self, data: bytes) -> VerifyResult:
        """What the check says about these bytes; every fault must be one to act on."""
        path = self.folder / "tampered.zip"
        path.write_bytes(data)
        result = verify_package(path, home=self.home)
        assert result.ok == (not [fault for fault in result.faults if fault.code != "signer.untrusted"])
        for fault in result.faults:
            assert fault.file
            assert any("\u4e00" <= char <= "\u9fff" for char in fault.message)
        return result

    def zipped(self, files: Mapping[str, bytes], *, top: str | None = None) -> bytes:
        """These files in canonical form."""
        folder = self.folder / "parts"
        folder.mkdir(exist_ok=True)
        rows = []
        for number, (name, data) in enumerate(files.items()):
            path = folder / str(number)
            path.write_bytes(data)
            rows.append((f"{self.top if top is None else top}/{name}", path))
        out = io.BytesIO()
        write_zip(out, rows)
        return out.getvalue()

    def resealed(self, files: Files, signer: Signer | None) -> Files:
        """The files with manifests made anew, and signed and stamped anew when there is a signer (the station's own
        people could do as much)."""
        if signer:
            files = self._restamped(files)
        payload = {name: data for name, data in files.items() if name.startswith("data/")}
        info = files["bag-info.txt"].decode().splitlines()[:-1]
        size = sum(map(len, payload.values()))
        made = files | {"bag-info.txt": "\n".join([*info, f"Payload-Oxum: {size}.{len(payload)}", ""]).encode()}
        if signer:
            made |= {"signer.pem": signer.certificate_pem, "signer.pub.pem": signer.public_pem}
        made["manifest-sha256.txt"] = _manifest(payload)
        if "sm3sums.txt" in made:
            made["sm3sums.txt"] = _manifest(payload, "sm3")
        tags = {name: data for name, data in made.items() if name not in payload and name not in _UNLISTED}
        made["tagmanifest-sha256.txt"] = _manifest(tags)
        if signer:
            made["tagmanifest-sha256.txt.sig"] = signer.sign(made["tagmanifest-sha256.txt"])
            if STAMP in made and made["tagmanifest-sha256.txt"] != self.files["tagmanifest-sha256.txt"]:
                made[STAMP] = self.stamped(made["tagmanifest-sha256.txt"])
            if STAMP in made:
                made[f"{STAMP}.sig"] = signer.sign(made[STAMP])
        return made

    def sealed_as_is(self, files: Files) -> Files:
        """Signed and stamped by the station, of the files only the tag manifest made anew."""
        tags = {name: data for name, data in files.items() if not name.startswith("data/") and name not in _UNLISTED}
        made = files | {"tagmanifest-sha256.txt": _manifest(tags)}
        made["tagmanifest-sha256.txt.sig"] = self.signer.sign(made["tagmanifest-sha256.txt"])
        made[STAMP] = self.stamped(made["tagmanifest-sha256.txt"])
        return made | {f"{STAMP}.sig": self.signer.sign(made[STAMP])}

    def stamped(self, data: bytes) -> bytes:
        """The station's own token of these bytes."""
        request, _ = request_for(hashlib.sha256(data).hexdigest())
        return own_authority(self.home).answer(request)

    def _restamped(self, files: Files) -> Files:
        """With new tokens for WARCs that changed, and records that name them."""
        made = dict(files)
        for name, data in files.items():
            token, record = (name.replace("page.warc.gz", one) for one in ("timestamps/own.tsr", "record.json"))
            if not name.endswith("/page.warc.gz") or data == self.files.get(name) or token not in files:
                continue
            made[token] = self.stamped(data)
            told = json.loads(files[record])
            told["files"]["timestamps/own.tsr"] = {
                "size": len(made[token]),
                "sha256": hashlib.sha256(made[token]).hexdigest(),
            }
            made[record] = json.dumps(told).encode()
        return made

    def codes(self, data: bytes) -> set[tuple[str, str]]:
        return {(fault.code, fault.file) for fault in self.check(data).faults}


def _manifest(files: Mapping[str, bytes], algorithm: str = "sha256") -> bytes:
    rows = sorted((name.encode(), hashlib.new(algorithm, data).hexdigest().encode()) for name, data in files.items())
    return b"".join(value + b"  " + name + b"\n" for name, value in rows)
