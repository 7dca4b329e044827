"""Exact decimal numbers: ``Decimal``, numeric in Postgres and text on the client."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
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
    with_json_form,
)

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["Numeric"]

# https://www.postgresql.org/docs/current/datatype-numeric.html: numeric(p, s) with p up to 1000;
# without them up to 131,072 digits before the point and 16,383 after it.
_MAX_PRECISION = 1000
_FREE_LEAD = 131072
_FREE_SCALE = 16383
_FREE_DIGITS = _FREE_LEAD + _FREE_SCALE


def _no_float(value: Any) -> Any:
    if isinstance(value, float):
        raise refuse("a float is not exact; give a Decimal, an int or text")
    if value.__class__ is Decimal and value.is_finite() and value.adjusted() >= _FREE_LEAD:
        raise refuse(f"Postgres's numeric has at most {_FREE_LEAD} digits before the point")
    return value


def _is_numeric(bound: Decimal) -> bool:
    """Whether Postgres's numeric holds a bound."""
    exponent = bound.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -_FREE_SCALE and bound.adjusted() < _FREE_LEAD


def _given(*bounds: Decimal | None) -> list[Decimal]:
    return [bound for bound in bounds if bound is not None]


def _plain(value: Decimal) -> str:
    """Return the number without an exponent, which Postgres, too, writes none."""
    return format(value, "f")


@dataclass(frozen=True, slots=True)
class Numeric(ColumnType):
    """A decimal number that no step may round; exact, so it is text on the client."""

    name = "decimal"
    example = "Decimal"
    samples = ((Decimal, {}), (Decimal, {"precision": 12, "scale": 2, "gt": -10}))
    storage = Storage.TEXT
    client_kind = ClientKind.DECIMAL
    options = frozenset({"precision", "scale", "ge", "gt", "le", "lt"})
    notes = (
        "`precision` and `scale` give `numeric(p, s)`; excess scale is refused, never rounded. "
        "Text does not sort by value: cast to order by it."
    )

    precision: int | None = None
    scale: int | None = None
    ge: Decimal | None = None
    gt: Decimal | None = None
    le: Decimal | None = None
    lt: Decimal | None = None

    @classmethod
    def claim(cls, annotation: Any, options: TypeOptions) -> Self | None:
        if annotation is not Decimal:
            return None
        if (options.precision is None) != (options.scale is None):
            raise ValueError("a decimal has both precision and scale, or neither")
        if options.precision is not None and options.scale is not None:
            if not 0 <= options.scale <= options.precision <= _MAX_PRECISION:
                raise ValueError(f"0 <= scale <= precision <= {_MAX_PRECISION} does not hold")
            if options.precision == 0:
                raise ValueError("the precision is at least 1")
        bounds = (options.ge, options.gt, options.le, options.lt)
        if any(b is not None and not isinstance(b, (int, Decimal)) for b in bounds):
            raise ValueError("the bounds of a decimal are Decimals or whole numbers")
        numbers = [None if bound is None else Decimal(bound) for bound in bounds]
        if not all(number is None or number.is_finite() for number in numbers):
            raise ValueError("the bounds of a decimal are finite numbers")
        if not all(number is None or _is_numeric(number) for number in numbers):
            raise ValueError("the bounds of a decimal have more digits than Postgres's numeric")
        made = cls(options.precision, options.scale, *numbers)
        if made._is_empty:
            raise ValueError("no number lies within the bounds")
        return made

    @property
    def _is_empty(self) -> bool:
        """Whether two bounds, or a bound and the precision, exclude each other."""
        limit = None
        if self.precision is not None and self.scale is not None:
            limit = Decimal((0, (9,) * self.precision, -self.scale))
        low = _given(self.ge, self.gt, limit and limit.copy_negate())
        high = _given(self.le, self.lt, limit)
        if not low or not high:
            return False
        least, most = max(low), min(high)
        return least > most or (least == most and (least == self.gt or most == self.lt))

    def postgres_type(self, style: PostgresStyle) -> tuple[PostgresType, tuple[int, ...]]:
        if self.precision is None or self.scale is None:
            return PostgresType.NUMERIC, ()
        return PostgresType.NUMERIC, (self.precision, self.scale)

    def schema(self) -> CoreSchema:
        number = core_schema.decimal_schema(
            allow_inf_nan=False,
            max_digits=_FREE_DIGITS if self.precision is None else self.precision,
            decimal_places=_FREE_SCALE if self.scale is None else self.scale,
            ge=self.ge,
            gt=self.gt,
            le=self.le,
            lt=self.lt,
        )
        exact = core_schema.no_info_before_validator_function(_no_float, number)
        text = core_schema.str_schema()
        either = core_schema.union_schema([text, core_schema.int_schema()])
        return with_json_form(exact, self._digits, written=text, taken=either)

    def encoder(self, form: Form) -> Coder:
        return Coder(self._digits) if form in (Form.SQLITE, Form.JSON) else Coder()

    def _digits(self, value: Decimal) -> str:
        # All digits of the scale and no sign of zero, as Postgres writes them: one number then has
        # one text.
        value = value.copy_abs() if value.is_zero() else value
        return _plain(value) if self.scale is None else format(value, f".{self.scale}f")

    def constraints(self, form: Form) -> tuple[Constraint, ...]:
        if form is Form.SQLITE:
            return ()
        texts = (None if b is None else _plain(b) for b in (self.ge, self.gt, self.le, self.lt))
        bounds = Range(*texts)
        return () if bounds == Range() else (bounds,)

    def strategy(self) -> SearchStrategy[Decimal]:
        from hypothesis import strategies as st

        digits = 30 if self.precision is None else self.precision
        scale = 12 if self.scale is None else self.scale
        limit = 10**digits - 1
        numbers = st.integers(-limit, limit) | st.sampled_from([0, 1, -1, 10**scale, limit, -limit])
        drawn = numbers.map(lambda n: Decimal(n).scaleb(-scale))
        # scaleb rounds to the context's 28 digits: build long ones from their text.
        exact = numbers.map(lambda n: Decimal(f"{n}E-{scale}"))
        return (drawn if digits <= 28 else exact).filter(self._fits)

    def _fits(self, value: Decimal) -> bool:
        return (
            (self.ge is None or value >= self.ge)
            and (self.gt is None or value > self.gt)
            and (self.le is None or value <= self.le)
            and (self.lt is None or value < self.lt)
        )
