"""``sql``: the DDL of both sides as files."""

from __future__ import annotations

from dualschema.generator import GeneratedFile, NoOptions, Target
from dualschema.languages.sql import header
from dualschema.metadata import DialectName, build_metadata, render_ddl
from dualschema.model import SchemaModel

__all__ = ["SQL"]

_FILES: tuple[tuple[str, DialectName, str], ...] = (
    ("postgres.sql", "postgresql", "The server's tables."),
    ("sqlite.sql", "sqlite", "The client's tables, where it is SQLite without PowerSync."),
)


def _generate(model: SchemaModel, path: str, _: NoOptions) -> tuple[GeneratedFile, ...]:
    metadata = build_metadata(model)
    folder = path.rstrip("/")
    return tuple(
        GeneratedFile(f"{folder}/{name}", _text(about, render_ddl(metadata, model, dialect)))
        for name, dialect, about in _FILES
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
