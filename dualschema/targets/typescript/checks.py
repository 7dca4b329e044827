"""The rules that the server's database checks and the client's does not, as TypeScript."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from dualschema.column_type import ClientKind, Constraint, Length, Matches, OneOf, Range
from dualschema.languages.typescript.patterns import regular_expression
from dualschema.languages.typescript.spelling import number, quoted
from dualschema.model import ColumnModel, column_constraints
from dualschema.types.decimal import Numeric
from dualschema.types.integer import BigInteger, Integer, LongInteger

__all__ = ["rules"]

_WHOLE = (Integer, BigInteger, LongInteger)
_WRONG = {">=": "less than", ">": "not more than", "<=": "more than", "<": "not less than"}


def rules(column: ColumnModel) -> Iterator[tuple[str, str]]:
    """Yield what must hold of a ``value`` that is not null, each with what is wrong otherwise."""
    of_type = column.type
    if isinstance(of_type, _WHOLE):
        # The type's own bounds and the column's, in one.
        yield from _range(column, Range(ge=of_type.lowest, le=of_type.highest))
    for constraint in column_constraints(column):
        yield from _rules_of(column, constraint)
    if isinstance(of_type, Numeric) and of_type.precision is not None and of_type.scale is not None:
        whole = of_type.precision - of_type.scale
        holds = f"decimalDigits(value)[0] <= {whole} && decimalDigits(value)[1] <= {of_type.scale}"
        yield (
            holds,
            f"it has more than {of_type.precision} digits, or {of_type.scale} of a fraction",
        )


def _rules_of(column: ColumnModel, constraint: Constraint) -> Iterator[tuple[str, str]]:
    match constraint:
        case OneOf():
            return  # whoever writes the value sees to it
        case Length(minimum, maximum):
            if minimum:
                yield f"codePoints(value) >= {minimum}", f"it is shorter than {minimum}"
            if maximum is not None:
                yield f"codePoints(value) <= {maximum}", f"it is longer than {maximum}"
        case Range():
            if not isinstance(column.type, _WHOLE):
                yield from _range(column, constraint)
        case Matches(pattern):
            yield f"{regular_expression(pattern)}.test(value)", "it does not match the pattern"
        case _:
            assert_never(constraint)


def _range(column: ColumnModel, limits: Range) -> Iterator[tuple[str, str]]:
    kind = column.type.client_kind
    for sign, bound in limits.bounds():
        wrong = f"it is {_WRONG[sign]}"
        if kind is ClientKind.DECIMAL:
            yield f"compareDecimals(value, {quoted(str(bound))}) {sign} 0", f"{wrong} {bound}"
        elif kind is ClientKind.INT64:
            yield f"value {sign} {bound}n", f"{wrong} {bound}"
        else:
            yield f"value {sign} {_number(bound)}", f"{wrong} {_number(bound)}"


def _number(bound: float | str) -> str:
    """Return a number as JavaScript's own text has it."""
    return number(bound).removesuffix(".0") if isinstance(bound, float) else str(bound)
