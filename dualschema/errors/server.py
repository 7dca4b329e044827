"""What a server tells its clients, or cannot do for them: uploads, events, tokens."""

from __future__ import annotations

from typing import Any, Final, Literal, Self

from dualschema.errors.base import DualschemaError

__all__ = [
    "ClaimError",
    "EventError",
    "KeysUnavailableError",
    "NotListeningError",
    "RefusedError",
    "RequestError",
    "SubscriberDroppedError",
    "TokenError",
]


class RefusedError(DualschemaError):
    """An operation is refused for good: sent again, it would be refused again.

    A hook may raise it to say why.

    Attributes:
        code: one of ``upload.ErrorCode``, or a text of the application's, of up to 200 code points.
        reason: why, in words that a client may see: no value, no row of another user. What is
            beyond 1,000 code points is cut off; NUL and halves of surrogate pairs, which no
            database stores, are replaced.
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
        self.code = _shown(code)
        self.reason = _shown(reason, _REASON_LENGTH)
        self.column = column if column is None else _shown(column)
        self.index = index
        self.blocked_by = blocked_by
        self.table: str | None = None
        self.key: str | None = None
        super().__init__(self.reason)

    def at(self, index: int | None, table: str | None, key: str | None) -> Self:
        """Say of which operation it is, where that is not said yet; return it."""
        if self.index is None:
            self.index = index
            self.table, self.key = (t if t is None else _shown(t) for t in (table, key))
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


_REASON_LENGTH: Final = 1000
"""How much of a reason is kept, in code points."""


def _shown(text: str, length: int = 200) -> str:
    """Return a text so that any database and any JSON takes it: a client's is in it, perhaps."""
    return text[:length].encode(errors="replace").decode().replace("\0", "\ufffd")
