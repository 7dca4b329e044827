"""From the model to ``sqlalchemy.MetaData``: tables, defaults, checks, indexes and foreign keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateColumn

from dualschema.column_type import (
    ClientKind,
    ColumnType,
    Constraint,
    Form,
    Matches,
    PostgresStyle,
)
from dualschema.metadata.condition import Condition
from dualschema.metadata.literal import escaped, literal_of
from dualschema.metadata.quoting import spelt
from dualschema.metadata.stored_type import StoredColumn, StoredType
from dualschema.model import (
    Action,
    ColumnModel,
    Default,
    Deferrable,
    SchemaModel,
    Sync,
    TableModel,
    check_name,
    column_constraints,
    default_as,
    form_of,
)
from dualschema.naming import constraint_name

__all__ = [
    "ColumnTexts",
    "OfType",
    "TableTypes",
    "build_metadata",
    "build_table",
    "column_kind",
    "stands_in",
]


def stands_in(table: TableModel, dialect: str) -> bool:
    """Whether a table is on an engine: the server's is ``postgresql``, the client's ``sqlite``."""
    if table.dropped:
        return False
    elsewhere = Sync.SERVER_ONLY if dialect == "sqlite" else Sync.LOCAL_ONLY
    return table.sync is not elsewhere


def build_metadata(model: SchemaModel) -> sa.MetaData:
    """Return the schema's tables; their types, defaults and checks render for either engine."""
    metadata = sa.MetaData()
    types = TableTypes()
    for table in model.tables:
        if not table.dropped:
            of_types = types.of(table)
            columns = [*map(_column, table.columns, of_types)]
            _add_table(metadata, model, table, columns, of_types)
    return metadata


def build_table(model: SchemaModel, table: TableModel, of_types: list[OfType]) -> sa.Table:
    """Return a table for its DDL alone, beside which ``ColumnTexts`` has what columns are.

    It stands by itself: of other tables there is what its keys name. Of its own columns there are
    the key, those that an index, a foreign key or a unique constraint names, and those that have a
    comment.
    """
    metadata = sa.MetaData()
    named: dict[str, dict[str, None]] = {}
    for key in table.foreign_keys:
        if key.target_table != table.name:
            named.setdefault(key.target_table, {})[key.target_column] = None
    for name, others in named.items():
        sa.Table(spelt(name), metadata, *(sa.Column(spelt(other)) for other in others))
    columns = [*_named_columns(table, of_types)]
    return _add_table(metadata, model, table, columns, of_types)


def _named_columns(table: TableModel, of_types: list[OfType]) -> Iterator[sa.Column[Any]]:
    named = {key.column for key in table.foreign_keys}
    named.update(*(index.columns for index in table.indexes))
    for column, of_type in zip(table.columns, of_types, strict=True):
        if column.name == table.key:
            yield _column(column, of_type)
        elif column.name in named or column.unique or column.doc:
            yield sa.Column(spelt(column.name), comment=column.doc)


def column_kind(column: ColumnModel, of_type: OfType) -> object:
    """Return what makes columns alike in CREATE TABLE, but for their names."""
    return id(of_type), column.nullable, _default_texts(column)


class ColumnTexts:
    """What SQLAlchemy writes of columns within CREATE TABLE.

    It writes one column of each type, NULL and default; the others differ from it in their names.

    Args:
        compiler: an engine's compiler of DDL.
    """

    def __init__(self, compiler: Any) -> None:
        self._compiler = compiler
        self._quoted = compiler.preparer.quote
        self._behind: dict[object, str] = {}

    def of(self, column: ColumnModel, of_type: OfType, kind: object) -> str:
        """Return a column that is not the key; ``kind`` is that of ``column_kind``."""
        behind = self._behind.get(kind)
        if behind is None:
            made = _column(column, of_type)
            sa.Table("any", sa.MetaData(), made)
            text = self._compiler.process(CreateColumn(made))
            behind = self._behind[kind] = text.removeprefix(self._quoted(spelt(column.name)))
        return f"{self._quoted(spelt(column.name))}{behind}"


_Check = tuple[Constraint, str | None]
"""What is checked of a value, and by which engine alone."""


@dataclass(frozen=True, slots=True)
class OfType:
    """What all columns of a type share.

    Attributes:
        stored: SQLAlchemy's type, which itself keeps what it made for each engine.
        checks: what the databases check of a value.
    """

    stored: StoredType
    checks: tuple[_Check, ...]


class TableTypes:
    """What is made of each column type once."""

    def __init__(self) -> None:
        self._made: dict[tuple[ColumnType, PostgresStyle], OfType] = {}

    def of(self, table: TableModel) -> list[OfType]:
        """Return what was made of the type of each column."""
        return [self._of(column) for column in table.columns]

    def _of(self, column: ColumnModel) -> OfType:
        key = column.type, column.style
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = OfType(StoredType(*key), tuple(_checks_of(column)))
        return found


def _add_table(
    metadata: sa.MetaData,
    model: SchemaModel,
    table: TableModel,
    columns: list[sa.Column[Any]],
    of_types: list[OfType],
) -> sa.Table:
    made = sa.Table(
        spelt(table.name),
        metadata,
        *columns,
        sa.PrimaryKeyConstraint(table.key, name=constraint_name(table.name, "pkey")),
        *_constraints(model, table, of_types),
        comment=table.doc,
        info={"dualschema": table},
        # Each value then has its column's type or is refused, whoever writes it.
        sqlite_strict=True,
    )
    for index in table.indexes:
        ordered = [
            made.c[name].desc() if descending else made.c[name] for name, descending in index.parts
        ]
        sa.Index(index.name, *ordered, unique=index.unique)
    return made


def _column(column: ColumnModel, of_type: OfType) -> sa.Column[Any]:
    return StoredColumn(
        spelt(column.name),
        of_type.stored,
        nullable=column.nullable,
        comment=column.doc,
        server_default=_server_default(column),
        default=_python_default(column.default),
        onupdate=column.on_update,
        info={"dualschema": column},
    )


def _python_default(default: Default | None) -> Any:
    if default is None:
        return None
    return default.factory if default.factory is not None else default.value


class _StoredDefault(sa.sql.expression.ColumnElement[Any]):
    """A default whose SQL differs between the engines."""

    inherit_cache = False

    def __init__(self, postgres: str, sqlite: str) -> None:
        self.postgres = postgres
        self.sqlite = sqlite


@compiles(_StoredDefault, "postgresql")
def _postgres_default(element: _StoredDefault, compiler: Any, **_options: Any) -> str:
    return escaped(element.postgres, compiler)


@compiles(_StoredDefault, "sqlite")
def _sqlite_default(element: _StoredDefault, compiler: Any, **_options: Any) -> str:
    return escaped(element.sqlite, compiler)


def _server_default(column: ColumnModel) -> Any:
    texts = _default_texts(column)
    if texts is None:
        return None
    # The server's own as it stands: colons and all.
    return sa.literal_column(texts) if isinstance(texts, str) else _StoredDefault(*texts)


def _default_texts(column: ColumnModel) -> str | tuple[str, str] | None:
    """Return the database's own default, or that of Postgres and that of SQLite, as SQL."""
    default = column.default
    if default is None:
        return None
    if default.server is not None:
        return default.server
    if not default.in_ddl:
        return None
    postgres = literal_of(default_as(column, form_of(column, "postgres")))
    if column.type.client_kind is ClientKind.JSON:
        postgres += "::jsonb"
    return postgres, literal_of(default_as(column, Form.SQLITE))


# A batch of a client's writes may bring a child before its parent, and put off the check until it
# ends, where that is possible.
_DEFERRABLE: Final[Mapping[Deferrable, dict[str, Any]]] = {
    Deferrable.NO: {},
    Deferrable.IMMEDIATE: {"deferrable": True, "initially": "IMMEDIATE"},
    Deferrable.DEFERRED: {"deferrable": True, "initially": "DEFERRED"},
}


def _said(action: Action) -> str | None:
    return None if action is Action.NO_ACTION else action.value


def _constraints(
    model: SchemaModel, table: TableModel, of_types: list[OfType]
) -> Iterator[sa.Constraint]:
    for column in table.columns:
        if column.unique:
            yield sa.UniqueConstraint(column.name, name=column.unique)
    for key in table.foreign_keys:
        made = _ForeignKey(
            [key.column],
            [f"{key.target_table}.{key.target_column}"],
            name=key.name,
            ondelete=_said(key.on_delete),
            onupdate=_said(key.on_update),
            **_DEFERRABLE[key.deferrable],
        )
        yield made.ddl_if(callable_=_target_stands(model.by_name[key.target_table]))
    for column, of_type in zip(table.columns, of_types, strict=True):
        for constraint, engine in of_type.checks:
            name = check_name(table.name, column.name, constraint)
            check = sa.CheckConstraint(Condition(column.name, constraint), name=name)
            yield check if engine is None else check.ddl_if(dialect=engine)
    for given in table.checks:
        yield sa.CheckConstraint(sa.literal_column(given.sql), name=given.name)


class _ForeignKey(sa.ForeignKeyConstraint):
    """A foreign key that SQLAlchemy cannot take out of its table for good.

    It does so when tables refer to each other in a circle and the engine adds the key later; the
    same metadata then makes SQLite's tables without it.
    """

    inherit_cache = True

    @property
    def _create_rule(self) -> None:
        return None

    @_create_rule.setter
    def _create_rule(self, rule: object) -> None:
        pass


def _target_stands(target: TableModel) -> Callable[..., bool]:
    def stands(*_: Any, dialect: Any = None, **_options: Any) -> bool:
        return stands_in(target, dialect.name)

    return stands


def _checks_of(column: ColumnModel) -> Iterator[_Check]:
    on_server = column.type.constraints(form_of(column, "postgres"))
    on_client = column.type.constraints(Form.SQLITE)
    for constraint in column_constraints(column):
        if constraint not in on_client or isinstance(constraint, Matches):
            yield constraint, "postgresql"  # SQLite has no regular expressions of its own
        elif constraint not in on_server:
            yield constraint, "sqlite"
        else:
            yield constraint, None
