"""Two branches of a project that each wrote a migration, and are one line then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dualschema as ds
from dualschema.errors import MigrationError
from dualschema.migrate import History, draft_migration
from dualschema.migrate.ledger import made_tables
from tests.metadata.catalogs import Postgres
from tests.migrate.databases import Database, fresh_database
from tests.migrate.test_history import upgraded, write
from tests.schema.define import define

LISTS = define("lists")
TODOS = define("todos")
TAGS = define("tags")

Branch = Callable[..., Path]


@pytest.fixture
def branch(postgres_connection: Postgres, tmp_path: Path) -> Branch:
    """Write what a definition changed since the first migration alone, as another branch does."""

    def written(name: str, *tables: Any) -> Path:
        aside = [(path, path.read_text("utf-8")) for path in tmp_path.glob("*_on_a_branch.py")]
        for path, _ in aside:
            path.unlink()
        with fresh_database(postgres_connection) as made, made.engine.begin() as connection:
            History(tmp_path).upgrade(connection)
            draft = draft_migration(connection, ds.Schema(*tables), History(tmp_path), name=name)
        assert draft is not None
        draft.write()
        for path, text in aside:
            path.write_text(text, "utf-8")
        return draft.file

    return written


def put_behind(file: Path, parent: str) -> None:
    lines = file.read_text("utf-8").splitlines()
    behind = f"down_revision = {parent!r}"
    text = [behind if line.startswith("down_revision") else line for line in lines]
    file.write_text("\n".join(text) + "\n", "utf-8")


def revision(file: Path) -> str:
    [found] = [each for each in file.read_text("utf-8").splitlines() if "revision = " in each[:11]]
    return found.split("'")[1]


@pytest.mark.parametrize("first", ["lists", "tags"])
def test_each_keeps_the_tables_of_the_other(
    database: Database, tmp_path: Path, branch: Branch, first: str
) -> None:
    branch("begin", TODOS)
    files = {
        "lists": branch("lists on a branch", TODOS, LISTS),
        "tags": branch("tags on a branch", TODOS, TAGS),
    }
    before = files.pop(first)
    [(_, behind)] = files.items()
    put_behind(behind, revision(before))

    upgraded(database, tmp_path)

    assert {"lists", "tags", "todos"} == History(tmp_path).tables
    with database.engine.begin() as connection:
        assert {"lists", "tags", "todos"} == made_tables(connection)
        draft = draft_migration(connection, ds.Schema(TODOS), History(tmp_path))
    assert draft is not None
    assert ["drop table lists", "drop table tags"] == sorted(step.text for step in draft.steps)
    draft.write()
    upgraded(database, tmp_path)
    assert {"todos"} == History(tmp_path).tables
    with database.engine.begin() as connection:
        assert {"todos"} == made_tables(connection)


def state(database: Database, folder: Path) -> tuple[list[str], list[str]]:
    with database.engine.begin() as connection:
        done, waiting = History(folder).state(connection)
    return [each.id for each in done], [each.id for each in waiting]


def refused(database: Database, folder: Path, method: str) -> str:
    with (
        pytest.raises(MigrationError) as caught,
        database.engine.begin() as connection,
    ):
        getattr(History(folder), method)(connection)
    return str(caught.value)


def test_what_is_put_before_one_that_has_run_is_still_to_be_run(
    database: Database, tmp_path: Path
) -> None:
    write(tmp_path, "first")
    mine = write(tmp_path, "mine", "first", "op.execute('CREATE TABLE mine (id int)')")
    assert ["first", "mine"] == upgraded(database, tmp_path)
    write(tmp_path, "theirs", "first", "op.execute('CREATE TABLE theirs (id int)')")
    put_behind(mine, "theirs")
    write(tmp_path, "next", "mine", "op.execute('DROP TABLE theirs')")

    late = (
        "theirs.py is still to be run, though it stands before mine.py, which the database has: "
        "`dualschema migrate` runs it"
    )
    assert (["first", "mine"], ["theirs", "next"]) == state(database, tmp_path)
    assert [late, late] == [
        refused(database, tmp_path, method) for method in ("settled", "downgrade")
    ]
    with database.engine.begin() as connection:
        ran = History(tmp_path).upgrade(connection, "mine")
    assert ["theirs"] == [each.id for each in ran]
    assert (["first", "theirs", "mine"], ["next"]) == state(database, tmp_path)
    assert ["next"] == upgraded(database, tmp_path)

    with database.engine.begin() as connection:
        undone = History(tmp_path).downgrade(connection, 3)
    assert ["next", "mine", "theirs"] == [each.id for each in undone]
    assert (["first"], ["theirs", "mine", "next"]) == state(database, tmp_path)


def test_a_history_that_was_squashed_is_taken_as_run(database: Database, tmp_path: Path) -> None:
    for each, parent in (("one", None), ("two", "one"), ("three", "two")):
        write(tmp_path, each, parent)
    upgraded(database, tmp_path)
    for each in ("one", "two"):
        (tmp_path / f"{each}.py").unlink()
    write(tmp_path, "squashed", up="raise AssertionError")
    put_behind(tmp_path / "three.py", "squashed")
    write(tmp_path, "four", "three")

    assert (["squashed", "three"], ["four"]) == state(database, tmp_path)
    assert ["four"] == upgraded(database, tmp_path)
    assert (["squashed", "three", "four"], []) == state(database, tmp_path)


def test_a_database_without_the_record_begins_it(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "one")
    write(tmp_path, "two", "one")
    upgraded(database, tmp_path)
    database.run("DROP TABLE dualschema_migrations")

    assert (["one", "two"], []) == state(database, tmp_path)
    write(tmp_path, "three", "two")
    assert ["three"] == upgraded(database, tmp_path)
    assert [("one",), ("three",), ("two",)] == sorted(
        database.run("SELECT revision FROM dualschema_migrations")
    )
