"""A definition file that loads: what the definition's own rules refuse is left out, and noted."""

from __future__ import annotations

import types
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dualschema.errors import DefinitionError, Problem
from dualschema.pull.description import FoundTable, Note, NoteKind
from dualschema.pull.keys import with_client_keys
from dualschema.pull.write import write_definition

__all__ = ["Pulled", "proved"]


@dataclass(frozen=True, slots=True)
class Pulled:
    """A definition that was read from elsewhere.

    Attributes:
        source: the text of its file.
        tables: the names of its tables.
        notes: what it cannot say as its source does; the file says it, too.
    """

    source: str
    tables: tuple[str, ...]
    notes: tuple[Note, ...]


def proved(
    tables: Sequence[FoundTable], notes: Sequence[Note], *, title: str, remarks: Iterable[str] = ()
) -> Pulled:
    """Return the definition of tables, once it loads."""
    first, others = _by_name(tables)
    left, said = with_client_keys(first), [*notes, *others]
    while True:
        source = write_definition(left, said, title=title, remarks=remarks)
        try:
            _load(source)
        except DefinitionError as error:
            left, more = _without(left, error.problems)
            said += more
            continue
        of_tables = [note for table in left for note in table.notes]
        return Pulled(source, tuple(table.name for table in left), (*said, *of_tables))


def _by_name(tables: Sequence[FoundTable]) -> tuple[list[FoundTable], list[Note]]:
    """Return the first table of each name, and what is to be noted of the others."""
    found: dict[str, FoundTable] = {}
    notes: list[Note] = []
    for table in tables:
        if found.setdefault(table.name, table) is not table:
            text = "a table is left out, since another has its name"
            notes.append(Note(NoteKind.LEFT_OUT, table.name, None, text))
    return list(found.values()), notes


def _load(source: str) -> None:
    """Run a definition's file, which holds nothing but texts, numbers and names of this library."""
    module = types.ModuleType("pulled")
    exec(compile(source, "<pulled>", "exec"), module.__dict__)  # noqa: S102  (we wrote it)


def _without(
    tables: Sequence[FoundTable], problems: Sequence[Problem]
) -> tuple[list[FoundTable], list[Note]]:
    """Return tables without what has problems: the foreign key, or else the whole table."""
    left: list[FoundTable] = []
    notes: list[Note] = []
    for table in tables:
        here = [problem for problem in problems if problem.table == table.name]
        keys = [p for p in here if p.column and p.reason.startswith("the foreign key ")]
        if others := [problem for problem in here if problem not in keys]:
            reasons = "; ".join(_reason(problem) for problem in others)
            text = f"the table is left out, since a definition refuses it: {reasons}"
            notes.append(Note(NoteKind.LEFT_OUT, table.name, None, text))
            continue
        made = table
        for problem in keys:
            column = next(each for each in made.columns if each.name == problem.column)
            made = made.with_column(column.told(foreign_key=None))
            text = f"it is no foreign key in the definition: {problem.reason}"
            made = made.noted(Note(NoteKind.LEFT_OUT, table.name, column.name, text))
        left.append(made)
    if left == list(tables):  # it would go on for ever
        raise DefinitionError(tuple(problems))
    return left, notes


def _reason(problem: Problem) -> str:
    return f"{problem.column}: {problem.reason}" if problem.column else problem.reason
