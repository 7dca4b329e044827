"""What Postgres's catalog says of a schema's tables: https://www.postgresql.org/docs/current/catalogs.html."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

__all__ = ["Catalog", "CatalogColumn", "CatalogConstraint", "CatalogIndex", "CatalogTable"]


@dataclass(frozen=True, slots=True)
class CatalogTable:
    """A relation that holds rows or shows some.

    Attributes:
        kind: ``relkind``: ``r`` for a table.
        is_part: whether it is a partition.
        has_parent: whether it inherits from another table.
        unmanaged: its triggers, policies and rules, which no definition tells of.
    """

    oid: int
    name: str
    kind: str
    is_part: bool
    has_parent: bool
    comment: str | None
    unmanaged: int


@dataclass(frozen=True, slots=True)
class CatalogColumn:
    """A column.

    Attributes:
        quoted: its name as Postgres writes it in SQL.
        type: its type in words, with its modifier: ``numeric(10,2)``.
        kind: ``typtype`` of its type: ``b`` base, ``e`` enum, ``d`` domain.
        labels: those of an enum.
        default: its default, or what generates it, in SQL.
        generated: ``attgenerated``, empty where it is not generated.
        identity: ``attidentity``, empty where it is none.
        sequence: the name of the sequence that counts it up and is its own.
        collation: its collation, where that is not its type's own.
    """

    table: int
    number: int
    name: str
    quoted: str
    type: str
    kind: str
    labels: Sequence[str] | None
    not_null: bool
    default: str | None
    generated: str
    identity: str
    sequence: str | None
    collation: str | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class CatalogConstraint:
    """A constraint.

    Attributes:
        kind: ``contype``: ``p`` key, ``u`` unique, ``f`` foreign key, ``c`` CHECK, ``x`` exclusion.
        definition: all of it in SQL.
        condition: of a CHECK, in SQL.
        columns: the numbers of its columns.
        no_inherit: whether tables that inherit do not have it.
        nulls_not_distinct: whether a unique constraint takes NULLs as alike.
    """

    table: int
    name: str
    kind: str
    definition: str
    condition: str | None
    columns: Sequence[int]
    target: str | None
    target_space: str | None
    target_columns: Sequence[str] | None
    on_delete: str
    on_update: str
    match: str
    set_columns: bool
    deferrable: bool
    deferred: bool
    validated: bool
    no_inherit: bool
    nulls_not_distinct: bool
    includes: bool


@dataclass(frozen=True, slots=True)
class CatalogIndex:
    """An index that no constraint made.

    Attributes:
        columns: the numbers of its columns; 0 stands for an expression.
        options: ``indoption`` of each: 1 descends, 2 has NULLs first.
        is_plain: a whole and valid B-tree over all rows, with its types' own operators and
            collations, and nothing included.
    """

    table: int
    name: str
    definition: str
    is_unique: bool
    columns: Sequence[int]
    options: Sequence[int]
    is_plain: bool


_TABLES: Final = """
SELECT c.oid, c.relname, c.relkind, c.relispartition,
    EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid),
    obj_description(c.oid, 'pg_class'),
    (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
    + (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid)
    + (SELECT count(*) FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN')
FROM pg_class c
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = :space)
    AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e'
        AND d.classid = 'pg_class'::regclass)
ORDER BY c.oid
"""

_OTHERS: Final = """
SELECT DISTINCT n.nspname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> :space
    AND n.nspname <> 'information_schema'
ORDER BY 1
"""

_COLUMNS: Final = """
SELECT a.attrelid, a.attnum, a.attname, quote_ident(a.attname),
    format_type(a.atttypid, a.atttypmod), t.typtype,
    CASE WHEN t.typtype = 'e' THEN ARRAY(SELECT e.enumlabel::text FROM pg_enum e
        WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) END,
    a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attgenerated, a.attidentity,
    (SELECT s.relname FROM pg_depend o JOIN pg_class s ON s.oid = o.objid AND s.relkind = 'S'
        WHERE o.refobjid = a.attrelid AND o.refobjsubid = a.attnum AND o.deptype IN ('a', 'i')
            AND o.refclassid = 'pg_class'::regclass AND o.classid = 'pg_class'::regclass
            AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%')
        LIMIT 1),
    CASE WHEN a.attcollation <> t.typcollation THEN
        (SELECT l.collname FROM pg_collation l WHERE l.oid = a.attcollation) END,
    col_description(a.attrelid, a.attnum)
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = ANY (CAST(:tables AS oid[])) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
"""

# NOT NULL is a constraint, too, since Postgres 18 ('n'); the columns tell of it.
_CONSTRAINTS: Final = """
SELECT c.conrelid, c.conname, c.contype, pg_get_constraintdef(c.oid),
    CASE WHEN c.contype = 'c' THEN pg_get_expr(c.conbin, c.conrelid) END,
    coalesce(c.conkey, '{}'), f.relname, n.nspname,
    CASE WHEN c.contype = 'f' THEN ARRAY(SELECT a.attname::text
        FROM unnest(c.confkey) WITH ORDINALITY k (number, place)
        JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number
        ORDER BY k.place) END,
    c.confdeltype, c.confupdtype, c.confmatchtype,
    coalesce(cardinality((to_jsonb(c) ->> 'confdelsetcols')::int2[]), 0) > 0,
    c.condeferrable, c.condeferred,
    c.convalidated AND coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true), c.connoinherit,
    coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false),
    coalesce(i.indnatts > i.indnkeyatts, false)
FROM pg_constraint c
    LEFT JOIN pg_class f ON f.oid = c.confrelid
    LEFT JOIN pg_namespace n ON n.oid = f.relnamespace
    LEFT JOIN pg_index i ON i.indexrelid = c.conindid AND c.contype IN ('p', 'u', 'x')
WHERE c.conrelid = ANY (CAST(:tables AS oid[])) AND c.contype IN ('p', 'u', 'f', 'c', 'x')
ORDER BY c.conrelid, c.oid
"""

_INDEXES: Final = """
SELECT i.indrelid, c.relname, pg_get_indexdef(i.indexrelid), i.indisunique,
    i.indkey::int2[], i.indoption::int2[],
    m.amname = 'btree' AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
        AND i.indnatts = i.indnkeyatts AND c.reloptions IS NULL
        AND NOT coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false)
        AND NOT EXISTS (SELECT FROM unnest(i.indclass::oid[]) k (class)
            JOIN pg_opclass o ON o.oid = k.class WHERE NOT o.opcdefault)
        AND NOT EXISTS (SELECT FROM unnest(i.indkey::int2[], i.indcollation::oid[])
            k (number, used)
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
            WHERE a.attcollation <> k.used)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
WHERE i.indrelid = ANY (CAST(:tables AS oid[]))
    AND NOT EXISTS (SELECT FROM pg_constraint u
        WHERE u.conindid = i.indexrelid AND u.contype IN ('p', 'u', 'x'))
ORDER BY i.indrelid, c.oid
"""

# What the catalog's functions write depends on these.
_SETTINGS: Final = {
    "TimeZone": "UTC",
    "DateStyle": "ISO",
    "IntervalStyle": "postgres",
    "extra_float_digits": "1",
    "standard_conforming_strings": "on",
    "quote_all_identifiers": "off",
    "bytea_output": "hex",
}


class Catalog:
    """The catalog of a schema, read within the connection's transaction.

    Args:
        connection: to Postgres.
        space: the schema's name.
    """

    def __init__(self, connection: sa.Connection, space: str) -> None:
        self._connection = connection
        self._space = space
        for name, value in {**_SETTINGS, "search_path": f"{_quoted(space)}, pg_catalog"}.items():
            connection.execute(
                sa.text("SELECT set_config(:name, :value, true)"), {"name": name, "value": value}
            )

    @property
    def exists(self) -> bool:
        """Whether there is such a schema."""
        query = sa.text("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = :space)")
        return bool(self._connection.scalar(query, {"space": self._space}))

    def others(self) -> list[str]:
        """Return the other schemas that hold tables."""
        return list(self._connection.scalars(sa.text(_OTHERS), {"space": self._space}))

    def tables(self) -> list[CatalogTable]:
        """Return what is in the schema, but for what an extension brought."""
        found = self._connection.execute(sa.text(_TABLES), {"space": self._space})
        return [CatalogTable(*row) for row in found]

    def columns(self, tables: Sequence[int]) -> list[CatalogColumn]:
        """Return the columns of tables, in order."""
        return [CatalogColumn(*row) for row in self._of(_COLUMNS, tables)]

    def constraints(self, tables: Sequence[int]) -> list[CatalogConstraint]:
        """Return the constraints of tables, in the order in which they were made."""
        return [CatalogConstraint(*row) for row in self._of(_CONSTRAINTS, tables)]

    def indexes(self, tables: Sequence[int]) -> list[CatalogIndex]:
        """Return the indexes of tables, in the order in which they were made."""
        return [CatalogIndex(*row) for row in self._of(_INDEXES, tables)]

    def _of(self, query: str, tables: Sequence[int]) -> Any:
        return self._connection.execute(sa.text(query), {"tables": list(tables)})


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
