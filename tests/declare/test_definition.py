"""What a class statement may hold, and what the model then says."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import FrozenInstanceError
from datetime import datetime
from typing import Any, ClassVar, Literal

import pydantic
import pytest

import dualschema as ds
from dualschema.column_type import PostgresStyle
from dualschema.model import (
    CheckModel,
    ForeignKeyModel,
    IndexModel,
    OwnerModel,
    OwnerStep,
    Sync,
    TableModel,
    TrackPrevious,
    Writable,
)
from tests.declare import forward
from tests.schema.define import define


class Timestamps(ds.Table):
    """When a row was made and changed."""

    created_at: ds.Column[datetime] = ds.column(default_factory=ds.now, doc="made")
    updated_at: ds.Column[datetime] = ds.column(default_factory=ds.now, on_update=ds.now)


class Keyed(ds.Table):
    """A text key."""

    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)


class Owned(Keyed):
    """A key and an owner."""

    user_id: ds.Column[str] = ds.column(owner=True, index=True)

    @property
    def is_mine(self) -> bool:
        """Whether it belongs to the one user of these tests."""
        return self.user_id == "me"


class Note(Owned, Timestamps, name="notes"):
    """A note.

    Of several lines.
    """

    LIMIT: ClassVar[int] = 3
    text: ds.Column[str]
    """What it says."""
    updated_at: ds.Column[datetime | None] = ds.column(default=None)  # type: ignore[assignment]

    def shout(self) -> str:
        """Return the text in capitals."""
        return self.text.upper()


class Letter(Note, name="letters"):
    sent: ds.Column[bool] = ds.column(default=False)


Schema = ds.Schema(Note, Letter)


def model_of(table: type[ds.Table], **options: Any) -> TableModel:
    """Return the model of a table alone in a schema."""
    return ds.Schema(table, **options).model.tables[0]


# Inheritance


def test_a_base_gives_its_columns_to_each_table() -> None:
    note, letter = Schema.model.tables

    own = {"created_at", "updated_at", "id", "user_id", "text"}
    assert own == set(note.by_name)
    assert own | {"sent"} == set(letter.by_name)
    assert ("notes", "letters") == (note.name, letter.name)


def test_a_base_gives_options_too_but_names_are_each_tables_own() -> None:
    note, letter = Schema.model.tables

    assert (OwnerModel((), "notes", "user_id"), OwnerModel((), "letters", "user_id")) == (
        note.owner,
        letter.owner,
    )
    assert ["notes_user_id_idx"] == [index.name for index in note.indexes]
    assert ["letters_user_id_idx"] == [index.name for index in letter.indexes]
    assert "id" == note.key == letter.key


def test_a_column_of_a_base_may_be_declared_anew() -> None:
    column = Schema.model.by_name["notes"].by_name["updated_at"]

    assert column.nullable
    assert column.on_update is None


def test_methods_properties_and_class_variables_are_no_columns() -> None:
    note = Note(text="hello", user_id="me")

    assert ("HELLO", True, 3) == (note.shout(), note.is_mine, Note.LIMIT)
    assert {"LIMIT", "shout", "is_mine"}.isdisjoint(Schema.model.by_name["notes"].by_attribute)


def test_the_columns_of_a_table_and_of_its_subclass_are_two() -> None:
    assert ("notes.text", "letters.text") == (str(Note.text), str(Letter.text))
    assert "letters.sent" == str(Letter.sent)


def test_a_subclass_of_a_table_in_a_schema_is_in_none() -> None:
    class Postcard(Note, name="postcards"):
        pass

    with pytest.raises(ds.UnboundTableError):
        _ = Postcard.text
    assert "notes.text" == str(Note.text)
    assert "postcards.text" == str(_expression(Postcard))


def _expression(table: type[Note]) -> Any:
    ds.Schema(table)
    return table.text


def test_options_of_the_class_line_are_not_inherited() -> None:
    class Logged(Keyed, name="logged", sync="insert_only", track_metadata=True):
        pass

    class Plain(Logged, name="plain"):
        pass

    model = model_of(Plain)
    assert (Sync.BOTH, False) == (model.sync, model.track_metadata)


# Annotations


def test_annotations_may_name_what_stands_further_down() -> None:
    node = forward.Node(id="1", kind="inner", leaves=[forward.Leaf(leaf_name="a")])

    assert {
        "id": "1",
        "kind": "inner",
        "leaves": [{"leafName": "a", "leaves": []}],
        "parentId": None,
    } == ds.encode(node, "json")
    with pytest.raises(pydantic.ValidationError):
        forward.Node(id="1", kind="middle")  # type: ignore[arg-type]


def test_annotations_may_name_what_stands_in_the_same_function() -> None:
    Choice = Literal["a", "b"]  # noqa: N806

    class Inner(ds.JsonModel):
        some_key: int

    class Local(ds.Table, name="local"):
        id: ds.Column[str] = ds.column(primary_key=True)
        choice: ds.Column[Choice]
        inner: ds.Column[Inner | None] = ds.column(default=None)
        later: ds.Column[list[Later]] = ds.column(default_factory=list)

    class Later(ds.JsonModel):
        other_key: int

    ds.Schema(Local)
    row = Local(id="1", choice="a", inner=Inner(some_key=1), later=[Later(other_key=2)])

    assert {"someKey": 1} == ds.encode(row, "json")["inner"]
    assert [{"otherKey": 2}] == ds.encode(row, "json")["later"]


def test_a_schema_made_elsewhere_completes_classes_of_a_function() -> None:
    def define_local() -> type[ds.Table]:
        class Inner(ds.JsonModel):
            key: int

        class Local(ds.Table, name="local"):
            id: ds.Column[str] = ds.column(primary_key=True)
            inner: ds.Column[Inner]

        return Local

    assert ("id", "inner") == tuple(model_of(define_local()).by_name)


@pytest.mark.parametrize(
    ("attribute", "column", "json_name"),
    [
        ("lapTime", "lap_time", "lapTime"),
        ("lap_time", "lap_time", "lapTime"),
        ("userID", "user_id", "userId"),
        ("user_id", "user_id", "userId"),
        ("HTTPServer", "http_server", "httpServer"),
        ("x", "x", "x"),
        ("x2y", "x2y", "x2y"),
        ("line_2", "line_2", "line2"),
    ],
)
def test_names_in_either_case(attribute: str, column: str, json_name: str) -> None:
    made = model_of(define("t", {attribute: str})).columns[1]

    assert (attribute, column, json_name) == (made.attribute, made.name, made.json_name)


def test_camel_case_and_snake_case_give_the_same_model() -> None:
    camel = define("t", {"lapTime": int, "splitTime": (str, {"index": True})})
    snake = define("t", {"lap_time": int, "split_time": (str, {"index": True})})

    first, second = ds.Schema(camel), ds.Schema(snake)

    assert first.ddl("postgresql") == second.ddl("postgresql")
    assert first.ddl("sqlite") == second.ddl("sqlite")
    assert first.powersync() == second.powersync()
    one: Any = camel(id="1", lapTime=1, splitTime="2")  # type: ignore[call-arg]
    other: Any = snake(id="1", lap_time=1, split_time="2")  # type: ignore[call-arg]
    assert ds.encode(one, "json") == ds.encode(other, "json")
    assert ds.encode(one, "sqlite") == ds.encode(other, "sqlite")


def test_names_of_ones_own() -> None:
    table = define(
        "t",
        {
            "both": (str, {"name": "in_database", "json_name": "IN-JSON"}),
            "stored": (str, {"name": "other_name"}),
            "shown": (str, {"json_name": "as_json"}),
        },
    )
    columns = model_of(table).columns[1:]
    row: Any = table(id="1", both="a", stored="b", shown="c")  # type: ignore[call-arg]

    assert [("in_database", "IN-JSON"), ("other_name", "otherName"), ("shown", "as_json")] == [
        (column.name, column.json_name) for column in columns
    ]
    assert {"id": "1", "IN-JSON": "a", "otherName": "b", "as_json": "c"} == ds.encode(row, "json")
    assert {"id": "1", "in_database": "a", "other_name": "b", "shown": "c"} == (
        ds.encode(row, "sqlite")
    )
    assert row == ds.decode(table, ds.encode(row, "json"), "json")
    assert row == table.model_validate(ds.encode(row, "json"))


# Documentation


def test_docstrings_are_carried_into_the_model_and_the_databases() -> None:
    note = Schema.model.by_name["notes"]

    assert "A note.\n\nOf several lines." == note.doc
    assert "What it says." == note.by_name["text"].doc
    assert "made" == note.by_name["created_at"].doc
    assert note.by_name["id"].doc is None
    postgres, sqlite = Schema.ddl("postgresql"), Schema.ddl("sqlite")
    assert "COMMENT ON TABLE notes IS 'A note.\n\nOf several lines.';" in postgres
    assert "COMMENT ON COLUMN notes.text IS 'What it says.';" in postgres
    assert "COMMENT ON COLUMN letters.text IS 'What it says.';" in postgres
    assert "-- A note.\n--\n-- Of several lines.\n" in sqlite
    assert "-- text: What it says.\n" in sqlite


def test_a_table_does_not_inherit_the_docstring_of_its_base() -> None:
    assert Schema.model.by_name["letters"].doc is None


# Everything else that a definition may say


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
    model = Schema.model
    records: list[Any] = [model, model.tables[0], model.tables[0].columns[0]]

    for record in records:
        name = next(iter(record.__dataclass_fields__))
        with pytest.raises(FrozenInstanceError):
            setattr(record, name, "other")
    assert isinstance(model.tables, tuple)
    assert isinstance(model.tables[0].columns, tuple)


def test_a_schema_shows_its_tables() -> None:
    assert "Schema(Note, Letter)" == repr(Schema)
    assert (Note, Letter) == Schema.tables


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
