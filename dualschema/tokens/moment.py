"""Moments: a clock's, and as RFC 7519 writes them, whole seconds since 1970."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from dualschema.errors import ConfigurationError

__all__ = ["Clock", "current_time", "is_numeric_date", "seconds_of", "time_of", "whole_second"]

Clock = Callable[[], datetime]
"""What tells the time, with a time zone."""

_YEAR_10000: Final = 253402300800


def current_time() -> datetime:
    """Return the time of the system's clock, in UTC."""
    return datetime.now(UTC)


def whole_second(moment: datetime) -> datetime:
    """Return a moment in UTC, without what a NumericDate of ours does not hold.

    Raises:
        ConfigurationError: it has no time zone.
    """
    if moment.tzinfo is None:
        raise ConfigurationError("a moment without a time zone: use datetime.now(UTC)")
    return moment.astimezone(UTC).replace(microsecond=0)


def seconds_of(moment: datetime) -> int:
    """Return a moment as a NumericDate (RFC 7519, section 2)."""
    return int(moment.timestamp())


def is_numeric_date(value: Any) -> bool:
    """Tell whether a JSON value is a moment after 1970 that ``datetime`` has."""
    return type(value) in {int, float} and 0 <= value < _YEAR_10000


def time_of(seconds: float) -> datetime:
    """Return what a NumericDate says."""
    return datetime.fromtimestamp(seconds, UTC)
