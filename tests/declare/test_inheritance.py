"""Tables that inherit: columns, options, methods and docstrings."""

from __future__ import annotations

import inspect
import pickle
import types
from datetime import datetime
from typing import Any, ClassVar

import pytest

import dualschema as ds
from dualschema.model import OwnerModel, Sync
from tests.schema.define import model_of


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
    updated_at: ds.Column[datetime | None] = ds.column(default=None)  # type: ignore[assignment]  # a test of just that

    def shout(self) -> str:
        """Return the text in capitals."""
        return self.text.upper()


class Letter(Note, name="letters"):
    sent: ds.Column[bool] = ds.column(default=False)


Schema = ds.Schema(Note, Letter)


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


def test_a_base_that_is_used_as_a_table_says_that_it_is_none() -> None:
    sentence = "Keyed has no name=, so it is no table: use a table that inherits from it"

    with pytest.raises(ds.UnboundTableError) as caught:
        _ = Keyed.id
    assert sentence == str(caught.value)
    assert sentence == str(pickle.loads(pickle.dumps(caught.value)))
    with pytest.raises(ds.UnboundTableError) as caught:
        ds.encode(Keyed(id="a"), "json")
    assert (sentence, "Keyed") == (str(caught.value), caught.value.table)
    assert not hasattr(Keyed, "id")


def test_options_of_the_class_line_are_not_inherited() -> None:
    class Logged(Keyed, name="logged", sync="insert_only", track_metadata=True):
        pass

    class Plain(Logged, name="plain"):
        pass

    model = model_of(Plain)
    assert (Sync.BOTH, False) == (model.sync, model.track_metadata)


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


_KEY = {
    "__module__": __name__,
    "__annotations__": {"id": ds.Column[str]},
    "id": ds.column(primary_key=True),
}


def test_a_class_made_by_a_call_looks_for_no_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look for a frame's module goes through all that are imported."""
    looks = []
    original = inspect.getmodule

    def counted(*given: Any) -> Any:
        looks.append(given)
        return original(*given)

    monkeypatch.setattr(inspect, "getmodule", counted)

    made: Any = types.new_class(
        "Made", (ds.Table,), {"name": "made"}, lambda space: space.update(_KEY)
    )
    assert [] == looks

    class Further(made, name="further"):  # type: ignore[call-arg, misc]  # made: Any
        text: ds.Column[str]
        """What it says."""

    assert "What it says." == model_of(Further).by_name["text"].doc
    assert looks


def test_a_class_made_by_a_call_hands_on_that_docstrings_are_not_wanted() -> None:
    class Base(ds.Table, use_attribute_docstrings=False):
        pass

    made: Any = types.new_class("Made", (Base,), {}, lambda space: space.update(_KEY))

    class Further(made, name="further"):  # type: ignore[call-arg, misc]  # made: Any
        text: ds.Column[str]
        """What it says."""

    assert model_of(Further).by_name["text"].doc is None


def test_a_table_does_not_inherit_the_docstring_of_its_base() -> None:
    assert Schema.model.by_name["letters"].doc is None


def test_a_schema_shows_its_tables() -> None:
    assert "Schema(Note, Letter)" == repr(Schema)
    assert (Note, Letter) == Schema.tables
