"""What Postgres's catalog says of tables, in the text that Postgres itself makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

import sqlalchemy as sa
from alembic.operations import ops

from dualschema.metadata import stands_in
from dualschema.migrate.wanted import scratch_script
from dualschema.model import Action, Deferrable
from dualschema.naming import sequence_name

if TYPE_CHECKING:
    from dualschema.schema import Schema

__all__ = ["Catalog", "ColumnText", "Rule", "RuleKind", "read_catalog", "wanted_catalog"]

RuleKind = Literal["primary", "unique", "foreignkey", "check"]

_KINDS: Final[dict[str, RuleKind]] = {
    "p": "primary",
    "u": "unique",
    "f": "foreignkey",
    "c": "check",
}

# https://www.postgresql.org/docs/current/catalog-pg-constraint.html
_ACTIONS: Final = {
    "a": Action.NO_ACTION,
    "r": Action.RESTRICT,
    "c": Action.CASCADE,
    "n": Action.SET_NULL,
    "d": Action.SET_DEFAULT,
}

# https://www.postgresql.org/docs/current/datatype-datetime.html: six digits, where none are told.
_BARE_TIME: Final = re.compile(r"^(time|timestamp)(?= with)")

_LIVE: Final = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
_SCRATCH: Final = "pg_my_temp_schema()"

_COLUMNS: Final = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    pg_get_expr(d.adbin, d.adrelid), s.relname, a.attidentity::text, a.attgenerated::text
FROM pg_class AS c
    LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
    LEFT JOIN (
        SELECT o.refobjid, o.refobjsubid, s.relname FROM pg_depend AS o
            JOIN pg_class AS s ON s.oid = o.objid AND s.relkind = 'S'
        WHERE o.refclassid = 'pg_class'::regclass AND o.classid = 'pg_class'::regclass
            AND o.deptype IN ('a', 'i')
    ) AS s ON s.refobjid = c.oid AND s.refobjsubid = a.attnum
        AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%')
WHERE c.relnamespace = {space} AND c.relkind IN ('r', 'p')
ORDER BY c.relname, a.attnum
"""

_NAMES: Final = """
ARRAY(SELECT a.attname::text FROM unnest({numbers}) WITH ORDINALITY AS n (number, place)
    JOIN pg_attribute AS a ON a.attrelid = {table} AND a.attnum = n.number ORDER BY n.place)
"""

_RULES: Final = """
SELECT c.relname, k.conname, k.contype::text, {columns}, pg_get_expr(k.conbin, k.conrelid),
    r.relname, {target_columns}, k.confdeltype::text, k.confupdtype::text,
    CASE WHEN k.condeferred THEN 'deferred' WHEN k.condeferrable THEN 'immediate' END,
    k.confmatchtype::text = 'f'
FROM pg_constraint AS k
    JOIN pg_class AS c ON c.oid = k.conrelid
    LEFT JOIN pg_class AS r ON r.oid = k.confrelid
WHERE c.relnamespace = {space} AND k.contype IN ('p', 'u', 'f', 'c')
ORDER BY c.relname, k.conname
"""


@dataclass(frozen=True, slots=True)
class ColumnText:
    """A column's type and default, as Postgres writes them.

    Attributes:
        sequence: what counts the column up, as a SERIAL or an identity; it then has no other
            default.
        is_identity: whether that is an identity.
        generated: how its values are computed from the row, by what stands as its default: ``s``,
            they are stored; ``v``, they are virtual; empty, they are not.
    """

    type: str
    nullable: bool
    default: str | None
    sequence: str | None = None
    is_identity: bool = False
    generated: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A constraint of a table.

    Attributes:
        columns: those that it is about, in its order.
        text: a check's condition as Postgres writes it.
        sql: the same as its author wrote it; no part of what a rule is.
        target: the table that a foreign key refers to.
        is_full: whether a foreign key is ``MATCH FULL``, as none of ours is.
    """

    kind: RuleKind
    table: str
    name: str
    columns: tuple[str, ...]
    text: str | None = None
    sql: str | None = field(default=None, compare=False)
    target: str | None = None
    target_columns: tuple[str, ...] = ()
    on_delete: Action = Action.NO_ACTION
    on_update: Action = Action.NO_ACTION
    deferrable: Deferrable = Deferrable.NO
    is_full: bool = False

    @property
    def signature(self) -> Rule:
        """What it is but for its name; a check's text names its columns."""
        return replace(self, name="", columns=() if self.kind == "check" else self.columns)

    def create(self) -> ops.MigrateOperation:
        """Return the operation that makes it."""
        match self.kind:
            case "primary":
                return ops.CreatePrimaryKeyOp(self.name, self.table, self.columns)
            case "unique":
                return ops.CreateUniqueConstraintOp(self.name, self.table, self.columns)
            case "check":
                sql: Any = sa.literal_column(self.sql or self.text or "")
                return ops.CreateCheckConstraintOp(self.name, self.table, sql)
            case "foreignkey":
                names = [*self.columns], [*self.target_columns]
                return ops.CreateForeignKeyOp(
                    self.name, self.table, self.target or "", *names, **self._options()
                )

    def _options(self) -> dict[str, Any]:
        """Return what a foreign key says beside its columns."""
        made: dict[str, Any] = {}
        if self.deferrable is not Deferrable.NO:
            made["deferrable"] = True
        if self.deferrable is Deferrable.DEFERRED:
            made["initially"] = "DEFERRED"
        if self.on_delete is not Action.NO_ACTION:
            made["ondelete"] = self.on_delete.value
        if self.on_update is not Action.NO_ACTION:
            made["onupdate"] = self.on_update.value
        return {**made, "match": "FULL"} if self.is_full else made

    def drop(self) -> ops.MigrateOperation:
        """Return the operation that takes it away."""
        return ops.DropConstraintOp(self.name, self.table, self.kind)


@dataclass(frozen=True)
class Catalog:
    """Columns and constraints of the tables of one Postgres schema."""

    tables: dict[str, dict[str, ColumnText]]
    rules: tuple[Rule, ...]

    @cached_property
    def rules_of(self) -> dict[str, list[Rule]]:
        """The constraints by table."""
        found: dict[str, list[Rule]] = {name: [] for name in self.tables}
        for rule in self.rules:
            found[rule.table].append(rule)
        return found


def read_catalog(connection: sa.Connection, space: str = _LIVE) -> Catalog:
    """Return what stands in the schema that comes first on the search path."""
    tables: dict[str, dict[str, ColumnText]] = {}
    for table, column, *said in _rows(connection, _COLUMNS, space):
        kind, is_required, default, sequence, identity, generated = said
        columns = tables.setdefault(table, {})
        if column is not None:
            own = None if sequence else default
            kind = _BARE_TIME.sub(r"\1(6)", kind)
            columns[column] = ColumnText(
                kind, not is_required, own, sequence, bool(identity), generated
            )
    rules = map(_rule, _rows(connection, _RULES, space))
    return Catalog(tables, tuple(sorted(rules, key=lambda rule: (rule.table, rule.name))))


def _rule(row: Any) -> Rule:
    table, name, kind, columns, text, target, target_columns, *of_key = row
    on_delete, on_update, deferrable, is_full = of_key
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
        is_full=is_full,
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
            sequence = sequence_name(table.name, counted.name)
            columns = tables[table.name]
            columns[counted.name] = replace(columns[counted.name], sequence=sequence)
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
