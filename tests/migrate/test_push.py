"""``push``: what is renamed, converted, lost, refused, and left alone."""

from __future__ import annotations

import multiprocessing
from typing import Any, Literal

import pytest
import sqlalchemy as sa

import dualschema as ds
from dualschema.errors import MigrationError
from dualschema.migrate import differences, plan_push, push
from dualschema.migrate.compare import operations
from tests.metadata.world import FIRST, make_schema
from tests.migrate.databases import Database
from tests.schema.define import define

NOTE = define("notes", {"text": str})


def texts(plan: Any) -> list[str]:
    return [step.text for step in plan.steps]


def test_a_second_push_finds_nothing_to_do(database: Database) -> None:
    first = database.push(NOTE)

    assert ["create table notes"] == texts(first)
    assert [] == texts(database.push(NOTE))


def test_a_column_that_was_computed_keeps_its_values(database: Database) -> None:
    database.push(NOTE)
    database.run(
        "ALTER TABLE notes ADD size int NOT NULL GENERATED ALWAYS AS (length(text)) STORED"
    )
    database.run("INSERT INTO notes (id, text) VALUES ('n', 'hello')")
    sized = define("notes", {"text": str, "size": int})

    before = database.catalog()
    with database.engine.begin() as connection:
        [step] = plan_push(connection, ds.Schema(sized)).steps
        operations(connection).invoke(step.up)
    assert before != database.catalog()
    with database.engine.begin() as connection:
        operations(connection).invoke(step.down)
    assert before == database.catalog()

    assert ["compute notes.size no more"] == texts(database.push(sized))

    database.run("UPDATE notes SET size = size + 1")
    assert [(6,)] == database.run("SELECT size FROM notes")
    assert [] == texts(database.push(sized))


def test_tables_and_columns_are_renamed_and_the_names_of_constraints_follow(
    database: Database,
) -> None:
    user = define("users", {"name": (str, {"max_length": 9})})
    key = ds.ForeignKey("users")
    database.push(
        user,
        define(
            "notes",
            {
                "text": (str, {"max_length": 5, "unique": True}),
                "user_id": (str | None, {"foreign_key": key, "index": True}),
            },
        ),
    )
    database.run("INSERT INTO users VALUES ('u', 'Ada')")
    database.run("INSERT INTO notes VALUES ('n', 'hello', 'u')")

    person = define("people", {"name": (str, {"max_length": 9})}, was="users")
    memo = define(
        "memos",
        {
            "body": (str, {"max_length": 5, "unique": True, "was": "text"}),
            "person_id": (
                str | None,
                {"foreign_key": ds.ForeignKey("people"), "index": True, "was": "user_id"},
            ),
        },
        was="notes",
    )
    plan = database.push(person, memo)

    assert () == plan.losses
    assert {"rename"} == {text.split()[0] for text in texts(plan)}
    assert [("n", "hello", "u")] == database.run("SELECT id, body, person_id FROM memos")
    assert {
        "memos_body_key",
        "memos_body_length_check",
        "memos_person_id_fkey",
        "memos_person_id_idx",
        "memos_pkey",
        "people_name_length_check",
        "people_pkey",
    } == database.names()
    assert [] == texts(database.push(person, memo))


def test_a_rename_that_is_done_is_left_alone(database: Database) -> None:
    renamed = define("notes", {"body": (str, {"was": "text"})})
    database.push(renamed)
    database.run("ALTER TABLE notes ADD text text")

    assert ["drop column notes.text"] == texts(database.push(renamed))


@pytest.mark.parametrize("styles", [("portable", "native"), ("native", "portable")])
def test_values_take_the_other_style(database: Database, styles: tuple[Any, Any]) -> None:
    old, new = map(make_schema, styles)
    database.push(old)
    database.run("INSERT INTO users VALUES ('u1', 'Ada')")
    thing: Any = old.tables[1]
    database.write(thing(**FIRST | {"raw": bytes(range(256))}))

    database.push(new, allow_data_loss=True)

    table = new.metadata.tables["things"]
    with database.engine.connect() as connection:
        [row] = connection.execute(sa.select(table)).mappings()
    assert dict(row) == FIRST | {"raw": bytes(range(256))}


def test_what_would_be_lost_is_named_and_kept(database: Database) -> None:
    database.push(define("notes", {"text": str, "size": ds.BigInt}), define("gone"))
    database.run("INSERT INTO notes VALUES ('n', 'hello', 7)")
    database.run("INSERT INTO gone VALUES ('g')")
    before = database.catalog()
    smaller = define("notes", {"size": int})

    with pytest.raises(MigrationError) as caught:
        database.push(smaller)

    assert "this would be lost: table gone and its rows (and 2 more)" == str(caught.value)
    assert before == database.catalog()
    plan = database.push(smaller, allow_data_loss=True)
    assert (
        "table gone and its rows",
        "column notes.text and its values",
        "values of notes.size that integer does not hold as bigint does",
    ) == plan.losses
    assert [("n", 7)] == database.run("SELECT * FROM notes")


def test_nothing_is_lost_where_no_row_is(database: Database) -> None:
    database.push(define("notes", {"text": str}), define("gone"))

    assert () == database.push(define("notes", {"number": int})).losses


def test_tables_of_others_are_left_alone(database: Database) -> None:
    database.run("CREATE TABLE others (id int PRIMARY KEY)")
    database.push(NOTE, define("ours"))
    database.run("CREATE TABLE later (id int REFERENCES others)")

    assert ["drop table ours"] == texts(database.push(NOTE))
    assert {"others", "later", "notes"} == {row[0] for row in database.catalog()[0]}


def test_a_table_that_somebody_else_made_becomes_as_it_is_defined(database: Database) -> None:
    database.run("CREATE TABLE notes (id varchar(9) PRIMARY KEY, text text)")

    database.push(NOTE)
    fresh = [
        ("notes", name, "text", True, None, "", "default", None, None) for name in ("id", "text")
    ]
    assert fresh == database.catalog()[0]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            {},
            {"text": str},
            (
                "notes.text is not nullable and has no default that the database knows, so the "
                "rows that are there would have no value: give it one (default=, "
                "server_default=), or make it nullable"
            ),
        ),
        (
            {"text": str | None},
            {"text": str},
            "notes.text is to hold no NULL, and holds some: give these rows a value first",
        ),
    ],
)
def test_rows_without_a_value_refuse_a_column_that_needs_one(
    database: Database, old: Any, new: Any, message: str
) -> None:
    database.push(define("notes", old))
    database.run("INSERT INTO notes (id) VALUES ('n')")

    with pytest.raises(MigrationError) as caught:
        database.push(define("notes", new), allow_data_loss=True)

    assert message == str(caught.value)
    database.run("DELETE FROM notes")
    assert 1 == len(database.push(define("notes", new)).steps)


@pytest.mark.parametrize(
    ("new", "message"),
    [
        (
            {"text": (str, {"max_length": 2})},
            (
                "cannot add check notes_text_length_check to notes: check constraint "
                '"notes_text_length_check" of relation "notes" is violated by some row; change '
                "such rows first"
            ),
        ),
        (
            {"text": int},
            (
                "cannot change type of notes.text from text to integer: invalid input syntax for "
                "type integer: ...; change such values first"
            ),
        ),
    ],
)
def test_rows_that_do_not_fit_refuse_a_step_and_nothing_is_changed(
    database: Database, new: Any, message: str
) -> None:
    database.push(NOTE)
    database.run("INSERT INTO notes VALUES ('n', 'hello')")
    before = database.catalog()

    with pytest.raises(MigrationError) as caught:
        database.push(define("notes", new), allow_data_loss=True)

    assert message == str(caught.value)
    assert before == database.catalog()


def test_each_kind_of_change_is_seen(database: Database) -> None:
    database.push(
        define(
            "notes",
            {
                "kind": (Literal["a", "b"], {"default": "a"}),
                "parent": (str | None, {"foreign_key": ds.ForeignKey("notes")}),
                "at": (str, {"doc": "old"}),
            },
            indexes=[ds.Index("at", name="notes_at")],
            checks=[ds.Check("at <> ''", name="notes_filled")],
            doc="Old.",
        )
    )
    key = ds.ForeignKey("notes", on_delete="cascade")
    changed = define(
        "notes",
        {
            "kind": (Literal["a", "b", "c"], {"default": "b"}),
            "parent": (str | None, {"foreign_key": key}),
            "at": (str, {"doc": "new"}),
        },
        indexes=[ds.Index("-at", name="notes_at")],
        checks=[ds.Check("at <> ' '", name="notes_filled")],
        doc="New.",
    )

    assert [
        "drop foreign key notes_parent_fkey of notes",
        "drop check notes_filled of notes",
        "drop check notes_kind_check of notes",
        "drop index notes_at of notes",
        "set default of notes.kind",
        "comment on column notes.at",
        "comment on table notes",
        "add index notes_at to notes",
        "add check notes_filled to notes",
        "add check notes_kind_check to notes",
        "add foreign key notes_parent_fkey to notes",
    ] == texts(database.push(changed))
    assert [] == texts(database.push(changed))


def test_tables_may_refer_to_each_other_in_a_circle(database: Database) -> None:
    def other(name: str) -> Any:
        return (str | None, {"foreign_key": ds.ForeignKey(name)})

    database.push(define("a", {"b_id": other("b")}), define("b", {"a_id": other("a")}))
    database.push(NOTE)

    assert {"notes"} == {row[0] for row in database.catalog()[0]}


def test_a_unique_constraint_stands_for_an_index_of_its_name(database: Database) -> None:
    database.run("CREATE TABLE notes (id text PRIMARY KEY, a text NOT NULL, b text NOT NULL)")
    database.run("ALTER TABLE notes ADD CONSTRAINT pair UNIQUE (a, b)")
    columns: dict[str, Any] = {"a": str, "b": str}

    def index(*names: str, unique: bool = True) -> type[ds.Table]:
        return define("notes", columns, indexes=[ds.Index(*names, name="pair", unique=unique)])

    assert [] == texts(database.push(index("a", "b")))
    drop, add = "drop unique constraint pair of notes", "add index pair to notes"
    assert [drop, add] == texts(database.push(index("b", "a")))
    database.run("DROP INDEX pair; ALTER TABLE notes ADD CONSTRAINT pair UNIQUE (a, b)")
    assert [drop, add] == texts(database.push(index("a", "b", unique=False)))
    database.run("DROP INDEX pair; ALTER TABLE notes ADD CONSTRAINT pair UNIQUE (a, b)")
    assert [drop] == texts(database.push(define("notes", columns)))


@pytest.mark.parametrize("kind", ["timestamptz", "time"])
def test_times_without_a_precision_keep_their_microseconds(database: Database, kind: str) -> None:
    database.run(f"CREATE TABLE notes (id text PRIMARY KEY, at {kind})")
    database.run("INSERT INTO notes VALUES ('a', '2024-01-01 12:00:00.000001Z')")

    database.push(define("notes", {"at": (str | None, {})}))

    [(text,)] = database.run("SELECT at FROM notes")
    assert "12:00:00.000001" in text


def test_the_differences_are_operations_of_alembic(database: Database) -> None:
    with database.engine.begin() as connection:
        found = differences(connection, ds.Schema(NOTE)).ops

    assert ["CreateTableOp"] == [type(op).__name__ for op in found]
    assert [[], [], [], []] == database.catalog()


def _push_in_a_process(url: Any, results: Any) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        table = define("notes", {f"c{number}": str for number in range(20)})
        results.put(len(push(connection, ds.Schema(table)).steps))
    engine.dispose()


def test_two_processes_do_not_race(postgres_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    url = postgres_url.replace("postgresql://", "postgresql+psycopg://")
    running = [context.Process(target=_push_in_a_process, args=(url, results)) for _ in range(2)]
    for each in running:
        each.start()
    made = [results.get(timeout=120) for _ in running]
    for each in running:
        each.join()

    assert [0, 1] == sorted(made)


def test_a_database_that_has_run_migrations_is_told_so(database: Database) -> None:
    note = define("notes")
    made = "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)"
    for sql, last in (
        (made, None),  # all were undone
        ("INSERT INTO alembic_version VALUES ('one')", "one"),
        ("INSERT INTO alembic_version VALUES ('two')", "one and two"),
        ("ALTER TABLE alembic_version RENAME version_num TO other", None),
        ("DROP TABLE alembic_version", None),
        ("CREATE TABLE dualschema_migrations (revision text PRIMARY KEY)", None),
        ("INSERT INTO dualschema_migrations VALUES ('one')", ""),
    ):
        database.run(sql)
        with database.engine.begin() as connection:
            notes = plan_push(connection, ds.Schema(note)).notes
        assert (last is not None) == bool(notes), sql
        assert all(f"the last one is {last}, " in each for each in notes if last), sql
    assert 1 == len(database.push(note).notes)
    assert () == database.push(note).notes
