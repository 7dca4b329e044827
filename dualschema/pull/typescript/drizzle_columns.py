"""A column of Drizzle's in the definition's terms."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from dualschema.naming import column_name_fault, snake_case
from dualschema.pull.description import ColumnKind, FoundColumn, FoundForeignKey, NoteKind
from dualschema.pull.description import Name as Python
from dualschema.pull.kinds import takes
from dualschema.pull.sql_types import SqlType
from dualschema.pull.typescript.chains import Chain, Link, path_of, returned
from dualschema.pull.typescript.drizzle_types import custom_type, drizzle_type
from dualschema.pull.typescript.program import Program
from dualschema.pull.typescript.tokens import Token, TokenKind, unescaped
from dualschema.pull.typescript.values import (
    Call,
    Function,
    Items,
    Number,
    Object,
    Template,
    Text,
    Value,
)

__all__ = ["ColumnReader", "key_name"]

_SERIALS: Final = frozenset(["serial", "smallserial", "bigserial"])
_COUNTED: Final = (ColumnKind.INTEGER, ColumnKind.LONG_INTEGER)
_IDENTITIES: Final = frozenset(["generatedAlwaysAsIdentity", "generatedByDefaultAsIdentity"])
_SILENT: Final = _IDENTITIES | {"primaryKey", "notNull", "$type"}
_NEW_ID: Final = re.compile(r"(?:globalThis\s*\.\s*)?(?:crypto\s*\.\s*)?randomUUID")


def texts_of(program: Program, value: Value | None) -> tuple[str, ...]:
    """Return the texts of an array, or of an enum or an object."""
    found = program.meant(value)
    if isinstance(found, Call) and path_of(found) == ["Object", "values"] and found.arguments:
        found = program.meant(found.arguments[0])
    items: Sequence[Value] = ()
    if isinstance(found, Items):
        items = found.items
    elif isinstance(found, Object):
        items = [entry.value for entry in program.entries(found)]
    return tuple(dict.fromkeys(each.text for each in items if isinstance(each, Text)))


class ColumnReader:
    """Reads the columns of one table.

    Args:
        program: the file.
        names: the names of the file's tables, and of their columns by their keys.
        table: the table's name.
        note: takes what is to be noted of a column.
    """

    def __init__(
        self,
        program: Program,
        names: dict[str, tuple[str, dict[str, str]]],
        table: str,
        note: Callable[[NoteKind, str | None, str], None],
    ) -> None:
        self.program = program
        self.names = names
        self.table = table
        self.note = note

    def column(self, name: str, chain: Chain, doc: str | None) -> FoundColumn | None:
        """Return a column, or None where the definition has none like it."""
        given = {link.name: link for link in chain.links}
        if fault := column_name_fault(name):
            self.note(NoteKind.LEFT_OUT, name, f"left out, since {fault}")
            return None
        for absent in ("array", "generatedAlwaysAs"):
            if absent in given:
                self.note(NoteKind.LEFT_OUT, name, f"left out, since a definition has no {absent}")
                return None
        said, choices = self.type(chain.start)
        if said is None:
            reason = f"left out, since no column type stands for {chain.start.name}(...)"
            self.note(NoteKind.LEFT_OUT, name, reason)
            return None
        if said.change:
            self.note(NoteKind.CHANGED, name, f"it is {chain.start.name}(...); {said.change}")
        if not choices and said.kind in (ColumnKind.TEXT, ColumnKind.INTEGER) and "$type" in given:
            choices = _union(given["$type"].types, said.kind)
        is_key = "primaryKey" in given
        counts = chain.start.name in _SERIALS or bool(_IDENTITIES & given.keys())
        column = FoundColumn(
            name=name,
            kind=ColumnKind.CHOICE if choices else said.kind,
            choices=choices,
            style=said.style,
            nullable=not is_key and not counts and "notNull" not in given,
            options=dict({} if choices else said.options),
        )
        if is_key:
            kind = ColumnKind.LONG_INTEGER if said.kind is ColumnKind.BIG_INTEGER else column.kind
            column = replace(column, kind=kind).told(primary_key=True)
        if counts and not (is_key and column.kind in _COUNTED):
            self.note(NoteKind.CHANGED, name, "it counts up, which in a definition only a key does")
        for link in chain.links:
            column = self.told(column, link)
        return column.told(doc=doc) if doc else column

    def type(self, link: Link) -> tuple[SqlType | None, tuple[Any, ...]]:
        """Return what a builder stands for, and its choices."""
        own = self.program.chain(self.program.constants.get(link.name))
        if own is not None:
            if own.start.name == "customType":
                written = returned(own.start.settings.get("dataType"))
                text = written.text if isinstance(written, Text) else ""
                return custom_type(own.start, text), ()
            is_enum = own.start.name == "pgEnum" or own.start.name.endswith(".enum")
            if is_enum and len(own.start.arguments) > 1:
                choices = texts_of(self.program, own.start.arguments[1])
                change = "the definition makes it text with a CHECK of the same values"
                return (SqlType(ColumnKind.CHOICE, change=change) if choices else None), choices
        return drizzle_type(link), texts_of(self.program, link.settings.get("enum"))

    def told(self, column: FoundColumn, link: Link) -> FoundColumn:
        """Return a column with what a call behind it says."""
        match link.name:
            case "default":
                return self.default(column, link.first)
            case "defaultNow":
                return column.told(server_default="now()")
            case "defaultRandom":
                return column.told(server_default="gen_random_uuid()")
            case "$default" | "$defaultFn" | "$onUpdate" | "$onUpdateFn":
                return self.function(column, link)
            case "unique":
                text = link.first
                name = text.text if isinstance(text, Text) else f"{self.table}_{column.name}_unique"
                if link.settings.get("nulls") == Text("not distinct"):
                    self.note(NoteKind.CHANGED, column.name, "two NULLs are no duplicates any more")
                return column.told(unique=name)
            case "references":
                return self.reference(column, link)
            case _:
                if link.name not in _SILENT:
                    self.note(NoteKind.CHANGED, column.name, f"its .{link.name}(...) is skipped")
                return column

    def default(self, column: FoundColumn, given: Value | None) -> FoundColumn:
        value = self.program.meant(given)
        if isinstance(value, Template) and value.tag is not None:
            sql = unescaped(value.text)
            factory = {"'[]'::jsonb": "list", "'{}'::jsonb": "dict"}.get(sql)
            if factory and column.kind is ColumnKind.JSON:
                return column.told(default_factory=Python(factory))
            if "${" not in sql:
                return column.told(server_default=sql)
        elif column.kind is ColumnKind.JSON:
            empty = {Items(()): "list", Object(()): "dict"}
            if value in empty:
                return column.told(default_factory=Python(empty[value]))
        elif (plain := _plain(column, value)) is not None and takes(column, plain):
            return column.told(default=plain)
        self.note(NoteKind.CHANGED, column.name, "its default is skipped")
        return column

    def function(self, column: FoundColumn, link: Link) -> FoundColumn:
        """Return a column with a function of JavaScript's that the library has, too."""
        body = returned(link.first)
        path = ".".join(path_of(body))
        option = "default_factory" if link.name.startswith("$default") else "on_update"
        if column.kind is ColumnKind.TIMESTAMP and path == "Date":
            return column.told(**{option: Python("ds.now")})
        if column.kind is ColumnKind.TEXT and _NEW_ID.fullmatch(path):
            return column.told(**{option: Python("ds.new_id")})
        self.note(
            NoteKind.CHANGED, column.name, f"its .{link.name}(...) is JavaScript, and skipped"
        )
        return column

    def reference(self, column: FoundColumn, link: Link) -> FoundColumn:
        path = path_of(returned(link.first)) if isinstance(link.first, Function) else []
        table, columns = self.names.get(path[0] if path else "", ("", {}))
        if len(path) != 2 or path[1] not in columns:
            self.note(
                NoteKind.LEFT_OUT, column.name, "what it references is skipped: no such table"
            )
            return column
        target = columns[path[1]]
        key = FoundForeignKey(
            table,
            target,
            on_delete=_action(link, "onDelete"),
            on_update=_action(link, "onUpdate"),
            name=f"{self.table}_{column.name}_{table}_{target}_fk",
        )
        return column.told(foreign_key=key)


def _action(link: Link, event: str) -> str:
    action = link.settings.get(event)
    return action.text if isinstance(action, Text) else "no action"


def key_name(key: str, chain: Chain) -> str:
    """Return a column's name in the database."""
    first = chain.start.first
    return first.text if isinstance(first, Text) else snake_case(key)


def _plain(column: FoundColumn, value: Value | None) -> Any:
    """Return a text, a number or a truth value in Python, or None."""
    if isinstance(value, Text):
        return Decimal(value.text) if _is_decimal(column, value.text) else value.text
    if not isinstance(value, Number):
        return None
    if column.kind is ColumnKind.BOOLEAN:
        return {"true": True, "false": False, "1": True, "0": False}.get(value.text)
    try:
        if column.kind is ColumnKind.REAL:
            return float(value.text)
        return int(value.text)
    except ValueError:
        return None


def _is_decimal(column: FoundColumn, text: str) -> bool:
    is_number = re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) is not None
    return column.kind is ColumnKind.DECIMAL and is_number


def _union(tokens: tuple[Token, ...], kind: ColumnKind) -> tuple[Any, ...]:
    """Return the choices of a type like ``'a' | 'b'``; none where it is another."""
    wanted = TokenKind.TEXT if kind is ColumnKind.TEXT else TokenKind.NUMBER
    choices: list[Any] = []
    sign = 1
    for token in tokens:
        if token.kind is wanted:
            choices.append(token.text if kind is ColumnKind.TEXT else sign * int(token.text))
            sign = 1
        elif token.text == "-" and token.kind is TokenKind.MARK:
            sign = -1
        elif token.text != "|":
            return ()
    return tuple(dict.fromkeys(choices))
