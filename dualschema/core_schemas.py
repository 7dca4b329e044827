"""What pydantic's core schemas of JSON documents tell: how a document must be read and written."""

from __future__ import annotations

from typing import Any

__all__ = ["has_models", "hides_aliases", "holds_numbers"]


def holds_numbers(schema: Any) -> bool:
    """Whether a number with a fraction may stand somewhere in a document."""
    if isinstance(schema, list | tuple):
        return any(map(holds_numbers, schema))
    if not isinstance(schema, dict):
        return False
    return schema.get("type") in ("any", "float") or any(map(holds_numbers, schema.values()))


def has_models(schema: Any) -> bool:
    """Whether something in the schema has a configuration of its own."""
    if isinstance(schema, list | tuple):
        return any(map(has_models, schema))
    if not isinstance(schema, dict):
        return False
    return schema.get("type") in _CONFIGURED or any(map(has_models, schema.values()))


_CONFIGURED = ("model", "typed-dict", "dataclass")


def hides_aliases(schema: Any) -> bool:
    """Whether a model in the schema has aliases but is not configured to write them."""
    if isinstance(schema, list | tuple):
        return any(map(hides_aliases, schema))
    if not isinstance(schema, dict):
        return False
    if schema.get("type") in _CONFIGURED:
        config = schema.get("config") or {}
        if not config.get("serialize_by_alias") and _has_aliases(schema):
            return True
    return any(map(hides_aliases, schema.values()))


def _has_aliases(schema: Any) -> bool:
    if isinstance(schema, list | tuple):
        return any(map(_has_aliases, schema))
    if not isinstance(schema, dict):
        return False
    return "serialization_alias" in schema or any(map(_has_aliases, schema.values()))
