"""Many updates in one statement of Postgres: an array a column, joined by the key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, Final

from dualschema.crud.dialects import Kind, dialect_of
from dualschema.crud.keyed import filling
from dualschema.crud.plan import Plan
from dualschema.crud.session import Session
from dualschema.crud.source import table_of
from dualschema.crud.waves import waves
from dualschema.crud.wire import wire_value
from dualschema.declare.table import Table, binding_of

__all__ = ["update_from_arrays"]

_PART: Final = 5_000

_Change = tuple[Any, Mapping[str, Any]]


def update_from_arrays(
    session: Session, table: type[Table], names: tuple[str, ...], changes: Iterable[_Change]
) -> int:
    """Set values of many rows, all of the same columns, in order; return how many that were."""
    model = binding_of(table).model
    columns = [model.key_column, *(model.by_attribute[name] for name in names)]
    stored = filling(table, Kind.POSTGRES, columns, as_text=False)
    plan = Plan(_text(table, [column.name for column in columns]), model.name)
    written = 0
    left = iter(changes)
    while part := [stored(key, values) for key, values in islice(left, _PART)]:
        for wave in waves(part, itemgetter(0)):
            arrays = [wire_value(cells) for cells in zip(*wave, strict=True)]
            written += session.execute(plan, arrays).count
    return written


def _text(table: type[Table], names: Sequence[str]) -> str:
    dialect = dialect_of(Kind.POSTGRES)
    quote = dialect.identifier_preparer.quote
    target = table_of(table)
    whole = dialect.identifier_preparer.format_table(target)
    kinds = [target.c[name].type.compile(dialect) for name in names]
    arrays = ", ".join(f"CAST(${n} AS {kind}[])" for n, kind in enumerate(kinds, 1))
    given = ", ".join(f"c{n}" for n in range(len(names)))
    sets = ", ".join(f"{quote(name)} = new.c{n}" for n, name in enumerate(names) if n)
    # Names come from the definition and are quoted; values are parameters.
    return (
        f"UPDATE {whole} SET {sets} "  # noqa: S608  (names, quoted)
        f"FROM unnest({arrays}) AS new ({given}) WHERE {whole}.{quote(names[0])} = new.c0"
    )
