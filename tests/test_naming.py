"""Names in Python, in the databases and in JSON: properties that hold for all of them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dualschema.naming import (
    MAX_IDENTIFIER_BYTES,
    camel_case,
    column_name_fault,
    constraint_name,
    identifier_fault,
    identifier_words,
    snake_case,
    table_name_fault,
)

words = st.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True)
snake_names = st.lists(words, min_size=1, max_size=4).map("_".join)
python_names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True)
hostile = st.text(st.characters(), max_size=80) | st.text(
    "é名🎉\0\ud800\n\"'%. []ABC_1", max_size=80
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lapTime", "lap_time"),
        ("lap_time", "lap_time"),
        ("LapTime", "lap_time"),
        ("userID", "user_id"),
        ("HTTPServer", "http_server"),
        ("parseHTTPRequest", "parse_http_request"),
        ("x", "x"),
        ("line2Text", "line2_text"),
        ("sha256", "sha256"),
        ("_hidden", "_hidden"),
        ("class_", "class_"),
        ("ALL_CAPS", "all_caps"),
        ("", ""),
    ],
)
def test_snake_case(name: str, expected: str) -> None:
    assert expected == snake_case(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lap_time", "lapTime"),
        ("x", "x"),
        ("user_id", "userId"),
        ("_hidden_name", "_hiddenName"),
        ("line_2", "line2"),
        ("a__b", "aB"),
        ("class_", "class"),
        ("été_bleu", "étéBleu"),
        ("", ""),
    ],
)
def test_camel_case(name: str, expected: str) -> None:
    assert expected == camel_case(name)


@given(python_names)
def test_snake_case_is_idempotent(name: str) -> None:
    once = snake_case(name)

    assert once == snake_case(once)
    assert once == once.lower()


@given(snake_names)
@example("a_1b")
@example("a_b_c")
def test_names_come_back_from_camel_case_but_for_one_letter_and_digits(name: str) -> None:
    back = snake_case(camel_case(name))

    # camelCase does not show an underscore before a digit, nor between capitals of one letter.
    assert name.replace("_", "") == back.replace("_", "")
    if all(len(word) > 1 and word[0].isalpha() and word[-1].isalpha() for word in name.split("_")):
        assert name == back


@given(snake_names)
def test_camel_case_is_idempotent(name: str) -> None:
    assert camel_case(name) == camel_case(camel_case(name))


@given(hostile)
def test_no_name_is_too_hostile(name: str) -> None:
    assert isinstance(snake_case(name), str)
    assert isinstance(camel_case(name), str)
    for fault in (identifier_fault(name), table_name_fault(name), column_name_fault(name)):
        if fault is not None:
            assert fault.isprintable() or "\\" in repr(fault)
            fault.encode()  # it can be printed, whatever the name holds


@given(hostile)
def test_names_without_a_fault_fit_both_databases(name: str) -> None:
    if identifier_fault(name) is None:
        assert 0 < len(name.encode()) <= MAX_IDENTIFIER_BYTES
        assert name == name.lower()
        assert not set("\"'%,.#[]\0\n\t ") & set(name)


@given(st.lists(snake_names | st.text("é名🎉_x", min_size=1, max_size=40), min_size=2, max_size=4))
def test_constraint_names_are_cut_to_what_postgres_takes(parts: list[str]) -> None:
    name = constraint_name(*parts, "check")
    plain = "_".join([*parts, "check"])

    assert len(name.encode()) <= MAX_IDENTIFIER_BYTES
    assert name.endswith("_check")
    assert name == constraint_name(*parts, "check")
    if len(plain.encode()) <= MAX_IDENTIFIER_BYTES:
        assert plain == name


def test_cut_names_differ_where_the_long_ones_do() -> None:
    first, second = (constraint_name("t" * 60, f"column_{n}", "idx") for n in (1, 2))

    assert first != second
    assert first.endswith("_idx")
    assert 63 == len(first)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", "the name is empty"),
        ("a\u200bb", "the name 'a\\u200bb' holds a control character"),
        ("a\xa0b", "the name 'a\\xa0b' holds '\\xa0', which PowerSync forbids in names"),
        ("İ", "database names are snake_case, and 'İ' has upper-case letters"),
        ("\ud800", "the name '\\ud800' holds a control character"),
        ("order", None),
        ("名前", None),
        ("é" * 31, None),
    ],
)
def test_identifier_fault(name: str, fault: str | None) -> None:
    assert fault == identifier_fault(name)


@pytest.mark.parametrize("name", ["sqlite_master", "ps_crud", "powersync_things"])
def test_table_names_of_others(name: str) -> None:
    prefix = name.split("_", maxsplit=1)[0] + "_"

    assert f"table names that begin with {prefix!r} belong to SQLite or PowerSync" == (
        table_name_fault(name)
    )
    assert column_name_fault(name) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("with-dash$and(more)", ["with", "dash", "and", "more"]),
        ("DARK_BLUE", ["dark", "blue"]),
        ("lapTime", ["lap", "time"]),
        ("__proto__", ["proto"]),
        ("größe", ["größe"]),
        ("e\u0301 ﬁ", ["é", "fi"]),
        ("😀 \U00020000", []),
    ],
)
def test_identifier_words(text: str, expected: list[str]) -> None:
    assert expected == identifier_words(text)


@given(hostile)
def test_identifier_words_make_an_identifier(text: str) -> None:
    assert f"_{'_'.join(identifier_words(text))}".isidentifier()
