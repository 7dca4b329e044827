"""The dialects of the clients in the wild: what each calls the parts of an entry."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

__all__ = ["SHAPES", "Dialect", "Shape"]


class Dialect(enum.Enum):
    """How a client writes a request."""

    WRITE_API = "write_api"
    """PowerSync's write API, which the generated connectors speak: an answer a transaction.

    https://github.com/powersync-ja/powersync-reference-write-implementation, version 1.0.0.
    """
    DEMO = "demo"
    """``{"batch": [...]}`` of the official demos for Node and Next.js: one transaction."""
    SDK = "sdk"
    """The SDKs' ``JSON.stringify(transaction.crud)``, or of one entry."""
    VERB = "verb"
    """``{"table", "data"}`` of the demos for Django and Flutter: the method is the operation."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a dialect calls the parts of an entry: the usual name first.

    Attributes:
        table: the table's name.
        data: the values.
        previous: the values before.
        transaction: the number of the transaction.
        is_loose: whether an id may be a number, or stand in the data.
    """

    table: tuple[str, ...]
    data: tuple[str, ...]
    previous: tuple[str, ...]
    transaction: tuple[str, ...]
    is_loose: bool = False


_SDK: Final = Shape(
    ("type", "table"), ("data", "opData"), ("old", "previousValues"), ("tx_id", "transactionId")
)

SHAPES: Final = {
    Dialect.WRITE_API: Shape(("table",), ("op_data",), ("previous_values",), ("transaction_id",)),
    Dialect.SDK: _SDK,
    Dialect.DEMO: Shape(
        ("table", "type"),
        ("data", "opData"),
        _SDK.previous,
        _SDK.transaction,
        is_loose=True,
    ),
    Dialect.VERB: Shape(("table",), ("data",), ("old",), ("tx_id",), is_loose=True),
}
