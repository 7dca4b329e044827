"""The schema as a drawing (SVG): a box a table, a line a foreign key, keys and owners marked.

It has classes and no colours: the page's style sheet has those, for light and for dark.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, assert_never
from xml.sax.saxutils import escape, quoteattr

from dualschema.model import ColumnModel, ForeignKeyModel, SchemaModel, Sync, TableModel
from dualschema.studio.layout import Layout, Size, lay_out

__all__ = ["diagram"]

_LETTER: Final = 7.3
"""The width of a letter at 12 pixels, in a font of one width, and a little more."""
_ROW: Final = 20.0
_HEAD: Final = 30.0
_EDGE: Final = 12.0
_MARK: Final = 30.0
_LONGEST: Final = 34
"""Names that are longer are cut: they are whole in the title."""


def diagram(model: SchemaModel, here: Collection[str], *, keys_only: bool = False) -> str:
    """Return the drawing of a schema.

    Args:
        model: the tables; those that only old clients know are left out.
        here: the names of the tables that the database has: these are links.
        keys_only: leave out columns that are neither keys, foreign keys nor the owner.
    """
    tables = {table.name: table for table in model.tables if not table.dropped}
    shown = {table.name: _shown(table, keys_only=keys_only) for table in tables.values()}
    sizes = {table.name: _size(table, shown[table.name]) for table in tables.values()}
    edges = [(table.name, key.target_table) for table, key in _keys(tables)]
    drawing = _Drawing(tables, shown, sizes, lay_out(sizes, edges), here)
    return "\n".join(drawing.lines())


def _keys(tables: Mapping[str, TableModel]) -> Iterator[tuple[TableModel, ForeignKeyModel]]:
    for table in tables.values():
        for key in table.foreign_keys:
            if key.target_table in tables:
                yield table, key


def _shown(table: TableModel, *, keys_only: bool) -> list[ColumnModel]:
    linked = {key.column for key in table.foreign_keys} | {table.key, table.owner_column}
    return [each for each in table.columns if not keys_only or each.name in linked]


def _size(table: TableModel, shown: Sequence[ColumnModel]) -> Size:
    letters = [len(_cut(table.name)) + len(_note(table)) + 2]
    letters += [len(_cut(each.name)) + len(_kind(each)) + 2 for each in shown]
    return max(letters) * _LETTER + 2 * _EDGE + _MARK, _HEAD + len(shown) * _ROW + 6


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What is drawn, and where: columns, sizes and places by the tables' names."""

    tables: Mapping[str, TableModel]
    shown: Mapping[str, Sequence[ColumnModel]]
    sizes: Mapping[str, Size]
    layout: Layout
    here: Collection[str]

    def lines(self) -> Iterator[str]:
        """Yield the lines of the document; what connects boxes lies under them."""
        width, height = (side + 2 * _EDGE for side in self.layout.size)
        width += _MARK  # for a line from a box to itself
        box = quoteattr(f"{-_EDGE:g} {-_EDGE:g} {width:g} {height:g}")
        size = f'viewBox={box} width="{width:g}" height="{height:g}"'
        label = quoteattr(f"Diagram of {len(self.tables)} tables")
        space = "http://www.w3.org/2000/svg"
        yield f'<svg xmlns="{space}" {size} role="group" aria-label={label}>'
        for table, key in _keys(self.tables):
            yield from self._link(table, key)
        for table in self.tables.values():
            yield from self._box(table)
        yield "</svg>"

    def _link(self, table: TableModel, key: ForeignKeyModel) -> Iterator[str]:
        target = self.tables[key.target_table]
        title = escape(f"{table.name}.{key.column} → {target.name}.{key.target_column}")
        path, (x, y) = self._path(table, key, target)
        ends = f"data-from={quoteattr(table.name)} data-to={quoteattr(target.name)}"
        yield f'<g class="link" {ends}><title>{title}</title>'
        yield f'<path class="line" d="{path}"/>'
        yield f'<circle class="end" cx="{x:g}" cy="{y:g}" r="3.5"/></g>'

    def _path(
        self, table: TableModel, key: ForeignKeyModel, target: TableModel
    ) -> tuple[str, tuple[float, float]]:
        """Return a line's path, and its end at the row that it names."""
        here, there = self.layout.places[table.name], self.layout.places[target.name]
        width = self.sizes[table.name][0]
        y = here[1] + _middle(self.shown[table.name], key.column)
        end_y = there[1] + _middle(self.shown[target.name], key.target_column)
        if table is target:
            x = here[0] + width
            return f"M{x:g} {y:g}C{x + 40:g} {y:g} {x + 40:g} {end_y:g} {x:g} {end_y:g}", (x, end_y)
        is_left = here[0] < there[0]
        x = here[0] + (width if is_left else 0)
        end_x = there[0] + (0 if is_left else self.sizes[target.name][0])
        passings = self.layout.passings[table.name, target.name]
        points = [(x, y)]
        for one, two, at in passings if is_left else reversed(passings):
            points += [(one, at), (two, at)] if is_left else [(two, at), (one, at)]
        points.append((end_x, end_y))
        return _curves(points), (end_x, end_y)

    def _box(self, table: TableModel) -> Iterator[str]:
        (x, y), (width, height) = self.layout.places[table.name], self.sizes[table.name]
        columns = self.shown[table.name]
        label = f"{table.name}, {len(table.columns)} columns"
        if table.owner_column:
            label += f", owned by {table.owner_column}"
        names = f"data-table={quoteattr(table.name)} aria-label={quoteattr(label)}"
        link = f'class="table" href={quoteattr(f"#/table/{table.name}")}'
        if table.name not in self.here:
            link = 'class="table elsewhere" tabindex="0" role="img"'
        right = width - _EDGE
        yield f'<a {link} {names} transform="translate({x:g} {y:g})">'
        yield f"<title>{escape(table.name + (chr(10) + table.doc if table.doc else ''))}</title>"
        yield f'<rect class="card" width="{width:g}" height="{height:g}" rx="7"/>'
        head = f"M0 {_HEAD:g}V7a7 7 0 0 1 7-7H{width - 7:g}a7 7 0 0 1 7 7V{_HEAD:g}z"
        yield f'<path class="head" d="{head}"/>'
        yield _text("name", _EDGE, 20, _cut(table.name))
        if note := _note(table):
            yield _text("kind", right, 20, note, is_end=True)
        linked = {key.column for key in table.foreign_keys}
        for at, column in enumerate(columns):
            base = _HEAD + at * _ROW + 16
            mark, style = _mark(table, column, linked)
            if mark:
                yield _text(f"mark {style}", _EDGE, base, mark)
            yield _text("column", _EDGE + _MARK, base, _cut(column.name))
            yield _text("kind", right, base, _kind(column), is_end=True)
        yield "</a>"


def _text(style: str, x: float, y: float, text: str, *, is_end: bool = False) -> str:
    anchor = ' text-anchor="end"' if is_end else ""
    return f'<text class="{style}" x="{x:g}" y="{y:g}"{anchor}>{escape(text)}</text>'


def _curves(points: Sequence[tuple[float, float]]) -> str:
    """Return a path of curves between layers, and straight lines where it passes one."""
    path = "M{:g} {:g}".format(*points[0])
    for at in range(0, len(points), 2):
        (x1, y1), (x2, y2) = points[at], points[at + 1]
        middle = (x1 + x2) / 2
        path += f"C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"
        if at + 2 < len(points):
            path += f"L{points[at + 2][0]:g} {y2:g}"
    return path


def _middle(shown: Sequence[ColumnModel], name: str) -> float:
    at = next((at for at, column in enumerate(shown) if column.name == name), None)
    return _HEAD / 2 if at is None else _HEAD + (at + 0.5) * _ROW + 2


def _note(table: TableModel) -> str:
    """Return where a table lives, if it is not on both sides."""
    match table.sync:
        case Sync.BOTH:
            return ""
        case Sync.SERVER_ONLY:
            return "server only"
        case Sync.LOCAL_ONLY:
            return "client only"
        case Sync.INSERT_ONLY:
            return "insert only"
        case kind:
            assert_never(kind)


def _mark(table: TableModel, column: ColumnModel, linked: set[str]) -> tuple[str, str]:
    is_owner = column.name == table.owner_column
    if column.name == table.key:
        return ("PK◆", "key owner") if is_owner else ("PK", "key")
    if column.name in linked:
        return ("FK◆", "foreign owner") if is_owner else ("FK", "foreign")
    return ("◆", "owner") if is_owner else ("", "")


def _kind(column: ColumnModel) -> str:
    return column.type.client_kind.value + ("?" if column.nullable else "")


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
