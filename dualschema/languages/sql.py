"""SQL as Postgres reads it: names, texts and comments."""

from __future__ import annotations

import re
from typing import Final

from dualschema.generator import NOTICE
from dualschema.metadata.literal import literal_of

__all__ = ["RESERVED", "block", "comment", "header", "identifier", "literal"]

# All that is not a plain `U` in Postgres's pg_get_keywords(), as of Postgres 18
# (https://www.postgresql.org/docs/current/sql-keywords-appendix.html), with what older ones reserve
# beside it, and what PowerSync's parser reserves (`sqlKeywords` of npm pgsql-ast-parser).
RESERVED: Final = frozenset(
    """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit
    boolean both case cast char character check coalesce collate collation column concurrently
    constraint create cross current_catalog current_date current_role current_schema current_time
    current_timestamp current_user dec decimal default deferrable desc distinct do else end except
    exists extract false fetch float for foreign freeze from full grant greatest group grouping
    having ilike in initially inner inout int integer intersect interval into is isnull join json
    json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar
    json_serialize json_table json_value lateral leading least left like limit localtime
    localtimestamp merge_action national natural nchar none normalize not notnull null nullif
    numeric offset on only or order out outer overlaps overlay placing position precision primary
    real references returning right row select session_user setof similar smallint some substring
    symmetric system_user table tablesample then time timestamp to trailing treat trim true union
    unique user using values varchar variadic verbose when where window with xmlattributes
    xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize
    xmltable
    """.split()
)

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


def identifier(name: str) -> str:
    """Return a name, in quotes where it needs them."""
    if _PLAIN.fullmatch(name) and name not in RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as a literal; a backslash stands for itself, as is the default."""
    return literal_of(text)


def comment(*lines: str) -> list[str]:
    """Return lines of a comment."""
    return [f"-- {line}".rstrip() for line in lines]


def header(*about: str) -> list[str]:
    """Return the lines at the top of a file: what it is, and how it is made anew."""
    return [*comment(*about, *NOTICE), ""]


def block(*lines: str, declares: str | None = None) -> list[str]:
    """Return a block of PL/pgSQL in quotes that do not stand within it."""
    quote = "$do$"
    while any(quote in line for line in lines):
        quote = f"$do{len(quote)}$"
    before = [] if declares is None else ["DECLARE", f"  {declares}"]
    return [f"DO {quote}", *before, "BEGIN", *(f"  {line}" for line in lines), "END", f"{quote};"]
