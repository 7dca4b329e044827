"""``kotlin``: PowerSync's schema, row classes and conversions for the Kotlin SDK."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, assert_never

from dualschema.client_rows import column_doc, table_doc
from dualschema.code_text import header, indented, text_of, upper_camel, words_in
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
from dualschema.languages.kotlin import spelling as kt
from dualschema.languages.kotlin import values
from dualschema.languages.kotlin.checks import checks
from dualschema.languages.kotlin.support import support
from dualschema.languages.kotlin.tables import declared
from dualschema.model import SchemaModel, TableModel
from dualschema.row_types import EnumType, Member, row_types

__all__ = ["KOTLIN", "KotlinOptions"]

_TARGET = "kotlin"

_SLOTS = 255
"""How many words a method's arguments take at most: Java's limit, with one for the object."""


@dataclass(frozen=True, slots=True)
class KotlinOptions:
    """How Kotlin is written.

    Attributes:
        package: the file's package.
        multiplatform: have only what Kotlin has on every platform: decimals, dates and times are
            text then, checked for their form, and not classes of Java's.
        schema_name: what PowerSync's schema is called.
    """

    package: str = "schema"
    multiplatform: bool = False
    schema_name: str = "appSchema"


@dataclass(frozen=True, slots=True)
class _Class:
    """A table as a class."""

    table: TableModel
    name: str
    properties: tuple[Member, ...]


def _generate(model: SchemaModel, path: str, options: KotlinOptions) -> tuple[GeneratedFile, ...]:
    _check_options(options)
    classes, enums = _named(model, options)
    body = [*_schema(classes, options)]
    for choices in enums:
        body += ["", *_enum(choices)]
    for each in classes:
        body += ["", *_class(each)]
    body += support(words_in(body))
    top = [
        *header(),
        "",
        _OPT_IN,
        '@file:Suppress("ktlint:standard:max-line-length", "unused")',
        "",
        f"package {'.'.join(map(kt.escaped, options.package.split('.')))}",
        "",
        *_imports(body),
        "",
    ]
    return (GeneratedFile(path, text_of([*top, *body])),)


def _check_options(options: KotlinOptions) -> None:
    if not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", options.package, re.ASCII):
        raise GenerationError(_TARGET, "option package: no package is called so")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", options.schema_name):
        raise GenerationError(_TARGET, "option schema_name: no property is called so")


# In older Kotlin, these parts of its library must be asked for.
_OPT_IN: Final = (
    "@file:OptIn(ExperimentalEncodingApi::class, ExperimentalTime::class, "
    "ExperimentalUuidApi::class)"
)
_ALWAYS: Final = (
    "kotlin.io.encoding.ExperimentalEncodingApi",
    "kotlin.time.ExperimentalTime",
    "kotlin.uuid.ExperimentalUuidApi",
)
_WHERE_USED: Final = (
    "com.powersync.db.SqlCursor",
    "com.powersync.db.schema.Column",
    "com.powersync.db.schema.Index",
    "com.powersync.db.schema.IndexedColumn",
    "com.powersync.db.schema.Schema",
    "com.powersync.db.schema.Table",
    "com.powersync.db.schema.TrackPreviousValuesOptions",
    "java.math.BigDecimal",
    "java.time.LocalDate",
    "java.time.LocalTime",
    "kotlin.io.encoding.Base64",
    "kotlin.time.Clock",
    "kotlin.time.Duration",
    "kotlin.time.Duration.Companion.milliseconds",
    "kotlin.time.Instant",
    "kotlin.uuid.Uuid",
    "kotlinx.serialization.json.Json",
    "kotlinx.serialization.json.JsonArray",
    "kotlinx.serialization.json.JsonElement",
    "kotlinx.serialization.json.JsonObject",
)


def _imports(body: list[str]) -> list[str]:
    """Return the imports of code, in the order of ktlint: java and kotlin stand last."""
    code = "\n".join(line for line in set(body) if not line.lstrip().startswith(("/**", "*")))
    used = words_in([re.sub(r'"(?:\\.|[^"\\])*"', "", code)])
    names = [*_ALWAYS, *(name for name in _WHERE_USED if name.rpartition(".")[2] in used)]
    return [f"import {name}" for name in sorted(names)]


def _named(model: SchemaModel, options: KotlinOptions) -> tuple[list[_Class], tuple[EnumType, ...]]:
    """Give every class, enum and property a name of its own."""
    names = Names({*kt.RESERVED, options.schema_name})
    types = row_types(model, names, upper_camel, kt.choice_name)
    shapes = documents_of(model, _TARGET).shapes

    def type_of(table: TableModel, column: ClientColumn, choice: EnumType | None) -> str:
        if choice is not None:
            return choice.name
        if shape := shapes.get((table.name, column.model.name)):
            return values.json_type(shape)
        return values.value_type(column.model.type, multiplatform=options.multiplatform)

    classes = []
    for table in client_tables(model):
        taken = Names(())
        properties = tuple(
            Member(
                column,
                kt.quoted(column.name),
                kt.escaped(taken.take(_property_name(column))),
                type_of(table, column, choice),
                choice,
            )
            for column, choice in types.columns(table)
        )
        classes.append(_Class(table, types.names[table.name], properties))
        _check_room(classes[-1])
    return classes, types.enums


def _property_name(column: ClientColumn) -> str:
    return "id" if column.is_key else kt.property_name(column.model.json_name)


def _check_room(of: _Class) -> None:
    """Refuse what the JVM could not load."""
    words = sum(
        2 if each.plain_type in ("Long", "Double") and not each.is_optional else 1
        for each in of.properties
    )
    # A constructor with defaults has a bit for each, and a mark that tells it from others.
    if words + -(-len(of.properties) // 32) + 2 > _SLOTS:
        raise GenerationError(
            _TARGET, "a class of the JVM has no room for so many columns", table=of.table.name
        )


def _schema(classes: list[_Class], options: KotlinOptions) -> list[str]:
    tables = [f"{each.name}.table" for each in classes]
    return [
        "/** The tables as PowerSync takes them. */",
        f"val {options.schema_name}: Schema =",
        "    Schema(",
        *kt.block("listOf<Table>(", tables, "),", indent="        "),
        "    )",
    ]


def _enum(choices: EnumType) -> list[str]:
    stored = "String" if choices.is_text else "Long"
    return [
        *kt.doc_comment([f"The choices of `{choices.of}`; [value] is what is stored."]),
        *kt.block(f"enum class {choices.name}(", [f"val value: {stored}"], ") {"),
        *(f"    {kt.escaped(entry)}({_stored(value)})," for entry, value in choices.members),
        "}",
    ]


def _stored(value: str | int) -> str:
    return kt.quoted(value) if isinstance(value, str) else values.whole(value, long=True)


def _class(of: _Class) -> list[str]:
    lines = kt.doc_comment(table_doc(of.table))
    lines.append(f"data class {of.name}(")
    for each in of.properties:
        lines += kt.doc_comment(column_doc(each.of.model), "    ")
        lines.append(f"    val {each.name}: {_type(each)}{_default(each)},")
    lines.append(") {")
    return [
        *lines,
        *_check(of),
        "",
        *_to_map(of),
        "",
        "    /** The values in the order of the parameters of [insertSql]. */",
        "    fun toParameters(): List<Any?> = toMap().values.toList()",
        "",
        *_equality(of),
        "    companion object {",
        *indented(_companion(of), "        "),
        "    }",
        "}",
    ]


def _type(each: Member) -> str:
    return f"{each.plain_type}?" if each.is_optional else each.plain_type


def _default(each: Member) -> str:
    column = each.of.model
    filling = client_filling(each.of)
    match filling:
        case Filling.NOTHING:
            return ""
        case Filling.NULL:
            return " = null"
        case Filling.NEW_ID:
            return " = newId()"
        case Filling.NOW:
            return " = presentInstant()"
        case Filling.VALUE:
            value = plain_default(column)
            if each.choice is not None:
                return f" = {each.choice.name}.{kt.escaped(each.choice.member(value))}"
            return f" = {values.literal(each.type, value, each.plain_type)}"
        case _:
            assert_never(filling)


def _check(of: _Class) -> list[str]:
    calls = [line for each in of.properties for line in checks(each.of, each.name, each.plain_type)]
    head = [
        "    /** What the server would refuse of this row, by column; empty where it is right. */",
        "    fun check(): List<RowProblem> =",
        "        Checks()",
    ]
    return [*head, *(f"            .{line}" for line in calls), "            .problems"]


def _to_map(of: _Class) -> list[str]:
    lines = [
        "    /**",
        "     * The row as it is stored, by the columns' names.",
        "     *",
        "     * @throws StoredValueException a value has no stored form; [check] says so before.",
        "     */",
        "    fun toMap(): Map<String, Any?> =",
        f"        StoredValues({kt.quoted(of.table.name)})",
    ]
    for each in of.properties:
        encode = values.encoded(each.type, each.plain_type)
        more = "" if encode == "it" else f" {{ {encode} }}"
        lines.append(f"            .put({each.label}, {each.name}){more}")
    return [*lines, "            .byColumn"]


def _equality(of: _Class) -> list[str]:
    """Return what a class with bytes needs: an array is equal to itself alone."""
    if not any(each.plain_type == "ByteArray" for each in of.properties):
        return []
    return [
        f"    override fun equals(other: Any?): Boolean = {_SAME.format(of.name)}",
        "",
        "    override fun hashCode(): Int = toMap().hashCode()",
        "",
    ]


_SAME: Final = "other is {} && toMap() == other.toMap()"


def _companion(of: _Class) -> list[str]:
    return [
        "/** The table as PowerSync takes it. */",
        "val table: Table =",
        *(f"    {line}" for line in declared(of.table)),
        "",
        "/** Inserts a row whose values are [toParameters]. */",
        "val insertSql: String = insertInto(table)",
        "",
        "/**",
        " * Reads a row of a query that selects every column.",
        " *",
        " * @throws StoredValueException a column is not in the result, or holds no value of its.",
        " */",
        f"fun from(cursor: SqlCursor): {of.name} {{",
        f"    val row = StoredRow(cursor, {kt.quoted(of.table.name)})",
        f"    return {of.name}(",
        *(f"        {each.name} = {_reading(each)}," for each in of.properties),
        "    )",
        "}",
    ]


_READERS: Final = {Storage.TEXT: "text", Storage.INTEGER: "whole", Storage.REAL: "real"}


def _reading(each: Member) -> str:
    reader = _READERS[each.type.storage]
    reader += "OrNull" if each.is_optional else ""
    decode = values.decoded(each.type, each.plain_type)
    return f"row.{reader}({each.label}) {{ {decode} }}"


KOTLIN = Target(
    name=_TARGET,
    title="PowerSync's schema, row classes and conversions for the Kotlin SDK",
    path="AppSchema.kt",
    generate=_generate,
    options=KotlinOptions,
)
