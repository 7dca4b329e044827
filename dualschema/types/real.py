"""Floating-point numbers: ``float``, 64 bits in every engine."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from pydantic_core import CoreSchema, core_schema

from dualschema.column_type import (
    ClientKind,
    Coder,
    ColumnType,
    Constraint,
    Form,
    PostgresStyle,
    PostgresType,
    Range,
    Storage,
    TypeOptions,
    refuse,
)

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["Real"]


def _exactly(value: Any) -> Any:
    """Let a whole number pass only where the float that it becomes is the same number."""
    if value.__class__ is int:
        try:
            if float(value) == value:
                return value
        except OverflowError:
            pass
        raise refuse("this whole number has no exact float")
    return value


def _finite(bound: Any) -> float:
    """Return a bound as a float."""
    try:
        number = float(bound) if isinstance(bound, int) else bound
    except OverflowError:
        number = math.inf
    if not isinstance(number, float) or not math.isfinite(number):
        raise ValueError("the bounds of a float are finite numbers")
    return number


def _next(bound: float | None, towards: float) -> float | None:
    return None if bound is None else math.nextafter(bound, towards)


@dataclass(frozen=True, slots=True)
class Real(ColumnType):
    """A double-precision number; finite, since neither JSON nor SQLite has infinity or NaN."""

    name = "real"
    example = "float"
    samples = ((float, {}), (float, {"ge": 0, "lt": 1.5}))
    storage = Storage.REAL
    client_kind = ClientKind.REAL
    options = frozenset({"ge", "gt", "le", "lt"})
    notes = "NaN and infinity are refused. The sign of a zero may be lost."

    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None

    @classmethod
    def claim(cls, annotation: Any, options: TypeOptions) -> Self | None:
        if annotation is not float:
            return None
        bounds = (options.ge, options.gt, options.le, options.lt)
        made = cls(*(None if bound is None else _finite(bound) for bound in bounds))
        if made._is_empty:
            raise ValueError("no number lies within the bounds")
        return made

    @property
    def _is_empty(self) -> bool:
        low = max(-math.inf if b is None else b for b in (self.ge, _next(self.gt, math.inf)))
        high = min(math.inf if b is None else b for b in (self.le, _next(self.lt, -math.inf)))
        # A number beyond the last one is infinity.
        return low > high or low == math.inf or high == -math.inf

    def postgres_type(self, style: PostgresStyle) -> tuple[PostgresType, tuple[int, ...]]:
        return PostgresType.DOUBLE, ()

    def schema(self) -> CoreSchema:
        number = core_schema.float_schema(
            strict=True, allow_inf_nan=False, ge=self.ge, gt=self.gt, le=self.le, lt=self.lt
        )
        return core_schema.no_info_before_validator_function(_exactly, number)

    def encoder(self, form: Form) -> Coder:
        return Coder(guard=self._guard, unchecked=self._guard)

    def decoder(self, form: Form) -> Coder:
        return Coder(guard=self._guard, trusted="type(v) is float")

    @property
    def _guard(self) -> str:
        guard = "type(v) is float and v - v == 0.0"  # false for infinity and NaN
        for sign, bound in self._range.bounds():
            guard += f" and v {sign} {bound!r}"
        return guard

    @property
    def _range(self) -> Range:
        return Range(self.ge, self.gt, self.le, self.lt)

    def constraints(self, form: Form) -> tuple[Constraint, ...]:
        return () if self._range == Range() else (self._range,)

    def strategy(self) -> SearchStrategy[float]:
        from hypothesis import strategies as st

        low = self.ge if self.ge is not None else self.gt
        high = self.le if self.le is not None else self.lt
        edges = (0.0, -0.0, 5e-324, -5e-324, 1e308, -1.7976931348623157e308, 1 / 3, 0.1 + 0.2, 1e16)
        free = st.floats(
            low,
            high,
            allow_nan=False,
            allow_infinity=False,
            exclude_min=self.ge is None and self.gt is not None,
            exclude_max=self.le is None and self.lt is not None,
        )
        bounded = any(b is not None for b in (low, high))
        return free if bounded else st.sampled_from(edges) | free
