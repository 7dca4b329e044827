"""Each fault of a database is found, and its fix puts it right."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

import dualschema as ds
from dualschema.codegen import Configuration
from dualschema.doctor import Patient, Verdict, examine, examine_database
from dualschema.embedded import Cluster
from tests.doctor.conftest import SCHEMA, Audit, SetUp

PUSH = "`dualschema push`, or `dualschema generate` and `dualschema migrate`"
NOWHERE = Path("/")
"""The folder of a project that has no files."""

REFUSED = "connect as the owner of the tables, at a time when nobody locks them for long"

HEALTHY = [
    ("tables", "as the definition says"),
    ("wal_level", "logical"),
    ("publication", "powersync holds the synced tables and no other"),
    ("replica identity", "updates and deletes of the synced tables name the row"),
    ("grants", "ROLE may replicate, and read the synced tables"),
    ("sync config", "sync.yaml has edition 3 and all synced tables"),
    ("generated files", "up to date"),
]


def test_in_a_healthy_set_up_there_is_no_fault(healthy: SetUp) -> None:
    *found, client = healthy.examine()

    assert HEALTHY == [(f.check, f.text.replace(healthy.role, "ROLE")) for f in found]
    assert {(Verdict.OK, "")} == {(each.verdict, each.fix) for each in found}
    assert (Verdict.SKIPPED, "none is named: --client FILE") == (client.verdict, client.text)


@pytest.mark.parametrize(
    ("spoiling", "step"),
    [
        ("DROP TABLE audits", "create table audits"),
        ("ALTER TABLE notes DROP COLUMN stars", "add column notes.stars"),
        ("DROP INDEX notes_user_id_idx", "add index notes_user_id_idx to notes"),
        (
            "ALTER TABLE notes DROP CONSTRAINT notes_text_length_check",
            "add check notes_text_length_check to notes",
        ),
    ],
)
def test_a_table_that_differs_is_told_in_words(healthy: SetUp, spoiling: str, step: str) -> None:
    healthy.run(spoiling)

    assert [("tables", f"not as the definition says: {step}", PUSH)] == healthy.faults()


def test_of_many_differences_the_first_are_told(healthy: SetUp) -> None:
    healthy.run("ALTER TABLE notes DROP COLUMN stars, DROP COLUMN text; DROP TABLE audits")

    ((check, text, _),) = healthy.faults()

    assert ("tables", True) == (check, text.endswith(" (and 1 more)"))
    assert 2 == text.count("; ")


def test_without_logical_decoding_nothing_is_followed() -> None:
    settings = {"wal_level": "replica"}
    with Cluster(settings=settings) as cluster:
        engine = sa.create_engine(cluster.url(driver="postgresql+psycopg"))
        patient = Patient(SCHEMA, Configuration(NOWHERE))
        with engine.begin() as connection:
            found = {each.check: each for each in examine_database(patient, connection)}
        engine.dispose()

    level = found["wal_level"]
    assert Verdict.FAULT is level.verdict
    assert "replica, so that PowerSync can follow no change" == level.text
    assert "ALTER SYSTEM SET wal_level = logical, and restart the server" == level.fix


def test_a_publication_that_is_not_there(healthy: SetUp) -> None:
    healthy.run("DROP PUBLICATION powersync")

    fix = (
        "`publication = true` in [tool.dualschema] and `dualschema push`, or run with psql "
        "what `dualschema codegen publication` writes"
    )
    assert [("publication", "there is none of the name powersync", fix)] == healthy.faults()


def test_a_synced_table_that_is_not_published(healthy: SetUp) -> None:
    healthy.run("ALTER PUBLICATION powersync DROP TABLE notes")

    (found,) = healthy.faults()

    sql = "ALTER PUBLICATION powersync ADD TABLE notes"
    assert ("publication", "powersync lacks what is synced: notes", f"{PUSH}; or {sql}") == found
    healthy.run(sql)
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


def test_rows_that_no_update_names(healthy: SetUp) -> None:
    healthy.run("ALTER TABLE notes REPLICA IDENTITY NOTHING")

    (found,) = healthy.faults()

    fix = "ALTER TABLE notes REPLICA IDENTITY DEFAULT"
    assert ("replica identity", "updates and deletes name no row of notes", fix) == found
    healthy.follow(found)
    assert [] == healthy.faults()


def test_an_identity_by_an_index_that_was_dropped(healthy: SetUp) -> None:
    healthy.run(
        "CREATE UNIQUE INDEX named ON notes (id); ALTER TABLE notes REPLICA IDENTITY USING INDEX "
        "named; DROP INDEX named"
    )

    (found,) = healthy.faults()

    assert ("replica identity", "updates and deletes name no row of notes") == found[:2]
    healthy.follow(found)
    assert [] == healthy.faults()


def test_a_table_without_its_primary_key(healthy: SetUp) -> None:
    healthy.run("ALTER TABLE notes DROP CONSTRAINT notes_pkey")

    of_tables, of_identity = healthy.faults()

    assert "tables" == of_tables[0]
    text = "there is no primary key to name rows of notes by"
    assert ("replica identity", text, PUSH) == of_identity


def test_a_role_that_is_not_there(healthy: SetUp) -> None:
    healthy.run(f"DROP OWNED BY {healthy.role}; DROP ROLE {healthy.role}")

    ((check, text, fix),) = healthy.faults()

    assert ("grants", f"there is no role {healthy.role}") == (check, text)
    assert fix.startswith("run with psql what `dualschema codegen publication` writes")


@pytest.mark.parametrize(
    ("spoiling", "text"),
    [
        ("ALTER ROLE {} NOREPLICATION", "{} may not replicate"),
        ("ALTER ROLE {} NOLOGIN NOREPLICATION", "{} may not log in and not replicate"),
        ("REVOKE SELECT ON notes FROM {}", "{} may not read notes"),
        (
            "REVOKE USAGE ON SCHEMA public FROM {}, PUBLIC",
            "{} may not use the schema public",
        ),
        (
            "ALTER TABLE notes ENABLE ROW LEVEL SECURITY",
            "row-level security hides rows of notes from {}",
        ),
    ],
)
def test_what_the_role_may_not(healthy: SetUp, spoiling: str, text: str) -> None:
    healthy.run(spoiling.format(healthy.role))

    (found,) = healthy.faults()

    assert ("grants", text.format(healthy.role)) == found[:2]
    healthy.run(found[2].removesuffix(" (the option `bypass_rls`)"))
    assert [] == healthy.faults()


def test_membership_stands_for_replication_where_nobody_gets_it(healthy: SetUp) -> None:
    healthy.run(
        f"ALTER ROLE {healthy.role} NOREPLICATION;"
        f"CREATE ROLE rds_replication; GRANT rds_replication TO {healthy.role}"
    )
    try:
        assert [] == healthy.faults()
    finally:
        healthy.run("DROP ROLE rds_replication")


def test_a_role_that_may_not_connect(healthy: SetUp) -> None:
    with healthy.engine.begin() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
    healthy.run(f'REVOKE CONNECT ON DATABASE "{name}" FROM PUBLIC, {healthy.role}')

    (found,) = healthy.faults()

    text = f"{healthy.role} may not connect to the database {name}"
    assert ("grants", text) == found[:2]
    healthy.follow(found)
    assert [] == healthy.faults()


def test_a_policy_for_the_role_lets_it_read(healthy: SetUp) -> None:
    healthy.run(
        "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;"
        f"CREATE POLICY followed ON notes FOR SELECT TO {healthy.role} USING (true)"
    )

    assert [] == healthy.faults()


def test_where_nothing_is_synced_nothing_is_wanted_of_the_server(healthy: SetUp) -> None:
    healthy.run("DROP PUBLICATION powersync")
    patient = Patient(ds.Schema(Audit), Configuration(NOWHERE))

    with healthy.engine.begin() as connection:
        found = examine_database(patient, connection)

    assert "tables" == found[0].check
    assert {(Verdict.SKIPPED, "no table is synced")} == {(f.verdict, f.text) for f in found[1:]}


def test_a_role_that_may_not_compare_is_told_so_and_the_rest_goes_on(healthy: SetUp) -> None:
    with healthy.engine.begin() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
        connection.exec_driver_sql(f'REVOKE TEMPORARY ON DATABASE "{name}" FROM PUBLIC')
        connection.exec_driver_sql(f"SET LOCAL ROLE {healthy.role}")
        tables, *others = examine(healthy.patient, connection)

    assert ("tables", Verdict.FAULT) == (tables.check, tables.verdict)
    assert tables.text.startswith("the database refuses: permission denied")
    assert REFUSED == tables.fix
    assert Verdict.FAULT not in {each.verdict for each in others}


class Renamed(ds.Table, name="notes"):
    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    body: ds.Column[str] = ds.column(max_length=80, was="text")
    stars: ds.Column[int]
    user_id: ds.Column[str] = ds.column(owner=True, index=True)


def test_it_does_not_wait_long_for_a_lock(healthy: SetUp) -> None:
    patient = Patient(ds.Schema(Renamed, Audit), Configuration(NOWHERE))

    with healthy.engine.begin() as other, healthy.engine.begin() as connection:
        other.exec_driver_sql("LOCK TABLE notes IN SHARE MODE")
        tables, level, *_ = examine(patient, connection)
        left = connection.exec_driver_sql("SHOW lock_timeout").scalar_one()

    text = "the database refuses: canceling statement due to lock timeout"
    assert ("tables", text, REFUSED) == (tables.check, tables.text, tables.fix)
    assert (Verdict.OK, "0") == (level.verdict, left)


def test_nothing_is_changed(healthy: SetUp) -> None:
    with healthy.engine.begin() as connection:
        found = examine(Patient(ds.Schema(Renamed, Audit), Configuration(NOWHERE)), connection)

    assert "rename column notes.text to body" in found[0].text
    assert [] == healthy.faults()
