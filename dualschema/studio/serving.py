"""A studio that runs: its socket on this machine alone, its token, and its end by Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
from collections.abc import Callable
from typing import Final

import uvicorn

from dualschema.crud import Database
from dualschema.errors import ConfigurationError
from dualschema.schema import Schema
from dualschema.studio.app import create_app
from dualschema.upload import Uploader

__all__ = ["serve"]

_HOST: Final = "127.0.0.1"


def serve(
    database: Database,
    schema: Schema,
    *,
    ready: Callable[[str], object],
    port: int = 0,
    write: bool = False,
    uploader: Uploader | None = None,
) -> None:
    """Serve a studio until Ctrl-C.

    Args:
        database: what it shows.
        schema: the tables.
        ready: is told the URL, with its token, when it can be opened; it waits for nothing.
        port: where to listen; 0 for any that is free.
        write: whether something may be changed.
        uploader: what replays dead letters.

    Raises:
        ConfigurationError: the port cannot be had.
    """
    with _listening(port) as listening:
        taken = listening.getsockname()[1]
        token = secrets.token_urlsafe(32)
        app = create_app(database, schema, token=token, port=taken, write=write, uploader=uploader)
        config = uvicorn.Config(
            app,
            access_log=False,
            lifespan="off",
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=2,
            ws="none",
        )
        server = _Server(config, lambda: ready(f"http://{_HOST}:{taken}/?token={token}"))
        with contextlib.suppress(KeyboardInterrupt):  # which uvicorn raises again when it has ended
            server.run(sockets=[listening])


class _Server(uvicorn.Server):
    """A server that tells when it answers: from then on, Ctrl-C ends it in order."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], object]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server((_HOST, port))
    except (OSError, OverflowError) as error:
        number = getattr(error, "errno", None)
        reason = os.strerror(number) if number else str(error)  # create_server adds the address
        raise ConfigurationError(
            f"port {port} cannot be had ({reason}): give another one, or none for any that is free"
        ) from None
