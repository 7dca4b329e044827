"""Which values a column takes and holds: what is narrower, wider, or another form."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, NotRequired
from uuid import UUID

import pytest
from pydantic import Field, create_model
from typing_extensions import TypedDict

import dualschema as ds
from dualschema.compatibility import FindingKind, compare, snapshot_of
from tests.compatibility.definitions import Column, found, of, schema


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


class _Optional(TypedDict):
    x: int


class _Missing(TypedDict):
    x: NotRequired[int]


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
    "more digits": (of(Decimal, precision=9, scale=2), of(Decimal, precision=11, scale=3)),
    "any decimal": (of(Decimal, precision=9, scale=2), of(Decimal)),
    "a wider document": (of(_Shape), of(_WIDER_SHAPE)),
    "any document": (of(_Shape), of(Any)),
    "any list": (of(list[int]), of(list[float])),
    "a list with more kinds": (of(list[int]), of(list[int | str])),
    "a key that old clients would lose": (of(_Shape), of(shape("_Added", note=(str, "")))),
    "a key that may be left out": (of(_Optional), of(_Missing)),
}

SAME = {
    "the same bounds, said otherwise": (of(int, gt=0), of(int, ge=1)),
    "a default": (of(int), of(int, default=1)),
    "another default": (of(int, default=1), of(int, default=2)),
    "no NULL default any more": (of(int | None, default=None), of(int | None)),
    "a client's own column": (of(int, default=0, writable="server"), of(int, default=0)),
    "Postgres's own type": (of(bool, postgres="portable"), of(bool, postgres="native")),
    "a key of a document with a default, which is always stored": (
        of(_Shape),
        of(shape("_Filled", number=(int, 0))),
    ),
    "another name of a document's class": (of(_Shape), of(shape("_Renamed"))),
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
def test_values_that_old_clients_do_not_know_are_a_warning(name: str) -> None:
    old, new = (schema(value=column) for column in WIDENED[name])

    assert [(FindingKind.WIDENED, "notes.value")] == found(old, new)
    assert [(FindingKind.NARROWED, "notes.value")] == found(new, old)
    old, new = (schema(value=column, more={"sync": "insert_only"}) for column in WIDENED[name])
    assert [] == found(old, new)


@pytest.mark.parametrize("name", SAME)
def test_what_takes_and_holds_the_same_is_fine(name: str) -> None:
    old, new = (schema(value=column) for column in SAME[name])

    assert [] == found(old, new)


@pytest.mark.parametrize("name", FORM_CHANGED)
def test_another_stored_form_is_found_in_either_direction(name: str) -> None:
    old, new = (schema(value=column) for column in FORM_CHANGED[name])

    assert [(FindingKind.FORM_CHANGED, "notes.value")] == found(old, new)
    assert [(FindingKind.FORM_CHANGED, "notes.value")] == found(new, old)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (of(str, max_length=80), of(str, max_length=40), "max_length: 80, now 40"),
        (of(str, max_length=40), of(str), "max_length: 40, now none"),
        (of(str), of(UUID), "kind: string, now uuid"),
        (
            of(int, ge=0),
            of(int, gt=0, le=9),
            "least value: 0, now 1; greatest value: 2147483647, now 9",
        ),
        (of(Literal["a", "b"]), of(Literal["a"]), "no longer taken: 'b'"),
        (of(Literal["a"]), of(Literal["a", "b", "c"]), "taken now, too: 'b', 'c'"),
        (
            of(Decimal),
            of(Decimal, precision=9, scale=2),
            "precision and scale: any, now (9, 2)",
        ),
        (of(_Shape), of(_WIDER_SHAPE), "documents of the new shape are not all of the old one"),
        (of(_WIDER_SHAPE), of(_Shape), "documents of the old shape are not all of the new one"),
    ],
    ids=[
        "shorter",
        "longer",
        "kind",
        "bounds",
        "fewer choices",
        "more choices",
        "digits",
        "wider document",
        "narrower document",
    ],
)
def test_a_change_is_said_from_the_old_to_the_new(old: Column, new: Column, said: str) -> None:
    schemas = schema(value=old), schema(value=new)

    assert [said] == [
        finding.change for finding in compare(*(snapshot_of(each.model) for each in schemas))
    ]
