"""The tamper corpus: what can be done to a package, by a stranger and by somebody who holds the station's own keys.

Each takes a good package and a source of chance and gives the bytes, and the codes of which a checker must name one.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ec

from pipelines import clock
from pipelines.evidence.own_authority import own_authority
from pipelines.evidence.signer import Signer, self_signed
from pipelines.evidence.tsa_client import request_for
from tests.pipelines.evidence.packages import STAMP, Files, Package

Tampered = tuple[bytes, set[str]]
Tamper = Callable[[Package, random.Random], Tampered]
SIGNATURE = "tagmanifest-sha256.txt.sig"
_ZIP = {"zip.bytes", "zip.directory", "zip.none", "zip.duplicate", "zip.name"}


def flip_a_byte(package: Package, chance: random.Random) -> Tampered:
    data = bytearray(package.data)
    data[chance.randrange(len(data))] ^= chance.randrange(1, 256)
    return bytes(data), _ZIP | {"zip.top", "zip.clash"}


def change_a_file(package: Package, chance: random.Random) -> Tampered:
    name = _payload(package, chance)
    return package.zipped(package.files | {name: _changed(package.files[name], chance)}), {"bag.hash"}


def drop_a_file(package: Package, chance: random.Random) -> Tampered:
    name = _payload(package, chance)
    return package.zipped({key: data for key, data in package.files.items() if key != name}), {"bag.missing"}


def drop_the_signature(package: Package, _chance: random.Random) -> Tampered:
    return package.zipped({key: data for key, data in package.files.items() if key != SIGNATURE}), {"signature.missing"}


def drop_the_stamp(package: Package, _chance: random.Random) -> Tampered:
    return package.zipped({key: data for key, data in package.files.items() if key != STAMP}), {"stamp.missing"}


def swap_two_files(package: Package, chance: random.Random) -> Tampered:
    one, two = chance.sample([name for name in package.files if name.startswith("data/")], 2)
    return package.zipped(package.files | {one: package.files[two], two: package.files[one]}), {"bag.hash"}


def add_a_file(package: Package, chance: random.Random) -> Tampered:
    name = chance.choice(["data/新证据.txt", "more.txt", "data/captures/x/page.warc.gz"])
    return package.zipped(package.files | {name: chance.randbytes(20)}), {"bag.unlisted"}


def rehash_one_manifest(package: Package, chance: random.Random) -> Tampered:
    name = _payload(package, chance)
    whole = package.resealed(package.files | {name: _changed(package.files[name], chance)}, None)
    kept = {one: package.files[one] for one in ("tagmanifest-sha256.txt", "bag-info.txt")}
    return package.zipped(whole | kept), {"bag.hash"}


def remake_all_manifests(package: Package, chance: random.Random) -> Tampered:
    name = _payload(package, chance)
    return package.zipped(package.resealed(package.files | {name: _changed(package.files[name], chance)}, None)), {
        "signature.invalid"
    }


def sign_with_another_key(package: Package, chance: random.Random) -> Tampered:
    key = ec.generate_private_key(ec.SECP256R1())
    stranger = Signer(key=key, certificate=self_signed(key, agency="某区教育局"))
    files = package.files | {"data/案件报告.html": _changed(package.files["data/案件报告.html"], chance)}
    return package.zipped(package.resealed(files, stranger)), {"signer.untrusted"}


def sign_behind_our_certificate(package: Package, _chance: random.Random) -> Tampered:
    stranger = Signer(key=ec.generate_private_key(ec.SECP256R1()), certificate=package.signer.certificate)
    return package.zipped(package.resealed(package.files, stranger)), {"signature.invalid"}


def stamp_with_another_authority(package: Package, chance: random.Random) -> Tampered:
    request, _ = request_for(hashlib.sha256(package.files["tagmanifest-sha256.txt"]).hexdigest())
    token = own_authority(package.folder / f"other-{chance.randrange(3)}").answer(request)
    return package.zipped(package.files | {STAMP: token}), {"stamp.invalid"}


def flip_the_stamp(package: Package, chance: random.Random) -> Tampered:
    token = _changed(package.files[STAMP], chance)
    return package.zipped(package.files | {STAMP: token}), {"stamp.signature"}


def insider_swaps_stamps(package: Package, _chance: random.Random) -> Tampered:
    one, two = [name for name in package.files if name.endswith("/timestamps/own.tsr")]
    return inside(package, {one: package.files[two], two: package.files[one]}), {"stamp.imprint"}


def insider_stamps_with_a_shifted_clock(package: Package, chance: random.Random) -> Tampered:
    name = chance.choice([one for one in package.files if one.endswith("/timestamps/own.tsr")])
    hours = chance.choice([-1, 1]) * chance.randrange(24 * 400, 24 * 3000)
    before = clock.now()
    clock.pin(lambda: before + timedelta(hours=hours))
    try:
        token = package.stamped(package.files[name.replace("timestamps/own.tsr", "page.warc.gz")])
    finally:
        clock.pin(None)
    return inside(package, {name: token}), {"time.order", "stamp.invalid"}


def insider_shifts_a_capture(package: Package, chance: random.Random) -> Tampered:
    name = package.warc.replace("page.warc.gz", "record.json")
    told = json.loads(package.files[name])
    at = datetime.fromisoformat(told["captured_at"]) + timedelta(seconds=chance.randrange(2, 10**6))
    told["captured_at"] = at.isoformat()
    return inside(package, {name: json.dumps(told).encode()}, keep=name), {"time.capture"}


def insider_shifts_the_export(package: Package, chance: random.Random) -> Tampered:
    told = json.loads(package.files["data/case.json"])
    at = datetime.fromisoformat(told["exported_at"]) - timedelta(days=chance.randrange(2, 900))
    told["exported_at"] = at.isoformat()
    return inside(package, {"data/case.json": json.dumps(told).encode()}), {"time.order"}


def insider_reorders_the_log(package: Package, _chance: random.Random) -> Tampered:
    return _log(package, lambda rows: rows[::-1]), {"audit.order"}


def insider_cuts_the_log(package: Package, chance: random.Random) -> Tampered:
    return _log(package, lambda rows: rows[: chance.randrange(len(rows))]), {"audit.count"}


def insider_repeats_a_row(package: Package, chance: random.Random) -> Tampered:
    return _log(package, lambda rows: [*rows, chance.choice(rows)]), {"audit.order"}


def insider_inserts_a_row(package: Package, chance: random.Random) -> Tampered:
    def inserted(rows: list[bytes]) -> list[bytes]:
        row = json.loads(rows[-1]) | {"seq": json.loads(rows[-1])["seq"] + 1, "actor": f"zhao{chance.randrange(99)}"}
        fields = {key: value for key, value in row.items() if key != "hash"}
        spelt = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        row["hash"] = hashlib.sha256(spelt.encode()).hexdigest()
        return [*rows, json.dumps(row, ensure_ascii=False, sort_keys=True).encode()]

    return _log(package, inserted), {"audit.chain", "audit.count"}


def insider_rewrites_a_row(package: Package, chance: random.Random) -> Tampered:
    new = b'"actor": "zhao%d"' % chance.randrange(99)
    return _log(package, lambda rows: [row.replace(b'"actor": "wang"', new) for row in rows]), {"audit.hash"}


def leave_the_folder(package: Package, chance: random.Random) -> Tampered:
    name = chance.choice(["../evil", "a/../../evil", "a\\b", "/etc/passwd", "a//b", "con\x00trol", "a\u202eb", "x:y"])
    return package.zipped(package.files | {name: b"x"}), {"zip.name"}


def collide_when_unpacked(package: Package, chance: random.Random) -> Tampered:
    name = chance.choice(["DATA/case.json", "data/captures", "BAGIT.txt", "Signer.pem"])
    return package.zipped(package.files | {name: b"x"}), {"zip.clash"}


def add_a_link(package: Package, chance: random.Random) -> Tampered:
    out = io.BytesIO(package.data)
    with zipfile.ZipFile(out, "a") as archive:
        info = zipfile.ZipInfo(f"{package.top}/link{chance.randrange(99)}")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return out.getvalue(), _ZIP


def name_an_entry_twice(package: Package, chance: random.Random) -> Tampered:
    name = f"{package.top}/{chance.choice(sorted(package.files))}".encode()
    # The directory of a second ZIP of the same file put behind the first one's.
    plain = package.data
    end = plain[-22:]
    count, length, start = (int.from_bytes(end[a:b], "little") for a, b in ((10, 12), (12, 16), (16, 20)))
    directory = plain[start : start + length]
    at = directory.index(b"PK\x01\x02", directory.index(name) - 46)
    entry = directory[at : at + 46 + len(name)]
    made = directory[:at] + entry + directory[at:]
    numbers = (count + 1).to_bytes(2, "little") * 2 + len(made).to_bytes(4, "little") + start.to_bytes(4, "little")
    return plain[:start] + made + end[:8] + numbers + end[20:], {"zip.duplicate"}


def comment_the_zip(package: Package, chance: random.Random) -> Tampered:
    words = chance.randbytes(chance.randrange(1, 60))
    return package.data[:-2] + len(words).to_bytes(2, "little") + words, {"zip.directory"}


def put_junk_around(package: Package, chance: random.Random) -> Tampered:
    junk = chance.randbytes(chance.randrange(1, 100))
    made = chance.choice([junk + package.data, package.data + junk, package.data * 2])
    return made, _ZIP


def cut_off_the_end(package: Package, chance: random.Random) -> Tampered:
    return package.data[: chance.randrange(len(package.data))], _ZIP


def zip_with_another_tool(package: Package, chance: random.Random) -> Tampered:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", chance.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
        for name in sorted(package.files):
            archive.writestr(f"{package.top}/{name}", package.files[name])
    return out.getvalue(), _ZIP


def insider_empties_a_warc(package: Package, _chance: random.Random) -> Tampered:
    """What `wacz validate` and `bagit.py` let pass once the sums are rewritten."""
    return inside(package, {package.warc: b""}), {"warc.record"}


def insider_rewrites_a_page(package: Package, chance: random.Random) -> Tampered:
    new = b"<tITle>" if chance.random() < 0.5 else b"<TITLE>"
    members = [gzip.compress(one.replace(b"<title>", new), mtime=0) for one in _records(package.files[package.warc])]
    return inside(package, {package.warc: b"".join(members)}), {"warc.digest"}


def insider_takes_another_page(package: Package, _chance: random.Random) -> Tampered:
    other = next(name for name in package.files if name.endswith("page.warc.gz") and name != package.warc)
    return inside(package, {package.warc: package.files[other]}), {"warc.record"}


def insider_prints_another_page(package: Package, _chance: random.Random) -> Tampered:
    name = next(name for name in package.files if name.endswith("/page.pdf"))
    return inside(package, {name: b"%PDF-1.4 another"}), {"capture.pdf"}


def insider_drops_a_capture(package: Package, _chance: random.Random) -> Tampered:
    folder = package.warc.rsplit("/", 1)[0]
    files = {name: data for name, data in package.files.items() if not name.startswith(folder)}
    return package.zipped(package.resealed(files, package.signer)), {"capture.missing"}


def insider_takes_the_digest_out_of_a_wacz(package: Package, _chance: random.Random) -> Tampered:
    return _wacz(package, lambda files: files.pop("datapackage-digest.json")), {"wacz.digest"}


def insider_takes_the_index_out_of_a_wacz(package: Package, _chance: random.Random) -> Tampered:
    return _wacz(package, lambda files: files.pop("indexes/index.cdx")), {"wacz.damaged"}


def insider_puts_another_warc_into_a_wacz(package: Package, chance: random.Random) -> Tampered:
    def replaced(files: Files) -> None:
        made = gzip.compress(chance.randbytes(30), mtime=0)
        told = json.loads(files["datapackage.json"])
        for one in told["resources"]:
            if one["path"] == "archive/page.warc.gz":
                one |= {"hash": f"sha256:{hashlib.sha256(made).hexdigest()}", "bytes": len(made)}
        document = json.dumps(told).encode()
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(document).hexdigest()}"}
        files |= {
            "archive/page.warc.gz": made,
            "datapackage.json": document,
            "datapackage-digest.json": json.dumps(digest).encode(),
        }

    return _wacz(package, replaced), {"wacz.warc"}


def insider_spoils_the_sm3_list(package: Package, chance: random.Random) -> Tampered:
    files = package.resealed(package.files | {"bag-info.txt": package.files["bag-info.txt"]}, package.signer)
    lines = files["sm3sums.txt"].splitlines(keepends=True)
    number = chance.randrange(len(lines))
    lines[number] = hashlib.sha256(lines[number]).hexdigest().encode() + lines[number][64:]
    return package.zipped(package.sealed_as_is(files | {"sm3sums.txt": b"".join(lines)})), {"sm3.hash"}


def insider_moves_a_finding(package: Package, chance: random.Random) -> Tampered:
    def moved(lead: dict) -> None:  # type: ignore[type-arg]
        span = chance.choice(lead["assessment"]["findings"])["spans"][0]
        span["start"] += 1
        span["end"] += 1

    return _findings(package, moved), {"finding.span"}


def insider_invents_words(package: Package, chance: random.Random) -> Tampered:
    def invented(lead: dict) -> None:  # type: ignore[type-arg]
        words = f"保过班第{chance.randrange(10**6)}期"
        lead["text"] += words
        body = f"{lead['title']}\n{lead['text']}"
        span = {"start": len(body) - len(words), "end": len(body), "text": words, "restored": words}
        lead["assessment"]["findings"][0]["spans"] = [span]

    return _findings(package, invented), {"finding.text"}


#: Every class by name.
CLASSES: dict[str, Tamper] = {
    made.__name__: made
    for made in list(globals().values())
    if callable(made) and getattr(made, "__annotations__", {}).get("return") == "Tampered" and made.__name__[0] != "_"
}


def _payload(package: Package, chance: random.Random) -> str:
    return chance.choice([name for name in sorted(package.files) if name.startswith("data/") and package.files[name]])


def _changed(data: bytes, chance: random.Random) -> bytes:
    made = bytearray(data)
    made[chance.randrange(len(made))] ^= chance.randrange(1, 256)
    return bytes(made)


def inside(package: Package, changed: Files, *, keep: str = "") -> bytes:
    """The package sealed and stamped anew by the station's own keys, records of captures told what their files are."""
    files = package.resealed(package.files | changed, None)
    for record in [name for name in files if name.endswith("/record.json") and name != keep]:
        folder = record.removesuffix("record.json")
        told = json.loads(files[record])
        if not any(name.startswith(folder) for name in changed):
            continue
        warc = folder + "page.warc.gz"
        if warc in changed:
            files[folder + "timestamps/own.tsr"] = package.stamped(files[warc])
        told["files"] = {
            name.removeprefix(folder): {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in files.items()
            if name.startswith(folder) and name != record
        }
        files[record] = json.dumps(told).encode()
    return package.zipped(package.sealed_as_is(package.resealed(files, None)))


def _log(package: Package, change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    rows = change(package.files["data/audit.jsonl"].splitlines())
    return inside(package, {"data/audit.jsonl": b"".join(row + b"\n" for row in rows)})


def _findings(package: Package, change: Callable[[dict], None]) -> bytes:  # type: ignore[type-arg]
    told = json.loads(package.files["data/findings.json"])
    change(told["leads"][0])
    return inside(package, {"data/findings.json": json.dumps(told, ensure_ascii=False).encode()})


def _wacz(package: Package, change: Callable[[Files], object]) -> bytes:
    name = package.warc.replace("page.warc.gz", "capture.wacz")
    with zipfile.ZipFile(io.BytesIO(package.files[name])) as archive:
        files = {one: archive.read(one) for one in archive.namelist()}
    change(files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for one, data in files.items():
            archive.writestr(zipfile.ZipInfo(one), data)
    return inside(package, {name: out.getvalue()})


def _records(data: bytes) -> Iterator[bytes]:
    """The records of a WARC, unpacked one by one."""
    while data:
        unpacker = zlib.decompressobj(31)
        yield unpacker.decompress(data)
        data = unpacker.unused_data
