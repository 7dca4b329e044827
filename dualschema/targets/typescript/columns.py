"""What is said of a column in TypeScript: its types, how it is read, written and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import assert_never

from dualschema.column_type import ClientKind, Storage
from dualschema.documents import Documents
from dualschema.generator import ClientColumn
from dualschema.languages.typescript import (
    choices_of,
    document_members,
    is_to_the_millisecond,
    literal,
    quoted,
    value_type,
)
from dualschema.model import TableModel

__all__ = ["Spelling", "Spoken", "storage_type"]


def storage_type(storage: Storage) -> str:
    """Return the type of a stored value that is not NULL."""
    match storage:
        case Storage.TEXT:
            return "string"
        case Storage.INTEGER | Storage.REAL:
            return "number"
        case _:
            assert_never(storage)


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the columns of a schema are spelled.

    Attributes:
        documents: the shapes of JSON documents.
        names: what the types of documents' records are called.
        choices: what the constants are called that read and write closed sets, by the names of
            the table and the column.
        dates: whether instants to the millisecond are ``Date``.
    """

    documents: Documents
    names: Mapping[str, str]
    choices: Mapping[tuple[str, str], str]
    dates: bool

    def of(self, table: TableModel, column: ClientColumn) -> Spoken:
        """Return what is said of a column."""
        return Spoken(self, table, column)


@dataclass(frozen=True)
class Spoken:
    """One column, in TypeScript.

    Attributes:
        spelling: how columns are spelled here.
        table: the table.
        column: the column.
    """

    spelling: Spelling
    table: TableModel
    column: ClientColumn

    @property
    def attribute(self) -> str:
        """What the row's property is called."""
        return self.column.model.json_name

    @cached_property
    def place(self) -> str:
        """What an error calls it."""
        return quoted(f"{self.table.name}.{self.column.name}")

    @cached_property
    def members(self) -> list[str]:
        """The type of its values, without NULL; a union if there are several."""
        model = self.column.model
        kind = model.type.client_kind
        if kind in (ClientKind.CHOICE, ClientKind.INTEGER_CHOICE):
            return list(map(literal, choices_of(model.type)))
        if kind is not ClientKind.JSON:
            return [value_type(model.type, dates=self.spelling.dates)]
        if model.type.has_null and model.nullable:
            return ["Exclude<JsonValue, null>", "typeof JSON_NULL"]
        shape = self.spelling.documents.shapes[self.table.name, model.name]
        return document_members(shape, self.spelling.names)

    @cached_property
    def whole_members(self) -> list[str]:
        """The type of its values, with null if NULL is one."""
        members = self.members
        is_absent = self.column.model.nullable and "null" not in members
        return [*members, "null"] if is_absent else members

    def read(self, value: str) -> tuple[str, list[str]]:
        """Return the call that reads a stored value: the function, and its arguments."""
        return self._converted(value, self.reader)

    def write(self, value: str) -> tuple[str, list[str]]:
        """Return the call that gives a value as it is stored."""
        return self._converted(value, self.writer)

    def _converted(self, value: str, function: str) -> tuple[str, list[str]]:
        is_json_null = self.column.model.type.has_null and not self.column.model.nullable
        if is_json_null:
            return function.partition("<")[0], [value, self.place]
        convert = "orNull" if self.column.model.nullable else "present"
        return convert, [value, self.place, function]

    @cached_property
    def reader(self) -> str:
        """The function that reads a stored value that is not NULL."""
        kind = self.column.model.type.client_kind
        match kind:
            case ClientKind.STRING:
                return "readText"
            case ClientKind.BOOLEAN:
                return "readBoolean"
            case ClientKind.INT64:
                return "readInt64"
            case ClientKind.TIMESTAMP:
                return "readDate" if self.is_date else self._precise("Instant")
            case ClientKind.BYTES:
                return "readBytes"
            case ClientKind.JSON:
                return self._json("read")
            case _:
                return self._both(kind)

    @cached_property
    def writer(self) -> str:
        """The function that gives a value that is not null as it is stored."""
        kind = self.column.model.type.client_kind
        match kind:
            case ClientKind.STRING:
                return "writeText"
            case ClientKind.BOOLEAN:
                return "writeBoolean"
            case ClientKind.INT64:
                return "writeInt64"
            case ClientKind.TIMESTAMP:
                return "writeDate" if self.is_date else self._precise("Instant")
            case ClientKind.BYTES:
                return "writeBytes"
            case ClientKind.JSON:
                return self._json("write")
            case _:
                return self._both(kind)

    def _both(self, kind: ClientKind) -> str:
        """Return what reads and writes values whose stored form is what is meant."""
        match kind:
            case ClientKind.INTEGER | ClientKind.DURATION:
                return "wholeNumber"
            case ClientKind.REAL:
                return "realNumber"
            case ClientKind.DECIMAL:
                return "decimal"
            case ClientKind.UUID:
                return "uuid"
            case ClientKind.DATE:
                return "day"
            case ClientKind.TIME:
                return self._precise("Clock")
            case ClientKind.CHOICE | ClientKind.INTEGER_CHOICE:
                return self.spelling.choices[self.table.name, self.column.name]
            case (
                ClientKind.STRING
                | ClientKind.BOOLEAN
                | ClientKind.INT64
                | ClientKind.TIMESTAMP
                | ClientKind.BYTES
                | ClientKind.JSON
            ):
                raise AssertionError(f"{kind} is read and written by functions of its own")
            case _:
                assert_never(kind)

    @property
    def is_date(self) -> bool:
        """Whether its values are ``Date``."""
        of_type = self.column.model.type
        is_instant = of_type.client_kind is ClientKind.TIMESTAMP
        return self.spelling.dates and is_instant and is_to_the_millisecond(of_type)

    def _precise(self, what: str) -> str:
        return f"{'milli' if is_to_the_millisecond(self.column.model.type) else 'micro'}{what}"

    def _json(self, direction: str) -> str:
        model = self.column.model
        if model.type.has_null and model.nullable:
            return f"{direction}AnyJson"
        if direction == "write":
            return "writeJson"
        or_null = model.nullable or model.type.has_null
        return f"readJson{'OrNull' if or_null else ''}<{' | '.join(self.members)}>"
