"""The shapes of documents, as annotations tell them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field as PydanticField
from typing_extensions import TypedDict

import dualschema as ds
from dualschema.documents import (
    Anything,
    Choices,
    Field,
    Items,
    Mapped,
    OneOfShapes,
    Record,
    Reference,
    Scalar,
    Tuple,
    documents_of,
)
from dualschema.testing.strategies import make_table


class Lap(ds.JsonModel):
    """One lap."""

    lap_time: int
    at: datetime | None = None
    tags: list[str] = PydanticField(default=[], description="free words")


class Point(TypedDict):
    x: float


def shape_of(annotation: Any) -> Any:
    table = make_table("t", {"value": (annotation, {})})
    return documents_of(ds.Schema(table).model, "here").shapes["t", "value"]


NULLABLE_TEXT = OneOfShapes((Scalar.STRING, Scalar.NULL))


@pytest.mark.parametrize(
    ("annotation", "shape"),
    [
        (Any, Anything()),
        (list, Items(Anything())),
        (dict, Mapped(Anything())),
        (list[int], Items(Scalar.INTEGER)),
        (list[str | None], Items(NULLABLE_TEXT)),
        (dict[str, list[float]], Mapped(Items(Scalar.NUMBER))),
        (list[bool], Items(Scalar.BOOLEAN)),
        (list[Literal["a", 1, True, None]], Items(Choices(("a", 1, True, None)))),
        (list[tuple[int, str]], Items(Tuple((Scalar.INTEGER, Scalar.STRING)))),
        (list[Lap], Items(Reference("Lap"))),
        (Lap, Reference("Lap")),
        (Point, Reference("Point")),
        (list[Annotated[int, PydanticField(ge=0)]], Items(Scalar.INTEGER)),
        (list[int | Any], Items(Anything())),
        (list[datetime], Items(Scalar.STRING)),
    ],
    ids=str,
)
def test_shapes(annotation: Any, shape: Any) -> None:
    assert shape == shape_of(annotation)


def test_records_of_models() -> None:
    table = make_table("t", {"laps": (list[Lap], {}), "point": (Point, {})})

    assert (
        Record(
            "Lap",
            (
                Field("lapTime", Scalar.INTEGER, required=True),
                Field("at", NULLABLE_TEXT, required=False),
                Field("tags", Items(Scalar.STRING), required=False, doc="free words"),
            ),
            "One lap.",
        ),
        Record("Point", (Field("x", Scalar.NUMBER, required=True),)),
    ) == documents_of(ds.Schema(table).model, "here").records


def test_a_record_stands_behind_those_it_names() -> None:
    class Inner(ds.JsonModel):
        value: int

    class Outer(ds.JsonModel):
        inner: Inner
        others: list[Outer] = []

    table = make_table("t", {"value": (Outer, {})})
    records = documents_of(ds.Schema(table).model, "here").records

    assert ["Inner", "Outer"] == [record.name for record in records]
    assert Items(Reference("Outer")) == records[1].fields[1].shape


def test_models_of_one_name_are_told_apart() -> None:
    other = type("Lap", (ds.JsonModel,), {"__annotations__": {"n": int}, "__module__": "elsewhere"})
    table = make_table("t", {"one": (Lap, {}), "other": (other, {})})
    names = [record.name for record in documents_of(ds.Schema(table).model, "here").records]

    assert 2 == len(set(names))
    assert all(name.endswith("Lap") for name in names)


def test_a_schema_without_documents() -> None:
    table = make_table("t", {"value": (int, {})})

    assert ({}, ()) == (
        documents_of(ds.Schema(table).model, "here").shapes,
        documents_of(ds.Schema(table).model, "here").records,
    )
