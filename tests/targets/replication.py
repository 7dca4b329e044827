"""What PowerSync's service would send: rows of a real Postgres, through its own npm package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from psycopg import sql

import dualschema as ds
from dualschema.convert import encode_many
from dualschema.targets import generate
from tests.metadata.catalogs import Postgres, fresh_space
from tests.targets.node import run_node

__all__ = ["evaluated", "sent", "stored_rows", "sync_config"]


def sync_config(schema: ds.Schema, **options: Any) -> str:
    [file] = generate(schema, "sync-streams", options=options)
    return file.text


def evaluated(
    config: str, tables: Sequence[Mapping[str, Any]] = (), users: Sequence[str] = ()
) -> dict[str, Any]:
    """Return what the service makes of a config and of rows of tables, for each user."""
    given = {"config": config, "tables": tables, "users": users}
    found: dict[str, Any] = run_node("sync_streams.js", given)
    return found


def sent(
    config: str, tables: Sequence[Mapping[str, Any]], users: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows that each user's device gets; the config has no fault."""
    found = evaluated(config, tables, users)
    assert [] == found["problems"]
    rows: dict[str, list[dict[str, Any]]] = found["rows"]
    return rows


def stored_rows(
    connection: Postgres, schema: ds.Schema, rows: Iterable[ds.Table]
) -> list[dict[str, Any]]:
    """Put rows into new tables of a schema; return what the wire then says of them, as text."""
    by_table: dict[type[ds.Table], list[ds.Table]] = {table: [] for table in schema.tables}
    for row in rows:
        by_table[type(row)].append(row)
    with fresh_space(connection), connection.transaction():
        connection.execute(schema.ddl("postgresql").encode())
        connection.execute("SET LOCAL TimeZone TO 'UTC'")
        connection.execute("SET LOCAL session_replication_role TO replica")  # no foreign keys
        for model, given in zip(schema.model.tables, by_table.values(), strict=True):
            if given:
                name = sql.Identifier(model.name)
                columns = sql.SQL(", ").join(sql.Identifier(c.name) for c in model.columns)
                marks = sql.SQL(", ").join([sql.Placeholder()] * len(model.columns))
                insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(name, columns, marks)
                connection.cursor().executemany(insert, encode_many(given, "postgres"))
        written = [
            t.name for t, given in zip(schema.model.tables, by_table.values(), strict=True) if given
        ]
        return [_on_the_wire(connection, name) for name in written]


def _on_the_wire(connection: Postgres, name: str) -> dict[str, Any]:
    types = connection.execute(
        "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
        " WHERE attrelid = format('%%I', %s::text)::regclass AND attnum > 0 ORDER BY attnum",
        [name],
    ).fetchall()
    found = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))).pgresult
    assert found is not None
    cells = [
        [None if value is None else value.decode() for value in _row(found, number)]
        for number in range(found.ntuples)
    ]
    return {"name": name, "types": types, "rows": cells}


def _row(found: Any, number: int) -> list[bytes | None]:
    return [found.get_value(number, column) for column in range(found.nfields)]
