"""Faults of names: each is one problem, whose text is golden."""

from __future__ import annotations

from typing import Any

import pytest

import dualschema as ds
from tests.schema.define import define, faults

LONG = "a" * 64


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Upper", "database names are snake_case, and 'Upper' has upper-case letters"),
        ("a b", "the name 'a b' holds ' ', which PowerSync forbids in names"),
        ("a.b", "the name 'a.b' holds '.', which PowerSync forbids in names"),
        ('a"b', "the name 'a\"b' holds '\"', which PowerSync forbids in names"),
        ("a'b", 'the name "a\'b" holds "\'", which PowerSync forbids in names'),
        ("a%b", "the name 'a%b' holds '%', which PowerSync forbids in names"),
        ("a,b", "the name 'a,b' holds ',', which PowerSync forbids in names"),
        ("a#b", "the name 'a#b' holds '#', which PowerSync forbids in names"),
        ("a[b", "the name 'a[b' holds '[', which PowerSync forbids in names"),
        ("a]b", "the name 'a]b' holds ']', which PowerSync forbids in names"),
        ("a\nb", "the name 'a\\nb' holds '\\n', which PowerSync forbids in names"),
        ("a\x7fb", "the name 'a\\x7fb' holds a control character"),
        (LONG, f"the name '{LONG}' has 64 bytes, and Postgres cuts names at 63"),
        ("é" * 32, f"the name '{'é' * 32}' has 64 bytes, and Postgres cuts names at 63"),
    ],
)
def test_name_that_is_none(name: str, reason: str) -> None:
    column = define("t", {"a": (str, {"name": name})})
    view = define("t", view_name=name)

    assert [f"{name}: {reason}"] == faults(define(name))
    assert [f"t: view_name: {reason}"] == faults(view)
    assert [f"t.{name}: {reason}"] == faults(column)


def test_empty_names() -> None:
    assert [": the name is empty"] == faults(define(""))
    assert ["t: view_name: the name is empty"] == faults(define("t", view_name=""))


@pytest.mark.parametrize("prefix", ["sqlite_", "ps_", "powersync_"])
def test_table_names_that_belong_to_others(prefix: str) -> None:
    name = f"{prefix}crud"
    reason = f"table names that begin with '{prefix}' belong to SQLite or PowerSync"

    assert [f"{name}: {reason}"] == faults(define(name))
    assert [f"t: view_name: {reason}"] == faults(define("t", view_name=name))


@pytest.mark.parametrize("name", ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"])
def test_system_columns(name: str) -> None:
    table = define("t", {name: str})

    assert [f"t.{name}: {name!r} is a system column of every Postgres table"] == faults(table)


def test_two_columns_of_one_name() -> None:
    table = define("t", {"fooBar": str, "foo_bar": str})

    assert ["t.foo_bar: two columns have this name (case does not count)"] == faults(table)


def test_column_of_the_name_of_a_dropped_one() -> None:
    table = define("t", {"a": str, "b": (str | None, {"name": "a", "dropped": True})})

    assert ["t.a: two columns have this name (case does not count)"] == faults(table)


def test_two_columns_of_one_name_in_json() -> None:
    table = define("t", {"foo_bar": str, "other": (str, {"json_name": "fooBar"})})

    assert ["t: two columns are 'fooBar' in JSON: say json_name="] == faults(table)


@pytest.mark.parametrize("was", ["a", "A"])
def test_former_name_that_a_column_has(was: str) -> None:
    table = define("t", {"a": str, "b": (str, {"was": was})})

    assert [f"t.b: it was called {was!r}, and another column is called so"] == faults(table)


def test_former_name_that_is_the_name() -> None:
    table = define("t", {"a": (str, {"was": "a"})}, was="t")

    assert [
        "t.a: it was called 'a', and still is",
        "t: it was called 't', and still is",
    ] == faults(table)


@pytest.mark.parametrize("was", ["a", "A"])
def test_former_name_that_a_table_has(was: str) -> None:
    reason = f"it was called {was!r}, and another table is called so"

    assert [f"b: {reason}"] == faults(define("b", was=was), define("a"))


def test_former_name_that_two_tables_had() -> None:
    reason = "it was called 'old', and another table was called so too"

    assert [f"b: {reason}"] == faults(define("a", was="old"), define("b", was="old"))


def test_former_name_that_two_columns_had() -> None:
    table = define("t", {"a": (str, {"was": "old"}), "b": (str, {"was": "old"})})

    assert ["t.b: it was called 'old', and another column was called so too"] == faults(table)


def test_columns_that_powersync_adds() -> None:
    names = {"_metadata": str, "_deleted": str}
    columns = {f"a{name}": (kind, {"name": name}) for name, kind in names.items()}

    assert [
        "t._metadata: PowerSync adds a column of this name for metadata",
        "t._deleted: PowerSync adds a column of this name for metadata",
    ] == faults(define("t", columns, track_metadata=True))
    assert ds.Schema(define("t", columns)).powersync()["tables"][0]["name"] == "t"


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        ({"a": (str, {"index": "An Index"})}, {}),
        ({"a": (str, {"unique": "An Index"})}, {}),
        ({"a": (str, {"foreign_key": ds.ForeignKey("t.id", name="An Index")})}, {}),
        ({"a": str}, {"indexes": [ds.Index("a", name="An Index")]}),
        ({"a": str}, {"checks": [ds.Check("a <> ''", name="An Index")]}),
    ],
    ids=["index", "unique", "foreign key", "indexes", "checks"],
)
def test_name_of_a_constraint_that_is_none(columns: dict[str, Any], line: dict[str, Any]) -> None:
    table = define("t", columns, **line)

    place = "t" if "checks" in line else "t.a"
    reason = "database names are snake_case, and 'An Index' has upper-case letters"
    assert [f"{place}: {reason}"] == faults(table)


def test_index_names_that_belong_to_sqlite() -> None:
    table = define("t", {"a": (str, {"index": "sqlite_i"})})

    assert ["t.a: index names that begin with 'sqlite_' belong to SQLite"] == faults(table)


def test_two_tables_of_one_name() -> None:
    assert ["t: 't': two tables have this name (case does not count)"] == faults(
        define("t"), define("t")
    )


def test_two_tables_of_one_name_on_the_client() -> None:
    reason = "two tables have this name on the client (case does not count)"

    assert [f"b: 'a': {reason}"] == faults(define("a"), define("b", view_name="a"))
    assert [f"b: 'v': {reason}"] == faults(define("a", view_name="v"), define("b", view_name="v"))


def test_two_indexes_of_one_name() -> None:
    column = {"a": (str, {"index": "i"})}
    reason = "two indexes have this name, and both databases keep one of a name"

    assert [f"b: 'i': {reason} (case does not count)"] == faults(
        define("a", column), define("b", column)
    )


@pytest.mark.parametrize("option", ["index", "unique"])
def test_index_of_the_name_of_a_table(option: str) -> None:
    reason = "an index and a table have this name, and both databases keep one of a name"

    assert [f"a: 'b': {reason} (case does not count)"] == faults(
        define("a", {"x": (str, {option: "b"})}), define("b")
    )


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        ({}, {"checks": [ds.Check("id <> ''", name="c"), ds.Check("id <> 'x'", name="c")]}),
        ({"a": bool}, {"checks": [ds.Check("a = 1", name="t_a_check")]}),
        ({"a": (str, {"unique": "c"})}, {"checks": [ds.Check("a <> ''", name="c")]}),
        (
            {
                "a": (str, {"foreign_key": ds.ForeignKey("t.id", name="c")}),
                "b": (str, {"foreign_key": ds.ForeignKey("t.id", name="c")}),
            },
            {},
        ),
    ],
    ids=["two checks", "a column's own check", "unique and check", "two foreign keys"],
)
def test_two_constraints_of_one_name(columns: dict[str, Any], line: dict[str, Any]) -> None:
    name = "t_a_check" if columns == {"a": bool} else "c"

    assert [f"t: two constraints are called {name!r}"] == faults(define("t", columns, **line))
