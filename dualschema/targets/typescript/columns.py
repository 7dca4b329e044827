"""What is said of a column in TypeScript: its types, how it is read, written and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, assert_never

from dualschema.client_rows import is_to_the_millisecond
from dualschema.column_type import ClientKind
from dualschema.documents import Documents
from dualschema.generator import ClientColumn
from dualschema.languages.typescript.spelling import literal, quoted
from dualschema.languages.typescript.types import (
    choices_of,
    document_members,
    value_type,
)
from dualschema.model import TableModel

__all__ = ["Spelling", "Spoken"]


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


class Spoken:
    """One column, in TypeScript: said once, since each function of its table's names it.

    Attributes:
        table: the name of its table.
        column: the column.
        attribute: what the row's property is called.
        place: what an error calls it.
        is_date: whether its values are ``Date``.
        members: the type of its values, without NULL; a union if there are several.
        whole_members: the type of its values, with null if NULL is one.
        reader: the function that reads a stored value that is not NULL.
        writer: the function that gives a value that is not null as it is stored.
    """

    def __init__(self, spelling: Spelling, table: TableModel, column: ClientColumn) -> None:
        self._spelling = spelling
        self.table = table.name
        self.column = column
        self.attribute = column.model.json_name
        self.place = quoted(f"{table.name}.{column.name}")
        is_instant = column.model.type.client_kind is ClientKind.TIMESTAMP
        self.is_date = spelling.dates and is_instant and is_to_the_millisecond(column.model.type)
        self.members = self._members()
        is_absent = column.may_be_null and "null" not in self.members
        self.whole_members = [*self.members, "null"] if is_absent else self.members
        self.reader = self._function("read")
        self.writer = self._function("write")
        self._converter = self._said_converter()

    def _members(self) -> list[str]:
        model = self.column.model
        kind = model.type.client_kind
        if kind in (ClientKind.CHOICE, ClientKind.INTEGER_CHOICE):
            return list(map(literal, choices_of(model.type)))
        if kind is not ClientKind.JSON:
            return [value_type(model.type, dates=self._spelling.dates)]
        if model.type.has_null and self.column.may_be_null:
            return ["Exclude<JsonValue, null>", "typeof JSON_NULL"]
        shape = self._spelling.documents.shapes[self.table, model.name]
        return document_members(shape, self._spelling.names)

    def read(self, value: str) -> tuple[str, list[str]]:
        """Return the call that reads a stored value: the function, and its arguments."""
        return self._converted(value, self.reader)

    def write(self, value: str) -> tuple[str, list[str]]:
        """Return the call that gives a value as it is stored."""
        return self._converted(value, self.writer)

    def _converted(self, value: str, function: str) -> tuple[str, list[str]]:
        if self._converter is None:
            return function.partition("<")[0], [value, self.place]
        return self._converter, [value, self.place, function]

    def _said_converter(self) -> str | None:
        """Return the function that cares for NULL; None where JSON's null takes its place."""
        if self.column.may_be_null:
            return "orNull"
        return None if self.column.model.type.has_null else "present"

    def _function(self, direction: Literal["read", "write"]) -> str:
        """Return what reads or writes values; what is stored as it is meant has one for both."""
        kind = self.column.model.type.client_kind
        match kind:
            case ClientKind.STRING:
                return f"{direction}Text"
            case ClientKind.BOOLEAN:
                return f"{direction}Boolean"
            case ClientKind.INT64:
                return f"{direction}Int64"
            case ClientKind.TIMESTAMP:
                return f"{direction}Date" if self.is_date else self._precise("Instant")
            case ClientKind.BYTES:
                return f"{direction}Bytes"
            case ClientKind.JSON:
                return self._json(direction)
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
                return self._spelling.choices[self.table, self.column.name]
            case _:
                assert_never(kind)

    def _precise(self, what: str) -> str:
        return f"{'milli' if is_to_the_millisecond(self.column.model.type) else 'micro'}{what}"

    def _json(self, direction: Literal["read", "write"]) -> str:
        model = self.column.model
        if model.type.has_null and self.column.may_be_null:
            return f"{direction}AnyJson"
        if direction == "write":
            return "writeJson"
        or_null = self.column.may_be_null or model.type.has_null
        return f"readJson{'OrNull' if or_null else ''}<{' | '.join(self.members)}>"
