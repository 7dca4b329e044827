"""Where the boxes of a diagram stand: in layers from left to right, each behind what it names.

This is the layered drawing of Sugiyama, Tagawa and Toda (https://doi.org/10.1109/TSMC.1981.4308636):
layers, places for edges that pass a layer, an order with few crossings, coordinates. Parts that
nothing joins are drawn by themselves, and packed in rows.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

__all__ = ["Layout", "Size", "lay_out"]

Size = tuple[float, float]
Edge = tuple[str, str]

_ACROSS: Final = 96.0
"""Between layers: room for the lines."""
_DOWN: Final = 28.0
_PASSING: Final = 14.0
"""How much of a layer's height a line takes that passes it."""
_SWEEPS: Final = 12
_ASPECT: Final = 1.6
"""Width by height that a drawing had best have: a screen's."""


@dataclass(slots=True)
class Layout:
    """Where everything stands.

    Attributes:
        places: the left upper corner of each box.
        passings: for an edge, by its two ends, the stretches where it passes layers, from left to
            right: both ends' x, and y.
        size: of the whole.
    """

    places: dict[str, tuple[float, float]] = field(default_factory=dict)
    passings: dict[Edge, list[tuple[float, float, float]]] = field(default_factory=dict)
    size: Size = (0.0, 0.0)


def lay_out(sizes: Mapping[str, Size], edges: Iterable[Edge]) -> Layout:
    """Place boxes; the same ones give the same places.

    Args:
        sizes: width and height of each box, by its name, in the order that is kept where it can be.
        edges: pairs of names: the box that names, and the one that it names. An edge from a box to
            itself has no influence.
    """
    kept = [edge for edge in dict.fromkeys(edges) if edge[0] != edge[1]]
    parts = [_part(names, sizes, kept) for names in _components(list(sizes), kept)]
    return _packed(parts)


def _components(names: Sequence[str], edges: Sequence[Edge]) -> list[list[str]]:
    neighbours: dict[str, list[str]] = defaultdict(list)
    for one, other in edges:
        neighbours[one].append(other)
        neighbours[other].append(one)
    found: list[list[str]] = []
    seen: set[str] = set()
    for name in names:
        if name in seen:
            continue
        part, waiting = {name}, [name]
        while waiting:
            for other in neighbours[waiting.pop()]:
                if other not in part:
                    part.add(other)
                    waiting.append(other)
        seen |= part
        found.append([each for each in names if each in part])
    return found


def _part(names: Sequence[str], sizes: Mapping[str, Size], edges: Sequence[Edge]) -> Layout:
    """Lay out boxes that are joined."""
    own = [edge for edge in edges if edge[0] in names]
    layer = _layers(names, sizes, own)
    columns: list[list[str]] = [[] for _ in range(max(layer.values()) + 1)]
    for name in names:
        columns[layer[name]].append(name)
    chains: dict[Edge, list[str]] = {}
    for edge in own:
        first, last = sorted(edge, key=layer.__getitem__)
        chain = [f"{edge[0]}\0{edge[1]}\0{at}" for at in range(layer[first] + 1, layer[last])]
        for at, passing in enumerate(chain, layer[first] + 1):
            columns[at].append(passing)
        chains[edge] = [first, *chain, last]
    _untangle(columns, chains.values())
    return _placed(columns, chains, sizes)


def _layers(
    names: Sequence[str], sizes: Mapping[str, Size], edges: Sequence[Edge]
) -> dict[str, int]:
    """Return the layer of each box: behind all that it names, and no layer far too high."""
    named: dict[str, list[str]] = defaultdict(list)
    for one, other in edges:
        named[one].append(other)
    area = sum((sizes[name][0] + _ACROSS) * (sizes[name][1] + _DOWN) for name in names)
    highest = max(math.sqrt(area / _ASPECT), *(sizes[name][1] for name in names), 1.0)
    heights: dict[int, float] = defaultdict(float)
    layer: dict[str, int] = {}
    for name in _named_first(names, named):
        # In a circle, one of the boxes comes before what it names.
        at = 1 + max((layer[each] for each in named[name] if each in layer), default=-1)
        while heights[at] and heights[at] + sizes[name][1] > highest:
            at += 1
        layer[name] = at
        heights[at] += sizes[name][1] + _DOWN
    used = {at: number for number, at in enumerate(sorted(set(layer.values())))}
    return {name: used[at] for name, at in layer.items()}


def _named_first(names: Sequence[str], named: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the boxes, each behind those that it names, but for circles."""
    done: dict[str, None] = {}
    begun: set[str] = set()
    for start in names:
        waiting = [start]
        while waiting:
            name = waiting[-1]
            begun.add(name)
            open_ones = [each for each in named.get(name, ()) if each not in begun]
            if open_ones:
                waiting.append(open_ones[0])
            else:
                done.setdefault(name)
                waiting.pop()
    return list(done)


def _untangle(columns: list[list[str]], chains: Iterable[Sequence[str]]) -> None:
    """Sort each layer by the mean place of its neighbours, to and fro."""
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for chain in chains:
        for left, right in pairwise(chain):
            before[right].append(left)
            after[left].append(right)
    best, fewest = [list(column) for column in columns], _crossings(columns, after)
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        for at in range(len(columns)) if forth else reversed(range(len(columns))):
            neighbours = before if forth else after
            beside = at - 1 if forth else at + 1
            if not 0 <= beside < len(columns):
                continue
            place = {name: number for number, name in enumerate(columns[beside])}
            own = {name: number for number, name in enumerate(columns[at])}
            means = {
                name: sum(place[each] for each in neighbours[name]) / len(neighbours[name])
                if neighbours[name]
                else own[name] * len(place) / len(own)
                for name in columns[at]
            }
            columns[at].sort(key=means.__getitem__)
        count = _crossings(columns, after)
        if count < fewest:
            best, fewest = [list(column) for column in columns], count
    columns[:] = best


def _crossings(columns: Sequence[Sequence[str]], after: Mapping[str, Sequence[str]]) -> int:
    count = 0
    for left, right in pairwise(columns):
        place = {name: number for number, name in enumerate(right)}
        ends = [at for name in left for at in sorted(place[each] for each in after.get(name, ()))]
        count += sum(
            ends[later] < end for at, end in enumerate(ends) for later in range(at + 1, len(ends))
        )
    return count


def _placed(
    columns: Sequence[Sequence[str]],
    chains: Mapping[Edge, Sequence[str]],
    sizes: Mapping[str, Size],
) -> Layout:
    made = Layout()
    heights = [sum(_height(name, sizes) + _DOWN for name in column) - _DOWN for column in columns]
    whole, x = max(heights), 0.0
    ends: dict[str, tuple[float, float, float]] = {}
    for column, height in zip(columns, heights, strict=True):
        width = max((sizes[name][0] for name in column if name in sizes), default=0.0)
        y = (whole - height) / 2
        for name in column:
            if name in sizes:
                made.places[name] = (x, y)
            else:
                ends[name] = (x, x + width, y + _PASSING / 2)
            y += _height(name, sizes) + _DOWN
        x += width + _ACROSS
    made.passings = {edge: [ends[each] for each in chain[1:-1]] for edge, chain in chains.items()}
    made.size = (x - _ACROSS, whole)
    return made


def _height(name: str, sizes: Mapping[str, Size]) -> float:
    return sizes[name][1] if name in sizes else _PASSING


def _packed(parts: Sequence[Layout]) -> Layout:
    """Set parts side by side in rows, the highest first."""
    whole = Layout()
    ordered = sorted(parts, key=lambda part: -part.size[1])
    area = sum((part.size[0] + _DOWN) * (part.size[1] + _DOWN) for part in ordered)
    widest = max([math.sqrt(area * _ASPECT), *(part.size[0] for part in ordered)], default=0.0)
    x = y = row = width = 0.0
    for part in ordered:
        if x and x + part.size[0] > widest:
            x, y, row = 0.0, y + row + 2 * _DOWN, 0.0
        for name, (left, top) in part.places.items():
            whole.places[name] = (x + left, y + top)
        for edge, passings in part.passings.items():
            whole.passings[edge] = [(x + one, x + two, y + at) for one, two, at in passings]
        width, row = max(width, x + part.size[0]), max(row, part.size[1])
        x += part.size[0] + 2 * _DOWN
    whole.size = (width, y + row)
    return whole
