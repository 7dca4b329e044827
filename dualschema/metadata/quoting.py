"""Names that a database reserves, though SQLAlchemy leaves them bare: here they are quoted, too."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.engine import Dialect
from sqlalchemy.sql import quoted_name

__all__ = ["quoting", "spelt"]

_BARE: Final = frozenset(
    {
        # Of Postgres: https://www.postgresql.org/docs/current/sql-keywords-appendix.html
        "collation",
        "concurrently",
        "lateral",
        "system_user",
        "tablesample",
        # Of SQLite: https://www.sqlite.org/lang_keywords.html
        "nothing",
        "returning",
    }
)


def spelt(name: str) -> str:
    """Return the name of a table or a column, as SQLAlchemy then writes it in quotes if it must."""
    return quoted_name(name, quote=True) if name in _BARE else name


def quoting(dialect: Dialect) -> Dialect:
    """Have a dialect quote these names also where they come as mere texts; return it."""
    preparer: Any = dialect.identifier_preparer
    preparer.reserved_words = preparer.reserved_words | _BARE
    return dialect
