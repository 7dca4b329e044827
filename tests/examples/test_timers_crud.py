"""The app's operations answer alike on Postgres and SQLite, and change what they should."""

from collections.abc import Iterator

import pytest

import dualschema as ds
from examples.timers import crud
from examples.timers.demo.operations import Operation, operate
from examples.timers.demo.rows import differences, read_data, read_rows, write_rows
from examples.timers.schema import Timer, Todo, schema


def made(url: str) -> ds.Database:
    db = ds.connect(url)
    with db.engine.begin() as connection:
        schema.create_all(connection)
    return db


@pytest.fixture
def db() -> Iterator[ds.Database]:
    with made("sqlite://") as db:
        yield db


def timer(name: str) -> Timer:
    return Timer(id="t1", name=name, timer_type="stopwatch", user_id="u1")


def test_all_databases_answer_alike_and_have_the_same_rows_afterwards(
    db: ds.Database, postgres_url: str
) -> None:
    rows = read_data()
    with made(postgres_url) as postgres:
        for each in (db, postgres):
            write_rows(each, rows)

        done = operate((db, postgres), rows)

        assert [] == [each for operation in done for each in operation.differences]
        assert [] == differences(rows, read_rows(db))
        assert [] == differences(rows, read_rows(postgres))


def test_an_operation_tells_that_answers_differ() -> None:
    assert [] == Operation("count()", (1, 1, 1)).differences
    assert ["count() differs"] == Operation("count()", (1, 1, 2)).differences


def test_a_timer_is_added_saved_renamed_and_removed(db: ds.Database) -> None:
    assert 1 == crud.add(db, timer("Tea"))
    assert 1 == crud.save(db, timer("Green tea"))
    assert ["Green tea"] == [each.name for each in crud.of_user(db, "u1")]
    assert 1 == crud.rename(db, "t1", "Black tea")
    assert {"stopwatch": 1} == crud.totals(db)
    assert 1 == crud.remove(db, "t1")
    assert [] == crud.of_user(db, "u1")


def test_a_start_is_logged(db: ds.Database) -> None:
    tea = timer("Tea")
    crud.add(db, tea)

    entry = crud.start(db, tea, ds.now(), metadata={})

    [(started, log)] = crud.history(db, "u1")
    assert started.is_running
    assert [entry] == log


def test_a_start_that_fails_changes_nothing(db: ds.Database) -> None:
    tea = timer("Tea")
    crud.add(db, tea)

    with db.engine.begin() as connection:
        schema.metadata.tables["activity_logs"].drop(connection)

    with pytest.raises(ds.DatabaseError):
        crud.start(db, tea, ds.now(), metadata={})

    assert not db.get(Timer, "t1").is_running


def test_a_thing_to_do_is_ticked_off(db: ds.Database) -> None:
    todo = Todo(text="Buy tea", user_id="u1")
    db.run(ds.insert(todo))

    assert 1 == crud.finish(db, todo)

    assert db.get(Todo, todo.id).completed
