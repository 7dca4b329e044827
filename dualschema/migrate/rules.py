"""Constraints: which go, which come, and which only change their name.

Alembic's comparison has no primary keys, no CHECKs and no foreign key's name, so what Postgres
itself says of constraints is compared, and the operations that follow are Alembic's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

from dualschema.migrate.catalog import Catalog, Rule, RuleKind
from dualschema.migrate.renames import rename_constraint
from dualschema.migrate.step import Phase, Step

__all__ = ["Touched", "constraints", "standing_for_indexes"]

_PHASES: Final[Mapping[RuleKind, tuple[Phase, Phase]]] = {
    "foreignkey": (Phase.DROP_FOREIGN_KEY, Phase.CREATE_FOREIGN_KEY),
    "check": (Phase.DROP_CHECK, Phase.CREATE_CHECK),
    "unique": (Phase.DROP_UNIQUE, Phase.CREATE_UNIQUE),
    "primary": (Phase.DROP_PRIMARY, Phase.CREATE_PRIMARY),
    "exclusion": (Phase.DROP_UNIQUE, Phase.CREATE_UNIQUE),
}

_WORDS: Final[Mapping[RuleKind, str]] = {
    "foreignkey": "foreign key",
    "check": "check",
    "unique": "unique constraint",
    "primary": "primary key",
    "exclusion": "exclusion constraint",
}


@dataclass(slots=True)
class Touched:
    """What changes beneath constraints, so that they must go for a while.

    Attributes:
        columns: ``(table, column)`` of each whose type changes.
        unkeyed: tables that lose an index which foreign keys may stand on.
    """

    columns: set[tuple[str, str]] = field(default_factory=set)
    unkeyed: set[str] = field(default_factory=set)


def constraints(live: Catalog, wanted: Catalog, dropped: set[str], by: Touched) -> Iterator[Step]:
    """Yield the steps from constraints to others.

    Args:
        live: what is there, under the names that tables and columns are to have.
        wanted: what is to be.
        dropped: tables that go, with those of their constraints that ``CREATE TABLE`` has.
        by: what else changes.
    """
    there = [rule for name in (*wanted.tables, *sorted(dropped)) for rule in _of(live, name)]
    before, after = set(there), set(wanted.rules)
    gone = {rule for rule in there if rule.table in dropped or rule not in after}
    come = [rule for rule in wanted.rules if rule not in before]
    pairs = dict(_renamed(gone, come, {rule.name for rule in there}))
    keyed = {r.table for r in gone if r.kind in {"primary", "unique"} and r not in pairs}
    touched = Touched(by.columns, by.unkeyed | keyed)
    forced = {rule for rule in there if rule not in gone and _is_touched(rule, touched)}
    forced_pairs = {old for old in pairs if _is_touched(old, touched)}
    for rule in there:
        if rule in pairs and rule not in forced_pairs:
            yield rename_constraint(rule.table, rule.name, pairs[rule].name)
        elif (rule in gone or rule in forced) and not _goes_with_table(rule, dropped):
            yield _drop(rule)
    named = {new for old, new in pairs.items() if old not in forced_pairs}
    for rule in wanted.rules:
        is_within = rule.table not in live.tables and rule.kind != "foreignkey"
        if (rule in forced or rule in come) and rule not in named and not is_within:
            yield _create(rule)


def standing_for_indexes(live: Catalog, metadata: sa.MetaData) -> dict[str, Rule]:
    """Return the unique constraints that stand for unique indexes of their names, by these.

    A definition has no unique constraint of several columns, but databases from elsewhere have.
    """
    found = {rule.name: rule for rule in live.rules if rule.kind == "unique" and rule.ours}
    return {
        name: rule
        for table in metadata.tables.values()
        for index in table.indexes
        if (rule := found.get(name := str(index.name))) is not None
        and index.unique
        and len(rule.columns) > 1
        and (table.name, list(rule.columns)) == (rule.table, _ascending(index))
    }


def _ascending(index: sa.Index) -> list[str]:
    """Return the columns of an index, or none where one descends."""
    plain = [each.name for each in index.expressions if isinstance(each, sa.Column)]
    return plain if len(plain) == len(index.expressions) else []


def _goes_with_table(rule: Rule, dropped: set[str]) -> bool:
    return rule.table in dropped and rule.ours and rule.kind != "foreignkey"


def _of(catalog: Catalog, table: str) -> list[Rule]:
    return catalog.rules_of.get(table, [])


def _renamed(gone: set[Rule], come: list[Rule], names: set[str]) -> Iterator[tuple[Rule, Rule]]:
    """Yield pairs of rules that differ by their name alone."""
    left: dict[Rule, list[Rule]] = {}
    for rule in sorted(gone, key=lambda each: each.name):
        left.setdefault(rule.signature, []).append(rule)
    for rule in come:
        same = left.get(rule.signature)
        if same and rule.name not in names:
            yield same.pop(0), rule


def _is_touched(rule: Rule, by: Touched) -> bool:
    if rule.kind == "check":
        return any((rule.table, column) in by.columns for column in rule.columns)
    if rule.kind != "foreignkey" or rule.target is None:
        return False
    columns = [(rule.table, name) for name in rule.columns]
    columns += [(rule.target, name) for name in rule.target_columns]
    return rule.target in by.unkeyed or not by.columns.isdisjoint(columns)


def _drop(rule: Rule) -> Step:
    text = f"drop {_WORDS[rule.kind]} {rule.name} of {rule.table}"
    return Step(_PHASES[rule.kind][0], rule.drop(), rule.create(), text)


def _create(rule: Rule) -> Step:
    text = f"add {_WORDS[rule.kind]} {rule.name} to {rule.table}"
    return Step(_PHASES[rule.kind][1], rule.create(), rule.drop(), text)
