"""What stands in a database, and what is to stand there: both as Postgres's catalog says it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from dualschema.metadata import stands_in
from dualschema.migrate.catalog import Catalog, ColumnText, Counter, Rule, RuleKind
from dualschema.migrate.counting import wanted_counter
from dualschema.migrate.wanted import scratch_script
from dualschema.model import Action, Deferrable

if TYPE_CHECKING:
    from dualschema.schema import Schema

__all__ = ["read_catalog", "wanted_catalog"]

_KINDS: Final[dict[str, RuleKind]] = {
    "p": "primary",
    "u": "unique",
    "f": "foreignkey",
    "c": "check",
    "x": "exclusion",
}

# https://www.postgresql.org/docs/current/catalog-pg-constraint.html
_ACTIONS: Final = {
    "a": Action.NO_ACTION,
    "r": Action.RESTRICT,
    "c": Action.CASCADE,
    "n": Action.SET_NULL,
    "d": Action.SET_DEFAULT,
}

# https://www.postgresql.org/docs/current/catalog-pg-attribute.html
_IDENTITIES: Final = {"": "", "a": "ALWAYS", "d": "BY DEFAULT"}
_GENERATED: Final = {"": "", "s": "STORED", "v": "VIRTUAL"}

# https://www.postgresql.org/docs/current/datatype-datetime.html: six digits, where none are told.
_BARE_TIME: Final = re.compile(r"^(time|timestamp)(?= with)")

_LIVE: Final = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
_SCRATCH: Final = "pg_my_temp_schema()"

# A default counts a column up if it is `nextval` of the sequence that belongs to the column.
_COLUMNS: Final = r"""
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    pg_get_expr(d.adbin, d.adrelid), a.attidentity::text, a.attgenerated::text,
    s.relname, s.shape, quote_ident(o.collname)
FROM pg_class AS c
    LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_type AS t ON t.oid = a.atttypid
    LEFT JOIN pg_collation AS o ON o.oid = a.attcollation AND o.oid <> t.typcollation
    LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
    LEFT JOIN (
        SELECT o.refobjid, o.refobjsubid, s.oid, s.relname, format(
            'AS %s INCREMENT %s MINVALUE %s MAXVALUE %s %s',
            format_type(q.seqtypid, NULL), q.seqincrement, q.seqmin, q.seqmax,
            CASE WHEN q.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END
        ) AS shape
        FROM pg_depend AS o JOIN pg_class AS s ON s.oid = o.objid AND s.relkind = 'S'
            JOIN pg_sequence AS q ON q.seqrelid = s.oid
        WHERE o.refclassid = 'pg_class'::regclass AND o.classid = 'pg_class'::regclass
            AND o.deptype IN ('a', 'i')
    ) AS s ON s.refobjid = c.oid AND s.refobjsubid = a.attnum AND (
        a.attidentity <> ''
        OR pg_get_expr(d.adbin, d.adrelid) ~ '^nextval\(''([^'']|'''')*''::regclass\)$'
        AND EXISTS (
            SELECT FROM pg_depend AS u
            WHERE u.classid = 'pg_attrdef'::regclass AND u.objid = d.oid
                AND u.refclassid = 'pg_class'::regclass AND u.refobjid = s.oid
        )
    )
WHERE c.relnamespace = {space} AND c.relkind IN ('r', 'p')
ORDER BY c.relname, a.attnum
"""

_NAMES: Final = """
ARRAY(SELECT a.attname::text FROM unnest({numbers}) WITH ORDINALITY AS n (number, place)
    JOIN pg_attribute AS a ON a.attrelid = {table} AND a.attnum = n.number ORDER BY n.place)
"""

# Postgres 15 has NULLS NOT DISTINCT, and 18 NOT ENFORCED: what an older one lacks reads as NULL.
_RULES: Final = """
SELECT c.relname, k.conname, k.contype::text, {columns}, pg_get_expr(k.conbin, k.conrelid),
    r.relname, {target_columns}, k.confdeltype::text, k.confupdtype::text,
    CASE WHEN k.condeferred THEN 'deferred' WHEN k.condeferrable THEN 'immediate' END,
    k.convalidated AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)
        AND CASE k.contype
            WHEN 'f' THEN k.confmatchtype = 's'
            WHEN 'c' THEN NOT k.connoinherit
            WHEN 'x' THEN false
            ELSE NOT k.condeferrable AND i.indnkeyatts = i.indnatts
                AND coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) = false
        END,
    pg_get_constraintdef(k.oid)
FROM pg_constraint AS k
    JOIN pg_class AS c ON c.oid = k.conrelid
    LEFT JOIN pg_class AS r ON r.oid = k.confrelid
    LEFT JOIN pg_index AS i ON i.indexrelid = k.conindid AND k.contype IN ('p', 'u')
WHERE c.relnamespace = {space} AND k.contype IN ('p', 'u', 'f', 'c', 'x')
ORDER BY c.relname, k.conname
"""

# Which columns an index has, in which direction, and whether it is unique, Alembic sees itself.
_ODD_INDEXES: Final = """
SELECT c.relname, i.relname, pg_get_indexdef(i.oid)
FROM pg_index AS x
    JOIN pg_class AS c ON c.oid = x.indrelid
    JOIN pg_class AS i ON i.oid = x.indexrelid
    JOIN pg_am AS m ON m.oid = i.relam
WHERE c.relnamespace = {space} AND c.relkind IN ('r', 'p')
    AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.oid AND k.contype <> 'f')
    AND (m.amname <> 'btree' OR x.indpred IS NOT NULL OR x.indexprs IS NOT NULL
        OR x.indnkeyatts <> x.indnatts OR NOT x.indisvalid
        OR coalesce((to_jsonb(x) ->> 'indnullsnotdistinct')::boolean, false)
        OR EXISTS (
            SELECT FROM unnest(x.indclass) AS n (oid) JOIN pg_opclass AS o ON o.oid = n.oid
            WHERE NOT o.opcdefault
        )
        OR EXISTS (
            SELECT FROM unnest(x.indkey, x.indcollation) AS n (number, collation_oid)
                JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = n.number
            WHERE n.collation_oid <> 0 AND n.collation_oid <> a.attcollation
        ))
"""


def read_catalog(connection: sa.Connection, space: str = _LIVE) -> Catalog:
    """Return what stands in the schema that comes first on the search path."""
    tables: dict[str, dict[str, ColumnText]] = {}
    for table, column, *said in _rows(connection, _COLUMNS, space):
        columns = tables.setdefault(table, {})
        if column is not None:
            columns[column] = _column(said)
    rules = map(_rule, _rows(connection, _RULES, space))
    return Catalog(
        tables,
        tuple(sorted(rules, key=lambda rule: (rule.table, rule.name))),
        {(table, name): made for table, name, made in _rows(connection, _ODD_INDEXES, space)},
    )


def _column(said: Sequence[Any]) -> ColumnText:
    kind, is_required, default, identity, generated, sequence, shape, collation = said
    kind = _BARE_TIME.sub(r"\1(6)", kind)
    counter = Counter(sequence, shape, _IDENTITIES[identity]) if sequence else None
    own = None if counter else default
    return ColumnText(kind, not is_required, own, counter, collation, _GENERATED[generated])


def _rule(row: Any) -> Rule:
    table, name, kind, columns, text, target, target_columns, *more = row
    on_delete, on_update, deferrable, ours, definition = more
    return Rule(
        _KINDS[kind],
        table,
        name,
        tuple(sorted(columns) if kind == "c" else columns),
        text=text,
        target=target,
        target_columns=tuple(target_columns),
        on_delete=_ACTIONS.get(on_delete.strip(), Action.NO_ACTION),
        on_update=_ACTIONS.get(on_update.strip(), Action.NO_ACTION),
        deferrable=Deferrable(deferrable or False) if kind == "f" else Deferrable.NO,
        ours=ours,
        definition=definition,
    )


def wanted_catalog(connection: sa.Connection, schema: Schema, metadata: sa.MetaData) -> Catalog:
    """Return what is to stand in a schema's tables.

    Postgres is asked how it writes their checks and defaults, by temporary tables, which are gone
    when this returns.
    """
    with connection.begin_nested() as within:
        script = scratch_script(metadata)
        if script:
            connection.exec_driver_sql(script, execution_options={"no_parameters": True})
        found = read_catalog(connection, _SCRATCH)
        within.rollback()
    tables = {name: dict(found.tables[name]) for name in metadata.tables}
    for table in metadata.tables.values():
        counted = table.autoincrement_column
        if counted is not None:
            columns = tables[table.name]
            text = columns[counted.name]
            counter = wanted_counter(table.name, counted.name, text.type)
            columns[counted.name] = replace(text, counter=counter)
    texts = {(rule.table, rule.name): rule for rule in found.rules if rule.kind == "check"}
    return Catalog(tables, tuple(_wanted_rules(schema, metadata, texts)))


def _wanted_rules(
    schema: Schema, metadata: sa.MetaData, texts: dict[tuple[str, str], Rule]
) -> Iterator[Rule]:
    for table in metadata.tables.values():
        for each in sorted(table.constraints, key=lambda rule: str(rule.name)):
            name = str(each.name)
            if isinstance(each, sa.PrimaryKeyConstraint):
                yield Rule("primary", table.name, name, tuple(each.columns.keys()))
            elif isinstance(each, sa.UniqueConstraint):
                yield Rule("unique", table.name, name, tuple(each.columns.keys()))
            elif isinstance(each, sa.CheckConstraint):
                yield replace(texts[table.name, name], sql=str(each.sqltext))
        for key in schema.model.by_name[table.name].foreign_keys:
            if stands_in(schema.model.by_name[key.target_table], "postgresql"):
                yield Rule(
                    "foreignkey",
                    table.name,
                    key.name,
                    (key.column,),
                    target=key.target_table,
                    target_columns=(key.target_column,),
                    on_delete=key.on_delete,
                    on_update=key.on_update,
                    deferrable=key.deferrable,
                )


def _rows(connection: sa.Connection, query: str, space: str) -> Iterator[Any]:
    sql = query.format(
        space=space,
        columns=_NAMES.format(numbers="k.conkey", table="k.conrelid"),
        target_columns=_NAMES.format(numbers="k.confkey", table="k.confrelid"),
    )
    yield from connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
