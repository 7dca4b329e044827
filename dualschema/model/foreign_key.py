"""Foreign keys: the row that a column names, and what becomes of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass

__all__ = ["Action", "Deferrable", "ForeignKeyModel"]


class Action(enum.Enum):
    """What a foreign key does when the row it names is deleted, or gets another key."""

    NO_ACTION = "NO ACTION"
    RESTRICT = "RESTRICT"
    CASCADE = "CASCADE"
    SET_NULL = "SET NULL"
    SET_DEFAULT = "SET DEFAULT"


class Deferrable(enum.Enum):
    """Whether a transaction may put a foreign key's check off until it ends."""

    NO = False
    IMMEDIATE = "immediate"
    """It may; it is checked at once where nothing is said."""
    DEFERRED = "deferred"
    """It may, and does where nothing is said."""


@dataclass(frozen=True, slots=True)
class ForeignKeyModel:
    """A column whose value is a row of another table.

    Attributes:
        on_delete: what becomes of it when that row is deleted.
        on_update: what becomes of it when that row gets another key.
        deferrable: when it is checked; uploads put it off, so that a child may come first.
    """

    name: str
    column: str
    target_table: str
    target_column: str
    on_delete: Action = Action.NO_ACTION
    on_update: Action = Action.NO_ACTION
    deferrable: Deferrable = Deferrable.IMMEDIATE
