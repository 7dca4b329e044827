"""PowerSync's tables in the other forms that they have had, as ``new Table(columns, options)``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dualschema.pull.typescript.chains import Chain, path_of, returned
from dualschema.pull.typescript.program import Program
from dualschema.pull.typescript.values import (
    Access,
    Call,
    Entry,
    Function,
    Items,
    Name,
    Number,
    Object,
    Text,
    Value,
)

__all__ = ["TableForm", "table_form"]

_PLACES = {"createLocalOnly": "localOnly", "createInsertOnly": "insertOnly"}
_TRUE = Number("true")


@dataclass(frozen=True, slots=True)
class TableForm:
    """A table: ``new Table(columns, options)``, and its name where that stands in it."""

    columns: Object
    options: Object
    name: str | None = None
    line: int = 0


def table_form(program: Program, given: Value | None) -> TableForm | None:
    """Return a table in the form that it has now, or None where a value is no table."""
    value = program.meant(given)
    chain = program.chain(value)
    if chain is None:
        return _described(program, value)
    function = chain.start.name
    if function == "sqliteTable" and not chain.links:
        return _of_drizzle(program, chain)
    place = _PLACES.get(function.removeprefix("Table.")) if "." in function else None
    if chain.links or not (place or function in ("Table", "TableV2")):
        return None
    first, *others = chain.start.arguments or (Object(()),)
    columns = program.meant(first)
    options = program.meant(others[0]) if others else Object(())
    if not isinstance(columns, Object) or not isinstance(options, Object):
        return None
    made = TableForm(columns, options, line=chain.start.line)
    if isinstance(program.meant(columns.get("columns")), Items):
        made = _older(program, columns, chain.start.line)
    if place:
        entries = (*made.options.entries, Entry(place, _TRUE, None, made.line))
        made = replace(made, options=Object(entries))
    return made


def _older(program: Program, given: Object, line: int) -> TableForm:
    """Return a table that was written as one object.

    That was ``new Table({ name, columns: [new Column({ name, type })], indexes: [...] })``.
    """
    name = program.meant(given.get("name"))
    columns = program.meant(given.get("columns"))
    items = columns.items if isinstance(columns, Items) else ()
    options = [each for each in program.entries(given) if each.name not in ("name", "columns")]
    options = [
        replace(each, value=_indexes(program, each.value)) if each.name == "indexes" else each
        for each in options
    ]
    entries = tuple(_column(program, item, line) for item in items)
    named = name.text if isinstance(name, Text) else None
    return TableForm(Object(entries), Object(tuple(options)), named, line)


def _said(program: Program, value: Value) -> Object:
    """Return the object in ``new Column({ ... })``, or that is given without it."""
    found = program.meant(value)
    if isinstance(found, Call) and found.arguments:
        found = program.meant(found.arguments[0])
    return found if isinstance(found, Object) else Object(())


def _column(program: Program, item: Value, line: int) -> Entry:
    said = _said(program, item)
    name, kind = program.meant(said.get("name")), program.meant(said.get("type"))
    word = kind.text if isinstance(kind, Text) else "".join(path_of(kind)[-1:])
    line = item.line if isinstance(item, Call) else line
    shown = name.text if isinstance(name, Text) else "?"
    return Entry(shown, Access(Name("column"), word.lower()), None, line)


def _indexes(program: Program, value: Value) -> Value:
    """Return ``{ name: ['-column'] }`` for ``[new Index({ name, columns: [...] })]``."""
    found = program.meant(value)
    if not isinstance(found, Items):
        return value
    entries = []
    for item in found.items:
        said = _said(program, item)
        name, columns = program.meant(said.get("name")), program.meant(said.get("columns"))
        parts = columns.items if isinstance(columns, Items) else ()
        made = Items(tuple(_indexed(program, part) for part in parts))
        entries.append(Entry(name.text if isinstance(name, Text) else "?", made, None, 0))
    return Object(tuple(entries))


def _indexed(program: Program, part: Value) -> Value:
    said = _said(program, part)
    name = program.meant(said.get("name"))
    sign = "-" if said.get("ascending") == Number("false") else ""
    return Text(f"{sign}{name.text}") if isinstance(name, Text) else part


def _described(program: Program, value: Value | None) -> TableForm | None:
    """Read ``{ tableDefinition: lists, options: { ... } }``, as ``DrizzleAppSchema`` takes it."""
    if not isinstance(value, Object) or value.get("tableDefinition") is None:
        return None
    made = table_form(program, value.get("tableDefinition"))
    options = program.meant(value.get("options"))
    if made is None or not isinstance(options, Object):
        return made
    return replace(made, options=Object((*made.options.entries, *options.entries)))


def _of_drizzle(program: Program, chain: Chain) -> TableForm | None:
    """Return what PowerSync's driver makes of a table of Drizzle's for SQLite."""
    arguments: tuple[Value | None, ...] = (*chain.start.arguments, None, None, None)
    _, given, extra = arguments[:3]
    name = program.meant(chain.start.first)
    columns = program.meant(returned(given))
    if not isinstance(name, Text) or not isinstance(columns, Object):
        return None
    modules = given.parameters if isinstance(given, Function) else ()
    names: dict[str, str] = {}
    entries = []
    for entry in program.entries(columns):
        column = program.chain(program.meant(entry.value), *modules)
        kind = column.start.name if column else ""
        first = column.start.first if column else None
        names[entry.name] = first.text if isinstance(first, Text) else entry.name
        kept = replace(entry, name=names[entry.name], value=Access(Name("column"), kind))
        entries += [] if kept.name == "id" else [kept]
    indexes = tuple(_drizzle_indexes(program, extra, names))
    options = (Entry("indexes", Object(indexes), None, chain.start.line),) if indexes else ()
    return TableForm(Object(tuple(entries)), Object(options), name.text, chain.start.line)


def _drizzle_indexes(
    program: Program, given: Value | None, names: dict[str, str]
) -> Iterator[Entry]:
    found = program.meant(returned(given))
    items = found.items if isinstance(found, Items) else ()
    if isinstance(found, Object):
        items = tuple(entry.value for entry in program.entries(found))
    for item in items:
        chain = program.chain(item)
        if chain is None or chain.start.name not in ("index", "uniqueIndex"):
            continue
        on = chain.links[0].arguments if chain.links else ()
        columns = tuple(Text(names.get(path_of(each)[-1], "?")) for each in on if path_of(each))
        name = chain.start.first.text if isinstance(chain.start.first, Text) else "?"
        yield Entry(name, Items(columns), None, chain.start.line)
