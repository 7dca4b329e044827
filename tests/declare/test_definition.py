"""What a definition may say, and what the model then holds."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from pydantic import field_validator

import dualschema as ds
from dualschema.column_type import COLUMN_BUILD, PostgresStyle
from dualschema.model import (
    CheckModel,
    ForeignKeyModel,
    IndexModel,
    OwnerModel,
    OwnerStep,
    Sync,
    TrackPrevious,
    Writable,
)
from tests.schema.define import define, model_of


def test_every_option_of_a_column() -> None:
    table = define(
        "t",
        {
            "a": (
                int,
                {
                    "default": 3,
                    "index": True,
                    "unique": True,
                    "writable": "server",
                    "check": "a <> 4",
                    "server_default": "5",
                    "on_update": int,
                    "postgres": "native",
                    "was": "old_a",
                    "doc": "a number",
                },
            ),
            "b": (str | None, {"index": "my_index", "unique": "my_key", "writable": "create"}),
            "gone": (str, {"default": "", "dropped": True, "index": True, "check": "gone <> ''"}),
        },
    )
    model = model_of(table)
    a, b = model.columns[1:]

    assert (a.default and (a.default.value, a.default.in_ddl, a.default.server)) == (3, True, "5")
    assert ("t_a_key", "my_key") == (a.unique, b.unique)
    assert (Writable.SERVER, Writable.CREATE) == (a.writable, b.writable)
    assert (PostgresStyle.NATIVE, PostgresStyle.PORTABLE) == (a.style, b.style)
    assert (int, "old_a", "a number") == (a.on_update, a.was, a.doc)
    assert (False, True) == (a.nullable, b.nullable)
    assert (False, False) == (a.required, b.required)
    assert (CheckModel("t_a_user_check", "a <> 4"),) == model.checks
    assert (
        IndexModel("t_a_idx", ("a",), (False,)),
        IndexModel("my_index", ("b",), (False,)),
    ) == model.indexes
    assert ["gone"] == [column.name for column in model.dropped_columns]
    assert "gone" not in model.by_name


def test_every_option_of_a_table() -> None:
    table = define(
        "t",
        {"lapTime": int, "b": str},
        indexes=[
            ds.Index("-lapTime", "b", unique=True),
            ds.Index("lap_time", name="by_time"),
        ],
        checks=[ds.Check("lap_time > 0"), ds.Check("b <> ''", name="b_there")],
        owner="b",
        postgres="native",
        sync="insert_only",
        view_name="t_view",
        track_previous=("lapTime",),
        track_previous_when_changed=True,
        track_metadata=True,
        ignore_empty_updates=True,
        was="old_t",
    )
    model = model_of(table)

    assert (
        IndexModel("t_lap_time_b_idx", ("lap_time", "b"), (True, False), unique=True),
        IndexModel("by_time", ("lap_time",), (False,)),
    ) == model.indexes
    assert (CheckModel("t_1_check", "lap_time > 0"), CheckModel("b_there", "b <> ''")) == (
        model.checks
    )
    assert OwnerModel((), "t", "b") == model.owner
    assert PostgresStyle.NATIVE is model.columns[0].style
    assert Sync.INSERT_ONLY is model.sync
    assert TrackPrevious(("lap_time",), only_when_changed=True) == model.track_previous
    assert ("t_view", True, True, "old_t") == (
        model.view_name,
        model.track_metadata,
        model.ignore_empty_updates,
        model.was,
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (True, Sync.BOTH),
        (False, Sync.SERVER_ONLY),
        ("local_only", Sync.LOCAL_ONLY),
        ("insert_only", Sync.INSERT_ONLY),
    ],
)
def test_sync_modes(given: Any, expected: Sync) -> None:
    assert expected is model_of(define("t", sync=given)).sync


@pytest.mark.parametrize(
    ("schema", "table", "column", "expected"),
    [
        ("portable", None, None, PostgresStyle.PORTABLE),
        ("native", None, None, PostgresStyle.NATIVE),
        ("native", "portable", None, PostgresStyle.PORTABLE),
        ("portable", "portable", "native", PostgresStyle.NATIVE),
        ("native", "native", "portable", PostgresStyle.PORTABLE),
    ],
)
def test_the_nearest_style_counts(
    schema: Any, table: Any, column: Any, expected: PostgresStyle
) -> None:
    made = define("t", {"a": (bool, {"postgres": column})}, postgres=table)

    assert expected is model_of(made, postgres=schema).by_name["a"].style


@pytest.mark.parametrize(
    "target", ["users", "users.id", "class", ds.ForeignKey("users.id", on_delete="no action")]
)
def test_foreign_keys_name_a_table_or_a_class(target: Any) -> None:
    user = define("users")
    table = define("t", {"owner": (str, {"foreign_key": user if target == "class" else target})})

    keys = ds.Schema(table, user).model.tables[0].foreign_keys

    assert (ForeignKeyModel("t_owner_fkey", "owner", "users", "id"),) == keys


@pytest.mark.parametrize("path", ["category.user_id", "category_id.user_id", "categoryId.userId"])
def test_owner_through_foreign_keys(path: str) -> None:
    category = define("categories", {"userId": (str, {"owner": True})})
    task = define("tasks", {"categoryId": (str, {"foreign_key": category})}, owner=path)
    step = define(
        "steps",
        {"task_id": (str, {"foreign_key": "tasks", "owner": "task.category.user_id"})},
    )

    models = ds.Schema(step, task, category).model.by_name

    first = OwnerStep("steps", "task_id", "tasks", "id")
    second = OwnerStep("tasks", "category_id", "categories", "id")
    assert OwnerModel((first, second), "categories", "user_id") == models["steps"].owner
    assert OwnerModel((second,), "categories", "user_id") == models["tasks"].owner
    assert OwnerModel((), "categories", "user_id") == models["categories"].owner


def test_the_model_is_frozen() -> None:
    model = ds.Schema(define("t", {"a": str})).model
    records: list[Any] = [model, model.tables[0], model.tables[0].columns[0]]

    for record in records:
        name = next(iter(record.__dataclass_fields__))
        with pytest.raises(FrozenInstanceError):
            setattr(record, name, "other")
    assert isinstance(model.tables, tuple)
    assert isinstance(model.tables[0].columns, tuple)


@pytest.mark.parametrize("module", ["model", "naming", "pattern", "types", "powersync"])
def test_the_model_and_what_it_needs_import_no_sqlalchemy(module: str) -> None:
    code = (
        "import sys, types\n"
        # The package's own __init__ imports everything: leave it out.
        "import importlib.util as util\n"
        "spec = util.find_spec('dualschema')\n"
        "package = types.ModuleType('dualschema')\n"
        "package.__path__ = list(spec.submodule_search_locations)\n"
        "sys.modules['dualschema'] = package\n"
        f"import dualschema.{module}\n"
        "print([name for name in ('sqlalchemy', 'psycopg', 'hypothesis') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()


def test_a_class_keeps_nothing_that_built_its_columns() -> None:
    """What does holds on to pydantic's generator: half of the objects of a large schema."""

    class Kept(ds.Table, name="kept"):
        id: ds.Column[str] = ds.column(primary_key=True)
        number: ds.Column[ds.Int64 | None] = ds.column(default=None)
        document: ds.Column[list[int]] = ds.column(default_factory=list)

        @field_validator("number")
        @classmethod
        def even(cls, value: int | None) -> int | None:
            return value

    assert COLUMN_BUILD not in repr(Kept.__pydantic_core_schema__)


def test_a_view_of_the_table_s_own_name_is_none() -> None:
    model = model_of(define("t", view_name="t"))

    assert (None, "t") == (model.view_name, model.view)
