"""Tables whose rows have owners in each way that there is, and some that no stream may have."""

from __future__ import annotations

from typing import Any, Literal, Optional
from uuid import UUID

import dualschema as ds
from dualschema.testing.strategies import make_table
from tests.types.cases import CASES, Style

__all__ = ["Deep", "Folder", "Note", "schema", "wide_table"]


class Folder(ds.Table, name="folders", was="directories"):
    """Its key is called otherwise, and so was the table."""

    folder_id: ds.Column[UUID] = ds.column(primary_key=True, was="id")
    user_id: ds.Column[str] = ds.column(owner=True, was="owner")
    blob: ds.Column[bytes] = ds.column(unique=True)
    title: ds.Column[str | None] = ds.column(default=None, was="caption")
    huge: ds.Column[ds.Int64 | None] = ds.column(default=None, was="big")


class Note(ds.Table, name="notes"):
    """One step from its owner."""

    id: ds.Column[ds.Int64] = ds.column(primary_key=True)
    folder: ds.Column[UUID] = ds.column(foreign_key="folders", owner="folder.user_id")


class Deep(ds.Table, name="select"):
    """Two steps, the first through a table that no client has."""

    id: ds.Column[str] = ds.column(primary_key=True)
    hidden: ds.Column[int] = ds.column(foreign_key="hidden", owner="hidden.folder.user_id")


class Hidden(ds.Table, name="hidden", sync=False):
    id: ds.Column[int] = ds.column(primary_key=True)
    folder: ds.Column[UUID] = ds.column(foreign_key="folders")


class ByBytes(ds.Table, name="by_bytes"):
    """Through bytes, which the service cannot compare."""

    id: ds.Column[str] = ds.column(primary_key=True)
    blob: ds.Column[bytes] = ds.column(foreign_key="folders.blob", owner="blob.user_id")


class Tree(ds.Table, name="trees"):
    """Through a row of the same table."""

    id: ds.Column[str] = ds.column(primary_key=True)
    parent: ds.Column[str] = ds.column(foreign_key="trees", owner="parent.user_id")
    user_id: ds.Column[str | None] = ds.column(default=None)


class Numbered(ds.Table, name="numbered"):
    id: ds.Column[str] = ds.column(primary_key=True)
    user_id: ds.Column[ds.Int64] = ds.column(owner=True)


class Small(ds.Table, name="small"):
    id: ds.Column[str] = ds.column(primary_key=True)
    user_id: ds.Column[int | None] = ds.column(owner=True)


class Chosen(ds.Table, name="chosen"):
    id: ds.Column[str] = ds.column(primary_key=True)
    team: ds.Column[Literal["red", "it's"]] = ds.column(owner=True)


class Local(ds.Table, name="locals", sync="local_only"):
    id: ds.Column[str] = ds.column(primary_key=True)


class Sent(ds.Table, name="sent", sync="insert_only"):
    id: ds.Column[str] = ds.column(primary_key=True)
    user_id: ds.Column[str] = ds.column(owner=True)


class Gone(ds.Table, name="gone", dropped=True):
    id: ds.Column[str] = ds.column(primary_key=True)
    user_id: ds.Column[str] = ds.column(owner=True)


schema = ds.Schema(
    *(Deep, Folder, Note, Hidden, ByBytes, Tree, Numbered, Small, Chosen, Local, Sent, Gone),
    postgres="native",
)


def wide_table(style: Style) -> type[ds.Table]:
    """Return a table with each sample of each type, with and without NULL, and an owner."""
    columns: dict[str, tuple[Any, dict[str, Any]]] = {"user_id": (str, {"owner": True})}
    for number, case in enumerate(CASES):
        annotation: Any = case.annotation
        nullable: Any = Optional[annotation]  # noqa: UP045  (known only here)
        columns[f"column_{number}"] = (annotation, case.options)
        columns[f"nullable_{number}"] = (nullable, case.options)
    return make_table("wide", columns, postgres=style)
