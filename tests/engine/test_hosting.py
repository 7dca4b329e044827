"""Poolers and sleeping servers, told by the names of their hosts."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

import dualschema as ds
from dualschema.engine import pooler_of, require_direct

NEON = "ep-cool-darkness-a1b2c3d4"
REGION = "us-east-2.aws.neon.tech"
SHARED = "aws-0-eu-central-1.pooler.supabase.com"
OWN = "db.abcdefgh.supabase.co"


@pytest.mark.parametrize(
    ("url", "direct"),
    [
        (f"postgres://u:p@{NEON}-pooler.{REGION}/d", (f"{NEON}.{REGION}",)),
        (f"postgres://u:p@{NEON}-POOLER.{REGION}/d", (f"{NEON}.{REGION}",)),
        (f"postgres://u:p@{REGION}/d?options=endpoint%3D{NEON}-pooler", (REGION,)),
        (f"postgres://postgres.abcdefgh:p@{SHARED}:6543/d", (f"{OWN}:5432", f"{SHARED}:5432")),
        (f"postgres://postgres:p@{SHARED}:6543/d", (f"{SHARED}:5432",)),
        (f"postgres://postgres:p@{OWN}:6543/d", (f"{OWN}:5432",)),
        ("postgres://u:p@main-pooler-rw.example.com/d", ()),
        ("postgres://u:p@db.example.com:6543/d", ()),
        ("postgres://u:p@db.example.com/d?pgbouncer=true", ()),
        ("postgres:///d?host=db.example.com&port=6543", ()),
        ("postgres://db.example.com,other.example.com:6543/d", ()),
    ],
)
def test_a_pooler(url: str, direct: tuple[str, ...]) -> None:
    found = pooler_of(url)

    assert found is not None
    assert direct == found.direct
    with ds.connect(url) as db:
        assert found == pooler_of(db.engine)
    assert found == pooler_of(ds.connect_async(url).engine)


@pytest.mark.parametrize(
    "url",
    [
        f"postgres://u:p@{NEON}.{REGION}/d",
        f"postgres://postgres.abcdefgh:p@{SHARED}:5432/d",
        f"postgres://postgres:p@{OWN}/d",
        "postgres://u:p@db.example.com/pooler-d",
        "postgres:///d?host=/run/x-pooler",
        "sqlite:///x-pooler.db",
    ],
)
def test_no_pooler(url: str) -> None:
    assert pooler_of(url) is None
    with ds.connect(url) as db:
        assert pooler_of(db.engine) is None


def test_who_connects_knows_better() -> None:
    with ds.connect("postgres://u@db.example.com:6543/d", pooler=False) as db:
        assert pooler_of(db.engine) is None
    with ds.connect("postgres://u@db.example.com:6432/d", pooler=True) as db:
        assert pooler_of(db.engine) is not None


def test_an_engine_of_somebody_elses() -> None:
    pooled = sa.create_engine(f"postgresql+psycopg://u@{NEON}-pooler.{REGION}/d")

    assert pooler_of(pooled) is not None
    assert pooler_of(sa.create_engine("sqlite://")) is None


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        (
            f"postgres://u:hidden@{NEON}-pooler.{REGION}/d",
            (
                f"as {NEON}-pooler.{REGION} does: give the URL of the server itself, whose host is "
                f"{NEON}.{REGION}"
            ),
        ),
        (
            f"postgres://postgres.abcdefgh:hidden@{SHARED}:6543/d",
            (
                f"as {SHARED} does: give the URL of the server itself, whose host is {OWN}:5432 or "
                f"{SHARED}:5432"
            ),
        ),
        (
            "postgres://u:hidden@db.example.com:6543/d",
            "as db.example.com does: give the URL of the server itself",
        ),
    ],
)
def test_what_wants_the_server_itself_is_refused(url: str, advice: str) -> None:
    with pytest.raises(ds.ConfigurationError) as caught:
        require_direct(url, "migrations")

    assert (
        "migrations do not work through a pooler that changes servers between transactions, "
        f"{advice}"
    ) == str(caught.value)
    require_direct("postgres://u@db.example.com/d", "migrations")


def prepare_threshold(url: str, **options: Any) -> object:
    """Return what psycopg is told, or what it does by itself."""
    given: dict[str, Any] = {}

    def connect(_: Any, __: Any, ___: Any, named: dict[str, Any]) -> None:
        given.update(named)
        raise ConnectionRefusedError

    with ds.connect(url, **options) as db:
        sa.event.listen(db.engine, "do_connect", connect)
        with pytest.raises(ConnectionRefusedError):
            db.engine.connect()
    return given.get("prepare_threshold", "its own")


def test_behind_a_pooler_nothing_is_prepared() -> None:
    url = f"postgres://u@{NEON}-pooler.{REGION}/d"

    assert prepare_threshold(url) is None
    assert 3 == prepare_threshold(url, connect_args={"prepare_threshold": 3})
    assert "its own" == prepare_threshold(f"postgres://u@{NEON}.{REGION}/d")


def test_behind_a_pooler_no_setting_of_a_connection_holds() -> None:
    for connect in (ds.connect, ds.connect_async):
        with pytest.raises(ds.StatementError, match=r"statement_timeout .* ALTER ROLE"):
            connect(f"postgres://u@{NEON}-pooler.{REGION}/d", statement_timeout=5)


def is_patient(db: ds.Database) -> bool:
    return str(db.engine.dialect.connect.__qualname__).startswith("with_patience")


def test_a_server_that_sleeps_is_asked_first() -> None:
    url = f"postgres://u@{NEON}.{REGION}/d"

    with ds.connect(url) as sleeping, ds.connect("postgres://u@db.example.com/d") as awake:
        assert (True, 240) == (sleeping.engine.pool._pre_ping, sleeping.engine.pool._recycle)
        assert (False, -1) == (awake.engine.pool._pre_ping, awake.engine.pool._recycle)
        assert (True, False) == (is_patient(sleeping), is_patient(awake))
    with ds.connect(url, patience=0) as own:
        assert not is_patient(own)
    with ds.connect(url, pool_pre_ping=False, pool_recycle=60) as own:
        assert (False, 60) == (own.engine.pool._pre_ping, own.engine.pool._recycle)


def test_a_pool_of_another_class() -> None:
    with ds.connect(f"postgres://u@{NEON}-pooler.{REGION}/d", poolclass=NullPool) as db:
        assert isinstance(db.engine.pool, NullPool)
