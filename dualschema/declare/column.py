"""What stands in a table class: ``Column``, ``column`` and the indexes, checks and foreign keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, Never, TypeVar, cast, overload

from pydantic import Field, GetCoreSchemaHandler
from pydantic.errors import PydanticSchemaGenerationError
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticUndefined, core_schema

from dualschema.column_type import COLUMN_BUILD, TYPE_MARK, Number, TypeMark, TypeOptions
from dualschema.declare.options import FILLED, sound
from dualschema.declare.resolve import resolve_type, without_none
from dualschema.naming import camel_case
from dualschema.types.json import Json

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = [
    "Check",
    "Column",
    "ColumnExpression",
    "ColumnMark",
    "ColumnOptions",
    "ForeignKey",
    "Index",
    "column",
    "without_builds",
]

T = TypeVar("T")

ActionName = Literal["no action", "restrict", "cascade", "set null", "set default"]
DeferrableName = Literal[False, "immediate", "deferred"]
StyleName = Literal["portable", "native"]
WritableName = Literal["client", "create", "server"]

if TYPE_CHECKING:

    class ColumnExpression(sa.Column[T]):
        """A column in an SQL expression: what ``Timer.name`` is on the class."""

        # SQLAlchemy's own lets every name pass, so that a misspelt method would, too.
        __getattr__: None  # type: ignore[assignment, misc]

    class Column(Generic[T]):
        """A column: ``name: Column[str]``. On a row it is the value, on the class an expression."""

        @overload
        def __get__(self, row: None, owner: Any, /) -> ColumnExpression[T]: ...
        @overload
        def __get__(self, row: object, owner: Any, /) -> T: ...
        def __get__(self, row: Any, owner: Any, /) -> Any: ...
        def __set__(self, row: Any, value: T, /) -> None: ...

else:
    # At run time a row is a pydantic model and `Timer.name` a `sqlalchemy.Column`: the two classes
    # above only tell a type checker so.
    class ColumnExpression(Generic[T]):
        """A column in an SQL expression: what ``Timer.name`` is on the class."""

    class Column:
        """A column: ``name: Column[str]``. On a row it is the value, on the class an expression."""

        def __class_getitem__(cls, annotation: Any) -> Any:
            return Annotated[annotation, ColumnMark()]


@dataclass(frozen=True, slots=True)
class ColumnMark:
    """What tells a column from a field that was annotated without ``Column[...]``."""


@dataclass(frozen=True, slots=True, init=False)
class Index:
    """An index over several columns, for ``class Timer(Table, indexes=[...])``.

    Columns are named as in Python or as in the database; ``-created_at`` descends.
    """

    columns: tuple[str, ...]
    name: str | None = field(metadata=FILLED)
    unique: bool

    def __init__(self, *columns: str, name: str | None = None, unique: bool = False) -> None:
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "unique", unique)


@dataclass(frozen=True, slots=True)
class Check:
    """A condition that every row must meet, for ``class Timer(Table, checks=[...])``.

    ``sql`` stands in both databases' DDL as it is, so it is SQL that both take, over the names of
    columns in the database.
    """

    sql: str = field(metadata=FILLED)
    name: str | None = field(default=None, metadata=FILLED)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """The row of another table that a column names: ``ForeignKey("categories.id")`` or a class.

    An upload checks a deferrable one when it ends, so that a child may come before its parent.
    """

    target: str | type
    on_delete: ActionName = "no action"
    name: str | None = field(default=None, metadata=FILLED)
    on_update: ActionName = "no action"
    deferrable: DeferrableName = "immediate"


@dataclass(frozen=True, slots=True)
class ColumnOptions:
    """All that ``column()`` was told, but for the default, which pydantic keeps.

    An option that was wrong has its default here, and ``faults`` tells of it.
    """

    type_options: TypeOptions = field(default_factory=TypeOptions)
    default_factory: Callable[[], Any] | None = None
    name: str | None = field(default=None, metadata=FILLED)
    json_name: str | None = field(default=None, metadata=FILLED)
    primary_key: bool = False
    index: bool | str = field(default=False, metadata=FILLED)
    unique: bool | str = field(default=False, metadata=FILLED)
    foreign_key: str | type | ForeignKey | None = None
    owner: bool | str = False
    writable: WritableName = "client"
    check: str | None = field(default=None, metadata=FILLED)
    server_default: str | None = field(default=None, metadata=FILLED)
    on_update: Callable[[], Any] | None = None
    postgres: StyleName | None = None
    was: str | None = field(default=None, metadata=FILLED)
    dropped: bool = False
    doc: str | None = None
    faults: tuple[str, ...] = ()

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Have pydantic check the row's field as the column's type does.

        What is no column type is let pass here: the schema reports it, with all other problems.
        """
        annotation, nullable = without_none(source)
        try:
            inner = handler(source)
        except PydanticSchemaGenerationError:
            return core_schema.any_schema()

        def build(mark: TypeMark | None) -> CoreSchema:
            full = annotation if mark is None else Annotated[annotation, mark]
            try:
                found = resolve_type(full, self.type_options)
            except ValueError:
                return core_schema.any_schema()
            schema = (
                found.schema_within(handler.generate_schema)
                if isinstance(found, Json)
                else found.schema()
            )
            return core_schema.nullable_schema(schema) if nullable else schema

        built = build((inner.get("metadata") or {}).get(TYPE_MARK))
        metadata = {**(built.get("metadata") or {}), COLUMN_BUILD: build}
        return cast(CoreSchema, {**built, "metadata": metadata})


def without_builds(schema: CoreSchema) -> None:
    """Take out of a row class's schema what built its columns' schemas.

    Once the class is made nobody asks for it, and pydantic keeps the schema with the class: what
    builds a column holds on to pydantic's generator, which is nearly half of all objects.
    """
    node: Any = schema
    while node is not None and node["type"] != "model-fields":
        node = node.get("schema")
    for of_field in () if node is None else node["fields"].values():
        within: Any = of_field["schema"]
        while within is not None:
            within.get("metadata", {}).pop(COLUMN_BUILD, None)
            within = within.get("schema")


# Never, not Any: pyright would take the type of a default that is left out for a part of T.
_NO_DEFAULT: Never = cast("Never", PydanticUndefined)

# pydantic's own signature takes one of the two defaults; it checks that at run time, too.
_field: Callable[..., FieldInfo] = Field


# One signature does without overloads: the `Column[T]` that is declared tells type checkers what T
# is, even where neither default is given.
def column(
    *,
    default: T = _NO_DEFAULT,
    default_factory: Callable[[], T] | None = None,
    name: str | None = None,
    json_name: str | None = None,
    primary_key: bool = False,
    index: bool | str = False,
    unique: bool | str = False,
    foreign_key: str | type | ForeignKey | None = None,
    owner: bool | str = False,
    writable: WritableName = "client",
    check: str | None = None,
    server_default: str | None = None,
    on_update: Callable[[], T] | None = None,
    postgres: StyleName | None = None,
    was: str | None = None,
    dropped: bool = False,
    doc: str | None = None,
    min_length: int | None = None,
    max_length: int | None = None,
    pattern: str | None = None,
    ge: Number | None = None,
    gt: Number | None = None,
    le: Number | None = None,
    lt: Number | None = None,
    precision: int | None = None,
    scale: int | None = None,
) -> Column[T]:
    """Say more of a column than its annotation does. Everything is optional.

    Args:
        default: the value of a row that names none; it stands in both databases' DDL, too.
        default_factory: makes that value anew for each row, in place of ``default``; ``list`` and
            ``dict`` stand in the DDL.
        name: the name in the database, where it is not the attribute's in snake_case.
        json_name: the name in an API's JSON, where it is not the database's in camelCase.
        primary_key: this column is the key; each table has exactly one.
        index: index it, by a name of its own if one is given.
        unique: no two rows have the same value.
        foreign_key: the row it names: ``"categories.id"``, a table class or a ``ForeignKey``.
        owner: it holds the owner's user id; or, as text, the path to it: ``"category.user_id"``.
        writable: who may set it in an upload: ``"client"``, ``"create"`` (only on insert) or
            ``"server"``.
        check: a condition in SQL that both databases take.
        server_default: the database's own default, in SQL that both databases take.
        on_update: makes the value that each update sets.
        postgres: ``"portable"`` or ``"native"``, where it is not the table's.
        was: the name it had before; old clients may still send it.
        dropped: it stands in no schema any more, but what old clients send is still taken.
        doc: what it means; a docstring under the attribute says the same.
        min_length, max_length: the least and most code points of a text.
        pattern: a regular expression found in the text, in the dialect that Python, Rust and
            Postgres share.
        ge, gt, le, lt: bounds of a number.
        precision: of a timestamp or time, 3 (milliseconds, the default) or 6; of a decimal, its
            digits in all.
        scale: of a decimal, its digits after the point.
    """
    of_type, type_faults = sound(
        TypeOptions(min_length, max_length, pattern, ge, gt, le, lt, precision, scale)
    )
    options, faults = sound(
        ColumnOptions(
            type_options=of_type,
            default_factory=default_factory,
            name=name,
            json_name=json_name,
            primary_key=primary_key,
            index=index,
            unique=unique,
            foreign_key=foreign_key,
            owner=owner,
            writable=writable,
            check=check,
            server_default=server_default,
            on_update=on_update,
            postgres=postgres,
            was=was,
            dropped=dropped,
            doc=doc,
        )
    )
    if type_faults:  # what is left of them may make no sense by itself
        options = replace(options, type_options=TypeOptions())
    if options.default_factory is not None and default is not PydanticUndefined:
        options = replace(options, default_factory=None)
        faults += ("default and default_factory exclude each other",)
    if faults or type_faults:
        options = replace(options, faults=faults + type_faults)
    return cast("Column[T]", _made(default, options))


def _made(default: Any, options: ColumnOptions) -> FieldInfo:
    """Return the field that pydantic makes of a column."""
    made = _field(
        default=default,
        default_factory=options.default_factory,
        alias=options.json_name or (camel_case(options.name) if options.name else None),
        description=options.doc,
    )
    made.metadata.append(options)
    return made
