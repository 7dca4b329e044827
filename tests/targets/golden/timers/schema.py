"""The timers app."""

from examples.timers.schema import schema

__all__ = ["schema"]
