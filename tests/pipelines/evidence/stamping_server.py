"""A time-stamping authority on loopback, with a root of its own: what a third party is to a station."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from pipelines.evidence.own_authority import OwnAuthority
from pipelines.evidence.signer import certificate_of_key, key_usage, name_of


class ThirdParty:
    """A root certificate, an authority it issued, and the address it answers at."""

    def __init__(self, folder: Path, url: str = "", *, name: str = "Test root of time") -> None:
        root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        root_name = name_of(name, "")
        root = (
            certificate_of_key(root_key, root_name, valid_for=timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(root_key, hashes.SHA256())
        )
        made = (
            certificate_of_key(key, root_name, valid_for=timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(key_usage(), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        )
        # Issued by the root: only the subject differs from a self-signed one.
        made._subject_name = name_of("Test authority", "")
        self.authority = OwnAuthority(key=key, certificate=made.sign(root_key, hashes.SHA256()))
        self.ca = folder / "tsa-root.pem"
        self.ca.write_bytes(root.public_bytes(serialization.Encoding.PEM))
        self.url = url
        self.asked = 0
        #: Makes the answer of the authority's; (status, bytes).
        self.answer: Callable[[bytes], tuple[int, bytes]] = lambda body: (200, self.authority.answer(body))


@contextmanager
def third_party(folder: Path, *, name: str = "Test root of time") -> Iterator[ThirdParty]:
    """Serves until the block ends."""
    folder.mkdir(exist_ok=True)
    party = ThirdParty(folder, name=name)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            party.asked += 1
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            status, answer = party.answer(body)
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    party.url = f"http://127.0.0.1:{server.server_address[1]}/tsa"
    try:
        yield party
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
