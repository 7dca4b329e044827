"""OpenTelemetry's spans, where its API is installed; nothing where it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any

__all__ = ["span"]


@contextmanager
def span(name: str, **attributes: str | int) -> Iterator[Callable[..., None]]:
    """Have a block be a span of OpenTelemetry's, which is told more by calling what is given.

    Args:
        name: the span's.
        attributes: what is known of it as it begins; each is named ``dualschema.`` and so on.
    """
    tracer = _tracer()
    if tracer is None:
        yield lambda **_: None
        return
    with tracer.start_as_current_span(name, attributes=_named(attributes)) as made:
        yield lambda **more: made.set_attributes(_named(more))


def _named(attributes: Mapping[str, str | int]) -> dict[str, str | int]:
    return {f"dualschema.{key}": value for key, value in attributes.items()}


@cache
def _tracer() -> Any:
    try:
        trace = import_module("opentelemetry.trace")
    except ImportError:
        return None
    return trace.get_tracer("dualschema")
