"""Each fault of a database is found, and its fix puts it right."""

from __future__ import annotations

from pathlib import Path

import pytest

import dualschema as ds
from dualschema.codegen import Configuration
from dualschema.doctor import Patient, Verdict, examine, examine_database
from tests.doctor.conftest import PUSH, Audit, SetUp

NOWHERE = Path("/")
"""The folder of a project that has no files."""

REFUSED = "connect as the owner of the tables, at a time when nobody locks them for long"

HEALTHY = [
    ("tables", "as the definition says"),
    ("table kinds", "the synced tables are plain, logged, and in public"),
    ("wal_level", "logical"),
    ("capacity", "there are slots, senders and connections left for PowerSync"),
    ("replication slots", "none has lost WAL, or keeps it for nobody"),
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
    healthy.push()
    assert [] == healthy.faults()


def test_of_many_differences_the_first_are_told(healthy: SetUp) -> None:
    healthy.run("ALTER TABLE notes DROP COLUMN stars, DROP COLUMN text; DROP TABLE audits")

    ((check, text, _),) = healthy.faults()

    assert ("tables", True) == (check, text.endswith(" (and 1 more)"))
    assert 2 == text.count("; ")


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
    healthy.push()
    assert [] == healthy.faults()


def test_where_nothing_is_synced_nothing_is_wanted_of_the_server(healthy: SetUp) -> None:
    healthy.run("DROP PUBLICATION powersync")
    patient = Patient(ds.Schema(Audit), Configuration(NOWHERE))

    found = examine_database(patient, healthy.connection)

    assert "tables" == found[0].check
    assert {(Verdict.SKIPPED, "no table is synced")} == {(f.verdict, f.text) for f in found[1:]}


def test_a_role_that_may_not_compare_is_told_so_and_the_rest_goes_on(healthy: SetUp) -> None:
    healthy.run(f'REVOKE TEMPORARY ON DATABASE "{healthy.base.engine.url.database}" FROM PUBLIC')
    healthy.run(f"SET LOCAL ROLE {healthy.role}")

    tables, *others = healthy.examine()

    assert ("tables", Verdict.FAULT) == (tables.check, tables.verdict)
    assert tables.text.startswith("the database refuses: permission denied")
    assert REFUSED == tables.fix
    assert Verdict.FAULT not in {each.verdict for each in others}


class Renamed(ds.Table, name="notes"):
    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    body: ds.Column[str] = ds.column(max_length=80, was="text")
    stars: ds.Column[int]
    user_id: ds.Column[str] = ds.column(owner=True, index=True)


def test_it_does_not_wait_long_for_a_lock(healthy: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dualschema.doctor._PATIENCE", "SET LOCAL lock_timeout = '50ms'")
    patient = Patient(ds.Schema(Renamed, Audit), Configuration(NOWHERE))

    with healthy.base.engine.begin() as other:
        other.exec_driver_sql("LOCK TABLE notes IN SHARE MODE")
        tables, level, *_ = examine(patient, healthy.connection)
        left = healthy.connection.exec_driver_sql("SHOW lock_timeout").scalar_one()

    text = "the database refuses: canceling statement due to lock timeout"
    assert ("tables", text, REFUSED) == (tables.check, tables.text, tables.fix)
    assert (Verdict.OK, "0") == (level.verdict, left)


def test_nothing_is_changed(healthy: SetUp) -> None:
    patient = Patient(ds.Schema(Renamed, Audit), Configuration(NOWHERE))
    found = examine(patient, healthy.connection)

    assert "rename column notes.text to body" in found[0].text
    assert [] == healthy.faults()


def test_where_nothing_may_be_written_it_is_told_where_to_go(healthy: SetUp) -> None:
    healthy.run("SET LOCAL transaction_read_only = on")

    tables, *others = healthy.examine()

    fix = "connect to the primary, where one may write: default_transaction_read_only = off"
    assert (Verdict.FAULT, fix) == (tables.verdict, tables.fix)
    assert Verdict.FAULT not in {each.verdict for each in others}
