"""Faults of annotations and of a class body: each is one problem, whose text is golden."""

from __future__ import annotations

import enum
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

import dualschema as ds
from tests.schema.define import define, faults


class Unknown:
    """No type of a column."""


class Access(enum.Flag):
    READ = 1
    WRITE = 2


class NumericAccess(enum.IntFlag):
    READ = 1
    WRITE = 2


class Mixed(enum.Enum):
    TEXT = "a"
    NUMBER = 1


@pytest.mark.parametrize(
    ("annotation", "shown"),
    [
        (Unknown, "Unknown"),
        (complex, "complex"),
        (object, "object"),
        (None, "NoneType"),
        (tuple[int, int], "tuple[int, int]"),
        (set[int], "set[int]"),
        (int | str, "int | str"),
        (int | str | None, "Union[int, str]"),
        (list[Unknown], "list[tests.schema.test_annotation_faults.Unknown]"),
        (dict[str, Unknown], "dict[str, tests.schema.test_annotation_faults.Unknown]"),
        (dict[int, str], "dict[int, str]"),
    ],
    ids=str,
)
def test_unknown_annotation(annotation: Any, shown: str) -> None:
    table = define("t", {"a": annotation})

    assert [f"t.a: no column type stands for the annotation {shown}"] == faults(table)


@pytest.mark.parametrize("choices", [Literal["a", 1], Literal[True], Mixed], ids=str)
def test_choices_of_several_classes(choices: Any) -> None:
    table = define("t", {"a": choices})

    assert ["t.a: the choices are not all text or all whole numbers"] == faults(table)


@pytest.mark.parametrize("flag", [Access, NumericAccess, Access | None], ids=str)
def test_flags(flag: Any) -> None:
    reason = "a Flag is several choices at once: use a list of an Enum, or int"

    assert [f"t.a: {reason}"] == faults(define("t", {"a": flag}))


def test_choices_that_no_database_holds() -> None:
    table = define("t", {"a": Literal["a\0b"], "b": Literal["\ud800"], "c": Literal[2147483648]})

    assert [
        "t.a: a choice holds NUL or a lone surrogate",
        "t.b: a choice holds NUL or a lone surrogate",
        "t.c: a choice lies outside 32 bits",
    ] == faults(table)


def test_plain_annotations() -> None:
    class Plain(ds.Table, name="t"):
        id: ds.Column[str] = ds.column(primary_key=True)
        count: int
        size: int = ds.column(default=3)  # type: ignore[assignment]  # wrong on purpose

    assert [
        "t.count: the annotation is no column: write count: ds.Column[...]",
        "t.size: the annotation is no column: write size: ds.Column[...]",
    ] == faults(Plain)


def test_column_without_a_type() -> None:
    class Bare(ds.Table, name="t"):
        id: ds.Column[str] = ds.column(primary_key=True)
        count: ds.Column  # type: ignore[type-arg]  # wrong on purpose

    assert ["t.count: the annotation is no column: write count: ds.Column[...]"] == faults(Bare)


def test_default_outside_of_column() -> None:
    with pytest.raises(ds.DefinitionError) as caught:

        class Bare(ds.Table, name="t"):
            id: ds.Column[str] = ds.column(primary_key=True)
            count: ds.Column[int] = 3  # type: ignore[assignment]  # wrong on purpose

    assert "t.count: a default stands in column(): write column(default=...)" == str(caught.value)


@pytest.mark.parametrize("taken", ["model_fields", "model_dump", "model_validate"])
def test_names_that_pydantic_calls_on_a_model(taken: str) -> None:
    with pytest.raises(ds.DefinitionError) as caught:
        define("t", {taken: str})

    assert (
        f"t.{taken}: pydantic needs '{taken}' for itself: call the attribute '{taken}_' and say "
        f"column(name='{taken}')"
    ) == str(caught.value)


def test_forward_reference_that_is_never_defined() -> None:
    class Missing(ds.Table, name="t"):
        id: ds.Column[str] = ds.column(primary_key=True)
        a: ds.Column[Nowhere]  # type: ignore[name-defined]  # noqa: F821  (wrong on purpose)

    assert ["t: an annotation names 'Nowhere', which is not defined"] == faults(Missing)


def test_bounds_within_an_annotation() -> None:
    """Only a document's are its own; the databases would not know of others."""
    short = Annotated[list[int], Field(max_length=2)]

    class Bounded(ds.Table, name="t"):
        id: ds.Column[str] = ds.column(primary_key=True)
        count: ds.Column[Annotated[int, Field(ge=0)]]
        noted: ds.Column[Annotated[int, "a note"]]
        items: ds.Column[short]
        maybe: ds.Column[short | None]

    [fault] = faults(Bounded)
    assert (
        "t.count: bounds stand in column(), where the databases check them too, and not in the "
        "annotation: Annotated[int, Ge(ge=0)]"
    ) == fault


def test_a_document_keeps_the_bounds_of_its_annotation() -> None:
    class Kept(ds.Table, name="t"):
        id: ds.Column[str] = ds.column(primary_key=True)
        items: ds.Column[Annotated[list[int], Field(max_length=2)]]

    ds.Schema(Kept)
    with pytest.raises(ds.DecodeError, match="items"):
        ds.decode(Kept, {"id": "a", "items": "[1,2,3]"}, "sqlite")
