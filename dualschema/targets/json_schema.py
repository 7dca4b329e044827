"""``json-schema``: each table's rows as JSON Schema 2020-12.

A row has four shapes: ``stored`` in the client's database, ``select`` as an API gives it, and the
bodies of requests, ``insert`` and ``patch``, which ``insert_model`` and ``patch_model`` take.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, assert_never
from urllib.parse import quote

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, PydanticJsonSchemaWarning

from dualschema.column_type import ClientKind, ColumnType
from dualschema.generator import (
    NOTICE,
    Filling,
    GeneratedFile,
    Target,
    client_columns,
    client_tables,
    filling_of,
    plain_default,
)
from dualschema.languages.json import text_of
from dualschema.model import ColumnModel, SchemaModel, TableModel, Writable
from dualschema.types.decimal import Numeric

__all__ = ["JSON_SCHEMA"]

_TARGET: Final = "json-schema"
_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]
_MODES: Final[tuple[JsonSchemaMode, ...]] = ("validation", "serialization")


@dataclass(frozen=True, slots=True)
class JsonSchemaOptions:
    """What ``json-schema`` may be told.

    Attributes:
        split: make a file for each table, in a folder; by default all stand in one.
    """

    split: bool = False


def _generate(
    model: SchemaModel, path: str, options: JsonSchemaOptions
) -> tuple[GeneratedFile, ...]:
    tables = [table for table in model.tables if not table.dropped]
    on_client = {table.name for table in client_tables(model)}
    if not options.split:
        file = f"{path}schema.json" if path.endswith("/") else path
        return (GeneratedFile(file, _text(tables, on_client)),)
    folder = path.removesuffix("/").removesuffix(".json")
    return tuple(
        # Names may hold what paths may not; they have no dots.
        GeneratedFile(f"{folder}/{quote(table.name, safe='')}.json", _text([table], on_client))
        for table in tables
    )


def _text(tables: Sequence[TableModel], on_client: Iterable[str]) -> str:
    rows = _Rows(tables)
    found: Schema = {}
    for table in tables:
        if table.name in on_client:
            found[f"{table.name}.stored"] = rows.stored(table)
        found[f"{table.name}.select"] = rows.select(table)
        found[f"{table.name}.insert"] = rows.insert(table)
        found[f"{table.name}.patch"] = rows.patch(table)
    # A document's name has no dot.
    notice = " ".join(NOTICE)
    whole = {"$schema": _DRAFT, "$comment": notice, "$defs": found | rows.documents}
    return text_of(whole)


class _Rows:
    """The shapes of the rows of tables; the documents that they hold stand apart, by name."""

    def __init__(self, tables: Sequence[TableModel]) -> None:
        types = dict.fromkeys(column.type for table in tables for column in _all(table))
        asked = [(type_, mode, type_.schema()) for type_ in types for mode in _MODES]
        with warnings.catch_warnings():  # of defaults in documents, which it leaves out
            warnings.simplefilter("ignore", PydanticJsonSchemaWarning)
            self._by_pydantic, self.documents = _schemas(asked)
        # By identity, for hashes of types cost more; the tables keep their types alive.
        self._sent_as: dict[tuple[int, JsonSchemaMode], Schema] = {}

    def stored(self, table: TableModel) -> Schema:
        """Return a row as the client's database has it, where the key is called ``id``."""
        columns = client_columns(table)
        properties = {
            column.name: _described(
                column.model,
                _or_null(self._stored(column.model.type), nullable=column.may_be_null),
            )
            for column in columns
        }
        return _object(table, "Stored", properties, [column.name for column in columns])

    def select(self, table: TableModel) -> Schema:
        """Return a row as ``encode(row, "json")`` writes it."""
        properties = {
            column.json_name: _described(
                column, _or_null(self._sent(column.type, "serialization"), nullable=column.nullable)
            )
            for column in table.columns
        }
        return _object(table, "", properties, list(properties))

    def insert(self, table: TableModel) -> Schema:
        """Return the body of a request that makes a row."""
        columns = [c for c in _all(table) if c.writable is not Writable.SERVER]
        properties = {
            column.json_name: self._taken(table, column) | _default(column) for column in columns
        }
        required = [column.json_name for column in columns if _is_required(table, column)]
        return _object(table, "Insert", properties, required)

    def patch(self, table: TableModel) -> Schema:
        """Return the body of a request that changes a row."""
        fixed = (table.key, table.owner_column)
        properties = {
            column.json_name: self._taken(table, column)
            for column in _all(table)
            if column.writable is Writable.CLIENT and column.name not in fixed
        }
        return _object(table, "Patch", properties, [])

    def _taken(self, table: TableModel, column: ColumnModel) -> Schema:
        schema = self._sent(column.type, "validation")
        if column.type.has_null and not column.nullable:
            # A body cannot say JSON's null: there, null is SQL's.
            schema = schema | {"not": {"type": "null"}}
        schema = _or_null(schema, nullable=column.nullable)
        gone = {"deprecated": True} if column in table.dropped_columns else {}
        return _described(column, schema) | gone

    def _sent(self, type_: ColumnType, mode: JsonSchemaMode) -> Schema:
        """Return a value in an API's JSON."""
        place = id(type_), mode
        if place not in self._sent_as:
            self._sent_as[place] = self._form(type_, mode)
        return self._sent_as[place]

    def _form(self, type_: ColumnType, mode: JsonSchemaMode) -> Schema:
        """Return what pydantic says of a value in an API's JSON, with its exact form."""
        found = {**self._by_pydantic[type_, mode]}
        found.pop("title", None)
        match type_.client_kind:
            case (
                ClientKind.STRING
                | ClientKind.BOOLEAN
                | ClientKind.INTEGER
                | ClientKind.INT64
                | ClientKind.REAL
                | ClientKind.DURATION
                | ClientKind.CHOICE
                | ClientKind.INTEGER_CHOICE
                | ClientKind.JSON
            ):
                return found
            case ClientKind.DECIMAL:
                return _decimal(type_, mode)
            case ClientKind.UUID:
                return found | {"pattern": _UUID}
            case ClientKind.TIMESTAMP:
                return found | {"pattern": _TIMESTAMP}
            case ClientKind.DATE:
                return found | {"pattern": _DATE}
            case ClientKind.TIME:
                # JSON Schema's own `time` has a zone, and this has none.
                return {"type": "string", "pattern": _TIME}
            case ClientKind.BYTES:
                return _BASE64
            case _:
                assert_never(type_.client_kind)

    def _stored(self, type_: ColumnType) -> Schema:
        """Return a value in the client's database."""
        match type_.client_kind:
            case ClientKind.BOOLEAN:
                return {"type": "integer", "enum": [0, 1]}
            case ClientKind.JSON:
                document = self._by_pydantic[type_, "serialization"]
                about = {"contentMediaType": "application/json", "contentSchema": document}
                return {"type": "string", **about}
            case (
                ClientKind.STRING
                | ClientKind.INTEGER
                | ClientKind.INT64
                | ClientKind.REAL
                | ClientKind.DECIMAL
                | ClientKind.UUID
                | ClientKind.TIMESTAMP
                | ClientKind.DATE
                | ClientKind.TIME
                | ClientKind.DURATION
                | ClientKind.CHOICE
                | ClientKind.INTEGER_CHOICE
                | ClientKind.BYTES
            ):
                # What a sync service sends may have a blank where `date-time` has a T.
                sent = self._sent(type_, "serialization")
                return {name: value for name, value in sent.items() if name != "format"}
            case _:
                assert_never(type_.client_kind)


def _schemas(asked: list[Any]) -> tuple[Mapping[Any, Schema], Schema]:
    found, documents = GenerateJsonSchema().generate_definitions(asked)
    return found, {str(name): schema for name, schema in documents.items()}


# Each form that is read; of these, what is written is one.
_UUID: Final = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_DATE: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_TIME: Final = r"^[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?$"
_TIMESTAMP: Final = _DATE[:-1] + "[T ]" + _TIME[1:-1] + "(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"
_BASE64: Final = {
    "type": "string",
    "contentEncoding": "base64",
    "pattern": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
}


def _decimal(kind: ColumnType, mode: JsonSchemaMode) -> Schema:
    """Return a decimal: text without an exponent; a body may have a whole number, too."""
    assert isinstance(kind, Numeric)  # noqa: S101  (its kind says so)
    text = {"type": "string", "pattern": _digits(kind.precision, kind.scale)}
    if mode == "serialization":
        return text
    low = [math.ceil(bound) for bound in (kind.ge,) if bound is not None]
    low += [math.floor(bound) + 1 for bound in (kind.gt,) if bound is not None]
    high = [math.floor(bound) for bound in (kind.le,) if bound is not None]
    high += [math.ceil(bound) - 1 for bound in (kind.lt,) if bound is not None]
    if kind.precision is not None and kind.scale is not None:
        most = 10 ** (kind.precision - kind.scale) - 1
        low, high = [*low, -most], [*high, most]
    bounds = ({"minimum": max(low)} if low else {}) | ({"maximum": min(high)} if high else {})
    return {"anyOf": [text, {"type": "integer", **bounds}]}


def _digits(precision: int | None, scale: int | None) -> str:
    """Return the pattern of a decimal's text: no more digits than it has."""
    if precision is None or scale is None:
        return r"^-?[0-9]+(\.[0-9]+)?$"
    lead = "0" if precision == scale else f"[0-9]{{1,{precision - scale}}}"
    return f"^-?{lead}$" if scale == 0 else rf"^-?{lead}(\.[0-9]{{1,{scale}}})?$"


def _all(table: TableModel) -> Iterator[ColumnModel]:
    yield from table.columns
    yield from table.dropped_columns


def _is_required(table: TableModel, column: ColumnModel) -> bool:
    """Whether a body must name a column: NULL, too, must be said where no default says it."""
    default = column.default
    if column in table.dropped_columns:
        return False
    if default is None:
        return True
    is_databases = default.factory is None and not default.in_ddl and default.server is not None
    return is_databases and not column.nullable


def _default(column: ColumnModel) -> Schema:
    match filling_of(column):
        case Filling.VALUE:
            return {"default": plain_default(column)}
        case Filling.NULL if column.default is not None and column.default.factory is None:
            return {"default": None}
        case Filling.NULL | Filling.NOTHING | Filling.NEW_ID | Filling.NOW:
            return {}


def _or_null(schema: Schema, *, nullable: bool) -> Schema:
    if not nullable:
        return schema
    several = schema["anyOf"] if schema.keys() == {"anyOf"} else [schema]
    return {"anyOf": [*several, {"type": "null"}]}


def _described(column: ColumnModel, schema: Schema) -> Schema:
    return schema if column.doc is None else {"description": column.doc, **schema}


def _object(table: TableModel, suffix: str, properties: Schema, required: list[str]) -> Schema:
    about = {} if table.doc is None else {"description": table.doc}
    needed = {"required": required} if required else {}
    return {
        "title": table.class_name + suffix,
        **about,
        "type": "object",
        "properties": properties,
        **needed,
        "additionalProperties": False,
    }


JSON_SCHEMA = Target(
    name=_TARGET,
    title="JSON Schema of rows as stored, and of an API's rows and bodies",
    path="schema.json",
    generate=_generate,
    options=JsonSchemaOptions,
)
