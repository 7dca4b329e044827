"""Every registered column type, by each of its samples: through Python and through each database.

A type that is registered is tested; one that brings no samples or no strategy fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import SchemaValidator

from dualschema.column_type import ClientKind, Coder, Form, PostgresStyle, PostgresType, Storage
from dualschema.convert import converter_of
from dualschema.convert.source import compile_function, inlined
from dualschema.declare.resolve import resolve_type
from dualschema.declare.table import binding_of
from dualschema.model import form_of
from dualschema.testing.strategies import make_table
from dualschema.types import ALL_TYPES
from tests.types.cases import Case, Style, both_columns, every_case, every_style


def test_each_type_says_what_it_is() -> None:
    for kind in ALL_TYPES:
        assert kind.samples, f"{kind.__name__} has no samples"
        assert isinstance(kind.storage, Storage)
        assert isinstance(kind.client_kind, ClientKind)
        assert kind.notes.endswith("."), kind.__name__
        assert kind.__doc__, kind.__name__
    assert len({kind.name for kind in ALL_TYPES}) == len(ALL_TYPES)


@every_case
def test_a_sample_is_claimed_by_its_own_type_alone(case: Case) -> None:
    claims = [kind for kind in ALL_TYPES if kind.claim(case.annotation, case.type_options)]

    assert [case.kind] == claims


@every_case
def test_types_made_alike_are_equal_and_hash_alike(case: Case) -> None:
    first = resolve_type(case.annotation, case.type_options)
    second = resolve_type(case.annotation, case.type_options)

    assert first == second
    assert hash(first) == hash(second)


@every_case
def test_each_style_names_a_postgres_type(case: Case) -> None:
    for style in PostgresStyle:
        name, arguments = case.made.postgres_type(style)

        assert isinstance(name, PostgresType)
        assert all(isinstance(argument, int) for argument in arguments)


@every_case
@given(data=st.data())
def test_a_checked_value_stays_as_it_is(case: Case, data: st.DataObject) -> None:
    """What a row holds passes its own check unchanged, so that rows may be checked again."""
    value = data.draw(case.made.strategy())
    check = SchemaValidator(case.made.schema()).validate_python

    assert value == check(value)
    assert type(value) is type(check(value))


@every_case
@pytest.mark.parametrize("form", list(Form), ids=lambda form: form.value)
@given(data=st.data())
def test_every_form_gives_the_value_back(case: Case, form: Form, data: st.DataObject) -> None:
    value = data.draw(case.made.strategy())
    encode, decode = case.made.encoder(form).function, case.made.decoder(form).function
    check = SchemaValidator(case.made.schema()).validate_python

    stored = value if encode is None else encode(value)
    read = stored if decode is None or stored is None else decode(stored)

    if stored is not None:  # JSON's null, parsed: the converters tell it from NULL
        assert value == check(read)


@every_case
@pytest.mark.parametrize("form", list(Form), ids=lambda form: form.value)
@given(data=st.data())
def test_the_inlined_source_does_what_the_whole_conversion_does(
    case: Case, form: Form, data: st.DataObject
) -> None:
    """A guard that is true vouches for the inlined expression, both ways, on anything it meets."""
    value = data.draw(case.made.strategy() | hostile_values())
    check = SchemaValidator(case.made.schema()).validate_python

    encoder, decoder = case.made.encoder(form), case.made.decoder(form)
    try:
        checked = check(value)
    except ValueError:
        pass  # an encoder is given only what the row's class has checked
    else:
        whole = encoder.function or (lambda v: v)
        assert_same(inline(encoder, checked, encoder.guard), lambda: whole(checked))
    read = decoder.function or (lambda v: v)
    assert_same(inline(decoder, value, decoder.guard), lambda: check(read(value)))


@every_case
@pytest.mark.parametrize("form", list(Form), ids=lambda form: form.value)
@given(data=st.data())
def test_what_a_guard_takes_unchecked_the_schema_takes_as_it_is(
    case: Case, form: Form, data: st.DataObject
) -> None:
    value = data.draw(case.made.strategy() | hostile_values())
    check = SchemaValidator(case.made.schema()).validate_python
    encoder = case.made.encoder(form)
    whole = encoder.function or (lambda v: v)

    assert_same(inline(encoder, value, encoder.unchecked), lambda: whole(check(value)))


@every_case
@given(data=st.data())
def test_what_is_settled_may_be_stored_as_it_came(case: Case, data: st.DataObject) -> None:
    encode = case.made.encoder(Form.SQLITE).function or (lambda v: v)
    stored = case.made.strategy().map(encode)
    value = data.draw(stored | hostile_values())
    decoder = case.made.decoder(Form.SQLITE)
    if inline(replace(decoder, inline="True"), value, decoder.settled) is not True:
        return
    check, read = SchemaValidator(case.made.schema()).validate_python, decoder.function
    decoded = check(value if read is None else read(value))

    if case.made.client_kind is ClientKind.JSON:  # of which there are several texts
        assert decoded == check((read or str)(encode(decoded)))
    else:
        assert (type(value), value) == (type(encode(decoded)), encode(decoded))


def assert_same(given_back: Any, expected: Callable[[], Any]) -> None:
    """Assert that what was inlined, if anything was, gives the same value of the same class."""
    if given_back is not NOT_INLINED:
        assert expected() == given_back
        assert type(expected()) is type(given_back)


NOT_INLINED = object()


def inline(coder: Coder, value: Any, guard: str | None) -> Any:
    """Return what the inlined source makes of a value, unless it leaves it to the whole one."""
    if guard is None:
        return NOT_INLINED
    scope: dict[str, Any] = {}
    source = inlined(coder, 0, scope, lambda _: NOT_INLINED, nullable=False, guard=guard)
    try:
        return compile_function("convert", "v0", [f"return {source}"], scope)(value)
    except Exception:  # noqa: BLE001  (then the converter takes the whole conversion)
        return NOT_INLINED


def hostile_values() -> st.SearchStrategy[Any]:
    """Return a strategy for values of any kind, those that nearly fit among them."""
    return st.sampled_from(HOSTILE) | st.text() | st.floats() | st.integers() | st.binary()


HOSTILE: list[Any] = [
    True,
    False,
    0,
    1,
    2,
    -1,
    1.0,
    2**31,
    2**53,
    2**63,
    float("nan"),
    float("inf"),
    "",
    "0",
    "1",
    "true",
    "null",
    "\0",
    "a\0b",
    "\ud800",
    "2024-01-01",
    "2024-01-01T00:00:00Z",
    "2024-01-01T00:00:00.000",
    "2024-01-01T00:00:00.000+01:00",
    "2024-W01-1T00:00:00.000Z",
    "2024-01-01 00:00:00.000Z",
    "2024-13-01T00:00:00.000Z",
    "0000-01-01T00:00:00.000Z",
    "24:00:00",
    "[]",
    "{}",
    "[NaN]",
    '["\\u0000"]',
    '"\\\\u0000"',
    "[1,",
    '{"x": 1, "label": null}',
    b"",
    b"\xff",
    [],
    {},
    [float("nan")],
    {"a": "\0"},
    {1: 2},
    object(),
]


@every_case
@every_style
@given(data=st.data())
def test_rows_in_bulk_are_converted_as_each_by_itself(
    case: Case, style: Style, data: st.DataObject
) -> None:
    from dualschema.testing import rows

    table = both_columns(case, style)
    drawn = data.draw(st.lists(rows(table), max_size=5))
    for side in ("postgres", "sqlite"):
        converter = converter_of(table, side)
        stored = converter.encode_many(drawn)

        assert [tuple(converter.encode(row).values()) for row in drawn] == stored
        assert drawn == converter.decode_many(stored)
        named = [dict(zip(converter.names, cells, strict=True)) for cells in stored]
        assert drawn == converter.decode_many(named)


@every_case
def test_the_form_of_a_side_follows_the_style(case: Case) -> None:
    for style, form in (("portable", Form.PORTABLE), ("native", Form.NATIVE)):
        column = binding_of(both_columns(case, style)).model.by_name["value"]  # type: ignore[arg-type]  # one of the two, by name

        assert form is form_of(column, "postgres")
        assert Form.SQLITE is form_of(column, "sqlite")
        assert Form.JSON is form_of(column, "json")


@every_case
@given(data=st.data())
def test_pydantic_writes_and_reads_the_json_form(case: Case, data: st.DataObject) -> None:
    """So that a web framework's answer is ``encode(row, "json")``, and takes it back."""
    table: Any = both_columns(case, "portable")
    value = data.draw(case.made.strategy())
    row = table(id="a", value=value, nullable=None)

    dumped = row.model_dump(mode="json", by_alias=True)

    assert converter_of(table, "json").encode(row) == dumped
    if dumped["value"] is not None:
        assert row == table.model_validate(dumped)
        assert row == table.model_validate_json(row.model_dump_json(by_alias=True))


def test_a_table_is_a_pydantic_model() -> None:
    assert issubclass(make_table("drawn", {"value": (str, {})}), pydantic.BaseModel)
