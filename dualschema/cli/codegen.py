"""``dualschema codegen``: writes client code, or checks that it is as it would be written."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from dualschema.cli.difference import say_difference
from dualschema.cli.report import AsJson, Debug, Exit, aside, counted, reporting, say, say_json
from dualschema.cli.watch import watch
from dualschema.codegen import (
    Configuration,
    PlannedFile,
    State,
    known_targets,
    leftovers,
    load_schema,
    loaded_sources,
    override,
    plan_files,
    read_configuration,
    write_files,
)
from dualschema.errors import ConfigurationError

__all__ = ["codegen"]


@dataclass(frozen=True, slots=True)
class _Request:
    """What the command line says.

    Attributes:
        targets: the names of targets to run; none for all that are configured.
        schema: where the schema is, instead of the configured place.
        out: ``TARGET=PATH``, each.
        check: compare and write nothing.
        as_json: print a document.
        sources: a file to write the names of the schema's source files into, for ``--watch``.
    """

    targets: Sequence[str]
    schema: str | None
    out: Sequence[str]
    check: bool
    as_json: bool
    sources: Path | None


def codegen(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TARGET",
            help="The targets to run; all that are configured by default.",
            autocompletion=lambda: [each.name for each in known_targets()],
        ),
    ] = None,
    *,
    schema: Annotated[
        str | None,
        typer.Option(
            metavar="MODULE:NAME",
            help="Where the schema is: app.schema:schema or app/schema.py:schema.",
        ),
    ] = None,
    out: Annotated[
        list[str] | None,
        typer.Option(metavar="TARGET=PATH", help="Where a target's output goes; may be repeated."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; show what is stale, and exit with 1.")
    ] = False,
    watching: Annotated[
        bool, typer.Option("--watch", help="Generate anew when the schema's files change.")
    ] = False,
    listing: Annotated[bool, typer.Option("--list", help="List the targets there are.")] = False,
    as_json: AsJson = False,
    debug: Debug = False,
    sources: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """Write client code from the definition of the tables.

    What is written where stands in [tool.dualschema] of pyproject.toml, unless it is said here.
    Exit codes: 0 done, 1 something is stale (--check), 2 a mistake, and nothing was changed.
    """
    request = _Request(targets or (), schema, out or (), check, as_json, sources)
    with reporting(debug=debug, as_json=as_json):
        if listing:
            _list(as_json=as_json)
        elif watching and check:
            raise ConfigurationError("--watch writes and --check does not: give one of them")
        elif watching:
            raise typer.Exit(watch(list(_arguments(request, debug=debug))))
        else:
            raise typer.Exit(_run(request))


def _run(request: _Request) -> Exit:
    """Generate once."""
    wanted: Configuration | None = None
    error: BaseException | None = None
    try:
        wanted = _wanted(request)
        return _generate(wanted, request)
    except BaseException as caught:
        error = caught
        raise
    finally:
        if request.sources is not None:
            root = wanted.root if wanted else _root()
            reference = wanted.schema if wanted else request.schema
            files = loaded_sources(reference, root, error)
            request.sources.write_text(json.dumps([str(file) for file in files]), "utf-8")


def _generate(wanted: Configuration, request: _Request) -> Exit:
    if not wanted.outputs:
        raise ConfigurationError(
            "nothing is to be generated: name targets and paths in [tool.dualschema.targets] of "
            "pyproject.toml, or with --out TARGET=PATH; --list shows the targets"
        )
    with aside():
        schema = load_schema(wanted.schema, wanted.root)
        files = plan_files(schema, wanted.outputs, wanted.root)
    if not request.check:
        write_files(files)
    is_whole = not request.targets and not request.out
    left = leftovers(files) if is_whole else ()
    if request.as_json:
        say_json(_document(wanted, request, files, left))
    else:
        _tell(request, files)
        for path in left:
            say(
                f"{_short(path, wanted.root)} is generated no more: delete it if nothing needs it",
                "yellow",
            )
    is_stale = any(file.state is not State.CURRENT for file in files)
    return Exit.STALE if request.check and is_stale else Exit.DONE


def _tell(request: _Request, files: Sequence[PlannedFile]) -> None:
    stale = [file for file in files if file.state is not State.CURRENT]
    for file in stale:
        if request.check:
            say_difference(file)
        else:
            say(f"wrote {file.name} ({file.target})", "green")
    if not request.check:
        current = len(files) - len(stale)
        say(f"{counted(len(stale), 'file')} written, {current} already up to date")
    elif stale:
        verb = "is" if len(stale) == 1 else "are"
        say(
            f"{counted(len(stale), 'file')} of {len(files)} {verb} stale: run `dualschema codegen`",
            "red",
        )
    else:
        say(f"{counted(len(files), 'file')} up to date")


def _document(
    wanted: Configuration, request: _Request, files: Sequence[PlannedFile], left: Sequence[Path]
) -> dict[str, Any]:
    return {
        "schema": wanted.schema,
        "written": not request.check,
        "files": [
            {"target": file.target, "path": file.name, "state": file.state.value} for file in files
        ],
        "leftovers": [_short(path, wanted.root) for path in left],
    }


def _list(*, as_json: bool) -> None:
    known = list(known_targets())
    if as_json:
        say_json(
            [
                {
                    "name": each.name,
                    "title": each.target and each.target.title,
                    "path": each.target and each.target.path,
                    "source": each.source,
                    "problem": each.problem,
                }
                for each in known
            ]
        )
        return
    width = max(len(each.name) for each in known)
    for each in known:
        about = each.target.title if each.target else f"cannot be used: {each.problem}"
        source = "" if each.source == "dualschema" else f" (of {each.source})"
        say(f"{each.name:{width}}  {about}{source}", "" if each.target else "red")


def _wanted(request: _Request) -> Configuration:
    configured = read_configuration()
    root = configured.root
    schema = request.schema and _from_here_schema(request.schema, root)
    places = [_place(each, root) for each in request.out]
    return override(configured, schema=schema, targets=request.targets, places=places)


def _root() -> Path:
    """Return the project's folder, even where its pyproject.toml cannot be read."""
    here = Path.cwd()
    found = (each for each in (here, *here.parents) if (each / "pyproject.toml").is_file())
    return next(found, here)


def _place(given: str, root: Path) -> tuple[str, str]:
    name, _, path = given.partition("=")
    if not name or not path:
        raise ConfigurationError(f"--out {given}: write TARGET=PATH, typescript=client/schema.ts")
    return name, _from_here(path, root)


def _from_here(path: str, root: Path) -> str:
    """Return a path of the command line, which starts at the working directory, from the root."""
    if Path(path).is_absolute():
        return path
    end = "/" if path.endswith(("/", os.sep)) else ""
    return Path(os.path.relpath(path, root)).as_posix() + end


def _from_here_schema(given: str, root: Path) -> str:
    place, colon, attribute = given.rpartition(":")
    if place.endswith(".py") or "/" in place:
        return f"{_from_here(place, root)}{colon}{attribute}"
    return given


def _arguments(request: _Request, *, debug: bool) -> Iterator[str]:
    """Yield the arguments of a run that does the same once."""
    yield "codegen"
    if request.schema:
        yield f"--schema={request.schema}"
    yield from (f"--out={each}" for each in request.out)
    if request.as_json:
        yield "--json"
    if debug:
        yield "--debug"
    yield "--"
    yield from request.targets


def _short(path: Path, root: Path) -> str:
    root = root.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
