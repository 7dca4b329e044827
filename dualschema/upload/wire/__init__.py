"""What clients send over HTTP and what they are answered, in every dialect; no HTTP library.

``read_request`` reads a body, ``upload`` applies it and gives the answer. A view of any framework
is these two calls and an authenticated user.
"""

from __future__ import annotations

from dualschema.upload.wire.answer import Answer, answer, failed, upload
from dualschema.upload.wire.dialect import Dialect
from dualschema.upload.wire.identity import checked_identity
from dualschema.upload.wire.request import Received, read_request

__all__ = [
    "Answer",
    "Dialect",
    "Received",
    "answer",
    "checked_identity",
    "failed",
    "read_request",
    "upload",
]
