"""Databases as others make them: what is pulled can be pushed to where it came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from dualschema.migrate import push
from dualschema.pull import NoteKind
from tests.metadata.catalogs import Postgres
from tests.metadata.world import postgres_engine
from tests.pull.pulling import assert_formatted, load, pull, pushed_again

DATABASES = sorted((Path(__file__).parent / "databases").glob("*.sql"))


@pytest.mark.parametrize("file", DATABASES, ids=lambda file: file.stem)
def test_what_a_push_changes_is_what_was_noted(
    postgres_connection: Postgres, space: str, file: Path, tmp_path: Path
) -> None:
    postgres_connection.execute(file.read_text("utf-8").encode())
    pulled = pull(postgres_connection, space)
    notes = [note for note in pulled.notes if note.kind is not NoteKind.HINT]
    assert_formatted(tmp_path, [pulled.source])

    steps = pushed_again(postgres_connection, space, pulled)
    touched = {note.table or "" for note in notes}
    assert [] == [step for step in steps if not any(name in step for name in touched)]
    assert ("supabase" == file.stem) is (steps == [])
    engine = postgres_engine(postgres_connection, space)
    with engine.begin() as connection:
        push(connection, load(pulled.source), allow_data_loss=True)
    engine.dispose()
    assert [] == pushed_again(postgres_connection, space, pulled)
