"""What the publication leaves out of the tables that it holds: columns and rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from dualschema.doctor.finding import BRING, Finding, Patient, fault, few
from dualschema.doctor.reading import read_columns
from dualschema.languages.sql import identifier
from dualschema.targets.publication import PUBLICATION_NAME

__all__ = ["check_published_rows"]

_FIRST_WITH_LISTS: Final = (15,)
"""The first version of Postgres whose publications have lists of columns, and filters of rows."""

_FIRST_WITH_GENERATED: Final = (18,)
"""The first whose publications may hold generated columns; others never tell of them."""

_ROWS: Final = """
SELECT c.relname, t.rowfilter, a.attname, a.attgenerated::text,
    coalesce(a.attname = ANY (t.attnames), false)
FROM pg_publication_tables AS t
    JOIN pg_namespace AS n ON n.nspname = t.schemaname
    JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = t.tablename
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE t.pubname = %s AND t.schemaname = current_schema() ORDER BY c.relname, a.attnum
"""

_ROWS_OF_BEFORE: Final = _ROWS.replace("t.rowfilter", "NULL").replace(
    "coalesce(a.attname = ANY (t.attnames), false)", "true"
)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a table that is published.

    Attributes:
        generated: how its values are made, as the catalog says it: ``s`` is stored, ``v`` virtual;
            else empty.
        is_told: whether the publication tells its values.
    """

    name: str
    generated: str
    is_told: bool


def check_published_rows(
    connection: sa.Connection, patient: Patient, check: str
) -> Iterator[Finding]:
    """Compare with what PowerSync reads.

    Args:
        connection: see ``examine``.
        patient: see ``examine``.
        check: the name of the check that this is a part of.
    """
    version = connection.dialect.server_version_info or ()
    asked = _ROWS if version >= _FIRST_WITH_LISTS else _ROWS_OF_BEFORE
    filters: dict[str, str | None] = {}
    there: dict[str, list[_Column]] = {}
    for row in connection.exec_driver_sql(asked, (PUBLICATION_NAME,)):
        table, filters[table], name, generated, is_told = row
        is_told = is_told and (not generated or version >= _FIRST_WITH_GENERATED)
        there.setdefault(table, []).append(_Column(name, generated, is_told))
    for table, wanted in read_columns(patient.schema.model).items():
        untold = [each for each in there.get(table, ()) if each.name in wanted and not each.is_told]
        plain = [each.name for each in untold if not each.generated]
        if plain:
            text = f"{PUBLICATION_NAME} leaves out columns of {table}: {few(plain)}"
            yield fault(check, text, _whole(table))
        for each in untold:
            if each.generated:
                text = f"{PUBLICATION_NAME} leaves out {table}.{each.name}, which is generated"
                yield fault(check, text, _made_plain(table, each))
        if filters.get(table) is not None:
            text = f"{PUBLICATION_NAME} leaves out rows of {table}, by a WHERE"
            yield fault(check, text, _whole(table))


def _whole(table: str) -> str:
    """Return what has a table published without a list of columns or a filter of rows."""
    parts = (f"ALTER PUBLICATION {PUBLICATION_NAME} {verb} TABLE" for verb in ("DROP", "ADD"))
    return "; ".join(f"{part} {identifier(table)}" for part in parts)


def _made_plain(table: str, column: _Column) -> str:
    """Return what makes of a generated column what the definition says that it is."""
    place = f"ALTER TABLE {identifier(table)}"
    if column.generated == "s":
        return f"{place} ALTER COLUMN {identifier(column.name)} DROP EXPRESSION"
    return f"{place} DROP COLUMN {identifier(column.name)}, then {BRING}"
