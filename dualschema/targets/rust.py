"""``rust``: the schema for the crate ``powersync``, and a struct for each table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, assert_never

from dualschema.client_rows import column_doc, insert_into, second_digits, table_doc
from dualschema.code_text import called, header, indented, text_of, words_in
from dualschema.generator import (
    Filling,
    GeneratedFile,
    Names,
    Target,
    client_filling,
    client_tables,
    plain_default,
)
from dualschema.languages.rust import values
from dualschema.languages.rust.calendar import CALENDAR, TIMESTAMP
from dualschema.languages.rust.schema import schema_of
from dualschema.languages.rust.support import ERROR, MODULE
from dualschema.languages.rust.text import (
    CALL_WIDTH,
    LITERAL_WIDTH,
    TYPES,
    WIDTH,
    call,
    doc_comment,
    field_name,
    literal,
    quoted,
    type_name,
)
from dualschema.model import SchemaModel, TableModel
from dualschema.row_types import EnumType, Member, RowTypes, row_types
from dualschema.types.text import Text

__all__ = ["RUST"]


@dataclass(frozen=True, slots=True)
class RustOptions:
    """What the target may be told.

    Attributes:
        patterns: check patterns, for which code needs the crate ``regex``; else the server alone
            checks them.
    """

    patterns: bool = True


def _generate(model: SchemaModel, path: str, options: RustOptions) -> tuple[GeneratedFile, ...]:
    tables = client_tables(model)
    types = row_types(model, Names(TYPES), type_name, type_name, reserved=TYPES)
    body = schema_of(tables)
    imports = _imports(body)
    for each in types.enums:
        body += ["", *_enum(each)]
    for table in tables:
        struct = _Struct(table, types.names[table.name], _members(table, types), options)
        body += ["", *struct.lines()]
    body += _support(body)
    lines = [
        *header("The client's tables for the crate powersync."),
        "",
        *imports,
        "",
        *body,
    ]
    return (GeneratedFile(path, text_of(lines)),)


def _members(table: TableModel, types: RowTypes) -> list[Member]:
    names = Names(())
    return [
        Member(
            column,
            quoted(column.name),
            names.take(field_name(column.name)),
            values.value_type(column.model.type, choice and choice.name),
            choice,
        )
        for column, choice in types.columns(table)
    ]


def _type(member: Member) -> str:
    return f"Option<{member.plain_type}>" if member.is_optional else member.plain_type


_SCHEMA_TYPES: Final = (
    "Column",
    "Index",
    "IndexedColumn",
    "Schema",
    "Table",
    "TrackPreviousValues",
)


def _imports(body: list[str]) -> list[str]:
    text = "\n".join(set(body))
    used = [name for name in _SCHEMA_TYPES if re.search(rf"\b{name}(::| \{{)", text)]
    return [
        "#![allow(dead_code)]",
        "",
        f"use powersync::schema::{_braced(used)};",
        "use rusqlite::types::Value;",
    ]


def _braced(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{{{', '.join(names)}}}"


def _support(body: list[str]) -> list[str]:
    """Return the types and functions that the tables' code calls."""
    public = {"ColumnError": ERROR, "Timestamp": TIMESTAMP}
    private = {**MODULE, **CALENDAR}
    needed = called({**public, **private}, words_in(body) | {"ColumnError", "Cells"})
    module = "".join(text for name, text in needed.items() if name in private)
    inner = ["//! How values stand in the client's database.", ""]
    if "matches" in needed:
        inner += ["use std::sync::OnceLock;", "", "use regex::Regex;"]
    inner += [
        "use rusqlite::types::{Value, ValueRef};",
        "",
        f"use super::{_braced([name for name in public if name in needed])};",
        "",
    ]
    inner += ["pub type Read<T> = Result<T, &'static str>;", *module.rstrip("\n").split("\n")]
    lines = (
        "".join(text for name, text in needed.items() if name in public).rstrip("\n").split("\n")
    )
    return [*lines, "", "mod stored {", *indented(inner), "}"]


def _enum(choices: EnumType) -> list[str]:
    name = choices.name
    kind = "&'static str" if choices.is_text else "i64"
    lines = ["#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]", f"pub enum {name} {{"]
    lines += [f"    {variant}," for variant, _ in choices.members]
    lines += ["}", "", f"impl From<{name}> for {kind} {{"]
    lines += [f"    fn from(choice: {name}) -> Self {{", "        match choice {"]
    lines += [f"            {name}::{v} => {literal(value)}," for v, value in choices.members]
    lines += ["        }", "    }", "}", ""]
    if choices.is_text:
        lines += [f"impl std::str::FromStr for {name} {{", "    type Err = &'static str;", ""]
        lines += [
            "    fn from_str(text: &str) -> Result<Self, Self::Err> {",
            "        match text {",
        ]
    else:
        lines += [f"impl TryFrom<i64> for {name} {{", "    type Error = &'static str;", ""]
        lines += [
            "    fn try_from(number: i64) -> Result<Self, Self::Error> {",
            "        match number {",
        ]
    lines += [f"            {literal(value)} => Ok(Self::{v})," for v, value in choices.members]
    return [*lines, '            _ => Err("is none of the choices"),', "        }", "    }", "}"]


class _Struct:
    """Writes the struct of a table and what it can do."""

    def __init__(
        self, table: TableModel, name: str, members: list[Member], options: RustOptions
    ) -> None:
        self.table = table
        self.label = quoted(table.name)
        self.name = name
        self.members = members
        self.options = options

    def lines(self) -> list[str]:
        lines = doc_comment(table_doc(self.table))
        lines += ["#[derive(Clone, Debug, PartialEq)]", f"pub struct {self.name} {{"]
        for member in self.members:
            lines += doc_comment(column_doc(member.of.model), "    ")
            if form := values.form_of(member.type):
                lines.append(f"    /// {form}")
            lines.append(f"    pub {member.name}: {_type(member)},")
        lines += ["}", "", f"impl {self.name} {{"]
        for part in (self.constants, self.constructor, self.reader, self.writer):
            lines += [*part(), ""]
        return [*lines, *self.checks(), "}"]

    def constants(self) -> Iterator[str]:
        insert = quoted(insert_into(self.table))
        yield "    /// What the table is called in statements."
        yield f"    pub const VIEW: &'static str = {quoted(self.table.view)};"
        yield ""
        yield "    /// Inserts a row: it takes the values of `to_params`."
        line = f"    pub const INSERT: &'static str = {insert};"
        if len(line) <= WIDTH:
            yield line
        else:
            yield "    pub const INSERT: &'static str ="
            yield f"        {insert};"

    def constructor(self) -> Iterator[str]:
        required = [m for m in self.members if client_filling(m.of) is Filling.NOTHING]
        yield "    /// A new row; what is not given has its default."
        if not required:
            yield "    #[allow(clippy::new_without_default)]"
        if len(required) > 7:
            yield "    #[allow(clippy::too_many_arguments)]"
        given = [f"{m.name}: {_type(m)}" for m in required]
        yield from call("    ", "pub fn new(", given, ") -> Self {", width=WIDTH)
        filled = [(member.name, self.filled(member)) for member in self.members]
        parts = [field if value is None else f"{field}: {value}" for field, value in filled]
        yield from call("        ", "Self {", parts, "}", width=LITERAL_WIDTH, space=" ")
        yield "    }"

    def filled(self, member: Member) -> str | None:
        """Return what a new row has where it is not told; None for what it must be told."""
        filling = client_filling(member.of)
        match filling:
            case Filling.NOTHING:
                return None
            case Filling.NULL:
                return "None"
            case Filling.VALUE:
                value = self.default(member)
            case Filling.NEW_ID:
                value = "stored::new_id()"
            case Filling.NOW:
                value = f"stored::now::<{second_digits(member.type)}>()"
            case _:
                assert_never(filling)
        return f"Some({value})" if member.is_optional else value

    def default(self, member: Member) -> str:
        value = plain_default(member.of.model)
        if member.choice is None:
            return values.default(member.type, value)
        return f"{member.choice.name}::{member.choice.member(value)}"

    def reader(self) -> Iterator[str]:
        yield "    /// Reads a row that has all columns, by their names."
        head = "    pub fn from_row(row: &rusqlite::Row<'_>) -> Result<Self, ColumnError> {"
        yield head
        yield f"        let cells = stored::Cells::of({self.label}, row);"
        yield "        Ok(Self {"
        for member in self.members:
            method = "optional" if member.is_optional else "required"
            arguments = [member.label, values.reader(member.type)]
            head = f"{member.name}: cells.{method}("
            yield from call("            ", head, arguments, ")?,")
        yield "        })"
        yield "    }"

    def writer(self) -> Iterator[str]:
        yield "    /// The values of all columns, checked, in the order of `INSERT`."
        yield "    pub fn to_params(&self) -> Result<Vec<Value>, ColumnError> {"
        yield "        self.check()?;"
        lines: list[str] = []
        for member in self.members:
            place, write = f"&self.{member.name}", values.writer(member.type)
            if member.is_optional:
                lines += call("            ", "stored::optional(", [place, write], "),")
            else:
                lines += call("            ", f"{write}(", [place], "),")
        one = ", ".join(line.strip().rstrip(",") for line in lines)
        if len(one) <= CALL_WIDTH and len(lines) == len(self.members):
            yield f"        Ok(vec![{one}])"
        else:
            yield "        Ok(vec!["
            yield from lines
            yield "        ])"
        yield "    }"

    def checks(self) -> Iterator[str]:
        inner = [line for member in self.members for line in self.checks_of(member)]
        yield "    /// Checks what the client's database does not check by itself."
        yield "    pub fn check(&self) -> Result<(), ColumnError> {"
        if inner:
            yield from call(
                "        ",
                "let fault = |column, reason| ColumnError {",
                [f"table: {self.label}", "column", "reason"],
                "};",
                width=LITERAL_WIDTH,
                space=" ",
            )
        yield from indented(inner, "        ")
        yield "        Ok(())"
        yield "    }"

    def checks_of(self, member: Member) -> list[str]:
        place = f"self.{member.name}"
        is_copied = member.choice is not None or member.plain_type in _COPIED
        if member.is_optional:
            value, reference = "v", "&v" if is_copied else "v"
        else:
            value, reference = place, f"&{place}"
        lines = []
        for condition, reason in values.checks(member.type, value, reference):
            lines += self.check(member, condition, reason)
        if self.options.patterns and isinstance(member.type, Text) and member.type.pattern:
            lines += self.pattern(member, member.type.pattern, reference)
        if lines and member.is_optional:
            borrowed = "" if is_copied else "&"
            return [f"if let Some(v) = {borrowed}{place} {{", *indented(lines), "}"]
        return lines

    def check(self, member: Member, condition: str, reason: str) -> list[str]:
        if not reason:
            return [f"{condition}.map_err(|reason| fault({member.label}, reason))?;"]
        fault = f"fault({member.label}, {quoted(reason)})"
        return [f"if {condition} {{", f"    return Err({fault});", "}"]

    def pattern(self, member: Member, pattern: str, reference: str) -> list[str]:
        name = member.name.removeprefix("r#").upper()
        matches = f"!stored::matches(&{name}, {quoted(pattern)}, {reference})"
        kept = f"static {name}: std::sync::OnceLock<regex::Regex> = std::sync::OnceLock::new();"
        return [kept, *self.check(member, matches, f"does not match {pattern}")]


_COPIED = frozenset({"bool", "i32", "i64", "f64", "Timestamp"})

RUST = Target(
    name="rust",
    title="the schema and the rows for the crate powersync",
    path="powersync_schema.rs",
    generate=_generate,
    options=RustOptions,
)
