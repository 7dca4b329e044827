"""SQLAlchemy's engines from URLs: how they are read, who answers there, how connections come."""

from __future__ import annotations

from dualschema.engine.connecting import impatient, pause_before
from dualschema.engine.hosting import Pooler, find_pooler, pooler_of, require_direct
from dualschema.engine.making import EngineOptions, make_async_engine, make_engine
from dualschema.engine.url import normalised

__all__ = [
    "EngineOptions",
    "Pooler",
    "find_pooler",
    "impatient",
    "make_async_engine",
    "make_engine",
    "normalised",
    "pause_before",
    "pooler_of",
    "require_direct",
]
