"""JSON documents: whether those of one JSON schema are taken by another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import DataclassField, ModelField, TypedDictField

from dualschema.types.json import Json

__all__ = ["document_schema", "takes", "written_schema"]

_REFERENCE: Final = "#/$defs/"
_WORDS: Final = frozenset(
    {"title", "description", "default", "examples", "deprecated", "readOnly", "discriminator"}
)
_CLASSES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_LEAST: Final = frozenset({"minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum"})
_MOST: Final = frozenset({"maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum"})
_STRUCTURE: Final = frozenset(
    {"$defs", "type", "properties", "required", "additionalProperties", "items", "prefixItems"}
)


def document_schema(type_: Json) -> dict[str, Any]:
    """Return the JSON schema of a column's documents as the server takes them, without words."""
    return _schema(type_, GenerateJsonSchema)


def written_schema(type_: Json) -> dict[str, Any]:
    """Return the JSON schema of a column's documents as the server writes them, without words."""
    return _schema(type_, _Written)


def _schema(type_: Json, generator: type[GenerateJsonSchema]) -> dict[str, Any]:
    template = _REFERENCE + "{model}"
    schema: dict[str, Any] = _bare(
        type_.adapter.json_schema(ref_template=template, schema_generator=generator)
    )
    return schema


class _Written(GenerateJsonSchema):
    """Says of a key that has a default what is true of documents that were written: it is there."""

    def field_is_required(
        self, field: ModelField | DataclassField | TypedDictField, total: bool
    ) -> bool:
        if field["type"] == "typed-dict-field":  # it has no defaults
            return super().field_is_required(field, total)
        return not (field.get("serialization_exclude") or field.get("serialization_exclude_if"))


def takes(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether every document of an old schema is one of a new schema, and loses no key by it.

    What it cannot tell, it denies.
    """
    return _Pair(new.get("$defs", {}), old.get("$defs", {})).takes(new, old)


def _bare(schema: Any, *, of_names: bool = False) -> Any:
    """Return a schema without what is for people; ``of_names``: its keys are names of keys."""
    if isinstance(schema, list):
        return [_bare(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: value
        if not of_names and key in {"enum", "const", "required"}
        else _bare(value, of_names=not of_names and key in {"properties", "$defs"})
        for key, value in schema.items()
        if of_names or key not in _WORDS
    }


class _Pair:
    """Two schemas' definitions, and the pairs of them that are being compared."""

    def __init__(self, new: Mapping[str, Any], old: Mapping[str, Any]) -> None:
        self._new = new
        self._old = old
        self._open: set[tuple[str, str]] = set()

    def takes(self, new: Any, old: Any) -> bool:
        if new is True or new == {} or old is False:
            return True
        if new is False or old is True or old == {}:
            return False
        if "$ref" in new or "$ref" in old:
            return self._referred(new, old)
        for several in ("anyOf", "oneOf"):
            if several in old:
                return all(self.takes(new, each) for each in old[several])
        for several in ("anyOf", "oneOf"):
            if several in new:
                return any(self.takes(each, old) for each in new[several])
        if (values := _values(old)) is not None:
            return all(_takes_value(new, value) for value in values)
        return _values(new) is None and self._typed(new, old)

    def _referred(self, new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
        pair = (str(new.get("$ref", new)), str(old.get("$ref", old)))
        if pair in self._open:  # a document that holds itself
            return True
        self._open.add(pair)
        taken = self.takes(_found(new, self._new), _found(old, self._old))
        self._open.discard(pair)
        return taken

    def _typed(self, new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
        kinds = (old.get("type"), new.get("type"))
        if kinds[0] != kinds[1] and kinds != ("integer", "number"):
            return False
        if not all(_is_wider(key, new[key], old.get(key)) for key in new.keys() - _STRUCTURE):
            return False
        if new.get("type") == "object":
            return self._objects(new, old)
        if new.get("type") == "array":
            return self._arrays(new, old)
        return True

    def _objects(self, new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
        named, had = new.get("properties", {}), old.get("properties", {})
        if not set(new.get("required", ())) <= set(old.get("required", ())):
            return False
        others = new.get("additionalProperties", not named)
        rest = old.get("additionalProperties", not had)
        return (
            all(self.takes(named.get(key, others), shape) for key, shape in had.items())
            and all(self.takes(named[key], rest) for key in named.keys() - had.keys())
            and self.takes(others, rest)
        )

    def _arrays(self, new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
        places, had = new.get("prefixItems", []), old.get("prefixItems", [])
        if len(places) != len(had):
            return False
        pairs = zip(places, had, strict=True)
        return all(self.takes(*pair) for pair in pairs) and self.takes(
            new.get("items", not places), old.get("items", not had)
        )


def _found(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Any:
    if "$ref" not in schema:
        return schema
    return definitions[str(schema["$ref"]).removeprefix(_REFERENCE)]


def _values(schema: Mapping[str, Any]) -> list[Any] | None:
    """Return the values of a closed set, or None where it is none."""
    if "const" in schema:
        return [schema["const"]]
    return schema.get("enum")


def _takes_value(new: Mapping[str, Any], value: Any) -> bool:
    values = _values(new)
    if values is not None:
        return any(each == value and type(each) is type(value) for each in values)
    classes = _CLASSES.get(str(new.get("type")), ())
    return new.keys() <= {"type", "$defs"} and type(value) in classes


def _is_wider(key: str, new: Any, old: Any) -> bool:
    if old is None:
        return False
    if key in _LEAST:
        return bool(new <= old)
    if key in _MOST:
        return bool(new >= old)
    return bool(new == old)
