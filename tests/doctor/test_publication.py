"""Each fault of the publication is found, and its fix puts it right."""

from __future__ import annotations

import pytest

from dualschema.doctor import Verdict
from tests.doctor.conftest import PUSH, SetUp

WHOLE = "ALTER PUBLICATION powersync DROP TABLE notes; ALTER PUBLICATION powersync ADD TABLE notes"


def test_a_publication_that_is_not_there(healthy: SetUp) -> None:
    healthy.run("DROP PUBLICATION powersync")

    fix = (
        "`publication = true` in [tool.dualschema] and `dualschema push`, or `dualschema generate` "
        "and `dualschema migrate`; or run with psql what `dualschema codegen publication` writes"
    )
    assert [("publication", "there is none of the name powersync", fix)] == healthy.faults()
    healthy.push()
    assert [] == healthy.faults()


def test_a_synced_table_that_is_not_published(healthy: SetUp) -> None:
    healthy.run("ALTER PUBLICATION powersync DROP TABLE notes")

    (found,) = healthy.faults()

    sql = "ALTER PUBLICATION powersync ADD TABLE notes"
    assert ("publication", "powersync lacks what is synced: notes", f"{PUSH}; or {sql}") == found
    healthy.follow(found)
    assert [] == healthy.faults()


def test_published_tables_that_the_definition_does_not_sync(healthy: SetUp) -> None:
    healthy.run(
        'CREATE SCHEMA "Other"; CREATE TABLE "Other".secrets (id int PRIMARY KEY);'
        'ALTER PUBLICATION powersync ADD TABLE audits, "Other".secrets'
    )

    (found,) = healthy.faults()

    text = "powersync holds what the definition does not sync: audits, Other.secrets"
    fix = 'ALTER PUBLICATION powersync DROP TABLE audits, "Other".secrets'
    assert ("publication", text, fix) == found
    healthy.follow(found)
    assert [] == healthy.faults()


def test_a_publication_that_does_not_tell_of_all_that_happens(healthy: SetUp) -> None:
    healthy.run("ALTER PUBLICATION powersync SET (publish = 'insert, update')")

    (found,) = healthy.faults()

    assert ("publication", "powersync does not tell of delete, truncate") == found[:2]
    healthy.follow(found)
    assert [] == healthy.faults()


@pytest.mark.parametrize(
    ("holding", "text"),
    [
        ("ALL TABLES", "powersync holds all tables, those to come too"),
        ("TABLES IN SCHEMA public", "powersync holds the synced tables, by their schema"),
    ],
)
def test_a_publication_may_hold_everything_on_purpose(
    healthy: SetUp, holding: str, text: str
) -> None:
    healthy.run(f"DROP PUBLICATION powersync; CREATE PUBLICATION powersync FOR {holding}")

    found = {each.check: each for each in healthy.examine()}

    assert (Verdict.OK, text) == (found["publication"].verdict, found["publication"].text)


@pytest.mark.parametrize("holding", ["ALL TABLES", "TABLES IN SCHEMA public"])
def test_what_a_publication_of_all_will_hold_by_itself_is_no_fault_of_its_own(
    healthy: SetUp, holding: str
) -> None:
    healthy.run(
        f"DROP PUBLICATION powersync; DROP TABLE notes; CREATE PUBLICATION powersync FOR {holding}"
    )

    assert ["tables"] == [check for check, _, _ in healthy.faults()]
    healthy.push()
    healthy.run(f"GRANT SELECT ON notes TO {healthy.role}")
    assert [] == healthy.faults()


def test_a_table_that_is_not_there_joins_by_a_push(healthy: SetUp) -> None:
    healthy.run("DROP TABLE notes")

    of_tables, found = healthy.faults()

    assert "tables" == of_tables[0]
    assert ("publication", "powersync lacks what is synced: notes", PUSH) == found
    healthy.push()
    assert ["grants"] == [check for check, _, _ in healthy.faults()]


@pytest.mark.parametrize(
    ("listed", "text"),
    [
        ("notes (id, user_id)", "powersync leaves out columns of notes: text, stars"),
        ("notes WHERE (id > 'a')", "powersync leaves out rows of notes, by a WHERE"),
    ],
    ids=["columns", "rows"],
)
def test_columns_and_rows_that_are_not_published(healthy: SetUp, listed: str, text: str) -> None:
    healthy.run(f"ALTER PUBLICATION powersync SET TABLE {listed}")

    (found,) = healthy.faults()

    assert ("publication", text, WHOLE) == found
    healthy.follow(found)
    assert [] == healthy.faults()


def test_a_list_of_columns_that_leaves_out_what_is_not_synced_is_no_fault(healthy: SetUp) -> None:
    healthy.run("ALTER TABLE notes ADD secret text")
    healthy.run("ALTER PUBLICATION powersync SET TABLE notes (id, text, stars, user_id)")

    assert ["tables"] == [check for check, _, _ in healthy.faults()]


def test_partitions_are_not_to_go_by_their_root(healthy: SetUp) -> None:
    healthy.run("ALTER PUBLICATION powersync SET (publish_via_partition_root = true)")

    (found,) = healthy.faults()

    text = "powersync has publish_via_partition_root, which PowerSync refuses"
    assert ("publication", text) == found[:2]
    healthy.follow(found)
    assert [] == healthy.faults()


def generated(kind: str) -> str:
    return (
        "ALTER TABLE notes DROP COLUMN stars;"
        f"ALTER TABLE notes ADD stars int NOT NULL GENERATED ALWAYS AS (length(id)) {kind}"
    )


@pytest.mark.parametrize("by_push", [True, False], ids=["push", "SQL"])
def test_a_generated_column_that_is_stored(healthy: SetUp, *, by_push: bool) -> None:
    healthy.run(generated("STORED"))

    of_tables, found = healthy.faults()

    assert "not as the definition says: compute notes.stars no more" == of_tables[1]
    text = "powersync leaves out notes.stars, which is generated"
    fix = "ALTER TABLE notes ALTER COLUMN stars DROP EXPRESSION"
    assert ("publication", text, fix) == found
    if by_push:
        healthy.push()
    else:
        healthy.follow(found)
    assert [] == healthy.faults()


def version(healthy: SetUp) -> int:
    return int((healthy.connection.dialect.server_version_info or (0,))[0])


def test_generated_columns_that_are_published(healthy: SetUp) -> None:
    if version(healthy) < 18:
        pytest.skip("publications hold generated columns from Postgres 18 on")
    healthy.run(generated("STORED"))
    healthy.run("ALTER PUBLICATION powersync SET (publish_generated_columns = stored)")

    assert ["tables"] == [check for check, _, _ in healthy.faults()]


def test_a_generated_column_that_is_virtual(healthy: SetUp) -> None:
    if version(healthy) < 18:
        pytest.skip("Postgres has virtual columns from 18 on")
    healthy.run(generated("VIRTUAL"))

    *_, found = healthy.faults()

    assert ("publication", f"ALTER TABLE notes DROP COLUMN stars, then {PUSH}") == found[::2]
    healthy.follow(found)
    healthy.push()
    assert [] == healthy.faults()
