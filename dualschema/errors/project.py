"""What is wrong with a project's settings, generated code, or what is installed."""

from __future__ import annotations

from dualschema.errors.base import DualschemaError

__all__ = [
    "ConfigurationError",
    "EmbeddedPostgresError",
    "GenerationError",
    "MigrationError",
    "MissingExtraError",
]


class ConfigurationError(DualschemaError, ValueError):
    """What a project sets is wrong: in pyproject.toml, on the command line, the keys of tokens."""


class GenerationError(DualschemaError, ValueError):
    """A target cannot say what the definition says; nothing is guessed, and nothing left out.

    Attributes:
        target: the target's name: ``typescript``.
        reason: why, in words.
        table: the table's name in the database, or None where it is not about one.
        column: the column's name in the database, or None where it is not about one.
    """

    def __init__(
        self, target: str, reason: str, *, table: str | None = None, column: str | None = None
    ) -> None:
        self.target = target
        self.reason = reason
        self.table = table
        self.column = column
        place = ".".join(name for name in (table, column) if name is not None)
        super().__init__(f"{target}: {place}: {reason}" if place else f"{target}: {reason}")


class MigrationError(DualschemaError):
    """A database cannot be brought to the definition, or a migration cannot be made of it."""


class MissingExtraError(DualschemaError, ImportError):
    """A package is not installed that a function needs; the message says how to install it."""

    def __init__(self, what: str, extra: str) -> None:
        self.extra = extra
        super().__init__(f'{what} needs an extra: pip install "dualschema[{extra}]"')


class EmbeddedPostgresError(DualschemaError, RuntimeError):
    """No throw-away Postgres can be started; the message says what to do."""
