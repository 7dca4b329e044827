"""What a definition may not say: each fault has one problem, whose text is golden."""

from __future__ import annotations

import enum
import math
import re
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import pytest

import dualschema as ds
from dualschema.types import ALL_TYPES
from tests.schema.define import KEY, define, faults


class Unknown:
    """No type of a column."""


class Mixed(enum.Enum):
    TEXT = "a"
    NUMBER = 1


def without_addresses(value: object) -> str:
    """Name a test by its parameter, alike in each process."""
    return re.sub(r" at 0x\w+", "", str(value))


NO_KEY: dict[str, Any] = {}
LONG = "a" * 64


# Keys


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


def test_id_that_is_not_the_key() -> None:
    table = define("t", {"id": str}, key={"code": (str, {"primary_key": True})})

    assert ["t.id: a column called id is not the key, and a client's key is called id"] == faults(
        table
    )


def test_dropped_key() -> None:
    table = define("t", key={"id": (str, {"primary_key": True, "dropped": True, "default": "x"})})

    assert ["t.id: the key is dropped"] == faults(table)


# Annotations and options


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
        (list[Unknown], "list[tests.schema.test_faults.Unknown]"),
        (dict[str, Unknown], "dict[str, tests.schema.test_faults.Unknown]"),
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
        size: int = ds.column(default=3)  # type: ignore[assignment]

    assert [
        "t.count: the annotation is no column: write count: ds.Column[...]",
        "t.size: the annotation is no column: write size: ds.Column[...]",
    ] == faults(Plain)


def test_column_without_a_type() -> None:
    class Bare(ds.Table, name="t"):
        id: ds.Column[str] = ds.column(primary_key=True)
        count: ds.Column  # type: ignore[type-arg]

    assert ["t.count: the annotation is no column: write count: ds.Column[...]"] == faults(Bare)


def test_default_outside_of_column() -> None:
    with pytest.raises(ds.DefinitionError) as caught:

        class Bare(ds.Table, name="t"):
            id: ds.Column[str] = ds.column(primary_key=True)
            count: ds.Column[int] = 3  # type: ignore[assignment]

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
        a: ds.Column[Nowhere]  # type: ignore[name-defined]  # noqa: F821

    assert ["t: an annotation names 'Nowhere', which is not defined"] == faults(Missing)


@pytest.mark.parametrize(
    ("annotation", "options", "reason"),
    [
        (str, {"ge": 1}, "ge: no option of a column of type text"),
        (str, {"max_length": 3, "lt": 1, "ge": 1}, "ge, lt: no option of a column of type text"),
        (str, {"precision": 3}, "precision: no option of a column of type text"),
        (int, {"max_length": 3}, "max_length: no option of a column of type integer"),
        (int, {"pattern": "a"}, "pattern: no option of a column of type integer"),
        (bool, {"ge": 0}, "ge: no option of a column of type boolean"),
        (float, {"scale": 2}, "scale: no option of a column of type real"),
        (datetime, {"ge": 1}, "ge: no option of a column of type timestamp"),
        (dict, {"max_length": 3}, "max_length: no option of a column of type json"),
        (UUID, {"pattern": "a"}, "pattern: no option of a column of type uuid"),
        (Literal["a"], {"min_length": 1}, "min_length: no option of a column of type choice"),
        (ds.BigInt, {"precision": 6}, "precision: no option of a column of type big integer"),
        (ds.Int64, {"scale": 1}, "scale: no option of a column of type 64-bit integer"),
    ],
    ids=without_addresses,
)
def test_option_of_another_type(annotation: Any, options: dict[str, Any], reason: str) -> None:
    assert [f"t.a: {reason}"] == faults(define("t", {"a": (annotation, options)}))


@pytest.mark.parametrize(
    ("annotation", "options", "reason"),
    [
        (str, {"min_length": -1}, "0 <= min_length <= max_length does not hold"),
        (str, {"min_length": 5, "max_length": 2}, "0 <= min_length <= max_length does not hold"),
        (int, {"ge": 5, "lt": 5}, "no number lies within the bounds"),
        (int, {"ge": 2**31}, "no number lies within the bounds"),
        (int, {"ge": 1.5}, "the bounds of whole numbers are whole numbers"),
        (int, {"ge": True}, "the bounds of whole numbers are whole numbers"),
        (ds.BigInt, {"ge": 2**53}, "no number lies within the bounds"),
        (ds.Int64, {"gt": 2**63 - 1}, "no number lies within the bounds"),
        (float, {"ge": math.nan}, "the bounds of a float are finite numbers"),
        (float, {"le": math.inf}, "the bounds of a float are finite numbers"),
        pytest.param(
            float, {"ge": 10**400}, "the bounds of a float are finite numbers", id="huge bound"
        ),
        (float, {"ge": 2.0, "le": 1.0}, "no number lies within the bounds"),
        (float, {"gt": 1.0, "lt": 1.0}, "no number lies within the bounds"),
        (Decimal, {"precision": 3}, "a decimal has both precision and scale, or neither"),
        (Decimal, {"scale": 3}, "a decimal has both precision and scale, or neither"),
        (
            Decimal,
            {"precision": 2, "scale": 3},
            "0 <= scale <= precision <= 1000 does not hold",
        ),
        (Decimal, {"precision": 0, "scale": 0}, "the precision is at least 1"),
        (Decimal, {"ge": 1.5}, "the bounds of a decimal are Decimals or whole numbers"),
        (Decimal, {"ge": Decimal("NaN")}, "the bounds of a decimal are finite numbers"),
        (Decimal, {"lt": Decimal("Infinity")}, "the bounds of a decimal are finite numbers"),
        (Decimal, {"ge": 2, "le": 1}, "no number lies within the bounds"),
        (Decimal, {"precision": 3, "scale": 2, "ge": 10}, "no number lies within the bounds"),
        (datetime, {"precision": 2}, "the precision of a timestamp is 3 (milliseconds) or 6"),
    ],
    ids=without_addresses,
)
def test_option_without_sense(annotation: Any, options: dict[str, Any], reason: str) -> None:
    assert [f"t.a: {reason}"] == faults(define("t", {"a": (annotation, options)}))


def test_pattern_that_engines_read_differently() -> None:
    table = define("t", {"a": (str, {"pattern": r"\bword\b"}), "b": (str, {"pattern": "*"})})

    assert [
        r"t.a: the pattern uses \b, which the engines do not read alike",
        "t.b: the pattern is no regular expression: nothing to repeat at position 0",
    ] == faults(table)


@pytest.mark.parametrize(
    ("annotation", "options", "reason"),
    [
        (str, {"default": 1}, "Input should be a valid string"),
        (str, {"default": "a\0"}, "text may hold no NUL character, which Postgres cannot store"),
        (str, {"default": "abc", "max_length": 2}, "String should have at most 2 characters"),
        (str, {"default": "b", "pattern": "^a$"}, "String should match pattern '^a$'"),
        (int, {"default": True}, "Input should be a valid integer"),
        (int, {"default": 2**31}, "Input should be less than or equal to 2147483647"),
        (int, {"default": 101, "le": 100}, "Input should be less than or equal to 100"),
        (int, {"default_factory": str}, "Input should be a valid integer"),
        (float, {"default": math.nan}, "Input should be a finite number"),
        (bool, {"default": 2}, "Input should be a valid boolean"),
        (Literal["a", "b"], {"default": "c"}, "Input should be 'a' or 'b'"),
        (datetime, {"default": datetime(2020, 1, 1)}, "Input should have timezone info"),  # noqa: DTZ001
        (dict, {"default": {"a": math.inf}}, "JSON has no NaN and no infinity at a"),
        (list[int], {"default_factory": dict}, "Input should be a valid list"),
    ],
    ids=str,
)
def test_default_outside_the_type(annotation: Any, options: dict[str, Any], reason: str) -> None:
    table = define("t", {"a": (annotation, options)})

    assert [f"t.a: the default is no value of the column: {reason}"] == faults(table)


def test_default_none_of_a_column_that_is_never_null() -> None:
    table = define("t", {"a": (str, {"default": None})})

    assert ["t.a: the default is None, but the column is not nullable"] == faults(table)


def test_dropped_column_that_nothing_fills() -> None:
    table = define("t", {"a": (str, {"dropped": True})})

    assert ["t.a: a dropped column needs a default, or to be nullable"] == faults(table)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"writable": "nobody"}, "writable='nobody' is none of 'client', 'create', 'server'"),
        ({"postgres": "fancy"}, "postgres='fancy' is none of 'portable', 'native'"),
    ],
    ids=str,
)
def test_column_option_that_is_no_choice(options: dict[str, Any], reason: str) -> None:
    assert [f"t.a: {reason}"] == faults(define("t", {"a": (str, options)}))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            {"sync": "sometimes"},
            "sync='sometimes' is none of True, False, 'local_only', 'insert_only'",
        ),
        ({"postgres": "fancy"}, "postgres='fancy' is none of 'portable', 'native'"),
    ],
    ids=str,
)
def test_table_option_that_is_no_choice(line: dict[str, Any], reason: str) -> None:
    assert [f"t: {reason}"] == faults(define("t", **line))


# Names


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Upper", "database names are snake_case, and 'Upper' has upper-case letters"),
        ("a b", "the name 'a b' holds ' ', which PowerSync forbids in names"),
        ("a.b", "the name 'a.b' holds '.', which PowerSync forbids in names"),
        ('a"b', "the name 'a\"b' holds '\"', which PowerSync forbids in names"),
        ("a'b", 'the name "a\'b" holds "\'", which PowerSync forbids in names'),
        ("a%b", "the name 'a%b' holds '%', which PowerSync forbids in names"),
        ("a,b", "the name 'a,b' holds ',', which PowerSync forbids in names"),
        ("a#b", "the name 'a#b' holds '#', which PowerSync forbids in names"),
        ("a[b", "the name 'a[b' holds '[', which PowerSync forbids in names"),
        ("a]b", "the name 'a]b' holds ']', which PowerSync forbids in names"),
        ("a\nb", "the name 'a\\nb' holds '\\n', which PowerSync forbids in names"),
        ("a\x7fb", "the name 'a\\x7fb' holds a control character"),
        (LONG, f"the name '{LONG}' has 64 bytes, and Postgres cuts names at 63"),
        ("é" * 32, f"the name '{'é' * 32}' has 64 bytes, and Postgres cuts names at 63"),
    ],
)
def test_name_that_is_none(name: str, reason: str) -> None:
    column = define("t", {"a": (str, {"name": name})})
    view = define("t", view_name=name)

    assert [f"{name}: {reason}"] == faults(define(name))
    assert [f"t: view_name: {reason}"] == faults(view)
    assert [f"t.{name}: {reason}"] == faults(column)


def test_empty_names() -> None:
    assert [": the name is empty"] == faults(define(""))
    assert ["t: view_name: the name is empty"] == faults(define("t", view_name=""))


@pytest.mark.parametrize("prefix", ["sqlite_", "ps_", "powersync_"])
def test_table_names_that_belong_to_others(prefix: str) -> None:
    name = f"{prefix}crud"
    reason = f"table names that begin with '{prefix}' belong to SQLite or PowerSync"

    assert [f"{name}: {reason}"] == faults(define(name))
    assert [f"t: view_name: {reason}"] == faults(define("t", view_name=name))


@pytest.mark.parametrize("name", ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"])
def test_system_columns(name: str) -> None:
    table = define("t", {name: str})

    assert [f"t.{name}: {name!r} is a system column of every Postgres table"] == faults(table)


def test_two_columns_of_one_name() -> None:
    table = define("t", {"fooBar": str, "foo_bar": str})

    assert ["t.foo_bar: two columns have this name (case does not count)"] == faults(table)


def test_column_of_the_name_of_a_dropped_one() -> None:
    table = define("t", {"a": str, "b": (str | None, {"name": "a", "dropped": True})})

    assert ["t.a: two columns have this name (case does not count)"] == faults(table)


def test_two_columns_of_one_name_in_json() -> None:
    table = define("t", {"foo_bar": str, "other": (str, {"json_name": "fooBar"})})

    assert ["t: two columns are 'fooBar' in JSON: say json_name="] == faults(table)


def test_former_name_that_a_column_has() -> None:
    table = define("t", {"a": str, "b": (str, {"was": "a"})})

    assert ["t.b: it was called 'a', and another column is called so"] == faults(table)


def test_former_name_that_two_columns_had() -> None:
    table = define("t", {"a": (str, {"was": "old"}), "b": (str, {"was": "old"})})

    assert ["t.b: it was called 'old', and another column was called so too"] == faults(table)


def test_columns_that_powersync_adds() -> None:
    names = {"_metadata": str, "_deleted": str}
    columns = {f"a{name}": (kind, {"name": name}) for name, kind in names.items()}

    assert [
        "t._metadata: PowerSync adds a column of this name for metadata",
        "t._deleted: PowerSync adds a column of this name for metadata",
    ] == faults(define("t", columns, track_metadata=True))
    assert ds.Schema(define("t", columns)).powersync()["tables"][0]["name"] == "t"


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        ({"a": (str, {"index": "An Index"})}, {}),
        ({"a": (str, {"unique": "An Index"})}, {}),
        ({"a": (str, {"foreign_key": ds.ForeignKey("t.id", name="An Index")})}, {}),
        ({"a": str}, {"indexes": [ds.Index("a", name="An Index")]}),
        ({"a": str}, {"checks": [ds.Check("a <> ''", name="An Index")]}),
    ],
    ids=["index", "unique", "foreign key", "indexes", "checks"],
)
def test_name_of_a_constraint_that_is_none(columns: dict[str, Any], line: dict[str, Any]) -> None:
    table = define("t", columns, **line)

    assert ["t: database names are snake_case, and 'An Index' has upper-case letters"] == faults(
        table
    )


def test_index_names_that_belong_to_sqlite() -> None:
    table = define("t", {"a": (str, {"index": "sqlite_i"})})

    assert ["t: index names that begin with 'sqlite_' belong to SQLite"] == faults(table)


def test_two_tables_of_one_name() -> None:
    assert ["t: 't': two tables have this name (case does not count)"] == faults(
        define("t"), define("t")
    )


def test_two_tables_of_one_name_on_the_client() -> None:
    reason = "two tables have this name on the client (case does not count)"

    assert [f"b: 'a': {reason}"] == faults(define("a"), define("b", view_name="a"))
    assert [f"b: 'v': {reason}"] == faults(define("a", view_name="v"), define("b", view_name="v"))


def test_two_indexes_of_one_name() -> None:
    column = {"a": (str, {"index": "i"})}
    reason = "two indexes have this name, and both databases keep one of a name"

    assert [f"b: 'i': {reason} (case does not count)"] == faults(
        define("a", column), define("b", column)
    )


@pytest.mark.parametrize("option", ["index", "unique"])
def test_index_of_the_name_of_a_table(option: str) -> None:
    reason = "an index and a table have this name, and both databases keep one of a name"

    assert [f"a: 'b': {reason} (case does not count)"] == faults(
        define("a", {"x": (str, {option: "b"})}), define("b")
    )


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        ({}, {"checks": [ds.Check("id <> ''", name="c"), ds.Check("id <> 'x'", name="c")]}),
        ({"a": bool}, {"checks": [ds.Check("a = 1", name="t_a_check")]}),
        ({"a": (str, {"unique": "c"})}, {"checks": [ds.Check("a <> ''", name="c")]}),
        (
            {
                "a": (str, {"foreign_key": ds.ForeignKey("t.id", name="c")}),
                "b": (str, {"foreign_key": ds.ForeignKey("t.id", name="c")}),
            },
            {},
        ),
    ],
    ids=["two checks", "a column's own check", "unique and check", "two foreign keys"],
)
def test_two_constraints_of_one_name(columns: dict[str, Any], line: dict[str, Any]) -> None:
    name = "t_a_check" if columns == {"a": bool} else "c"

    assert [f"t: two constraints are called {name!r}"] == faults(define("t", columns, **line))


# Sizes


def test_more_columns_than_a_synced_table_has() -> None:
    columns = {f"c{number}": (int | None, {"default": None}) for number in range(1998)}

    assert ["t: 1998 columns beside the key; a synced table has at most 1,997"] == faults(
        define("t", columns, sync="local_only")
    )
    assert [
        "t: 1998 columns beside the key; a synced table has at most 1,997",
        "t: 1999 columns; Postgres takes at most 1,600",
    ] == faults(define("t", columns))


def test_more_columns_than_postgres_takes() -> None:
    columns = {f"c{number}": (int | None, {"default": None}) for number in range(1600)}

    assert ["t: 1601 columns; Postgres takes at most 1,600"] == faults(
        define("t", columns, sync=False)
    )


# What names other things


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("nowhere.id", "refers to 'nowhere', which is no table of the schema"),
        ("nowhere", "refers to 'nowhere', which is no table of the schema"),
        ("other.nothing", "refers to 'nothing', which is no column of other"),
        ("other.name", "refers to other.name, which is neither key nor unique"),
        ("other.number", "has another type than other.number, to which it refers"),
        (
            ds.ForeignKey("other.id", on_delete="explode"),  # type: ignore[arg-type]
            "has an unknown on_delete: 'explode'",
        ),
        (define("outside"), "refers to 'outside', which is no table of the schema"),
        (define(None, {}), "refers to 'Base', which is no table of the schema"),
    ],
    ids=str,
)
def test_foreign_key_to_nowhere(target: Any, reason: str) -> None:
    other = define("other", {"name": str, "number": (int, {"unique": True})})
    table = define("t", {"other_id": (str, {"foreign_key": target})})

    assert [f"t.other_id: the foreign key {reason}"] == faults(table, other)


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


def test_tracking_of_a_table_that_is_never_uploaded() -> None:
    reason = "a local-only table is never uploaded, so it tracks no metadata or previous values"

    assert [f"t: {reason}"] == faults(define("t", sync="local_only", track_previous=True))
    assert [f"t: {reason}"] == faults(define("t", sync="local_only", track_metadata=True))


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


def test_two_owners() -> None:
    owner = {"owner": True}

    assert ["t: 2 owners are declared"] == faults(
        define("t", {"a": (str, owner), "b": (str, owner)})
    )
    assert ["t: 2 owners are declared"] == faults(define("t", {"a": (str, owner)}, owner="id"))


# Classes


def test_class_without_a_name() -> None:
    assert ["Base: the class has no name=, so it is no table"] == faults(define(None))
    assert ["Table: the class has no name=, so it is no table"] == faults(ds.Table)


def test_what_is_no_table() -> None:
    assert ["3: this is no table class", "<class 'int'>: this is no table class"] == faults(3, int)


def test_class_in_two_schemas_with_other_stored_forms() -> None:
    table = define("t", {"a": bool})
    first = ds.Schema(table)

    assert ["t: the class stands in another Schema, with another stored form"] == faults(
        table, postgres="native"
    )
    assert first.model == ds.Schema(table, define("other")).model.__class__(first.model.tables)


def test_unknown_postgres_style_of_a_schema() -> None:
    with pytest.raises(ValueError, match="'fancy' is not a valid PostgresStyle"):
        ds.Schema(define("t"), postgres="fancy")  # type: ignore[arg-type]


# All together


def test_all_problems_of_all_tables_come_together() -> None:
    bad = define(
        "Bad",
        {
            "fooBar": complex,
            "c": (int, {"default": "x", "min_length": 3}),
            "d": (int, {"default": "x"}),
            "e": (str, {"foreign_key": "nowhere.id"}),
        },
    )
    keyless = define("keyless", {"a": (str, {"owner": "x.y"})}, key=NO_KEY, indexes=[ds.Index("z")])

    with pytest.raises(ds.DefinitionError) as caught:
        ds.Schema(bad, keyless)

    assert (
        "8 problems:\n"
        "  Bad.foo_bar: no column type stands for the annotation complex\n"
        "  Bad.c: min_length: no option of a column of type integer\n"
        "  Bad.d: the default is no value of the column: Input should be a valid integer\n"
        "  keyless: an index is over 'z', which is no column\n"
        "  keyless: no column is the key: say column(primary_key=True)\n"
        "  Bad.e: the foreign key refers to 'nowhere', which is no table of the schema\n"
        "  Bad: database names are snake_case, and 'Bad' has upper-case letters\n"
        "  keyless: the owner 'x.y': 'x' is no foreign key of keyless"
    ) == str(caught.value)
    assert (
        ds.Problem("Bad", "foo_bar", "no column type stands for the annotation complex")
        == (caught.value.problems[0])
    )


def test_undefined_names_do_not_hide_other_problems() -> None:
    class Missing(ds.Table, name="t"):
        id: ds.Column[str] = ds.column(primary_key=True)
        a: ds.Column[Nowhere]  # type: ignore[name-defined]  # noqa: F821

    assert [
        "t: an annotation names 'Nowhere', which is not defined",
        "Base: the class has no name=, so it is no table",
        "keyless: no column is the key: say column(primary_key=True)",
    ] == faults(Missing, define(None), define("keyless", {"a": str}, key=NO_KEY))


def test_a_schema_that_is_refused_binds_no_table() -> None:
    good, bad = define("good"), define("bad", {"a": complex})
    faults(good, bad)

    with pytest.raises(ds.UnboundTableError, match="Good stands in no Schema yet"):
        _ = good.id  # type: ignore[attr-defined]
    assert ds.Schema(good, postgres="native").tables == (good,)


def test_messages_hold_no_default() -> None:
    secret = "s3cret-value"
    table = define("t", {"a": (int, {"default": secret}), "b": (Literal["x"], {"default": secret})})

    with pytest.raises(ds.DefinitionError) as caught:
        ds.Schema(table)

    assert secret not in str(caught.value)
    assert dict(KEY) == {"id": (str, {"primary_key": True})}
