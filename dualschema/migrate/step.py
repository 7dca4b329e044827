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
    DROP_GENERATED = 8
    DROP_TABLE = 9
    DROP_COLUMN = 10
    RULE_NAME = 11
    CREATE_TABLE = 12
    ADD_COLUMN = 13
    DROP_DEFAULT = 14
    TYPE = 15
    DEFAULT = 16
    NULLABLE = 17
    COMMENT = 18
    CREATE_PRIMARY = 19
    CREATE_UNIQUE = 20
    CREATE_INDEX = 21
    CREATE_CHECK = 22
    CREATE_FOREIGN_KEY = 23
    PUBLISH = 24


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
        spared: what was not lost when somebody looked, as there were no rows then; else empty.
    """

    phase: Phase
    up: ops.MigrateOperation
    down: ops.MigrateOperation
    text: str
    table: str = ""
    column: str = ""
    loses: str = field(default="", kw_only=True)
    refused: str = field(default="", kw_only=True)
    spared: str = field(default="", kw_only=True)


_COLON: Final = ":"


def statement(sql: str) -> ops.ExecuteSQLOp:
    """Return the operation that executes SQL as it stands: a colon begins no parameter."""
    return ops.ExecuteSQLOp(sql.replace(_COLON, f"\\{_COLON}"))
