"""A real server of an application, in a thread, on a free port of this machine."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

__all__ = ["served", "served_by_port"]

PATIENCE = 20.0


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Give the URL of a server."""
    with served_by_port(lambda _: app) as url:
        yield url


@contextmanager
def served_by_port(make: Callable[[int], Any]) -> Iterator[str]:
    """Give the URL of a server whose application must know the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(make(port), log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            until = time.monotonic() + PATIENCE
            while not server.started and time.monotonic() < until:
                time.sleep(0.01)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE)
            assert not thread.is_alive(), "the server does not end"
