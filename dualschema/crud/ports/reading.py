"""How psycopg reads what Postgres sends: by its own loaders, whatever else somebody registered."""

from __future__ import annotations

from typing import Any, Final

from psycopg import postgres
from psycopg.abc import Loader
from psycopg.adapt import AdaptersMap
from psycopg.pq import Format
from psycopg.types import bool as boolean
from psycopg.types import datetime, numeric, string, uuid

__all__ = ["Reading"]

_LOADERS: Final[dict[str, type[Loader]]] = {
    "bool": boolean.BoolLoader,
    "int2": numeric.IntLoader,
    "int4": numeric.IntLoader,
    "int8": numeric.IntLoader,
    "float4": numeric.FloatLoader,
    "float8": numeric.FloatLoader,
    "numeric": numeric.NumericLoader,
    "text": string.TextLoader,
    "varchar": string.TextLoader,
    "bytea": string.ByteaLoader,
    "date": datetime.DateLoader,
    "time": datetime.TimeLoader,
    "timestamptz": datetime.TimestamptzLoader,
    "uuid": uuid.UUIDLoader,
}
"""Of the types that columns have, and expressions over them. Documents are read as text."""


def _in_utc(loader: Any) -> Any:
    """Return a loader of instants that has them in UTC, also where the session's zone is another.

    The text has the offset from UTC with it, so the instant is the same.
    """

    class InUtc:
        format = Format.TEXT

        def __new__(cls, oid: int, _: Any = None) -> Any:
            return loader(oid, None)  # without a connection there is no other zone

    return InUtc


def _own() -> AdaptersMap:
    made = AdaptersMap(types=postgres.types)
    for name, loader in _LOADERS.items():
        made.register_loader(name, loader)
    oid = postgres.types["timestamptz"].oid
    made.register_loader(oid, _in_utc(made.get_loader(oid, Format.TEXT)))
    return made


_OWN: Final = _own()


class Reading:
    """A connection as what psycopg's ``Transformer`` takes its loaders from.

    Of types that no column has, they are those that the connection's owner registered.
    """

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    @property
    def adapters(self) -> Any:
        """Itself: it is a map of adapters, too, as psycopg's own are a context."""
        return self

    @property
    def types(self) -> Any:
        """The types that the connection knows."""
        return self.connection.adapters.types

    def get_loader(self, oid: int, format: Format) -> Any:  # noqa: A002  (psycopg's name)
        """Return the loader of a type."""
        return _OWN.get_loader(oid, format) or self.connection.adapters.get_loader(oid, format)
