"""Tables that PowerSync cannot follow are found, and what is advised makes them followed."""

from __future__ import annotations

import pytest

from tests.doctor.conftest import PUSH, SetUp

COLUMNS = "(id text NOT NULL, text text NOT NULL, stars int NOT NULL, user_id text NOT NULL)"


def faults_of(healthy: SetUp, check: str) -> list[tuple[str, str, str]]:
    return [found for found in healthy.faults() if found[0] == check]


def test_an_unlogged_table_of_a_publication_of_all(healthy: SetUp) -> None:
    healthy.run("DROP PUBLICATION powersync; CREATE PUBLICATION powersync FOR ALL TABLES")
    healthy.run("ALTER TABLE notes SET UNLOGGED")

    (found,) = healthy.faults()

    text, fix = "unlogged, so that nobody can follow them: notes", "ALTER TABLE notes SET LOGGED"
    assert ("table kinds", text, fix) == found
    healthy.follow(found)
    assert [] == healthy.faults()


def test_an_unlogged_table_joins_once_it_is_logged(healthy: SetUp) -> None:
    healthy.run("ALTER PUBLICATION powersync DROP TABLE notes; ALTER TABLE notes SET UNLOGGED")

    unlogged, missing = healthy.faults()

    assert ("publication", "powersync lacks what is synced: notes", PUSH) == missing
    healthy.follow(unlogged)
    (missing,) = healthy.faults()
    healthy.follow(missing)
    assert [] == healthy.faults()


@pytest.mark.parametrize(
    ("made", "what"),
    [
        (
            (
                f"CREATE TABLE notes {COLUMNS} PARTITION BY LIST (id);"
                "CREATE TABLE notes_of_all PARTITION OF notes DEFAULT;"
                "ALTER TABLE notes ADD CONSTRAINT notes_pkey PRIMARY KEY (id);"
                "ALTER PUBLICATION powersync ADD TABLE notes"
            ),
            "is partitioned",
        ),
        ("CREATE VIEW notes AS SELECT 'a' AS id", "is a view"),
        ("CREATE MATERIALIZED VIEW notes AS SELECT 'a' AS id", "is a materialized view"),
    ],
    ids=["partitioned", "view", "materialized view"],
)
def test_what_is_no_plain_table(healthy: SetUp, made: str, what: str) -> None:
    healthy.run(f"DROP TABLE notes; {made}")

    (found,) = faults_of(healthy, "table kinds")

    assert f"notes {what}, which PowerSync does not follow" == found[1]
    healthy.follow(found)
    healthy.push()
    others = [each for each in healthy.faults() if each[0] != "grants"]
    for other in others:
        assert "powersync holds what the definition does not sync: aside.notes" == other[1]
        healthy.follow(other)
    assert ["grants"] == [check for check, _, _ in healthy.faults()]


def test_tables_in_another_schema(healthy: SetUp) -> None:
    healthy.run("CREATE SCHEMA app; ALTER TABLE notes SET SCHEMA app")
    with healthy.connection.begin_nested() as within:
        healthy.run("SET LOCAL search_path = app")
        (found,) = faults_of(healthy, "table kinds")
        within.rollback()

    assert "notes: in the schema app, and PowerSync looks in public" == found[1]
    assert found[2].endswith(", and a search_path that begins with public")
    healthy.follow(found)
    assert [] == healthy.faults()


def test_a_search_path_to_nowhere(healthy: SetUp) -> None:
    healthy.run("SET LOCAL search_path = nowhere")

    (found,) = faults_of(healthy, "table kinds")

    assert "the search_path names no schema that is there" == found[1]
    healthy.run("CREATE SCHEMA nowhere")
    healthy.push()
    (found,) = faults_of(healthy, "table kinds")
    assert found[1].startswith("notes: in the schema nowhere, and ")
