"""A table of the server alone may have a column ``id`` that is not its key."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

import dualschema as ds
from dualschema.model import Side
from tests.metadata.catalogs import Postgres, fresh_space
from tests.metadata.world import postgres_engine, sqlite_engine


class Import(ds.Table, name="imports", sync=False):
    code: ds.Column[str] = ds.column(primary_key=True)
    id: ds.Column[int | None] = ds.column(default=None)


schema = ds.Schema(Import)
ROW = Import(code="a", id=3)


@pytest.mark.parametrize("side", ["postgres", "sqlite", "json"])
def test_it_is_a_column_like_any_other(side: Side) -> None:
    stored = ds.encode(ROW, side)

    assert {"code": "a", "id": 3} == stored
    assert ROW == ds.decode(Import, stored, side)
    assert Import(code="a") == ds.decode(Import, {"code": "a"}, side)


def test_it_is_not_taken_for_the_key() -> None:
    with pytest.raises(ds.DecodeError, match=r"imports\.code: ") as caught:
        ds.decode(Import, {"id": 3}, "sqlite")

    assert "code" == caught.value.column


def test_both_databases_hold_it(postgres_connection: Postgres) -> None:
    with fresh_space(postgres_connection) as space:
        for engine in (postgres_engine(postgres_connection, space), sqlite_engine()):
            schema.metadata.create_all(engine)
            with engine.begin() as connection:
                connection.execute(sa.insert(schema.metadata.tables["imports"]), [dict(ROW)])
                found = connection.execute(sa.select(Import.code).where(Import.id == 3)).all()
            engine.dispose()
            assert [("a",)] == found
