"""JSON documents: models, typed dicts, lists, dicts, ``Any``; jsonb in Postgres, else text."""

from __future__ import annotations

import contextlib
import types
import typing
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, Self, assert_never, get_args, get_origin

import pydantic_core
from pydantic import BaseModel, ConfigDict, JsonValue, PydanticUserError, TypeAdapter
from pydantic.errors import PydanticSchemaGenerationError
from pydantic_core import CoreSchema, core_schema
from typing_extensions import TypedDict, is_typeddict

from dualschema.column_type import (
    ClientKind,
    Coder,
    ColumnType,
    Form,
    PostgresStyle,
    PostgresType,
    Storage,
    TypeOptions,
    refuse,
    with_json_form,
)
from dualschema.core_schemas import has_models, hides_aliases, holds_numbers
from dualschema.json_strategy import documents
from dualschema.json_text import (
    MAX_DEPTH,
    big_capital_exponent,
    big_exponent,
    document_fault,
    has_exponent,
    has_nul,
    is_shallow,
    with_fractions,
    write_any,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

__all__ = ["JSON_NULL", "Json", "JsonNull", "JsonText"]


class JsonNull:
    """JSON's own null, as a value of an untyped JSON column; ``None`` is SQL's NULL."""

    _one: JsonNull | None = None

    def __new__(cls) -> JsonNull:
        if cls._one is None:
            cls._one = super().__new__(cls)
        return cls._one

    def __repr__(self) -> str:
        return "JSON_NULL"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "JSON_NULL"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        """Have pydantic write it as null, also where it is a default in a JSON schema."""
        return with_json_form(core_schema.is_instance_schema(cls), lambda _: None)


JSON_NULL: Final = JsonNull()


class JsonText(str):
    """The text of a JSON document, told apart from a document that is a string.

    What ``encode`` gives Postgres for a JSON column; drivers send it as text, which jsonb parses.
    """

    __slots__ = ()


_PARSED = frozenset({JsonText, str, int, float, bool, list, dict})
"""What a driver gives for jsonb."""

_UNLESS_EMPTY = "[] if v == '[]' else parse(v)"
_NO_TEXT = "the document has no JSON text that reads back"


class _Point(TypedDict):
    x: float
    label: str | None


# Text that certainly holds no \\u0000, NaN or infinity; one search for a byte mostly settles it.
_NO_NUL = r"('\\' not in {text} or '\\u0000' not in {text})"
_PLAIN = _NO_NUL + (
    " and ('N' not in {text} or 'NaN' not in {text})"
    " and ('I' not in {text} or 'Infinity' not in {text})"
)


_ANYTHING: Final[dict[str, tuple[type, ...]]] = {
    repr(Any): (dict, list, str, int, float, bool),
    repr(dict): (dict,),
    repr(dict[str, Any]): (dict,),
    repr(list): (list,),
    repr(list[Any]): (list,),
}
"""Documents of which nothing is known but of what class they are."""


_SHALLOW = f"t.count('[') + t.count('{{') <= {MAX_DEPTH}"


@dataclass(frozen=True)
class Json(ColumnType):
    """A JSON document, checked by pydantic against the annotation and parsed exactly once."""

    name = "json"
    example = "list[Lap]"
    samples = (
        (Any, {}),
        (list[dict[str, Any]], {}),
        (dict[str, list[int | None]], {}),
        (list, {}),
        (dict, {}),
        (_Point, {}),
    )
    storage = Storage.TEXT
    client_kind = ClientKind.JSON
    notes = (
        "`JsonModel`, `TypedDict`, `list`, `dict` or `Any`. `\\u0000`, NaN, infinity and what JSON "
        "has no form for are refused. `None` is SQL NULL, `ds.JSON_NULL` is JSON null."
    )

    annotation: Any

    @classmethod
    def claim(cls, annotation: Any, options: TypeOptions) -> Self | None:
        if not _is_document(annotation) or not _has_text_keys(annotation):
            return None
        made = cls(annotation)
        try:
            _ = made.adapter
        except PydanticSchemaGenerationError:  # something inside is nothing that pydantic knows
            return None
        return made

    def __hash__(self) -> int:
        return hash((Json, repr(self.annotation)))

    def postgres_type(self, style: PostgresStyle) -> tuple[PostgresType, tuple[int, ...]]:
        return PostgresType.JSONB, ()

    @property
    def has_null(self) -> bool:
        return self.annotation is Any or self.annotation is JsonValue

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """The reader and writer of the annotation, by pydantic."""
        config = ConfigDict(strict=True, allow_inf_nan=False, ser_json_inf_nan="constants")
        try:
            return TypeAdapter(self.annotation, config=config)
        except PydanticUserError:  # models and typed dicts bring a configuration of their own
            return TypeAdapter(self.annotation)

    @cached_property
    def _parse(self) -> Callable[[str], Any]:
        """Read a document's text, strictly: JSON has both, so text is no number."""
        read = self.adapter.validator.validate_json
        # Strictness costs a keyword a call where the configuration cannot say it.
        if has_models(self.adapter.core_schema):
            return partial(read, strict=True)
        return read

    @cached_property
    def _fits(self) -> Callable[[str], bool]:
        """Tell whether a document's text reads; it raises ``ValueError`` where it is no JSON."""
        tops = _ANYTHING.get(repr(self.annotation))
        if tops is not None:
            with contextlib.suppress(ImportError):
                from orjson import loads

                # It rounds whole numbers beyond 64 bits, and nobody sees what it reads.
                return lambda text: type(loads(text)) in tops
        return lambda text: self._parse(text) is not None

    def schema(self) -> CoreSchema:
        return self.schema_within(lambda annotation: TypeAdapter(annotation).core_schema)

    def schema_within(self, generate: Callable[[Any], CoreSchema]) -> CoreSchema:
        document = core_schema.no_info_after_validator_function(
            self._surviving, generate(self.annotation)
        )
        if not self.has_null:
            return document
        either = core_schema.no_info_wrap_validator_function(_null_or, document)
        return with_json_form(either, self._object_or_null)

    def _surviving(self, value: Any) -> Any:
        """Let a document pass only where its own JSON text gives it back, and Postgres takes it."""
        if value is None:
            raise refuse("None is SQL's NULL; JSON's null is ds.JSON_NULL")
        try:
            text = self._text(value)
            if "N" in text or "I" in text:  # NaN or Infinity, perhaps
                pydantic_core.from_json(text, allow_inf_nan=False)
            back = self._parse(text)
        except ValueError:
            raise refuse(document_fault(value) or _NO_TEXT) from None
        if back == value and not has_nul(text) and is_shallow(text):
            return value
        # What the text told in one pass, a walk through the document explains.
        if fault := document_fault(value):
            raise refuse(fault)
        if has_nul(text):
            raise refuse("a JSON document may hold no \\u0000, which Postgres cannot store")
        if back != value:
            raise refuse("the document does not come back from its JSON text as it was")
        return value

    @cached_property
    def _bytes(self) -> Callable[[Any], bytes]:
        write = self.adapter.serializer.to_json
        # By alias, which costs a keyword a call, where the models do not say so themselves.
        return partial(write, by_alias=True) if hides_aliases(self.adapter.core_schema) else write

    @cached_property
    def _fast_bytes(self) -> Callable[[Any], bytes] | None:
        """A faster writer of documents without models, where one is installed.

        It refuses what pydantic might write, and writes NaN and infinity as null.
        """
        if has_models(self.adapter.core_schema):
            return None
        try:
            import orjson
        except ImportError:
            return None
        return orjson.dumps

    def _text(self, value: Any) -> str:
        if self._fast_bytes is not None:
            with contextlib.suppress(TypeError):
                return self._fast_bytes(value).decode()
        return self._bytes(value).decode()

    def encoder(self, form: Form) -> Coder:
        text = "'null' if v is NULL else " if self.has_null else ""
        if get_origin(self.annotation) is list:
            text += "'[]' if not v and type(v) is list else "
        text += "write(v).decode()"
        fit = f"v is not None and ((t := {text}) or True) and "
        names: dict[str, object] = {"write": self._bytes, "NULL": JSON_NULL}
        if self._fast_bytes is None:
            fit += _PLAIN.format(text="t")
        else:
            fit += _NO_NUL.format(text="t") + " and ('null' not in t or fault(v) is None)"
            names |= {"write": self._fast_bytes, "fault": document_fault}
        unchecked = None
        if self._fast_bytes is not None:
            # Plain lists, dicts and scalars, whose text gives them back: what is in no class of its
            # own the schema finds nothing else about.
            unchecked = f"{fit} and {_SHALLOW} and read(t) == v"
            names["read"] = self._parse
        match form:
            case Form.SQLITE:
                return Coder(self._write, fit, "t", names, unchecked=unchecked)
            case Form.JSON:
                names["parse"] = pydantic_core.from_json
                return Coder(self._object_or_null, f"v is not NULL and {fit}", "parse(t)", names)
            case Form.PORTABLE | Form.NATIVE:
                names |= {"JsonText": JsonText, "full": with_fractions}
                inline = "JsonText(full(t))"
                return Coder(self._write_jsonb, fit, inline, names, unchecked=unchecked)
            case _:
                assert_never(form)

    def _write_jsonb(self, value: Any) -> JsonText:
        return JsonText(with_fractions(self._write(value)))

    def _write(self, value: Any) -> str:
        return "null" if value is JSON_NULL else self._text(value)

    def _object_or_null(self, value: Any) -> Any:
        if value is JSON_NULL:
            return None
        return self.adapter.dump_python(value, mode="json", by_alias=True)

    def decoder(self, form: Form) -> Coder:
        names: dict[str, object] = {"parse": self._parse}
        plain = _PLAIN
        if holds_numbers(self.adapter.core_schema):
            plain += " and not exponent({text}) and ('E' not in {text} or not capital({text}))"
            names |= {"exponent": big_exponent, "capital": big_capital_exponent}
        if form is Form.SQLITE:
            guard = f"type(v) is str and v != 'null' and {plain.format(text='v')}"
            trusted = "type(v) is str and v != 'null'"
            settled = None
            if not has_models(self.adapter.core_schema):  # they may hold less than their text
                text = f"type(v) is str and v != 'null' and {_PLAIN.format(text='v')}"
                settled = f"{text} and shallow(v) and not has_exponent(v) and fits(v)"
                names |= {"shallow": is_shallow, "has_exponent": has_exponent, "fits": self._fits}
            if get_origin(self.annotation) is list:
                return Coder(self._read, guard, _UNLESS_EMPTY, names, trusted, settled=settled)
            return Coder(self._read, guard, "parse(v)", names, trusted, settled=settled)
        if form is Form.JSON:
            return Coder(self._read_object)
        # Parsed, or text that says so. What a driver has parsed is read through its text, so that a
        # document is the same wherever it was parsed.
        marked = f"type(v) is JsonText and v != 'null' and {plain.format(text='v')}"
        text = "(t := v if type(v) is JsonText else write_any(v))"
        parsed = f"type(v) in PARSED and {text} != 'null' and {plain.format(text='t')}"
        names |= {"JsonText": JsonText, "write_any": write_any, "PARSED": _PARSED}
        inline = "parse(v if type(v) is JsonText else t)"
        return Coder(self._read_object, marked, inline, names, parsed)

    def _read(self, value: Any) -> Any:
        if not isinstance(value, str):
            raise refuse(f"JSON is stored as text, not as {type(value).__name__}")
        try:
            document = pydantic_core.from_json(value, allow_inf_nan=False)
        except ValueError:
            raise refuse("not the text of a JSON document") from None
        if document is None:
            return JSON_NULL if self.has_null else None
        return self._parse(value)

    def _read_object(self, value: Any) -> Any:
        if isinstance(value, JsonText):
            return self._read(value)
        if value is None:
            return JSON_NULL if self.has_null else None
        if fault := document_fault(value, plain=True):
            raise refuse(fault)
        try:
            text = write_any(value)
        except ValueError:
            raise refuse(_NO_TEXT) from None
        return self._parse(text)

    def strategy(self) -> SearchStrategy[Any]:
        from hypothesis import strategies as st

        drawn = documents(self.annotation).filter(self._survives)
        return drawn | st.just(JSON_NULL) if self.has_null else drawn

    def _survives(self, value: Any) -> bool:
        try:
            self._surviving(value)
        except ValueError:
            return False
        return True


def _null_or(value: Any, document: Callable[[Any], Any]) -> Any:
    return value if value is JSON_NULL else document(value)


def _is_document(annotation: Any) -> bool:
    if annotation is Any or annotation is JsonValue or annotation in (list, dict):
        return True
    origin = get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        return all(map(_is_document, get_args(annotation)))
    if origin is typing.Annotated:
        return _is_document(get_args(annotation)[0])
    if origin in (list, dict):
        return True
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return True
    return is_typeddict(annotation)


def _has_text_keys(annotation: Any) -> bool:
    """Whether every dict in an annotation has keys of text, as a JSON object has."""
    arguments = get_args(annotation)
    if get_origin(annotation) is dict and arguments and not _is_text(arguments[0]):
        return False
    return all(map(_has_text_keys, arguments))


def _is_text(key: Any) -> bool:
    if get_origin(key) is typing.Annotated:
        return _is_text(get_args(key)[0])
    if get_origin(key) is typing.Literal:
        return all(isinstance(choice, str) for choice in get_args(key))
    return key is Any or not isinstance(key, type) or issubclass(key, str)
