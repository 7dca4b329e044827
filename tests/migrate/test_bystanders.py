"""What stands beside the definition in a database: a push leaves it as it is, or names it."""

from __future__ import annotations

from typing import Any

import pytest

import dualschema as ds
from dualschema.errors import MigrationError
from dualschema.migrate import push
from tests.migrate.databases import Database
from tests.schema.define import define

NOTE = define("notes", {"text": str, "size": int})
OTHER_TEXT = define("notes", {"text": int, "size": int})
MORE = define("notes", {"text": str, "size": int, "more": str | None})
NO_TEXT = define("notes", {"size": int})
KEPT = "; drop that first, and make it again afterwards"

TRIGGER = """
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER mine BEFORE {} ON notes FOR EACH ROW EXECUTE FUNCTION nothing()
"""

STANDING = """
SELECT 'trigger', pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace)
UNION ALL SELECT 'policy', policyname || qual FROM pg_policies WHERE schemaname = current_schema()
UNION ALL SELECT 'view', definition FROM pg_views WHERE schemaname = current_schema()
UNION ALL SELECT 'statistics', stxname FROM pg_statistic_ext
    WHERE stxnamespace = current_schema()::regnamespace
UNION ALL SELECT 'table', relname || relrowsecurity || relforcerowsecurity || relacl::text
    FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
        AND relname NOT LIKE 'dualschema%'
ORDER BY 1, 2
"""


def standing(database: Database) -> list[tuple[Any, ...]]:
    return database.run(STANDING.replace("%", "%%"))


def test_what_others_built_on_a_table_stays(database: Database) -> None:
    database.push(NOTE)
    database.run(TRIGGER.format("UPDATE OF text"))
    database.run("ALTER TABLE notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    database.run("CREATE POLICY mine ON notes USING (text = current_user)")
    database.run("CREATE VIEW words AS SELECT id, text FROM notes")
    database.run("CREATE STATISTICS mine ON id, text FROM notes")
    database.run("GRANT SELECT ON notes TO PUBLIC")
    before = standing(database)

    database.push(
        define(
            "memos",
            {
                "body": (str, {"was": "text", "max_length": 5}),
                "size": ds.BigInt,
                "more": str | None,
            },
            was="notes",
        )
    )

    after = standing(database)
    assert {"policy", "statistics", "table", "trigger", "view"} == {kind for kind, _ in before}
    assert before == [
        (
            kind,
            text.replace("body AS text", "text").replace("memos", "notes").replace("body", "text"),
        )
        for kind, text in after
    ]


@pytest.mark.parametrize(
    ("sql", "new", "message"),
    [
        pytest.param(
            "CREATE VIEW words AS SELECT text FROM notes",
            OTHER_TEXT,
            "cannot change type of notes.text from text to integer: cannot alter type of a column "
            'used by a view or rule (rule _RETURN on view words depends on column "text")' + KEPT,
            id="view",
        ),
        pytest.param(
            "CREATE VIEW words AS SELECT text FROM notes",
            NO_TEXT,
            "cannot drop column notes.text: cannot drop column text of table notes because other "
            "objects depend on it (view words depends on column text of table notes)" + KEPT,
            id="view of a column that goes",
        ),
        pytest.param(
            TRIGGER.format("UPDATE OF text"),
            OTHER_TEXT,
            "cannot change type of notes.text from text to integer: cannot alter type of a column "
            'used in a trigger definition (trigger mine on table notes depends on column "text")'
            + KEPT,
            id="trigger",
        ),
        pytest.param(
            "CREATE POLICY mine ON notes USING (text = 'x')",
            OTHER_TEXT,
            "cannot change type of notes.text from text to integer: cannot alter type of a column "
            'used in a policy definition (policy mine on table notes depends on column "text")'
            + KEPT,
            id="policy",
        ),
        pytest.param(
            "CREATE TABLE others (note_id text REFERENCES notes)",
            define(
                "notes", {"text": str, "size": int}, key={"id": (ds.Int64, {"primary_key": True})}
            ),
            "cannot change type of notes.id from text to bigint: foreign key constraint "
            '"others_note_id_fkey" cannot be implemented (Key columns "note_id" of the referencing '
            'table and "id" of the referenced table are of incompatible types: text and bigint); '
            "change or drop that first",
            id="foreign key",
        ),
        pytest.param(
            "CREATE VIEW memos AS SELECT 1 AS id",
            define("memos"),
            'cannot create table memos: relation "memos" already exists; drop or rename what is '
            "called so",
            id="name",
        ),
    ],
)
def test_what_stands_in_the_way_is_named(
    database: Database, sql: str, new: Any, message: str
) -> None:
    database.push(NOTE)
    database.run(sql)
    before = (database.catalog(), standing(database))

    with pytest.raises(MigrationError) as caught:
        database.push(*([new] if new.__name__ == "Notes" else [NOTE, new]))

    assert message == _as_of_postgres_18(str(caught.value))
    assert before == (database.catalog(), standing(database))


def _as_of_postgres_18(message: str) -> str:
    """Return a message with the words that it has there."""
    for word, side in (("note_id", "referencing"), ("id", "referenced")):
        whole = f'"{word}" of the {side} table'
        if whole not in message:
            message = message.replace(f'"{word}" ', f"{whole} ", 1)
    return message


def test_a_role_without_rights_is_told_so(database: Database) -> None:
    database.push(NOTE)
    role = f"weak_{database.space}"
    database.run(
        f"CREATE ROLE {role}; GRANT USAGE ON SCHEMA {database.space} TO {role}; "
        f"GRANT SELECT ON dualschema_tables, notes TO {role}"
    )
    try:
        with database.engine.connect() as connection:
            connection.exec_driver_sql(f"SET LOCAL ROLE {role}")
            with pytest.raises(MigrationError) as caught:
                push(connection, ds.Schema(MORE))
    finally:
        database.run(f"DROP OWNED BY {role}; DROP ROLE {role}")

    assert (
        "cannot add column notes.more: must be owner of table notes; "
        "log in as a role that may do it, its owner for one"
    ) == str(caught.value)


def test_tables_of_another_schema_on_the_search_path_are_left_alone(database: Database) -> None:
    """Also where they are called as ours are, and where a push made them."""
    database.push(NOTE, define("gone"))
    database.run("INSERT INTO notes VALUES ('n', 'x', 1)")
    first = f"{database.space}_first"
    database.run(f"CREATE SCHEMA {first}")
    try:
        with database.engine.begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL search_path = {first}, {database.space}")
            made = push(connection, ds.Schema(OTHER_TEXT))
            assert ["create table notes"] == [step.text for step in made.steps]
            assert () == push(connection, ds.Schema(OTHER_TEXT)).steps
            dropped = push(connection, ds.Schema())
            assert ["drop table notes"] == [step.text for step in dropped.steps]
    finally:
        database.run(f"DROP SCHEMA {first} CASCADE")

    assert [("n", "x", 1)] == database.run("SELECT * FROM notes")
    assert {"gone", "notes"} == {row[0] for row in database.catalog()[0]}


@pytest.mark.parametrize("name", ["a\nb", "a, b", "a) REFERENCES b(", 'a"b', "a\\b"])
def test_foreign_keys_have_any_names(database: Database, name: str) -> None:
    quoted = '"{}"'.format(name.replace('"', '""'))
    database.push(NOTE)
    fresh = database.catalog()
    database.run(f"CREATE TABLE {quoted} ({quoted} text PRIMARY KEY)")
    database.run(f"CREATE TABLE other ({quoted} text REFERENCES {quoted} ON DELETE CASCADE)")
    assert () == database.push(NOTE).steps
    assert len(fresh[0]) + 2 == len(database.catalog()[0])  # theirs stay

    database.run(f"ALTER TABLE notes ADD {quoted} text REFERENCES {quoted}")
    done = database.push(NOTE)

    assert [f"drop foreign key notes_{name}_fkey of notes", f"drop column notes.{name}"] == [
        step.text for step in done.steps
    ]
    database.run(f"DROP TABLE other, {quoted}")
    assert fresh == database.catalog()


def test_foreign_keys_of_hundreds_of_tables_have_any_names(database: Database) -> None:
    tables = [define(f"t{number}", {"text": str}) for number in range(101)]
    database.push(*tables)
    database.run('CREATE TABLE a (id text PRIMARY KEY, "a\nb" text REFERENCES a)')

    assert () == database.push(*tables).steps
