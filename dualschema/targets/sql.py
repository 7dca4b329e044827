"""``sql``: the DDL of both sides as files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dualschema.generator import GeneratedFile, NoOptions, Target
from dualschema.languages.sql import header
from dualschema.metadata import DialectName, render_ddl
from dualschema.model import SchemaModel

__all__ = ["SQL"]

_FILES: Final[Mapping[DialectName, tuple[str, str]]] = {
    "postgresql": ("postgres.sql", "The server's tables."),
    "sqlite": ("sqlite.sql", "The client's tables, where it is SQLite without PowerSync."),
}


def _generate(model: SchemaModel, path: str, _: NoOptions) -> tuple[GeneratedFile, ...]:
    scripts = render_ddl(model, *_FILES)
    folder = path.rstrip("/")
    return tuple(
        GeneratedFile(f"{folder}/{name}", _text(about, script))
        for (name, about), script in zip(_FILES.values(), scripts, strict=True)
    )


def _text(about: str, ddl: str) -> str:
    """Return the statements, as ``Schema.ddl`` gives them, under the notice."""
    notice = "\n".join(header(about))
    return f"{notice}\n{ddl}" if ddl else notice


SQL = Target(
    name="sql",
    title="the DDL of both databases",
    path="sql/",
    generate=_generate,
    options=NoOptions,
)
