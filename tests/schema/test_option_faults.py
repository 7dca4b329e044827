"""Faults of the options of columns and tables: each is one problem, whose text is golden."""

from __future__ import annotations

import math
import re
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import pytest

import dualschema as ds
from tests.schema.define import define, faults

DECIMAL = "the bounds of a decimal"


def without_addresses(value: object) -> str:
    """Name a test by its parameter, alike in each process."""
    return re.sub(r" at 0x\w+", "", str(value))


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
        (str, {"min_length": 10**30}, "a text has at most 1073741823 characters"),
        (str, {"max_length": 2**30}, "a text has at most 1073741823 characters"),
        (int, {"ge": 5, "lt": 5}, "no number lies within the bounds"),
        (int, {"ge": 2**31}, "no number lies within the bounds"),
        (int, {"ge": 1.5}, "the bounds of whole numbers are whole numbers"),
        (int, {"le": 2**64}, "the bounds of whole numbers have at most 64 bits"),
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
        (Decimal, {"precision": 3, "scale": -1}, "0 <= scale <= precision <= 1000 does not hold"),
        (
            Decimal,
            {"le": Decimal("1e131072")},
            f"{DECIMAL} have more digits than Postgres's numeric",
        ),
        (
            Decimal,
            {"ge": Decimal("1e-16384")},
            f"{DECIMAL} have more digits than Postgres's numeric",
        ),
        (Decimal, {"ge": 1.5}, f"{DECIMAL} are Decimals or whole numbers"),
        (Decimal, {"ge": Decimal("NaN")}, f"{DECIMAL} are finite numbers"),
        (Decimal, {"lt": Decimal("Infinity")}, f"{DECIMAL} are finite numbers"),
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
        (datetime, {"default": datetime(2020, 1, 1)}, "Input should have timezone info"),  # noqa: DTZ001  (without a zone on purpose)
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
