"""One migration, as its file says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from alembic.script import Script

__all__ = ["Revision", "revision_of", "tables_after"]


@dataclass(frozen=True, slots=True)
class Revision:
    """A migration.

    Attributes:
        id: its revision, in Alembic's terms.
        file: the name of its file.
        title: the first line of its docstring.
        tables: the tables that the definition had when it was generated; None in one that was not.
    """

    id: str
    file: str
    title: str
    tables: tuple[str, ...] | None


def revision_of(script: Script) -> Revision:
    """Return the migration of a file that Alembic has loaded."""
    tables = getattr(script.module, "tables", None)
    title = (script.doc or "").splitlines() or [""]
    return Revision(
        script.revision, Path(script.path).name, title[0], None if tables is None else tuple(tables)
    )


def tables_after(revisions: Sequence[Revision]) -> frozenset[str] | None:
    """Return the definition's tables after migrations: what the last generated one says.

    None where none was generated.
    """
    said = [each.tables for each in revisions if each.tables is not None]
    return frozenset(said[-1]) if said else None
