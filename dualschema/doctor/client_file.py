"""A PowerSync client's SQLite file: is it one, and of this definition?"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from dualschema.doctor.client_schema import compare_client
from dualschema.doctor.finding import Finding, Patient, fault, few, fine, skipped

__all__ = ["CLIENT", "check_client"]

CLIENT: Final = "client file"

_FIX: Final = (
    "generate the client's schema anew (`dualschema codegen`), and open the file with it: "
    "PowerSync then remakes its views"
)

_PATIENCE: Final = 1.0
"""For how many seconds to wait while somebody writes."""


def check_client(patient: Patient) -> Iterator[Finding]:
    """Compare the file with ``Schema.powersync()``; it is opened to be read alone."""
    file = patient.client
    if file is None:
        yield skipped(CLIENT, "none is named: --client FILE")
        return
    if not file.is_file():
        yield fault(CLIENT, f"there is no file {file}", "name the client's database")
        return
    try:
        with closing(_opened(file)) as connection:
            wrong = compare_client(connection, patient.schema.powersync())
    except sqlite3.Error as error:
        yield _unread(file, error)
        return
    if wrong is None:
        fix = "name the file that a PowerSync client opened, and have its -wal file beside it"
        yield fault(CLIENT, f"{file} is no database of PowerSync's", fix)
    elif wrong:
        yield fault(CLIENT, f"not as the definition says: {few(wrong, '; ')}", _FIX)
    else:
        yield fine(CLIENT, "as the definition says")


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)


def _unread(file: Path, error: sqlite3.Error) -> Finding:
    code = error.sqlite_errorcode & 0xFF  # without what SQLite adds to its codes
    if code == sqlite3.SQLITE_NOTADB:
        text = f"{file} is no SQLite database, or an encrypted one"
        fix = "name a SQLite file; of one that is encrypted, a copy without a key"
        return fault(CLIENT, text, fix)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        fix = "close the app that has it open, or name a copy with its -wal file"
        return fault(CLIENT, f"{file} is locked", fix)
    fix = "name a copy, with its -wal file, in a folder that you may write"
    return fault(CLIENT, f"{file} cannot be read: {error}", fix)
