"""Any schema that is made on Postgres and pulled makes the same again, to the last constraint."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given

import dualschema as ds
from dualschema.pull import NoteKind
from tests.metadata.catalogs import Postgres, fresh_space, postgres_catalog
from tests.pull.drawn import schemas
from tests.pull.pulling import assert_formatted, catalog_of, load, pull, pushed_again


def test_what_is_pulled_makes_the_same_catalog(
    postgres_connection: Postgres, tmp_path: Path
) -> None:
    sources: set[str] = set()

    @given(schemas())
    def agrees(schema: ds.Schema) -> None:
        with fresh_space(postgres_connection) as space:
            postgres_connection.execute(schema.ddl("postgresql").encode())
            made = postgres_catalog(postgres_connection, space)
            pulled = pull(postgres_connection, space)
        again = load(pulled.source).ddl("postgresql")
        sources.add(pulled.source.replace(space, "space"))

        assert [] == [note for note in pulled.notes if note.kind is not NoteKind.HINT]
        assert [sorted(part, key=str) for part in made] == catalog_of(postgres_connection, again)

    agrees()
    assert_formatted(tmp_path, sorted(sources))


def test_a_push_of_what_is_pulled_changes_nothing(postgres_connection: Postgres) -> None:
    @given(schemas())
    def agrees(schema: ds.Schema) -> None:
        with fresh_space(postgres_connection) as space:
            postgres_connection.execute(schema.ddl("postgresql").encode())
            pulled = pull(postgres_connection, space)
            assert [] == pushed_again(postgres_connection, space, pulled)

    agrees()
