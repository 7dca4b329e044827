"""Keys that Postgres counts up: a column's sequence, which ``SERIAL`` makes, as steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from alembic.operations import ops

from dualschema.languages.sql import identifier, literal
from dualschema.migrate.step import Phase, Step, statement
from dualschema.naming import constraint_name

if TYPE_CHECKING:
    from dualschema.migrate.catalog import Catalog, ColumnText

__all__ = ["add_counted", "counting_steps", "sequence_name"]


def sequence_name(table: str, column: str) -> str:
    """Return the name of a column's sequence: Postgres's own, as far as that is no longer."""
    return constraint_name(table, column, "seq")


def add_counted(table: str, column: str, text: ColumnText, comment: str | None) -> ops.ExecuteSQLOp:
    """Return what adds a column that counts the rows, those that are there too.

    ``SERIAL`` would name the sequence by what the table is called just then.
    """
    counter, place = identifier(text.sequence or ""), identifier(table)
    name, kind = identifier(column), text.type
    default = f"DEFAULT nextval({literal(counter)})"
    parts = [
        f"CREATE SEQUENCE {counter} AS {kind}",
        f"ALTER TABLE {place} ADD COLUMN {name} {kind} {default} NOT NULL",
        f"ALTER SEQUENCE {counter} OWNED BY {place}.{name}",
    ]
    if comment is not None:
        parts.append(f"COMMENT ON COLUMN {place}.{name} IS {literal(comment)}")
    return statement(";\n".join(parts))


def counting_steps(live: Catalog, wanted: Catalog) -> Iterator[Step]:
    """Yield the steps for columns that are there and are to be."""
    for table, columns in wanted.tables.items():
        there = live.tables.get(table, {})
        for name, after in columns.items():
            if name in there:
                yield from _steps(table, name, there[name], after)


def _steps(table: str, column: str, before: ColumnText, after: ColumnText) -> Iterator[Step]:
    old, new = before.sequence, after.sequence
    place = f"{table}.{column}"
    if old and new and before.type == after.type:
        if old != new:
            text = f"rename the sequence of {place} from {old} to {new}"
            yield Step(Phase.RULE_NAME, _rename(old, new), _rename(new, old), text)
        return
    if old:
        made = _make(table, column, old, before.type)
        default = _default(table, column, old)
        text = f"count {place} up no more"
        yield Step(Phase.DROP_DEFAULT, _default(table, column, None), default, text)
        yield Step(Phase.DROP_DEFAULT, _drop(old), made, f"drop sequence {old}")
    if new:
        made = _make(table, column, new, after.type)
        default = _default(table, column, new)
        yield Step(Phase.DEFAULT, made, _drop(new), f"create sequence {new}")
        yield Step(Phase.DEFAULT, default, _default(table, column, None), f"count {place} up")


def _make(table: str, column: str, sequence: str, kind: str) -> ops.ExecuteSQLOp:
    """Return what makes a sequence that goes on behind the values that are there."""
    owner = f"{identifier(table)}.{identifier(column)}"
    value = f"coalesce(max({identifier(column)}), 0) + 1"
    return statement(
        f"CREATE SEQUENCE {identifier(sequence)} AS {kind} OWNED BY {owner};\n"
        f"SELECT setval({literal(identifier(sequence))}, {value}, false) "
        f"FROM {identifier(table)}"
    )


def _drop(sequence: str) -> ops.ExecuteSQLOp:
    return statement(f"DROP SEQUENCE {identifier(sequence)}")


def _default(table: str, column: str, sequence: str | None) -> ops.ExecuteSQLOp:
    what = f"SET DEFAULT nextval({literal(identifier(sequence))})" if sequence else "DROP DEFAULT"
    return statement(f"ALTER TABLE {identifier(table)} ALTER COLUMN {identifier(column)} {what}")


def _rename(old: str, new: str) -> ops.ExecuteSQLOp:
    return statement(f"ALTER SEQUENCE {identifier(old)} RENAME TO {identifier(new)}")
