"""The directive ``value-table``: the column types as a table, made from the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from dualschema.column_type import ColumnType, PostgresStyle, TypeOptions
from dualschema.types import ALL_TYPES

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_HEADER = ("Type", "Python", "Postgres, portable", "Postgres, native", "SQLite")
_WIDTHS = (18, 24, 22, 22, 14)


class ValueTable(SphinxDirective):
    """Two rows a type: how it is stored on each side, and under that its notes."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        group = nodes.tgroup(cols=len(_HEADER))
        group += [nodes.colspec(colwidth=width) for width in _WIDTHS]
        head, body = nodes.thead(), nodes.tbody()
        head += _row(*(_cell(nodes.Text(title)) for title in _HEADER))
        for kind in ALL_TYPES:
            name, *stored = _stored(kind)
            first = _cell(nodes.strong(text=name))
            first["morerows"] = 1
            body += _row(first, *(_cell(nodes.literal(text=text)) for text in stored))
            notes, messages = self.parse_inline(kind.notes, lineno=self.lineno)
            below = _cell(*notes, *messages)
            below["morecols"] = len(stored) - 1
            body += _row(below)
        group += [head, body]
        table = nodes.table("", group, classes=["value-table"])
        return [table]


def _stored(kind: type[ColumnType]) -> tuple[str, ...]:
    annotation, options = kind.samples[0]
    found = kind.claim(annotation, TypeOptions(**options))
    if found is None:
        raise ValueError(f"{kind.__name__} does not claim its first sample")
    return (
        kind.name,
        kind.example,
        *(_sql(*found.postgres_type(style)) for style in PostgresStyle),
        kind.storage.value,
    )


def _sql(name: Any, arguments: tuple[int, ...]) -> str:
    return name.value + (f"({', '.join(map(str, arguments))})" if arguments else "")


def _cell(*content: nodes.Node) -> nodes.entry:
    return nodes.entry("", nodes.paragraph("", "", *content))


def _row(*cells: nodes.entry) -> nodes.row:
    return nodes.row("", *cells)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("value-table", ValueTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
