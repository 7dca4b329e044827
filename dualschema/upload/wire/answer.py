"""What a client is answered: a result for each transaction, or what older clients understand."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from dualschema.errors import RequestError
from dualschema.upload.operation import Batch
from dualschema.upload.results import Fatal, NotAttempted, Result, Retryable
from dualschema.upload.uploader import Uploader
from dualschema.upload.wire.dialect import Dialect
from dualschema.upload.wire.request import Received

__all__ = ["Answer", "answer", "failed", "upload"]

_LOG: Final = logging.getLogger("dualschema.upload")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client is answered.

    Attributes:
        status: the HTTP status.
        body: to be sent as JSON.
        headers: to be sent beside it.
    """

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


def upload(uploader: Uploader, received: Received, user: str) -> Answer:
    """Apply what a client sent; return what it is answered.

    An older client forgets all that it sent when the answer is a success. So what stands behind a
    refused transaction is tried all the same, whatever ``after_refusal`` says.

    Args:
        uploader: what applies it.
        received: what was sent.
        user: whose it is: from the token, and from nowhere else.
    """
    left = received.batch.transactions
    results: list[Result] = []
    while left:
        found = uploader.apply(Batch(left, received.batch.client), user)
        tried = [each for each in found if not isinstance(each, NotAttempted)]
        goes_on = received.dialect is not Dialect.WRITE_API and isinstance(found[-1], NotAttempted)
        if not (goes_on and tried and isinstance(tried[-1], Fatal)):
            results += found
            break
        results += tried
        left = left[len(tried) :]
    return answer(received, results)


def answer(received: Received, results: Sequence[Result]) -> Answer:
    """Return what a client is answered.

    The write API has a result for each transaction. An older client knows a success, after which it
    forgets what it sent, and a failure, after which it sends all of it again. A refused transaction
    is a success to it: it lies in the dead letters, and a failure would hold up the queue for ever.

    Args:
        received: what was sent.
        results: what became of its transactions.
    """
    body: dict[str, Any] = {"results": [result.wire() for result in results]}
    if received.dialect is Dialect.WRITE_API:
        return Answer(200, body)
    waits = [each.retry_after_ms for each in results if isinstance(each, Retryable)]
    if not waits and not any(isinstance(each, NotAttempted) for each in results):
        return Answer(200, body)
    seconds = max(1, -(-max(waits, default=0) // 1000))
    body["message"] = "the server cannot apply it now"
    return Answer(503, body, {"Retry-After": str(seconds)})


def failed(error: Exception) -> Answer:
    """Return what a client is answered that could not be served: nothing of why, but for its fault.

    Args:
        error: a ``RequestError``, or what nobody expected, which is logged with its traceback.
    """
    if isinstance(error, RequestError):
        return Answer(error.status, {"message": str(error)})
    _LOG.error("a request failed", exc_info=error)
    return Answer(500, {"message": "the server failed"})
