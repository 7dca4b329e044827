"""What clients of a release do not survive: a case for each rule, and for what is fine."""

from __future__ import annotations

import re
import types
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, cast
from uuid import UUID

import pytest
from pydantic import Field, create_model

import dualschema as ds
from dualschema.compatibility import Finding, FindingKind, compare, snapshot_of
from dualschema.compatibility.finding import _TOLD
from dualschema.schema import Schema

PAGE = Path(__file__).parents[2] / "docs" / "check.md"


class Column(NamedTuple):
    """A column of a case: its annotation, and the options of ``column()``."""

    annotation: Any
    options: dict[str, Any]


def of(annotation: Any, **options: Any) -> Column:
    return Column(annotation, options)


def schema(*, name: str = "notes", more: dict[str, Any] | None = None, **columns: Column) -> Schema:
    """Return a schema of one table, and another that it may refer to."""
    fields = {"id": of(str, primary_key=True), **columns}
    return Schema(table("users", {"id": of(str, primary_key=True)}), table(name, fields, more))


def table(name: str, fields: dict[str, Column], more: dict[str, Any] | None = None) -> Any:
    body: dict[str, Any] = {
        "__module__": __name__,
        "__annotations__": {
            key: cast(Any, ds.Column)[field.annotation] for key, field in fields.items()
        },
        **{key: ds.column(**field.options) for key, field in fields.items()},
    }
    options = {"name": name, **(more or {})}
    return types.new_class(name.title(), (ds.Table,), options, lambda made: made.update(body))


def found(old: Schema, new: Schema) -> list[tuple[FindingKind, str]]:
    return [(f.kind, f.place) for f in compare(snapshot_of(old.model), snapshot_of(new.model))]


class _Shape(ds.JsonModel):
    number: int
    colour: Literal["red", "blue"]


def shape(name: str, **fields: Any) -> Any:
    base: dict[str, Any] = {"number": (int, ...), "colour": (Literal["red", "blue"], ...)}
    kept = {key: field for key, field in {**base, **fields}.items() if field is not None}
    return create_model(name, __base__=ds.JsonModel, **kept)


_WIDER_SHAPE = shape(
    "_Wider",
    number=(float, ...),
    colour=(Literal["red", "blue", "green"], ...),
    note=(str | None, None),
)

NARROWED = {
    "a shorter text": (of(str, max_length=80), of(str, max_length=40)),
    "a text that gets a limit": (of(str), of(str, max_length=40)),
    "a longer least text": (of(str), of(str, min_length=1)),
    "another pattern": (of(str, pattern="^[ab]+$"), of(str, pattern="^[a]+$")),
    "a new pattern": (of(str), of(str, pattern="^a")),
    "fewer choices": (of(Literal["a", "b"]), of(Literal["a"])),
    "a text that becomes a choice": (of(str), of(Literal["a"])),
    "a choice that is too long a text": (of(Literal["a", "bcd"]), of(str, max_length=2)),
    "a choice that does not match": (of(Literal["a", "b"]), of(str, pattern="^a$")),
    "a text that becomes a UUID": (of(str), of(UUID)),
    "a number that becomes a choice": (of(int), of(Literal[1, 2])),
    "a choice beyond the bounds": (of(Literal[1, 2]), of(int, le=1)),
    "fewer bits": (of(ds.BigInt), of(int)),
    "a greater least number": (of(int, ge=0), of(int, gt=0)),
    "a lesser greatest number": (of(int, le=10), of(int, lt=10)),
    "a bound of 64 bits": (of(ds.Int64), of(ds.Int64, ge=0)),
    "a bound of a float": (of(float, ge=0), of(float, gt=0)),
    "a bound of a decimal": (of(Decimal, ge=0), of(Decimal, ge=Decimal("0.5"))),
    "a decimal that gets a size": (of(Decimal), of(Decimal, precision=9, scale=2)),
    "fewer digits": (of(Decimal, precision=9, scale=2), of(Decimal, precision=9, scale=3)),
    "a smaller scale": (of(Decimal, precision=9, scale=2), of(Decimal, precision=9, scale=1)),
    "a document that loses a key": (of(_Shape), of(shape("_Less", colour=None))),
    "a document that needs another key": (of(_Shape), of(shape("_More", note=(str, ...)))),
    "a document with fewer choices": (of(_Shape), of(shape("_Red", colour=(Literal["red"], ...)))),
    "a document with a bound": (
        of(_Shape),
        of(shape("_Bound", number=(Annotated[int, Field(ge=1)], ...))),
    ),
    "a list of something else": (of(list[str]), of(list[int])),
    "any document that gets a shape": (of(Any), of(list[int])),
    "a dict of something else": (of(dict[str, str]), of(dict[str, int])),
}

WIDENED = {
    "a longer text": (of(str, max_length=40), of(str, max_length=80)),
    "no limit any more": (of(str, min_length=1, max_length=40, pattern="^a"), of(str)),
    "more choices": (of(Literal["a"]), of(Literal["a", "b"])),
    "a choice that becomes text": (of(Literal["a", "b"]), of(str, max_length=1)),
    "a UUID that becomes text": (of(UUID), of(str)),
    "a choice that becomes a number": (of(Literal[1, 2]), of(int, ge=1)),
    "more bits": (of(int), of(ds.BigInt)),
    "wider bounds": (of(int, gt=0, lt=9), of(int, ge=0, le=9)),
    "the same bounds, said otherwise": (of(int, gt=0), of(int, ge=1)),
    "more digits": (of(Decimal, precision=9, scale=2), of(Decimal, precision=11, scale=3)),
    "any decimal": (of(Decimal, precision=9, scale=2), of(Decimal)),
    "NULL": (of(str), of(str | None)),
    "a default": (of(int), of(int, default=1)),
    "another default": (of(int, default=1), of(int, default=2)),
    "no NULL default any more": (of(int | None, default=None), of(int | None)),
    "a wider document": (of(_Shape), of(_WIDER_SHAPE)),
    "any document": (of(_Shape), of(Any)),
    "any list": (of(list[int]), of(list[float])),
    "a list with more kinds": (of(list[int]), of(list[int | str])),
    "a client's own column": (of(int, default=0, writable="server"), of(int, default=0)),
    "Postgres's own type": (of(bool, postgres="portable"), of(bool, postgres="native")),
}

FORM_CHANGED = {
    "a number that becomes text": (of(int), of(str)),
    "64 bits, which are text": (of(int), of(ds.Int64)),
    "a truth value that becomes a number": (of(bool), of(int)),
    "a text that becomes a document": (of(str), of(Any)),
    "more digits of a second": (of(datetime), of(datetime, precision=6)),
    "a float that becomes a decimal": (of(float), of(Decimal)),
}


@pytest.mark.parametrize("name", NARROWED)
def test_values_that_old_clients_send_are_refused(name: str) -> None:
    old, new = (schema(value=column) for column in NARROWED[name])

    assert [(FindingKind.NARROWED, "notes.value")] == found(old, new)


@pytest.mark.parametrize("name", WIDENED)
def test_what_takes_all_that_old_clients_send_is_fine(name: str) -> None:
    old, new = (schema(value=column) for column in WIDENED[name])

    assert [] == found(old, new)


@pytest.mark.parametrize("name", FORM_CHANGED)
def test_another_stored_form_is_found_in_either_direction(name: str) -> None:
    old, new = (schema(value=column) for column in FORM_CHANGED[name])

    assert [(FindingKind.FORM_CHANGED, "notes.value")] == found(old, new)
    assert [(FindingKind.FORM_CHANGED, "notes.value")] == found(new, old)


_TEXT = of(str)
_NUMBER = of(int, default=0)
_OWNED = of(str, owner=True)
_NUMBERED = of(int)

CASES = {
    "a column that is gone": (
        schema(text=_TEXT, number=_NUMBER),
        schema(text=_TEXT),
        [(FindingKind.COLUMN_REMOVED, "notes.number")],
    ),
    "a dropped column": (
        schema(text=_TEXT, number=_NUMBER),
        schema(text=_TEXT, number=of(int, default=0, dropped=True)),
        [],
    ),
    "a dropped column that is removed a release later": (
        schema(text=_TEXT, number=of(int, default=0, dropped=True)),
        schema(text=_TEXT),
        [],
    ),
    "a column that seems to be renamed": (
        schema(text=_TEXT, number=_NUMBER),
        schema(body=_TEXT, number=_NUMBER),
        [(FindingKind.COLUMN_RENAMED, "notes.text")],
    ),
    "a column that one of two may be": (
        schema(text=of(str | None)),
        schema(body=of(str | None), title=of(str | None)),
        [(FindingKind.COLUMN_REMOVED, "notes.text")],
    ),
    "a renamed column": (schema(text=_TEXT), schema(body=of(str, was="text")), []),
    "a renamed column that is narrowed": (
        schema(text=_TEXT),
        schema(body=of(str, was="text", max_length=9)),
        [(FindingKind.NARROWED, "notes.text")],
    ),
    "a new column that is required": (
        schema(),
        schema(number=_NUMBERED),
        [(FindingKind.COLUMN_REQUIRED, "notes.number")],
    ),
    "a new column with a default": (schema(), schema(number=_NUMBER), []),
    "a new nullable column": (schema(), schema(number=of(int | None)), []),
    "a new column of the server's": (schema(), schema(number=of(int, writable="server")), []),
    "no NULL any more": (
        schema(text=of(str | None)),
        schema(text=of(str, default="")),
        [(FindingKind.NOT_NULL, "notes.text")],
    ),
    "no default any more": (
        schema(number=_NUMBER),
        schema(number=_NUMBERED),
        [(FindingKind.DEFAULT_REMOVED, "notes.number")],
    ),
    "a column of the server's now": (
        schema(number=_NUMBER),
        schema(number=of(int, default=0, writable="server")),
        [(FindingKind.SERVER_ONLY, "notes.number")],
    ),
    "a column for new rows now": (
        schema(number=_NUMBER),
        schema(number=of(int, default=0, writable="create")),
        [(FindingKind.CREATE_ONLY, "notes.number")],
    ),
    "a table that is gone": (
        schema(text=_TEXT),
        Schema(table("users", {"id": of(str, primary_key=True)})),
        [(FindingKind.TABLE_REMOVED, "notes")],
    ),
    "a dropped table": (schema(text=_TEXT), schema(text=_TEXT, more={"dropped": True}), []),
    "a table that seems to be renamed": (
        schema(text=_TEXT),
        schema(text=_TEXT, name="memos"),
        [(FindingKind.TABLE_RENAMED, "notes")],
    ),
    "a renamed table": (
        schema(text=_TEXT, user_id=_OWNED),
        schema(text=_TEXT, user_id=_OWNED, name="memos", more={"was": "notes"}),
        [],
    ),
    "a table of the server's now": (
        schema(text=_TEXT),
        schema(text=_TEXT, more={"sync": False}),
        [(FindingKind.NOT_SYNCED, "notes")],
    ),
    "a table that is only written now": (
        schema(text=_TEXT),
        schema(text=_TEXT, more={"sync": "insert_only"}),
        [(FindingKind.NOT_SYNCED, "notes")],
    ),
    "a table that is read, too, now": (
        schema(text=_TEXT, more={"sync": "insert_only"}),
        schema(text=_TEXT),
        [],
    ),
    "a table that no client uploads": (
        schema(text=_TEXT, more={"sync": False}),
        schema(more={"sync": False}),
        [],
    ),
    "another owner": (
        schema(user_id=_OWNED, editor_id=_TEXT),
        schema(user_id=_TEXT, editor_id=_OWNED),
        [(FindingKind.OWNER_CHANGED, "notes")],
    ),
    "a first owner": (
        schema(user_id=_TEXT),
        schema(user_id=_OWNED),
        [(FindingKind.OWNER_CHANGED, "notes")],
    ),
    "a renamed owner": (
        schema(user_id=_OWNED),
        schema(author_id=of(str, owner=True, was="user_id")),
        [],
    ),
    "another unique column": (
        schema(text=_TEXT),
        schema(text=of(str, unique=True)),
        [(FindingKind.UNIQUE_ADDED, "notes")],
    ),
    "unique over more columns": (
        schema(text=_TEXT, number=_NUMBER, more={"indexes": [ds.Index("text", unique=True)]}),
        schema(
            text=_TEXT, number=_NUMBER, more={"indexes": [ds.Index("text", "number", unique=True)]}
        ),
        [],
    ),
    "another foreign key": (
        schema(user_id=_TEXT),
        schema(user_id=of(str, foreign_key="users.id")),
        [(FindingKind.FOREIGN_KEY_ADDED, "notes.user_id")],
    ),
    "a new column with a foreign key": (
        schema(),
        schema(user_id=of(str | None, foreign_key="users.id")),
        [],
    ),
    "another check": (
        schema(number=_NUMBER),
        schema(number=_NUMBER, more={"checks": [ds.Check("number > 0", name="positive")]}),
        [(FindingKind.CHECK_ADDED, "notes")],
    ),
    "a check of a renamed column": (
        schema(number=_NUMBER, more={"checks": [ds.Check("number > 0", name="positive")]}),
        schema(
            size=of(int, default=0, was="number"),
            more={"checks": [ds.Check("size > 0", name="positive")]},
        ),
        [],
    ),
    "another key": (
        Schema(table("notes", {"number": of(str, primary_key=True), "code": _TEXT})),
        Schema(table("notes", {"number": _TEXT, "code": of(str, primary_key=True)})),
        [(FindingKind.KEY_CHANGED, "notes")],
    ),
    "another form of the key": (
        Schema(table("notes", {"id": of(str, primary_key=True)})),
        Schema(table("notes", {"id": of(UUID, primary_key=True)})),
        [(FindingKind.NARROWED, "notes.id")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_old_clients_do_not_survive_is_found(name: str) -> None:
    old, new, expected = CASES[name]

    assert expected == found(old, new)


def test_every_kind_of_finding_has_a_case_and_its_words() -> None:
    shown = {kind for _, _, expected in CASES.values() for kind, _ in expected}

    assert set(FindingKind) == shown | {FindingKind.FORM_CHANGED}
    assert set(FindingKind) == set(_TOLD)


def test_the_page_has_every_kind_in_the_words_of_findings() -> None:
    page = PAGE.read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", page, re.MULTILINE)

    assert {
        kind.value: _TOLD[kind][0].removeprefix("old clients ") for kind in FindingKind
    } == dict(rows)


def test_a_finding_says_what_changed_what_clients_do_and_the_safe_way() -> None:
    old, new = schema(text=of(str, max_length=80)), schema(text=of(str, max_length=40))

    (finding,) = compare(snapshot_of(old.model), snapshot_of(new.model))

    assert Finding(FindingKind.NARROWED, "notes", "text", "max_length: 80, now 40") == finding
    assert "old clients send values that are now refused" == finding.clients
    assert finding.safe_way.startswith("release clients that write only what the new rule allows")
