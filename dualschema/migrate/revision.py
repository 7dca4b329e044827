"""One migration, as its file says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from alembic.script import Script

from dualschema.errors import MigrationError

__all__ = ["Revision", "checked", "misnamed", "revision_of", "tables_after"]

_WORDS: Final = {"base", "head", "heads"}
"""What says where one is in the line, in place of a revision."""

_SIGNS: Final = frozenset("@-+:'")
"""What steps and ranges are written with, and, the last, what Alembic ends its SQL's texts by."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A migration.

    Attributes:
        id: its revision, in Alembic's terms.
        file: the name of its file.
        title: the first line of its docstring.
        tables: the tables that come to the definition with it; None where it tells of none.
        left: those that leave it.
    """

    id: str
    file: str
    title: str
    tables: tuple[str, ...] | None
    left: tuple[str, ...] = ()


def revision_of(script: Script) -> Revision:
    """Return the migration of a file that Alembic has loaded.

    Raises:
        MigrationError: it tells of tables in another form than a list of names.
    """
    title = (script.doc or "").splitlines() or [""]
    return Revision(
        script.revision,
        Path(script.path).name,
        title[0],
        _names(script, "tables"),
        _names(script, "tables_left") or (),
    )


def _names(script: Script, of: str) -> tuple[str, ...] | None:
    given: Any = getattr(script.module, of, None)
    if given is None:
        return None
    is_list = isinstance(given, (list, tuple, set, frozenset))
    if not is_list or not all(isinstance(name, str) for name in given):
        raise MigrationError(f"{Path(script.path).name}: {of} is to be a list of names")
    return tuple(given)


def checked(script: Script) -> Script:
    """Return a file that Alembic has loaded, if it can tell its revision from all else.

    Raises:
        MigrationError: it cannot.
    """
    revision, parents = script.revision, script.module.down_revision
    if not _is_name(revision):
        raise misnamed(script)
    named = parents if isinstance(parents, (list, tuple)) else [parents]
    if parents is not None and not all(parent and isinstance(parent, str) for parent in named):
        file = Path(script.path).name
        raise MigrationError(f"{file} has the down_revision {parents!r}, which names no migration")
    return script


def misnamed(script: Script) -> MigrationError:
    """Return the error of a file whose revision Alembic does not take for one."""
    # Not `script.revision`, which may not be there yet.
    return MigrationError(
        f"{Path(script.path).name} has the revision {script.module.revision!r}, which Alembic "
        "takes for no name: give it another one, of letters and digits"
    )


def _is_name(revision: Any) -> bool:
    if not isinstance(revision, str) or not revision or not revision.isprintable():
        return False
    return revision not in _WORDS and not _SIGNS.intersection(revision)


def tables_after(revisions: Sequence[Revision]) -> frozenset[str] | None:
    """Return the definition's tables after migrations, or None where none tells of any.

    Each says what comes and what leaves, so that it holds wherever it is put: of two that were
    written at the same time, neither knows the other's tables.
    """
    found: frozenset[str] | None = None
    for each in revisions:
        if each.tables is not None or each.left:
            found = (found or frozenset()).union(each.tables or ()).difference(each.left)
    return found
