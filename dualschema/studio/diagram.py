"""The schema as a drawing (SVG): a box a table, a line a foreign key, keys and owners marked.

It has classes and no colours: the page's style sheet has those, for light and for dark.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
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
    tables = [table for table in model.tables if not table.dropped]
    shown = {table.name: _shown(table, keys_only=keys_only) for table in tables}
    sizes = {table.name: _size(table, shown[table.name]) for table in tables}
    edges = [(table.name, key.target_table) for table in tables for key in table.foreign_keys]
    layout = lay_out(sizes, [edge for edge in edges if edge[1] in sizes])
    width, height = layout.size[0] + 2 * _EDGE + _MARK, layout.size[1] + 2 * _EDGE
    box = f"{-_EDGE:g} {-_EDGE:g} {width:g} {height:g}"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{width:g}"'
            f' height="{height:g}" role="group" aria-label="Diagram of {len(tables)} tables">',
            *_lines(tables, shown, sizes, layout),
            *(line for table in tables for line in _box(table, shown, sizes, layout, here)),
            "</svg>",
        ]
    )


def _shown(table: TableModel, *, keys_only: bool) -> list[ColumnModel]:
    linked = {key.column for key in table.foreign_keys} | {table.key, table.owner_column}
    return [each for each in table.columns if not keys_only or each.name in linked]


def _size(table: TableModel, shown: Sequence[ColumnModel]) -> Size:
    letters = [len(_cut(table.name)) + len(_note(table)) + 2]
    letters += [len(_cut(each.name)) + len(_kind(each)) + 2 for each in shown]
    return max(letters) * _LETTER + 2 * _EDGE + _MARK, _HEAD + len(shown) * _ROW + 6


def _lines(
    tables: Sequence[TableModel],
    shown: dict[str, list[ColumnModel]],
    sizes: dict[str, Size],
    layout: Layout,
) -> Iterator[str]:
    by_name = {table.name: table for table in tables}
    for table in tables:
        for key in table.foreign_keys:
            target = by_name.get(key.target_table)
            if target is None:
                continue
            title = f"{table.name}.{key.column} → {target.name}.{key.target_column}"
            path = _path(table, key, target, shown, sizes, layout)
            yield (
                f'<g class="link" data-from={quoteattr(table.name)} data-to={quoteattr(target.name)}>'
                f"<title>{escape(title)}</title><path class=\"line\" d=\"{path[0]}\"/>"
                f'<circle class="end" cx="{path[1][0]:g}" cy="{path[1][1]:g}" r="3.5"/></g>'
            )


def _path(
    table: TableModel,
    key: ForeignKeyModel,
    target: TableModel,
    shown: dict[str, list[ColumnModel]],
    sizes: dict[str, Size],
    layout: Layout,
) -> tuple[str, tuple[float, float]]:
    """Return a line's path, and its end at the row that it names."""
    here, there = layout.places[table.name], layout.places[target.name]
    y = here[1] + _middle(shown[table.name], key.column)
    end_y = there[1] + _middle(shown[target.name], key.target_column)
    if table is target:
        x = here[0] + sizes[table.name][0]
        return f"M{x:g} {y:g}C{x + 40:g} {y:g} {x + 40:g} {end_y:g} {x:g} {end_y:g}", (x, end_y)
    is_left = here[0] < there[0]
    x = here[0] + (sizes[table.name][0] if is_left else 0)
    end_x = there[0] + (0 if is_left else sizes[target.name][0])
    passings = layout.passings[table.name, target.name]
    points = [(x, y)]
    for one, two, at in passings if is_left else reversed(passings):
        points += [(one, at), (two, at)] if is_left else [(two, at), (one, at)]
    points.append((end_x, end_y))
    path = f"M{x:g} {y:g}"
    for at in range(0, len(points), 2):
        (x1, y1), (x2, y2) = points[at], points[at + 1]
        middle = (x1 + x2) / 2
        path += f"C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"
        if at + 2 < len(points):
            path += f"L{points[at + 2][0]:g} {y2:g}"
    return path, (end_x, end_y)


def _middle(shown: Sequence[ColumnModel], name: str) -> float:
    at = next((at for at, column in enumerate(shown) if column.name == name), None)
    return _HEAD / 2 if at is None else _HEAD + (at + 0.5) * _ROW + 2


def _box(
    table: TableModel,
    shown: dict[str, list[ColumnModel]],
    sizes: dict[str, Size],
    layout: Layout,
    here: Collection[str],
) -> Iterator[str]:
    (x, y), (width, height) = layout.places[table.name], sizes[table.name]
    columns = shown[table.name]
    label = f"{table.name}, {len(table.columns)} columns"
    if table.owner_column:
        label += f", owned by {table.owner_column}"
    is_here = table.name in here
    link = f" href={quoteattr(f'#/table/{table.name}')}" if is_here else ' tabindex="0" role="img"'
    yield (
        f'<a class="table{"" if is_here else " elsewhere"}"{link} '
        f"data-table={quoteattr(table.name)} aria-label={quoteattr(label)} "
        f'transform="translate({x:g} {y:g})">'
    )
    yield f"<title>{escape(table.name)}{escape(chr(10) + table.doc) if table.doc else ''}</title>"
    yield f'<rect class="card" width="{width:g}" height="{height:g}" rx="7"/>'
    yield f'<path class="head" d="M0 {_HEAD:g}V7a7 7 0 0 1 7-7H{width - 7:g}a7 7 0 0 1 7 7V{_HEAD:g}z"/>'
    yield f'<text class="name" x="{_EDGE:g}" y="20">{escape(_cut(table.name))}</text>'
    if note := _note(table):
        at = width - _EDGE
        yield f'<text class="kind" x="{at:g}" y="20" text-anchor="end">{note}</text>'
    linked = {key.column for key in table.foreign_keys}
    for at, column in enumerate(columns):
        base = _HEAD + at * _ROW + 16
        mark, style = _mark(table, column, linked)
        if mark:
            yield f'<text class="mark {style}" x="{_EDGE:g}" y="{base:g}">{mark}</text>'
        name = f'<text class="column" x="{_EDGE + _MARK:g}" y="{base:g}">{escape(_cut(column.name))}'
        yield f"{name}</text>"
        kind = escape(_kind(column))
        yield f'<text class="kind" x="{width - _EDGE:g}" y="{base:g}" text-anchor="end">{kind}</text>'
    yield "</a>"


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
