"""The generated files: are they as ``dualschema codegen`` would write them?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dualschema.codegen import State, plan_files
from dualschema.doctor.finding import Finding, Patient, fault, few, fine, skipped

__all__ = ["GENERATED", "check_generated"]

GENERATED: Final = "generated files"


def check_generated(patient: Patient) -> Iterator[Finding]:
    """Compare the files with what is generated; nothing is written."""
    configured = patient.configuration
    if not configured.outputs:
        yield skipped(GENERATED, "[tool.dualschema.targets] names none")
        return
    files = plan_files(patient.schema, configured.outputs, configured.root)
    stale = [file.name for file in files if file.state is not State.CURRENT]
    if stale:
        yield fault(GENERATED, f"stale: {few(stale)}", "`dualschema codegen`")
    else:
        yield fine(GENERATED, "up to date")
