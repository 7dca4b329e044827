"""Each fault of a client's database is found, and is gone once the client opens it anew."""

from __future__ import annotations

import json
import secrets
import sqlite3
from pathlib import Path
from typing import Any

import apsw
import pytest

import dualschema as ds
from dualschema.codegen import Configuration
from dualschema.doctor import Patient, Verdict, examine_files
from tests.doctor.conftest import SCHEMA, Audit, Draft

REMAKE = (
    "generate the client's schema anew (`dualschema codegen`), and open the file with it: "
    "PowerSync then remakes its views"
)
OPENED = "name the file that a PowerSync client opened, and have its -wal file beside it"


def client_file(library: Path, file: Path, schema: ds.Schema) -> Path:
    """Make a file as a PowerSync client does."""
    connection = apsw.Connection(str(file))
    open_as(connection, library, schema)
    connection.close()
    return file


def open_as(connection: apsw.Connection, library: Path, schema: ds.Schema) -> None:
    connection.enable_load_extension(True)
    connection.load_extension(str(library), "sqlite3_powersync_init")
    with connection:
        connection.execute("SELECT powersync_init()").fetchall()
        document = json.dumps(schema.powersync())
        connection.execute("SELECT powersync_replace_schema(?)", (document,)).fetchall()


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
        f"{text} is no SQLite database, or an encrypted one",
        "name a SQLite file; of one that is encrypted, a copy without a key",
    ) == found_in(text)
    assert (
        Verdict.FAULT,
        f"{other} is no database of PowerSync's",
        OPENED,
    ) == found_in(other)


def test_an_encrypted_file(tmp_path: Path) -> None:
    file = tmp_path / "encrypted.db"
    file.write_bytes(secrets.token_bytes(8192))  # all of a file of SQLCipher's looks like that

    assert f"{file} is no SQLite database, or an encrypted one" == found_in(file)[1]


def test_a_file_without_its_wal(powersync_library: Path, tmp_path: Path) -> None:
    file, copy = tmp_path / "client.db", tmp_path / "copy.db"
    user = apsw.Connection(str(file))
    user.execute("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0")
    open_as(user, powersync_library, SCHEMA)
    copy.write_bytes(file.read_bytes())

    assert (f"{copy} is no database of PowerSync's", OPENED) == found_in(copy)[1:]
    wal = Path(f"{file}-wal")
    Path(f"{copy}-wal").write_bytes(wal.read_bytes())
    assert (Verdict.OK, "as the definition says", "") == found_in(copy)
    user.close()


def test_a_file_that_is_locked(
    powersync_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dualschema.doctor.client_file._PATIENCE", 0.05)
    file = client_file(powersync_library, tmp_path / "client.db", SCHEMA)
    # Locks are a process's own, but of one library it keeps them apart itself.
    user = sqlite3.connect(file, isolation_level=None)
    user.execute("BEGIN EXCLUSIVE")

    fix = "close the app that has it open, or name a copy with its -wal file"
    assert (Verdict.FAULT, f"{file} is locked", fix) == found_in(file)
    user.close()
    assert Verdict.OK is found_in(file)[0]


def listed(*columns: str, **options: Any) -> ds.Schema:
    class Note(ds.Table, name="notes", indexes=[ds.Index(*columns, name="found")], **options):
        id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
        text: ds.Column[str]
        stars: ds.Column[int]

    return ds.Schema(Note)


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (
            listed("text"),
            listed("text", "-stars"),
            (
                "the index found of notes is over text as TEXT, "
                "not text as TEXT, stars as INTEGER DESC"
            ),
        ),
        (
            listed("text", "-stars"),
            listed("text", "stars"),
            (
                "the index found of notes is over text as TEXT, stars as INTEGER DESC, "
                "not text as TEXT, stars as INTEGER"
            ),
        ),
        (listed("text", sync="local_only"), listed("text"), "notes is local only, not synced"),
        (listed("text", sync="insert_only"), listed("text"), "notes is insert only, not synced"),
        (listed("text"), listed("text", sync="local_only"), "notes is synced, not local only"),
        (listed("text"), listed("text", sync="insert_only"), "notes is synced, not insert only"),
        (
            listed("text"),
            listed("text", track_metadata=True),
            (
                "notes has no column _metadata, and tracks no metadata; "
                "notes has no column _deleted, and tracks no metadata"
            ),
        ),
        (
            listed("text", track_previous=True),
            listed("text"),
            "notes tracks previous values of text, stars, not of none",
        ),
        (
            listed("text"),
            listed("text", track_previous=["stars"]),
            "notes tracks previous values of no column, not of stars",
        ),
    ],
    ids=[
        "fewer columns",
        "order",
        "local",
        "inserts",
        "no more local",
        "no more inserts",
        "metadata",
        "previous",
        "other previous",
    ],
)
def test_an_older_client(
    powersync_library: Path, tmp_path: Path, old: ds.Schema, new: ds.Schema, text: str
) -> None:
    file = client_file(powersync_library, tmp_path / "client.db", old)

    assert (Verdict.OK, "as the definition says", "") == found_in(file, old)
    assert (Verdict.FAULT, f"not as the definition says: {text}", REMAKE) == found_in(file, new)
    client_file(powersync_library, file, new)
    assert Verdict.OK is found_in(file, new)[0]


def test_what_was_taken_from_a_client(powersync_library: Path, tmp_path: Path) -> None:
    file = client_file(powersync_library, tmp_path / "client.db", SCHEMA)
    connection = apsw.Connection(str(file))
    connection.execute(
        "DROP TRIGGER ps_view_update_notes;CREATE INDEX ps_data__notes__more ON ps_data__notes (id)"
    )
    connection.close()

    assert (
        "not as the definition says: notes has no trigger for update; "
        "notes has the index more, which the definition has not"
    ) == found_in(file)[1]
    client_file(powersync_library, file, ds.Schema(Audit))
    client_file(powersync_library, file, SCHEMA)
    assert Verdict.OK is found_in(file)[0]
