"""Each fault of the sync config and of generated files is found, and its fix puts it right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import dualschema as ds
from dualschema.codegen import Configuration, Output, plan_files, write_files
from dualschema.doctor import Patient, Verdict, examine_files
from dualschema.doctor.sync_queries import read_sync_config
from dualschema.generator import streamed_tables
from tests.doctor.conftest import SCHEMA, SetUp
from tests.targets.golden_cases import every_case, schema_of

CODEGEN = "`dualschema codegen`"
STREAMS = "`dualschema codegen sync-streams`"


def spoil(healthy: SetUp, old: str, new: str) -> None:
    file = healthy.patient.configuration.root / "sync.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("edition: 3", "edition: 2", "sync.yaml has edition 2, and 3 is wanted"),
        ("edition: 3", "# edition: 3", "sync.yaml names no edition, and 3 is wanted"),
        (
            "edition: 3",
            "edition: 3\n  timestamp_max_precision: milliseconds",
            "sync.yaml says timestamp_max_precision: milliseconds, and nothing is wanted",
        ),
        (
            "streams:\n  notes:",
            "bucket_definitions:\n  notes:",
            "sync.yaml has sync rules of the old form (bucket_definitions), and streams are wanted",
        ),
        ("FROM notes", "FROM audits AS notes_of_before", "no stream of sync.yaml has notes"),
        ("FROM notes", "FROM audits -- FROM notes", "no stream of sync.yaml has notes"),
        ("FROM notes", "FROM audits # FROM notes", "no stream of sync.yaml has notes"),
        (
            "FROM notes",
            "FROM audits WHERE id IN (SELECT id FROM notes)",
            "no stream of sync.yaml has notes",
        ),
        ("        stars,\n", "", "no stream of sync.yaml sends notes.stars"),
        ("stars,", "stars AS points,", "no stream of sync.yaml sends notes.stars"),
        (
            "WHERE user_id = auth.user_id()",
            "",
            "sync.yaml sends everybody all rows of notes, which have an owner",
        ),
    ],
    ids=[
        "edition",
        "no edition",
        "precision",
        "old form",
        "other name",
        "SQL remark",
        "YAML remark",
        "in brackets",
        "no column",
        "column of another name",
        "no condition",
    ],
)
def test_a_sync_config_that_is_not_enough(healthy: SetUp, old: str, new: str, text: str) -> None:
    spoil(healthy, old, new)

    of_config, *others, of_files = healthy.faults()

    assert ("sync config", text, STREAMS) == of_config
    assert all("names what the definition has not" in each[1] for each in others)
    assert ("generated files", "stale: sync.yaml", CODEGEN) == of_files
    healthy.generate()
    assert [] == healthy.faults()


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("stars,", "stars, votes, id AS key,", "notes.votes, notes.key"),
        ("FROM notes", "FROM notes JOIN others ON others.id = notes.id", "others"),
        ("streams:", "streams:\n  more:\n    query: SELECT * FROM more\n", "more"),
    ],
    ids=["columns", "joined", "stream"],
)
def test_a_sync_config_that_names_what_is_not_there(
    healthy: SetUp, old: str, new: str, names: str
) -> None:
    spoil(healthy, old, new)

    found, _ = healthy.faults()

    text = f"sync.yaml names what the definition has not: {names}"
    assert ("sync config", text, STREAMS) == found
    healthy.generate()
    assert [] == healthy.faults()


SELECTED = "SELECT\n        id,\n        text,\n        stars,\n        user_id\n      FROM notes"


@pytest.mark.parametrize(
    "new",
    [
        'SELECT * FROM "notes"',
        "select * from public.notes",
        "SELECT notes.* FROM audits JOIN notes ON audits.id = notes.id",
        'SELECT id, text AS "text", notes.stars, user_id FROM notes',
    ],
    ids=["quotes", "schema", "joined", "names"],
)
def test_a_table_is_found_however_it_is_spelled(healthy: SetUp, new: str) -> None:
    spoil(healthy, SELECTED, new)

    assert ["generated files"] == [check for check, _, _ in healthy.faults()]


@every_case
@pytest.mark.parametrize("options", [{}, {"group": "all", "old_names": False}], ids=["", "group"])
def test_what_is_generated_is_well(tmp_path: Path, case: str, options: dict[str, Any]) -> None:
    schema = schema_of(case)
    if not streamed_tables(schema.model):
        pytest.skip("no table of the case is synced")
    options = {"without_owner": "everyone", **options}
    outputs = (Output("sync-streams", "sync.yaml", options),)
    write_files(plan_files(schema, outputs, tmp_path))

    found, *_ = examine_files(Patient(schema, Configuration(tmp_path, outputs=outputs)))

    text = "sync.yaml has edition 3 and all synced tables"
    assert (Verdict.OK, "sync config", text) == (found.verdict, found.check, found.text)
    queries = read_sync_config((tmp_path / "sync.yaml").read_text("utf-8")).queries
    assert {table.name for table in streamed_tables(schema.model)} <= {q.name for q in queries}


BY_HAND = """\
# The user's notes.
config: {edition: 3}
streams:
  from: {auto_subscribe: true, query: "SELECT * FROM notes WHERE user_id = auth.user_id()"}
"""


@pytest.mark.parametrize(
    "text",
    [
        BY_HAND,
        BY_HAND.replace('query: "SELECT', "queries: ['SELECT").replace('()"', "()']"),
        (
            '{"config": {"edition": 3}, "streams": {"a": {"query": '
            '"SELECT id, \\"text\\", stars, user_id FROM notes\\n '
            'WHERE user_id = auth.user_id()"}}}'
        ),
    ],
    ids=["double quotes", "single quotes", "JSON"],
)
def test_a_sync_config_that_is_written_by_hand(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    patient = Patient(SCHEMA, Configuration(tmp_path), sync_config=file)

    def found() -> list[tuple[Verdict, str, str]]:
        every = (f for f in examine_files(patient) if f.check == "sync config")
        return [(each.verdict, each.text, each.fix) for each in every]

    assert [(Verdict.OK, f"{file} has edition 3 and all synced tables", "")] == found()
    file.write_text(text.replace("notes", "others"))
    fix = f"write it as {STREAMS} does"
    assert [
        (Verdict.FAULT, f"no stream of {file} has notes", fix),
        (Verdict.FAULT, f"{file} names what the definition has not: others", fix),
    ] == found()
    file.unlink()
    assert [(Verdict.FAULT, f"there is no {file}", fix)] == found()


def test_columns_that_a_client_stores_in_a_form_of_its_own(tmp_path: Path) -> None:
    class Photo(ds.Table, name="photos", postgres="native"):
        photo_key: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
        title: ds.Column[str] = ds.column(was="name")
        data: ds.Column[bytes]

    file = tmp_path / "mine.yaml"
    file.write_text("config: {edition: 3}\nstreams:\n  a: {query: SELECT * FROM photos}\n")
    patient = Patient(ds.Schema(Photo), Configuration(tmp_path), sync_config=file)

    found, *_ = examine_files(patient)

    assert f"no stream of {file} sends photos.id, photos.title, photos.name (and 1 more)" == (
        found.text
    )


def test_a_sync_config_that_is_not_there(healthy: SetUp) -> None:
    (healthy.patient.configuration.root / "sync.yaml").unlink()

    of_config, of_files = healthy.faults()

    assert ("sync config", "there is no sync.yaml", STREAMS) == of_config
    assert "generated files" == of_files[0]


def test_what_a_target_cannot_say_is_told(tmp_path: Path) -> None:
    class Public(ds.Table, name="public_notes"):
        id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)

    outputs = (Output("sync-streams", "sync.yaml"),)
    found = examine_files(Patient(ds.Schema(Public), Configuration(tmp_path, outputs=outputs)))

    assert ["sync config", "generated files", "client file"] == [each.check for each in found]
    assert [Verdict.FAULT, Verdict.FAULT, Verdict.SKIPPED] == [each.verdict for each in found]
    assert "public_notes: it has no owner" in found[0].text
    assert "change the definition or the target's options" == found[0].fix


def test_without_outputs_their_checks_are_skipped(tmp_path: Path) -> None:
    found = examine_files(Patient(SCHEMA, Configuration(tmp_path)))

    assert [
        "[tool.dualschema.targets] has no sync-streams; or --sync-config FILE",
        "[tool.dualschema.targets] names none",
        "none is named: --client FILE",
    ] == [each.text for each in found]
    assert {Verdict.SKIPPED} == {each.verdict for each in found}
