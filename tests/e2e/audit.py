"""What Postgres itself saw of a server's writes: each change of a row, in its transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg

__all__ = ["Change", "changes", "watch"]

_WATCH = """
CREATE TABLE audit (
    number bigserial PRIMARY KEY,
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    operation text NOT NULL,
    tbl text NOT NULL,
    new jsonb,
    old jsonb
);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit (operation, tbl, new, old)
    VALUES (TG_OP, TG_TABLE_NAME, to_jsonb(NEW), to_jsonb(OLD));
    RETURN NULL;
END $$;
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON timers
    FOR EACH ROW EXECUTE FUNCTION note();
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON todos
    FOR EACH ROW EXECUTE FUNCTION note();
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON activity_logs
    FOR EACH ROW EXECUTE FUNCTION note();
"""

_CHANGES = """
SELECT transaction::text::bigint, operation, tbl, coalesce(new, old) FROM audit ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one row.

    Attributes:
        transaction: Postgres's number of the transaction that it was made in.
        operation: ``INSERT``, ``UPDATE`` or ``DELETE``.
        table: the table's name.
        row: the row, as it is now or, of a delete, as it was.
    """

    transaction: int
    operation: str
    table: str
    row: dict[str, Any]


def watch(connection: psycopg.Connection[Any]) -> None:
    """Have every change of a row noted from now on."""
    connection.execute(_WATCH)


def changes(connection: psycopg.Connection[Any]) -> list[Change]:
    """Return all changes that were committed, in their order."""
    return [Change(*row) for row in connection.execute(_CHANGES)]
