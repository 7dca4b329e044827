"""From an annotation to the column type it stands for."""

from __future__ import annotations

import types
import typing
from typing import Annotated, Any, Literal, get_args, get_origin

from dualschema.column_type import ColumnType, TypeOptions
from dualschema.types import ALL_TYPES

__all__ = ["resolve_type", "without_none"]


def resolve_type(annotation: Any, options: TypeOptions) -> ColumnType:
    """Return the type of an annotation that has no ``None`` in it.

    Raises:
        ValueError: no type stands for it, or an option does not fit; the text says which.
    """
    for kind in ALL_TYPES:
        found = kind.claim(annotation, options)
        if found is None:
            continue
        if unfit := sorted(options.given().keys() - kind.options):
            raise ValueError(f"{', '.join(unfit)}: no option of a column of type {kind.name}")
        return found
    if get_origin(annotation) is Annotated:
        raise ValueError(
            f"bounds stand in column(), where the databases check them too, and not in the "
            f"annotation: {_shown(annotation)}"
        )
    raise ValueError(f"no column type stands for the annotation {_shown(annotation)}")


def without_none(annotation: Any) -> tuple[Any, bool]:
    """Return the annotation without ``| None``, and whether it had one."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal and None in arguments:
        rest = tuple(value for value in arguments if value is not None)
        return (Literal[rest] if rest else type(None)), True
    if origin not in (typing.Union, types.UnionType) or type(None) not in arguments:
        return annotation, False
    members = tuple(member for member in arguments if member is not type(None))
    return typing.Union[members], True  # noqa: UP007  (the members are known only here)


def _shown(annotation: Any) -> str:
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return annotation.__qualname__
    return str(annotation).replace("typing.", "")
