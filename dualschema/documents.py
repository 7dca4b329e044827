"""The shapes of JSON documents: what stands in a column, told by its annotation, for any language.

pydantic says it as a JSON schema, as ``encode`` writes documents; here it becomes a closed set of
records.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, assert_never

from pydantic import TypeAdapter

from dualschema.errors import GenerationError
from dualschema.model import SchemaModel
from dualschema.types.json import Json

__all__ = [
    "Anything",
    "Choices",
    "Documents",
    "Field",
    "Items",
    "Mapped",
    "OneOfShapes",
    "Record",
    "Reference",
    "Scalar",
    "Shape",
    "Tuple",
    "documents_of",
    "outermost",
]


class Scalar(enum.Enum):
    """A value that holds no other."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Choices:
    """One of these texts, numbers, truth values or null."""

    values: tuple[str | int | float | bool | None, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """An array of any length, all of one shape."""

    of: Shape


@dataclass(frozen=True, slots=True)
class Tuple:
    """An array with a shape for each place."""

    items: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Mapped:
    """An object with any keys, whose values have one shape."""

    of: Shape


@dataclass(frozen=True, slots=True)
class Reference:
    """The record of a name."""

    name: str


@dataclass(frozen=True, slots=True)
class OneOfShapes:
    """A value of one of these shapes."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Anything:
    """Any JSON."""


Shape = Scalar | Choices | Items | Tuple | Mapped | Reference | OneOfShapes | Anything


def outermost(shape: Shape) -> Literal["array", "object", "any"]:
    """Return what a document is as a whole: always an array, always an object, or neither."""
    match shape:
        case Items() | Tuple():
            return "array"
        case Mapped() | Reference():
            return "object"
        case Scalar() | Choices() | OneOfShapes() | Anything():
            return "any"
        case _:
            assert_never(shape)


@dataclass(frozen=True, slots=True)
class Field:
    """A key of a record.

    Attributes:
        name: the key as it stands in the document.
        shape: what its value is.
        required: whether every document has it.
        doc: what it means.
    """

    name: str
    shape: Shape
    required: bool
    doc: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """An object with known keys: a pydantic model or a ``TypedDict``.

    Attributes:
        name: its class's name; with the module's before it, where two classes have one name.
        fields: its keys, in order.
        doc: what it means.
        others: the shape of what stands under other keys, or None where there are none.
    """

    name: str
    fields: tuple[Field, ...]
    doc: str | None = None
    others: Shape | None = None


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of a schema.

    Attributes:
        shapes: what stands in a column, by the names of its table and of itself.
        records: the records that shapes name, in an order in which each stands behind those it
            names, unless they name each other.
    """

    shapes: Mapping[tuple[str, str], Shape]
    records: tuple[Record, ...]


def documents_of(model: SchemaModel, target: str) -> Documents:
    """Return the documents of all tables of a model.

    Args:
        model: the tables.
        target: who asks, for errors.

    Raises:
        GenerationError: a document's JSON schema says what has no shape here.
    """
    places = [
        ((table.name, column.name), column.type)
        for table in model.tables
        for column in table.columns
        if isinstance(column.type, Json)
    ]
    if not places:
        return Documents({}, ())
    # Many columns may be of one type, and each is asked about once.
    schemas, definitions = _schemas_of(tuple(dict.fromkeys(type_ for _, type_ in places)))
    reader = _Reader(target, definitions)
    of_types: dict[Json, Shape] = {}
    for reader.place, type_ in places:
        if type_ not in of_types:
            of_types[type_] = reader.shape(schemas[type_])
    shapes = {place: of_types[type_] for place, type_ in places}
    return Documents(shapes, tuple(reader.records.values()))


_REFERENCE = "#/$defs/"


@lru_cache(maxsize=2)
def _schemas_of(types: tuple[Json, ...]) -> tuple[Mapping[Json, Any], Mapping[str, Any]]:
    """Return what pydantic says of types, and of the records that they name.

    It is kept: several targets ask of one model, some of them of a client's tables alone.
    """
    inputs: list[tuple[Json, Literal["serialization"], TypeAdapter[Any]]] = [
        (type_, "serialization", type_.adapter) for type_ in types
    ]
    schemas, whole = TypeAdapter.json_schemas(inputs, ref_template=_REFERENCE + "{model}")
    return {type_: schema for (type_, _), schema in schemas.items()}, whole.get("$defs", {})


class _Reader:
    """Reads JSON schemas as pydantic makes them."""

    def __init__(self, target: str, definitions: Mapping[str, Any]) -> None:
        self.records: dict[str, Record] = {}
        self.place: tuple[str, str] = ("", "")
        self._target = target
        self._definitions = definitions
        self._open: set[str] = set()
        self._aliases: dict[str, Shape] = {}
        self._unnamed: set[str] = set()

    def shape(self, schema: Mapping[str, Any] | bool) -> Shape:
        """Return the shape of a schema."""
        if schema is False:
            raise self._fault("a schema that nothing meets")
        if schema is True or not schema:
            return Anything()
        if "$ref" in schema:
            return self._referred(str(schema["$ref"]).removeprefix(_REFERENCE))
        if "const" in schema:
            return Choices((schema["const"],))
        if "enum" in schema:
            return Choices(tuple(schema["enum"]))
        for several in ("anyOf", "oneOf"):
            if several in schema:
                return _either([self.shape(each) for each in schema[several]])
        if len(schema.get("allOf", ())) == 1:
            return self.shape(schema["allOf"][0])
        kind = schema.get("type")
        if isinstance(kind, list):
            return _either([self.shape({**schema, "type": each}) for each in kind])
        return self._typed(kind, schema)

    def _typed(self, kind: Any, schema: Mapping[str, Any]) -> Shape:
        match kind:
            case "string" | "integer" | "number" | "boolean" | "null":
                return Scalar(kind)
            case "array":
                if "prefixItems" in schema:
                    return Tuple(tuple(map(self.shape, schema["prefixItems"])))
                return Items(self.shape(schema.get("items", True)))
            case "object":
                if schema.get("properties"):
                    return self._record(str(schema.get("title", "Document")), schema)
                return Mapped(self.shape(schema.get("additionalProperties", True)))
            case None if not schema.keys() - _MEANINGLESS:
                return Anything()
            case _:
                raise self._fault(f"a JSON schema with {', '.join(sorted(schema))}")

    def _referred(self, name: str) -> Shape:
        if name in self._aliases:
            return self._aliases[name]
        if name in self.records or name in self._open:
            return Reference(name)
        schema = self._definitions[name]
        if schema.get("type") == "object" and schema.get("properties"):
            return self._record(name, schema)
        if name in self._unnamed:
            raise self._fault(f"{name}, which holds itself and is no object")
        self._unnamed.add(name)
        shape = self._aliases[name] = self.shape(schema)
        return shape

    def _record(self, name: str, schema: Mapping[str, Any]) -> Reference:
        self._open.add(name)
        required = schema.get("required", ())
        fields = tuple(
            Field(key, self.shape(of), key in required, of.get("description"))
            for key, of in schema["properties"].items()
        )
        others = schema.get("additionalProperties", False)
        more = None if others is False else self.shape(others)
        self.records[name] = Record(name, fields, schema.get("description"), more)
        self._open.discard(name)
        return Reference(name)

    def _fault(self, what: str) -> GenerationError:
        table, column = self.place
        return GenerationError(
            self._target, f"a document may hold {what}", table=table, column=column
        )


_MEANINGLESS = {"title", "description", "default", "examples", "deprecated", "readOnly"}


def _either(shapes: Sequence[Shape]) -> Shape:
    """Return one of several shapes; those within one of them are taken out, and each once."""
    flat: dict[Shape, None] = {}
    for shape in shapes:
        flat |= dict.fromkeys(shape.shapes if isinstance(shape, OneOfShapes) else (shape,))
    if any(isinstance(shape, Anything) for shape in flat):
        return Anything()
    return next(iter(flat)) if len(flat) == 1 else OneOfShapes(tuple(flat))
