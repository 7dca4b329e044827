"""What a check finds, and what all checks look at."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dualschema.codegen import Configuration
from dualschema.schema import Schema

__all__ = ["BRING", "Finding", "Patient", "Verdict", "fault", "few", "fine", "skipped"]

BRING: Final = "`dualschema push`, or `dualschema generate` and `dualschema migrate`"
"""What brings a database to the definition."""

_FEW: Final = 3


class Verdict(enum.Enum):
    """How it stands."""

    OK = "ok"
    FAULT = "fault"
    SKIPPED = "skipped"
    """It was not looked at: the text says why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    Attributes:
        check: the check's name: ``wal_level``.
        verdict: how it stands.
        text: what is there, in words.
        fix: what puts a fault right, in words or as a command; empty for what is no fault.
    """

    check: str
    verdict: Verdict
    text: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at, beside the database.

    Attributes:
        schema: the definition.
        configuration: what the project sets.
        client: a client's SQLite file, or None.
        sync_config: a sync config that the project does not generate, or None.
    """

    schema: Schema
    configuration: Configuration
    client: Path | None = None
    sync_config: Path | None = None


def fine(check: str, text: str) -> Finding:
    """Return that nothing is wrong."""
    return Finding(check, Verdict.OK, text)


def fault(check: str, text: str, fix: str) -> Finding:
    """Return what is wrong, and what puts it right."""
    return Finding(check, Verdict.FAULT, text, fix)


def skipped(check: str, reason: str) -> Finding:
    """Return why it was not looked at."""
    return Finding(check, Verdict.SKIPPED, reason)


def few(texts: Sequence[str], between: str = ", ") -> str:
    """Return the first few of some texts, and how many more there are."""
    shown = between.join(texts[:_FEW])
    return f"{shown} (and {len(texts) - _FEW} more)" if len(texts) > _FEW else shown
