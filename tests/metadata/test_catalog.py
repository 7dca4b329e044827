"""What stands in the databases' catalogs once the tables are made: nothing more, nothing less."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import dualschema as ds
from dualschema.model import ColumnModel
from tests.metadata.world import SQLITE, World, make_schema

NATIVE = {
    "flag": "BOOLEAN",
    "maybe": "BOOLEAN",
    "made": "TIMESTAMP",
    "changed": "TIMESTAMP",
    "day": "DATE",
    "at": "TIME",
    "token": "UUID",
    "raw": "BYTEA",
}
POSTGRES_TYPES = {
    "id": "TEXT",
    "name": "TEXT",
    "flag": "INTEGER",
    "maybe": "INTEGER",
    "count": "INTEGER",
    "big": "BIGINT",
    "huge": "BIGINT",
    "ratio": "DOUBLE PRECISION",
    "price": "NUMERIC(12, 2)",
    "made": "TEXT",
    "changed": "TEXT",
    "day": "TEXT",
    "at": "TEXT",
    "took": "BIGINT",
    "token": "TEXT",
    "kind": "TEXT",
    "level": "INTEGER",
    "raw": "TEXT",
    "laps": "JSONB",
    "extra": "JSONB",
    "user_id": "TEXT",
}


def inspector(world: World) -> sa.Inspector:
    """Look into the catalog of the database that holds the world."""
    return sa.inspect(world.connection)


def test_types(world: World) -> None:
    found = {c["name"]: str(c["type"]) for c in inspector(world).get_columns("things")}

    if world.dialect == "sqlite":
        columns = world.schema.model.by_name["things"].columns
        assert {column.name: column.type.storage.value for column in columns} == found
    else:
        expected = POSTGRES_TYPES | (NATIVE if world.style == "native" else {})
        assert expected == found


def test_precision_and_zone() -> None:
    text = make_schema("native").ddl("postgresql")

    assert "made TIMESTAMP(3) WITH TIME ZONE NOT NULL," in text
    assert "at TIME(3) WITHOUT TIME ZONE," in text


@pytest.mark.parametrize("made_world", SQLITE, indirect=True, ids="-".join)
def test_sqlite_declares_three_types_and_refuses_all_others(world: World) -> None:
    declared = {row[2] for row in world.raw("PRAGMA table_info(things)")}
    strict = world.raw("SELECT name, strict FROM pragma_table_list WHERE name IN ('things')")

    assert {"TEXT", "INTEGER", "REAL"} == declared
    assert [("things", 1)] == strict


def test_nulls_and_keys(world: World) -> None:
    found = {c["name"]: c["nullable"] for c in inspector(world).get_columns("things")}
    key = inspector(world).get_pk_constraint("things")

    assert {c.name: c.nullable for c in world.schema.model.by_name["things"].columns} == found
    assert ("things_pkey", ["id"]) == (key["name"], key["constrained_columns"])


def test_defaults(world: World) -> None:
    found = {
        c["name"]: str(c["default"]).removesuffix("::text").removesuffix("::jsonb")
        for c in inspector(world).get_columns("things")
        if c["default"] is not None
    }
    truth = "false" if (world.dialect, world.style) == ("postgresql", "native") else "0"

    assert {"flag": truth, "count": "0", "kind": "'plain'", "level": "3", "laps": "'[]'"} == found


def test_unique_constraints_and_indexes(world: World) -> None:
    look = inspector(world)
    [unique] = look.get_unique_constraints("users")
    indexes: dict[str | None, Any] = {index["name"]: index for index in look.get_indexes("things")}

    assert ("users_name_key", ["name"]) == (unique["name"], unique["column_names"])
    assert {"things_newest", "things_owner"} == set(indexes)
    assert ["made", "name"] == indexes["things_newest"]["column_names"]
    assert ["user_id"] == indexes["things_owner"]["column_names"]
    assert not any(index["unique"] for index in indexes.values())
    column = "sql" if world.dialect == "sqlite" else "indexdef"
    source = "sqlite_master" if world.dialect == "sqlite" else "pg_indexes"
    key = "name" if world.dialect == "sqlite" else "indexname"
    [(text,)] = world.raw(f"SELECT {column} FROM {source} WHERE {key} = 'things_newest'")
    assert text.endswith("(made DESC, name)")


def test_foreign_keys(world: World) -> None:
    [key] = inspector(world).get_foreign_keys("things")

    assert "things_user_id_fkey" == key["name"]
    assert ["user_id"] == key["constrained_columns"]
    assert ("users", ["id"]) == (key["referred_table"], key["referred_columns"])
    options = {"ondelete": "CASCADE", "deferrable": True}
    assert options == {k: v for k, v in key["options"].items() if k != "initially"}


def test_checks(world: World) -> None:
    found = {check["name"] for check in inspector(world).get_check_constraints("things")}
    expected = {
        "things_name_length_check",
        "things_flag_check",
        "things_maybe_check",
        "things_count_range_check",
        "things_kind_check",
        "things_level_check",
    }
    if (world.dialect, world.style) == ("postgresql", "native"):
        expected -= {"things_flag_check", "things_maybe_check"}

    assert expected == found


def test_comments(world: World) -> None:
    if world.dialect == "postgresql":
        table = inspector(world).get_table_comment("things")["text"]
        columns = {c["name"]: c["comment"] for c in inspector(world).get_columns("things")}
        assert "A thing with a column of every type; it's 100% :certain." == table
        assert {"name": "what it's called"} == {k: v for k, v in columns.items() if v}
    else:
        text = world.schema.ddl("sqlite")
        assert "-- A thing with a column of every type; it's 100% :certain.\n" in text
        assert "-- name: what it's called\n" in text


def test_alembic_finds_no_difference(world: World) -> None:
    options = {"compare_type": True, "compare_server_default": True}
    context = MigrationContext.configure(world.connection, opts=options)

    assert [] == compare_metadata(context, world.schema.metadata)


def test_every_column_of_the_metadata_carries_its_model(world: World) -> None:
    models: list[ColumnModel] = [c.info["dualschema"] for c in world.table.columns]

    assert world.schema.model.by_name["things"] is world.table.info["dualschema"]
    assert world.schema.model.by_name["things"].columns == tuple(models)


STANDING: dict[str, Any] = {
    "synced": True,
    "server": False,
    "local": "local_only",
    "inserts": "insert_only",
}


def schema_of_all_kinds() -> ds.Schema:
    """Define a table of each kind of synchronisation."""

    def define(name: str, sync: Any) -> type[ds.Table]:
        class Made(ds.Table, name=name, sync=sync):
            id: ds.Column[str] = ds.column(primary_key=True)

        return Made

    return ds.Schema(*(define(name, sync) for name, sync in STANDING.items()))


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        ("postgresql", ["synced", "server", "inserts"]),
        ("sqlite", ["synced", "local", "inserts"]),
    ],
)
def test_tables_stand_where_they_are_needed(dialect: Any, expected: list[str]) -> None:
    text = schema_of_all_kinds().ddl(dialect)

    assert expected == [name for name in STANDING if f"CREATE TABLE {name} (" in text]


def test_create_all_makes_the_tables_that_are_needed_there() -> None:
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        schema_of_all_kinds().create_all(connection)
    found = sa.inspect(engine).get_table_names()
    engine.dispose()

    assert ["inserts", "local", "synced"] == sorted(found)
