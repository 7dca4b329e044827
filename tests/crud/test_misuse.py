"""What is said of statements that cannot work, before or instead of what a driver would say."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import apsw
import pytest
import sqlalchemy as sa

import dualschema as ds
from dualschema.crud.plan import Plan
from dualschema.crud.ports.port import port_of
from dualschema.errors import DatabaseError, DecodeError, StatementError


class Account(ds.Table, name="accounts"):
    id: ds.Column[str] = ds.column(primary_key=True)
    query: ds.Column[str] = ds.column(default="")
    balance: ds.Column[Decimal] = ds.column(default=Decimal("0.10"), precision=9, scale=2)


class Other(ds.Table, name="others"):
    id: ds.Column[str] = ds.column(primary_key=True)


schema = ds.Schema(Account, Other)


@pytest.fixture(params=["sqlite", "postgres"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    with ds.connect(url) as database:
        with database.engine.begin() as connection:
            schema.create_all(connection)
        yield database


def test_a_write_that_returns_nothing_is_not_read(db: ds.Database) -> None:
    not_a_query: Any = ds.insert(Account(id="1"))
    for read in (db.all, db.first, db.one, db.scalars):
        with pytest.raises(StatementError) as caught:
            read(not_a_query)

        assert "Insert gives no rows: read a ds.select(...), or a write with returning()" == str(
            caught.value
        )
    assert 0 == db.count(Account)


@pytest.mark.parametrize("many", [1, 40])
def test_rows_of_two_tables_are_not_inserted_together(db: ds.Database, many: int) -> None:
    rows: list[Any] = [*(Account(id=str(n)) for n in range(many)), Other(id="1")]
    for statement in (ds.insert(rows), ds.upsert(rows)):
        with pytest.raises(StatementError) as caught:
            db.run(statement)

        assert "rows of one insert are of one table: Account, then Other" == str(caught.value)
        assert 0 == db.count(Account) + db.count(Other)


def test_a_statement_that_an_engine_cannot_say(tmp_path: Path) -> None:
    with ds.connect(f"sqlite:///{tmp_path / 'b.db'}") as db:
        two_tables = ds.delete(Account).where(Account.id == Other.id)
        with pytest.raises(StatementError, match="sqlite cannot say this statement"):
            db.run(two_tables)


def test_a_sum_of_text_is_no_decimal(tmp_path: Path) -> None:
    with ds.connect(f"sqlite:///{tmp_path / 'b.db'}") as db:
        with db.engine.begin() as connection:
            schema.create_all(connection)
        db.run(ds.insert([Account(id="1"), Account(id="2")]))
        with pytest.raises(DecodeError, match=r"^select\.\w+: what the database gives is no value"):
            db.scalar(ds.select(sa.func.sum(Account.balance)))


def test_a_parameter_may_have_any_name(db: ds.Database) -> None:
    db.run(ds.insert(Account(id="1", query="q")))
    asked = ds.select(Account.id).where(Account.query == ds.param("query"))

    assert ["1"] == db.scalars(asked, query="q")
    assert [("1",)] == db.all(asked, query="q")
    assert 1 == db.count(asked, query="q")


def test_a_transaction_that_only_reads_cannot_write(db: ds.Database) -> None:
    with pytest.raises(DatabaseError), db.transaction(read_only=True):
        db.run(ds.insert(Account(id="1")))
    assert 0 == db.count(Account)
    assert 1 == db.run(ds.insert(Account(id="1")))


def test_statements_can_be_logged_without_their_values(
    db: ds.Database, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "dualschema.sql"):
        db.run(ds.insert(Account(id="secret-1")))
        db.all(ds.select(Account).where(Account.id == "secret-1"))
        db.run(ds.insert([Account(id=f"secret-{n}") for n in range(2, 60)]))

    assert {"dualschema.sql"} == {record.name for record in caplog.records}
    assert "INSERT INTO accounts" in caplog.text
    assert "SELECT accounts.id" in caplog.text
    assert "secret" not in caplog.text


async def while_streaming(db: ds.AsyncDatabase) -> None:
    async for row in db.stream(ds.select(Account)):
        await db.run(ds.delete(Account, row.id))


async def beside_a_transaction(db: ds.AsyncDatabase) -> None:
    async with db.transaction():
        await asyncio.gather(db.count(Account), db.count(Account))


def test_a_task_does_not_wait_for_itself(tmp_path: Path) -> None:
    async def work() -> None:
        async with ds.connect_async(f"sqlite:///{tmp_path / 'c.db'}") as db:
            await db.run_sync(schema.create_all)
            await db.run(ds.insert([Account(id="1"), Account(id="2")]))
            for wrong in (while_streaming, beside_a_transaction):
                with pytest.raises(StatementError, match="SQLite has one connection here"):
                    await wrong(db)
            async with db.transaction():
                async for row in db.stream(ds.select(Account), size=1):
                    await db.run(ds.update(Account, row.id).set(query="seen"))
            assert 2 == await db.count(ds.select(Account).where(Account.query == "seen"))
            assert [2, 2] == list(await asyncio.gather(db.count(Account), db.count(Account)))

    asyncio.run(asyncio.wait_for(work(), 20))


@pytest.mark.parametrize("open_memory", [sqlite3.connect, apsw.Connection])
def test_sqlite_copies_nothing(open_memory: Any) -> None:
    with closing(open_memory(":memory:")) as connection:
        port = port_of(connection)
        with pytest.raises(StatementError, match=r"^SQLite has no COPY$"):
            port.copy(Plan("COPY t FROM STDIN", "t"), ())
