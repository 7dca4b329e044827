"""Answers as JSON, and what becomes of errors."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from dualschema.errors import (
    ConnectionLostError,
    ConstraintViolation,
    ConversionError,
    DatabaseError,
    DualschemaError,
    NotFoundError,
    StatementError,
)
from dualschema.studio.rows import ChangedError, ValuesError

__all__ = ["Asked", "ReadOnlyError", "answered", "as_mapping"]

_LOG: Final = logging.getLogger("dualschema.studio")


class ReadOnlyError(DualschemaError):
    """Something is to be changed, and nothing may be."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as far as an answer depends on it.

    Attributes:
        path: the parts of its path that have a name.
        query: the parameters behind it.
        body: the JSON that it carries, or None.
    """

    path: dict[str, str]
    query: dict[str, str]
    body: Any

    def json(self, name: str, default: Any = None) -> Any:
        """Return a parameter that is JSON."""
        return _parsed(self.query[name]) if name in self.query else default

    def number(self, name: str, default: int) -> int:
        """Return a parameter that is a whole number."""
        try:
            return int(self.query.get(name, default))
        except ValueError:
            raise StatementError(f"{name} is a whole number") from None


def answered(work: Callable[[Asked], Any]) -> Callable[[Request], Any]:
    """Return an endpoint that does work in a thread, and answers what it returns as JSON."""

    async def endpoint(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(_answer, work, request, body)

    return endpoint


def as_mapping(value: Any) -> dict[str, Any]:
    """Return a JSON object.

    Raises:
        StatementError: it is none.
    """
    if not isinstance(value, dict):
        raise StatementError("a JSON object is wanted")
    return value


def _answer(work: Callable[[Asked], Any], request: Request, body: bytes) -> Response:
    try:
        sent = _parsed(body) if body else None
        return _response(work(Asked(request.path_params, dict(request.query_params), sent)))
    except ReadOnlyError as error:
        return _failed(403, error)
    except NotFoundError as error:
        return _failed(404, error)
    except (ChangedError, ConstraintViolation) as error:
        return _failed(409, error, columns=_columns(error))
    except ValuesError as error:
        return _failed(422, error, columns={each.column: each.reason for each in error.faults})
    except ConversionError as error:
        return _failed(422, error, columns={error.column: error.reason})
    except ValidationError as error:  # a rule of the table's class, over several columns
        reasons = [each["msg"] for each in error.errors(include_url=False, include_input=False)]
        return _failed(422, "; ".join(reasons))
    except ConnectionLostError as error:
        return _failed(503, error)
    except (StatementError, DatabaseError) as error:
        return _failed(400, error)
    except Exception as error:  # noqa: BLE001  (the outermost line of an endpoint)
        _LOG.exception("the studio failed")
        return _failed(500, f"it failed by {type(error).__name__}: the terminal shows where")


def _columns(error: DualschemaError) -> dict[str, str]:
    if isinstance(error, DatabaseError) and error.column:
        return {error.column: error.reason}
    return {}


def _parsed(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise StatementError("this is no JSON") from None


def _failed(
    status: int, error: Exception | str, *, columns: dict[str, str] | None = None
) -> Response:
    return _response({"error": str(error), "columns": columns or {}}, status)


def _response(body: Any, status: int = 200) -> Response:
    # In ASCII: a text may hold half of a surrogate pair, which UTF-8 has no bytes for.
    text = json.dumps(body, separators=(",", ":"), allow_nan=False)
    return Response(text, status, media_type="application/json")
