"""Applies what clients wrote: by the rules of their tables, exactly once, and losing nothing.

It knows no HTTP: ``dualschema.asgi`` is a face of it.
"""

from __future__ import annotations

from dualschema.upload.counts import Counts
from dualschema.upload.error_code import ErrorCode
from dualschema.upload.hooks import Authorise, Request, Resolve
from dualschema.upload.letters import Letters
from dualschema.upload.limits import Limits
from dualschema.upload.operation import Batch, Operation, Transaction
from dualschema.upload.results import Fatal, NotAttempted, Note, Result, Retryable, Success
from dualschema.upload.tables import DeadLetter, LedgerEntry, upload_schema
from dualschema.upload.uploader import Applied, Uploader

__all__ = [
    "Applied",
    "Authorise",
    "Batch",
    "Counts",
    "DeadLetter",
    "ErrorCode",
    "Fatal",
    "LedgerEntry",
    "Letters",
    "Limits",
    "NotAttempted",
    "Note",
    "Operation",
    "Request",
    "Resolve",
    "Result",
    "Retryable",
    "Success",
    "Transaction",
    "Uploader",
    "upload_schema",
]
