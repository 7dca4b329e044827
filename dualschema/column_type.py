"""What a column type is: the base class, and the closed sets from which types pick.

A type knows how its values are stored; it does not know the other types, SQLAlchemy or a database.
"""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from pydantic_core import CoreSchema, PydanticCustomError, core_schema

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = [
    "COLUMN_BUILD",
    "TYPE_MARK",
    "ClientKind",
    "Coder",
    "ColumnType",
    "Constraint",
    "Form",
    "Length",
    "Matches",
    "Number",
    "OneOf",
    "PostgresStyle",
    "PostgresType",
    "Range",
    "Storage",
    "TypeMark",
    "TypeOptions",
    "refuse",
    "with_json_form",
]


class Storage(enum.Enum):
    """How SQLite stores a value.

    These three and no other: any other type name may mean NUMERIC affinity
    (https://www.sqlite.org/datatype3.html#determination_of_column_affinity).
    """

    TEXT = "TEXT"
    INTEGER = "INTEGER"
    REAL = "REAL"


class PostgresStyle(enum.Enum):
    """How Postgres stores what SQLite has no type for."""

    PORTABLE = "portable"
    """As the client does: integer booleans, text timestamps; JSON is jsonb."""
    NATIVE = "native"
    """By Postgres's own types: boolean, timestamptz, uuid, bytea."""


class Form(enum.Enum):
    """A form that a value takes outside Python."""

    SQLITE = "sqlite"
    PORTABLE = "portable"
    NATIVE = "native"
    JSON = "json"
    """As an API sends it: true and false, nested documents, text for what JSON has no type for."""


class ClientKind(enum.Enum):
    """The kind of value a client's language sees; each target spells every one of them."""

    STRING = "string"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    """Whole, within ±(2^53 - 1): exact in every language."""
    INT64 = "int64"
    """Whole, full 64 bits, stored as text."""
    REAL = "real"
    DECIMAL = "decimal"
    UUID = "uuid"
    TIMESTAMP = "timestamp"
    DATE = "date"
    TIME = "time"
    DURATION = "duration"
    CHOICE = "choice"
    INTEGER_CHOICE = "integer_choice"
    JSON = "json"
    BYTES = "bytes"


class PostgresType(enum.Enum):
    """The Postgres types that columns have."""

    TEXT = "text"
    INTEGER = "integer"
    BIGINT = "bigint"
    DOUBLE = "double precision"
    NUMERIC = "numeric"
    BOOLEAN = "boolean"
    TIMESTAMPTZ = "timestamptz"
    DATE = "date"
    TIME = "time"
    UUID = "uuid"
    JSONB = "jsonb"
    BYTEA = "bytea"


@dataclass(frozen=True, slots=True)
class OneOf:
    """The stored value is one of these."""

    values: tuple[str, ...] | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Length:
    """The text has this many code points."""

    minimum: int | None
    maximum: int | None


@dataclass(frozen=True, slots=True)
class Range:
    """The stored number lies within these bounds."""

    ge: int | float | str | None = None
    gt: int | float | str | None = None
    le: int | float | str | None = None
    lt: int | float | str | None = None

    def bounds(self) -> Iterator[tuple[str, int | float | str]]:
        """Yield what the number must be: ``>=``, ``>``, ``<=`` or ``<``, and the bound."""
        pairs = ((">=", self.ge), (">", self.gt), ("<=", self.le), ("<", self.lt))
        yield from ((sign, bound) for sign, bound in pairs if bound is not None)


@dataclass(frozen=True, slots=True)
class Matches:
    """The text matches a pattern of the dialect of ``dualschema.pattern``."""

    pattern: str


Constraint = OneOf | Length | Range | Matches

Number = int | float | Decimal
"""A bound, as ``column()`` takes it."""


@dataclass(frozen=True, slots=True)
class TypeOptions:
    """What ``column()`` may say about the values; each type names the ones it takes."""

    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    ge: Number | None = None
    gt: Number | None = None
    le: Number | None = None
    lt: Number | None = None
    precision: int | None = None
    scale: int | None = None

    def given(self) -> dict[str, Any]:
        """Return the options that were given, by name."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name)) is not None}


@dataclass(frozen=True, slots=True)
class Coder:
    """One direction of a conversion.

    Attributes:
        function: the whole conversion, or None where the value stays as it is. It is given
            neither None nor, to encode, a value that the schema refuses.
        guard: the source of an expression over ``v`` that is true only where ``inline`` is right:
            ``v`` is a value that the column holds, in the exact class that ``inline`` expects.
        inline: the source of an expression over ``v`` that gives what the whole conversion gives.
        names: what ``guard`` and ``inline`` call by name.
        trusted: the guard for a driver's own rows, where a shorter one will do: what the database
            holds went through the checks when it was written, so its class tells enough.
        unchecked: the guard for a value to encode that nobody has checked: it is true only for
            what the column takes just as it is. Without one, such a value goes the whole way.
        settled: the guard for a client's value to decode that may be stored as it came: it is true
            only where the value decodes, and its text in Postgres and SQLite may be itself.

    ``guard`` and ``inline`` only save time: where the guard is false, or ``inline`` raises,
    the value goes through the type's schema and ``function``. A value to encode was
    checked when its row was made, so its guard need only see that it is of the right class.
    """

    function: Callable[[Any], Any] | None = None
    guard: str | None = None
    inline: str = "v"
    names: Mapping[str, object] = field(default_factory=dict)
    trusted: str | None = None
    unchecked: str | None = None
    settled: str | None = None


@dataclass(frozen=True, slots=True)
class TypeMark:
    """What tells two column types of one Python type apart: ``Annotated[int, TypeMark(...)]``.

    It also works outside a table: in a JSON document, pydantic checks its values by ``schema``.
    """

    name: str
    schema: Callable[[], CoreSchema]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: Callable[[Any], CoreSchema]
    ) -> CoreSchema:
        """Have pydantic check by ``schema``; in a table, have the column's options say how.

        pydantic may come to the options before it comes to the mark, or after it.
        """
        inner = handler(source).get("metadata") or {}
        if build := inner.get(COLUMN_BUILD):
            return cast(CoreSchema, build(self))
        return cast(CoreSchema, {**self.schema(), "metadata": {TYPE_MARK: self}})


TYPE_MARK = "dualschema_type"
"""Where a core schema's metadata holds the ``TypeMark`` that made it."""

COLUMN_BUILD = "dualschema_column"
"""Where a core schema's metadata holds the function that makes it anew for a ``TypeMark``."""


def refuse(reason: str) -> PydanticCustomError:
    """Return the error that a type raises for a value it does not take."""
    return PydanticCustomError("dualschema", "{reason}", {"reason": reason})


class ColumnType(ABC):
    """One type of column: which annotation it stands for, how its values are checked and stored.

    Instances are frozen dataclasses, equal when they mean the same. ``None`` never reaches a type:
    the converters deal with it.
    """

    __slots__ = ()

    name: ClassVar[str]
    """How documentation calls it."""
    example: ClassVar[str]
    """An annotation of it, as a user writes it."""
    samples: ClassVar[tuple[tuple[Any, dict[str, Any]], ...]]
    """Annotations of it with options of ``column()``: the tests run on each of them."""
    storage: ClassVar[Storage]
    client_kind: ClassVar[ClientKind]
    options: ClassVar[frozenset[str]] = frozenset()
    """The names in ``TypeOptions`` that it takes."""
    can_be_key: ClassVar[bool] = False
    """Whether it may be the key of a synced table: the client's ``id`` is always text."""
    can_be_owner: ClassVar[bool] = False
    """Whether it may hold a user's id."""
    notes: ClassVar[str]
    """One sentence for the table of values: the form, and what is refused."""

    @classmethod
    @abstractmethod
    def claim(cls, annotation: Any, options: TypeOptions) -> Self | None:
        """Return the type for an annotation (without ``| None``), or None if it is not this one.

        Raises:
            ValueError: the annotation or an option is this type's, but wrong; the text says why.
        """

    @abstractmethod
    def postgres_type(self, style: PostgresStyle) -> tuple[PostgresType, tuple[int, ...]]:
        """Return the Postgres type and its arguments: ``(NUMERIC, (10, 2))``."""

    @abstractmethod
    def schema(self) -> CoreSchema:
        """Return how a value is checked: it takes the Python value, or any stored form of it.

        What it gives is what the row then holds, and survives every engine unchanged.
        """

    @abstractmethod
    def encoder(self, form: Form) -> Coder:
        """Return how a checked Python value becomes its stored form."""

    def decoder(self, form: Form) -> Coder:
        """Return how a stored form becomes what ``schema`` takes; mostly it does so as it is."""
        return Coder()

    def constraints(self, form: Form) -> tuple[Constraint, ...]:
        """Return what the database must check of a stored value."""
        return ()

    @abstractmethod
    def strategy(self) -> SearchStrategy[Any]:
        """Return a Hypothesis strategy for all values of the type, its edges included."""

    @property
    def has_null(self) -> bool:
        """Whether the type has a null of its own, beside SQL's (untyped JSON has)."""
        return False


def with_json_form(
    schema: CoreSchema,
    encode: Callable[[Any], Any],
    *,
    written: CoreSchema | None = None,
    taken: CoreSchema | None = None,
) -> CoreSchema:
    """Return ``schema`` with ``encode`` as what ``model_dump(mode="json")`` writes of a value.

    Args:
        schema: how a value is checked; with ``written`` or ``taken``, a before-validator.
        encode: gives the JSON form of a value.
        written: what the JSON schema says of that form, where ``schema`` does not say it.
        taken: what the JSON schema says of the forms that are taken: by default, ``written``.
    """
    serializer = core_schema.plain_serializer_function_ser_schema(
        encode, return_schema=written, when_used="json-unless-none"
    )
    made = {**schema, "serialization": serializer}
    if accepted := taken or written:
        made["json_schema_input_schema"] = accepted
    return cast(CoreSchema, made)
