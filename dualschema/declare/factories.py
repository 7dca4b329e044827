"""Factories of defaults: a new key, and the present instant."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

__all__ = ["new_id", "now"]


def new_id() -> str:
    """Return a new random UUID (version 4) as lower-case text, as ``crypto.randomUUID()`` does."""
    return str(uuid.uuid4())


def now() -> datetime:
    """Return the present instant in UTC, cut to milliseconds as ``new Date()`` in JavaScript."""
    instant = datetime.now(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
