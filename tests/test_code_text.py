"""What the SDKs' languages have in common in their text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualschema.code_text import (
    called,
    document_text,
    escape,
    indented,
    literal,
    lower_camel,
    text_of,
    upper_camel,
    words_in,
)


@pytest.mark.parametrize(
    ("text", "marks", "expected"),
    [
        ("plain_name", '"', "plain_name"),
        ("größe", '"', "größe"),
        ("", '"', ""),
        ('a "b" \\', '"', 'a \\"b\\" \\\\'),
        ("it's $5", "'$", "it\\'s \\$5"),
        ("it's $5", '"', "it's $5"),
        ("a\n\r\tb", '"', "a\\n\\r\\tb"),
        ("\x9d\u202e\U000e0001", '"', "\\u{9d}\\u{202e}\\u{e0001}"),
    ],
)
def test_a_text_is_escaped(text: str, marks: str, expected: str) -> None:
    assert expected == escape(text, marks)


def test_a_language_may_spell_code_points_in_its_own_way() -> None:
    assert "<9d>\\n" == escape("\x9d\n", "", lambda char: f"<{ord(char):x}>")


@given(st.text())
def test_all_of_an_escaped_text_shows(text: str) -> None:
    assert escape(text, "\"'$").isprintable()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("TimerType", "TimerType"),
        ("timer_type", "TimerType"),
        ("2fa", "N2Fa"),
        ("größe", "Grosse"),
        ("😀", "Value"),
    ],
)
def test_a_class_has_a_name_of_ascii(name: str, expected: str) -> None:
    assert expected == upper_camel(name)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [(("timer", "type"), "timerType"), (("2", "fa"), "n2Fa"), ((), "value")],
)
def test_a_property_has_a_name_of_ascii(parts: tuple[str, ...], expected: str) -> None:
    assert expected == lower_camel(parts)


def test_lines_are_indented_and_blank_ones_stay_empty() -> None:
    assert "  a\n\n  b\n" == text_of([*indented(["a", "", "b"], "  "), ""])


def test_helpers_are_those_that_code_calls_and_those_that_they_call() -> None:
    helpers = {"a": "calls b", "b": "calls none", "c": "calls a"}
    words = words_in(["x = a(1)", "x = a(1)", "// b2"])
    assert {"x", "a", "1", "b2"} == words
    assert {"a": "calls b", "b": "calls none"} == called(helpers, words)
    assert {} == called(helpers, set())


def test_a_document_is_compact() -> None:
    assert '{"a":[1,"é",null]}' == document_text({"a": [1, "é", None]})


@pytest.mark.parametrize(
    ("value", "expected"), [("a", "<a>"), (True, "true"), (-5, "-5"), (1.5, "1.5")]
)
def test_a_value_is_an_expression(value: object, expected: str) -> None:
    assert expected == literal(value, lambda text: f"<{text}>")
