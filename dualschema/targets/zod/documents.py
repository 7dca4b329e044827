"""JSON documents in zod."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from dualschema.documents import (
    Anything,
    Choices,
    Documents,
    Field,
    Items,
    Mapped,
    OneOfShapes,
    Record,
    Reference,
    Scalar,
    Shape,
    Tuple,
)
from dualschema.errors import GenerationError
from dualschema.languages.typescript.spelling import fits, key, literal

__all__ = ["record_schemas", "shape_schema"]


def record_schemas(
    documents: Documents, schemas: Mapping[str, str], types: Mapping[str, str]
) -> list[str]:
    """Return the schemas of records, each below its type.

    Args:
        documents: whose records they are.
        schemas: what the schemas are called.
        types: what the types are called.
    """
    lines: list[str] = []
    known: set[str] = set()
    for record in documents.records:
        lines += ["", *_record(record, schemas, types[record.name], known)]
        known.add(record.name)
    return lines


def _record(record: Record, schemas: Mapping[str, str], type_: str, known: set[str]) -> list[str]:
    made = "z.looseObject({" if record.others is not None else "z.object({"
    head = f"export const {schemas[record.name]}: Exactly<{type_}> = {made}"
    lines = [head] if fits(head) else ["// prettier-ignore", head]
    indent = "  "
    for field in record.fields:
        if field.name == "__proto__":
            raise GenerationError("zod", f"{record.name} has a key __proto__, which zod drops")
        lines += _field(field, schemas, known, indent)
    return [*lines, "});"]


def _field(field: Field, schemas: Mapping[str, str], known: set[str], indent: str) -> list[str]:
    schema = shape_schema(field.shape, schemas)
    if not field.required:
        schema = f"z.exactOptional({schema})"
    if _references(field.shape) <= known:
        line = f"{indent}{key(field.name)}: {schema},"
        return [line] if fits(line) else [f"{indent}// prettier-ignore", line]
    line = f"{indent}  return {schema};"
    told = [line] if fits(line) else [f"{indent}  // prettier-ignore", line]
    return [f"{indent}get {key(field.name)}() {{", *told, f"{indent}}},"]


def _references(shape: Shape) -> set[str]:
    match shape:
        case Reference(name):
            return {name}
        case Items(of) | Mapped(of):
            return _references(of)
        case Tuple(shapes) | OneOfShapes(shapes):
            return set().union(*map(_references, shapes))
        case Scalar() | Choices() | Anything():
            return set()
        case _:
            assert_never(shape)


def shape_schema(shape: Shape, schemas: Mapping[str, str]) -> str:
    """Return the schema of a document."""
    match shape:
        case Scalar.INTEGER:
            return "z.int()"
        case Scalar.STRING | Scalar.NUMBER | Scalar.BOOLEAN | Scalar.NULL:
            return f"z.{shape.value}()"
        case Choices(values):
            return f"z.literal([{', '.join(map(literal, values))}])"
        case Items(of):
            return f"z.array({shape_schema(of, schemas)})"
        case Tuple(items):
            return f"z.tuple([{', '.join(shape_schema(each, schemas) for each in items)}])"
        case Mapped(of):
            return f"z.record(z.string(), {shape_schema(of, schemas)})"
        case Reference(name):
            return schemas[name]
        case OneOfShapes(shapes):
            return f"z.union([{', '.join(shape_schema(each, schemas) for each in shapes)}])"
        case Anything():
            return "anyValue"
        case _:
            assert_never(shape)
