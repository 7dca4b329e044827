"""Faults of keys: each is one problem, whose text is golden."""

from __future__ import annotations

from typing import Any

import pytest

import dualschema as ds
from dualschema.types import ALL_TYPES
from tests.schema.define import define, faults

NO_KEY: dict[str, Any] = {}


def test_no_key() -> None:
    table = define("t", {"a": str}, key=NO_KEY)

    assert ["t: no column is the key: say column(primary_key=True)"] == faults(table)


def test_two_keys() -> None:
    table = define("t", {"other": (str, {"primary_key": True})})

    assert ["t: 2 columns are keys (id, other); a table has one"] == faults(table)


def test_nullable_key() -> None:
    table = define("t", key={"id": (str | None, {"primary_key": True})})

    assert ["t.id: the key is nullable"] == faults(table)


@pytest.mark.parametrize("kind", ALL_TYPES, ids=lambda kind: kind.__name__)
def test_key_of_a_synced_table_is_text_on_the_client(kind: Any) -> None:
    annotation, options = kind.samples[0]
    key = {"code": (annotation, {**options, "primary_key": True})}
    expected = (
        f"t.code: a client's id is text, and a column of type {kind.name} can be no key of a "
        "synced table: use str, UUID or Int64, or sync=False"
    )

    if kind.can_be_key:
        assert ds.Schema(define("t", key=key)).model.tables[0].key == "code"
    else:
        assert [expected] == faults(define("t", key=key))
        assert ds.Schema(define("t", key=key, sync=False)).model.tables[0].key == "code"


@pytest.mark.parametrize("sync", [True, "insert_only", "local_only"])
def test_id_that_is_not_the_key_of_a_clients_table(sync: Any) -> None:
    table = define("t", {"id": str}, key={"code": (str, {"primary_key": True})}, sync=sync)

    assert ["t.id: a column called id is not the key, and a client's key is called id"] == faults(
        table
    )


def test_dropped_key() -> None:
    table = define("t", key={"id": (str, {"primary_key": True, "dropped": True, "default": "x"})})

    assert ["t.id: the key is dropped"] == faults(table)
