"""What a project names, imported: its schema, the files that it came from, and other objects."""

from __future__ import annotations

import importlib
import operator
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from dualschema.errors import ConfigurationError, DefinitionError
from dualschema.schema import Schema

__all__ = ["load_object", "load_schema", "loaded_sources"]

_EXAMPLE: Final = '"package.module:attribute" or "folder/file.py:attribute"'


def load_schema(reference: str | None, root: Path) -> Schema:
    """Import a schema.

    Args:
        reference: ``package.module:attribute``, importable from the project's root or installed, or
            ``folder/file.py:attribute``, relative to the root.
        root: the project's folder, which comes first among the places to import from.

    Raises:
        ConfigurationError: there is no such module or attribute, it is no schema, or importing it
            fails; the failure is the error's cause.
        DefinitionError: the tables are defined wrongly.
    """
    found, module = _found(reference, root, "schema")
    if not isinstance(found, Schema):
        kind = type(found).__name__
        raise ConfigurationError(f"{reference} is no Schema but a {kind}{_schemas(module)}")
    return found


def load_object(reference: str, root: Path, key: str) -> Any:
    """Import whatever ``[tool.dualschema]`` names.

    Args:
        reference: as ``load_schema`` takes it.
        root: the project's folder.
        key: under which it is named, for what is told.

    Raises:
        ConfigurationError: there is no such module or attribute, or importing it fails.
    """
    return _found(reference, root, key)[0]


def loaded_sources(
    reference: str | None, root: Path, error: BaseException | None = None
) -> tuple[Path, ...]:
    """Return the files that a schema comes from, as far as they are the project's own, sorted.

    Args:
        reference: what ``load_schema`` was given.
        root: the project's folder.
        error: what it raised; the files that the error is about are among those returned.
    """
    files = {Path(file) for file in _module_files()} | set(_faulty(error))
    roots = {root, root.resolve()}  # the one may be a link to the other
    own = {file for file in files if any(_is_own(file, each) for each in roots)}
    return tuple(sorted({*own, *_candidates(reference, root)}))


def _found(reference: str | None, root: Path, key: str) -> tuple[Any, ModuleType]:
    """Return what a reference names, and the module that has it."""
    if not reference:
        raise ConfigurationError(
            f"no {key} is named: put {key} = {_EXAMPLE} into [tool.dualschema] of pyproject.toml"
        )
    place, _, attribute = reference.rpartition(":")
    if not place or not attribute:
        raise ConfigurationError(f"{reference!r} names no {key}: write {key} = {_EXAMPLE}")
    module = _module(place, root)
    try:
        return operator.attrgetter(attribute)(module), module
    except AttributeError as error:
        known = _schemas(module) if key == "schema" else ""
        raise ConfigurationError(f"{place} has no {attribute!r}{known}") from error


def _module(place: str, root: Path) -> ModuleType:
    file = _file(place, root)
    if file is None:
        return _imported(place, root, place)
    if not file.is_file():
        raise ConfigurationError(f"there is no file {place} in {root}")
    folder, names = file.parent, [file.stem]
    while (folder / "__init__.py").is_file():  # a package's module, so that it may import its like
        names.insert(0, folder.name)
        folder = folder.parent
    module = _imported(".".join(names), folder, place)
    if module.__file__ is None or not file.samefile(module.__file__):
        raise ConfigurationError(
            f"{place} cannot be imported: another module is called {module.__name__}; "
            "rename the file, or name it as package.module:attribute"
        )
    return module


def _file(place: str, root: Path) -> Path | None:
    """Return the file that a place names, or None where it names a module."""
    is_file = place.endswith(".py") or "/" in place or "\\" in place
    return (root / place).resolve() if is_file else None


def _imported(name: str, folder: Path, place: str) -> ModuleType:
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        return importlib.import_module(name)
    except DefinitionError:
        raise
    # A project's code may fail in any way, and its user is told where.
    except (Exception, SystemExit) as error:
        if isinstance(error, ModuleNotFoundError) and _is_part(error.name, name):
            raise ConfigurationError(
                f"there is no module {error.name!r} in {folder}, nor is it installed"
            ) from error
        raise ConfigurationError(f"{place} cannot be imported: {_told(error)}") from error


def _is_part(missing: str | None, name: str) -> bool:
    return missing is not None and f"{name}.".startswith(f"{missing}.")


def _told(error: BaseException) -> str:
    """Return an error in one line, with the place in the code that raised it."""
    kind, (text, *_) = type(error).__name__, str(error).splitlines() or [""]
    if isinstance(error, SyntaxError):
        where = f" ({error.filename}, line {error.lineno})" if error.filename else ""
        return f"{kind}: {error.msg}{where}"
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if _is_code(frame.filename)
    ]
    where = f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames else ""
    return f"{kind}: {text}{where}" if text else f"{kind}{where}"


def _is_code(file: str) -> bool:
    """Whether a file is a project's, not one of Python's, of this package's or an installed one."""
    ours = Path(__file__).parents[1]
    path = Path(file)
    return not file.startswith("<") and not path.is_relative_to(ours) and _is_no_library(path)


def _is_no_library(path: Path) -> bool:
    standard = Path(importlib.__file__).parents[1]
    installed = {"site-packages", "dist-packages"} & set(path.parts)
    return not installed and not path.is_relative_to(standard)


def _schemas(module: ModuleType) -> str:
    names = [name for name, value in vars(module).items() if isinstance(value, Schema)]
    return f"; it has {', '.join(names)}" if names else "; it has no Schema"


def _module_files() -> Iterator[str]:
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and file.endswith(".py"):
            yield file


def _faulty(error: BaseException | None) -> Iterator[Path]:
    """Yield the files that an error, and what it came from, passed through."""
    while error is not None:
        yield from (Path(frame.filename) for frame in traceback.extract_tb(error.__traceback__))
        if isinstance(error, SyntaxError) and error.filename:
            yield Path(error.filename)
        error = error.__cause__ or error.__context__


def _is_own(file: Path, root: Path) -> bool:
    return file.suffix == ".py" and file.is_relative_to(root) and _is_no_library(file)


def _candidates(reference: str | None, root: Path) -> Iterator[Path]:
    """Yield where the module itself stands, or would."""
    yield root / "pyproject.toml"
    place = (reference or "").rpartition(":")[0]
    if not place:
        return
    file = _file(place, root)
    if file is not None:
        yield file
        return
    module = root.joinpath(*place.split("."))
    yield from (module.with_suffix(".py"), module / "__init__.py")
