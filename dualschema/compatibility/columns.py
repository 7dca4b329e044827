"""A column as it was released, and as it is now: what clients send that is no longer taken."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from dualschema.column_type import ClientKind
from dualschema.compatibility.document import takes
from dualschema.compatibility.finding import FindingKind
from dualschema.compatibility.snapshot import ReleasedColumn
from dualschema.model import Writable
from dualschema.pattern import compile_pattern

__all__ = ["changes", "same_form"]

# Kinds with one stored form: what the first of a pair stores, the second reads.
_WIDER: Final = frozenset(
    {
        (ClientKind.CHOICE, ClientKind.STRING),
        (ClientKind.UUID, ClientKind.STRING),
        (ClientKind.INTEGER_CHOICE, ClientKind.INTEGER),
    }
)


def changes(old: ReleasedColumn, new: ReleasedColumn) -> Iterator[tuple[FindingKind, str]]:
    """Yield what became of a column that old clients do not survive: the kind, and the change."""
    if old.nullable and not new.nullable:
        yield FindingKind.NOT_NULL, "it had NULL, and has it no more"
    elif new.required and not old.required and new.writable is not Writable.SERVER:
        yield FindingKind.DEFAULT_REMOVED, "it had a default, and has none"
    if old.writable is not new.writable:
        if new.writable is Writable.SERVER:
            yield FindingKind.SERVER_ONLY, "the server alone sets it now"
        elif new.writable is Writable.CREATE and old.writable is Writable.CLIENT:
            yield FindingKind.CREATE_ONLY, "the client sets it with a new row only now"
    if (form := _form(old, new)) is not None:
        yield FindingKind.FORM_CHANGED, form
        return
    if narrowed := "; ".join(_narrowed(old, new)):
        yield FindingKind.NARROWED, narrowed


def same_form(old: ReleasedColumn, new: ReleasedColumn) -> bool:
    """Whether two columns hold the same values: one may be the other, renamed."""
    return not any(changes(old, new)) and not any(changes(new, old))


def _form(old: ReleasedColumn, new: ReleasedColumn) -> str | None:
    kinds = (old.kind, new.kind)
    related = old.kind is new.kind or kinds in _WIDER or kinds[::-1] in _WIDER
    if not related or old.storage is not new.storage:
        return (
            f"{old.kind.value} as {old.storage.value}, now {new.kind.value} as {new.storage.value}"
        )
    if old.digits != new.digits:
        return f"{old.digits} digits of a second, now {new.digits}"
    return None


def _narrowed(old: ReleasedColumn, new: ReleasedColumn) -> Iterator[str]:
    kinds = (old.kind, new.kind)
    if kinds[::-1] in _WIDER:
        yield f"{old.kind.value}, now {new.kind.value}"
    elif old.choices is not None:
        gone = [choice for choice in old.choices if not _takes_choice(new, choice)]
        if gone:
            yield f"no longer taken: {', '.join(map(repr, gone))}"
    elif kinds in _WIDER or old.kind is new.kind:
        yield from _limits(old, new)


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


def _limits(old: ReleasedColumn, new: ReleasedColumn) -> Iterator[str]:
    if new.choices is not None and old.choices is None:
        yield "any value, now a choice"
    if (new.min_length or 0) > (old.min_length or 0):
        yield f"min_length: {_said(old.min_length)}, now {new.min_length}"
    if new.max_length is not None and (old.max_length is None or new.max_length < old.max_length):
        yield f"max_length: {_said(old.max_length)}, now {new.max_length}"
    if new.pattern is not None and new.pattern != old.pattern:
        yield f"pattern: {_said(old.pattern)}, now {new.pattern}"
    least, most = (_least(old), _least(new)), (_most(old), _most(new))
    if least[1] is not None and (least[0] is None or least[1] > least[0]):
        yield f"least value: {_bound(old.ge, old.gt)}, now {_bound(new.ge, new.gt)}"
    if most[1] is not None and (most[0] is None or most[1] < most[0]):
        yield f"greatest value: {_bound(old.le, old.lt)}, now {_bound(new.le, new.lt)}"
    if new.precision and not _holds_digits(old, new):
        yield f"precision and scale: {_digits(old)}, now {_digits(new)}"
    shapes = new.document, old.document
    if shapes[0] is not None and shapes[1] is not None and not takes(shapes[0], shapes[1]):
        yield "documents of the old shape are not all of the new one"


def _least(column: ReleasedColumn) -> tuple[Decimal, int] | None:
    """Return the lower bound, so that a greater one takes fewer values."""
    bounds = [(Decimal(b), n) for b, n in ((column.ge, 0), (column.gt, 1)) if b is not None]
    return max(bounds, default=None)


def _most(column: ReleasedColumn) -> tuple[Decimal, int] | None:
    """Return the upper bound, so that a lesser one takes fewer values."""
    bounds = [(Decimal(b), n) for b, n in ((column.le, 0), (column.lt, -1)) if b is not None]
    return min(bounds, default=None)


def _holds_digits(old: ReleasedColumn, new: ReleasedColumn) -> bool:
    before = old.precision - old.scale
    return bool(old.precision) and new.scale >= old.scale and new.precision - new.scale >= before


def _digits(column: ReleasedColumn) -> str:
    return f"({column.precision}, {column.scale})" if column.precision else "any"


def _bound(closed: str | None, open_: str | None) -> str:
    said = [*([closed] if closed else []), *([f"{open_} (excluded)"] if open_ else [])]
    return " and ".join(said) or "none"


def _said(value: object) -> str:
    return "none" if value is None else str(value)
