"""The targets: one output each. What they share stands on the floors below."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, Final

from dualschema.errors import GenerationError
from dualschema.generator import GeneratedFile, Target
from dualschema.schema import Schema
from dualschema.targets.connector import CONNECTOR
from dualschema.targets.csharp import CSHARP
from dualschema.targets.drizzle_postgres import DRIZZLE_POSTGRES
from dualschema.targets.drizzle_sqlite import DRIZZLE_SQLITE
from dualschema.targets.json_schema import JSON_SCHEMA
from dualschema.targets.kysely import KYSELY
from dualschema.targets.powersync_json import POWERSYNC_JSON
from dualschema.targets.publication import PUBLICATION
from dualschema.targets.rust import RUST
from dualschema.targets.sql import SQL
from dualschema.targets.swift import SWIFT
from dualschema.targets.sync_streams import SYNC_STREAMS
from dualschema.targets.typescript import TYPESCRIPT
from dualschema.targets.zod import ZOD

__all__ = ["ALL_TARGETS", "GeneratedFile", "Target", "generate", "target_named"]

ALL_TARGETS: Final[tuple[Target[Any], ...]] = (
    POWERSYNC_JSON,
    TYPESCRIPT,
    DRIZZLE_SQLITE,
    DRIZZLE_POSTGRES,
    KYSELY,
    ZOD,
    CONNECTOR,
    SWIFT,
    CSHARP,
    RUST,
    SYNC_STREAMS,
    PUBLICATION,
    JSON_SCHEMA,
    SQL,
)
"""Every target of the library, in the order in which documentation lists them."""


def generate(
    schema: Schema,
    target: str | Target[Any],
    *,
    path: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> tuple[GeneratedFile, ...]:
    """Return the files that a target makes of a schema; none is written.

    Args:
        schema: the tables.
        target: its name, ``"typescript"``, or a target of one's own.
        path: where its file or folder is to go, relative and with ``/``; by default the target's
            own place.
        options: what the target is told, by name.

    Raises:
        GenerationError: there is no such target or option, or the target cannot say something.
    """
    found = target if isinstance(target, Target) else target_named(target)
    return found.run(schema.model, path, options)


def target_named(name: str) -> Target[Any]:
    """Return the library's target of a name.

    Raises:
        GenerationError: there is none; the text names the nearest.
    """
    names = [target.name for target in ALL_TARGETS]
    if name in names:
        return ALL_TARGETS[names.index(name)]
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(names)}"
    raise GenerationError(name, f"there is no such target{hint}")
