"""The tables that uploads keep beside the application's: defined as any other, and migrated so."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from dualschema.declare import Column, Index, Table, column, new_id, now
from dualschema.schema import Schema
from dualschema.types.integer import BigInt, Int64

__all__ = ["DeadLetter", "LedgerEntry", "upload_schema"]


class LedgerEntry(
    Table,
    name="dualschema_ledger",
    sync=False,
    postgres="portable",
    indexes=[
        Index("user_id", "client_id", "last_operation", unique=True, name="dualschema_ledger_key"),
        Index("applied_at", name="dualschema_ledger_applied_at_idx"),
    ],
):
    """Operations that were answered: a run of one client's, with the answer they got."""

    id: Column[str] = column(primary_key=True, default_factory=new_id)
    user_id: Column[str]
    client_id: Column[str]
    first_operation: Column[BigInt]
    last_operation: Column[BigInt]
    result: Column[dict[str, Any] | None] = column(
        default=None, doc="as it was sent; none where all were simply applied"
    )
    applied_at: Column[datetime] = column(default_factory=now)


class DeadLetter(
    Table,
    name="dualschema_dead_letters",
    postgres="portable",
    indexes=[Index("user_id", "state", name="dualschema_dead_letters_user_id_idx")],
):
    """A transaction that was refused, kept whole until somebody replays or discards it."""

    id: Column[str] = column(primary_key=True, writable="server")
    user_id: Column[str] = column(owner=True)
    client_id: Column[str | None] = column(default=None, writable="server")
    transaction_id: Column[Int64 | None] = column(default=None, writable="server")
    entries: Column[str] = column(
        writable="server", doc="the operations, as JSON: entries of the write API"
    )
    row_keys: Column[list[list[str]]] = column(
        default_factory=list,
        writable="server",
        doc="the rows that it would have made: table and key",
    )
    error_code: Column[str] = column(writable="server")
    message: Column[str] = column(writable="server")
    operation_index: Column[int | None] = column(default=None, writable="server")
    details: Column[dict[str, Any]] = column(default_factory=dict, writable="server")
    blocked_by: Column[list[str]] = column(default_factory=list, writable="server")
    state: Column[Literal["trying", "waiting", "replayed", "discarded"]] = column(
        default="waiting",
        writable="server",
        doc="trying: the client sends it again, for the fault may pass",
    )
    attempts: Column[int] = column(default=1, writable="server")
    created_at: Column[datetime] = column(default_factory=now, writable="server")
    resolved_at: Column[datetime | None] = column(default=None, writable="server")


upload_schema = Schema(LedgerEntry, DeadLetter)
"""Both tables. An application may name them in its own schema: ``DeadLetter`` is synced then."""
