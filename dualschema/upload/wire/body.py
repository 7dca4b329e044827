"""A request's body as JSON: parsed within limits, and refused with nothing of it in the message."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final, Never

import pydantic_core

from dualschema.errors import RequestError
from dualschema.upload.limits import Limits

__all__ = ["check_depth", "check_media_type", "check_size", "parsed"]


_NESTING: Final = frozenset((dict, list))


def parsed(body: bytes, limits: Limits) -> Any:
    """Return what a body holds; how deep its values nest is still to be checked.

    Raises:
        RequestError: it is too large, or no JSON.
    """
    check_size(len(body), limits)
    try:
        return pydantic_core.from_json(body, allow_inf_nan=False, cache_strings="keys")
    except ValueError:
        pass
    # It refuses half a surrogate pair, which JavaScript sends: one row's fault, not the body's.
    try:
        return json.loads(body.decode("utf-8", "surrogatepass"), parse_constant=_refuse)
    except UnicodeDecodeError:
        raise RequestError("the body is not UTF-8") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise RequestError(f"the body is not JSON, from {place} on") from None
    except RecursionError:
        raise _too_deep(limits) from None
    except RequestError:
        raise
    except ValueError:  # an integer of more digits than Python reads
        raise RequestError("the body holds a number that is too long") from None


def check_depth(objects: Sequence[Mapping[str, Any]], limits: Limits, *, level: int) -> None:
    """Check how deep objects nest.

    Args:
        objects: what is kept of a body; what nobody reads may nest as it likes.
        limits: how deep a body may nest.
        level: how deep in it the objects stand; 1 is the body itself.

    Raises:
        RequestError: one nests deeper.
    """
    above: Sequence[Any] = objects
    # Most values are texts and numbers, of which no loop of Python's need know.
    while not _NESTING.isdisjoint(map(type, _held_by(above))):
        level += 1
        if level > limits.depth:
            raise _too_deep(limits)
        above = [each for each in _held_by(above) if type(each) in _NESTING]


def _held_by(above: Sequence[Any]) -> Iterator[Any]:
    return chain.from_iterable(each.values() if type(each) is dict else each for each in above)


def check_size(size: int, limits: Limits) -> None:
    """Check how large a body is, or is going to be.

    Raises:
        RequestError: it is larger than it may be.
    """
    if size > limits.body:
        raise RequestError(f"the body is larger than {limits.body} bytes", status=413)


def check_media_type(content_type: str | None, content_encoding: str | None) -> None:
    """Check what the headers say of a body; nothing said is taken for JSON.

    ``text/plain`` is taken, too: it is what ``fetch`` says of a body of text by itself.

    Raises:
        RequestError: they say that it is no JSON, or that it is compressed.
    """
    if (content_encoding or "identity").strip().lower() != "identity":
        raise RequestError("a compressed body is not taken", status=415)
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind in ("", "application/json", "text/plain") or kind.endswith("+json"):
        return
    raise RequestError("the body is to be application/json", status=415)


def _refuse(_: str) -> Never:
    raise RequestError("the body is not JSON: it has no NaN and no infinity")


def _too_deep(limits: Limits) -> RequestError:
    return RequestError(f"the body nests deeper than {limits.depth}")
