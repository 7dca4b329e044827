"""Choices: ``Literal`` and ``Enum``, text or whole numbers with a CHECK; no native enum type."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, get_args, get_origin

from pydantic_core import CoreSchema, core_schema

from dualschema.column_type import (
    ClientKind,
    Coder,
    ColumnType,
    Constraint,
    Form,
    OneOf,
    PostgresStyle,
    PostgresType,
    Storage,
    TypeOptions,
    with_json_form,
)

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["Choice", "IntegerChoice"]


def _members(annotation: Any) -> dict[Any, Any] | None:
    """Return the stored value and the Python value of each choice, or None if there are none."""
    if get_origin(annotation) is Literal:
        flat = [m.value if isinstance(m, enum.Enum) else m for m in get_args(annotation)]
        return dict(zip(flat, get_args(annotation), strict=True))
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return {member.value: member for member in annotation}
    return None


@dataclass(frozen=True, slots=True)
class _Choice(ColumnType):
    """What the two have in common: a closed set of values, each stored as itself."""

    value_class: ClassVar[type]
    other_class: ClassVar[type]
    can_be_owner = True

    annotation: Any
    members: tuple[tuple[Any, Any], ...]
    """Stored value and Python value of each choice, in declaration order."""

    @classmethod
    def claim(cls, annotation: Any, options: TypeOptions) -> Self | None:
        if isinstance(annotation, type) and issubclass(annotation, enum.Flag):
            raise ValueError(  # noqa: TRY004  (what a claim raises)
                "a Flag is several choices at once: use a list of an Enum, or int"
            )
        members = _members(annotation)
        if members is None:
            return None
        classes = {type(value) for value in members}
        if classes == {cls.other_class}:
            return None
        if classes != {cls.value_class}:
            raise ValueError("the choices are not all text or all whole numbers")
        made = cls(annotation, tuple(members.items()))
        made.check_values()
        return made

    def check_values(self) -> None:
        """Refuse choices that the database could not store."""

    @property
    def values(self) -> tuple[Any, ...]:
        """The stored values, in declaration order."""
        return tuple(value for value, _ in self.members)

    @property
    def _is_literal(self) -> bool:
        return all(value is member for value, member in self.members)

    def schema(self) -> CoreSchema:
        if self._is_literal:
            return core_schema.literal_schema([member for _, member in self.members])
        by_value = dict(self.members)
        python_values = [member for _, member in self.members]
        exact = core_schema.no_info_before_validator_function(
            lambda v: by_value.get(v, v) if type(v) is self.value_class else v,
            core_schema.enum_schema(self.annotation, python_values, strict=True)
            if isinstance(self.annotation, type)
            else core_schema.literal_schema(python_values),
        )
        return with_json_form(exact, _value)

    def encoder(self, form: Form) -> Coder:
        names: dict[str, object] = {"VALUES": {m: v for v, m in self.members}}
        if self._is_literal:
            guard = f"type(v) is {self.value_class.__name__} and v in VALUES"
            return Coder(guard=guard, names=names, unchecked=guard)
        names["CLASSES"] = frozenset(type(member) for _, member in self.members)
        return Coder(_value, _OF_CLASS, "VALUES[v]", names, unchecked=_OF_CLASS)

    def decoder(self, form: Form) -> Coder:
        members = dict(self.members)
        guard = "v in MEMBERS" if self.value_class is str else "type(v) is int and v in MEMBERS"
        inline = "v" if self._is_literal else "MEMBERS[v]"
        return Coder(guard=guard, inline=inline, names={"MEMBERS": members}, settled=guard)

    def constraints(self, form: Form) -> tuple[Constraint, ...]:
        return (OneOf(self.values),)

    def strategy(self) -> SearchStrategy[Any]:
        from hypothesis import strategies as st

        return st.sampled_from([member for _, member in self.members])


_OF_CLASS = "type(v) in CLASSES"


def _value(member: Any) -> Any:
    return member.value if isinstance(member, enum.Enum) else member


class _Colour(enum.StrEnum):
    RED = "red"
    DARK_BLUE = "dark blue"


class _Level(enum.IntEnum):
    LOW = 1
    HIGH = 10


@dataclass(frozen=True, slots=True)
class Choice(_Choice):
    """One of a closed set of texts; an enum is stored by value, never by its member's name."""

    name = "choice"
    example = 'Literal["a", "b"]'
    samples = ((Literal["a", "it's", "ü"], {}), (_Colour, {}))
    value_class = str
    other_class = int
    storage = Storage.TEXT
    client_kind = ClientKind.CHOICE
    notes = "`Literal` or an `Enum` of texts: the value, never the member's name. Checked in both."

    def postgres_type(self, style: PostgresStyle) -> tuple[PostgresType, tuple[int, ...]]:
        return PostgresType.TEXT, ()

    def check_values(self) -> None:
        for value in self.values:
            if "\0" in value or not _encodes(value):
                raise ValueError("a choice holds NUL or a lone surrogate")


@dataclass(frozen=True, slots=True)
class IntegerChoice(_Choice):
    """One of a closed set of whole numbers within 32 bits."""

    name = "integer choice"
    example = "Literal[1, 2]"
    samples = ((Literal[-1, 0, 7], {}), (_Level, {}))
    value_class = int
    other_class = str
    storage = Storage.INTEGER
    client_kind = ClientKind.INTEGER_CHOICE
    notes = "`Literal` or an `Enum` of whole numbers within 32 bits. Checked in both."

    def postgres_type(self, style: PostgresStyle) -> tuple[PostgresType, tuple[int, ...]]:
        return PostgresType.INTEGER, ()

    def check_values(self) -> None:
        if not all(-(2**31) <= value < 2**31 for value in self.values):
            raise ValueError("a choice lies outside 32 bits")


def _encodes(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
