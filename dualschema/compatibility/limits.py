"""What values two columns take, and in which form: whether one takes all that the other does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from dualschema.column_type import ClientKind
from dualschema.compatibility.document import takes
from dualschema.compatibility.snapshot import ReleasedColumn
from dualschema.pattern import compile_pattern

__all__ = ["form_change", "narrowed", "widened"]

# Kinds with one stored form: what the first of a pair stores, the second reads.
_WIDER: Final = frozenset(
    {
        (ClientKind.CHOICE, ClientKind.STRING),
        (ClientKind.UUID, ClientKind.STRING),
        (ClientKind.INTEGER_CHOICE, ClientKind.INTEGER),
    }
)


def form_change(old: ReleasedColumn, new: ReleasedColumn) -> str | None:
    """Return how values are stored otherwise, in words, or None if they are not."""
    kinds = (old.kind, new.kind)
    related = old.kind is new.kind or kinds in _WIDER or kinds[::-1] in _WIDER
    if not related or old.storage is not new.storage:
        return (
            f"{old.kind.value} as {old.storage.value}, now {new.kind.value} as {new.storage.value}"
        )
    if old.digits != new.digits:
        return f"{old.digits} digits of a second, now {new.digits}"
    return None


def narrowed(old: ReleasedColumn, new: ReleasedColumn) -> str | None:
    """Return why values that ``old`` takes are refused by ``new``, in words; their form is one."""
    found = list(_beyond(old, new))
    choices = _choices_beyond(old, new)
    if choices:
        found.append(f"no longer taken: {choices}")
    elif _is_another_shape(old, new) and not takes(_shape(new.document), _shape(old.document)):
        found.append("documents of the old shape are not all of the new one")
    return "; ".join(_said(each, old, new) for each in found) or None


def widened(old: ReleasedColumn, new: ReleasedColumn) -> str | None:
    """Return why values that ``new`` takes cannot be read by ``old``, in words.

    Their form is one.
    """
    found = list(_beyond(new, old))
    choices = _choices_beyond(new, old)
    if choices:
        found.append(f"taken now, too: {choices}")
    elif _is_another_shape(old, new) and not takes(_shape(old.document), _shape(new.written)):
        found.append("documents of the new shape are not all of the old one")
    return "; ".join(_said(each, old, new) for each in found) or None


def _beyond(column: ReleasedColumn, limits: ReleasedColumn) -> Iterator[str]:
    """Yield which limits of a column do not hold all values of another, by name."""
    if (limits.kind, column.kind) in _WIDER:
        yield _KIND
        return
    if column.choices is not None:
        return
    if (limits.min_length or 0) > (column.min_length or 0):
        yield "min_length"
    if limits.max_length is not None:
        longest = column.max_length
        if longest is None or limits.max_length < longest:
            yield "max_length"
    if limits.pattern is not None and limits.pattern != column.pattern:
        yield "pattern"
    least, most = (_least(column), _least(limits)), (_most(column), _most(limits))
    if least[1] is not None and (least[0] is None or least[1] > least[0]):
        yield "least value"
    if most[1] is not None and (most[0] is None or most[1] < most[0]):
        yield "greatest value"
    if limits.precision and not _holds_digits(limits, column):
        yield "precision and scale"


def _choices_beyond(column: ReleasedColumn, limits: ReleasedColumn) -> str:
    if (limits.kind, column.kind) in _WIDER:
        return ""
    return ", ".join(repr(c) for c in column.choices or () if not _takes_choice(limits, c))


def _takes_choice(column: ReleasedColumn, choice: str | int) -> bool:
    if column.choices is not None:
        return choice in column.choices
    if isinstance(choice, int):
        number, low, high = Decimal(choice), _least(column), _most(column)
        return (low is None or (number, 0) >= low) and (high is None or (number, 0) <= high)
    return (
        (column.min_length or 0) <= len(choice)
        and (column.max_length is None or len(choice) <= column.max_length)
        and (column.pattern is None or compile_pattern(column.pattern).search(choice) is not None)
    )


def _is_another_shape(old: ReleasedColumn, new: ReleasedColumn) -> bool:
    return old.document != new.document


def _shape(document: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return {} if document is None else document


def _least(column: ReleasedColumn) -> tuple[Decimal, int] | None:
    """Return the lower bound, so that a greater one takes fewer values."""
    bounds = [(Decimal(b), n) for b, n in ((column.ge, 0), (column.gt, 1)) if b is not None]
    return max(bounds, default=None)


def _most(column: ReleasedColumn) -> tuple[Decimal, int] | None:
    """Return the upper bound, so that a lesser one takes fewer values."""
    bounds = [(Decimal(b), n) for b, n in ((column.le, 0), (column.lt, -1)) if b is not None]
    return min(bounds, default=None)


def _holds_digits(limits: ReleasedColumn, column: ReleasedColumn) -> bool:
    before = column.precision - column.scale
    return (
        bool(column.precision)
        and limits.scale >= column.scale
        and limits.precision - limits.scale >= before
    )


_KIND: Final = "kind"

_SHOWN: Final[Mapping[str, Callable[[ReleasedColumn], str]]] = {
    _KIND: lambda column: column.kind.value,
    "min_length": lambda column: _text(column.min_length),
    "max_length": lambda column: _text(column.max_length),
    "pattern": lambda column: _text(column.pattern),
    "least value": lambda column: _bound(column.ge, column.gt),
    "greatest value": lambda column: _bound(column.le, column.lt),
    "precision and scale": lambda column: (
        f"({column.precision}, {column.scale})" if column.precision else "any"
    ),
}


def _said(limit: str, old: ReleasedColumn, new: ReleasedColumn) -> str:
    shown = _SHOWN.get(limit)
    return limit if shown is None else f"{limit}: {shown(old)}, now {shown(new)}"


def _bound(closed: str | None, open_: str | None) -> str:
    said = [*([closed] if closed else []), *([f"{open_} (excluded)"] if open_ else [])]
    return " and ".join(said) or "none"


def _text(value: object) -> str:
    return "none" if value is None else str(value)
