"""``announce``: tells a user's devices of what one of them has uploaded."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from dualschema.errors import DualschemaError
from dualschema.events import Broadcaster
from dualschema.upload import Applied

__all__ = ["announce"]

_LOG: Final = logging.getLogger("dualschema.asgi")


def announce(broadcaster: Broadcaster) -> Callable[[Applied], None]:
    """Return what an ``Uploader`` is to be given as ``applied``.

    For each table that was written to, the user's channel ``{table}:{user id}`` hears
    ``{"type": "uploaded", "table": table}``. An event that cannot be sent is logged: the upload is
    committed by then, and its client must hear so.
    """

    def tell(applied: Applied) -> None:
        for table in sorted(applied.tables):
            try:
                message = {"type": "uploaded", "table": table}
                broadcaster.broadcast_to_user(table, applied.user, message)
            except DualschemaError as error:
                _LOG.warning("events: not told of an upload to %s: %s", table, error)

    return tell
