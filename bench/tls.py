"""The simulator behind TLS, as OpenRouter is: certificates are a good part of what a poller has in memory."""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit

import certifi
import trustme

from opencredits.simulator import Simulator


@contextmanager
def encrypted(sim: Simulator, folder: Path) -> Iterator[dict[str, str]]:
    """Gives `base_url`, and `certificates`: the file of those that are to be trusted, as many as usual."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    certificates = folder / "certificates.pem"
    certificates.write_bytes(Path(certifi.where()).read_bytes() + authority.cert_pem.bytes())
    plain = urlsplit(sim.base_url)

    class Relay(BaseRequestHandler):
        def handle(self) -> None:
            with (
                suppress(OSError),
                context.wrap_socket(self.request, server_side=True) as client,
                socket.create_connection((plain.hostname, plain.port)) as server,
            ):
                _relay(client, server)

    with ThreadingTCPServer(("127.0.0.1", 0), Relay) as relays:
        relays.daemon_threads = True
        threading.Thread(target=relays.serve_forever, daemon=True).start()
        address = f"https://127.0.0.1:{relays.server_address[1]}{plain.path}"
        yield {"base_url": address, "certificates": str(certificates)}
        relays.shutdown()


def _relay(client: ssl.SSLSocket, server: socket.socket) -> None:
    """What the one says to the other, until one of them ends."""
    other = {client: server, server: client}
    while True:
        for source in [client] if client.pending() else select.select([client, server], [], [])[0]:
            data = source.recv(65536)
            if not data:
                return
            other[source].sendall(data)
