"""Bad values: refused at every door with one clear error, and nothing is written."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import psycopg
import pydantic
import pytest
import sqlalchemy as sa

import dualschema as ds


class Everything(ds.Table, name="everything"):
    id: ds.Column[str] = ds.column(primary_key=True)
    text: ds.Column[str] = ds.column(default="")
    flag: ds.Column[bool] = ds.column(default=False)
    count: ds.Column[int] = ds.column(default=0)
    big: ds.Column[ds.BigInt] = ds.column(default=0)
    real: ds.Column[float] = ds.column(default=0.0)
    price: ds.Column[Decimal] = ds.column(default=Decimal(0), precision=6, scale=2)
    kind: ds.Column[Literal["a", "b"]] = ds.column(default="a")
    instant: ds.Column[datetime | None] = ds.column(default=None)
    document: ds.Column[dict[str, Any]] = ds.column(default_factory=dict)


schema = ds.Schema(Everything)

NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001  (the case)

BAD: list[tuple[str, Any, str]] = [
    ("text", "a\0b", "text may hold no NUL character, which Postgres cannot store"),
    ("text", "\ud800", "text may hold no lone surrogate, which has no UTF-8"),
    ("text", 1, "Input should be a valid string"),
    ("flag", 2, "Input should be a valid boolean"),
    ("flag", "true", "Input should be a valid boolean"),
    ("count", 2**31, "Input should be less than or equal to 2147483647"),
    ("count", -(2**31) - 1, "Input should be greater than or equal to -2147483648"),
    ("count", True, "Input should be a valid integer"),
    ("count", "1", "Input should be a valid integer"),
    ("big", 2**53, "Input should be less than or equal to 9007199254740991"),
    ("real", float("nan"), "Input should be a finite number"),
    ("real", float("inf"), "Input should be a finite number"),
    ("real", float("-inf"), "Input should be a finite number"),
    ("price", Decimal("0.001"), "Decimal input should have no more than 2 decimal places"),
    ("price", Decimal("NaN"), "Input should be a finite number"),
    ("kind", "c", "Input should be 'a' or 'b'"),
    ("kind", "A", "Input should be 'a' or 'b'"),
    ("instant", NAIVE, "Input should have timezone info"),
    (
        "document",
        {"a": "\0"},
        "a JSON document may hold no \\u0000, which Postgres cannot store at a",
    ),
    ("document", {"a": [1, float("nan")]}, "JSON has no NaN and no infinity at a[1]"),
    ("document", {"a": {"b": float("inf")}}, "JSON has no NaN and no infinity at a.b"),
    ("document", {"\ud83d": float("nan")}, "JSON has no NaN and no infinity at \\ud83d"),
    (
        "document",
        {"k": {"x" * 3000: [float("nan")]}},
        f"JSON has no NaN and no infinity at k.{'x' * 40}…[0]",
    ),
    ("document", {"a": "\ud800"}, "the document has no JSON text that reads back"),
    ("document", {"a": (1,)}, "the document does not come back from its JSON text as it was"),
    ("document", {"a": NAIVE}, "the document does not come back from its JSON text as it was"),
    ("document", {"a": {1: 2}}, "the keys of a JSON object are text at a"),
    ("document", None, "Input should be a valid dictionary"),
]

every_bad_value = pytest.mark.parametrize(
    ("column", "value", "reason"), BAD, ids=[f"{c}{n}" for n, (c, _, _) in enumerate(BAD)]
)


def only_error(error: pydantic.ValidationError) -> dict[str, Any]:
    [found] = error.errors(include_url=False)
    return dict(found)


@every_bad_value
def test_a_row_cannot_be_made_of_it(column: str, value: Any, reason: str) -> None:
    with pytest.raises(pydantic.ValidationError) as caught:
        Everything(**{"id": "a", column: value})

    assert (column,) == only_error(caught.value)["loc"]
    assert reason == only_error(caught.value)["msg"]
    text = str(caught.value)
    assert "Everything" in text
    assert column in text
    assert "input_value" not in text


@every_bad_value
def test_a_row_cannot_be_changed_to_it(column: str, value: Any, reason: str) -> None:
    row = Everything(id="a")
    before = row.model_copy(deep=True)

    with pytest.raises(pydantic.ValidationError) as caught:
        setattr(row, column, value)

    assert reason == only_error(caught.value)["msg"]
    assert before == row


@every_bad_value
def test_it_is_not_decoded(column: str, value: Any, reason: str) -> None:
    with pytest.raises(ds.DecodeError) as caught:
        ds.decode(Everything, {"id": "a", column: value}, "json")

    assert ("everything", column) == (caught.value.table, caught.value.column)
    expected = reason
    if value is None:
        expected = "it is NULL, but the column is not nullable"
    elif "does not come back" in reason:  # a parsed document is told by its classes
        expected = f"JSON has no {type(value['a']).__name__} at a"
    assert f"everything.{column}: {expected}" == str(caught.value)


# What a class alone tells is seen again when a row is encoded, and so are NaN, NUL and missing
# values in documents. Ranges of numbers are not: the row's class has checked them.
SMUGGLED = [
    *(case for case in BAD if case[0] in ("flag", "real", "price", "kind", "instant")),
    *(case for case in BAD if case[:2] in (("text", 1), ("count", True), ("document", None))),
    *(case for case in BAD if "\\u0000" in case[2] or "NaN" in case[2]),
]


@pytest.mark.parametrize(
    ("column", "value", "reason"), SMUGGLED, ids=[f"{c}{n}" for n, (c, _, _) in enumerate(SMUGGLED)]
)
@pytest.mark.parametrize("side", ["sqlite", "postgres"])
def test_it_is_not_encoded_even_if_the_check_was_passed_by(
    side: Any, column: str, value: Any, reason: str
) -> None:
    """``model_construct`` and changes inside a document are not checked when they happen."""
    values = Everything(id="a").model_dump() | {column: value}
    row = Everything.model_construct(**values)

    with pytest.raises(ds.EncodeError) as caught:
        ds.encode(row, side)

    assert ("everything", column, side) == (
        caught.value.table,
        caught.value.column,
        caught.value.side,
    )


@every_bad_value
def test_plain_sqlalchemy_writes_nothing_on_sqlite(column: str, value: Any, reason: str) -> None:
    engine = sa.create_engine("sqlite://")
    schema.metadata.create_all(engine)
    table = schema.metadata.tables["everything"]

    with engine.connect() as connection:
        with pytest.raises((sa.exc.StatementError, sa.exc.IntegrityError)):
            connection.execute(sa.insert(table).values(id="a", **{column: value}))

        assert 0 == connection.scalar(sa.select(sa.func.count()).select_from(table))
    engine.dispose()


def test_plain_sqlalchemy_writes_nothing_on_postgres(postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:", 1))
    schema.metadata.create_all(engine)
    table = schema.metadata.tables["everything"]
    with engine.connect() as connection:
        for column, value, _ in BAD:
            with (
                pytest.raises((sa.exc.StatementError, sa.exc.IntegrityError)),
                connection.begin_nested(),
            ):
                connection.execute(sa.insert(table).values(id="a", **{column: value}))

        assert 0 == connection.scalar(sa.select(sa.func.count()).select_from(table))
    engine.dispose()


def test_the_message_of_sqlalchemy_names_the_type_and_the_reason() -> None:
    engine = sa.create_engine("sqlite://", hide_parameters=True)
    schema.metadata.create_all(engine)
    with engine.connect() as connection, pytest.raises(sa.exc.StatementError) as caught:
        connection.execute(
            sa.insert(schema.metadata.tables["everything"]).values(id="a", count=2**40)
        )

    assert "integer: Input should be less than or equal to 2147483647" in str(caught.value)
    assert str(2**40) not in str(caught.value)
    engine.dispose()


def test_the_row_of_a_batch_is_named() -> None:
    rows = [Everything(id=str(n)) for n in range(5)]
    rows[3].document["x"] = float("nan")  # behind pydantic's back

    with pytest.raises(ds.EncodeError, match=r"^everything\.document \(row 3\): JSON has no NaN"):
        ds.encode_many(rows, "sqlite")

    stored: list[Any] = [list(cells) for cells in ds.encode_many(rows[:3], "sqlite")]
    stored[2][2] = 7
    with pytest.raises(ds.DecodeError, match=r"^everything\.flag \(row 2\): Input should be") as e:
        ds.decode_many(Everything, stored, "sqlite")
    assert (2, "int") == (e.value.row, e.value.value_type)


def test_databases_refuse_what_other_programs_write(
    postgres_connection: psycopg.Connection[Any],
) -> None:
    """The CHECKs: for what does not come through this library."""
    client = sqlite3.connect(":memory:")
    client.executescript(schema.ddl("sqlite"))
    for column, value in (("flag", 2), ("kind", "c"), ("count", "x"), ("text", b"x")):
        with pytest.raises(sqlite3.IntegrityError):
            client.execute(f"INSERT INTO everything (id, {column}) VALUES ('a', ?)", [value])
    client.close()
    with postgres_connection.transaction(force_rollback=True):
        postgres_connection.execute(schema.ddl("postgresql"))
        for column, value in (("flag", 2), ("kind", "c"), ("count", 2**31), ("price", "x")):
            with pytest.raises(psycopg.Error), postgres_connection.transaction():
                postgres_connection.execute(
                    f"INSERT INTO everything (id, {column}) VALUES ('a', %s)", [value]
                )
