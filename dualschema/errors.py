"""Every error of the library, and nothing else: the bottom floor, so that anything may raise them.

    DualschemaError
    ├── DefinitionError          a table or schema is defined wrongly (all problems at once)
    ├── UnboundTableError        a table is used before it stands in a Schema  (also AttributeError)
    ├── ConversionError          a value cannot be converted                   (also ValueError)
    │   ├── EncodeError          … from Python to its stored form
    │   └── DecodeError          … from its stored form to Python
    ├── StatementError           a statement is wrong, and was not sent        (also ValueError)
    ├── RowCountError            a statement met another number of rows        (also LookupError)
    │   ├── NotFoundError        … none, where one was to be
    │   └── MultipleRowsError    … several, where one was to be
    ├── DatabaseError            the database refused a statement
    │   ├── ConstraintViolation  … since the rows would break a rule of the schema
    │   │   ├── UniqueViolation
    │   │   ├── ForeignKeyViolation
    │   │   ├── NotNullViolation
    │   │   └── CheckViolation
    │   ├── SerializationError   … since another transaction was in its way; try again
    │   └── ConnectionLostError  … since the connection broke         (also ConnectionError)
    ├── RefusedError             a client's write is refused for good
    ├── RequestError             a client's request is malformed, or too much  (also ValueError)
    ├── EventError               events cannot be heard
    │   ├── NotListeningError    … since no notification arrives: a pooler is in between
    │   └── SubscriberDroppedError … since the subscriber does not keep up; it resumes
    ├── ConfigurationError       what a project sets is wrong, or cannot be used (also ValueError)
    ├── GenerationError          a target cannot say what the definition says  (also ValueError)
    ├── TokenError               a token is refused; its code says why
    ├── ClaimError               a token cannot be issued with such claims     (also ValueError)
    ├── KeysUnavailableError     the public keys of others' tokens cannot be fetched
    ├── MissingExtraError        an optional package is not installed          (also ImportError)
    └── EmbeddedPostgresError    no throw-away Postgres can be started         (also RuntimeError)

Errors carry data, not only text. The text names table, column and reason; it never holds the value.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal, Self

__all__ = [
    "CheckViolation",
    "ClaimError",
    "ConfigurationError",
    "ConnectionLostError",
    "ConstraintViolation",
    "ConversionError",
    "DatabaseError",
    "DecodeError",
    "DefinitionError",
    "DualschemaError",
    "EmbeddedPostgresError",
    "EncodeError",
    "EventError",
    "ForeignKeyViolation",
    "GenerationError",
    "KeysUnavailableError",
    "MissingExtraError",
    "MultipleRowsError",
    "NotFoundError",
    "NotListeningError",
    "NotNullViolation",
    "Problem",
    "RefusedError",
    "RequestError",
    "RowCountError",
    "SerializationError",
    "StatementError",
    "SubscriberDroppedError",
    "TokenError",
    "UnboundTableError",
    "UniqueViolation",
]


class DualschemaError(Exception):
    """The base of all errors that this library raises by itself; they pickle and copy."""

    _given: tuple[tuple[Any, ...], dict[str, Any]]

    def __new__(cls, *args: Any, **named: Any) -> Self:
        made = super().__new__(cls, *args)
        made._given = (args, named)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        # An exception by itself remembers its message, which is not what these are made from.
        args, named = self._given
        return partial(type(self), *args, **named), (), vars(self)


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a definition: the table's name, the column's (if it is about one), and why."""

    table: str
    column: str | None
    reason: str

    def __str__(self) -> str:
        place = self.table if self.column is None else f"{self.table}.{self.column}"
        return f"{place}: {self.reason}"


class DefinitionError(DualschemaError):
    """A table or schema is defined wrongly.

    Attributes:
        problems: every fault that was found, in declaration order.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        head = "" if len(problems) == 1 else f"{len(problems)} problems:\n  "
        super().__init__(head + "\n  ".join(map(str, problems)))


class UnboundTableError(DualschemaError, AttributeError):
    """A table is used before it stands in a ``Schema``, which gives it its stored form.

    Attributes:
        table: the name of its class; with ``is_base``, that of a class that is only a base.
    """

    def __init__(self, table: str, *, is_base: bool = False) -> None:
        self.table = table
        advice = f"stands in no Schema yet: make one with ds.Schema({table})"
        if is_base:
            advice = "has no name=, so it is no table: use a table that inherits from it"
        super().__init__(f"{table} {advice}")


class ConversionError(DualschemaError, ValueError):
    """A value cannot be converted.

    Attributes:
        table: the table's name in the database.
        column: the column's name in the database.
        side: ``"postgres"``, ``"sqlite"`` or ``"json"``.
        value_type: the name of the value's Python type; never the value.
        reason: why, in words.
        row: the row's place in the batch, from 0; None for a single row.
    """

    def __init__(
        self,
        table: str,
        column: str,
        side: str,
        *,
        value_type: str,
        reason: str,
        row: int | None = None,
    ) -> None:
        self.table = table
        self.column = column
        self.side = side
        self.value_type = value_type
        self.reason = reason
        self.row = row
        place = f"{table}.{column}" if row is None else f"{table}.{column} (row {row})"
        super().__init__(f"{place}: {reason}")


class EncodeError(ConversionError):
    """A Python value has no stored form in its column."""


class DecodeError(ConversionError):
    """A stored or uploaded value is none that its column can hold."""


class StatementError(DualschemaError, ValueError):
    """A statement is wrong, and was not sent: a column that is none, an update of all rows, ..."""


class RowCountError(DualschemaError, LookupError):
    """A statement met another number of rows than it was to.

    Attributes:
        table: the table's name in the database, or None where a statement reads several.
    """

    def __init__(self, message: str, table: str | None = None) -> None:
        self.table = table
        super().__init__(message)


class NotFoundError(RowCountError):
    """There is no such row."""


class MultipleRowsError(RowCountError):
    """There are several rows where one was to be."""


class DatabaseError(DualschemaError):
    """The database refused a statement.

    The message holds no value of a row. What the driver said, which may hold some, is in
    ``driver_error`` alone, so that no traceback prints it.

    Attributes:
        code: the SQLSTATE of Postgres (https://www.postgresql.org/docs/current/errcodes-appendix.html)
            or the name of SQLite's extended result code (https://www.sqlite.org/rescode.html).
        table: the table's name in the database, where it is known.
        column: the column's name in the database, where it is known.
        constraint: the constraint's name, where it is known; SQLite names only a CHECK's.
        driver_error: the driver's own error.
    """

    def __init__(
        self,
        reason: str,
        *,
        code: str | None = None,
        table: str | None = None,
        column: str | None = None,
        constraint: str | None = None,
        driver_error: BaseException | None = None,
    ) -> None:
        self.reason = reason
        self.code = code
        self.table = table
        self.column = column
        self.constraint = constraint
        self.driver_error = driver_error
        place = ".".join(name for name in (table, column) if name)
        named = f" ({constraint})" if constraint else ""
        shown = f" [{code}]" if code else ""
        super().__init__(f"{place}: {reason}{named}{shown}" if place else f"{reason}{named}{shown}")


class ConstraintViolation(DatabaseError):  # noqa: N818  (as psycopg and Postgres say it)
    """The rows would break a rule of the schema."""


class UniqueViolation(ConstraintViolation):
    """Another row has this key, or this value of a unique column."""


class ForeignKeyViolation(ConstraintViolation):
    """A column names no row, or a row is named that was to be deleted."""


class NotNullViolation(ConstraintViolation):
    """NULL in a column that is not nullable."""


class CheckViolation(ConstraintViolation):
    """A value that a CHECK, or on SQLite the column's storage class, refuses."""


class SerializationError(DatabaseError):
    """Another transaction was in the way: a conflict, a deadlock, a lock. Trying again helps."""


class ConnectionLostError(DatabaseError, ConnectionError):
    """The connection broke, or none could be made: whether the statement was done is not known."""


class RefusedError(DualschemaError):
    """An operation is refused for good: sent again, it would be refused again.

    A hook may raise it to say why.

    Attributes:
        code: one of ``upload.ErrorCode``, or a text of the application's.
        reason: why, in words that a client may see: no value, no row of another user.
        column: the column's name in the database, if it is about one.
        index: the operation's place in its transaction, from 0, or None.
        blocked_by: the dead letters that it waits for.
    """

    def __init__(
        self,
        reason: str,
        *,
        code: str = "UNAUTHORIZED",
        column: str | None = None,
        index: int | None = None,
        blocked_by: tuple[str, ...] = (),
    ) -> None:
        self.code = str(code)
        self.reason = reason
        self.column = column
        self.index = index
        self.blocked_by = blocked_by
        self.table: str | None = None
        self.key: str | None = None
        super().__init__(reason)

    def at(self, index: int | None, table: str | None, key: str | None) -> Self:
        """Say of which operation it is, where that is not said yet; return it."""
        if self.index is None:
            self.index, self.table, self.key = index, _shown(table), _shown(key)
        return self

    def details(self) -> dict[str, Any]:
        """Return what a program can read of it."""
        found = {
            "table": self.table,
            "id": self.key,
            "column": self.column,
            "blocked_by": list(self.blocked_by) or None,
        }
        return {name: value for name, value in found.items() if value is not None}


class RequestError(DualschemaError, ValueError):
    """A client's request is malformed, or more than may be sent at once; nothing of it is applied.

    Attributes:
        reason: why, in words; no value of the request.
        status: the HTTP status: 400, 413 (too large) or 415 (no JSON).
        place: where in the body: ``transactions[3].crud[0].op``; None where it is all of it.
    """

    def __init__(self, reason: str, *, status: int = 400, place: str | None = None) -> None:
        self.reason = reason
        self.status = status
        self.place = place
        super().__init__(reason if place is None else f"{place}: {reason}")


class EventError(DualschemaError):
    """Events cannot be heard."""


class NotListeningError(EventError):
    """Postgres's notifications do not arrive: a pooler is in between, or another database."""


class SubscriberDroppedError(EventError):
    """A subscriber was let go, who may come again with the id of the last event that it had."""


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


TokenFault = Literal[
    "too_long",
    "malformed",
    "unsupported_header",
    "wrong_algorithm",
    "missing_kid",
    "unknown_key",
    "bad_signature",
    "missing_claim",
    "bad_claim",
    "wrong_audience",
    "wrong_issuer",
    "expired",
    "not_yet_valid",
    "lifetime_too_long",
]
"""Why a token is refused."""

_TOKEN_FAULTS: Final[dict[TokenFault, str]] = {
    "too_long": "it is too long",
    "malformed": "it is no JWS in compact form with a JSON object as its payload",
    "unsupported_header": "its header has `crit`: extensions that must be understood, and are not",
    "wrong_algorithm": "its algorithm is not its key's, or is not taken",
    "missing_kid": "its header has no `kid`",
    "unknown_key": "no key has its `kid`",
    "bad_signature": "its signature is not its key's",
    "missing_claim": "it has not all of the claims `sub`, `aud`, `iat` and `exp`",
    "bad_claim": "a registered claim is of a wrong type, or empty",
    "wrong_audience": "its `aud` is another",
    "wrong_issuer": "its `iss` is another, or missing",
    "expired": "it has expired",
    "not_yet_valid": "its `iat` or `nbf` is in the future",
    "lifetime_too_long": "its lifetime, from `iat` to `exp`, is too long",
}


class TokenError(DualschemaError):
    """A token is refused. The message is one of a few, and holds nothing of the token.

    Attributes:
        code: why, for programs: ``"expired"``, ``"wrong_audience"``, ``"unknown_key"``, ...
    """

    def __init__(self, code: TokenFault) -> None:
        self.code = code
        super().__init__(f"the token is refused: {_TOKEN_FAULTS[code]}")


class ClaimError(DualschemaError, ValueError):
    """A token cannot be issued: its user id or another claim is none that a token can have."""


class KeysUnavailableError(DualschemaError):
    """Another's public keys cannot be fetched: whether a token is good is not known.

    To a client this is a 503, not a 401: the token may be good, and trying again helps.

    Attributes:
        url: where the keys are.
    """

    def __init__(self, reason: str, *, url: str) -> None:
        self.url = url
        super().__init__(f"the keys at {url} cannot be fetched: {reason}")


class MissingExtraError(DualschemaError, ImportError):
    """A package is not installed that a function needs; the message says how to install it."""

    def __init__(self, what: str, extra: str) -> None:
        self.extra = extra
        super().__init__(f'{what} needs an extra: pip install "dualschema[{extra}]"')


class EmbeddedPostgresError(DualschemaError, RuntimeError):
    """No throw-away Postgres can be started; the message says what to do."""


def _shown(text: str | None) -> str | None:
    """Return a text that a client made up so that any database and any JSON takes it."""
    if text is None:
        return None
    return text[:200].encode(errors="replace").decode().replace("\0", "\ufffd")
