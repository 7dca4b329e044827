"""The tree of errors: what callers may catch, what each carries, and what no message says."""

from __future__ import annotations

import copy
import pickle

import pytest

import dualschema as ds
from dualschema import errors
from dualschema.errors import ConversionError, Problem

ONE = ds.DefinitionError((Problem("t", None, "no key"),))
TWO = ds.DefinitionError((Problem("t", None, "no key"), Problem("t", "a", "no type")))
EXAMPLES: list[ds.DualschemaError] = [
    ds.DualschemaError("anything"),
    ONE,
    TWO,
    ds.UnboundTableError("Timer"),
    ConversionError("t", "a", "json", value_type="int", reason="not text"),
    ds.EncodeError("t", "a", "postgres", value_type="int", reason="not text"),
    ds.DecodeError("t", "a", "sqlite", value_type="int", reason="not text", row=3),
    ds.UnboundTableError("Base", is_base=True),
    ds.StatementError("no where()"),
    ds.RowCountError("too many"),
    ds.NotFoundError("none", "t"),
    ds.MultipleRowsError("several"),
    ds.DatabaseError("refused"),
    ds.ConstraintViolation("a rule", code="23001"),
    ds.UniqueViolation("taken", code="23505", table="t", constraint="t_pkey"),
    ds.ForeignKeyViolation("no such row", code="23503", table="t"),
    ds.NotNullViolation("NULL", code="23502", table="t", column="a"),
    ds.CheckViolation("a rule", code="SQLITE_CONSTRAINT_CHECK", table="t"),
    ds.SerializationError("again", code="40001"),
    ds.ConnectionLostError("gone", code="08006"),
    ds.RefusedError("the row is not yours"),
    ds.RequestError("no list", place="transactions"),
    ds.EventError("closed"),
    ds.NotListeningError("a pooler"),
    ds.SubscriberDroppedError("slow"),
    ds.ConfigurationError("no schema is named"),
    ds.GenerationError("swift", "too many", table="t", column="a"),
    ds.MigrationError("one of the steps fails"),
    ds.TokenError("expired"),
    ds.ClaimError("no user id"),
    ds.KeysUnavailableError("status 500", url="https://example.com/keys"),
    ds.MissingExtraError("dualschema.testing", "testing"),
    ds.EmbeddedPostgresError("no programs"),
]


@pytest.mark.parametrize(
    ("kind", "bases"),
    [
        (errors.DefinitionError, (errors.DualschemaError,)),
        (errors.UnboundTableError, (errors.DualschemaError, AttributeError)),
        (errors.ConversionError, (errors.DualschemaError, ValueError)),
        (errors.EncodeError, (errors.ConversionError, ValueError)),
        (errors.DecodeError, (errors.ConversionError, ValueError)),
        (errors.StatementError, (errors.DualschemaError, ValueError)),
        (errors.RowCountError, (errors.DualschemaError, LookupError)),
        (errors.NotFoundError, (errors.RowCountError,)),
        (errors.MultipleRowsError, (errors.RowCountError,)),
        (errors.DatabaseError, (errors.DualschemaError,)),
        (errors.ConstraintViolation, (errors.DatabaseError,)),
        (errors.UniqueViolation, (errors.ConstraintViolation,)),
        (errors.ForeignKeyViolation, (errors.ConstraintViolation,)),
        (errors.NotNullViolation, (errors.ConstraintViolation,)),
        (errors.CheckViolation, (errors.ConstraintViolation,)),
        (errors.SerializationError, (errors.DatabaseError,)),
        (errors.ConnectionLostError, (errors.DatabaseError, ConnectionError)),
        (errors.RequestError, (errors.DualschemaError, ValueError)),
        (errors.EventError, (errors.DualschemaError,)),
        (errors.NotListeningError, (errors.EventError,)),
        (errors.SubscriberDroppedError, (errors.EventError,)),
        (errors.ConfigurationError, (errors.DualschemaError, ValueError)),
        (errors.GenerationError, (errors.DualschemaError, ValueError)),
        (errors.MigrationError, (errors.DualschemaError,)),
        (errors.TokenError, (errors.DualschemaError,)),
        (errors.ClaimError, (errors.DualschemaError, ValueError)),
        (errors.KeysUnavailableError, (errors.DualschemaError,)),
        (errors.MissingExtraError, (errors.DualschemaError, ImportError)),
        (errors.EmbeddedPostgresError, (errors.DualschemaError, RuntimeError)),
    ],
)
def test_errors_are_caught_by_what_they_also_are(
    kind: type[Exception], bases: tuple[type[Exception], ...]
) -> None:
    assert [True] * len(bases) == [issubclass(kind, base) for base in bases]


def test_every_error_is_exported() -> None:
    defined = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and value.__module__ == errors.__name__
    }

    assert sorted(defined) == errors.__all__
    assert defined <= set(ds.__all__)


def test_every_error_has_an_example() -> None:
    assert set(errors.__all__) - {"Problem"} == {type(example).__name__ for example in EXAMPLES}


def test_messages() -> None:
    assert [
        "anything",
        "t: no key",
        "2 problems:\n  t: no key\n  t.a: no type",
        "Timer stands in no Schema yet: make one with ds.Schema(Timer)",
        "t.a: not text",
        "t.a: not text",
        "t.a (row 3): not text",
        "Base has no name=, so it is no table: use a table that inherits from it",
        "no where()",
        "too many",
        "none",
        "several",
        "refused",
        "a rule [23001]",
        "t: taken (t_pkey) [23505]",
        "t: no such row [23503]",
        "t.a: NULL [23502]",
        "t: a rule [SQLITE_CONSTRAINT_CHECK]",
        "again [40001]",
        "gone [08006]",
        "the row is not yours",
        "transactions: no list",
        "closed",
        "a pooler",
        "slow",
        "no schema is named",
        "swift: t.a: too many",
        "one of the steps fails",
        "the token is refused: it has expired",
        "no user id",
        "the keys at https://example.com/keys cannot be fetched: status 500",
        'dualschema.testing needs an extra: pip install "dualschema[testing]"',
        "no programs",
    ] == [str(example) for example in EXAMPLES]


def test_errors_carry_data() -> None:
    error = ds.DecodeError("t", "a", "sqlite", value_type="int", reason="not text", row=3)

    assert ("t", "a", "sqlite", "int", "not text", 3) == (
        error.table,
        error.column,
        error.side,
        error.value_type,
        error.reason,
        error.row,
    )
    assert TWO.problems == (Problem("t", None, "no key"), Problem("t", "a", "no type"))
    assert ds.UnboundTableError("Timer").table == "Timer"
    assert ds.MissingExtraError("x", "testing").extra == "testing"
    assert ds.TokenError("expired").code == "expired"
    assert ds.KeysUnavailableError("no", url="https://x").url == "https://x"


@pytest.mark.parametrize("example", EXAMPLES, ids=repr)
def test_errors_travel_between_processes(example: ds.DualschemaError) -> None:
    for back in (pickle.loads(pickle.dumps(example)), copy.copy(example)):
        assert type(example) is type(back)
        assert str(example) == str(back)
        assert vars(example) == vars(back)


def test_a_table_outside_of_any_schema_answers_in_one_sentence() -> None:
    class Loose(ds.Table, name="loose"):
        id: ds.Column[str] = ds.column(primary_key=True)

    sentence = "Loose stands in no Schema yet: make one with ds.Schema(Loose)"

    with pytest.raises(ds.UnboundTableError) as caught:
        _ = Loose.id
    assert sentence == str(caught.value)
    with pytest.raises(ds.UnboundTableError) as caught:
        ds.encode(Loose(id="a"), "json")
    assert sentence == str(caught.value)
    assert not hasattr(Loose, "id")
