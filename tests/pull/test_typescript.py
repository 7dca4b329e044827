"""Tables in TypeScript: what the library writes is read back, and what people write is, too."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dualschema as ds
from dualschema.errors import ConfigurationError
from dualschema.model import Action
from dualschema.pull import NoteKind, pull_drizzle, pull_powersync
from dualschema.targets import generate
from examples.timers import schema as timers
from tests.pull.pulling import assert_formatted, load, on_clients
from tests.pull.test_drizzle import (
    DRIZZLE_OF_THE_DOCUMENTATION,
    HAND_WRITTEN_DRIZZLE,
    SEED_DRIZZLE,
)
from tests.pull.test_powersync import HAND_WRITTEN_POWERSYNC, OLDER_POWERSYNC
from tests.targets.golden.everything import schema as everything

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests/targets/golden"

FROM_TIMERS = ROOT / "examples/timers/generated"
FROM_EVERYTHING = GOLDEN / "everything/expected"


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (FROM_TIMERS / "schema.ts", timers.schema),
        (FROM_EVERYTHING / "typescript/schema.ts", everything.schema),
    ],
    ids=["timers", "everything"],
)
def test_a_generated_powersync_schema_gives_the_same_client(
    file: Path, expected: ds.Schema, tmp_path: Path
) -> None:
    pulled = pull_powersync(file.read_text("utf-8"))

    assert () == pulled.notes
    assert on_clients(expected) == on_clients(load(pulled.source))
    assert_formatted(tmp_path, [pulled.source])


def test_generated_drizzle_tables_give_the_same_database() -> None:
    pulled = pull_drizzle((FROM_TIMERS / "drizzle-postgres.ts").read_text("utf-8"))

    assert () == pulled.notes
    assert timers.schema.ddl("postgresql") == load(pulled.source).ddl("postgresql")


def test_generated_drizzle_tables_of_every_type(tmp_path: Path) -> None:
    text = (FROM_EVERYTHING / "drizzle-postgres/postgres.ts").read_text("utf-8")
    pulled = pull_drizzle(text)

    notes = [str(note) for note in pulled.notes if note.kind is not NoteKind.HINT]
    assert [] == notes
    mine = {table.name: table for table in load(pulled.source).model.tables}
    for table in everything.schema.model.tables:
        if table.name not in mine:
            continue
        found = mine[table.name]
        assert [column.name for column in table.columns] == [c.name for c in found.columns]
        assert table.indexes == found.indexes
        assert table.foreign_keys == found.foreign_keys
        for column in table.columns:
            other = found.by_name[column.name]
            assert column.nullable == other.nullable
            assert column.unique == other.unique
            assert column.type.postgres_type(column.style) == other.type.postgres_type(other.style)
    assert {"everything", "native_things", "owners", "dates", "server_only"} <= mine.keys()
    assert_formatted(tmp_path, [pulled.source])


def test_generated_drizzle_keys_have_their_actions() -> None:
    class Folder(ds.Table, name="folders"):
        id: ds.Column[str] = ds.column(primary_key=True)
        up: ds.Column[str | None] = ds.column(
            default=None,
            foreign_key=ds.ForeignKey("folders.id", on_delete="set null", on_update="cascade"),
        )

    [file] = generate(ds.Schema(Folder), "drizzle-postgres")
    [key] = load(pull_drizzle(file.text).source).model.by_name["folders"].foreign_keys
    assert (Action.SET_NULL, Action.CASCADE) == (key.on_delete, key.on_update)


def test_a_file_without_tables() -> None:
    for text in ("", "export const a = 1", "const s = new Schema({})", "pgTable(", "`${`", "/* "):
        with pytest.raises(ConfigurationError, match="no table that can be read"):
            pull_powersync(text)
        with pytest.raises(ConfigurationError, match="no table that can be read"):
            pull_drizzle(text)


def test_brackets_without_end() -> None:
    for text in ("const a = " + "(" * 10_000, "const a = " + "[{a:" * 5_000):
        for read in (pull_drizzle, pull_powersync):
            with pytest.raises(ConfigurationError):
                read(text)


TEXTS = [
    DRIZZLE_OF_THE_DOCUMENTATION,
    HAND_WRITTEN_DRIZZLE,
    HAND_WRITTEN_POWERSYNC,
    OLDER_POWERSYNC,
    SEED_DRIZZLE,
]


@given(st.sampled_from(TEXTS), st.data())
def test_a_damaged_file_is_read_as_far_as_it_goes(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 60)))
    put = data.draw(st.text(st.sampled_from("(){}[]<>'\"`\\$,;:.=>/*\n ax1"), max_size=4))
    damaged = text[:start] + put + text[end:]

    for read in (pull_drizzle, pull_powersync):
        with suppress(ConfigurationError):  # no table may be left
            load(read(damaged).source)
