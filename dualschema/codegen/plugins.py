"""All targets there are: the library's own, and those of installed packages."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

from dualschema.errors import GenerationError
from dualschema.generator import Target
from dualschema.targets import ALL_TARGETS

__all__ = ["GROUP", "KnownTarget", "find_target", "known_targets"]

GROUP: Final = "dualschema.targets"
"""The group of entry points by which a package adds targets; each loads a ``Target``."""


@dataclass(frozen=True, slots=True)
class KnownTarget:
    """A target that may be asked for.

    Attributes:
        name: what it is called.
        source: the package that brings it.
        target: itself, or None where it cannot be loaded.
        problem: why it cannot be loaded.
    """

    name: str
    source: str
    target: Target[Any] | None = None
    problem: str | None = None


def find_target(name: str) -> Target[Any]:
    """Return the target of a name.

    Raises:
        GenerationError: there is none, several packages bring one, or it cannot be loaded.
    """
    own = {target.name: target for target in ALL_TARGETS}
    points = _added()
    added = [point for point in points if point.name == name]
    if added:
        return _load(name, added, is_own=name in own)
    if name in own:
        return own[name]
    names = list(dict.fromkeys([*own, *(point.name for point in points)]))
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
    raise GenerationError(name, f"there is no such target; {hint}")


def known_targets() -> Iterator[KnownTarget]:
    """Yield every target: the library's in its order, then those of packages by name."""
    yield from (KnownTarget(target.name, "dualschema", target) for target in ALL_TARGETS)
    for point in _added():
        try:
            target = find_target(point.name)
        except GenerationError as error:
            yield KnownTarget(point.name, _package(point), problem=error.reason)
        else:
            yield KnownTarget(point.name, _package(point), target)


def _added() -> tuple[EntryPoint, ...]:
    return _added_on(tuple(sys.path))


@lru_cache(maxsize=1)
def _added_on(_: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    """Return the entry points of our group on a search path, for which all packages are read."""
    # A package that is found twice, by two spellings of a folder, counts once.
    found = entry_points(group=GROUP)
    points = {(point.name, point.value, _package(point)): point for point in found}
    return tuple(points[key] for key in sorted(points))


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else point.value


def _load(name: str, points: list[EntryPoint], *, is_own: bool) -> Target[Any]:
    sources = [*(["dualschema itself"] if is_own else []), *map(_package, points)]
    if len(sources) > 1:
        *others, last = sources
        raise GenerationError(
            name, f"{', '.join(others)} and {last} each have a target of this name: remove one"
        )
    (point,) = points
    try:
        found = point.load()
    # A package's code may fail in any way, and its user is told which package it was.
    except Exception as error:
        kind = type(error).__name__
        raise GenerationError(name, f"{sources[0]} cannot be loaded: {kind}: {error}") from error
    if not isinstance(found, Target):
        kind = type(found).__name__
        raise GenerationError(name, f"{point.value} of {sources[0]} is no Target but a {kind}")
    if found.name != name:
        raise GenerationError(
            name, f"{sources[0]} calls it {found.name!r} in its Target: one name is wanted"
        )
    return found
