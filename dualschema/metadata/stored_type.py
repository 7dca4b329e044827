"""A column and its type as SQLAlchemy's: they render, encode and decode for the engine at hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, assert_never

import sqlalchemy as sa
from pydantic_core import SchemaValidator, ValidationError
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import operators

from dualschema.column_type import (
    ClientKind,
    ColumnType,
    Form,
    PostgresStyle,
    PostgresType,
    Storage,
)

__all__ = ["StoredColumn", "StoredType", "literal_of"]

# Operators whose other side is a value of the column; any other's is not: a pattern of LIKE, a path
# into a document, a summand.
_COMPARISONS = frozenset(
    {
        operators.eq,
        operators.ne,
        operators.lt,
        operators.le,
        operators.gt,
        operators.ge,
        operators.in_op,
        operators.not_in_op,
        operators.between_op,
        operators.not_between_op,
        operators.is_distinct_from,
        operators.is_not_distinct_from,
    }
)


class StoredType(sa.types.TypeDecorator[Any]):
    """A column type as SQLAlchemy's.

    A value that is bound is checked first, so that plain SQLAlchemy stores nothing that the row
    class would refuse.
    """

    impl = sa.Text
    cache_ok = True

    def __init__(self, column_type: ColumnType, style: PostgresStyle) -> None:
        super().__init__()
        self.column_type = column_type
        self.style = style
        # What operators mean in Python's terms: arithmetic, concatenation, paths into documents.
        self.impl = _neutral_type(column_type.client_kind)

    class Comparator(sa.types.TypeDecorator.Comparator[Any]):
        """Compares with True and False by value: SQLAlchemy's own constants are SQL booleans,
        and the portable style stores integers."""

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            typed = (
                sa.literal(value, self.type) if isinstance(value, bool) else value
                for value in other
            )
            return super().operate(op, *typed, **kwargs)

    @property
    def comparator_factory(self) -> Any:
        inherited = self.impl_instance.comparator_factory
        if issubclass(StoredType.Comparator, inherited):
            return StoredType.Comparator
        return type("StoredComparator", (StoredType.Comparator, inherited), {})

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "sqlite":
            return _sqlite_type(self.column_type.storage)
        return _postgres_type(*self.column_type.postgres_type(self.style))

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        if op in _COMPARISONS:
            return self
        return self.impl_instance.coerce_compared_value(op, value)

    def _form(self, dialect: Dialect) -> Form:
        if dialect.name == "sqlite":
            return Form.SQLITE
        return Form.PORTABLE if self.style is PostgresStyle.PORTABLE else Form.NATIVE

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        encode = self.column_type.encoder(self._form(dialect)).function
        check = SchemaValidator(self.column_type.schema()).validate_python

        def process(value: Any) -> Any:
            if value is None:
                return None
            try:
                value = check(value)
            except ValidationError as error:
                reason = error.errors(include_url=False, include_input=False)[0]["msg"]
                raise ValueError(f"{self.column_type.name}: {reason}") from None
            return value if encode is None else encode(value)

        return process

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        bind = self.bind_processor(dialect)
        return lambda value: literal_of(bind(value))

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        form = self._form(dialect)
        if self.column_type.client_kind is ClientKind.JSON:
            form = Form.SQLITE  # `column_expression` has it read as text
        decode = self.column_type.decoder(form).function
        if decode is None and self.column_type.encoder(form).function is None:
            return None  # what the driver gives is the value
        check = SchemaValidator(self.column_type.schema()).validate_python

        def process(value: Any) -> Any:
            if value is None:
                return None
            value = value if decode is None else decode(value)
            return None if value is None else check(value)

        return process

    def column_expression(self, column: Any) -> Any:
        # As text, so that JSON's null differs from NULL and a document is parsed once, by us.
        if self.column_type.client_kind is ClientKind.JSON:
            return sa.type_coerce(sa.cast(column, sa.Text()), self)
        return column


class StoredColumn(sa.Column[Any]):
    """A column that may stand for a condition by itself, whatever stores its booleans."""

    inherit_cache = True

    @property
    def _is_integer_boolean(self) -> bool:
        kind = self.type
        return (
            isinstance(kind, StoredType)
            and kind.column_type.client_kind is ClientKind.BOOLEAN
            and kind.style is PostgresStyle.PORTABLE
        )

    def self_group(self, against: Any = None) -> Any:
        if self._is_integer_boolean and against in (
            operators.and_,
            operators.or_,
            operators._asbool,
        ):
            return self == sa.literal(True, self.type)
        return super().self_group(against)

    def __invert__(self) -> Any:
        if self._is_integer_boolean:
            return self == sa.literal(False, self.type)
        return super().__invert__()


def literal_of(stored: Any) -> str:
    """Return a stored value as SQL that both engines read alike."""
    if stored is None:
        return "NULL"
    if isinstance(stored, str):
        return "'" + stored.replace("'", "''") + "'"
    if isinstance(stored, bool):
        return "true" if stored else "false"
    if isinstance(stored, bytes):
        return f"'\\x{stored.hex()}'"
    if isinstance(stored, (int, float)):
        return repr(stored)
    return f"'{stored}'"


def _neutral_type(kind: ClientKind) -> sa.types.TypeEngine[Any]:
    match kind:
        case ClientKind.STRING | ClientKind.CHOICE:
            return sa.Text()
        case ClientKind.UUID:
            return sa.Uuid()
        case ClientKind.BOOLEAN:
            return sa.Boolean()
        case ClientKind.INTEGER | ClientKind.INTEGER_CHOICE | ClientKind.INT64:
            return sa.BigInteger()
        case ClientKind.REAL:
            return sa.Double()
        case ClientKind.DECIMAL:
            return sa.Numeric()
        case ClientKind.TIMESTAMP:
            return sa.DateTime(timezone=True)
        case ClientKind.DATE:
            return sa.Date()
        case ClientKind.TIME:
            return sa.Time()
        case ClientKind.DURATION:
            return sa.BigInteger()
        case ClientKind.JSON:
            return sa.JSON()
        case ClientKind.BYTES:
            return sa.LargeBinary()
        case _:
            assert_never(kind)


def _sqlite_type(storage: Storage) -> sa.types.TypeEngine[Any]:
    match storage:
        case Storage.TEXT:
            return sa.TEXT()
        case Storage.INTEGER:
            return sa.INTEGER()
        case Storage.REAL:
            return sa.REAL()
        case _:
            assert_never(storage)


def _postgres_type(kind: PostgresType, arguments: tuple[int, ...]) -> sa.types.TypeEngine[Any]:
    match kind:
        case PostgresType.TEXT:
            return sa.TEXT()
        case PostgresType.INTEGER:
            return sa.INTEGER()
        case PostgresType.BIGINT:
            return sa.BIGINT()
        case PostgresType.DOUBLE:
            return sa.DOUBLE_PRECISION()
        case PostgresType.NUMERIC:
            return sa.NUMERIC(*arguments)
        case PostgresType.BOOLEAN:
            return sa.BOOLEAN()
        case PostgresType.TIMESTAMPTZ:
            return postgresql.TIMESTAMP(timezone=True, precision=arguments[0])
        case PostgresType.DATE:
            return sa.DATE()
        case PostgresType.TIME:
            return postgresql.TIME(precision=arguments[0])
        case PostgresType.UUID:
            return sa.UUID()
        case PostgresType.JSONB:
            return postgresql.JSONB()
        case PostgresType.BYTEA:
            return postgresql.BYTEA()
        case _:
            assert_never(kind)
