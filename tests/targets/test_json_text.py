"""The text of JSON files: what ``json.dumps`` writes, whoever writes it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualschema.languages.json import text_of

_TEXTS = st.text(st.characters()) | st.sampled_from(["1e5", "\ud800", "\x00\b\u2028</", "NaN"])
_NUMBERS = st.integers() | st.floats() | st.sampled_from([2**64, -(10**400), 1e16, 6e-5, 9e-6])
_DOCUMENTS = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(_TEXTS, inner),
    max_leaves=12,
)


@given(_DOCUMENTS)
def test_any_document(value: Any) -> None:
    expected = json.dumps(value, ensure_ascii=False, indent=2).replace("\x7f", "\\u007f")
    assert f"{expected}\n" == text_of(value)


@pytest.mark.parametrize("value", [1e300, 1e-7, 0.00006, -1e16, 0.1, -0.0, 1e22])
def test_floats(value: float) -> None:
    assert f'{{\n  "a": [\n    {value!r}\n  ]\n}}\n' == text_of({"a": [value]})
