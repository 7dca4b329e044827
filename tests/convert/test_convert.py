"""The converters: mappings with gaps, batches, names, nulls and defaults."""

from __future__ import annotations

import gc
import pickle
from collections import OrderedDict
from types import MappingProxyType
from typing import Any

import pydantic
import pytest

import dualschema as ds
from dualschema.convert import converter_of


class Place(ds.JsonModel):
    street_name: str
    house_number: int | None = None


class Person(ds.Table, name="people"):
    personId: ds.Column[str] = ds.column(primary_key=True)  # noqa: N815  (camelCase is taken, too)
    full_name: ds.Column[str]
    nick_name: ds.Column[str | None]
    age: ds.Column[int | None] = ds.column(default=7)
    place: ds.Column[Place | None] = ds.column(default=None)
    tags: ds.Column[list[str]] = ds.column(default_factory=list)
    anything: ds.Column[Any] = ds.column(default=1)
    maybe: ds.Column[Any | None] = ds.column(default=None)


schema = ds.Schema(Person)


def person(**values: Any) -> Person:
    given: dict[str, Any] = {"personId": "p", "full_name": "A", "nick_name": None}
    return Person(**given | values)


def test_each_side_has_its_names() -> None:
    row = person(place=Place(street_name="S"))

    assert list(ds.encode(row, "json")) == [
        "personId",
        "fullName",
        "nickName",
        "age",
        "place",
        "tags",
        "anything",
        "maybe",
    ]
    names = ["person_id", "full_name", "nick_name", "age", "place", "tags", "anything", "maybe"]
    assert list(ds.encode(row, "sqlite")) == names
    assert list(ds.encode(row, "postgres")) == names
    assert tuple(names) == converter_of(Person, "sqlite").names


def test_documents_are_text_in_databases_and_objects_in_an_api() -> None:
    row = person(place=Place(street_name="S"), tags=["10.5", "null"])

    assert ds.encode(row, "sqlite")["place"] == '{"streetName":"S","houseNumber":null}'
    assert ds.encode(row, "sqlite")["tags"] == '["10.5","null"]'
    assert ds.encode(row, "json")["place"] == {"streetName": "S", "houseNumber": None}
    assert isinstance(ds.encode(row, "postgres")["place"], ds.JsonText)
    assert ds.decode(Person, ds.encode(row, "sqlite"), "sqlite") == row


def test_documents_from_postgres_may_be_parsed_or_marked_as_text() -> None:
    parsed = {"person_id": "p", "full_name": "A", "nick_name": None, "anything": "10.5"}

    assert ds.decode(Person, parsed, "postgres").anything == "10.5"
    as_text = parsed | {"anything": ds.JsonText('"10.5"')}
    assert ds.decode(Person, as_text, "postgres").anything == "10.5"


def test_a_document_is_read_by_its_type_and_never_by_its_looks() -> None:
    base = {"person_id": "p", "full_name": "A", "nick_name": None}

    with pytest.raises(ds.DecodeError, match=r"people\.place: Input should be"):
        ds.decode(Person, base | {"place": '"{}"'}, "sqlite")
    with pytest.raises(ds.DecodeError, match=r"people\.place: not the text of a JSON document"):
        ds.decode(Person, base | {"place": "{"}, "sqlite")
    with pytest.raises(ds.DecodeError, match=r"people\.tags: JSON is stored as text, not as list"):
        ds.decode(Person, base | {"tags": ["a"]}, "sqlite")
    text = '{"streetName": "S", "houseNumber": "7"}'  # text is no number
    with pytest.raises(ds.DecodeError, match=r"people\.place: .*houseNumber"):
        ds.decode(Person, base | {"place": text}, "sqlite")


def test_numbers_beyond_a_double_are_refused_in_documents() -> None:
    base = {"person_id": "p", "full_name": "A", "nick_name": None}
    for text in ("1e999", "[-1e999]", '{"a": 1e400}', "NaN", "[Infinity]"):
        with pytest.raises(ds.DecodeError, match=r"people\.anything"):
            ds.decode(Person, base | {"anything": text}, "sqlite")


class TestNulls:
    def test_none_is_sqls_null(self) -> None:
        row = person(nick_name=None, place=None, maybe=None)

        for side in ("sqlite", "postgres", "json"):
            stored = ds.encode(row, side)
            assert [None, None, None] == [
                stored[k] for k in stored if k in ("nick_name", "nickName", "place", "maybe")
            ]

    def test_json_null_is_a_value(self) -> None:
        row = person(anything=ds.JSON_NULL, maybe=ds.JSON_NULL)

        assert ds.encode(row, "sqlite")["anything"] == "null"
        assert ds.encode(row, "sqlite")["maybe"] == "null"
        assert ds.decode(Person, ds.encode(row, "sqlite"), "sqlite") == row
        assert ds.decode(Person, ds.encode(row, "postgres"), "postgres") == row

    def test_an_api_has_one_null_so_a_column_with_two_is_refused_it(self) -> None:
        row = person(anything=ds.JSON_NULL)
        assert ds.encode(row, "json")["anything"] is None
        assert ds.decode(Person, ds.encode(row, "json"), "json") == row

        with pytest.raises(ds.EncodeError, match=r"people\.maybe: JSON's null and NULL are one"):
            ds.encode(person(maybe=ds.JSON_NULL), "json")

    def test_a_json_null_in_a_typed_nullable_column_is_read_as_none(self) -> None:
        base = {"person_id": "p", "full_name": "A", "nick_name": None}

        assert ds.decode(Person, base | {"place": "null"}, "sqlite").place is None
        with pytest.raises(ds.DecodeError, match=r"people\.tags: it is NULL"):
            ds.decode(Person, base | {"tags": "null"}, "sqlite")

    def test_null_where_there_is_none_is_refused(self) -> None:
        with pytest.raises(ds.DecodeError, match=r"people\.full_name: it is NULL, but the column"):
            ds.decode(Person, {"person_id": "p", "full_name": None, "nick_name": None}, "sqlite")
        with pytest.raises(pydantic.ValidationError, match="None is SQL's NULL; JSON's null is"):
            person(anything=None)

    def test_json_null_is_one_and_false(self) -> None:
        assert ds.JsonNull() is ds.JSON_NULL
        assert pickle.loads(pickle.dumps(ds.JSON_NULL)) is ds.JSON_NULL
        assert not ds.JSON_NULL
        assert repr(ds.JSON_NULL) == "JSON_NULL"


class TestGaps:
    def test_what_a_mapping_lacks_takes_its_default_or_null(self) -> None:
        row = ds.decode(Person, {"person_id": "p", "full_name": "A"}, "sqlite")

        assert (None, 7, None, [], 1) == (
            row.nick_name,
            row.age,
            row.place,
            row.tags,
            row.anything,
        )

    def test_each_row_has_a_default_of_its_own(self) -> None:
        gaps = [{"person_id": str(n), "full_name": "A"} for n in range(2)]
        first, second = ds.decode_many(Person, gaps, "sqlite")

        first.tags.append("x")

        assert second.tags == []

    def test_what_must_be_there_and_is_not_is_named(self) -> None:
        with pytest.raises(ds.DecodeError, match=r"^people\.full_name: it is missing$"):
            ds.decode(Person, {"person_id": "p"}, "sqlite")

    def test_a_name_that_is_no_columns_is_refused_with_the_nearest(self) -> None:
        stored = {"person_id": "p", "ful_name": "A"}
        with pytest.raises(
            ds.DecodeError,
            match=r"^people\.ful_name: the table has no such column; did you mean full_name\?$",
        ):
            ds.decode(Person, stored, "sqlite")

    def test_a_clients_key_is_called_id(self) -> None:
        assert ds.decode(Person, {"id": "p", "full_name": "A"}, "sqlite").personId == "p"


class TestBatches:
    def test_tuples_lists_and_mappings_are_read_alike(self) -> None:
        rows = [person(personId=str(n), age=n) for n in range(3)]
        tuples = ds.encode_many(rows, "sqlite")
        named = [ds.encode(row, "sqlite") for row in rows]

        assert rows == ds.decode_many(Person, tuples, "sqlite")
        assert rows == ds.decode_many(Person, map(list, tuples), "sqlite")
        assert rows == ds.decode_many(Person, named, "sqlite")
        assert rows == ds.decode_many(Person, [OrderedDict(n) for n in named], "sqlite")
        assert rows == ds.decode_many(Person, [MappingProxyType(n) for n in named], "sqlite")
        shuffled = [dict(reversed(n.items())) for n in named]
        assert rows == ds.decode_many(Person, iter(shuffled), "sqlite")

    def test_an_api_gets_objects(self) -> None:
        rows = [person()]

        assert [ds.encode(person(), "json")] == ds.encode_many(rows, "json")

    def test_nothing_gives_nothing(self) -> None:
        assert ds.encode_many([], "sqlite") == []
        assert ds.decode_many(Person, [], "json") == []

    def test_a_generator_is_taken(self) -> None:
        assert 3 == len(ds.encode_many((person() for _ in range(3)), "postgres"))

    def test_rows_of_two_tables_are_refused(self) -> None:
        class Other(ds.Table, name="others"):
            id: ds.Column[str] = ds.column(primary_key=True)

        ds.Schema(Other)
        with pytest.raises(TypeError, match="takes rows of one table; this one is people"):
            ds.encode_many([person(), Other(id="a")], "sqlite")

    def test_a_row_of_another_length_is_refused(self) -> None:
        with pytest.raises(ValueError, match="a row of people has 8 columns, not 2"):
            ds.decode_many(Person, [("p", "A")], "sqlite")

    def test_a_rare_shape_in_a_batch_is_converted_all_the_same(self) -> None:
        class Name(str):
            __slots__ = ()

        rows = [person(personId=str(n)) for n in range(4)]
        vars(rows[2])["full_name"] = Name("Z")

        assert ["A", "A", "Z", "A"] == [cells[1] for cells in ds.encode_many(rows, "sqlite")]


def test_decoded_rows_are_whole_pydantic_models() -> None:
    row = ds.decode(Person, {"person_id": "p", "full_name": "A"}, "sqlite")

    assert row == person()
    assert row.model_fields_set == set(Person.model_fields)
    assert row.model_copy(update={"age": 8}).age == 8
    assert row == pickle.loads(pickle.dumps(row))
    row.age = 9
    with pytest.raises(pydantic.ValidationError):
        row.age = "x"  # type: ignore[assignment]  # wrong on purpose
    assert row.age == 9
    assert Person.model_validate(row.model_dump()) == row


def test_private_attributes_and_hooks_of_the_class_work_on_decoded_rows() -> None:
    class Counted(ds.Table, name="counted"):
        id: ds.Column[str] = ds.column(primary_key=True)
        _seen: int = pydantic.PrivateAttr(default=0)

        def model_post_init(self, context: Any) -> None:
            self._seen += 1

    ds.Schema(Counted)
    row = ds.decode(Counted, {"id": "a"}, "sqlite")

    assert row._seen == 1
    assert row == Counted(id="a")


def test_a_side_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no such side: 'mysql'"):
        ds.encode(person(), "mysql")  # type: ignore[arg-type]  # wrong on purpose


def test_a_table_in_no_schema_says_so() -> None:
    class Alone(ds.Table, name="alone"):
        id: ds.Column[str] = ds.column(primary_key=True)

    with pytest.raises(ds.UnboundTableError, match=r"^Alone stands in no Schema yet: make one"):
        ds.encode(Alone(id="a"), "sqlite")
    with pytest.raises(AttributeError, match="Alone stands in no Schema"):
        _ = Alone.id


def test_converting_leaves_the_garbage_collector_as_it_was() -> None:
    assert gc.isenabled()
    ds.decode_many(Person, ds.encode_many([person()] * 100, "sqlite"), "sqlite")
    assert gc.isenabled()
