"""What clients that are out there, perhaps offline, would send or miss with another definition.

A release is kept as a snapshot of its model, and a later definition is compared with it, as
``dualschema check`` does::

    from dualschema.compatibility import compare, snapshot_of

    findings = compare(snapshot_of(released.model), snapshot_of(schema.model))
"""

from dualschema.compatibility.comparison import compare
from dualschema.compatibility.finding import Finding, FindingKind, Severity
from dualschema.compatibility.release import snapshot_of
from dualschema.compatibility.snapshot import Snapshot, read_snapshot, snapshot_text

__all__ = [
    "Finding",
    "FindingKind",
    "Severity",
    "Snapshot",
    "compare",
    "read_snapshot",
    "snapshot_of",
    "snapshot_text",
]
