"""What Alembic found of tables, columns and indexes, taken apart into steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from dualschema.migrate.catalog import Catalog, ColumnText
from dualschema.migrate.computed import keep_computed
from dualschema.migrate.conversion import conversion, keeps_values
from dualschema.migrate.counting import add_counted
from dualschema.migrate.indexes import index_steps
from dualschema.migrate.step import Phase, Step

__all__ = ["changes"]


def changes(
    found: ops.UpgradeOps, metadata: sa.MetaData, live: Catalog, wanted: Catalog
) -> Iterator[Step]:
    """Yield steps, of one phase in the order of the tables, which is the definition's.

    Args:
        found: what Alembic says.
        metadata: the tables that are to be.
        live: the columns that are there.
        wanted: those that are to be.
    """
    order = {name: place for place, name in enumerate(metadata.tables)}
    every = [each for op in found.ops for each in _single(op)]
    every.sort(key=lambda op: _place(op, order, metadata))
    yield from index_steps(every, metadata, live)
    for op in every:
        match op:
            case ops.CreateTableOp():
                yield _create_table(op)
            case ops.DropTableOp():
                yield _drop_table(op, live)
            case ops.AddColumnOp():
                yield from _add_column(op, wanted)
            case ops.DropColumnOp():
                yield _drop_column(op, live)
            case ops.AlterColumnOp():
                yield from _alter(op, metadata, live, wanted)
            case ops.CreateTableCommentOp() | ops.DropTableCommentOp():
                text = f"comment on table {op.table_name}"
                yield Step(Phase.COMMENT, op, op.reverse(), text)
            case ops.CreateIndexOp() | ops.DropIndexOp():
                pass
            case _:
                raise AssertionError(f"Alembic found more than tables, columns and indexes: {op}")


def _single(op: ops.MigrateOperation) -> Iterator[Any]:
    if isinstance(op, ops.ModifyTableOps):
        yield from op.ops
    else:
        yield op


def _place(op: Any, order: dict[str, int], metadata: sa.MetaData) -> tuple[Any, ...]:
    table = op.table_name
    name = getattr(op, "column_name", None) or getattr(op, "index_name", None) or ""
    if isinstance(op, ops.AddColumnOp):
        name = op.column.name
    columns = list(metadata.tables[table].columns.keys()) if table in order else []
    place = columns.index(name) if name in columns else len(columns)
    return order.get(table, len(order)), table, place, name


def _create_table(op: ops.CreateTableOp) -> Step:
    table = op.to_table()
    rules = sorted(table.constraints, key=lambda rule: (rule is not table.primary_key, rule.name))
    up = ops.CreateTableOp(table.name, [*table.columns, *rules], comment=table.comment)
    text = f"create table {table.name}"
    return Step(Phase.CREATE_TABLE, up, ops.DropTableOp(table.name), text)


def _drop_table(op: ops.DropTableOp, live: Catalog) -> Step:
    name = op.table_name
    columns = [_column_there(name, each, live) for each in op.to_table().columns]
    rules: list[Any] = []
    for rule in live.rules_of[name]:
        if not rule.ours:
            continue  # a step of its own
        match rule.kind:
            case "primary":
                rules.append(sa.PrimaryKeyConstraint(*rule.columns, name=rule.name))
            case "unique":
                rules.append(sa.UniqueConstraint(*rule.columns, name=rule.name))
            case "check":
                rules.append(sa.CheckConstraint(sa.literal_column(rule.text or ""), name=rule.name))
            case "foreignkey" | "exclusion":
                pass  # a step of its own: tables may refer to each other in a circle
    down = ops.CreateTableOp(name, [*columns, *rules], comment=op.comment)
    return Step(
        Phase.DROP_TABLE,
        ops.DropTableOp(name),
        down,
        f"drop table {name}",
        name,
        loses=f"table {name} and its rows",
    )


def _add_column(op: ops.AddColumnOp, wanted: Catalog) -> Iterator[Step]:
    table, column = op.table_name, _plain(op.column)
    text, down = f"add column {table}.{column.name}", ops.DropColumnOp(table, column.name)
    said = wanted.tables[table][column.name]
    if said.counter:
        counted = add_counted(table, column.name, said.type, said.counter, column.comment)
        yield Step(Phase.ADD_COLUMN, counted, down, text)
        return
    refused = ""
    if not column.nullable and column.server_default is None:
        refused = (
            f"{table}.{column.name} is not nullable and has no default that the database knows, "
            "so the rows that are there would have no value: give it one (default=, "
            "server_default=), or make it nullable"
        )
    up = ops.AddColumnOp(table, column)
    yield Step(Phase.ADD_COLUMN, up, down, text, table, refused=refused)


def _drop_column(op: ops.DropColumnOp, live: Catalog) -> Step:
    table, name = op.table_name, op.column_name
    column, there = _column_there(table, op.to_column(), live), live.tables[table][name]
    down: ops.MigrateOperation = ops.AddColumnOp(table, column)
    if there.counter and not there.nullable:
        down = add_counted(table, name, there.type, there.counter, column.comment)
    return Step(
        # Before the columns that its values are made of.
        Phase.DROP_GENERATED if there.generated else Phase.DROP_COLUMN,
        ops.DropColumnOp(table, name),
        down,
        f"drop column {table}.{name}",
        table,
        loses=f"column {table}.{name} and its values",
    )


def _column_there(table: str, column: sa.Column[Any], live: Catalog) -> sa.Column[Any]:
    there = live.tables[table][column.name]
    return _column(column, _default(there), counted=there.counter is not None)


def _plain(column: sa.Column[Any]) -> sa.Column[Any]:
    """Return a column alone, without a table's keys."""
    given = column.server_default
    default = given.arg if isinstance(given, sa.DefaultClause) else None
    return _column(column, default, counted=False)


def _column(column: sa.Column[Any], default: Any, *, counted: bool) -> sa.Column[Any]:
    can_count = column.primary_key and isinstance(column.type, sa.Integer)
    return sa.Column(
        column.name,
        column.type,
        nullable=column.nullable,
        comment=column.comment,
        autoincrement=False if can_count and not counted else "auto",
        server_default=default,
    )


def _default(column: ColumnText) -> Any:
    if column.default is None:
        return None
    made: Any = sa.literal_column(column.default)
    return sa.Computed(made, persisted=column.generated == "STORED") if column.generated else made


def _alter(
    op: ops.AlterColumnOp, metadata: sa.MetaData, live: Catalog, wanted: Catalog
) -> Iterator[Step]:
    """Yield a step for each thing that changes of a column, one of which may need another."""
    table, name = op.table_name, op.column_name
    place = f"{table}.{name}"
    column = metadata.tables[table].columns[name]
    before, after = live.tables[table][name], wanted.tables[table][name]
    old, old_text = _default(before), before.default
    given = column.server_default
    new = given.arg if isinstance(given, sa.DefaultClause) else None

    def both(
        phase: Phase, text: str, up: dict[str, Any], down: dict[str, Any], **more: Any
    ) -> Step:
        do, undo = ops.AlterColumnOp(table, name, **up), ops.AlterColumnOp(table, name, **down)
        return Step(phase, do, undo, text, table, **more)

    if before.generated:
        yield keep_computed(table, name, before)
        old, old_text = None, None
    if before.spelled != after.spelled:
        if old is not None:
            yield both(
                Phase.DROP_DEFAULT,
                f"drop default of {place}",
                {"modify_server_default": None},
                {"modify_server_default": old},
            )
        yield both(
            Phase.TYPE,
            f"change type of {place} from {before.spelled} to {after.spelled}",
            {
                "modify_type": column.type,
                "postgresql_using": conversion(name, before.type, after.type),
            },
            {
                "modify_type": op.existing_type,
                "postgresql_using": conversion(name, after.type, before.type),
            },
            loses=""
            if keeps_values(before.type, after.type)
            else f"values of {place} that {after.type} does not hold as {before.type} does",
        )
        old, old_text = None, None
    if old_text != after.default:
        verb = "drop default of" if new is None else "set default of"
        yield both(
            Phase.DEFAULT,
            f"{verb} {place}",
            {"modify_server_default": new},
            {"modify_server_default": old},
        )
    if op.modify_nullable is not None:
        is_nullable = bool(op.modify_nullable)
        refused = f"{place} is to hold no NULL, and holds some: give these rows a value first"
        yield both(
            Phase.NULLABLE,
            f"let {place} hold NULL" if is_nullable else f"let {place} hold no NULL",
            {"modify_nullable": is_nullable, "existing_type": column.type},
            {"modify_nullable": not is_nullable, "existing_type": column.type},
            column=name,
            refused="" if is_nullable else refused,
        )
    if op.modify_comment is not False:
        yield both(
            Phase.COMMENT,
            f"comment on column {place}",
            {"modify_comment": op.modify_comment, "existing_comment": op.existing_comment},
            {"modify_comment": op.existing_comment, "existing_comment": op.modify_comment},
        )
