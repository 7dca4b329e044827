"""Faults of tables and of the whole set, and how all problems come together."""

from __future__ import annotations

from typing import Any, Literal

import pytest

import dualschema as ds
from tests.schema.define import KEY, define, faults

NO_KEY: dict[str, Any] = {}


def test_more_columns_than_a_synced_table_has() -> None:
    columns = {f"c{number}": (int | None, {"default": None}) for number in range(1998)}

    assert ["t: 1998 columns beside the key; a synced table has at most 1,997"] == faults(
        define("t", columns, sync="local_only")
    )
    assert [
        "t: 1998 columns beside the key; a synced table has at most 1,997",
        "t: 1999 columns; Postgres takes at most 1,600",
    ] == faults(define("t", columns))


def test_more_columns_than_postgres_takes() -> None:
    columns = {f"c{number}": (int | None, {"default": None}) for number in range(1600)}

    assert ["t: 1601 columns; Postgres takes at most 1,600"] == faults(
        define("t", columns, sync=False)
    )


def test_tracking_of_a_table_that_is_never_uploaded() -> None:
    reason = "a local-only table is never uploaded, so it tracks no metadata or previous values"

    assert [f"t: {reason}"] == faults(define("t", sync="local_only", track_previous=True))
    assert [f"t: {reason}"] == faults(define("t", sync="local_only", track_metadata=True))


def test_class_without_a_name() -> None:
    assert ["Base: the class has no name=, so it is no table"] == faults(define(None))
    assert ["Table: the class has no name=, so it is no table"] == faults(ds.Table)


def test_what_is_no_table() -> None:
    assert ["3: this is no table class", "<class 'int'>: this is no table class"] == faults(3, int)


def test_class_in_two_schemas_with_other_stored_forms() -> None:
    table = define("t", {"a": bool})
    first = ds.Schema(table)

    assert ["t: the class stands in another Schema, with another stored form"] == faults(
        table, postgres="native"
    )
    assert first.model == ds.Schema(table, define("other")).model.__class__(first.model.tables)


def test_unknown_postgres_style_of_a_schema() -> None:
    with pytest.raises(ValueError, match="'fancy' is not a valid PostgresStyle"):
        ds.Schema(define("t"), postgres="fancy")  # type: ignore[arg-type]  # wrong on purpose


# All together


def test_all_problems_of_all_tables_come_together() -> None:
    bad = define(
        "Bad",
        {
            "fooBar": complex,
            "c": (int, {"default": "x", "min_length": 3}),
            "d": (int, {"default": "x"}),
            "e": (str, {"foreign_key": "nowhere.id"}),
        },
    )
    keyless = define("keyless", {"a": (str, {"owner": "x.y"})}, key=NO_KEY, indexes=[ds.Index("z")])

    with pytest.raises(ds.DefinitionError) as caught:
        ds.Schema(bad, keyless)

    assert (
        "8 problems:\n"
        "  Bad.foo_bar: no column type stands for the annotation complex\n"
        "  Bad.c: min_length: no option of a column of type integer\n"
        "  Bad.d: the default is no value of the column: Input should be a valid integer\n"
        "  keyless: an index is over 'z', which is no column\n"
        "  keyless: no column is the key: say column(primary_key=True)\n"
        "  Bad.e: the foreign key refers to 'nowhere', which is no table of the schema\n"
        "  Bad: database names are snake_case, and 'Bad' has upper-case letters\n"
        "  keyless: the owner 'x.y': 'x' is no foreign key of keyless"
    ) == str(caught.value)
    assert (
        ds.Problem("Bad", "foo_bar", "no column type stands for the annotation complex")
        == (caught.value.problems[0])
    )


def test_undefined_names_do_not_hide_other_problems() -> None:
    class Missing(ds.Table, name="t"):
        id: ds.Column[str] = ds.column(primary_key=True)
        a: ds.Column[Nowhere]  # type: ignore[name-defined]  # noqa: F821  (wrong on purpose)

    assert [
        "t: an annotation names 'Nowhere', which is not defined",
        "Base: the class has no name=, so it is no table",
        "keyless: no column is the key: say column(primary_key=True)",
    ] == faults(Missing, define(None), define("keyless", {"a": str}, key=NO_KEY))


def test_a_schema_that_is_refused_binds_no_table() -> None:
    good, bad = define("good"), define("bad", {"a": complex})
    faults(good, bad)

    with pytest.raises(ds.UnboundTableError, match="Good stands in no Schema yet"):
        _ = good.id  # type: ignore[attr-defined]  # wrong on purpose
    assert ds.Schema(good, postgres="native").tables == (good,)


def test_messages_hold_no_default() -> None:
    secret = "s3cret-value"
    table = define("t", {"a": (int, {"default": secret}), "b": (Literal["x"], {"default": secret})})

    with pytest.raises(ds.DefinitionError) as caught:
        ds.Schema(table)

    assert secret not in str(caught.value)
    assert dict(KEY) == {"id": (str, {"primary_key": True})}
