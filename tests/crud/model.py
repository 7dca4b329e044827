"""What the databases must agree with: tables as dicts of rows, and what statements do to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import dualschema as ds
from tests.crud.changes import Change
from tests.crud.conditions import Condition

__all__ = ["KEYS", "Conflict", "Model", "Refusal", "Row", "Sorting", "met"]

Row = dict[str, Any]

KEYS = {"owners": "id", "things": "code"}
_UNIQUE = {"owners": ("name",), "things": ()}
_NOT_NULL = {
    "owners": ("name",),
    "things": ("title", "flag", "count", "made", "changed", "kind", "laps"),
}


class Refusal(Exception):  # noqa: N818  (it is no error: it is what is expected)
    """A statement that breaks a rule.

    Attributes:
        classes: the errors that it may meet with; which rule is checked first is a database's own.
    """

    def __init__(self, *classes: type[ds.DualschemaError]) -> None:
        super().__init__(classes)
        self.classes = classes


@dataclass(frozen=True)
class Conflict:
    """What an upsert does where a row is there.

    Attributes:
        target: the column that tells.
        changes: by columns; None is all columns as they are in the new row.
        where: only rows that meet it are changed.
    """

    target: str
    changes: Mapping[str, Change] | None = None
    where: Condition | None = None
    do_nothing: bool = False

    @property
    def does_nothing(self) -> bool:
        """Whether rows that are there stay as they are."""
        return self.do_nothing or (self.changes is not None and not self.changes)


@dataclass(frozen=True)
class Sorting:
    """A column to sort by."""

    column: str
    descending: bool = False
    nulls: str | None = None

    def sql(self, table: Any) -> Any:
        """Return what ``order_by`` takes."""
        made = getattr(table, self.column)
        made = made.desc() if self.descending else made
        return getattr(made, f"nulls_{self.nulls}")() if self.nulls else made


@dataclass
class Model:
    """The tables: rows by their keys.

    Attributes:
        holds_rules: whether there are constraints beside the key.
    """

    holds_rules: bool = True
    tables: dict[str, dict[Any, Row]] = field(default_factory=lambda: {name: {} for name in KEYS})

    def copy(self, *, holds_rules: bool) -> Model:
        """Return tables of the same rows."""
        # A row that is changed is another one.
        return Model(holds_rules, {name: dict(rows) for name, rows in self.tables.items()})

    def rows(self, table: str, condition: Condition | None = None) -> list[Row]:
        """Return the rows that meet a condition."""
        return [row for row in self.tables[table].values() if met(condition, row)]

    def sorted(self, rows: Iterable[Row], order: Sequence[Sorting]) -> list[Row]:
        """Return rows in order: NULL is the largest value, where nothing else is said."""
        made = list(rows)
        for each in reversed(order):
            nulls_first = each.descending if each.nulls is None else each.nulls == "first"
            known = [row for row in made if row[each.column] is not None]
            known.sort(key=lambda row, by=each.column: row[by], reverse=each.descending)  # type: ignore[misc]  # mypy does not see the default
            unknown = [row for row in made if row[each.column] is None]
            made = unknown + known if nulls_first else known + unknown
        return made

    def insert(self, table: str, rows: Sequence[Row]) -> list[Row]:
        """Insert rows; return them."""
        for place, row in enumerate(rows):
            if row[KEYS[table]] in self.tables[table]:
                self._refuse_one_of(table, rows[place:], ds.UniqueViolation)
            self._check_or(table, row, rows[place:])
            self.tables[table][row[KEYS[table]]] = row
        return list(rows)

    def upsert(self, table: str, rows: Sequence[Row], conflict: Conflict, touch: Row) -> list[Row]:
        """Insert rows or change those that are there; return what was written, as it then is."""
        written = []
        for place, new in enumerate(rows):
            there = self._conflicting(table, new, conflict.target)
            if there is None:
                if new[KEYS[table]] in self.tables[table]:
                    self._refuse_one_of(table, rows[place:], ds.UniqueViolation)
                made = dict(new)
            elif conflict.does_nothing or not met(conflict.where, there):
                continue
            else:
                made = _merged(table, there, new, conflict, touch)
            self._check_or(table, made, rows[place:])
            self.tables[table][made[KEYS[table]]] = made
            written.append(made)
        return written

    def update(
        self, table: str, rows: Iterable[Row], changes: Mapping[str, Change], touch: Row
    ) -> list[Row]:
        """Change rows; return them as they then are."""
        written = []
        faults: list[type[ds.DualschemaError]] = []
        for row in list(rows):
            made = {**row, **touch, **{name: each.of(row, row) for name, each in changes.items()}}
            faults += self._faults(table, made)
            self.tables[table][row[KEYS[table]]] = made
            written.append(made)
        if faults:  # a database meets one of them first
            raise Refusal(*faults)
        return written

    def delete(self, table: str, rows: Iterable[Row]) -> list[Row]:
        """Remove rows; return them as they were."""
        removed = list(rows)
        keys = {row[KEYS[table]] for row in removed}
        if table == "owners" and self.holds_rules:
            named = {row["owner_id"] for row in self.tables["things"].values()}
            if named & keys:
                raise Refusal(ds.ForeignKeyViolation)
        for key in keys:
            del self.tables[table][key]
        return removed

    def _conflicting(self, table: str, new: Row, target: str) -> Row | None:
        found = [row for row in self.tables[table].values() if row[target] == new[target]]
        return found[0] if found else None

    def _check_or(self, table: str, row: Row, left: Sequence[Row]) -> None:
        """Check a row of many."""
        if faults := self._faults(table, row):
            self._refuse_one_of(table, left, *faults)

    def _refuse_one_of(
        self, table: str, left: Sequence[Row], *classes: type[ds.DualschemaError]
    ) -> None:
        # Of several faults in one statement, each database meets another one first.
        others = (ds.UniqueViolation, ds.ForeignKeyViolation, ds.CheckViolation)
        raise Refusal(*dict.fromkeys((*classes, *(others if len(left) > 1 else ()))))

    def _faults(self, table: str, row: Row) -> list[type[ds.DualschemaError]]:
        """Return how a row breaks rules of the schema, beside the key's."""
        faults: list[type[ds.DualschemaError]] = []
        if not self.holds_rules:
            return faults
        if any(row[column] is None for column in _NOT_NULL[table]):
            faults.append(ds.NotNullViolation)
        if table == "things":
            if not 0 <= (row["count"] or 0) <= 1000 or len(row["title"] or "") > 12:
                faults.append(ds.CheckViolation)
            if row["owner_id"] is not None and row["owner_id"] not in self.tables["owners"]:
                faults.append(ds.ForeignKeyViolation)
        for column in _UNIQUE[table]:
            key = KEYS[table]
            if any(
                other[column] == row[column] and other[key] != row[key]
                for other in self.tables[table].values()
            ):
                faults.append(ds.UniqueViolation)
        return faults


def met(condition: Condition | None, row: Row) -> bool:
    """Return whether a row meets a condition: not if that is NULL."""
    return condition is None or condition.holds(row) is True


def _merged(table: str, there: Row, new: Row, conflict: Conflict, touch: Row) -> Row:
    if conflict.changes is None:
        kept = {KEYS[table]: there[KEYS[table]], conflict.target: there[conflict.target]}
        return {**new, **kept}
    changed = {name: each.of(there, new) for name, each in conflict.changes.items()}
    return {**there, **touch, **changed}
