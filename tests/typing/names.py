"""Right code: columns whose names pydantic, SQLAlchemy or Python use for something else."""
# pyright: strict

from typing import Any, assert_type

import dualschema as ds


class Taken(ds.Table, name="taken"):
    """Every public name of a pydantic model that is free for columns, and SQLAlchemy's."""

    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)

    construct: ds.Column[str]
    copy: ds.Column[str]
    dict: ds.Column[str]
    from_orm: ds.Column[str]
    json: ds.Column[str]
    parse_file: ds.Column[str]
    parse_obj: ds.Column[str]
    parse_raw: ds.Column[str]
    schema: ds.Column[str]
    schema_json: ds.Column[str]
    update_forward_refs: ds.Column[str]
    validate: ds.Column[str]
    model_extra: ds.Column[str]

    columns: ds.Column[int]
    fields: ds.Column[int]
    key: ds.Column[int]
    metadata: ds.Column[Any]
    model_id: ds.Column[int]
    mro: ds.Column[int]
    name: ds.Column[int]
    owner: ds.Column[int]
    query: ds.Column[int]
    register: ds.Column[int]
    registry: ds.Column[int]
    sync: ds.Column[int]
    table: ds.Column[int]
    text: ds.Column[int]
    type: ds.Column[int]


class Untouched(ds.Table, name="untouched"):
    """A table that uses none of them has none of them."""

    id: ds.Column[str] = ds.column(primary_key=True, default="one")


schema = ds.Schema(Taken, Untouched)


def taken() -> Taken:
    return Taken(
        construct="",
        copy="",
        dict="",
        from_orm="",
        json="",
        parse_file="",
        parse_obj="",
        parse_raw="",
        schema="",
        schema_json="",
        update_forward_refs="",
        validate="",
        model_extra="",
        columns=1,
        fields=1,
        key=1,
        metadata={},
        model_id=1,
        mro=1,
        name=1,
        owner=1,
        query=1,
        register=1,
        registry=1,
        sync=1,
        table=1,
        text=1,
        type=1,
    )


def a_row_keeps_their_types() -> None:
    row = taken()
    assert_type(row.construct, str)
    assert_type(row.copy, str)
    assert_type(row.dict, str)
    assert_type(row.from_orm, str)
    assert_type(row.json, str)
    assert_type(row.parse_file, str)
    assert_type(row.parse_obj, str)
    assert_type(row.parse_raw, str)
    assert_type(row.schema, str)
    assert_type(row.schema_json, str)
    assert_type(row.update_forward_refs, str)
    assert_type(row.validate, str)
    assert_type(row.model_extra, str)
    assert_type(row.metadata, Any)
    assert_type(row.model_id, int)
    assert_type(row.mro, int)
    assert_type(row.register, int)
    assert_type(row.registry, int)
    assert_type(row.text, int)
    row.json = row.copy + row.schema
    row.mro += 1


def so_does_the_class() -> None:
    assert_type(Taken.construct, ds.ColumnExpression[str])
    assert_type(Taken.copy, ds.ColumnExpression[str])
    assert_type(Taken.dict, ds.ColumnExpression[str])
    assert_type(Taken.json, ds.ColumnExpression[str])
    assert_type(Taken.schema, ds.ColumnExpression[str])
    assert_type(Taken.validate, ds.ColumnExpression[str])
    assert_type(Taken.model_extra, ds.ColumnExpression[str])
    assert_type(Taken.metadata, ds.ColumnExpression[Any])
    assert_type(Taken.model_id, ds.ColumnExpression[int])
    assert_type(Taken.text, ds.ColumnExpression[int])


def those_of_a_metaclass_are_sql_too() -> None:
    # To mypy these two are Any: on a class it prefers the metaclass's names.
    assert Taken.mro.desc().element is Taken.mro
    assert Taken.register.key == "register"


def they_are_no_arguments_where_they_are_no_columns() -> None:
    assert_type(Untouched(), Untouched)


def they_survive_pydantic_and_the_converters() -> None:
    row = taken()
    assert Taken.model_validate(row.model_dump()) == row
    assert row.model_copy(deep=True) == row
    assert Taken.model_json_schema()["title"] == "Taken"
    assert ds.decode(Taken, ds.encode(row, "json"), "json") == row
    assert ds.decode(Taken, ds.encode(row, "sqlite"), "sqlite") == row
