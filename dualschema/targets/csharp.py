"""``csharp``: the schema for PowerSync.Common on .NET, and for each table a record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, assert_never

from dualschema.client_rows import column_doc, insert_into, table_doc
from dualschema.code_text import called, indented, text_of, words_in
from dualschema.column_type import ClientKind
from dualschema.errors import GenerationError
from dualschema.generator import (
    Filling,
    GeneratedFile,
    Names,
    Target,
    client_filling,
    client_tables,
    plain_default,
)
from dualschema.languages.csharp import values
from dualschema.languages.csharp.calendar import CALENDAR
from dualschema.languages.csharp.schema import schema_of
from dualschema.languages.csharp.support import ERROR, HELPERS, READERS
from dualschema.languages.csharp.text import (
    KEYWORDS,
    MEMBERS,
    TYPES,
    doc_comment,
    header,
    literal,
    name_of,
    quoted,
)
from dualschema.model import SchemaModel, TableModel
from dualschema.row_types import EnumType, Member, RowTypes, row_types

__all__ = ["CSHARP"]


@dataclass(frozen=True, slots=True)
class CSharpOptions:
    """What the target may be told.

    Attributes:
        namespace: where the code stands: ``Acme.Data``.
    """

    namespace: str = "AppData"


def _generate(model: SchemaModel, path: str, options: CSharpOptions) -> tuple[GeneratedFile, ...]:
    parts = options.namespace.split(".")
    if not all(part.isidentifier() and part.isascii() and part not in KEYWORDS for part in parts):
        raise GenerationError("csharp", f"{options.namespace!r} is no namespace")
    tables = client_tables(model)
    names = Names(TYPES)
    types = row_types(model, names, name_of, name_of, reserved=TYPES)
    conversions = {each.name: names.take(f"{each.name}Values") for each in types.enums}
    body = schema_of(tables)
    for each in types.enums:
        body += ["", *_enum(each, conversions[each.name])]
    for table in tables:
        record = _Record(table, types, conversions, options.namespace)
        body += ["", *record.lines()]
    words = words_in(body)
    support = _support(words)
    lines = header("The client's tables for PowerSync.Common on .NET.")
    lines += ["", "#nullable enable", "", *_usings(words | words_in(support))]
    lines += ["", f"namespace {options.namespace};", "", *body, *support]
    return (GeneratedFile(path, text_of(lines)),)


def _members(table: TableModel, types: RowTypes) -> list[Member]:
    names = Names(TYPES | MEMBERS | {types.names[table.name]})
    return [
        Member(
            column,
            quoted(column.name),
            names.take(name_of(column.name)),
            values.value_type(column.model.type, choice and choice.name),
            choice,
        )
        for column, choice in types.columns(table)
    ]


_USINGS: Final = {
    "System.Collections.Generic": {"IReadOnlyDictionary"},
    "System.Globalization": {"CultureInfo", "NumberStyles", "DateTimeStyles"},
    "System.Numerics": {"BigInteger"},
    "System.Text.Json": {"JsonElement", "JsonDocument", "JsonException", "JsonValueKind"},
    "System.Text.RegularExpressions": {"Regex"},
}


def _usings(words: set[str]) -> list[str]:
    used = [name for name, types in _USINGS.items() if not types.isdisjoint(words)]
    return [f"using {name};" for name in ("System", *used, "PowerSync.Common.DB.Schema")]


def _support(words: set[str]) -> list[str]:
    every = {**READERS, **HELPERS, **CALENDAR}
    needed = called(every, words | {"Required", "Cell", "Ensure"})
    readers = "".join(text for name, text in needed.items() if name in READERS)
    helpers = "".join(text for name, text in needed.items() if name not in READERS)
    head = "internal sealed class Cells(IReadOnlyDictionary<string, object?> row, string table)"
    cells = [head, "{", *indented(readers.strip("\n").split("\n")), "}"]
    about = "/// <summary>How values stand in the client's database.</summary>"
    inner = [*cells, *helpers.rstrip("\n").split("\n")]
    return [
        *ERROR.rstrip("\n").split("\n"),
        "",
        about,
        "internal static class Stored",
        "{",
        *indented(inner),
        "}",
    ]


def _enum(choice: EnumType, conversions: str) -> Iterator[str]:
    name, is_text = choice.name, choice.is_text
    yield f"public enum {name}"
    yield "{"
    for member, value in choice.members:
        yield f"    {member}," if is_text else f"    {member} = {value},"
    yield "}"
    yield ""
    yield f"public static class {conversions}"
    yield "{"
    if is_text:
        yield f"    public static string ToStored(this {name} choice) => choice switch"
        yield "    {"
        yield from (f"        {name}.{m} => {literal(value)}," for m, value in choice.members)
        yield "        _ => throw new ArgumentOutOfRangeException(nameof(choice)),"
        yield "    };"
        yield ""
    given = "string text" if is_text else "long number"
    yield f"    public static {name}? Parse({given}) => {given.split()[1]} switch"
    yield "    {"
    yield from (f"        {literal(value)} => {name}.{m}," for m, value in choice.members)
    yield "        _ => null,"
    yield "    };"
    yield "}"


class _Record:
    """Writes the record of a table and what it can do.

    Args:
        table: the table.
        types: what the file's types are called.
        conversions: what the class of each enum's conversions is called, by the enum's name.
        namespace: where they stand.
    """

    def __init__(
        self, table: TableModel, types: RowTypes, conversions: Mapping[str, str], namespace: str
    ) -> None:
        self.table = table
        self.label = quoted(table.name)
        self.name = types.names[table.name]
        self.members = _members(table, types)
        self.conversions = conversions
        self.namespace = namespace

    def lines(self) -> list[str]:
        lines = [*doc_comment(table_doc(self.table)), f"public sealed record {self.name}", "{"]
        for part in (self.constants, self.properties, self.reader, self.writer):
            lines += [*indented(part()), ""]
        return [*lines, *indented(self.checks()), "}"]

    def constants(self) -> Iterator[str]:
        yield "/// <summary>What the table is called in statements.</summary>"
        yield f"public const string View = {quoted(self.table.view)};"
        yield ""
        yield "/// <summary>Inserts a row: it takes the values of ToParameters.</summary>"
        yield "public const string Insert ="
        yield f"    {quoted(insert_into(self.table))};"

    def properties(self) -> Iterator[str]:
        for number, member in enumerate(self.members):
            if number:
                yield ""
            yield from doc_comment(column_doc(member.of.model))
            value = self.filled(member)
            required = "required " if value is None else ""
            type_ = member.plain_type + ("?" if member.is_optional else "")
            filled = "" if value in (None, "null") else f" = {value};"
            yield f"public {required}{type_} {member.name} {{ get; init; }}{filled}"

    def filled(self, member: Member) -> str | None:
        """Return what a new row has where it is not told; None for what it must be told."""
        filling = client_filling(member.of)
        match filling:
            case Filling.NOTHING:
                return None
            case Filling.NULL:
                return "null"
            case Filling.VALUE:
                return self.default(member)
            case Filling.NEW_ID:
                return "Guid.NewGuid().ToString()"
            case Filling.NOW:
                return values.now(member.type)
            case _:
                assert_never(filling)

    def default(self, member: Member) -> str:
        value = plain_default(member.of.model)
        if member.choice is not None:
            # In full: a property may be called as its enum is.
            name = member.choice.member(value)
            return f"global::{self.namespace}.{member.choice.name}.{name}"
        # A TimeSpan counts steps of 100 ns in 64 bits.
        if member.type.client_kind is ClientKind.DURATION and abs(value) * 10_000 >= 2**63:
            raise self.fault(member, "the default is longer than a TimeSpan")
        return values.default(member.type, value)

    def fault(self, member: Member, reason: str) -> GenerationError:
        return GenerationError("csharp", reason, table=self.table.name, column=member.of.name)

    def reader(self) -> Iterator[str]:
        yield "/// <summary>Reads a row that has all columns, by their names.</summary>"
        yield f"public static {self.name} FromRow(IReadOnlyDictionary<string, object?> row)"
        yield "{"
        yield f"    var cells = new Stored.Cells(row, {self.label});"
        yield f"    return new {self.name}"
        yield "    {"
        for member in self.members:
            parser = member.choice and self.conversions[member.choice.name]
            read = values.reader(member.type, member.label, parser)
            if not member.is_optional:
                read = f"cells.Required({member.label}, {read})"
            yield f"        {member.name} = {read},"
        yield "    };"
        yield "}"

    def writer(self) -> Iterator[str]:
        yield "/// <summary>The values of all columns, checked, in the order of Insert.</summary>"
        yield "public object?[] ToParameters()"
        yield "{"
        yield "    Check();"
        yield "    return"
        yield "    ["
        for member in self.members:
            written = values.writer(member.type, member.name, is_optional=member.is_optional)
            yield f"        {written},"
        yield "    ];"
        yield "}"

    def checks(self) -> Iterator[str]:
        yield "/// <summary>Checks what the client's database does not check by itself.</summary>"
        yield "public void Check()"
        yield "{"
        for member in self.members:
            yield from indented(self.checks_of(member))
        yield "}"

    def checks_of(self, member: Member) -> Iterator[str]:
        is_class = member.plain_type == "string"
        value = f"{member.name}.Value" if member.is_optional and not is_class else member.name
        try:
            found = list(values.checks(member.type, value))
        except ValueError as error:
            raise self.fault(member, f"the SDK's language cannot check {error}") from None
        for condition, reason in found:
            fits = f"{member.name} is null || {condition}" if member.is_optional else condition
            yield "Stored.Ensure("
            yield f"    {fits},"
            yield f"    {self.label}, {member.label}, {quoted(reason)});"


CSHARP = Target(
    name="csharp",
    title="the schema and the rows for PowerSync.Common on .NET",
    path="PowerSyncSchema.cs",
    generate=_generate,
    options=CSharpOptions,
)
