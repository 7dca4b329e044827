"""From what was found to the text of a definition file; the same tables give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from dualschema.column_type import PostgresStyle
from dualschema.naming import camel_case, snake_case
from dualschema.pull.description import ColumnKind, FoundColumn, FoundTable, Name, Note
from dualschema.pull.layout import (
    Brackets,
    comment,
    docstring,
    expression,
    keyword,
    laid_out,
)
from dualschema.pull.names import attribute_names, class_names

__all__ = ["write_definition"]

_ORDER: Final = (
    *("name", "json_name", "primary_key", "default", "default_factory", "server_default"),
    *("on_update", "owner", "unique", "index", "foreign_key", "min_length", "max_length"),
    *("pattern", "ge", "gt", "le", "lt", "precision", "scale", "check", "postgres", "doc"),
)
_IMPORTS: Final = (
    ("datetime", ("date", "datetime", "time")),
    ("decimal", ("Decimal",)),
    ("typing", ("Any", "Literal")),
    ("uuid", ("UUID",)),
)


def write_definition(
    tables: Sequence[FoundTable], notes: Iterable[Note], *, title: str, remarks: Iterable[str] = ()
) -> str:
    """Return a definition file.

    Args:
        tables: what it defines.
        notes: what is no table's: tables that are left out, above all.
        title: the module's docstring.
        remarks: comments at its head.
    """
    style = _style(tables)
    classes = class_names(table.name for table in tables)
    taken = set(classes.values())
    body = [_Class(table, classes[table.name], style, taken).text for table in tables]
    named = [classes[table.name] for table in tables]
    wanted: dict[str, Any] = {}
    if style is PostgresStyle.NATIVE:
        wanted["postgres"] = style.value
    parts = (*named, *(keyword(name, value) for name, value in wanted.items()))
    end = laid_out(Brackets("schema = ds.Schema(", parts, ")"))
    head = [docstring(title, indent=0)]
    if said := [*map(comment, remarks), *_comments(notes)]:
        head.append("\n".join(said))
    if imports := "\n".join(_imports(tables)):
        head.append(imports)
    head.append("import dualschema as ds")
    # An import is followed by two empty lines only before a class.
    gap = "\n\n" if _begins_plainly([*body, end][0]) else "\n\n\n"
    return "\n\n".join(head) + gap + "\n\n\n".join([*body, end]) + "\n"


def _begins_plainly(text: str) -> bool:
    first = next(line for line in text.split("\n") if not line.startswith("#"))
    return not first.startswith("class ")


def _style(tables: Iterable[FoundTable]) -> PostgresStyle:
    """Return the style of most columns that have one."""
    styles = [column.style for table in tables for column in table.columns]
    native, portable = map(styles.count, (PostgresStyle.NATIVE, PostgresStyle.PORTABLE))
    return PostgresStyle.NATIVE if native > portable else PostgresStyle.PORTABLE


def _imports(tables: Iterable[FoundTable]) -> Iterator[str]:
    columns = [column for table in tables for column in table.columns]
    used = {column.kind.value for column in columns}
    if any(isinstance(value, Decimal) for each in columns for value in each.options.values()):
        used.add("Decimal")
    for module, names in _IMPORTS:
        if wanted := [name for name in names if name in used]:
            yield f"from {module} import {', '.join(wanted)}"


def _comments(notes: Iterable[Note]) -> list[str]:
    return [comment(str(note)) for note in notes]


class _Class:
    """The class of a table, and what stands above it."""

    def __init__(self, table: FoundTable, name: str, style: PostgresStyle, taken: set[str]) -> None:
        self.table = table
        self.name = name
        self.style = style
        self.attributes = attribute_names(column.name for column in table.columns)
        self.in_json: set[str] = set()
        self.taken = taken
        self.aliases: list[str] = []

    @property
    def text(self) -> str:
        columns = "\n".join(self._column(column) for column in self.table.columns) or "    pass"
        lines = [laid_out(self._head, behind=":")]
        if self.table.doc:
            lines += [docstring(self.table.doc, indent=1), ""]
        whole = "\n".join([*_comments(self.table.notes), *lines, columns])
        return "\n\n\n".join(["\n\n".join(self.aliases), whole] if self.aliases else [whole])

    @property
    def _head(self) -> Brackets:
        given = {"name": self.table.name, **self.table.options}
        if self.table.indexes:
            given["indexes"] = list(self.table.indexes)
        if self.table.checks:
            given["checks"] = list(self.table.checks)
        parts = ("ds.Table", *(keyword(name, value) for name, value in given.items()))
        return Brackets(f"class {self.name}(", parts, ")")

    def _column(self, column: FoundColumn) -> str:
        attribute = self.attributes[column.name]
        given = {**column.options}
        if snake_case(attribute) != column.name:
            given["name"] = column.name
        if json_name := self._json_name(column.name):
            given["json_name"] = json_name
        if column.style is not None and column.style is not self.style:
            given["postgres"] = column.style.value
        if column.nullable and not given.keys() & {"default", "default_factory", "server_default"}:
            given["default"] = Name("None")
        options = tuple(keyword(name, given[name]) for name in _ORDER if name in given)
        start = f"{attribute}: ds.Column[{self._annotation(column, attribute)}]"
        if not options:
            return laid_out(start, indent=1)
        return laid_out(Brackets(f"{start} = ds.column(", options, ")"), indent=1)

    def _json_name(self, name: str) -> str | None:
        """Return the name in JSON, where another column has the one that this would have."""
        wanted, number = camel_case(name), 2
        made = wanted
        while made in self.in_json:
            made, number = f"{wanted}{number}", number + 1
        self.in_json.add(made)
        return None if made == wanted else made

    def _annotation(self, column: FoundColumn, attribute: str) -> str:
        end = " | None" if column.nullable else ""
        if column.kind is not ColumnKind.CHOICE:
            return f"{column.kind.value}{end}"
        values = Brackets("Literal[", tuple(expression(each) for each in column.choices), "]")
        if len(f"    {attribute}: ds.Column[{values.flat}{end}] = ds.column(") <= 80:
            return values.flat + end
        words = "".join(word.capitalize() for word in attribute.split("_"))
        return self._alias(f"{self.name}{words}", attribute, values) + end

    def _alias(self, wanted: str, attribute: str, values: Brackets) -> str:
        """Return a name for a type that is too long for the column's line, and keep the type."""
        # With the attribute, it is to fit on a line of its own.
        wanted = wanted[: max(48 - len(attribute), 8)]
        made, number = wanted, 2
        while made in self.taken:
            made, number = f"{wanted}{number}", number + 1
        self.taken.add(made)
        self.aliases.append(laid_out(Brackets(f"{made} = Literal[", values.parts, "]")))
        return made
