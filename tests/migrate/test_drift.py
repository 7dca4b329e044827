"""What others changed in tables of the definition: a push sees it, and puts it right."""

from __future__ import annotations

from typing import Any, Final

import pytest

import dualschema as ds
from dualschema.errors import MigrationError
from tests.metadata.catalogs import Postgres
from tests.migrate.databases import Database, fresh_database
from tests.schema.define import define

PLAIN: Final = {"text": str | None}
NUMBERED: Final = {"text": (int, {"default": 0})}
SHORT: Final = {"text": (str | None, {"max_length": 9})}
UNIQUE: Final = {"text": (str | None, {"unique": True})}
INDEXED: Final = {"text": (str | None, {"index": "{}_idx"})}
COUNTED: Final[dict[str, Any]] = {"key": {"id": (int, {"primary_key": True})}, "sync": False}

COLUMN: Final = "ALTER TABLE {0} ALTER text"
GENERATED: Final = "ALTER TABLE {0} DROP text, ADD text"
INDEX: Final = "DROP INDEX {0}_idx; CREATE INDEX {0}_idx ON {0}"

# By the table that it is about.
DRIFTS: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "sorted_otherwise": (PLAIN, COLUMN + ' TYPE text COLLATE "C"'),
    "sorted_and_checked": (SHORT, COLUMN + ' TYPE text COLLATE "POSIX"'),
    "generated": (PLAIN, GENERATED + " text GENERATED ALWAYS AS (upper(id) || 'x') STORED"),
    "generated_otherwise": (
        NUMBERED,
        GENERATED + " bigint NOT NULL GENERATED ALWAYS AS (length(id)) STORED",
    ),
    "generated_of_another": (
        PLAIN,
        "ALTER TABLE {0} ADD b int; " + GENERATED + " text GENERATED ALWAYS AS (b || 'x') STORED",
    ),
    "both_of_others": (
        PLAIN,
        "ALTER TABLE {0} ADD b int, ADD a int GENERATED ALWAYS AS (b + 1) STORED",
    ),
    "identity": (NUMBERED, COLUMN + " DROP DEFAULT, ALTER text ADD GENERATED ALWAYS AS IDENTITY"),
    "steps": (COUNTED, "ALTER SEQUENCE {0}_id_seq INCREMENT 5 MAXVALUE 900 CYCLE"),
    "small_steps": (COUNTED, "ALTER SEQUENCE {0}_id_seq AS smallint"),
    "name": (COUNTED, "ALTER SEQUENCE {0}_id_seq RENAME TO another_seq"),
    "partial": (INDEXED, INDEX + " (text) WHERE id <> ''"),
    "hashed": (INDEXED, INDEX + " USING hash (text)"),
    "holds_more": (INDEXED, INDEX + " (text) INCLUDE (id)"),
    "of_class": (INDEXED, INDEX + " (text text_pattern_ops)"),
    "collated": (INDEXED, INDEX + ' (text COLLATE "C")'),
    "nulls_first": (INDEXED, INDEX + " (text NULLS FIRST)"),
    "over_expression": (INDEXED, INDEX + " (lower(text))"),
    "partial_elsewhere": (
        INDEXED,
        "DROP INDEX {0}_idx; CREATE INDEX {0}_mine ON {0} (text) WHERE id <> ''",
    ),
    "expression_elsewhere": (PLAIN, "CREATE INDEX {0}_mine ON {0} (lower(text))"),
    "may_wait": (
        UNIQUE,
        (
            "ALTER TABLE {0} DROP CONSTRAINT {0}_text_key; "
            "ALTER TABLE {0} ADD CONSTRAINT {0}_text_key UNIQUE (text) DEFERRABLE"
        ),
    ),
    "not_valid": (
        SHORT,
        (
            "ALTER TABLE {0} DROP CONSTRAINT {0}_text_length_check; "
            "ALTER TABLE {0} ADD CONSTRAINT {0}_text_length_check "
            "CHECK (length(text) <= 9) NOT VALID"
        ),
    ),
    "exclusion": (PLAIN, "ALTER TABLE {0} ADD CONSTRAINT mine EXCLUDE USING hash (text WITH =)"),
}

# Only of what is none of the definition's: columns, and the type of one.
LOSSES: Final = {
    "column both_of_others.a and its values",
    "column both_of_others.b and its values",
    "column generated_of_another.b and its values",
    "values of generated_otherwise.text that integer does not hold as bigint does",
}


def make(name: str, said: dict[str, Any]) -> type[ds.Table]:
    """Define a table, of which ``said`` has the columns, or another key."""
    if "key" in said:
        return define(name, PLAIN, **said)
    indexed = {"text": (str | None, {"index": f"{name}_idx"})}
    return define(name, indexed if said is INDEXED else said)


def test_it_is_put_right_and_no_row_is_lost(postgres_connection: Postgres) -> None:
    tables = [make(name, said) for name, (said, _) in DRIFTS.items()]
    with fresh_database(postgres_connection) as database:
        database.push(*tables)
        fresh = database.catalog()
    with fresh_database(postgres_connection) as database:
        database.push(*tables)
        for name, (_, sql) in DRIFTS.items():
            database.run(f"INSERT INTO {name} VALUES ('1')")
            database.run(sql.format(name))
        rows = contents(database)

        plan = database.push(*tables, allow_data_loss=True)

        for made, found in zip(fresh, database.catalog(), strict=True):
            assert set() == set(made) ^ set(found)
        assert rows == contents(database)
        assert set(plan.losses) == LOSSES
        assert [] == [step.text for step in database.push(*tables).steps]


def contents(database: Database) -> dict[str, list[Any]]:
    return {name: database.run(f"SELECT id::text, text::text FROM {name}") for name in DRIFTS}


def test_what_cannot_be_put_right_is_named(database: Database) -> None:
    [(version,)] = database.run("SELECT current_setting('server_version_num')::int")
    if version < 180000:
        pytest.skip("Postgres has virtual columns from 18 on")
    note = define("notes", PLAIN)
    database.push(note)
    database.run("ALTER TABLE notes DROP text, ADD text text GENERATED ALWAYS AS (id) VIRTUAL")

    with pytest.raises(MigrationError) as caught:
        database.push(note)

    assert (
        "notes.text is generated by Postgres whenever it is read, so there are no values to keep: "
        "drop the column, and push again"
    ) == str(caught.value)


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER SEQUENCE notes_id_seq INCREMENT 5",
        (
            "CREATE SEQUENCE others; ALTER TABLE notes ALTER id SET DEFAULT nextval('others');"
            "DROP SEQUENCE notes_id_seq"
        ),
        (
            "ALTER TABLE notes ALTER id DROP DEFAULT; DROP SEQUENCE notes_id_seq;"
            "ALTER TABLE notes ALTER id ADD GENERATED ALWAYS AS IDENTITY"
        ),
    ],
    ids=["steps", "somebody else's", "identity"],
)
def test_keys_are_counted_on(database: Database, sql: str) -> None:
    counted = define("notes", PLAIN, **COUNTED)
    database.push(counted)
    database.run(sql)
    database.run("INSERT INTO notes DEFAULT VALUES")

    assert 0 < len(database.push(counted).steps)

    assert [(2,)] == database.run("INSERT INTO notes DEFAULT VALUES RETURNING id")
    assert [(9,)] == database.run("INSERT INTO notes VALUES (9) RETURNING id")
    assert () == database.push(counted).steps
