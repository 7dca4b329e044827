"""A development database brought to the definition directly, without a migration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from dualschema.errors import MigrationError
from dualschema.metadata import stands_in
from dualschema.migrate.compare import compare, operations
from dualschema.migrate.ledger import hold_lock, made_tables, note_tables
from dualschema.migrate.record import note_of_push
from dualschema.migrate.refusal import reason, refusal
from dualschema.migrate.rows import hold_without_rows
from dualschema.migrate.step import Step

if TYPE_CHECKING:
    from dualschema.schema import Schema

__all__ = ["Plan", "apply_plan", "in_short", "plan_push", "push", "reason"]

_PATIENCE: Final = "10s"
"""How long a table that another session uses is waited for: all who come later wait behind us."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a push does.

    Attributes:
        steps: in their order.
        tables: the names of all tables that the definition has in Postgres.
        notes: what is to be known of it beside that, in words, where it does something: that the
            database has run migrations.
    """

    steps: tuple[Step, ...]
    tables: frozenset[str]
    notes: tuple[str, ...] = ()

    @property
    def losses(self) -> tuple[str, ...]:
        """What is lost, in words: tables and columns with rows, values that a type cannot hold."""
        return tuple(step.loses for step in self.steps if step.loses)

    @property
    def refusals(self) -> tuple[str, ...]:
        """Why it cannot be done, in words."""
        return tuple(step.refused for step in self.steps if step.refused)


def plan_push(connection: sa.Connection, schema: Schema, *, publication: bool = False) -> Plan:
    """Return what brings a database to the definition; nothing is changed.

    Until the transaction ends, no other push or migration can change the database, and a table that
    another session uses is waited for 10 seconds, if the connection sets no ``lock_timeout``.

    Args:
        connection: to Postgres, within a transaction. The tables are those of the schema that comes
            first on its search path; those that the definition never made are left alone.
        schema: the definition.
        publication: make PowerSync's publication, if there is none.
    """
    hold_lock(connection)
    _have_patience(connection)
    names = (t.name for t in schema.model.tables if stands_in(t, "postgresql"))
    ours = made_tables(connection)
    steps = compare(connection, schema, ours=ours, publication=publication, by_rows=True)
    note = note_of_push(connection) if steps else ""
    return Plan(steps, frozenset(names), (note,) if note else ())


def apply_plan(connection: sa.Connection, plan: Plan, *, allow_data_loss: bool = False) -> None:
    """Do what a plan says, in the transaction that it was made in.

    Raises:
        MigrationError: it would lose data, which is not allowed; or rows that are there stand in
            its way; or Postgres refuses a step. The transaction is to be rolled back.
    """
    if plan.refusals:
        raise MigrationError(in_short(plan.refusals))
    if plan.losses and not allow_data_loss:
        raise MigrationError(f"this would be lost: {in_short(plan.losses)}")
    doing = operations(connection)
    for step in plan.steps:
        try:
            if step.spared and not allow_data_loss:
                hold_without_rows(connection, step)
            doing.invoke(step.up)
        except DBAPIError as error:
            raise MigrationError(f"cannot {step.text}: {refusal(error)}") from error
    note_tables(connection, plan.tables)


def push(
    connection: sa.Connection,
    schema: Schema,
    *,
    publication: bool = False,
    allow_data_loss: bool = False,
) -> Plan:
    """Bring a database to the definition; return what was done.

    Args:
        connection: see ``plan_push``.
        schema: the definition.
        publication: see ``plan_push``.
        allow_data_loss: do it although rows or values are lost.

    Raises:
        MigrationError: see ``apply_plan``.
    """
    plan = plan_push(connection, schema, publication=publication)
    apply_plan(connection, plan, allow_data_loss=allow_data_loss)
    return plan


def _have_patience(connection: sa.Connection) -> None:
    """Have the transaction wait for locks so long and no longer, unless it has a limit."""
    sql = "SELECT set_config('lock_timeout', %s, true) WHERE current_setting('lock_timeout') = '0'"
    connection.exec_driver_sql(sql, (_PATIENCE,))


def in_short(texts: Sequence[str]) -> str:
    """Return the first of some texts, and how many more there are."""
    first, *others = texts
    return f"{first} (and {len(others)} more)" if others else first
