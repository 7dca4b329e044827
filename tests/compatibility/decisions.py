"""What old clients notice of each field of a definition: compared, or harmless, with the reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from decimal import Decimal
from typing import Any, Literal, NamedTuple, TypeVar

import dualschema as ds
from dualschema.compatibility import FindingKind
from dualschema.schema import Schema
from tests.compatibility.definitions import Column, of, schema, table

__all__ = ["DECISIONS"]

Made = TypeVar("Made", Schema, Column)


class Decision(NamedTuple):
    """What old clients notice of a field.

    Attributes:
        old, new: two definitions that differ in the field.
        finds: what is found where one comes after the other; nothing where it is harmless.
        why: why it is harmless, else empty.
    """

    old: Schema
    new: Schema
    finds: set[FindingKind]
    why: str = ""


def compared(old: Schema, new: Schema, *finds: FindingKind) -> Decision:
    return Decision(old, new, set(finds))


def harmless(old: Schema, new: Schema, why: str) -> Decision:
    return Decision(old, new, set(), why)


def columns(old: Column, new: Column, *finds: FindingKind) -> Decision:
    return compared(schema(value=old), schema(value=new), *finds)


def options(old: dict[str, Any], new: dict[str, Any]) -> tuple[Schema, Schema]:
    value = of(int, default=0)
    return schema(value=value, more=old), schema(value=value, more=new)


def two(make: Callable[[Any], Made], old: Any, new: Any) -> tuple[Made, Made]:
    return make(old), make(new)


def uploads(**rules: Any) -> dict[str, Any]:
    return {"uploads": ds.UploadRules(**rules)}


def linked(**way: Any) -> Schema:
    """Return notes that are owned by a way through other tables."""
    key, owner = of(str, primary_key=True), {"owner": way["owner"]}
    users = {"id": key, "user_id": of(str), "other_id": of(str), "code": of(str, unique=True)}
    step = {"id": key, "user_id": of(str, foreign_key="users.id")}
    note = {
        "id": key,
        "step_id": of(str, foreign_key=way.get("step", "steps.id")),
        "more_id": of(str, foreign_key="steps.id"),
        "user_id": of(str, foreign_key=way.get("user", "users.id")),
    }
    return Schema(
        table("users", users),
        table("steps", step),
        table("paces", step),
        table("notes", note, owner),
    )


_INT = of(int, default=0)
_PREVIOUS = "what a client sends of a row before its change, its own schema says"
_NAME = "no client knows the name"
_FILLS = "a client's new row may leave it out either way, and gets a value of the column's"
_INDEXED = [ds.Index("value", name="value_idx")]
_UNIQUE = [ds.Index("value", name="value_idx", unique=True)]
_POSITIVE = [ds.Check("value >= 0", name="value_ok")]
_REFERS = of(str, foreign_key=ds.ForeignKey("users.id", on_delete="cascade", name="value_fk"))
_FORM, _NARROWED, _WIDENED = (
    FindingKind.FORM_CHANGED,
    FindingKind.NARROWED,
    FindingKind.WIDENED,
)
_BOUNDS = {"ge": 1, "gt": 1, "le": 9, "lt": 9}

MODEL: dict[str, Decision] = {
    "SchemaModel.tables": compared(
        schema(),
        Schema(table("users", {"id": of(str, primary_key=True)})),
        FindingKind.TABLE_REMOVED,
    ),
    "TableModel.name": compared(schema(), schema(name="memos"), FindingKind.TABLE_RENAMED),
    "TableModel.class_name": harmless(
        schema(), schema(more={"class_name": "Other"}), "it is a name in generated code"
    ),
    "TableModel.columns": compared(schema(value=_INT), schema(), FindingKind.COLUMN_REMOVED),
    "TableModel.key": compared(
        Schema(table("notes", {"a": of(str, primary_key=True), "b": of(str)})),
        Schema(table("notes", {"a": of(str), "b": of(str, primary_key=True)})),
        FindingKind.KEY_CHANGED,
    ),
    "TableModel.dropped_columns": compared(
        schema(value=_INT),
        schema(value=of(int, default=0, dropped=True)),
        FindingKind.COLUMN_DROPPED,
    ),
    "TableModel.doc": harmless(*options({}, {"doc": "Notes."}), "it is for people"),
    "TableModel.indexes": compared(*options({}, {"indexes": _UNIQUE}), FindingKind.UNIQUE_ADDED),
    "TableModel.checks": compared(*options({}, {"checks": _POSITIVE}), FindingKind.CHECK_ADDED),
    "TableModel.foreign_keys": columns(of(str), _REFERS, FindingKind.FOREIGN_KEY_ADDED),
    "TableModel.owner": columns(of(str), of(str, owner=True), FindingKind.OWNER_CHANGED),
    "TableModel.sync": compared(*options({}, {"sync": False}), FindingKind.NOT_SYNCED),
    "TableModel.view_name": harmless(
        *options({}, {"view_name": "my_notes"}), "uploads and rows go by the table's name"
    ),
    "TableModel.track_previous": harmless(*options({}, {"track_previous": True}), _PREVIOUS),
    "TableModel.track_metadata": harmless(
        *options({}, {"track_metadata": True}), "nothing is done with it but by the application"
    ),
    "TableModel.ignore_empty_updates": harmless(
        *options({}, {"ignore_empty_updates": True}), "an empty update changes nothing"
    ),
    "TableModel.was": harmless(
        *options({}, {"was": "memos"}), "the last release has the name that it has"
    ),
    "TableModel.dropped": harmless(
        *options({}, {"dropped": True}), "it is the way to remove a table: what is sent is taken"
    ),
    "TableModel.uploads": compared(
        *options({}, uploads(version="value")), FindingKind.VERSION_ASKED
    ),
    "ColumnModel.attribute": harmless(
        schema(value=_INT), schema(other=of(int, default=0, name="value")), "it is Python's"
    ),
    "ColumnModel.name": compared(
        schema(value=_INT), schema(other=_INT), FindingKind.COLUMN_RENAMED
    ),
    "ColumnModel.json_name": harmless(
        *two(lambda name: schema(value=of(int, default=0, json_name=name)), "value", "other"),
        "uploads and rows go by names in the database",
    ),
    "ColumnModel.type": columns(of(int), of(str), _FORM),
    "ColumnModel.style": harmless(
        *two(lambda style: schema(value=of(bool, postgres=style)), "portable", "native"),
        "the client's form is the same",
    ),
    "ColumnModel.nullable": columns(of(int | None), of(int), FindingKind.NOT_NULL),
    "ColumnModel.default": columns(_INT, of(int), FindingKind.DEFAULT_REMOVED),
    "ColumnModel.on_update": harmless(
        schema(value=_INT),
        schema(value=of(int, default=0, on_update=lambda: 1)),
        "it sets what a client does not",
    ),
    "ColumnModel.doc": harmless(
        schema(value=_INT), schema(value=of(int, default=0, doc="A number.")), "it is for people"
    ),
    "ColumnModel.unique": columns(of(int), of(int, unique=True), FindingKind.UNIQUE_ADDED),
    "ColumnModel.writable": columns(
        _INT, of(int, default=0, writable="server"), FindingKind.SERVER_ONLY
    ),
    "ColumnModel.was": harmless(
        schema(value=_INT),
        schema(value=of(int, default=0, was="other")),
        "the last release has the name that it has",
    ),
    "Default.factory": harmless(
        *two(lambda made: schema(value=of(int, default_factory=made)), lambda: 1, lambda: 2), _FILLS
    ),
    "Default.value": harmless(
        *two(lambda value: schema(value=of(int, default=value)), 1, 2), _FILLS
    ),
    "Default.in_ddl": harmless(
        schema(value=_INT), schema(value=of(int, default_factory=lambda: 1)), _FILLS
    ),
    "Default.server": harmless(
        *two(lambda sql: schema(value=of(int, server_default=sql)), "1", "2"), _FILLS
    ),
    "IndexModel.name": harmless(
        *two(
            lambda n: schema(
                value=_INT, more={"indexes": [ds.Index("value", name=n, unique=True)]}
            ),
            "a_idx",
            "b_idx",
        ),
        _NAME,
    ),
    "IndexModel.columns": compared(
        *two(
            lambda names: schema(
                value=_INT, other=_INT, more={"indexes": [ds.Index(*names, unique=True, name="i")]}
            ),
            ("value", "other"),
            ("value",),
        ),
        FindingKind.UNIQUE_ADDED,
    ),
    "IndexModel.descending": harmless(
        *two(
            lambda name: schema(
                value=_INT, more={"indexes": [ds.Index(name, unique=True, name="i")]}
            ),
            "value",
            "-value",
        ),
        "an order refuses nothing",
    ),
    "IndexModel.unique": compared(
        *options({"indexes": _INDEXED}, {"indexes": _UNIQUE}), FindingKind.UNIQUE_ADDED
    ),
    "CheckModel.name": harmless(
        *options({"checks": _POSITIVE}, {"checks": [ds.Check("value >= 0", name="value_is_fine")]}),
        _NAME,
    ),
    "CheckModel.sql": compared(
        *options({"checks": _POSITIVE}, {"checks": [ds.Check("value > 0", name="value_ok")]}),
        FindingKind.CHECK_ADDED,
    ),
    "ForeignKeyModel.name": harmless(
        schema(value=_REFERS),
        schema(value=of(str, foreign_key=ds.ForeignKey("users.id", "cascade", "other_fk"))),
        _NAME,
    ),
    "ForeignKeyModel.column": compared(
        schema(value=_REFERS, other=of(str)),
        schema(value=of(str), other=_REFERS),
        FindingKind.FOREIGN_KEY_ADDED,
    ),
    "ForeignKeyModel.target_table": columns(
        _REFERS,
        of(str, foreign_key=ds.ForeignKey("notes.id", "cascade", "value_fk")),
        FindingKind.FOREIGN_KEY_ADDED,
    ),
    "ForeignKeyModel.target_column": compared(
        linked(owner="user_id", user="users.id"),
        linked(owner="user_id", user="users.code"),
        FindingKind.FOREIGN_KEY_ADDED,
        FindingKind.DELETES_REFUSED,
    ),
    "ForeignKeyModel.on_delete": columns(
        _REFERS,
        of(str, foreign_key=ds.ForeignKey("users.id", name="value_fk")),
        FindingKind.DELETES_REFUSED,
    ),
    "ForeignKeyModel.on_update": compared(
        *two(
            lambda action: linked(
                owner="user_id", user=ds.ForeignKey("users.code", on_update=action)
            ),
            "cascade",
            "no action",
        ),
        FindingKind.DELETES_REFUSED,
    ),
    "ForeignKeyModel.deferrable": columns(
        _REFERS,
        of(
            str,
            foreign_key=ds.ForeignKey("users.id", "cascade", "value_fk", deferrable=False),
        ),
        FindingKind.FOREIGN_KEY_ADDED,
    ),
    "OwnerModel.steps": compared(
        linked(owner="user_id"), linked(owner="step.user_id"), FindingKind.OWNER_CHANGED
    ),
    "OwnerModel.table": compared(
        linked(owner="user.user_id"),
        linked(owner="step.user_id"),
        FindingKind.OWNER_CHANGED,
    ),
    "OwnerModel.column": compared(
        linked(owner="user.user_id"), linked(owner="user.other_id"), FindingKind.OWNER_CHANGED
    ),
    "OwnerStep.table": compared(
        linked(owner="step.user.user_id", step="steps.id"),
        linked(owner="step.user.user_id", step="paces.id"),
        FindingKind.OWNER_CHANGED,
        FindingKind.FOREIGN_KEY_ADDED,
        FindingKind.DELETES_REFUSED,
    ),
    "OwnerStep.column": compared(
        linked(owner="step.user_id"), linked(owner="more.user_id"), FindingKind.OWNER_CHANGED
    ),
    "OwnerStep.target_table": compared(
        linked(owner="step.user_id", step="steps.id"),
        linked(owner="step.user_id", step="paces.id"),
        FindingKind.OWNER_CHANGED,
        FindingKind.FOREIGN_KEY_ADDED,
        FindingKind.DELETES_REFUSED,
    ),
    "OwnerStep.target_column": compared(
        linked(owner="user.user_id", user="users.id"),
        linked(owner="user.user_id", user="users.code"),
        FindingKind.OWNER_CHANGED,
        FindingKind.FOREIGN_KEY_ADDED,
        FindingKind.DELETES_REFUSED,
    ),
    "UploadModel.absent": compared(
        *two(
            lambda absent: schema(value=of(int | None, default=1), more=uploads(absent=absent)),
            "null",
            "default",
        ),
        FindingKind.NULL_REPLACED,
    ),
    "UploadModel.refused": compared(
        *options(uploads(), uploads(refused="drop")), FindingKind.REFUSALS_CHANGED
    ),
    "UploadModel.version": compared(
        *options(uploads(), uploads(version="value")), FindingKind.VERSION_ASKED
    ),
    "UploadModel.compare_previous": compared(
        *options(
            {"track_previous": True}, {"track_previous": True, **uploads(compare_previous=True)}
        ),
        FindingKind.COMPARED,
    ),
    "UploadModel.server_wins": compared(
        *options(uploads(), uploads(server_wins=["value"])), FindingKind.SERVER_WINS
    ),
    "TrackPrevious.columns": harmless(
        *options({"track_previous": ["value"]}, {"track_previous": True}), _PREVIOUS
    ),
    "TrackPrevious.only_when_changed": harmless(
        *options(
            {"track_previous": True},
            {"track_previous": True, "track_previous_when_changed": True},
        ),
        _PREVIOUS,
    ),
}
"""By the records of ``dualschema.model`` and their fields."""

TYPES: dict[str, Decision] = {
    "Text.min_length": columns(of(str), of(str, min_length=1), _NARROWED),
    "Text.max_length": columns(of(str), of(str, max_length=9), _NARROWED),
    "Text.pattern": columns(of(str), of(str, pattern="^a"), _NARROWED),
    "Timestamp.precision": columns(of(datetime), of(datetime, precision=6), _FORM),
    "TimeOfDay.precision": columns(of(time), of(time, precision=6), _FORM),
    "Numeric.precision": columns(
        *two(lambda digits: of(Decimal, precision=digits, scale=2), 9, 8), _NARROWED
    ),
    "Numeric.scale": columns(
        *two(lambda digits: of(Decimal, precision=9, scale=digits), 2, 1), _NARROWED
    ),
    **{
        f"{name}.{bound}": columns(of(kind), of(kind, **{bound: value}), _NARROWED)
        for name, kind in {
            "Numeric": Decimal,
            "Real": float,
            "Integer": int,
            "BigInteger": ds.BigInt,
            "LongInteger": ds.Int64,
        }.items()
        for bound, value in _BOUNDS.items()
    },
    "Choice.annotation": columns(of(Literal["a", "b"]), of(Literal["a"]), _NARROWED),
    "Choice.members": columns(of(Literal["a"]), of(Literal["a", "b"]), _WIDENED),
    "IntegerChoice.annotation": columns(of(Literal[1, 2]), of(Literal[1]), _NARROWED),
    "IntegerChoice.members": columns(of(Literal[1]), of(Literal[1, 2]), _WIDENED),
    "Json.annotation": columns(of(list[int]), of(list[str]), _NARROWED),
}
"""By the column types and their fields."""

DECISIONS = {**MODEL, **TYPES}
