"""The shapes on the wire, as types: what the OpenAPI document is made from.

What is read is read by ``dualschema.upload.wire``, which checks it by itself, and faster.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from dualschema.upload.wire.entry import LARGEST_NUMBER, LARGEST_OP_ID
from dualschema.upload.wire.identity import LONGEST_IDENTITY

__all__ = [
    "Connected",
    "DemoRequest",
    "EventMessage",
    "JwkSet",
    "Message",
    "OlderResults",
    "SdkEntry",
    "SdkRequest",
    "TokenAnswer",
    "VerbRequest",
    "WriteRequest",
    "WriteResults",
]

Op = Literal["PUT", "PATCH", "DELETE"]
Text = Annotated[str, Field(min_length=1)]
Values = dict[str, Any]
OpId = Annotated[
    int,
    Field(ge=1, le=LARGEST_OP_ID, description="the operation's number in the client's queue"),
]
TransactionId = Annotated[int, Field(ge=-LARGEST_NUMBER - 1, le=LARGEST_NUMBER)]
ClientId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_IDENTITY,
        pattern=r"^[^\x00]*$",
        description="which of the user's client databases it is",
    ),
]


class Entry(TypedDict):
    """One entry of a client's queue."""

    op: Op
    table: Text
    id: Text
    op_id: NotRequired[OpId | None]
    transaction_id: NotRequired[Annotated[Any, Field(description="the transaction's counts")]]
    op_data: NotRequired[Values | None]
    previous_values: NotRequired[Values | None]
    metadata: NotRequired[str | None]


class WriteTransaction(TypedDict):
    """What a client wrote at once, and has applied at once."""

    crud: list[Entry]
    transaction_id: NotRequired[TransactionId | None]


class WriteRequest(TypedDict):
    """Transactions in the order of the client's queue: PowerSync's write API."""

    transactions: Annotated[list[WriteTransaction], Field(min_length=1)]
    client_id: NotRequired[ClientId | None]


class DemoEntry(TypedDict):
    """An entry of the demos for Node and Next.js."""

    op: Op
    table: Text
    id: Text | int
    data: NotRequired[Values | None]
    old: NotRequired[Values | None]
    op_id: NotRequired[OpId | None]
    metadata: NotRequired[str | None]


class DemoRequest(TypedDict):
    """One transaction, as the demos for Node and Next.js send it."""

    batch: list[DemoEntry]


class SdkEntry(TypedDict):
    """An entry as the SDKs write it."""

    op: Op
    type: Text
    id: Text
    op_id: NotRequired[OpId | None]
    tx_id: NotRequired[TransactionId | None]
    data: NotRequired[Values | None]
    old: NotRequired[Values | None]
    metadata: NotRequired[str | None]


class SdkRequest(TypedDict):
    """Entries as the SDKs write them; those of one ``tx_id`` are one transaction."""

    crud: list[SdkEntry]


class VerbData(TypedDict, extra_items=Any):  # type: ignore[call-arg]  # of typing-extensions, which mypy does not know yet
    """The values of a row, its id among them."""

    id: Text | int


class VerbRequest(TypedDict):
    """One entry, whose operation is the method."""

    table: Text
    data: VerbData
    old: NotRequired[Values | None]
    op_id: NotRequired[OpId | None]
    metadata: NotRequired[str | None]


class Note(TypedDict):
    """What is to be said of an operation that was not simply applied."""

    operation_index: int
    outcome: Literal["noop", "dropped"]
    error_code: NotRequired[str]
    message: NotRequired[str]


class SuccessResult(TypedDict):
    """The transaction is applied and committed, or was so before."""

    status: Literal["success"]
    operations: NotRequired[list[Note]]
    ignored_values: NotRequired[int]
    dead_letter: NotRequired[str]


class RetryableResult(TypedDict):
    """The transaction is not applied; it may be, a little later."""

    status: Literal["retryable_error"]
    message: str
    retry_after_ms: int


class FailedOperation(TypedDict):
    """Why a transaction is refused."""

    error_code: str
    message: str
    details: NotRequired[dict[str, Any]]
    operation_index: NotRequired[int]


class FatalResult(TypedDict):
    """The transaction is refused for good, and kept in a dead letter."""

    status: Literal["fatal_error"]
    requires_client_handling: bool
    failed_operation: FailedOperation
    message: str


class NotAttemptedResult(TypedDict):
    """A transaction before it was not applied, so this one was not tried."""

    status: Literal["not_attempted"]


Result = Annotated[
    SuccessResult | RetryableResult | FatalResult | NotAttemptedResult,
    Field(discriminator="status"),
]


class WriteResults(TypedDict):
    """A result for each transaction, in their order."""

    results: list[Result]


class OlderResults(TypedDict):
    """What an older client sends all of it again for."""

    results: NotRequired[list[Result]]
    message: str


class Message(TypedDict):
    """Why there is no other answer."""

    message: str


class TokenAnswer(TypedDict):
    """A token for PowerSync's service and for this API."""

    token: str
    powersync_url: str
    expires_at: NotRequired[Annotated[str, Field(json_schema_extra={"format": "date-time"})]]


class JwkSet(TypedDict):
    """A JWK set: RFC 7517."""

    keys: list[dict[str, Any]]


class Connected(TypedDict):
    """The first message of a stream."""

    type: Literal["connected"]
    userId: str
    channels: list[str]
    timestamp: str
    complete: Annotated[
        bool, Field(description="whether all events since the last one that the client has come")
    ]


class EventMessage(TypedDict):
    """An event."""

    channel: str
    data: Any
    timestamp: str
