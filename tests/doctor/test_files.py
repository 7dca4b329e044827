"""Each fault of the files is found: the sync config, generated files, and a client's database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import apsw
import pytest

import dualschema as ds
from dualschema.codegen import Configuration, Output
from dualschema.doctor import Patient, Verdict, examine_files
from tests.doctor.conftest import SCHEMA, Audit, Draft, SetUp

CODEGEN = "`dualschema codegen`"
STREAMS = "`dualschema codegen sync-streams`"
REMAKE = (
    "generate the client's schema anew (`dualschema codegen`), and open the file with it: "
    "PowerSync then remakes its views"
)


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
        ("FROM notes", "FROM others", "no stream of sync.yaml has notes"),
        ("FROM notes", "# FROM notes", "no stream of sync.yaml has notes"),
        (
            "FROM notes",
            "FROM others WHERE id IN (SELECT id FROM notes)",
            "no stream of sync.yaml has notes",
        ),
    ],
)
def test_a_sync_config_that_is_not_enough(healthy: SetUp, old: str, new: str, text: str) -> None:
    spoil(healthy, old, new)

    of_config, of_files = healthy.faults()

    assert ("sync config", text, STREAMS) == of_config
    assert ("generated files", "stale: sync.yaml", CODEGEN) == of_files


@pytest.mark.parametrize("new", ['FROM "notes"', "FROM public.notes", "from others JOIN notes"])
def test_a_table_is_found_however_it_is_spelled(healthy: SetUp, new: str) -> None:
    spoil(healthy, "FROM notes", new)

    assert ["generated files"] == [check for check, _, _ in healthy.faults()]


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
        "[tool.dualschema.targets] has no sync-streams",
        "[tool.dualschema.targets] names none",
        "none is named: --client FILE",
    ] == [each.text for each in found]
    assert {Verdict.SKIPPED} == {each.verdict for each in found}


def client_file(library: Path, file: Path, schema: ds.Schema) -> Path:
    """Make a file as a PowerSync client does."""
    connection = apsw.Connection(str(file))
    connection.enable_load_extension(True)
    connection.load_extension(str(library), "sqlite3_powersync_init")
    with connection:
        connection.execute("SELECT powersync_init()").fetchall()
        document = json.dumps(schema.powersync())
        connection.execute("SELECT powersync_replace_schema(?)", (document,)).fetchall()
    connection.close()
    return file


def found_in(file: Path, schema: ds.Schema = SCHEMA) -> tuple[Verdict, str, str]:
    *_, found = examine_files(Patient(schema, Configuration(file.parent), file))
    assert "client file" == found.check
    return found.verdict, found.text, found.fix


def test_a_client_file_of_the_same_definition(powersync_library: Path, tmp_path: Path) -> None:
    file = client_file(powersync_library, tmp_path / "client ?#.db", SCHEMA)
    before = file.read_bytes()

    assert (Verdict.OK, "as the definition says", "") == found_in(file)
    assert before == file.read_bytes()


def test_a_client_file_that_is_in_use(powersync_library: Path, tmp_path: Path) -> None:
    file = tmp_path / "client.db"
    user = apsw.Connection(str(file))
    user.execute("PRAGMA journal_mode = WAL")
    client_file(powersync_library, file, SCHEMA)
    user.execute("BEGIN IMMEDIATE; CREATE TABLE unfinished (id TEXT)")

    assert (Verdict.OK, "as the definition says", "") == found_in(file)
    user.close()


def notes(**options: Any) -> type[ds.Table]:
    class Note(ds.Table, name="notes", **options):
        id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
        text: ds.Column[int]
        more: ds.Column[str]
        user_id: ds.Column[str] = ds.column(owner=True)

    return Note


def test_a_client_file_of_another_definition(powersync_library: Path, tmp_path: Path) -> None:
    file = client_file(powersync_library, tmp_path / "old.db", ds.Schema(notes()))

    verdict, text, fix = found_in(file)

    assert (Verdict.FAULT, REMAKE) == (verdict, fix)
    assert (
        "not as the definition says: notes.text is INTEGER, not TEXT; notes has no column stars; "
        "notes has the column more, which the definition has not (and 3 more)"
    ) == text


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (
            ds.Schema(notes()),
            ds.Schema(notes(), Draft),
            "there is no table ps_data_local__drafts; there is no view drafts",
        ),
        (
            ds.Schema(notes()),
            ds.Schema(notes(view_name="my_notes")),
            "there is no view my_notes",
        ),
    ],
)
def test_a_table_or_view_that_a_client_has_not(
    powersync_library: Path, tmp_path: Path, old: ds.Schema, new: ds.Schema, text: str
) -> None:
    file = client_file(powersync_library, tmp_path / "old.db", old)

    assert (Verdict.FAULT, f"not as the definition says: {text}", REMAKE) == found_in(file, new)


def test_what_the_core_adds_is_no_fault(powersync_library: Path, tmp_path: Path) -> None:
    tracking = ds.Schema(notes(track_metadata=True), Audit)
    file = client_file(powersync_library, tmp_path / "client.db", tracking)

    assert (Verdict.OK, "as the definition says", "") == found_in(file, tracking)


def test_an_index_that_a_client_has_not(powersync_library: Path, tmp_path: Path) -> None:
    file = client_file(powersync_library, tmp_path / "client.db", SCHEMA)
    connection = apsw.Connection(str(file))
    connection.execute("DROP INDEX ps_data__notes__notes_user_id_idx")
    connection.close()

    text = "not as the definition says: notes has no index notes_user_id_idx"
    assert (Verdict.FAULT, text, REMAKE) == found_in(file)


def test_what_is_no_client_file(tmp_path: Path) -> None:
    none, text, other = (tmp_path / name for name in ("none.db", "text.db", "other.db"))
    text.write_text("no database at all, but a text long enough to be a page\n" * 20)
    connection = apsw.Connection(str(other))
    connection.execute("CREATE TABLE notes (id TEXT)")
    connection.close()

    missing = (Verdict.FAULT, f"there is no file {none}", "name the client's database")
    assert missing == found_in(none)
    assert not none.exists()
    assert (
        Verdict.FAULT,
        f"{text} cannot be read: file is not a database",
        "name a SQLite file",
    ) == found_in(text)
    assert (
        Verdict.FAULT,
        f"{other} is no database of PowerSync's",
        "name the file that a PowerSync client opened",
    ) == found_in(other)
