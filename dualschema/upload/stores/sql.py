"""The SQL that both kinds of database share: names, and whose a row is."""

from __future__ import annotations

from collections.abc import Sequence

from dualschema.crud.dialects import Kind, dialect_of
from dualschema.model import TableModel

__all__ = ["Quoting"]


class Quoting:
    """Writes names as a kind of database has them: always in quotes."""

    def __init__(self, kind: Kind) -> None:
        self._quote = dialect_of(kind).identifier_preparer.quote_identifier

    def name(self, name: str) -> str:
        """Return a name in quotes."""
        return self._quote(name)

    def names(self, names: tuple[str, ...]) -> str:
        """Return a list of names."""
        return ", ".join(map(self._quote, names))

    def defaults(self, model: TableModel, names: Sequence[str]) -> str:
        """Return the SQL that sets columns to the defaults that only the database knows."""
        found = ((name, model.by_name[name].default) for name in names)
        return ", ".join(
            f"{self.name(name)} = ({default.server})" for name, default in found if default
        )

    def owner(self, model: TableModel, row: str) -> str:
        """Return the SQL of the user id, as text, that owns a row of a table under a name."""
        owner = model.owner
        if owner is None:
            return "NULL"
        if not owner.steps:
            return f"CAST({row}.{self.name(owner.column)} AS TEXT)"
        first, *others = owner.steps
        last = f"s{len(others)}"
        joins = "".join(
            f" JOIN {self.name(step.target_table)} AS s{n}"
            f" ON s{n}.{self.name(step.target_column)} = s{n - 1}.{self.name(step.column)}"
            for n, step in enumerate(others, start=1)
        )
        return (
            f"(SELECT CAST({last}.{self.name(owner.column)} AS TEXT)"  # noqa: S608  (names, quoted)
            f" FROM {self.name(first.target_table)} AS s0{joins}"
            f" WHERE s0.{self.name(first.target_column)} = {row}.{self.name(first.column)})"
        )
