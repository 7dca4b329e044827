"""A database pulled in the tests: what was read, its schema, and what that makes of a database."""

from __future__ import annotations

import json
import subprocess
import sys
import types
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import dualschema as ds
from dualschema.migrate.push import plan_push
from dualschema.pull import NoteKind, Pulled, pull_connection
from tests.metadata.catalogs import Postgres, fresh_space, postgres_catalog
from tests.metadata.world import postgres_engine

__all__ = [
    "assert_formatted",
    "body",
    "catalog_of",
    "load",
    "made",
    "on_clients",
    "pull",
    "pushed_again",
    "said",
]


def pull(postgres: Postgres, space: str, **options: Any) -> Pulled:
    """Read the definition of a Postgres schema."""
    engine: sa.Engine = postgres_engine(postgres, space)
    try:
        with engine.connect() as connection:
            return pull_connection(connection, schema=space, **options)
    finally:
        engine.dispose()


def load(source: str) -> ds.Schema:
    """Return the schema of a definition's file, run as a module is."""
    module = types.ModuleType("pulled_definition")
    exec(compile(source, "pulled_definition.py", "exec"), module.__dict__)
    found = module.__dict__["schema"]
    assert isinstance(found, ds.Schema)
    return found


def on_clients(schema: ds.Schema) -> Any:
    """Return what clients have of a schema."""
    return json.loads(json.dumps(schema.powersync()))


def pushed_again(postgres: Postgres, space: str, pulled: Pulled) -> list[str]:
    """Return what a push of a definition would change in the Postgres schema it came from."""
    engine: sa.Engine = postgres_engine(postgres, space)
    try:
        with engine.connect() as connection:
            return [step.text for step in plan_push(connection, load(pulled.source)).steps]
    finally:
        engine.dispose()


def catalog_of(postgres: Postgres, ddl: str) -> list[list[tuple[Any, ...]]]:
    """Return what statements make in an empty database."""
    with fresh_space(postgres) as space:
        postgres.execute(ddl.encode())
        return [sorted(part, key=str) for part in postgres_catalog(postgres, space)]


def assert_formatted(folder: Path, sources: Iterable[str]) -> None:
    """Assert that formatters of either usual width have nothing to change.

    The environment with the oldest dependencies has no formatter, and its output is no other.
    """
    ruff = Path(sys.executable).with_name("ruff")
    if not ruff.is_file():
        return
    for number, source in enumerate(sources):
        (folder / f"definition_{number}.py").write_text(source, "utf-8")
    for width in ("88", "100"):
        given = ["format", "--isolated", "--no-cache", "--diff", "--line-length", width]
        done = subprocess.run(
            [ruff, *given, folder], capture_output=True, encoding="utf-8", check=False
        )
        assert (0, "") == (done.returncode, done.stdout), done.stdout + done.stderr
    given = ["check", "--isolated", "--no-cache", "--select", "F,I,W", "--quiet"]
    done = subprocess.run(
        [ruff, *given, folder], capture_output=True, encoding="utf-8", check=False
    )
    assert (0, "") == (done.returncode, done.stdout), done.stdout + done.stderr


def made(postgres: Postgres, space: str, sql: str, **options: object) -> Pulled:
    """Return what is pulled once statements have run."""
    postgres.execute(sql.encode())
    return pull(postgres, space, **options)


def said(pulled: Pulled, *kinds: NoteKind) -> list[str]:
    """Return the notes of kinds, but for the one on the schema's name."""
    return [str(n) for n in pulled.notes if n.kind in kinds and n.table is not None]


def body(pulled: Pulled) -> list[str]:
    """Return the lines of the columns of the only table."""
    return [line.strip() for line in pulled.source.split("\n") if ": ds.Column[" in line]
