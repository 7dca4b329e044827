"""Hypothesis strategies for JSON documents: plain ones, and those of an annotation."""

from __future__ import annotations

import types
import typing
from functools import partial
from typing import TYPE_CHECKING, Any, get_args, get_origin

from pydantic import BaseModel, JsonValue

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

__all__ = ["documents"]


def documents(annotation: Any) -> SearchStrategy[Any]:
    """Return a strategy for the values of an annotation inside a document."""
    from hypothesis import strategies as st

    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is Any or annotation is JsonValue:
        return _json_values()
    if annotation is list or annotation is dict:
        kind = st.lists if annotation is list else partial(st.dictionaries, _texts())
        return kind(_json_values(), max_size=4)
    if annotation is str:
        return _texts()
    if origin is typing.Annotated:
        return st.from_type(annotation)
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*map(documents, arguments))
    if origin is list:
        return st.lists(st.deferred(lambda: documents(arguments[0])), max_size=4)
    if origin is dict:
        item = st.deferred(lambda: documents(arguments[1]))
        return st.dictionaries(documents(arguments[0]), item, max_size=4)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _models(annotation)
    return st.from_type(annotation)


def _models(model: type[BaseModel]) -> SearchStrategy[BaseModel]:
    from hypothesis import reject
    from hypothesis import strategies as st

    @st.composite
    def made(draw: Callable[[SearchStrategy[Any]], Any]) -> BaseModel:
        fields = model.model_fields.items()
        values = {
            name: draw(documents(typing.Annotated[field.annotation, *field.metadata]))
            if field.metadata
            else draw(documents(field.annotation))
            for name, field in fields
        }
        try:
            return model.model_validate(values, by_name=True)
        except ValueError:
            reject()

    return made()


def _texts() -> SearchStrategy[str]:
    from hypothesis import strategies as st

    awkward = st.sampled_from(
        ["", "10.5", "null", "true", "a", "A", "a ", "\\u0000", "\u2028", "😀"]
    )
    return st.text(st.characters(codec="utf-8", exclude_characters="\0")) | awkward


def _json_values() -> SearchStrategy[Any]:
    from hypothesis import strategies as st

    numbers = st.sampled_from([2**53 + 1, -(2**63), 10**30, 1e23, 1.5e300, 5e-324, 1e16, -0.0])
    finite = st.floats(allow_nan=False, allow_infinity=False)
    leaves = st.none() | st.booleans() | st.integers() | finite | numbers | _texts()
    deep = st.integers(1, 90).map(_nested)
    tree = st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts(), inner, max_size=4),
        max_leaves=12,
    )
    return (tree | deep).filter(lambda value: value is not None)


def _nested(depth: int) -> Any:
    value: Any = 1
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value
