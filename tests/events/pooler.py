"""A proxy that does to notifications what a pooler does in transaction mode: it drops them.

Between transactions the server's connection is no client's, so its notifications reach nobody
(https://www.pgbouncer.org/features.html).
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit, urlunsplit

_NOTIFICATION = b"A"
"""NotificationResponse: https://www.postgresql.org/docs/current/protocol-message-formats.html"""


@contextmanager
def pooled(url: str) -> Iterator[str]:
    """Give a URL that leads to the same database through such a proxy."""
    parts = urlsplit(url)
    target = (parts.hostname or "127.0.0.1", parts.port or 5432)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server, target), daemon=True).start()
        user = parts.netloc.rpartition("@")[0]
        place = f"127.0.0.1:{server.getsockname()[1]}"
        netloc = f"{user}@{place}" if user else place
        yield urlunsplit(parts._replace(netloc=netloc, query="sslmode=disable&gssencmode=disable"))
        server.shutdown(socket.SHUT_RDWR)


def _serve(server: socket.socket, target: tuple[str, int]) -> None:
    with suppress(OSError):
        while True:
            client, _ = server.accept()
            threading.Thread(target=_carry, args=(client, target), daemon=True).start()


def _carry(client: socket.socket, target: tuple[str, int]) -> None:
    with client, socket.create_connection(target) as upstream:
        there = threading.Thread(target=_forward, args=(client, upstream), daemon=True)
        there.start()
        with suppress(OSError, EOFError):
            _answers(upstream, client)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
        there.join()


def _forward(client: socket.socket, upstream: socket.socket) -> None:
    with suppress(OSError):
        while block := client.recv(65536):
            upstream.sendall(block)
        upstream.shutdown(socket.SHUT_WR)


def _answers(upstream: socket.socket, client: socket.socket) -> None:
    while True:
        head = _exactly(upstream, 5)
        (size,) = struct.unpack("!I", head[1:])
        body = _exactly(upstream, size - 4)
        if head[:1] != _NOTIFICATION:
            client.sendall(head + body)


def _exactly(source: socket.socket, size: int) -> bytes:
    read = b""
    while len(read) < size:
        block = source.recv(size - len(read))
        if not block:
            raise EOFError
        read += block
    return read
