"""Whole numbers: ``int`` of 32 bits, ``BigInt`` as exact as JavaScript, ``Int64`` in full."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic_core import CoreSchema, core_schema

from dualschema.column_type import (
    ClientKind,
    Coder,
    ColumnType,
    Constraint,
    Form,
    Number,
    PostgresStyle,
    PostgresType,
    Range,
    Storage,
    TypeMark,
    TypeOptions,
    with_json_form,
)

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["BigInt", "BigInteger", "Int64", "Integer", "LongInteger"]

BigInt = Annotated[int, TypeMark("BigInt", lambda: BigInteger().schema())]
"""A whole number within ±(2^53 - 1), which a JavaScript client still holds exactly."""

Int64 = Annotated[int, TypeMark("Int64", lambda: LongInteger().schema())]
"""A whole number of 64 bits, which the client holds as text."""


def _whole(bound: Number | None) -> int | None:
    """Return a bound as the column keeps it."""
    if bound is None:
        return None
    if type(bound) is not int:
        raise ValueError("the bounds of whole numbers are whole numbers")
    if abs(bound) > 2**63:
        raise ValueError("the bounds of whole numbers have at most 64 bits")
    return bound


@dataclass(frozen=True, slots=True)
class _WholeNumber(ColumnType):
    """What the three have in common: bounds of the type, and narrower ones of the column."""

    annotation: ClassVar[Any]
    minimum: ClassVar[int]
    maximum: ClassVar[int]
    stored_as: ClassVar[PostgresType]
    storage = Storage.INTEGER
    client_kind = ClientKind.INTEGER
    can_be_owner = True
    options = frozenset({"ge", "gt", "le", "lt"})

    ge: int | None = None
    gt: int | None = None
    le: int | None = None
    lt: int | None = None

    @classmethod
    def claim(cls, annotation: Any, options: TypeOptions) -> Self | None:
        if annotation != cls.annotation:
            return None
        made = cls(*map(_whole, (options.ge, options.gt, options.le, options.lt)))
        if made.lowest > made.highest:
            raise ValueError("no number lies within the bounds")
        return made

    @property
    def lowest(self) -> int:
        """The least value that the column takes."""
        low = self.minimum if self.ge is None else max(self.minimum, self.ge)
        return low if self.gt is None else max(low, self.gt + 1)

    @property
    def highest(self) -> int:
        """The greatest value that the column takes."""
        high = self.maximum if self.le is None else min(self.maximum, self.le)
        return high if self.lt is None else min(high, self.lt - 1)

    def postgres_type(self, style: PostgresStyle) -> tuple[PostgresType, tuple[int, ...]]:
        return self.stored_as, ()

    def schema(self) -> CoreSchema:
        return core_schema.int_schema(strict=True, ge=self.lowest, le=self.highest)

    def encoder(self, form: Form) -> Coder:
        return Coder(guard="type(v) is int", unchecked=self._guard)

    def decoder(self, form: Form) -> Coder:
        return Coder(guard=self._guard, trusted="type(v) is int", settled=self._guard)

    @property
    def _guard(self) -> str:
        return f"type(v) is int and {self.lowest} <= v <= {self.highest}"

    def constraints(self, form: Form) -> tuple[Constraint, ...]:
        bounds = Range(self.ge, self.gt, self.le, self.lt)
        return () if bounds == Range() else (bounds,)

    def strategy(self) -> SearchStrategy[int]:
        from hypothesis import strategies as st

        low, high = self.lowest, self.highest
        near = {low, low + 1, high - 1, high, -1, 0, 1, 2**31 - 1, -(2**31), 2**53 - 1}
        edges = sorted(n for n in near if low <= n <= high)
        return st.sampled_from(edges) | st.integers(low, high)


@dataclass(frozen=True, slots=True)
class Integer(_WholeNumber):
    """A 32-bit whole number, Postgres's ``integer``."""

    name = "integer"
    example = "int"
    samples = ((int, {}), (int, {"ge": 0, "le": 100}))
    annotation = int
    minimum = -(2**31)
    maximum = 2**31 - 1
    stored_as = PostgresType.INTEGER
    notes = "Within ±2^31, Postgres's `integer`; a larger one is refused."


@dataclass(frozen=True, slots=True)
class BigInteger(_WholeNumber):
    """A whole number that JavaScript's only number type holds exactly."""

    name = "big integer"
    example = "ds.BigInt"
    samples = ((BigInt, {}), (BigInt, {"gt": -5}))
    annotation = BigInt
    minimum = -(2**53 - 1)
    maximum = 2**53 - 1
    stored_as = PostgresType.BIGINT
    notes = "Within ±(2^53 - 1): a JavaScript client loses more."


@dataclass(frozen=True, slots=True)
class LongInteger(_WholeNumber):
    """A whole number in all 64 bits; exact, so it is text on the client."""

    name = "64-bit integer"
    example = "ds.Int64"
    samples = ((Int64, {}), (Int64, {"lt": 10**12}))
    annotation = Int64
    minimum = -(2**63)
    maximum = 2**63 - 1
    stored_as = PostgresType.BIGINT
    storage = Storage.TEXT
    client_kind = ClientKind.INT64
    can_be_key = True
    notes = "All 64 bits, exact everywhere: text on the client, so the stream casts it to text."

    def schema(self) -> CoreSchema:
        number = core_schema.int_schema(strict=True, ge=self.lowest, le=self.highest)
        return with_json_form(
            core_schema.no_info_before_validator_function(_from_digits, number),
            str,
            written=core_schema.str_schema(pattern=f"^{_DIGITS.pattern}$"),
        )

    def encoder(self, form: Form) -> Coder:
        as_text = form in (Form.SQLITE, Form.JSON)
        function, inline = (str, "str(v)") if as_text else (None, "v")
        return Coder(function, self._guard, inline, unchecked=self._guard)

    def decoder(self, form: Form) -> Coder:
        if form in (Form.SQLITE, Form.JSON):
            return Coder()
        return Coder(guard=self._guard, trusted="type(v) is int", settled=self._guard)

    def constraints(self, form: Form) -> tuple[Constraint, ...]:
        # Where it is text, a comparison would compare digits; Postgres's CHECK stands alone.
        return () if form is Form.SQLITE else _WholeNumber.constraints(self, form)


_DIGITS = re.compile(r"-?(0|[1-9][0-9]{0,18})")


def _from_digits(value: Any) -> Any:
    if value.__class__ is str and _DIGITS.fullmatch(value):
        return int(value)
    return value
