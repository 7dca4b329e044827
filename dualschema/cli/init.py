"""``dualschema init``: the files that a project begins with."""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from dualschema.cli.new_file import new_file, standing
from dualschema.cli.report import AsJson, Debug, Exit, reporting, say, say_json
from dualschema.codegen import PlannedFile, State, write_files
from dualschema.codegen.configuration import section_of
from dualschema.errors import ConfigurationError

__all__ = ["init"]

_PROJECT: Final = "pyproject.toml"
_VARIABLES: Final = ".env.example"
_RELEASED: Final = "schema.released.json"

_OUTPUTS: Final = {
    "typescript": "client/schema.ts",
    "sync-streams": "powersync/sync-config.yaml",
}

_SCHEMA: Final = '''\
"""The tables: of Postgres, and of the clients."""

from datetime import datetime

import dualschema as ds


class Todo(ds.Table, name="todos"):
    """A thing to do."""

    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    user_id: ds.Column[str] = ds.column(owner=True, index=True)
    title: ds.Column[str] = ds.column(min_length=1, max_length=200)
    is_done: ds.Column[bool] = ds.column(default=False)
    created_at: ds.Column[datetime] = ds.column(default_factory=ds.now)


schema = ds.Schema(Todo)
'''

_ENVIRONMENT: Final = """\
# What dualschema reads of the environment, or of .env, which is not committed: copy this there.

# The database: any URL of Postgres.
DATABASE_URL=postgresql://user:password@localhost:5432/app
# Where the server itself answers, if DATABASE_URL leads to a pooler.
# DIRECT_URL=
# development, production or test
ENVIRONMENT=development
"""

_WRITABLE: Final = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH

_NAMES_DATABASE: Final = re.compile(rb"^[ \t#]*(?:export[ \t]+)?DATABASE_URL[ \t]*=", re.MULTILINE)


def init(
    *,
    out: Annotated[
        Path, typer.Option(metavar="PATH", help="The schema's file, in this folder or below.")
    ] = Path("schema.py"),
    force: Annotated[
        bool, typer.Option("--force", help="Replace the schema's file if there is one.")
    ] = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Begin a project here: settings, a first table, .env.example.

    To a pyproject.toml or .env.example that is there, only what is missing is added, at its end.
    Exit codes: 0 done, 2 a mistake, and nothing was changed.
    """
    with reporting(debug=debug, as_json=as_json):
        place = _place(out)
        project = _project(place, force=force)
        files = (project, new_file("init", place, _SCHEMA, force=force), _variables())
        for file in files:
            _check_writable(file)
        write_files(files)
        if as_json:
            say_json({"files": [{"path": f.name, "state": f.state.value} for f in files]})
            return
        for file in files:
            _tell(file)
        say(f"Next: `dualschema codegen` writes the clients' code from {place}.")
        raise typer.Exit(Exit.DONE)


def _place(out: Path) -> str:
    """Return the schema's file from the working directory, with ``/``."""
    root = Path.cwd().resolve()
    file = (root / out).resolve()
    name = file.stem
    if file.suffix != ".py" or not name.isidentifier() or name in sys.stdlib_module_names:
        raise ConfigurationError(
            f"--out {out}: name a file that can be imported, and no module of Python's: "
            "app/schema.py"
        )
    if not file.is_relative_to(root):
        raise ConfigurationError(f"--out {out}: the schema's file is to be in this folder or below")
    if (file.with_suffix("") / "__init__.py").exists():
        hiding = file.with_suffix("").relative_to(root).as_posix()
        raise ConfigurationError(
            f"{out}: the package {hiding}/ is imported in its place: name another file with --out, "
            f"as {hiding}/tables.py"
        )
    return file.relative_to(root).as_posix()


def _project(place: str, *, force: bool) -> PlannedFile:
    """Plan pyproject.toml: with a section, and all that stands there as it is."""
    reference = f"{place}:schema"
    as_module = reference.replace(".py:", ":").replace("/", ".")
    found = standing(_PROJECT)
    section = None if found is None else section_of(Path(_PROJECT), found)
    if section is not None:
        there = f"{_PROJECT} has a [tool.dualschema] already"
        if "schema" not in section:
            line = _line("schema", reference)
            raise ConfigurationError(f"{there}, which names no schema: put {line} there")
        if section["schema"] not in (reference, as_module):
            raise ConfigurationError(f"{there}, and its schema is not {reference}: change it there")
        return _kept(_PROJECT, found or b"")
    for path in _OUTPUTS.values():
        if Path(path).exists() and not force:
            raise ConfigurationError(
                f"{path} is there already, and `dualschema codegen` would replace it: "
                "move it, or say --force"
            )
    data = _extended(found, _section(reference))
    try:
        section_of(Path(_PROJECT), data)
    except ConfigurationError as error:
        raise ConfigurationError(
            f"no [tool.dualschema] can be added to {_PROJECT}, where `tool` is a value: "
            "write it as tables, [tool.name]"
        ) from error
    return _planned(_PROJECT, data, found)


def _section(reference: str) -> str:
    lines = [
        "[tool.dualschema]",
        _line("schema", reference),
        _line("released", _RELEASED),
        "",
        "[tool.dualschema.targets]",
        *(f'{target} = "{path}"' for target, path in _OUTPUTS.items()),
    ]
    return "".join(f"{line}\n" for line in lines)


def _line(key: str, value: str) -> str:
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"


def _variables() -> PlannedFile:
    found = standing(_VARIABLES)
    if found is not None and _NAMES_DATABASE.search(found):
        return _kept(_VARIABLES, found)
    return _planned(_VARIABLES, _extended(found, _ENVIRONMENT), found)


def _planned(name: str, data: bytes, found: bytes | None) -> PlannedFile:
    return PlannedFile("init", name, Path(name).resolve(), data, found)


def _kept(name: str, found: bytes) -> PlannedFile:
    return _planned(name, found.replace(b"\r\n", b"\n"), found)


def _check_writable(file: PlannedFile) -> None:
    """Refuse to replace a file that somebody has made read-only, which the system may let us do."""
    if file.state is not State.CHANGED:
        return
    if not os.access(file.path, os.W_OK) or not file.path.stat().st_mode & _WRITABLE:
        raise ConfigurationError(f"{file.name} is read-only, and something is to be added to it")


def _extended(found: bytes | None, text: str) -> bytes:
    """Return what stands in a file, and a text below it, with the file's own line ends."""
    if not found:
        return text.encode()
    end = b"\r\n" if b"\r\n" in found else b"\n"
    gap = end if found.endswith(b"\n") else end * 2
    return found + gap + text.encode().replace(b"\n", end)


def _tell(file: PlannedFile) -> None:
    if file.state is State.NEW:
        say(f"wrote {file.name}", "green")
    elif file.state is State.CURRENT:
        say(f"{file.name} stays as it is")
    else:
        is_longer = file.data.startswith(file.found or b"")
        say(f"{'added to' if is_longer else 'replaced'} {file.name}", "green")
