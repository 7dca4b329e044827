"""Which columns PowerSync's service reads of which table."""

from __future__ import annotations

from dualschema.generator import streamed_tables
from dualschema.model import SchemaModel
from dualschema.targets.publication import published_tables

__all__ = ["read_columns"]


def read_columns(model: SchemaModel) -> dict[str, tuple[str, ...]]:
    """Return them by table: all of those that are sent, and of the others the way to an owner.

    Raises:
        GenerationError: as of ``published_tables``.
    """
    found: dict[str, dict[str, None]] = {t.name: {t.key: None} for t in published_tables(model)}
    for table in streamed_tables(model):
        found[table.name] |= dict.fromkeys(each.model.name for each in table.client_columns)
        if table.owner is not None:
            for step in table.owner.steps:
                found[step.table] |= {step.column: None}
                found[step.target_table] |= {step.target_column: None}
            found[table.owner.table] |= {table.owner.column: None}
    return {name: tuple(columns) for name, columns in found.items()}
