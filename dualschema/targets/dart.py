"""``dart``: PowerSync's schema, row classes and conversions for the Dart and Flutter SDK."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, assert_never

from dualschema.client_rows import column_doc, table_doc
from dualschema.code_text import indented, text_of, upper_camel, words_in
from dualschema.column_type import Storage
from dualschema.documents import documents_of
from dualschema.errors import GenerationError
from dualschema.generator import (
    ClientColumn,
    Filling,
    GeneratedFile,
    Names,
    Target,
    client_filling,
    client_tables,
    plain_default,
)
from dualschema.languages.dart import spelling as dart
from dualschema.languages.dart import values
from dualschema.languages.dart.checks import checks
from dualschema.languages.dart.enums import enum_of
from dualschema.languages.dart.support import support
from dualschema.languages.dart.tables import declared
from dualschema.model import SchemaModel, TableModel
from dualschema.row_types import EnumType, Member, row_types

__all__ = ["DART", "DartOptions"]

_TARGET = "dart"


@dataclass(frozen=True, slots=True)
class DartOptions:
    """How Dart is written.

    Attributes:
        library: where PowerSync is imported from: the package of another build of it, or a library
            of one's own that exports it.
        schema_name: what PowerSync's schema is called.
    """

    library: str = "package:powersync/powersync.dart"
    schema_name: str = "schema"


class _Property(Member):
    """A column as a property."""

    __slots__ = ()

    @property
    def own(self) -> str:
        """The property's value in a method, which has variables of its own."""
        return f"this.{self.name}" if self.name in ("checks", "stored") else self.name

    @property
    def declared(self) -> str:
        """The type, with a mark of null."""
        return f"{self.plain_type}?" if self.is_optional else self.plain_type

    @property
    def thunk(self) -> str:
        """The type of a parameter that tells null from what is not given."""
        return f"{self.declared} Function()?"


@dataclass(frozen=True, slots=True)
class _Class:
    """A table as a class."""

    table: TableModel
    name: str
    properties: tuple[_Property, ...]


def _generate(model: SchemaModel, path: str, options: DartOptions) -> tuple[GeneratedFile, ...]:
    if not re.fullmatch(r"[a-z][A-Za-z0-9]*", options.schema_name):
        raise GenerationError(_TARGET, "option schema_name: no variable is called so")
    classes, enums = _named(model, options)
    body = _schema(classes, options)
    for choices in enums:
        body += ["", *enum_of(choices)]
    for each in classes:
        body += ["", *_class(each)]
    words = words_in(body)
    pieces = support(words)
    imports = _imports(words | words_in(pieces), options)
    lines = [*dart.header(), "", *imports, "", *body, *pieces]
    return (GeneratedFile(path, text_of(lines)),)


def _imports(words: set[str], options: DartOptions) -> list[str]:
    lines = []
    if words & {"base64", "jsonDecode", "jsonEncode"}:
        lines.append("import 'dart:convert';")
    if "Uint8List" in words:
        lines.append("import 'dart:typed_data';")
    return [*lines, *([""] if lines else []), f"import {dart.quoted(options.library)};"]


def _named(model: SchemaModel, options: DartOptions) -> tuple[list[_Class], tuple[EnumType, ...]]:
    """Give every class, enum and property a name of its own."""
    names = Names({*dart.RESERVED, options.schema_name})
    types = row_types(model, names, upper_camel, dart.choice_name)
    shapes = documents_of(model, _TARGET).shapes

    def type_of(table: TableModel, column: ClientColumn, choice: EnumType | None) -> str:
        if choice is not None:
            return choice.name
        if shape := shapes.get((table.name, column.model.name)):
            return values.json_type(shape)
        return values.value_type(column.model.type)

    classes = []
    for table in client_tables(model):
        taken = Names(())
        properties = tuple(
            _Property(
                column,
                dart.quoted(column.name),
                taken.take(_property_name(column)),
                type_of(table, column, choice),
                choice,
            )
            for column, choice in types.columns(table)
        )
        classes.append(_Class(table, types.names[table.name], properties))
    return classes, types.enums


def _property_name(column: ClientColumn) -> str:
    return "id" if column.is_key else dart.property_name(column.model.json_name)


def _schema(classes: list[_Class], options: DartOptions) -> list[str]:
    tables = [f"{each.name}.table" for each in classes]
    return [
        *dart.doc_comment(["The tables as PowerSync takes them."]),
        *dart.fitted(f"const {options.schema_name} = Schema([", tables, "]);"),
    ]


def _class(of: _Class) -> list[str]:
    parameters = [
        f"{'' if each.is_optional else 'required '}this.{each.name}" for each in of.properties
    ]
    parts = [
        dart.fitted(f"const {of.name}({{", parameters, "});"),
        _create(of),
        _from_row(of),
        [
            "/// The table as PowerSync takes it.",
            *(declared(of.table)),
        ],
        [
            "/// Inserts a row whose values are [toParameters].",
            "static final String insertSql = _insertInto(table);",
        ],
        _fields(of),
        _to_row(of),
        [
            "/// The values in the order of the parameters of [insertSql].",
            "List<Object?> toParameters() => toRow().values.toList();",
        ],
        _check(of),
        _copy(of),
        *_equality(of),
    ]
    lines = [*dart.doc_comment(table_doc(of.table)), f"final class {of.name} {{"]
    for part in parts:
        lines += [*indented(part, "  "), ""]
    lines[-1] = "}"
    return lines


def _fields(of: _Class) -> list[str]:
    lines: list[str] = []
    for each in of.properties:
        doc = dart.doc_comment(column_doc(each.of.model))
        lines += [*([""] if doc else []), *doc, f"final {each.declared} {each.name};"]
    return lines[1:] if lines[0] == "" else lines


def _create(of: _Class) -> list[str]:
    filled = [_filled(each) for each in of.properties]
    given = [
        parameter
        for each, (parameter, _) in zip(of.properties, filled, strict=True)
        if not each.of.is_servers
    ]
    has_thunk = any(" Function()? " in parameter for parameter in given)
    doc = ["A new row: what is not given has its default."]
    if has_thunk:
        doc.append("What may be null and has another default is given as a function.")
    arguments = [
        f"{each.name}: {'null' if each.of.is_servers else value}"
        for each, (_, value) in zip(of.properties, filled, strict=True)
    ]
    return [
        *dart.doc_comment(doc),
        *dart.fitted(f"factory {of.name}.create({{", given, "}) {"),
        *dart.fitted(f"return {of.name}(", arguments, ");", indent="  "),
        "}",
    ]


def _filled(each: _Property) -> tuple[str, str]:
    """Return the parameter of a new row for a property, and the value that the row has."""
    column = each.of.model
    filling = client_filling(each.of)
    match filling:
        case Filling.NOTHING:
            return f"required {each.declared} {each.name}", each.name
        case Filling.NULL:
            return f"{each.declared} {each.name}", each.name
        case Filling.NEW_ID:
            return _made(each, "_newId()")
        case Filling.NOW:
            return _made(each, "_now()")
        case Filling.VALUE:
            constant = _constant(each)
            if constant is None:
                value = plain_default(column)
                return _made(each, values.fresh(column.type, value, each.plain_type))
            return f"{each.declared} {each.name} = {constant}", each.name
        case _:
            assert_never(filling)


def _made(each: _Property, value: str) -> tuple[str, str]:
    if each.is_optional:
        return f"{each.thunk} {each.name}", _called(each, value)
    return f"{each.plain_type}? {each.name}", f"{each.name} ?? {value}"


def _called(each: _Property, otherwise: str) -> str:
    """Return what a function gives that is a parameter, or something else where it is none."""
    parts = [f"{each.name} == null", f"? {otherwise}", f": {each.name}()"]
    line = " ".join(parts)
    # Within a class's factory: six blanks, the argument's name, and a comma behind.
    fits = len(line) + len(each.name) + 9 <= dart.WIDTH
    return line if fits else "\n    ".join(parts)


def _constant(each: _Property) -> str | None:
    value = plain_default(each.of.model)
    if each.choice is not None:
        return f"{each.choice.name}.{each.choice.member(value)}"
    return values.constant(each.type, value)


_READERS: Final = {Storage.TEXT: "text", Storage.INTEGER: "whole", Storage.REAL: "real"}


def _from_row(of: _Class) -> list[str]:
    # The local names could not be parameters, which are called as columns are.
    arguments = [f"{each.name}: {_reading(each)}" for each in of.properties]
    return [
        "/// Reads a row of a query that selects every column.",
        "///",
        "/// Throws a [StoredValueException] where a column is not in the result, or",
        "/// holds what is none of its values.",
        f"factory {of.name}.fromRow(Map<String, Object?> row) {{",
        f"  final stored = _StoredRow({dart.quoted(of.table.name)}, row);",
        *dart.fitted(f"return {of.name}(", arguments, ");", indent="  "),
        "}",
    ]


def _reading(each: _Property) -> str:
    type_ = each.type
    reader = _READERS[type_.storage] + ("OrNull" if each.is_optional else "")
    items = [each.label, values.decoder(type_, each.plain_type)]
    # Within a class's factory: six blanks, the argument's name, and a comma behind.
    room = len(each.name) + 9
    return "\n".join(dart.fitted(f"stored.{reader}(", items, ")", room=room))


def _to_row(of: _Class) -> list[str]:
    puts = [
        line
        for each in of.properties
        for line in dart.fitted(
            "stored.put(",
            [each.label, each.own, values.encoder(each.type)],
            ");",
            indent="  ",
        )
    ]
    return [
        "/// The row as it is stored, by the columns' names.",
        "///",
        "/// Throws a [StoredValueException] where a value has no stored form; [check]",
        "/// says so before.",
        "Map<String, Object?> toRow() {",
        f"  final stored = _StoredValues({dart.quoted(of.table.name)});",
        *puts,
        "  return stored.byColumn;",
        "}",
    ]


def _check(of: _Class) -> list[str]:
    calls = [line for each in of.properties for line in checks(each.of, each.own)]
    return [
        "/// What the server would refuse of this row; empty where it is right.",
        "List<RowProblem> check() {",
        "  final checks = _Checks();",
        *(line for call in calls for line in call),
        "  return checks.problems;",
        "}",
    ]


def _copy(of: _Class) -> list[str]:
    parameters, arguments = [], []
    for each in of.properties:
        kept = f"this.{each.name}"
        if each.is_optional:
            parameters.append(f"{each.thunk} {each.name}")
            arguments.append(f"{each.name}: {_called(each, kept)}")
        else:
            parameters.append(f"{each.plain_type}? {each.name}")
            arguments.append(f"{each.name}: {each.name} ?? {kept}")
    return [
        "/// This row with other values; one that may be null is given as a function.",
        *dart.fitted(f"{of.name} copyWith({{", parameters, "}) {"),
        *dart.fitted(f"return {of.name}(", arguments, ");", indent="  "),
        "}",
    ]


def _equality(of: _Class) -> list[list[str]]:
    return [
        dart.fitted("List<Object?> get _values => [", [each.name for each in of.properties], "];"),
        [
            "@override",
            "bool operator ==(Object other) =>",
            f"    other is {of.name} && _equal(_values, other._values);",
        ],
        ["@override", "int get hashCode => _hash(_values);"],
        ["@override", f"String toString() => '{of.name}(id: $id)';"],
    ]


DART = Target(
    name=_TARGET,
    title="PowerSync's schema, row classes and conversions for the Dart and Flutter SDK",
    path="schema.dart",
    generate=_generate,
    options=DartOptions,
)
