"""PowerSync's sync config, as it stands in its file: its edition, and the synced tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from dualschema.codegen import PlannedFile, plan_files
from dualschema.doctor.finding import Finding, Patient, fault, few, fine, skipped
from dualschema.generator import streamed_tables
from dualschema.targets.sync_streams import EDITION, SYNC_STREAMS

__all__ = ["SYNC_CONFIG", "check_sync_config"]

SYNC_CONFIG: Final = "sync config"

_FIX: Final = f"`dualschema codegen {SYNC_STREAMS.name}`"
_EDITION: Final = re.compile(r"^\s+edition:\s*(\d+)\s*$", re.MULTILINE)
_REMARK: Final = re.compile(r"^\s*#.*$", re.MULTILINE)
_TOKEN: Final = re.compile(r""""(?:[^"]|"")*"|'(?:[^']|'')*'|\w+|[().]""")


def check_sync_config(patient: Patient) -> Iterator[Finding]:
    """Read the file that the target ``sync-streams`` makes, whoever wrote it last."""
    configured = patient.configuration
    outputs = [each for each in configured.outputs if each.target == SYNC_STREAMS.name]
    if not outputs:
        reason = f"[tool.dualschema.targets] has no {SYNC_STREAMS.name}"
        yield skipped(SYNC_CONFIG, reason)
    for file in plan_files(patient.schema, outputs, configured.root):
        faults = list(_faults(file, patient))
        if faults:
            yield from faults
        else:
            yield fine(SYNC_CONFIG, f"{file.name} has edition {EDITION} and all synced tables")


def _faults(file: PlannedFile, patient: Patient) -> Iterator[Finding]:
    if file.found is None:
        yield fault(SYNC_CONFIG, f"there is no {file.name}", _FIX)
        return
    text = _REMARK.sub("", file.found.decode("utf-8", "replace"))
    edition = _EDITION.search(text)
    if edition is None or int(edition[1]) != EDITION:
        has = f"has edition {edition[1]}" if edition else "names no edition"
        yield fault(SYNC_CONFIG, f"{file.name} {has}, and {EDITION} is wanted", _FIX)
    selected = set(_selected(text))
    wanted = [table.name for table in streamed_tables(patient.schema.model)]
    missing = [name for name in wanted if name not in selected]
    if missing:
        yield fault(SYNC_CONFIG, f"no stream of {file.name} has {few(missing)}", _FIX)


def _selected(text: str) -> Iterator[str]:
    """Yield the tables that queries send; those within brackets are only looked at for owners."""
    words = _TOKEN.findall(text)
    depth = 0
    for place, word in enumerate(words):
        depth += (word == "(") - (word == ")")
        if depth == 0 and word.upper() in {"FROM", "JOIN"}:
            after = words[place + 1 : place + 4]
            name = after[2] if after[1:2] == ["."] and len(after) > 2 else after[0] if after else ""
            yield name[1:-1].replace('""', '"') if name.startswith('"') else name
