"""``dualschema check``: whether a definition may be released, in one command for CI."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from dualschema.cli.postgres import OfSchema
from dualschema.cli.report import AsJson, Debug, Exit, aside, counted, reporting, say, say_json
from dualschema.codegen import (
    Configuration,
    State,
    load_schema,
    override,
    plan_files,
    read_configuration,
)
from dualschema.compatibility import (
    Finding,
    Severity,
    Snapshot,
    compare,
    read_snapshot,
    snapshot_of,
    snapshot_text,
)
from dualschema.errors import (
    ConfigurationError,
    DefinitionError,
    EmbeddedPostgresError,
    GenerationError,
    MigrationError,
)
from dualschema.schema import Schema
from dualschema.targets.sync_streams import SYNC_STREAMS

__all__ = ["check"]


class _State(enum.Enum):
    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


_STYLES = {_State.OK: "green", _State.FAILED: "red", _State.SKIPPED: "yellow"}


@dataclass(frozen=True, slots=True)
class _Part:
    """What one part of the check found.

    Attributes:
        name: of the part.
        state: how it went.
        about: why, in words.
        details: a line for each fault.
        findings: what old clients do not survive.
    """

    name: str
    state: _State
    about: str
    details: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def check(
    *,
    release: Annotated[
        bool,
        typer.Option(
            "--release",
            help="Write the model as released to the file that `released` names; check nothing.",
        ),
    ] = False,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Take warnings of the compatibility for failures."),
    ] = False,
    schema: OfSchema = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Check that the definition may be released: for CI.

    The definition is valid, generated files are up to date, migrations are complete, and clients
    of the last release go on working.
    Exit codes: 0 all is well; 1 something is not; 2 a mistake.
    """
    with reporting(debug=debug, as_json=as_json):
        configuration = override(read_configuration(), schema=schema)
        if release:
            _release(configuration, as_json=as_json)
            return
        parts = _parts(configuration, strict=strict)
        if as_json:
            say_json({"parts": [_document(part) for part in parts]})
        else:
            _tell(parts)
        if any(part.state is _State.FAILED for part in parts):
            raise typer.Exit(Exit.FAILED)


def _release(configuration: Configuration, *, as_json: bool) -> None:
    if configuration.released is None:
        raise ConfigurationError(
            'no file is named for it: put released = "schema.released.json" into '
            "[tool.dualschema] of pyproject.toml"
        )
    file = configuration.root / configuration.released
    text = snapshot_text(_snapshot(configuration, _schema(configuration)))
    try:
        is_new = not file.is_file() or file.read_bytes() != text.encode()
        if is_new:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be written: {error.strerror}") from error
    if as_json:
        say_json({"file": configuration.released, "written": is_new})
    elif is_new:
        say(f"wrote {configuration.released}", "green")
    else:
        say(f"{configuration.released} is up to date")


def _snapshot(configuration: Configuration, schema: Schema) -> Snapshot:
    given = [each.options for each in configuration.outputs if each.target == SYNC_STREAMS.name]
    # Of several configs, none is the one that a client gets its rows by.
    return snapshot_of(schema.model, given[0] if len(given) == 1 else None)


def _schema(configuration: Configuration) -> Schema:
    with aside():
        return load_schema(configuration.schema, configuration.root)


def _parts(configuration: Configuration, *, strict: bool) -> list[_Part]:
    try:
        schema = _schema(configuration)
    except DefinitionError as error:
        faults = tuple(str(error).splitlines())
        unread = "the definition is not valid"
        return [
            _Part("definition", _State.FAILED, unread, faults),
            *(
                _Part(name, _State.SKIPPED, unread)
                for name in ("generated files", "migrations", "compatibility")
            ),
        ]
    return [
        _Part("definition", _State.OK, counted(len(schema.tables), "table")),
        _files(configuration, schema),
        _migrations(configuration, schema),
        _compatibility(configuration, schema, strict=strict),
    ]


def _files(configuration: Configuration, schema: Schema) -> _Part:
    name = "generated files"
    if not configuration.outputs:
        return _Part(name, _State.SKIPPED, "none are configured in [tool.dualschema.targets]")
    try:
        with aside():  # a target may be the project's own
            files = plan_files(schema, configuration.outputs, configuration.root)
    except GenerationError as error:
        return _Part(name, _State.FAILED, "they cannot be made", (str(error),))
    stale = tuple(file.name for file in files if file.state is not State.CURRENT)
    if stale:
        about = f"{len(stale)} of {len(files)} stale: run `dualschema codegen`"
        return _Part(name, _State.FAILED, about, stale)
    return _Part(name, _State.OK, f"{counted(len(files), 'file')} up to date")


def _migrations(configuration: Configuration, schema: Schema) -> _Part:
    name = "migrations"
    folder = configuration.root / configuration.migrations
    if not folder.is_dir():
        return _Part(name, _State.SKIPPED, f"there is no folder {configuration.migrations}")

    from dualschema.migrate import History, draft_migration, throw_away

    try:
        with aside():
            history = History(folder)
        with aside(), throw_away(history) as connection:
            draft = draft_migration(
                connection, schema, history, publication=configuration.publication
            )
    except EmbeddedPostgresError as error:
        return _Part(name, _State.SKIPPED, str(error))
    except MigrationError as error:
        return _Part(name, _State.FAILED, "they cannot be run", (str(error),))
    if draft is None:
        return _Part(name, _State.OK, "complete")
    steps = tuple(step.text for step in draft.steps)
    return _Part(name, _State.FAILED, "incomplete: run `dualschema generate`", steps)


def _compatibility(configuration: Configuration, schema: Schema, *, strict: bool) -> _Part:
    name = "compatibility"
    if configuration.released is None:
        why = "no `released` file is named in [tool.dualschema]"
        return _Part(name, _State.SKIPPED, why)
    file = configuration.root / configuration.released
    if not file.exists():
        why = f"there is no {configuration.released} yet: `dualschema check --release` writes it"
        return _Part(name, _State.SKIPPED, why)
    released = _released(file)
    try:
        now = _snapshot(configuration, schema)
    except GenerationError:  # a part of its own tells of that
        now = snapshot_of(schema.model)
    findings = compare(released, now)
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    warnings = len(findings) - len(errors)
    if errors:
        about = f"{counted(len(errors), 'change')} that clients of the last release do not survive"
    else:
        about = "clients of the last release go on working"
    if warnings:
        about += f"; {counted(warnings, 'warning')}"
    failed = bool(errors or (strict and warnings))
    return _Part(name, _State.FAILED if failed else _State.OK, about, findings=findings)


def _released(file: Path) -> Snapshot:
    try:
        return read_snapshot(file.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from error
    except ConfigurationError as error:
        raise ConfigurationError(f"{file}: {error}") from error


def _tell(parts: Sequence[_Part]) -> None:
    for part in parts:
        say(f"{part.name}: {part.state.value}: {part.about}", _STYLES[part.state])
        for line in part.details:
            say(f"  {line}")
        for finding in part.findings:
            said = "warning: " if finding.severity is Severity.WARNING else ""
            say(f"  {said}{finding.place}: {finding.change}")
            say(f"    {finding.clients}")
            say(f"    safe way: {finding.safe_way}")


def _document(part: _Part) -> dict[str, Any]:
    return {
        "name": part.name,
        "state": part.state.value,
        "about": part.about,
        "details": list(part.details),
        "findings": [
            {
                "kind": finding.kind.value,
                "severity": finding.severity.value,
                "table": finding.table,
                "column": finding.column,
                "change": finding.change,
                "clients": finding.clients,
                "safe_way": finding.safe_way,
            }
            for finding in part.findings
        ],
    }
