"""Property tests of the round trip that users run on their own tables.

Needs Hypothesis: ``pip install "dualschema[testing]"``.
"""

from __future__ import annotations

from dualschema.errors import MissingExtraError

try:
    import hypothesis as _hypothesis
except ImportError:
    raise MissingExtraError("dualschema.testing", "testing") from None

from dualschema.client import find_core, open_powersync, queued_writes
from dualschema.testing.round_trip import assert_round_trip
from dualschema.testing.strategies import rows, tables

__all__ = [
    "assert_round_trip",
    "find_core",
    "open_powersync",
    "queued_writes",
    "rows",
    "tables",
]

del _hypothesis
