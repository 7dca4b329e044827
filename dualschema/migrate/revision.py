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
        tables: the tables that come to the definition with it; None where it tells of none.
        left: those that leave it.
    """

    id: str
    file: str
    title: str
    tables: tuple[str, ...] | None
    left: tuple[str, ...] = ()


def revision_of(script: Script) -> Revision:
    """Return the migration of a file that Alembic has loaded."""
    tables = getattr(script.module, "tables", None)
    title = (script.doc or "").splitlines() or [""]
    return Revision(
        script.revision,
        Path(script.path).name,
        title[0],
        None if tables is None else tuple(tables),
        tuple(getattr(script.module, "tables_left", ())),
    )


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
