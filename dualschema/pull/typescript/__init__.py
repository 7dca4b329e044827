"""Tables that are written in TypeScript: PowerSync's and Drizzle's, as far as they can be read."""

from __future__ import annotations

from dualschema.pull.typescript.drizzle import read_drizzle
from dualschema.pull.typescript.powersync import read_powersync

__all__ = ["read_drizzle", "read_powersync"]
