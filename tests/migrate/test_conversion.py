"""Values that others stored, in columns that become the definition's: whole, or named as lost."""

from __future__ import annotations

import pytest

import dualschema as ds
from dualschema.migrate import push
from dualschema.migrate.conversion import keeps_values
from tests.migrate.databases import Database
from tests.schema.define import define

TEXTS: dict[str, tuple[str, str]] = {
    "timestamptz": ("2024-02-03 04:05:06.789012+02", "2024-02-03T02:05:06.789012Z"),
    "timestamptz(3)": ("2024-02-03 04:05:06.789+02", "2024-02-03T02:05:06.789Z"),
    "timestamp with time zone": ("infinity", "infinity"),
    "timestamptz(6)": ("0044-03-15 12:00:00+00 BC", "0044-03-15 12:00:00+00 BC"),
    "date": ("2024-02-03", "2024-02-03"),
    "time": ("04:05:06.000001", "04:05:06.000001"),
    "time(3)": ("04:05:06.789", "04:05:06.789"),
    "bytea": (r"\x00ff", "AP8="),
    "double precision": ("0.1", "0.1"),
    "numeric": ("1.500", "1.500"),
    "varchar(9)": ("it's", "it's"),
    "boolean": ("true", "true"),
    "bigint": ("-7", "-7"),
}


def test_any_type_becomes_text_without_a_loss(database: Database) -> None:
    columns = [f"c{number} {kind}" for number, kind in enumerate(TEXTS)]
    cells = ["'" + stored.replace("'", "''") + "'" for stored, _ in TEXTS.values()]
    database.run(f"CREATE TABLE notes (id text PRIMARY KEY, {', '.join(columns)})")
    database.run(f"INSERT INTO notes VALUES ('n', {', '.join(cells)})")
    database.run("INSERT INTO notes VALUES ('empty')")
    note = define("notes", {f"c{number}": str | None for number in range(len(TEXTS))})

    plan = database.push(note)

    assert () == plan.losses
    assert [
        ("empty", *[None] * len(TEXTS)),
        ("n", *(text for _, text in TEXTS.values())),
    ] == database.run("SELECT * FROM notes ORDER BY id")


def test_the_session_makes_no_difference(database: Database) -> None:
    database.run("CREATE TABLE notes (id text PRIMARY KEY, day date, at timestamptz)")
    database.run("INSERT INTO notes VALUES ('n', '2024-02-03', '2024-02-03 04:05:06+02')")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL DateStyle = 'German, DMY'")
        connection.exec_driver_sql("SET LOCAL TimeZone = 'Asia/Tokyo'")
        push(connection, ds.Schema(define("notes", {"day": str | None, "at": str | None})))

    assert [("n", "2024-02-03", "2024-02-03T02:05:06.000000Z")] == database.run(
        "SELECT * FROM notes"
    )


@pytest.mark.parametrize(
    ("old", "new", "loses"),
    [
        ("timestamp(6) with time zone", "timestamp(3) with time zone", True),
        ("timestamp(3) with time zone", "timestamp(6) with time zone", False),
        ("integer", "bigint", False),
        ("bigint", "integer", True),
        ("integer", "numeric(5,1)", True),
        ("numeric(5,1)", "numeric(6,2)", False),
        ("numeric(5,1)", "numeric(5,2)", True),
        ("numeric", "integer", True),
        ("bigint", "double precision", True),
        ("jsonb", "text", False),
        ("json", "jsonb", True),
    ],
)
def test_a_type_that_holds_less_loses_something(old: str, new: str, *, loses: bool) -> None:
    assert loses is not keeps_values(old, new)
