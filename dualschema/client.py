"""A client's database in Python: SQLite under PowerSync's own core, with the schema's views."""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dualschema.errors import DualschemaError, MissingExtraError
from dualschema.schema import Schema

if TYPE_CHECKING:
    import apsw

__all__ = ["find_core", "open_powersync", "queued_writes"]

_ENTRY_POINT: Final = "sqlite3_powersync_init"
"""The library's only entry point; SQLite would guess another from the file's name."""

_WHERE: Final = Path("node_modules", "@powersync", "node", "lib")


def find_core(start: Path | None = None) -> Path:
    """Return the path of PowerSync's core library for this machine.

    It stands in the npm package ``@powersync/node``; looked for in ``DUALSCHEMA_POWERSYNC_CORE``
    (the file itself), then in ``node_modules`` of ``start`` (by default the working directory), of
    the folders above it, and of the folders ``tests/node`` and ``client`` of each.

    Raises:
        DualschemaError: there is none; the message says how to get it.
    """
    if given := os.environ.get("DUALSCHEMA_POWERSYNC_CORE"):
        if not Path(given).is_file():
            raise DualschemaError(f"DUALSCHEMA_POWERSYNC_CORE names no file: {given}")
        return Path(given)
    name = _library_name()
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        for inner in (folder, folder / "tests" / "node", folder / "client"):
            if (found := inner / _WHERE / name).is_file():
                return found
    raise DualschemaError(
        f"PowerSync's core ({name}) is not here: npm install @powersync/node, "
        "or name the file in DUALSCHEMA_POWERSYNC_CORE"
    )


def _library_name() -> str:
    machine = {"x86_64": "x64", "AMD64": "x64", "arm64": "aarch64"}.get(
        platform.machine(), platform.machine().lower()
    )
    if sys.platform == "win32":
        return f"powersync_{machine}.dll"
    system = "macos.dylib" if sys.platform == "darwin" else "linux.so"
    return f"libpowersync_{machine}.{system}"


def open_powersync(
    schema: Schema, path: str | Path = ":memory:", *, library: Path | None = None
) -> apsw.Connection:
    """Open a client's database: PowerSync's core loaded, the schema's views made.

    Args:
        schema: whose tables the client has.
        path: the database's file; in memory by default.
        library: the core's file, where ``find_core`` should not look for it.

    Raises:
        DualschemaError: the core is not found.
        MissingExtraError: apsw is not installed.
    """
    try:
        import apsw
    except ImportError:
        raise MissingExtraError("a client's database in Python", "client") from None
    connection = apsw.Connection(str(path))
    connection.enable_load_extension(True)
    connection.load_extension(str(library or find_core()), _ENTRY_POINT)
    connection.enable_load_extension(False)
    with connection:  # the core takes a schema only in a transaction
        connection.execute("SELECT powersync_init()")
        connection.execute("SELECT powersync_replace_schema(?)", (json.dumps(schema.powersync()),))
    return connection


def queued_writes(connection: apsw.Connection) -> list[dict[str, Any]]:
    """Return what the client has yet to upload, in order, as the core's queue holds it.

    Each entry has ``op`` (``PUT``, ``PATCH`` or ``DELETE``), ``type`` (the table's name), ``id``,
    ``tx_id`` and, but for a DELETE, ``data``: the columns' values in the form of ``"sqlite"``.
    """
    queue = connection.execute("SELECT tx_id, data FROM ps_crud ORDER BY id")
    return [{"tx_id": tx_id, **json.loads(data)} for tx_id, data in queue]
