"""What a project sets: ``[tool.dualschema]`` of pyproject.toml."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from dualschema.errors import ConfigurationError

__all__ = ["Configuration", "Output", "override", "read_configuration", "section_of"]

_FILE: Final = "pyproject.toml"
_KEYS: Final = ("schema", "uploader", "targets", "publication", "migrations", "released")
_EXAMPLES: Final = {"schema": "package.module:attribute", "uploader": "app.server:uploader"}


@dataclass(frozen=True, slots=True)
class Output:
    """One run of a target.

    Attributes:
        target: the target's name.
        path: the file, or with ``/`` at its end the folder: relative to the project with ``/``, or
            absolute; None for the target's own place.
        options: what the target is told, by name.
    """

    target: str
    path: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a project sets.

    Attributes:
        root: the project's folder: where pyproject.toml stands.
        schema: where the schema is, ``module:attribute`` or ``folder/file.py:attribute``, or None.
        outputs: what is made of it.
        uploader: where what applies uploads is, in the same form, or None.
        publication: whether pushes and migrations make PowerSync's publication.
        migrations: the folder of migrations, relative to the root.
        released: the file of the last released model, relative to the root, or None.
    """

    root: Path
    schema: str | None = None
    outputs: tuple[Output, ...] = ()
    uploader: str | None = None
    publication: bool = False
    migrations: str = "migrations"
    released: str | None = None


def read_configuration(folder: Path | None = None) -> Configuration:
    """Return what ``[tool.dualschema]`` says, in the nearest pyproject.toml that has it.

    Args:
        folder: where to look first, then in those above it; by default the working directory.
            Without such a file the nearest pyproject.toml marks the project, else the folder.

    Raises:
        ConfigurationError: the file cannot be read, or says what it may not.
    """
    here = (folder or Path.cwd()).absolute()
    roots = [each for each in (here, *here.parents) if (each / _FILE).is_file()]
    for root in roots:
        section = _section(root / _FILE)
        if section is not None:
            return _configuration(root, section)
    return Configuration(roots[0] if roots else here)


def override(
    configuration: Configuration,
    *,
    schema: str | None = None,
    targets: Sequence[str] = (),
    places: Sequence[tuple[str, str]] = (),
) -> Configuration:
    """Return a configuration with what stands above it.

    Args:
        configuration: what the project says.
        schema: where the schema is instead.
        targets: the names of those to run, whether they are configured or not; empty for all.
        places: targets and paths instead of their configured ones; options are kept.

    Raises:
        ConfigurationError: a place is given for a target that is configured more than once.
    """
    outputs = _placed(configuration.outputs, places)
    if targets:
        missing = dict.fromkeys(targets)
        for output in outputs:
            missing.pop(output.target, None)
        outputs = [output for output in outputs if output.target in targets]
        outputs += [Output(name) for name in missing]
    return replace(configuration, schema=schema or configuration.schema, outputs=tuple(outputs))


def _placed(outputs: Sequence[Output], places: Sequence[tuple[str, str]]) -> list[Output]:
    paths: dict[str, list[str]] = {}
    for name, path in places:
        paths.setdefault(name, []).append(path)
    placed: list[Output] = []
    for output in outputs:
        if output.target not in paths:
            placed.append(output)
            continue
        if [each.target for each in outputs].count(output.target) > 1:
            raise ConfigurationError(
                f"{output.target} is configured more than once, so it is not clear which one "
                f"another path is for: change it in {_FILE}"
            )
        placed += [replace(output, path=path) for path in paths.pop(output.target)]
    return placed + [Output(name, path) for name, given in paths.items() for path in given]


def section_of(file: Path, data: bytes) -> Mapping[str, Any] | None:
    """Return a pyproject.toml's ``[tool.dualschema]``, or None where it has none.

    Args:
        file: its path, for what is told.
        data: what stands in it.

    Raises:
        ConfigurationError: it is no TOML, or the section is no table.
    """
    try:
        # Some editors on Windows begin a file with a byte order mark.
        tool = tomllib.loads(data.decode("utf-8-sig")).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} is no TOML: {error}") from error
    section = tool.get("dualschema") if isinstance(tool, dict) else None
    if section is not None and not isinstance(section, dict):
        raise _fault("", "is to be a table")
    return section


def _section(file: Path) -> Mapping[str, Any] | None:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from error
    return section_of(file, data)


def _configuration(root: Path, section: Mapping[str, Any]) -> Configuration:
    for key in section:
        if key not in _KEYS:
            raise _fault("", f"has no key {key!r}{_near(key, _KEYS)}")
    schema, uploader = (_reference(section, key) for key in _EXAMPLES)
    targets = section.get("targets", {})
    if not isinstance(targets, dict):
        raise _fault(".targets", 'is to be a table: typescript = "client/src/schema.ts"')
    outputs = (output for name, said in targets.items() for output in _outputs(name, said))
    publication = section.get("publication", False)
    if not isinstance(publication, bool):
        raise _fault("", "publication is to be true or false")
    migrations = _place(section, "migrations", 'a folder: "migrations"')
    released = _place(section, "released", 'a file: "schema.released.json"')
    return Configuration(
        root, schema, tuple(outputs), uploader, publication, migrations or "migrations", released
    )


def _place(section: Mapping[str, Any], key: str, example: str) -> str | None:
    given = section.get(key)
    if given is not None and (not isinstance(given, str) or not given.strip() or "\0" in given):
        raise _fault("", f"{key} is to be {example}")
    return given


def _reference(section: Mapping[str, Any], key: str) -> str | None:
    given = section.get(key)
    if given is not None and (not isinstance(given, str) or "\0" in given):
        raise _fault("", f'{key} is to be a text: "{_EXAMPLES[key]}"')
    return given


def _outputs(name: str, said: Any) -> Iterator[Output]:
    for each in said if isinstance(said, list) else [said]:
        if isinstance(each, str):
            yield Output(name, _path(name, each))
        elif isinstance(each, dict):
            path = each.get("path")
            options = {key: value for key, value in each.items() if key != "path"}
            yield Output(name, None if path is None else _path(name, path), options)
        else:
            raise _fault(
                ".targets",
                f'{name} is to be a path, a table ({{path = "..."}}), or an array of them',
            )


def _path(name: str, path: Any) -> str:
    if not isinstance(path, str) or not path.strip():
        raise _fault(".targets", f"the path of {name} is to be a text that is not empty")
    return path


def _near(name: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {near[0]}?" if near else f"; it may have {', '.join(names)}"


def _fault(table: str, reason: str) -> ConfigurationError:
    return ConfigurationError(f"{_FILE}: [tool.dualschema{table}] {reason}")
