"""Values as the page has them: to be edited, as the server stores them and as a client does.

What is edited has the form of the API's JSON, but that documents are texts: JavaScript would round
their numbers, and could not tell JSON's null from NULL.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final, Literal, get_args
from uuid import UUID

from dualschema.column_type import ClientKind
from dualschema.convert import converter_of
from dualschema.declare.table import Table
from dualschema.errors import DecodeError, StatementError
from dualschema.model import ColumnModel, Side

__all__ = ["VIEWS", "View", "cell", "given", "shown", "view_named"]

View = Literal["value", "server", "client"]
"""The form to edit, that of Postgres, and that of a client's SQLite."""

VIEWS: Final[tuple[View, ...]] = get_args(View)


def view_named(name: str) -> View:
    """Return a view by its name.

    Raises:
        StatementError: there is none.
    """
    for view in VIEWS:
        if view == name:
            return view
    raise StatementError(f"a view is one of {', '.join(VIEWS)}")


def cell(table: type[Table], column: ColumnModel, value: Any, view: View) -> Any:
    """Return one value in one view: as JSON has it, whole numbers being exact in JavaScript."""
    stored = converter_of(table, _side(column, view)).encode_cell(column, value)
    return shown(stored)


def given(table: type[Table], column: ColumnModel, value: Any) -> Any:
    """Return the Python value of one that the page sent.

    Raises:
        DecodeError: the column does not take it.
    """
    side = _side(column, "value")
    if side == "sqlite" and not isinstance(value, str | None):
        reason = "a document is sent as its text"
        kind = type(value).__name__
        raise DecodeError(
            converter_of(table, side).model.name, column.name, side, value_type=kind, reason=reason
        )
    return converter_of(table, side).decode_cell(column, value)


def _side(column: ColumnModel, view: View) -> Side:
    if view == "server":
        return "postgres"
    is_document = column.type.client_kind is ClientKind.JSON
    return "sqlite" if view == "client" or is_document else "json"


def shown(stored: Any) -> Any:
    """Return a stored value as JSON has it."""
    match stored:
        case bytes():
            return f"\\x{stored.hex()}"  # as Postgres shows it
        case dt.datetime():
            return stored.isoformat(" ")
        case dt.date() | dt.time():
            return stored.isoformat()
        case UUID() | Decimal():
            return str(stored)
        case int() if not isinstance(stored, bool) and abs(stored) > 2**53 - 1:
            return str(stored)
        case _:
            return stored
