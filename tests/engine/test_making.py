"""Engines from URLs: which are taken, and what a new connection is told."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

import dualschema as ds
from dualschema.engine import normalised
from dualschema.errors import StatementError


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("postgres://u:p@h:5433/d?sslmode=require", "postgresql+psycopg"),
        ("postgresql://u:p@h:5433/d?sslmode=require", "postgresql+psycopg"),
        ("postgresql+asyncpg://u:p@h:5433/d?sslmode=require", "postgresql+psycopg"),
        ("postgresql+psycopg2://u:p@h:5433/d?sslmode=require", "postgresql+psycopg"),
    ],
)
def test_a_url_of_postgres_gets_the_driver_that_is_used(url: str, driver: str) -> None:
    wanted = make_url("postgresql+psycopg://u:p@h:5433/d?sslmode=require")

    assert driver == normalised(url).drivername
    assert wanted == normalised(url)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///a.db", "sqlite+aiosqlite:///a.db"])
def test_a_url_of_sqlite_gets_the_standard_librarys_driver(url: str) -> None:
    assert "sqlite" == normalised(url).drivername


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://u@h/d", "a URL of Postgres or SQLite is wanted, not of 'mysql'"),
        (
            "",
            "the database's URL cannot be read: postgresql://user@host/name or sqlite:///file.db",
        ),
        (
            "sqlite://my.db",
            "the database's URL cannot be read: postgresql://user@host/name or sqlite:///file.db",
        ),
        (
            "/var/lib/my.db",
            "the database's URL cannot be read: postgresql://user@host/name or sqlite:///file.db",
        ),
        (
            "postgresql://u@h:secret/d",
            "the database's URL cannot be read: postgresql://user@host/name or sqlite:///file.db",
        ),
    ],
)
def test_another_url_is_refused(url: str, reason: str) -> None:
    for connect in (ds.connect, ds.connect_async):
        with pytest.raises(StatementError) as caught:
            connect(url)

        assert reason == str(caught.value)


class Note(ds.Table, name="notes"):
    id: ds.Column[str] = ds.column(primary_key=True)
    text: ds.Column[str]


schema = ds.Schema(Note)


def test_like_is_the_same_on_both_engines(postgres_url: str, tmp_path: Path) -> None:
    found = []
    for url in (postgres_url, f"sqlite:///{tmp_path / 'notes.db'}"):
        with ds.connect(url) as db:
            with db.engine.begin() as connection:
                schema.create_all(connection)
            db.run(ds.insert([Note(id="1", text="Tea"), Note(id="2", text="tea")]))
            patterns = [
                Note.text.like("t%"),
                Note.text.startswith("T"),
                Note.text.contains("E"),
                Note.text.ilike("T%"),
                Note.text.icontains("E"),
            ]
            found.append([db.count(ds.select(Note).where(pattern)) for pattern in patterns])

    assert [[1, 1, 0, 2, 2]] * 2 == found


def test_sqlite_holds_foreign_keys(tmp_path: Path) -> None:
    with ds.connect(f"sqlite:///{tmp_path / 'a.db'}") as db, db.engine.connect() as connection:
        assert 1 == connection.execute(sa.text("PRAGMA foreign_keys")).scalar()
