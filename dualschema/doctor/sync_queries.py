"""A sync config's text, read as far as the doctor must know it: its edition and its queries.

Its queries are found wherever they stand in the YAML, in whichever of its forms of text; what
stands in brackets is only looked at for owners.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

__all__ = ["Query", "SyncConfig", "read_sync_config"]

# A comment begins a line, or comes behind a blank; not so in a text in quotes.
_WORD: Final = re.compile(
    r"""(?P<remark>(?:^|(?<=\s))\#[^\n]*|--[^\n]*)
    |(?P<word>(?<!\w)"(?:[^"\\]|\\.|"")*"|(?<!\w)'(?:[^'\\]|\\.|'')*'|\w+|\|\||[^\s\w])""",
    re.MULTILINE | re.VERBOSE,
)
_QUERY: Final = re.compile(r"\s*SELECT\b", re.IGNORECASE)
_EDITION: Final = re.compile(r"""(?:^|[\s{,])["']?edition["']?\s*:\s*["']?(\d+)""")
_PRECISION: Final = re.compile(r"""["']?timestamp_max_precision["']?\s*:\s*["']?(\w+)""")
_RULES: Final = re.compile(r"""(?:^|[{\s])["']?bucket_definitions["']?\s*:""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Query:
    """A query.

    Attributes:
        source: the server's table whose rows it sends.
        name: what the client's table is called.
        others: the further tables that it reads, those in brackets left out.
        columns: what it sends, by the client's names, with what it sends in each.
        sends_all: whether it sends all columns as they are, by ``*``.
        has_condition: whether it picks rows by a WHERE.
    """

    source: str
    name: str
    others: tuple[str, ...]
    columns: dict[str, str]
    sends_all: bool
    has_condition: bool

    @property
    def plain(self) -> frozenset[str]:
        """The columns that are sent as they are, under their own names."""
        return frozenset(name for name, value in self.columns.items() if name == value)


@dataclass(frozen=True, slots=True)
class SyncConfig:
    """A sync config.

    Attributes:
        edition: its edition, or None.
        precision: how many digits timestamps have, as it says it, or None.
        is_of_rules: whether it is of the old form, with buckets.
        queries: in their order.
    """

    edition: int | None
    precision: str | None
    is_of_rules: bool
    queries: tuple[Query, ...]


def read_sync_config(text: str) -> SyncConfig:
    """Read it; what is no query is passed over."""
    plain = _WORD.sub(lambda found: "" if found["remark"] else found[0], text)
    edition, precision = _EDITION.search(plain), _PRECISION.search(plain)
    return SyncConfig(
        int(edition[1]) if edition else None,
        precision[1] if precision else None,
        _RULES.search(plain) is not None,
        tuple(_queries(plain)),
    )


def _queries(text: str) -> Iterator[Query]:
    words = [found["word"] for found in _WORD.finditer(text) if found["word"]]
    starts: list[int] = []
    depth = 0
    for place, word in enumerate(words):
        depth += (word == "(") - (word == ")")
        if word[0] in "\"'" and _QUERY.match(word[1:-1]):
            yield from _queries(_unquoted(word))
        elif depth == 0 and word.upper() == "SELECT" and words[place + 1 : place + 2] != [":"]:
            starts.append(place)
    for start, end in pairwise([*starts, len(words)]):
        query = _query(words[start + 1 : end])
        if query is not None:
            yield query


def _query(words: Sequence[str]) -> Query | None:
    """Read what stands behind SELECT, with what may come after the query."""
    items, rest = _items(words)
    sources = dict(_sources(rest))
    if not sources:
        return None  # of the request alone, without a table
    # With several tables, one of them is named before each column.
    said = next((_plain(item[0]) for item in items if item[1:2] == ["."]), "")
    name = said if said in sources else next(iter(sources))
    return Query(
        sources[name],
        name,
        tuple(table for alias, table in sources.items() if alias != name),
        dict(_column(item) for item in items if item[-1] != "*"),
        any(item[-1] == "*" for item in items),
        any(word.upper() == "WHERE" for word in rest),
    )


def _items(words: Sequence[str]) -> tuple[list[list[str]], Sequence[str]]:
    """Return what is selected, and what comes from FROM on."""
    items: list[list[str]] = [[]]
    depth = 0
    for place, word in enumerate(words):
        depth += (word in "([") - (word in ")]")
        if depth == 0 and word.upper() == "FROM":
            return [item for item in items if item], words[place:]
        if depth == 0 and word == ",":
            items.append([])
        else:
            items[-1].append(word)
    return [], ()


def _sources(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the tables behind FROM and JOIN, by the names that they have in the query."""
    depth = 0
    for place, word in enumerate(words):
        depth += (word == "(") - (word == ")")
        if depth == 0 and word.upper() in {"FROM", "JOIN"}:
            table, rest = _name(words[place + 1 :])
            alias = rest[1:2] if [each.upper() for each in rest[:1]] == ["AS"] else ()
            if table != ":":  # a key of YAML's
                yield (_plain(alias[0]) if alias else table), table


def _name(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return a table's name without its schema, and what comes behind it."""
    if words[1:2] == ["."] and len(words) > 2:
        return _plain(words[2]), words[3:]
    return (_plain(words[0]), words[1:]) if words else (":", ())


def _column(item: Sequence[str]) -> tuple[str, str]:
    """Return the client's name of a column, and what is sent in it."""
    name = _plain(item[-1])
    if len(item) > 2 and item[-2].upper() == "AS":
        return name, _value(item[:-2])
    return name, _value(item)


def _value(item: Sequence[str]) -> str:
    if len(item) == 3 and item[1] == ".":  # of a table that is named with it
        item = item[2:]
    return _plain(item[0]) if len(item) == 1 else " ".join(item)


def _plain(word: str) -> str:
    return word[1:-1].replace('""', '"') if word.startswith('"') else word


def _unquoted(word: str) -> str:
    inner = word[1:-1]
    if word[0] == "'":
        return inner.replace("''", "'")
    return inner.replace('\\"', '"').replace("\\n", "\n")
