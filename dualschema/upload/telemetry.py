"""OpenTelemetry's spans, where its API is installed; nothing where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any

__all__ = ["span"]


@contextmanager
def span(name: str, **attributes: str | int) -> Iterator[None]:
    """Have a block be a span of OpenTelemetry's."""
    tracer = _tracer()
    if tracer is None:
        yield
        return
    told = {f"dualschema.{key}": value for key, value in attributes.items()}
    with tracer.start_as_current_span(name, attributes=told):
        yield


@cache
def _tracer() -> Any:
    try:
        trace = import_module("opentelemetry.trace")
    except ImportError:
        return None
    return trace.get_tracer("dualschema")
