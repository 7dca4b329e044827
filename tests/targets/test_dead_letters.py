"""Dead letters in an application's schema: every target takes them, and their owner gets them."""

from __future__ import annotations

import json
from typing import Any

import pytest

import dualschema as ds
from dualschema.convert import decode
from dualschema.generator import Target
from dualschema.targets import ALL_TARGETS, generate
from dualschema.upload import Batch, DeadLetter, Operation, Transaction, Uploader
from tests.metadata.catalogs import Postgres
from tests.targets.replication import sent, stored_rows, sync_config


class Note(ds.Table, name="notes"):
    id: ds.Column[str] = ds.column(primary_key=True)
    stars: ds.Column[int] = ds.column(default=0, ge=0)
    user_id: ds.Column[str] = ds.column(owner=True)


schema = ds.Schema(Note, DeadLetter)


@pytest.fixture
def up() -> Uploader:
    db = ds.connect("sqlite://")
    made = Uploader(db, schema)
    with db.engine.begin() as connection:
        schema.create_all(connection)
    made.create_tables()
    return made


def send(up: Uploader, user: str, *operations: Operation) -> list[str]:
    results = up.apply(Batch([Transaction([each]) for each in operations]), user)
    return [result.wire()["status"] for result in results]


@pytest.mark.parametrize("target", ALL_TARGETS, ids=lambda target: target.name)
def test_every_target_takes_them(target: Target[Any]) -> None:
    files = generate(schema, target.name)
    assert any("dualschema_dead_letters" in file.text for file in files)
    assert files == generate(schema, target.name)


def test_each_owner_gets_their_own(up: Uploader, postgres_connection: Postgres) -> None:
    for user in ("ann", "eve"):
        send(up, user, Operation("PUT", "notes", f"{user}'s", {"stars": -1}))
    letters = up.letters.all()

    rows = stored_rows(postgres_connection, schema, letters)
    found = sent(sync_config(schema), rows, ["ann", "eve", "nobody"])

    assert [] == found["nobody"]
    for letter in letters:
        [row] = found[letter.user_id]
        got = decode(DeadLetter, row["data"], "sqlite")
        assert ("dualschema_dead_letters", letter) == (row["table"], got)
        [entry] = json.loads(got.entries)
        assert f"{letter.user_id}'s" == entry["id"]


def test_no_client_changes_or_removes_them(up: Uploader) -> None:
    send(up, "ann", Operation("PUT", "notes", "n1", {"stars": -1}))
    [letter] = up.letters.all()
    table = "dualschema_dead_letters"

    for operation in (
        Operation("PATCH", table, letter.id, {"state": "replayed"}),
        Operation("PUT", table, "mine", {"entries": "[]", "message": "x"}),
        Operation("DELETE", table, letter.id, {}),
    ):
        assert ["fatal_error"] == send(up, "ann", operation)
    assert letter == up.letters.get(letter.id)
