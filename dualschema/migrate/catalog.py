"""Columns, constraints and indexes of tables, in the text that Postgres itself makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import sqlalchemy as sa
from alembic.operations import ops

from dualschema.languages.sql import identifier
from dualschema.migrate.step import statement
from dualschema.model import Action, Deferrable

__all__ = ["Catalog", "ColumnText", "Counter", "Rule", "RuleKind"]

RuleKind = Literal["primary", "unique", "foreignkey", "check", "exclusion"]


@dataclass(frozen=True, slots=True)
class Counter:
    """The sequence that counts a column up.

    Attributes:
        shape: its type, step and bounds, as ``ALTER SEQUENCE`` takes them.
        identity: ``"ALWAYS"`` or ``"BY DEFAULT"`` where the column is an identity, which has the
            sequence within it; empty where it is the column's default, as of a ``SERIAL``.
    """

    name: str
    shape: str
    identity: str = ""


@dataclass(frozen=True, slots=True)
class ColumnText:
    """A column's type and default, as Postgres writes them.

    Attributes:
        counter: what counts the column up; it then has no other default.
        collation: the one that its texts are sorted by, in quotes, where it is not the type's.
        generated: ``"STORED"`` or ``"VIRTUAL"`` where the default is what Postgres makes each of
            its values of, once or whenever it is read; else empty.
    """

    type: str
    nullable: bool
    default: str | None
    counter: Counter | None = None
    collation: str | None = None
    generated: str = ""

    @property
    def spelled(self) -> str:
        """The type with its collation, as a statement takes both."""
        return self.type if self.collation is None else f"{self.type} COLLATE {self.collation}"


@dataclass(frozen=True, slots=True)
class Rule:
    """A constraint of a table.

    Attributes:
        columns: those that it is about, in its order.
        text: a check's condition as Postgres writes it.
        sql: the same as its author wrote it; no part of what a rule is.
        target: the table that a foreign key refers to.
        ours: whether all else of it is as of all rules of ours: it holds for all rows, and so on.
        definition: the whole of it as Postgres writes it, where it is none of ours.
    """

    kind: RuleKind
    table: str
    name: str
    columns: tuple[str, ...]
    text: str | None = None
    sql: str | None = field(default=None, compare=False)
    target: str | None = None
    target_columns: tuple[str, ...] = ()
    on_delete: Action = Action.NO_ACTION
    on_update: Action = Action.NO_ACTION
    deferrable: Deferrable = Deferrable.NO
    ours: bool = True
    definition: str = field(default="", compare=False)

    @property
    def signature(self) -> Rule:
        """What it is but for its name; a check's text names its columns."""
        return replace(self, name="", columns=() if self.kind == "check" else self.columns)

    def create(self) -> ops.MigrateOperation:
        """Return the operation that makes it."""
        if not self.ours:
            place, name = identifier(self.table), identifier(self.name)
            return statement(f"ALTER TABLE {place} ADD CONSTRAINT {name} {self.definition}")
        match self.kind:
            case "primary":
                return ops.CreatePrimaryKeyOp(self.name, self.table, self.columns)
            case "unique":
                return ops.CreateUniqueConstraintOp(self.name, self.table, self.columns)
            case "check":
                sql: Any = sa.literal_column(self.sql or self.text or "")
                return ops.CreateCheckConstraintOp(self.name, self.table, sql)
            case "foreignkey":
                names = [*self.columns], [*self.target_columns]
                return ops.CreateForeignKeyOp(
                    self.name, self.table, self.target or "", *names, **self._options()
                )
            case "exclusion":
                raise AssertionError("no definition has a constraint of this kind")

    def _options(self) -> dict[str, Any]:
        """Return what a foreign key says beside its columns."""
        made: dict[str, Any] = {}
        if self.deferrable is not Deferrable.NO:
            made["deferrable"] = True
        if self.deferrable is Deferrable.DEFERRED:
            made["initially"] = "DEFERRED"
        if self.on_delete is not Action.NO_ACTION:
            made["ondelete"] = self.on_delete.value
        if self.on_update is not Action.NO_ACTION:
            made["onupdate"] = self.on_update.value
        return made

    def drop(self) -> ops.MigrateOperation:
        """Return the operation that takes it away."""
        kind = None if self.kind == "exclusion" else self.kind
        return ops.DropConstraintOp(self.name, self.table, kind)


@dataclass(frozen=True)
class Catalog:
    """What stands in the tables of one Postgres schema.

    Attributes:
        tables: the columns.
        rules: the constraints.
        odd_indexes: what makes each index that no definition can have, by its table and name.
    """

    tables: dict[str, dict[str, ColumnText]]
    rules: tuple[Rule, ...]
    odd_indexes: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @cached_property
    def rules_of(self) -> dict[str, list[Rule]]:
        """The constraints by table."""
        found: dict[str, list[Rule]] = {name: [] for name in self.tables}
        for rule in self.rules:
            found[rule.table].append(rule)
        return found
