"""``JsonModel``: the base of JSON documents that stand in columns."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from dualschema.naming import camel_case, snake_case

__all__ = ["JsonModel"]


def _json_name(attribute: str) -> str:
    return camel_case(snake_case(attribute))


class JsonModel(BaseModel):
    """A JSON document as a pydantic model: its keys are camelCase, and it is made by either name.

    NaN and infinity are refused, and so are unknown keys of nested models only if they say so:
    a client that is ahead of the server may add a key.
    """

    model_config = ConfigDict(
        alias_generator=_json_name,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        allow_inf_nan=False,
        ser_json_inf_nan="constants",
        hide_input_in_errors=True,
    )
