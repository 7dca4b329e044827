"""A field of a request body, made from a column of a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, assert_never

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WrapValidator
from pydantic_core import PydanticUndefined

from dualschema.declare.table import Table, column_options
from dualschema.declare.unset import UNSET, Unset

__all__ = ["annotation_of", "field_of"]


def annotation_of(table: type[Table], attribute: str) -> Any:
    """Return a column's annotation, with what the table's class adds to its check."""
    found = table.__pydantic_fields__[attribute]
    return Annotated[found.annotation, *found.metadata, *_validators(table, attribute)]


def field_of(table: type[Table], attribute: str, *, may_be_absent: bool) -> Any:
    """Return what else the table says of a column: its default, its names and so on."""
    found = table.__pydantic_fields__[attribute]
    said: dict[str, Any] = {each: getattr(found, each) for each in _CARRIED}
    dropped = column_options(table, attribute).dropped
    if dropped:
        said["json_schema_extra"] = {"deprecated": True}
    if may_be_absent:
        # A default that is made, other than a value, stands in no JSON schema.
        said |= {"default": PydanticUndefined, "default_factory": Unset, "validate_default": False}
        said["exclude_if"] = _is_unset
    elif dropped and found.is_required():
        said["default"] = None
    return Field(**said)


# All that a field says beside its annotation. (pydantic's `FieldInfo.asdict` came after 2.12.0.)
_CARRIED = (
    *("default", "default_factory", "validate_default"),
    *("alias", "alias_priority", "validation_alias", "serialization_alias"),
    *("title", "field_title_generator", "description", "examples", "deprecated"),
    *("json_schema_extra", "discriminator", "exclude", "exclude_if", "repr", "frozen"),
)


def _is_unset(value: object) -> bool:
    return value is UNSET


def _validators(table: type[Table], attribute: str) -> Iterator[object]:
    """Give the field validators that the table's class has for a column."""
    for each in table.__pydantic_decorators__.field_validators.values():
        if attribute not in each.info.fields and "*" not in each.info.fields:
            continue
        taken = each.info.json_schema_input_type
        match each.info.mode:
            case "before":
                yield BeforeValidator(each.func, json_schema_input_type=taken)
            case "after":
                yield AfterValidator(each.func)
            case "wrap":
                yield WrapValidator(each.func, json_schema_input_type=taken)
            case "plain":
                yield PlainValidator(each.func, json_schema_input_type=taken)
            case _:
                assert_never(each.info.mode)
