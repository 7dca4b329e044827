"""What goes wrong in a project's migrations, said in a line with the file that it is about."""

from __future__ import annotations

import contextlib
import re
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

from alembic.script import Script
from alembic.script.revision import CycleDetected, LoopDetected, RevisionError
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from dualschema.errors import MigrationError
from dualschema.migrate.ledger import STAMPING
from dualschema.migrate.refusal import access_refusal
from dualschema.migrate.revision import misnamed

__all__ = ["told"]

# What Alembic says: it warns of the first two, and fails by them later or not at all.
_MISSING: Final = re.compile(r"Revision (\S+) referenced from .*-> (\w+).* is not present")
_TWICE: Final = re.compile(r"Revision (\S+) is present more than once")
_NO_REVISION: Final = re.compile(r"Could not determine revision id from filename (\S+)\. ")

# duplicate_table, duplicate_column, duplicate_object, as of a constraint:
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_THERE_ALREADY: Final = {"42P07", "42701", "42710"}

# string_data_right_truncation, in the statement by which Alembic notes a revision.
_TOO_LONG: Final = "22001"
_NOTING: Final = re.compile(r"(?:INSERT INTO|UPDATE) \S*\balembic_version\b.*?'([^']+)'", re.DOTALL)

_SOME: Final = "a migration fails"
"""What is said where no file of theirs is at work."""


@contextlib.contextmanager
def told(folder: Path) -> Iterator[None]:
    """Say what goes wrong within Alembic, or within a migration of a folder, in a line."""
    try:
        with warnings.catch_warnings():
            for pattern in (_MISSING, _TWICE):
                warnings.filterwarnings("error", f"(?s){pattern.pattern}", UserWarning)
            yield
    except MigrationError as error:
        place = _place(error, folder)
        if place is None:
            raise
        raise MigrationError(f"{place}: {error}") from error
    except DBAPIError as error:
        said = f"{_place(error, folder) or _SOME}: {access_refusal(error)}"
        state = getattr(error.orig, "sqlstate", None)
        if state == _TOO_LONG and (noting := _NOTING.search(error.statement or "")):
            said = f"the revision {noting[1]} has more characters than alembic_version holds"
            said += ": shorten it"
        if state in _THERE_ALREADY:
            said += f"\nif the database has from elsewhere what the migrations make, {STAMPING}"
        raise MigrationError(said) from error
    except (CommandError, UserWarning) as error:
        raise MigrationError(_of_alembic(str(error), folder)) from error
    except RevisionError as error:
        raise MigrationError(_of_line(error)) from error
    except OSError as error:
        said = _of_code(error, folder)
        if _place(error, folder) is None and error.filename is not None:  # no file of theirs runs
            said = f"{error.filename} cannot be read: {error.strerror}"
        raise MigrationError(said) from error
    # A migration is the project's code, and may fail in any way.
    except Exception as error:
        raise MigrationError(_of_code(error, folder)) from error


def _place(error: Exception, folder: Path) -> str | None:
    """Return which file of the folder fails, and where, if one does."""
    inside = folder.resolve()
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        file = Path(frame.filename)
        if file.resolve().parent == inside:
            return f"{file.name} fails in line {frame.lineno}"
    return None


def _of_alembic(said: str, folder: Path) -> str:
    if found := _MISSING.search(said):
        parent, revision = found.groups()
        return (
            f"{revision} comes behind {parent}, of which {folder.name}/ has no file: bring it back"
        )
    if found := _TWICE.search(said):
        return (
            f"more than one file of {folder.name}/ has the revision {found[1]}: delete the copy, "
            "or give it a revision of its own"
        )
    if found := _NO_REVISION.search(said):
        return _no_revision(found[1])
    return said.splitlines()[0]


def _of_line(error: RevisionError) -> str:
    """Say what is wrong with how migrations stand in line."""
    script = _being_loaded(error)
    match error:
        case LoopDetected():
            file = error.revisions[0] if script is None else Path(script.path).name
            return f"{file} comes behind itself: its down_revision is its own revision"
        case CycleDetected():
            names = " and ".join(sorted(error.revisions))
            return f"{names} come behind each other: let the first have down_revision = None"
        case _:
            return str(error) if script is None else str(misnamed(script))


def _being_loaded(error: Exception) -> Script | None:
    """Return the file that Alembic could not take for a migration, if that was it."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        at_work = frame.f_locals.get("self")
        if isinstance(at_work, Script):
            return at_work
    return None


def _no_revision(file: str) -> str:
    return f"{file} names no revision or down_revision: if it is no migration, it belongs elsewhere"


def _of_code(error: Exception, folder: Path) -> str:
    if isinstance(error, SyntaxError) and error.filename:
        file, kind = Path(error.filename).name, type(error).__name__
        return f"{file} fails in line {error.lineno}: {kind}: {error.msg}"
    if isinstance(error, AttributeError) and isinstance(error.obj, ModuleType):
        file = Path(error.obj.__file__ or "").name
        match error.name:
            case "upgrade" | "downgrade":
                return f"{file} has no function {error.name}()"
            case "revision" | "down_revision":
                return _no_revision(file)
            case _:
                pass
    place = _place(error, folder)
    if place is None and (script := _being_loaded(error)) is not None:
        return str(misnamed(script))
    if place is None and isinstance(error, KeyError):
        return f"a migration names {error.args[0]}, of which {folder.name}/ has no file"
    said = str(error).splitlines() or [""]
    return f"{place or _SOME}: {type(error).__name__}: {said[0]}"
