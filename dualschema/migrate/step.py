"""One step of a change: Alembic's operation, the one that undoes it, and when it is its turn."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Final

from alembic.operations import ops

__all__ = ["Phase", "Step", "statement"]


class Phase(enum.IntEnum):
    """When a step comes, so that none stands in another's way, whatever the change is.

    What depends on columns and keys goes before they change and comes after; the reverse order
    then undoes it all.
    """

    TABLE_NAME = 0
    COLUMN_NAME = 1
    UNPUBLISH = 2
    DROP_FOREIGN_KEY = 3
    DROP_CHECK = 4
    DROP_INDEX = 5
    DROP_UNIQUE = 6
    DROP_PRIMARY = 7
    DROP_TABLE = 8
    DROP_COLUMN = 9
    RULE_NAME = 10
    CREATE_TABLE = 11
    ADD_COLUMN = 12
    DROP_DEFAULT = 13
    TYPE = 14
    DEFAULT = 15
    NULLABLE = 16
    COMMENT = 17
    CREATE_PRIMARY = 18
    CREATE_UNIQUE = 19
    CREATE_INDEX = 20
    CREATE_CHECK = 21
    CREATE_FOREIGN_KEY = 22
    PUBLISH = 23


@dataclass(frozen=True, slots=True)
class Step:
    """A step.

    Attributes:
        phase: when it comes.
        up: what is done.
        down: what undoes it.
        text: what is done, in words.
        table: the table whose rows matter, by its name once all is renamed; else empty.
        column: the column of it that must hold no NULL for the step to be done; else empty.
        loses: what is lost if that table has rows, in words; else empty.
        refused: why it cannot be done if that table has rows, or NULLs in the column; else empty.
    """

    phase: Phase
    up: ops.MigrateOperation
    down: ops.MigrateOperation
    text: str
    table: str = ""
    column: str = ""
    loses: str = field(default="", kw_only=True)
    refused: str = field(default="", kw_only=True)


_COLON: Final = ":"


def statement(sql: str) -> ops.ExecuteSQLOp:
    """Return the operation that executes SQL as it stands: a colon begins no parameter."""
    return ops.ExecuteSQLOp(sql.replace(_COLON, f"\\{_COLON}"))
