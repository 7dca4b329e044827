"""The difference between a database and a definition, as Alembic's operations."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations
from alembic.migration import MigrationContext
from alembic.operations import Operations, ops
from sqlalchemy.exc import SAWarning

from dualschema.metadata import quoting
from dualschema.migrate.catalog import Catalog, ColumnText
from dualschema.migrate.changes import changes
from dualschema.migrate.counting import counting_steps
from dualschema.migrate.inspecting import without_foreign_keys
from dualschema.migrate.publishing import publication_steps, read_following
from dualschema.migrate.reading import read_catalog, wanted_catalog
from dualschema.migrate.renames import renamed_tables, renames
from dualschema.migrate.rows import with_rows
from dualschema.migrate.rules import Touched, constraints, standing_for_indexes
from dualschema.migrate.step import Phase, Step
from dualschema.migrate.wanted import server_metadata

if TYPE_CHECKING:
    from dualschema.schema import Schema

__all__ = ["compare", "differences", "operations"]


def differences(
    connection: sa.Connection,
    schema: Schema,
    *,
    ours: Collection[str] = (),
    publication: bool = False,
) -> ops.UpgradeOps:
    """Return what brings a Postgres database to a definition.

    Nothing in the database is changed, but the connection's role must be allowed to: to see what is
    left to do after renames, they are done and taken back.

    Args:
        connection: to the database, within a transaction; the tables are those of the schema that
            comes first on its search path.
        schema: the definition.
        ours: names of tables that the definition made before, and which go if it has them no more.
            No other table of the database is looked at.
        publication: make PowerSync's publication where there is none; one that is there follows the
            tables in any case.
    """
    steps = compare(connection, schema, ours=ours, publication=publication)
    return ops.UpgradeOps([step.up for step in steps])


def compare(
    connection: sa.Connection,
    schema: Schema,
    *,
    ours: Collection[str] = (),
    publication: bool = False,
    by_rows: bool = False,
) -> tuple[Step, ...]:
    """Return the steps that bring a database to a definition, in their order.

    Args:
        connection: see ``differences``.
        schema: the definition.
        ours: see ``differences``.
        publication: see ``differences``.
        by_rows: let a step lose something, or be refused, only if the rows that are there make it.
    """
    metadata = server_metadata(schema)
    wanted = wanted_catalog(connection, schema, metadata)
    live = read_catalog(connection)
    first = tuple(renames(schema, live))
    new_names = renamed_tables(schema, live)
    known = _Known(metadata, wanted, frozenset(new_names.get(name, name) for name in ours))
    with _taken_back(connection, first):
        named = read_catalog(connection) if first else live
        found = _compared(connection, known, named)
        following = read_following(connection)
        members = known.ours | set(metadata.tables)
        found += publication_steps(schema.model, following, members, make=publication)
        found.sort(key=lambda step: step.phase)
        if by_rows:
            found = [with_rows(connection, step) for step in found]
    return (*first, *found)


def operations(connection: sa.Connection) -> Operations:
    """Return what executes Alembic's operations on a connection."""
    quoting(connection.dialect)
    return Operations(MigrationContext.configure(connection))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is wanted of which tables.

    Attributes:
        ours: the tables that the definition may once have made, by the names they are to have.
    """

    metadata: sa.MetaData
    wanted: Catalog
    ours: frozenset[str]


@contextmanager
def _taken_back(connection: sa.Connection, steps: Iterable[Step]) -> Iterator[None]:
    """Have steps done for a while."""
    with connection.begin_nested() as within:
        doing = operations(connection)
        for step in steps:
            doing.invoke(step.up)
        yield
        within.rollback()


def _compared(connection: sa.Connection, known: _Known, live: Catalog) -> list[Step]:
    standing = standing_for_indexes(live, known.metadata)
    if standing:
        rules = (*known.wanted.rules, *standing.values())
        known = replace(known, wanted=replace(known.wanted, rules=rules))
    found = [
        step
        for step in changes(_alembic(connection, known, live), known.metadata, live, known.wanted)
        if not (isinstance(step.up, ops.CreateIndexOp) and step.up.index_name in standing)
    ]
    dropped = {name for name in known.ours - set(known.metadata.tables) if name in live.tables}
    touched = Touched()
    for step in found:
        if isinstance(step.up, ops.AlterColumnOp) and step.phase is Phase.TYPE:
            touched.columns.add((step.up.table_name, step.up.column_name))
        elif isinstance(step.up, ops.DropIndexOp):
            touched.unkeyed.add(step.up.table_name or "")
    steps = constraints(live, known.wanted, dropped, touched)
    return [*found, *counting_steps(live, known.wanted), *steps]


def _alembic(connection: sa.Connection, known: _Known, live: Catalog) -> ops.UpgradeOps:
    """Ask Alembic for all but constraints, which it compares in part."""
    names = known.ours | set(known.metadata.tables)

    def include_name(name: str | None, kind: str, _: Any) -> bool:
        return kind != "table" or name in names

    def include_object(_: Any, __: Any, kind: str, *___: Any) -> bool:
        return not kind.endswith("constraint")

    # Types and defaults both: asked about defaults, Alembic fails at columns with an identity.
    def differs(_: Any, column: sa.Column[Any], *__: Any) -> bool:
        before, after = _text(live, column), _text(known.wanted, column)
        return _compared_by_text(before) != _compared_by_text(after)

    options = {
        "include_name": include_name,
        "include_object": include_object,
        "compare_type": differs,
        "compare_server_default": False,
    }
    # SQLAlchemy looks for tables on all of the search path, and would find those of another schema.
    narrow = "SELECT set_config('search_path', coalesce(quote_ident(current_schema()), ''), true)"
    with warnings.catch_warnings(), connection.begin_nested() as within:
        # Of what others made in our tables SQLAlchemy does not know everything, as it says: what
        # concerns us of that, the catalog has.
        warnings.simplefilter("ignore", SAWarning)
        # Older releases of Alembic say so of a generated column, which `computed` sees to.
        warnings.filterwarnings("ignore", "Computed default on", UserWarning)
        connection.exec_driver_sql(narrow)
        with without_foreign_keys(connection):
            context = MigrationContext.configure(connection, opts=options)
            found = produce_migrations(context, known.metadata).upgrade_ops
        within.rollback()
    return found if found is not None else ops.UpgradeOps([])


def _compared_by_text(column: ColumnText) -> tuple[Any, ...]:
    return column.spelled, column.default, column.generated


def _text(catalog: Catalog, column: sa.Column[Any]) -> ColumnText:
    return catalog.tables[column.table.name][column.name]
