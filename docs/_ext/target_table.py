"""The directive ``target-table``: the targets as a table, made from the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from dualschema.targets import ALL_TARGETS

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_HEADER = ("Target", "What it makes", "Where, by default")
_WIDTHS = (20, 50, 30)


class TargetTable(SphinxDirective):
    """A row a target."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        group = nodes.tgroup(cols=len(_HEADER))
        group += [nodes.colspec(colwidth=width) for width in _WIDTHS]
        head, body = nodes.thead(), nodes.tbody()
        head += _row(*(nodes.Text(title) for title in _HEADER))
        for target in ALL_TARGETS:
            name, path = nodes.literal(text=target.name), nodes.literal(text=target.path)
            body += _row(name, nodes.Text(target.title), path)
        group += [head, body]
        return [nodes.table("", group, classes=["target-table"])]


def _row(*contents: nodes.Node) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", each)) for each in contents))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("target-table", TargetTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
