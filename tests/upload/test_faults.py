"""Whether a database's refusal passes: told by SQLSTATE, with errors from a real Postgres."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

import dualschema as ds
from dualschema.upload import ErrorCode, Request, Uploader
from tests.upload.world import Client, World, make_schema, open_postgres, patch, put

SUCCESS = {"status": "success"}

FATAL = {
    "22003": ErrorCode.INVALID_DATA,
    "22P02": ErrorCode.INVALID_DATA,
    "23001": ErrorCode.CONSTRAINT_VIOLATION,
    "23502": ErrorCode.NOT_NULL_VIOLATION,
    "23503": ErrorCode.FOREIGN_KEY_VIOLATION,
    "23505": ErrorCode.UNIQUE_VIOLATION,
    "23514": ErrorCode.CHECK_VIOLATION,
    "23P01": ErrorCode.CONSTRAINT_VIOLATION,
    "42501": ErrorCode.UNAUTHORIZED,
    "42P01": ErrorCode.UNCLASSIFIED_ERROR,
}
RETRIED = [
    "08006",
    "40001",
    "40P01",
    "53100",
    "53200",
    "53300",
    "55006",
    "55P03",
    "57014",
    "57P03",
    "58030",
]
UNKNOWN = ["P0001", "P0002", "XX000", "38000", "0A000", "21000", "ZZ999"]


@pytest.fixture
def own(postgres: World) -> Iterator[World]:
    """Give tables of which the database may refuse to write todos."""
    yield postgres
    _run(postgres, "DROP TRIGGER IF EXISTS refuse ON todos")


@pytest.fixture
def broken(postgres_connection: psycopg.Connection[tuple[Any, ...]]) -> Iterator[World]:
    """Give tables of this test's own, which it may break."""
    with open_postgres(postgres_connection, "portable") as world:
        yield world


def _run(world: World, *commands: str) -> None:
    with world.db.engine.begin() as connection:
        for command in commands:
            connection.execute(sa.text(command))


def _raises(world: World, code: str, when: str = "true") -> None:
    """Have the database refuse changes of todos with this SQLSTATE."""
    _run(
        world,
        f"""
        CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF {when} THEN
                RAISE EXCEPTION 'hunter2-the-secret' USING ERRCODE = '{code}';
            END IF;
            RETURN NEW;
        END $$
        """,
        "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON todos FOR EACH ROW"
        " EXECUTE FUNCTION refuse()",
    )


def _heal(world: World) -> None:
    _run(world, "DROP TRIGGER refuse ON todos")


@contextmanager
def _beside(world: World) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """Give a connection beside the uploader's."""
    assert world.url is not None
    query: Any = dict(world.url.query)
    with psycopg.connect(**query) as connection:
        yield connection


@pytest.mark.parametrize("code", FATAL)
def test_what_does_not_pass_is_refused(own: World, code: str) -> None:
    _raises(own, code)
    ann = own.client("ann")
    [fine, bad, later] = ann.send(
        [put("categories", "c1", name="a")],
        [put("categories", "c2", name="a"), put("todos", "t1", title="a")],
        [put("categories", "c3", name="a")],
    )
    assert (fine, later) == (SUCCESS, {"status": "not_attempted"})
    assert bad["failed_operation"]["error_code"] == FATAL[code]
    assert bad["failed_operation"]["operation_index"] == 1
    assert "hunter2" not in repr(bad)
    assert [own.row("categories", f"c{n}") is None for n in (1, 2, 3)] == [False, True, True]


@pytest.mark.parametrize("code", RETRIED)
def test_what_passes_is_tried_again_later(own: World, code: str) -> None:
    _raises(own, code)
    ann = own.client("ann", up=own.uploader(attempts=2))
    results = ann.send([put("todos", "t1", title="a")], [put("todos", "t2", title="a")])
    assert [each["status"] for each in results] == ["retryable_error", "not_attempted"]
    assert results[0]["retry_after_ms"] > 0
    assert "hunter2" not in repr(results)
    assert own.letters() == []
    _heal(own)
    assert ann.again() == [SUCCESS, SUCCESS]


@pytest.mark.parametrize("code", UNKNOWN)
def test_what_nobody_knows_is_given_up_after_some_attempts(
    own: World, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    _raises(own, code)
    ann = own.client("ann", up=own.uploader(unknown_attempts=3))
    waits = []
    first = ann.send([put("todos", "t1", title="a")], [put("categories", "c1", name="a")])
    for results in (first, ann.again()):
        assert [each["status"] for each in results] == ["retryable_error", "not_attempted"]
        waits.append(results[0]["retry_after_ms"])
        assert own.letters() == []
    assert waits == [1000, 2000]
    assert not [each for each in caplog.records if each.levelno >= logging.CRITICAL]
    last, _ = ann.again()
    assert last["failed_operation"]["error_code"] == "UNCLASSIFIED_ERROR"
    assert "hunter2" not in repr(last)
    [critical] = [each for each in caplog.records if each.levelno >= logging.CRITICAL]
    [letter] = own.letters("ann")
    assert letter.id in critical.getMessage()
    assert ann.again() == [last, SUCCESS]  # it was told before, and what is behind it goes on
    _heal(own)
    own.up.replay(letter.id)
    assert own.row("todos", "t1") is not None


def test_an_unknown_fault_that_passes_leaves_no_letter(own: World) -> None:
    _raises(own, "P0001")
    ann = own.client("ann")
    assert ann.do(put("todos", "t1", title="a"))["status"] == "retryable_error"
    assert [each.state for each in own.up.letters.all(state=None)] == ["trying"]
    _heal(own)
    assert ann.again() == [SUCCESS]
    assert own.up.letters.all(state=None) == []


def test_what_a_hook_raises_is_unknown(world: World, caplog: pytest.LogCaptureFixture) -> None:
    def authorise(*_given: object) -> bool:
        raise ZeroDivisionError("hunter2-the-secret")

    up = world.uploader(authorise={"words": authorise}, unknown_attempts=2)
    ann = world.client("ann", up=up)
    assert ann.do(put("words", "w1", text="a"))["status"] == "retryable_error"
    [told] = ann.again()
    assert told["failed_operation"]["error_code"] == "UNCLASSIFIED_ERROR"
    assert "hunter2" not in repr(told)
    assert caplog.records[-2].levelno == logging.CRITICAL
    assert len(world.letters("ann")) == 1


def test_a_hook_that_gives_no_column_is_unknown(world: World) -> None:
    ann = world.client("ann", up=world.uploader(resolve={"todos": lambda *_: {"nothing": 1}}))
    assert ann.do(put("todos", "t1", title="a")) == SUCCESS
    assert ann.do(patch("todos", "t1", title="b"))["status"] == "retryable_error"
    assert world.row("todos", "t1").title == "a"


def test_a_column_that_is_gone_is_refused(broken: World) -> None:
    ann = broken.client("ann")
    assert ann.do(put("todos", "t1", title="a")) == SUCCESS
    _run(broken, "ALTER TABLE todos DROP COLUMN note")
    assert ann.refused(put("todos", "t2", title="a", note="b")) == "UNCLASSIFIED_ERROR"
    assert len(broken.letters("ann")) == 1


@contextmanager
def _impatient(world: World, setting: str) -> Iterator[Client]:
    """Give a client whose server waits no longer than this setting says."""
    assert world.url is not None
    options = f"{world.url.query['options']} -c{setting}"
    with ds.connect(world.url.update_query_dict({"options": options})) as db:
        yield Client(Uploader(db, world.schema, attempts=2), "ann")


def test_a_lock_that_is_not_free_in_time_is_tried_again(own: World) -> None:
    own.insert("todos", id="t1", title="a", user_id="ann")
    with _impatient(own, "lock_timeout=50") as ann:
        with _beside(own) as other:
            other.execute("UPDATE todos SET note = 'by hand'")
            assert ann.do(patch("todos", "t1", title="b"))["status"] == "retryable_error"
            other.rollback()
        assert ann.again() == [SUCCESS]
    assert own.row("todos", "t1").title == "b"


def test_a_statement_that_takes_too_long_is_tried_again(own: World) -> None:
    _raises(own, "P0001", when="pg_sleep(1) IS NULL")
    with _impatient(own, "statement_timeout=100") as ann:
        assert ann.do(put("todos", "t1", title="a"))["status"] == "retryable_error"
    assert own.letters() == []


def test_two_that_are_in_each_others_way_are_tried_again(own: World) -> None:
    own.insert("todos", id="t1", title="a", user_id="ann")
    tries: list[str] = []

    def authorise(_user: str, request: Request, _row: Any) -> bool:
        tries.append(request.key)
        if len(tries) == 1:  # somebody makes the row after it was not found
            with _beside(own) as other:
                other.execute(
                    'INSERT INTO todos SELECT (jsonb_populate_record(t, \'{"id": "t2"}\')).* '
                    "FROM todos AS t"
                )
        return True

    up = own.uploader(authorise={"todos": authorise})
    assert own.client("ann", up=up).do(put("todos", "t2", title="b")) == SUCCESS
    assert tries == ["t2", "t2"]
    assert up.counts.read()["retried"] == 1
    assert own.row("todos", "t2").title == "b"


def test_a_row_that_a_hook_sees_is_nobody_elses_to_change_meanwhile(own: World) -> None:
    own.insert("todos", id="t1", title="a", user_id="ann")

    def authorise(*_given: object) -> bool:
        with _beside(own) as other:
            other.execute("SET lock_timeout = '50ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute("UPDATE todos SET note = 'by hand' WHERE id = 't1'")
        return True

    up = own.uploader(authorise={"todos": authorise})
    assert own.client("ann", up=up).do(patch("todos", "t1", title="b")) == SUCCESS


def _terminate(world: World) -> Callable[..., bool]:
    def authorise(*_given: object) -> bool:
        world.db.on_session(
            lambda session: session.port.run("SELECT pg_terminate_backend(pg_backend_pid())")
        )
        return True

    return authorise


def test_a_connection_that_the_server_ends_is_tried_again(own: World) -> None:
    up = own.uploader(authorise={"words": _terminate(own)})
    ann = own.client("ann", up=up)
    assert ann.do(put("words", "w1", text="a"))["status"] == "retryable_error"
    ann.up = own.uploader(authorise={"words": lambda *_: True})
    assert ann.again() == [SUCCESS]
    assert own.letters() == []


def test_a_connection_that_breaks_is_tried_again(own: World) -> None:
    def authorise(*_given: object) -> bool:
        own.db.on_session(lambda session: session.port.connection.close())
        return True

    ann = own.client("ann", up=own.uploader(authorise={"words": authorise}))
    assert ann.do(put("words", "w1", text="a"))["status"] == "retryable_error"
    ann.up = own.uploader(authorise={"words": lambda *_: True})
    assert ann.again() == [SUCCESS]


def test_a_server_that_is_not_there_is_tried_again(
    postgres_url: str, postgres_connection: psycopg.Connection[tuple[Any, ...]]
) -> None:
    with ds.connect(postgres_url) as db:
        world = World("away", make_schema("portable"), db)
        ann = world.client("ann")
        db.engine.dispose()
        name = postgres_url.rpartition("/")[2]
        postgres_connection.execute(f"ALTER DATABASE {name} RENAME TO {name}_away".encode())
        for operation in (put("todos", "t1", title="a"), put("todos", "t2")):
            results = ann.send([operation], [put("todos", "t3", title="b")])
            assert [each["status"] for each in results] == ["retryable_error", "not_attempted"]
            assert ann.do(operation)["status"] == "retryable_error"
        postgres_connection.execute(f"ALTER DATABASE {name}_away RENAME TO {name}".encode())
        assert ann.do(put("todos", "t1", title="a")) == SUCCESS


def test_a_disk_that_is_full_while_a_refusal_is_kept_is_tried_again(broken: World) -> None:
    _raises(broken, "P0001", when="false")
    _run(
        broken,
        """
        CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$
        """,
        "CREATE TRIGGER full_disk BEFORE INSERT ON dualschema_dead_letters"
        " EXECUTE FUNCTION full_disk()",
    )
    ann = broken.client("ann")
    results = ann.send([put("todos", "t1")], [put("todos", "t2", title="a")])
    assert [each["status"] for each in results] == ["retryable_error", "not_attempted"]
    assert ann.do(put("todos", "t3"))["status"] == "retryable_error"
    _run(broken, "DROP TRIGGER full_disk ON dualschema_dead_letters")
    assert ann.again()[0]["status"] == "fatal_error"


def test_a_fault_of_the_letters_own_table_raises_nothing(broken: World) -> None:
    _raises(broken, "P0001")
    _run(broken, "DROP TABLE dualschema_dead_letters")
    ann = broken.client("ann")
    for _ in range(2):
        results = ann.send([put("todos", "t1")], [put("todos", "t2", title="a")])
        assert [each["status"] for each in results] == ["retryable_error", "not_attempted"]
