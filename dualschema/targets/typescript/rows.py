"""A table's rows in TypeScript: their types, and the functions between what is meant and stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from dualschema.column_type import ClientKind
from dualschema.errors import GenerationError
from dualschema.generator import Filling, Names, client_columns, client_filling, plain_default
from dualschema.languages.typescript.spelling import (
    WIDTH,
    computed_key,
    doc_comment,
    fits,
    is_rounded,
    key,
    literal,
    member,
    quoted,
    wrapped,
)
from dualschema.languages.typescript.types import typed
from dualschema.model import TableModel
from dualschema.targets.typescript.checks import rules
from dualschema.targets.typescript.columns import Spelling, Spoken

__all__ = ["RowNames", "row_lines"]


@dataclass(frozen=True, slots=True)
class RowNames:
    """What a table's types and functions are called.

    Attributes:
        row: the row as it is meant.
        stored: the row as the client's database holds it.
        new: what a new row is made of.
        patch: what changes a row.
        decode, encode, encode_patch, make, check: the functions.
    """

    row: str
    stored: str
    new: str
    patch: str
    decode: str
    encode: str
    encode_patch: str
    make: str
    check: str

    @classmethod
    def of(cls, table: TableModel, names: Names) -> RowNames:
        """Return the names of a table, each free in the file."""
        row = names.take(table.class_name)
        return cls(
            row=row,
            stored=names.take(f"{row}Row"),
            new=names.take(f"New{row}"),
            patch=names.take(f"{row}Patch"),
            decode=names.take(f"decode{row}"),
            encode=names.take(f"encode{row}"),
            encode_patch=names.take(f"encode{row}Patch"),
            make=names.take(f"new{row}"),
            check=names.take(f"check{row}"),
        )


def row_lines(table: TableModel, names: RowNames, spelling: Spelling) -> list[str]:
    """Return all that is said of a table's rows."""
    columns = [spelling.of(table, column) for column in client_columns(table)]
    parts = (
        _stored(table, names),
        _meant(table, names, columns),
        _new(names, columns),
        _patch(names, columns),
        _decode(names, columns),
        _encode(names, columns),
        _encode_patch(names, columns),
        _make(names, columns),
        _check(names, columns),
    )
    return [line for part in parts for line in ("", *part)]


def _stored(table: TableModel, names: RowNames) -> list[str]:
    return [
        *doc_comment(f"A row of `{table.view}` as the client's database holds it."),
        f"export type {names.stored} = {member('Database', table.name, is_type=True)};",
    ]


def _meant(table: TableModel, names: RowNames, columns: list[Spoken]) -> list[str]:
    lines = [*doc_comment(table.doc), f"export interface {names.row} {{"]
    for column in columns:
        lines += doc_comment(column.column.model.doc, "  ")
        lines += typed(f"{key(column.attribute)}:", column.whole_members)
    return [*lines, "}"]


def _new(names: RowNames, columns: list[Spoken]) -> list[str]:
    about = f"What a new {names.row} is made of: what is left out takes its default."
    lines = [*doc_comment(about), f"export interface {names.new} {{"]
    for column in columns:
        if column.column.is_servers:
            continue
        optional = client_filling(column.column) is not Filling.NOTHING
        head = f"{key(column.attribute)}{'?' if optional else ''}:"
        lines += typed(head, column.whole_members)
    return [*lines, "}"]


def _patch(names: RowNames, columns: list[Spoken]) -> list[str]:
    fixed = " | ".join(quoted(each.attribute) for each in columns if not each.column.is_updated)
    return [
        *doc_comment(f"What changes a {names.row}: what is undefined stays as it is."),
        *_partial(f"export type {names.patch} =", names.row, fixed),
    ]


def _partial(head: str, row: str, fixed: str) -> list[str]:
    """Return the type of some of a row, without what is fixed, as prettier breaks it."""
    line = f"{head} Partial<Omit<{row}, {fixed}>>;"
    ways = (
        [line],
        [f"{head} Partial<", f"  Omit<{row}, {fixed}>", ">;"],
        [f"{head} Partial<", "  Omit<", f"    {row},", f"    {fixed}", "  >", ">;"],
    )
    fitting = (way for way in ways if all(fits(each) for each in way))
    return next(fitting, ["// prettier-ignore", line])


def _decode(names: RowNames, columns: list[Spoken]) -> list[str]:
    lines = [
        *doc_comment("Return what a stored row means. Throws a ColumnError: it is none."),
        f"export function {names.decode}(row: {names.stored}): {names.row} {{",
        "  return {",
    ]
    for column in columns:
        function, arguments = column.read(member("row", column.column.name))
        head = f"{computed_key(column.attribute)}: {function}("
        lines += wrapped(head, arguments, "),", indent="    ")
    return [*lines, "  };", "}"]


def _encode(names: RowNames, columns: list[Spoken]) -> list[str]:
    lines = [
        *doc_comment("Return a row as it is stored. Throws a ColumnError: a value is none of its."),
        f"export function {names.encode}(row: {names.row}): {names.stored} {{",
        "  return {",
    ]
    for column in columns:
        function, arguments = column.write(member("row", column.attribute))
        head = f"{computed_key(column.column.name)}: {function}("
        lines += wrapped(head, arguments, "),", indent="    ")
    return [*lines, "  };", "}"]


def _encode_patch(names: RowNames, columns: list[Spoken]) -> list[str]:
    stored = f"Partial<Omit<{names.stored}, 'id'>>"
    head, given = f"export function {names.encode_patch}(", [f"patch: {names.patch}"]
    lines = [
        *doc_comment("Return what changes of a row as it is stored: what is undefined stays."),
        *wrapped(head, given, f"): {stored} {{"),
        f"  const stored: {stored} = {{}};",
    ]
    for column in columns:
        if not column.column.is_updated:
            continue
        value = member("patch", column.attribute)
        function, arguments = column.write(value)
        target = member("stored", column.column.name)
        lines.append(f"  if ({value} !== undefined) {{")
        call = wrapped(f"{target} = {function}(", arguments, ");", indent="    ")
        if len(call[0]) > WIDTH:
            called = wrapped(f"{function}(", arguments, ");", indent="      ")
            call = [f"    {target} =", *called]
        lines += call
        lines.append("  }")
    return [*lines, "  return stored;", "}"]


def _make(names: RowNames, columns: list[Spoken]) -> list[str]:
    lines = [
        *doc_comment("Return a new row: what is left out takes its default."),
        f"export function {names.make}(given: {names.new}): {names.row} {{",
        "  return {",
    ]
    for column in columns:
        value = member("given", column.attribute)
        head = f"    {computed_key(column.attribute)}:"
        default = _default(column)
        if column.column.is_servers:
            lines.append(f"{head} null,")
        elif default is None:
            lines.append(f"{head} {value},")
        elif column.column.may_be_null and default != "null":
            lines += _conditional(head, f"{value} === undefined", default, value)
        else:
            lines += _coalesced(head, value, default)
    return [*lines, "  };", "}"]


def _conditional(head: str, condition: str, one: str, other: str) -> list[str]:
    line = f"{head} {condition} ? {one} : {other},"
    if fits(line):
        return [line]
    line = f"      {condition} ? {one} : {other},"
    if fits(line):
        return [head, line]
    return [head, f"      {condition}", f"        ? {one}", f"        : {other},"]


def _coalesced(head: str, value: str, default: str) -> list[str]:
    line = f"{head} {value} ?? {default},"
    if fits(line):
        return [line]
    line = f"      {value} ?? {default},"
    broken = [f"      {value} ??", f"      {default},"]
    return [head, *([line] if fits(line) else broken)]


def _default(column: Spoken) -> str | None:
    """Return the expression of what a column is filled with, or None if it must be named."""
    filling = client_filling(column.column)
    match filling:
        case Filling.NOTHING:
            return None
        case Filling.NULL:
            return "null"
        case Filling.NEW_ID:
            return "newId()"
        case Filling.NOW:
            if column.is_date:
                return "new Date()"
            return f"{column.reader}(new Date().toISOString(), {column.place})"
        case Filling.VALUE:
            return _value(column)
        case _:
            assert_never(filling)


def _value(column: Spoken) -> str:
    model = column.column.model
    value = plain_default(model)
    kind = model.type.client_kind
    if kind is ClientKind.INT64:
        return f"{value}n"
    if kind is ClientKind.BYTES or column.is_date:
        return f"{column.reader}({quoted(value)}, {column.place})"
    if kind is ClientKind.JSON and value is None and "typeof JSON_NULL" in column.members:
        return "JSON_NULL"
    if kind is ClientKind.JSON and is_rounded(value):
        reason = "its default holds a whole number that JavaScript would round"
        raise GenerationError("typescript", reason, table=column.table, column=column.column.name)
    return literal(value)


def _check(names: RowNames, columns: list[Spoken]) -> list[str]:
    about = "Return what is wrong with a row: what the server's database would refuse, in words."
    lines = [
        *doc_comment(about),
        f"export function {names.check}(row: {names.row}): string[] {{",
        "  const problems: string[] = [];",
    ]
    for column in columns:
        value = member("row", column.attribute)
        function, arguments = column.write(value)
        call = f"{function}({', '.join(arguments)})"
        lines += _attempted(call, function, arguments)
        for holds, wrong in rules(column.column.model):
            parts = ["problems", column.place, value, f"(value) => {holds}", quoted(wrong)]
            lines += wrapped("rule(", parts, ");", indent="  ")
    return [*lines, "  return problems;", "}"]


def _attempted(call: str, function: str, arguments: list[str]) -> list[str]:
    line = f"  attempt(problems, () => {call});"
    if fits(line):
        return [line]
    inner = f"    {call},"
    if len(inner) <= WIDTH:
        return ["  attempt(problems, () =>", inner, "  );"]
    broken = wrapped(f"{function}(", arguments, "),", indent="    ")
    return ["  attempt(problems, () =>", *broken, "  );"]
