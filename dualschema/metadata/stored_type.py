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
from dualschema.metadata.literal import literal_of
from dualschema.metadata.membership import Membership
from dualschema.metadata.path import Found, Path

__all__ = ["StoredColumn", "StoredType"]

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
        operators.and_,  # the two ends of BETWEEN
        operators.is_distinct_from,
        operators.is_not_distinct_from,
    }
)


# `IS true` needs a boolean, too; these mean the same of any value, and NULL is none of them.
_BY_VALUE: dict[Any, Any] = {
    operators.is_: operators.is_not_distinct_from,
    operators.is_not: operators.is_distinct_from,
}


def _truth(value: Any) -> Any:
    return isinstance(value, sa.True_) if isinstance(value, (sa.True_, sa.False_)) else value


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
        self.impl = _neutral_type(column_type.client_kind)  # type: ignore[assignment]  # SQLAlchemy types it otherwise

    class Comparator(sa.types.TypeDecorator.Comparator[Any]):
        """Compares with True and False by value.

        SQLAlchemy's own constants are SQL booleans, and the portable style stores integers.
        """

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            if not any(isinstance(value, (bool, sa.True_, sa.False_)) for value in other):
                return super().operate(op, *other, **kwargs)
            typed = (sa.literal(_truth(value), self.type) for value in other)
            return super().operate(_BY_VALUE.get(op, op), *typed, **kwargs)

    class DocumentComparator(Comparator):
        """What a path leads to is any JSON, no longer a document of the column's type."""

        def _setup_getitem(self, index: Any) -> tuple[Any, Any, Any]:
            operator, index, _ = super()._setup_getitem(index)  # type: ignore[misc]  # SQLAlchemy types it otherwise
            return operator, index, Found()

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            return Path.of(super().operate(op, *other, **kwargs))

    @property
    def comparator_factory(self) -> Any:  # type: ignore[override]  # SQLAlchemy types it otherwise
        inherited: Any = self.impl_instance.comparator_factory
        is_document = self.column_type.client_kind is ClientKind.JSON
        own = StoredType.DocumentComparator if is_document else StoredType.Comparator
        return own if issubclass(own, inherited) else type(own.__name__, (own, inherited), {})

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

    # SQLAlchemy documents these three for overriding, and a checker finds fault with its names.
    def bind_processor(  # pyright: ignore[reportIncompatibleMethodOverride]  # SQLAlchemy types it otherwise
        self, dialect: Dialect
    ) -> Callable[[Any], Any]:
        encode = self.column_type.encoder(self._form(dialect)).function
        check = SchemaValidator(self.column_type.schema()).validate_python

        def process(value: Any) -> Any:
            if value is None:
                return None
            value = self._checked(check, value)
            return value if encode is None else encode(value)

        return process

    def literal_processor(  # pyright: ignore[reportIncompatibleMethodOverride]  # SQLAlchemy types it otherwise
        self, dialect: Dialect
    ) -> Callable[[Any], str]:
        bind = self.bind_processor(dialect)
        return lambda value: literal_of(bind(value))

    def result_processor(  # pyright: ignore[reportIncompatibleMethodOverride]  # SQLAlchemy types it otherwise
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], Any] | None:
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
            return None if value is None else self._checked(check, value)

        return process

    def _checked(self, check: Callable[[Any], Any], value: Any) -> Any:
        try:
            return check(value)
        except ValidationError as error:
            reason = error.errors(include_url=False, include_input=False)[0]["msg"]
            raise ValueError(f"{self.column_type.name}: {reason}") from None

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

    def in_(self, other: Any) -> Any:
        values = self._plain_values(other)
        return super().in_(other) if values is None else Membership.of(self, values)

    def not_in(self, other: Any) -> Any:
        values = self._plain_values(other)
        if values is None:
            return super().not_in(other)
        return Membership.of(self, values, negated=True)

    def _plain_values(self, given: Any) -> list[Any] | None:
        """Return values that go into one parameter, or None for what SQLAlchemy writes out.

        Documents have no equality that both engines share, and SQLite may read a float from JSON
        with another last bit.
        """
        kind = self.type
        if not isinstance(kind, StoredType) or not isinstance(given, _COLLECTIONS):
            return None
        if kind.column_type.client_kind in (ClientKind.JSON, ClientKind.REAL):
            return None
        values = list(given)
        return None if any(map(_is_clause, values)) else values

    def self_group(self, against: Any = None) -> Any:
        # None is what CASE WHEN asks with; the others are AND, OR, NOT and WHERE.
        if self._is_integer_boolean and against in (
            None,
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


_COLLECTIONS = (list, tuple, set, frozenset)


def _is_clause(value: Any) -> bool:
    return hasattr(value, "__clause_element__") or isinstance(value, sa.sql.ClauseElement)


def _neutral_type(kind: ClientKind) -> sa.types.TypeEngine[Any]:
    return _NEUTRAL_TYPES[kind]()


_NEUTRAL_TYPES: dict[ClientKind, Callable[[], sa.types.TypeEngine[Any]]] = {
    ClientKind.STRING: sa.Text,
    ClientKind.CHOICE: sa.Text,
    ClientKind.UUID: sa.Uuid,
    ClientKind.BOOLEAN: sa.Boolean,
    ClientKind.INTEGER: sa.BigInteger,
    ClientKind.INTEGER_CHOICE: sa.BigInteger,
    ClientKind.INT64: sa.BigInteger,
    ClientKind.REAL: sa.Double,
    ClientKind.DECIMAL: sa.Numeric,
    ClientKind.TIMESTAMP: lambda: sa.DateTime(timezone=True),
    ClientKind.DATE: sa.Date,
    ClientKind.TIME: sa.Time,
    ClientKind.DURATION: sa.BigInteger,
    ClientKind.JSON: sa.JSON,
    ClientKind.BYTES: sa.LargeBinary,
}


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
    return _POSTGRES_TYPES[kind](*arguments)


_POSTGRES_TYPES: dict[PostgresType, Callable[..., sa.types.TypeEngine[Any]]] = {
    PostgresType.TEXT: sa.TEXT,
    PostgresType.INTEGER: sa.INTEGER,
    PostgresType.BIGINT: sa.BIGINT,
    PostgresType.DOUBLE: sa.DOUBLE_PRECISION,
    PostgresType.NUMERIC: sa.NUMERIC,
    PostgresType.BOOLEAN: sa.BOOLEAN,
    PostgresType.TIMESTAMPTZ: lambda digits: postgresql.TIMESTAMP(timezone=True, precision=digits),
    PostgresType.DATE: sa.DATE,
    PostgresType.TIME: lambda digits: postgresql.TIME(precision=digits),
    PostgresType.UUID: sa.UUID,
    PostgresType.JSONB: postgresql.JSONB,
    PostgresType.BYTEA: postgresql.BYTEA,
}
