"""One value, one column: the whole conversion, with its checks, defaults and NULLs.

The compiled loops come here for whatever their guards do not vouch for, and for every error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pydantic_core import SchemaValidator, ValidationError

from dualschema.column_type import Form, refuse
from dualschema.model import ColumnModel

__all__ = ["MISSING", "decoder_of", "default_of", "encoder_of", "reason_of"]


class _Missing:
    """Stands for a column that a mapping lacks."""


MISSING: Final = _Missing()


def encoder_of(column: ColumnModel, form: Form) -> Callable[[Any], Any]:
    """Return the function that checks a Python value and gives its stored form.

    It raises ``ValueError`` for a value that the column does not take.
    """
    encode = column.type.encoder(form).function
    check = SchemaValidator(column.type.schema()).validate_python
    # An API's null is NULL where there is NULL: JSON's own null could not be told apart from it.
    two_nulls = form is Form.JSON and column.nullable and column.type.has_null

    def convert(value: Any) -> Any:
        if value is None:
            if not column.nullable:
                raise refuse("it is NULL, but the column is not nullable")
            return None
        value = check(value)
        stored = value if encode is None else encode(value)
        if two_nulls and stored is None:
            raise refuse("JSON's null and NULL are one in an API's JSON, and the column has both")
        return stored

    return convert


def decoder_of(column: ColumnModel, form: Form) -> Callable[[Any], Any]:
    """Return the function that reads a stored form and gives the Python value.

    It raises ``ValueError`` for what is no stored form of the column's.
    """
    decode = column.type.decoder(form).function
    check = SchemaValidator(column.type.schema()).validate_python
    default = default_of(column)
    # Where documents come parsed, None in a column that is not nullable can only be JSON's null.
    parsed_null = column.type.has_null and not column.nullable and form is not Form.SQLITE

    def convert(value: Any) -> Any:
        if value is MISSING:
            return default()
        if value is None and not parsed_null:
            return _null(column)
        if decode is not None:
            value = decode(value)
        return _null(column) if value is None else check(value)

    return convert


def _null(column: ColumnModel) -> None:
    if not column.nullable:
        raise refuse("it is NULL, but the column is not nullable")


def default_of(column: ColumnModel) -> Callable[[], Any]:
    """Return the function that makes the value of a column that nobody named."""
    default = column.default
    check = SchemaValidator(column.type.schema()).validate_python
    if default is not None and default.factory is not None:
        factory = default.factory
        return lambda: check(factory())
    if default is not None and default.in_ddl:
        return lambda: check(default.value)

    def absent() -> Any:
        if not column.nullable:
            raise refuse("it is missing")
        return None

    return absent


def reason_of(error: Exception) -> str:
    """Return why a conversion failed, without the value."""
    if isinstance(error, ValidationError):
        first, *others = error.errors(include_url=False, include_input=False, include_context=False)
        place = ".".join(map(str, first["loc"]))
        reason = first["msg"] if not place else f"{first['msg']} (at {place})"
        return reason if not others else f"{reason}, and {len(others)} more"
    return str(error)
