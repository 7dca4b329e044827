"""Faults of what names other columns and tables: each is one problem, whose text is golden."""

from __future__ import annotations

from typing import Any

import pytest

import dualschema as ds
from dualschema.types import (
    ALL_TYPES,
    BigInteger,
    Choice,
    Integer,
    IntegerChoice,
    LongInteger,
    Text,
    Uuid,
)
from tests.schema.define import define, faults

NO_DEFAULT = "the default on delete, but the database knows no default"


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("nowhere.id", "refers to 'nowhere', which is no table of the schema"),
        ("nowhere", "refers to 'nowhere', which is no table of the schema"),
        ("other.nothing", "refers to 'nothing', which is no column of other"),
        ("other.name", "refers to other.name, which is neither key nor unique"),
        ("other.number", "has another type than other.number, to which it refers"),
        (define("outside"), "refers to 'outside', which is no table of the schema"),
        (define(None, {}), "refers to 'Base', which is no table of the schema"),
    ],
    ids=str,
)
def test_foreign_key_to_nowhere(target: Any, reason: str) -> None:
    other = define("other", {"name": str, "number": (int, {"unique": True})})
    table = define("t", {"other_id": (str, {"foreign_key": target})})

    assert [f"t.other_id: the foreign key {reason}"] == faults(table, other)


@pytest.mark.parametrize(
    ("annotation", "options", "action", "reason"),
    [
        (str, {}, "set null", "NULL on delete, but the column is not nullable"),
        (str, {"default": "x"}, "set null", "NULL on delete, but the column is not nullable"),
        (str, {}, "set default", NO_DEFAULT),
        (str | None, {}, "set default", NO_DEFAULT),
        (str, {"default_factory": ds.new_id}, "set default", NO_DEFAULT),
    ],
)
def test_foreign_key_whose_action_the_column_cannot_take(
    annotation: Any, options: dict[str, Any], action: Any, reason: str
) -> None:
    key = ds.ForeignKey("t.id", on_delete=action)
    table = define("t", {"a": (annotation, {"foreign_key": key, **options})})

    assert [f"t.a: the foreign key sets {reason}"] == faults(table)


@pytest.mark.parametrize(
    ("annotation", "options", "action"),
    [
        (str | None, {}, "set null"),
        (str, {"default": "x"}, "set default"),
        (str, {"default_factory": str}, "set default"),
        (str | None, {"default": None}, "set default"),
        (str, {"server_default": "'x'"}, "set default"),
    ],
)
def test_foreign_key_whose_action_the_column_can_take(
    annotation: Any, options: dict[str, Any], action: Any
) -> None:
    key = ds.ForeignKey("t.id", on_delete=action)
    table = define("t", {"a": (annotation, {"foreign_key": key, **options})})

    assert f"ON DELETE {action.upper()}" in ds.Schema(table).ddl("postgresql")


def test_foreign_key_that_follows_a_key() -> None:
    key = ds.ForeignKey("t.id", on_update="set null")
    table = define("t", {"a": (str, {"foreign_key": key})})

    reason = "sets NULL on update, but the column is not nullable"
    assert [f"t.a: the foreign key {reason}"] == faults(table)


@pytest.mark.parametrize(
    ("deferrable", "expected"),
    [
        (False, "ON UPDATE CASCADE"),
        ("immediate", "ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE"),
        ("deferred", "ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED"),
    ],
)
def test_foreign_key_that_is_checked_in_time(deferrable: Any, expected: str) -> None:
    key = ds.ForeignKey("t.id", on_update="cascade", deferrable=deferrable)
    schema = ds.Schema(define("t", {"a": (str, {"foreign_key": key})}))

    for engine in ("postgresql", "sqlite"):
        [line] = [each for each in schema.ddl(engine).split("\n") if "FOREIGN KEY" in each]
        assert line.rstrip(",").endswith(f"REFERENCES t (id) {expected}")


def test_foreign_key_to_a_dropped_table() -> None:
    table = define("t", {"other_id": (str, {"foreign_key": "other.id"})})

    assert ["t.other_id: the foreign key refers to 'other', which is dropped"] == faults(
        table, define("other", dropped=True)
    )


def test_foreign_key_to_a_dropped_column() -> None:
    other = define("other", {"code": (str, {"default": "", "unique": True, "dropped": True})})
    table = define("t", {"code": (str, {"foreign_key": "other.code"})})

    assert ["t.code: the foreign key refers to 'code', which is no column of other"] == faults(
        table, other
    )


@pytest.mark.parametrize(
    ("index", "reason"),
    [
        (ds.Index("nothing"), "an index is over 'nothing', which is no column"),
        (ds.Index("-nothing"), "an index is over 'nothing', which is no column"),
        (ds.Index(), "an index has no columns"),
    ],
    ids=str,
)
def test_index_over_nothing(index: ds.Index, reason: str) -> None:
    assert [f"t: {reason}"] == faults(define("t", indexes=[index]))


def test_previous_values_of_no_column() -> None:
    table = define("t", {"a": str}, track_previous=("a", "nothing"))

    assert ["t: track_previous names 'nothing', which is no column"] == faults(table)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("nothing", "'nothing' is no column of t"),
        ("name.user_id", "'name' is no foreign key of t"),
        ("other.nothing", "'nothing' is no column of other"),
        ("other.name.user_id", "'name' is no foreign key of other"),
        ("", "'' is no column of t"),
    ],
)
def test_owner_that_is_no_column(path: str, reason: str) -> None:
    other = define("other", {"name": str})
    columns = {"name": str, "other_id": (str, {"foreign_key": other})}

    assert [f"t: the owner {path!r}: {reason}"] == faults(define("t", columns, owner=path), other)


@pytest.mark.parametrize("kind", ALL_TYPES, ids=lambda kind: kind.__name__)
def test_owner_that_holds_no_id(kind: Any) -> None:
    annotation, options = kind.samples[0]
    table = define("t", {"a": (annotation, {**options, "owner": True})})
    path = define("u", {"t_id": (str, {"foreign_key": "t.id"})}, owner="t.a")
    reason = f"a user's id is text, a UUID or a whole number, and t.a is of type {kind.name}"

    if kind.can_be_owner:
        assert ds.Schema(table, path).model.tables[1].owner
    else:
        assert [f"t: the owner 'a': {reason}", f"u: the owner 't.a': {reason}"] == (
            faults(table, path)
        )


def test_the_types_of_owners() -> None:
    expected = [Text, Integer, BigInteger, LongInteger, Uuid, Choice, IntegerChoice]

    assert expected == [kind for kind in ALL_TYPES if kind.can_be_owner]


def test_two_owners() -> None:
    owner = {"owner": True}

    assert ["t: 2 owners are declared"] == faults(
        define("t", {"a": (str, owner), "b": (str, owner)})
    )
    assert ["t: 2 owners are declared"] == faults(define("t", {"a": (str, owner)}, owner="id"))
