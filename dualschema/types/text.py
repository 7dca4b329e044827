"""Text: ``str``, stored as text everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from pydantic_core import CoreSchema, core_schema

from dualschema.column_type import (
    ClientKind,
    Coder,
    ColumnType,
    Constraint,
    Form,
    Length,
    Matches,
    PostgresStyle,
    PostgresType,
    Storage,
    TypeOptions,
    refuse,
)
from dualschema.pattern import compile_pattern, portable_pattern

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["Text"]

_LONGEST = 2**30 - 1
"""Postgres's limit, in bytes: https://www.postgresql.org/docs/current/limits.html"""


def _storable(value: str) -> str:
    if "\0" in value:
        raise refuse("text may hold no NUL character, which Postgres cannot store")
    if not value.isascii() and not _is_unicode(value):
        raise refuse("text may hold no lone surrogate, which has no UTF-8")
    return value


@dataclass(frozen=True, slots=True)
class Text(ColumnType):
    """Any Unicode text; lengths are counted in code points, as Python and Postgres count them."""

    name = "text"
    example = "str"
    samples = (
        (str, {}),
        (str, {"min_length": 1, "max_length": 12}),
        (str, {"pattern": r"^[a-z]+-\d{2,4}$"}),
    )
    storage = Storage.TEXT
    client_kind = ClientKind.STRING
    options = frozenset({"min_length", "max_length", "pattern"})
    can_be_key = True
    can_be_owner = True
    notes = "No NUL, no lone surrogate. `min_length`, `max_length` and `pattern` become CHECKs."

    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None

    @classmethod
    def claim(cls, annotation: Any, options: TypeOptions) -> Self | None:
        if annotation is not str:
            return None
        low, high = options.min_length, options.max_length
        if (low is not None and low < 0) or (high is not None and high < (low or 0)):
            raise ValueError("0 <= min_length <= max_length does not hold")
        if max(low or 0, high or 0) > _LONGEST:
            raise ValueError(f"a text has at most {_LONGEST} characters")
        pattern = None if options.pattern is None else portable_pattern(options.pattern)
        return cls(min_length=low, max_length=high, pattern=pattern)

    def postgres_type(self, style: PostgresStyle) -> tuple[PostgresType, tuple[int, ...]]:
        return PostgresType.TEXT, ()

    def schema(self) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            _storable,
            core_schema.str_schema(
                strict=True,
                min_length=self.min_length,
                max_length=self.max_length,
                pattern=self.pattern,
            ),
        )

    def encoder(self, form: Form) -> Coder:
        return Coder(guard="type(v) is str", names=self._names, unchecked=self._guard)

    def decoder(self, form: Form) -> Coder:
        guard = self._guard
        return Coder(guard=guard, names=self._names, trusted="type(v) is str", settled=guard)

    @property
    def _guard(self) -> str:
        # An ASCII string cannot hold a lone surrogate; others go the long way only if they must.
        guard = (
            r"type(v) is str and (v.isascii() or v.isprintable() or is_unicode(v))"
            r" and '\0' not in v"
        )
        if self.min_length is not None:
            guard += f" and len(v) >= {self.min_length}"
        if self.max_length is not None:
            guard += f" and len(v) <= {self.max_length}"
        if self.pattern is not None:
            guard += " and search(v)"
        return guard

    @property
    def _names(self) -> dict[str, object]:
        names: dict[str, object] = {"is_unicode": _is_unicode}
        if self.pattern is not None:
            names["search"] = compile_pattern(self.pattern).search
        return names

    def constraints(self, form: Form) -> tuple[Constraint, ...]:
        out: list[Constraint] = []
        if self.min_length is not None or self.max_length is not None:
            out.append(Length(self.min_length, self.max_length))
        if self.pattern is not None:
            out.append(Matches(self.pattern))
        return tuple(out)

    def strategy(self) -> SearchStrategy[str]:
        from hypothesis import strategies as st

        alphabet = st.characters(codec="utf-8", exclude_characters="\0")
        if self.pattern is not None:
            drawn = st.from_regex(compile_pattern(self.pattern), alphabet=alphabet)
            return drawn.filter(self._fits)
        low, high = self.min_length or 0, self.max_length
        awkward = st.sampled_from(_AWKWARD).filter(self._fits)
        free = st.text(alphabet, min_size=low, max_size=high)
        return free | awkward if any(map(self._fits, _AWKWARD)) else free

    def _fits(self, value: str) -> bool:
        search = self._names.get("search")
        return (
            (self.min_length or 0) <= len(value)
            and (self.max_length is None or len(value) <= self.max_length)
            and (search is None or bool(search(value)))  # type: ignore[operator]  # a pattern's own search
        )


def _is_unicode(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


# What has been lost or changed on the way in systems that guess types or fold text.
_AWKWARD = (
    "",
    " ",
    "10.5",
    "null",
    "true",
    "0",
    "1e3",
    "2024-01-01",
    "{}",
    "[]",
    '"quoted"',
    "back\\slash",
    "%s ? :name $1 ''",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 😀",
    "e\u0301 \u00e9",
    "\u2028\u2029\ufeff\U0010ffff",
    "line\r\nfeed\ttab",
)
