"""Options of a wrong class, or empty, are problems of the definition like any other."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

import dualschema as ds
from dualschema.declare.table import TableMeta
from tests.schema.define import define, faults


def wants(argument: str) -> str:
    return argument


DEFERRABLE = "deferrable=True is none of False, 'immediate', 'deferred'"
ON_DELETE = "on_delete=3 is none of 'no action', 'restrict', 'cascade', 'set null', 'set default'"
BOTH = "default and default_factory exclude each other"
FUNCTION = "takes a function without arguments, not"

COLUMNS: list[tuple[Any, dict[str, Any], str]] = [
    (str, {"min_length": "x"}, "min_length takes int, not str"),
    (str, {"max_length": 3.5}, "max_length takes int, not float"),
    (str, {"pattern": 3}, "pattern takes str, not int"),
    (int, {"ge": "a"}, "ge takes int, float or Decimal, not str"),
    (float, {"lt": True}, "lt takes int, float or Decimal, not bool"),
    (Decimal, {"gt": []}, "gt takes int, float or Decimal, not list"),
    (Decimal, {"precision": "3", "scale": 1}, "precision takes int, not str"),
    (Decimal, {"precision": 3, "scale": 1.0}, "scale takes int, not float"),
    (datetime, {"precision": True}, "precision takes int, not bool"),
    (str, {"default_factory": 3}, f"default_factory {FUNCTION} int"),
    (str, {"default_factory": wants}, f"default_factory {FUNCTION} one with arguments"),
    (str, {"on_update": "now"}, f"on_update {FUNCTION} str"),
    (str, {"on_update": wants}, f"on_update {FUNCTION} one with arguments"),
    (
        str,
        {"default": "", "default_factory": str},
        "default and default_factory exclude each other",
    ),
    (str, {"name": 3}, "name takes str, not int"),
    (str, {"name": ""}, "name is empty"),
    (str, {"json_name": b"a"}, "json_name takes str, not bytes"),
    (str, {"json_name": "\ud800"}, "json_name holds NUL or a lone surrogate"),
    (str, {"doc": 3}, "doc takes str, not int"),
    (str, {"doc": "a\0"}, "doc holds NUL or a lone surrogate"),
    (str, {"primary_key": "x"}, "primary_key takes bool, not str"),
    (str, {"index": 3}, "index takes bool or str, not int"),
    (str, {"index": ""}, "index is empty"),
    (str, {"unique": 1}, "unique takes bool or str, not int"),
    (str, {"owner": 3}, "owner takes bool or str, not int"),
    (str, {"writable": []}, "writable=[] is none of 'client', 'create', 'server'"),
    (str, {"postgres": 3}, "postgres=3 is none of 'portable', 'native'"),
    (str, {"check": 3}, "check takes str, not int"),
    (str, {"check": ""}, "check is empty"),
    (str, {"server_default": 0}, "server_default takes str, not int"),
    (str, {"server_default": ""}, "server_default is empty"),
    (str, {"was": str}, "was takes str, not type"),
    (str, {"dropped": 3}, "dropped takes bool, not int"),
    (str, {"foreign_key": 3}, "foreign_key takes str, a class or ForeignKey, not int"),
]


@pytest.mark.parametrize(
    ("annotation", "options", "reason"), COLUMNS, ids=[ascii(reason) for *_, reason in COLUMNS]
)
def test_column_options(annotation: Any, options: dict[str, Any], reason: str) -> None:
    column = "t.a"

    assert [f"{column}: {reason}"] == faults(define("t", {"a": (annotation, options)}))


def test_a_docstring_is_a_comment_that_databases_hold() -> None:
    assert ["t: the docstring holds NUL or a lone surrogate"] == faults(define("t", doc="a\0b"))


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (lambda: ds.ForeignKey(3), "target takes str or a class, not int"),  # type: ignore[arg-type]  # wrong on purpose
        (lambda: ds.ForeignKey("t.id", on_delete=3), ON_DELETE),  # type: ignore[arg-type]  # wrong on purpose
        (lambda: ds.ForeignKey("t.id", name=3), "name takes str, not int"),  # type: ignore[arg-type]  # wrong on purpose
        (lambda: ds.ForeignKey("t.id", deferrable=True), DEFERRABLE),  # type: ignore[arg-type]  # wrong on purpose
    ],
)
def test_foreign_key_options(key: Callable[[], ds.ForeignKey], reason: str) -> None:
    table = define("t", {"a": (str, {"foreign_key": key()})})

    assert [f"t.a: the foreign key: {reason}"] == faults(table)


LINES: list[tuple[dict[str, Any], str]] = [
    ({"postgres": 3}, "postgres=3 is none of 'portable', 'native'"),
    ({"sync": 3}, "sync=3 is none of True, False, 'local_only', 'insert_only'"),
    ({"owner": True}, "owner takes str, not bool"),
    ({"view_name": 3}, "view_name takes str, not int"),
    ({"was": 3}, "was takes str, not int"),
    ({"was": ""}, "was is empty"),
    ({"dropped": "yes"}, "dropped takes bool, not str"),
    ({"track_metadata": 1}, "track_metadata takes bool, not int"),
    ({"ignore_empty_updates": 1}, "ignore_empty_updates takes bool, not int"),
    ({"track_previous_when_changed": 1}, "track_previous_when_changed takes bool, not int"),
    ({"track_previous": 3}, "track_previous takes bool or a list of str, not int"),
    ({"track_previous": "id"}, "track_previous takes bool or a list of str, not str"),
    ({"track_previous": [3]}, "track_previous takes bool or a list of str, not a list of int"),
    ({"indexes": 3}, "indexes takes a list of Index, not int"),
    ({"indexes": "id"}, "indexes takes a list of Index, not str"),
    ({"indexes": ds.Index("id")}, "indexes takes a list of Index, not Index"),
    (
        {"indexes": [ds.Index("id"), "id"]},
        "indexes takes a list of Index, not a list of Index and str",
    ),
    ({"indexes": [ds.Index(3)]}, "an index: columns takes a list of str, not a list of int"),  # type: ignore[arg-type]  # wrong on purpose
    ({"indexes": [ds.Index("id", name=3)]}, "an index: name takes str, not int"),  # type: ignore[arg-type]  # wrong on purpose
    ({"indexes": [ds.Index("id", unique=3)]}, "an index: unique takes bool, not int"),  # type: ignore[arg-type]  # wrong on purpose
    ({"checks": ds.Check("id <> ''")}, "checks takes a list of Check, not Check"),
    ({"checks": ["id <> ''"]}, "checks takes a list of Check, not a list of str"),
    ({"checks": [ds.Check(3)]}, "a check: sql takes str, not int"),  # type: ignore[arg-type]  # wrong on purpose
    ({"checks": [ds.Check("")]}, "a check: sql is empty"),
    ({"checks": [ds.Check("id <> ''", name=3)]}, "a check: name takes str, not int"),  # type: ignore[arg-type]  # wrong on purpose
]


@pytest.mark.parametrize(("line", "reason"), LINES, ids=[reason for _, reason in LINES])
def test_class_keywords(line: dict[str, Any], reason: str) -> None:
    with pytest.raises(ds.DefinitionError) as caught:
        ds.Schema(define("t", **line))

    assert f"t: {reason}" == str(caught.value)


def test_configuration_that_pydantic_refuses() -> None:
    with pytest.raises(ds.DefinitionError, match=r"^t: pydantic refuses the class: TypeError: "):
        define("t", extra=3)


def test_a_name_that_is_none_still_makes_a_table() -> None:
    class UserNote(ds.Table, name=3):
        id: ds.Column[str] = ds.column(primary_key=True)

    assert ["user_note: name takes str, not int"] == faults(UserNote)


def test_they_come_with_all_other_problems() -> None:
    columns = {
        "a": (str, {"max_length": "3", "index": 3}),
        "b": complex,
        "c": (str, {"foreign_key": ds.ForeignKey("t.id", name=3)}),  # type: ignore[arg-type]  # wrong on purpose
    }

    assert [
        "t: was takes str, not int",
        "t.a: index takes bool or str, not int",
        "t.a: max_length takes int, not str",
        "t.b: no column type stands for the annotation complex",
        "t.c: the foreign key: name takes str, not int",
        "Bad: database names are snake_case, and 'Bad' has upper-case letters",
    ] == faults(define("t", columns, was=3), define("Bad"))


def test_a_table_that_inherits_a_wrong_option_has_its_problem() -> None:
    class Base(ds.Table):
        id: ds.Column[str] = ds.column(primary_key=True)
        a: ds.Column[str] = ds.column(doc=3)  # type: ignore[arg-type]  # wrong on purpose

    class Note(Base, name="notes"):
        pass

    assert ["notes.a: doc takes str, not int"] == faults(Note)


# Whatever stands there, a DefinitionError is the only answer.

ANYTHING = [None, True, 3, -1, 1.5, "x y", "", b"", [], ["id"], {}, object(), str, int, wants]
CLASS_KEYWORDS = [
    each.name
    for each in inspect.signature(TableMeta.__new__).parameters.values()
    if each.kind is each.KEYWORD_ONLY
]


def assert_taken_or_refused(make: Callable[[], type[ds.Table]]) -> None:
    """Assert that a table can be made and rendered, or that a DefinitionError says why not."""
    with contextlib.suppress(ds.DefinitionError):
        schema = ds.Schema(make())
        schema.ddl("postgresql")
        schema.ddl("sqlite")
        schema.powersync()


@pytest.mark.parametrize("name", inspect.signature(ds.column).parameters)
def test_any_column_option_is_taken_or_refused_in_words(name: str) -> None:
    for value in ANYTHING:
        columns = {"a": (str, {name: value})}
        assert_taken_or_refused(partial(define, "t", columns))


@pytest.mark.parametrize("name", CLASS_KEYWORDS)
def test_any_class_keyword_is_taken_or_refused_in_words(name: str) -> None:
    for value in ANYTHING:
        assert_taken_or_refused(partial(note, **{"name": "t", name: value}))


def note(**line: Any) -> type[ds.Table]:
    class Note(ds.Table, **line):
        id: ds.Column[str] = ds.column(primary_key=True)

    return Note
