"""Names: from Python to the database and to JSON, and what a name may be in each.

Database names are snake_case and at most 63 bytes; names in JSON are camelCase.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

__all__ = [
    "MAX_IDENTIFIER_BYTES",
    "ascii_words",
    "camel_case",
    "column_name_fault",
    "constraint_name",
    "identifier_fault",
    "identifier_words",
    "sequence_name",
    "snake_case",
    "table_name_fault",
]

MAX_IDENTIFIER_BYTES = 63
"""Postgres cuts longer identifiers (NAMEDATALEN - 1):
https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS"""

_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

# What PowerSync's SDKs refuse in table, column and index names (`InvalidSQLCharacters` in
# @powersync/common). Its core takes `.` and `[` but then reads the column as NULL.
_POWERSYNC_FORBIDDEN = re.compile(r"""["'%,.#\s\[\]]""")

# Names that quoting does not save: the system columns that each Postgres table has
# (https://www.postgresql.org/docs/current/ddl-system-columns.html).
_POSTGRES_SYSTEM_COLUMNS = frozenset({"cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"})

# SQLite keeps names that begin with `sqlite_` to itself; `ps_` and `powersync_` are PowerSync's.
_RESERVED_TABLE_PREFIXES = ("sqlite_", "ps_", "powersync_")


def snake_case(name: str) -> str:
    """Return a Python name as a database name: ``lapTime`` and ``lap_time`` give ``lap_time``."""
    return _WORD_STARTS.sub("_", name).lower()


def camel_case(name: str) -> str:
    """Return a database name as a name in JSON: ``lap_time`` gives ``lapTime``."""
    lead = len(name) - len(name.lstrip("_"))
    first, *rest = name[lead:].split("_")
    return name[:lead] + first + "".join(word[:1].upper() + word[1:] for word in rest)


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def ascii_words(text: str) -> tuple[str, ...]:
    """Return the words of a name or a text, in lower case and ASCII alone; perhaps none.

    Where no letter of ASCII is meant by a letter, its number stands for it: identifiers beyond
    ASCII depend on a language's version, and on how a file is encoded.
    """
    folded = unicodedata.normalize("NFKD", text.replace("\u00df", "ss"))
    plain = "".join(_ascii(char) for char in folded if not unicodedata.combining(char))
    return tuple(word.lower() for word in _WORD.findall(plain))


def _ascii(char: str) -> str:
    if char.isascii():
        return char
    return f" u{ord(char):x} " if char.isalnum() else " "


def identifier_words(text: str) -> list[str]:
    """Return the words of a name or text in lower case, of letters that any language's names take.

    Letters beyond the first 65,536 code points are left out: C# takes none of them.
    """
    if not text.isascii():
        # In the form that languages hold names to be equal in, or warn of names in other ones.
        composed = unicodedata.normalize("NFKC", text)
        text = "".join(char if _is_of_names(char) else " " for char in composed)
    return _ASCII_GAP.sub(" ", snake_case(text)).split()


_ASCII_GAP = re.compile(r"[\x00-/:-@\[-`{-\x7f]")


def _is_of_names(char: str) -> bool:
    if char.isascii():
        return char.isalnum()
    is_letter = unicodedata.category(char)[0] == "L" or unicodedata.category(char) == "Nd"
    return is_letter and f"a{char}".isidentifier() and char <= "\uffff"


def constraint_name(*parts: str) -> str:
    """Return ``a_b_check`` for ``("a", "b", "check")``, shortened by a hash where it is too long.

    The form is the one that Postgres gives constraints which nobody named.
    """
    name = "_".join(parts)
    if len(name.encode()) <= MAX_IDENTIFIER_BYTES:
        return name
    tail = f"_{hashlib.sha256(name.encode()).hexdigest()[:8]}_{parts[-1]}"
    head = name.encode()[: MAX_IDENTIFIER_BYTES - len(tail.encode())]
    return head.decode(errors="ignore") + tail


def sequence_name(table: str, column: str) -> str:
    """Return the name of the sequence that counts a column up, as ``SERIAL`` makes it.

    Of names that are too long Postgres takes bytes off the longer one: `makeObjectName` in
    https://github.com/postgres/postgres/blob/master/src/backend/commands/indexcmds.c
    """
    first, second = table.encode(), column.encode()
    room = MAX_IDENTIFIER_BYTES - len(b"__seq")
    lengths = [len(first), len(second)]
    while sum(lengths) > room:
        lengths[0 if lengths[0] > lengths[1] else 1] -= 1
    names = (first[: lengths[0]], second[: lengths[1]])
    return "_".join([*(name.decode(errors="ignore") for name in names), "seq"])


def identifier_fault(name: str) -> str | None:
    """Say why ``name`` can be no name in the databases, or return None."""
    if not name:
        return "the name is empty"
    if name != name.lower():
        return f"database names are snake_case, and {name!r} has upper-case letters"
    if found := _POWERSYNC_FORBIDDEN.search(name):
        return f"the name {name!r} holds {found[0]!r}, which PowerSync forbids in names"
    if not name.isprintable():
        return f"the name {name!r} holds a control character"
    size = len(name.encode("utf-8", "surrogatepass"))
    if size > MAX_IDENTIFIER_BYTES:
        return (
            f"the name {name!r} has {size} bytes, and Postgres cuts names at {MAX_IDENTIFIER_BYTES}"
        )
    return None


def table_name_fault(name: str) -> str | None:
    """Say why ``name`` can be no table's name, or return None."""
    if fault := identifier_fault(name):
        return fault
    for prefix in _RESERVED_TABLE_PREFIXES:
        if name.startswith(prefix):
            return f"table names that begin with {prefix!r} belong to SQLite or PowerSync"
    return None


def column_name_fault(name: str) -> str | None:
    """Say why ``name`` can be no column's name, or return None."""
    if fault := identifier_fault(name):
        return fault
    if name in _POSTGRES_SYSTEM_COLUMNS:
        return f"{name!r} is a system column of every Postgres table"
    return None
