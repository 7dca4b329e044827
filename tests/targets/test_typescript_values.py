"""Values in generated TypeScript: as prettier has them, and none that JavaScript would change."""

from __future__ import annotations

from typing import Any

import pytest

import dualschema as ds
from dualschema.languages.typescript.spelling import literal, width
from dualschema.targets import generate


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5.0, "5.0"),
        (-0.1, "-0.1"),
        (1e300, "1e300"),
        (-1e16, "-1e16"),
        (1e-7, "1e-7"),
        (2.5e-10, "2.5e-10"),
        (7, "7"),
        (True, "true"),
        (None, "null"),
        ({"a b": [1e22]}, "{ 'a b': [1e22] }"),
    ],
)
def test_literals(value: Any, text: str) -> None:
    assert text == literal(value)


class Counted(ds.Table, name="counted"):
    id: ds.Column[str] = ds.column(primary_key=True)
    counts: ds.Column[dict[str, Any]] = ds.column(default={"all": [2**53]})


@pytest.mark.parametrize("target", ["typescript", "zod"])
def test_a_default_that_javascript_would_round(target: str) -> None:
    text = rf"^{target}: counted\.counts: its default holds a whole number that JavaScript would "
    with pytest.raises(ds.GenerationError, match=text):
        generate(ds.Schema(Counted), target)


class Ranked(ds.Table, name="ranked"):
    id: ds.Column[str] = ds.column(primary_key=True)
    rank: ds.Column[int] = ds.column(default=0, writable="server")
    share: ds.Column[float] = ds.column(default=1e-7, ge=1e-7)


@pytest.mark.parametrize("target", ["typescript", "zod"])
def test_a_small_bound(target: str) -> None:
    [file] = generate(ds.Schema(Ranked), target)
    assert "1e-7" in file.text
    assert "1e-07" not in file.text


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("abc", 3),
        ("\u00fc", 1),
        ("u\u0308", 1),
        ("\u0e01\u0e31", 1),
        ("\u6f22", 2),
        ("\U0001f600", 2),
    ],
)
def test_how_wide_prettier_takes_a_text_to_be(text: str, columns: int) -> None:
    assert columns == width(text)
