"""``dualschema pull``: writes a definition file from what there is already."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from dualschema.cli.database_url import named_url
from dualschema.cli.new_file import new_file
from dualschema.cli.report import AsJson, Debug, Exit, counted, reporting, say, say_json
from dualschema.codegen import State, write_files
from dualschema.errors import ConfigurationError

if TYPE_CHECKING:  # imported where it is used: other commands begin sooner without it
    from dualschema.pull import Pulled

__all__ = ["pull"]

_STYLES: Final = {"left_out": "yellow", "changed": "yellow", "hint": "dim"}


def pull(
    *,
    database: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The Postgres database; by default DATABASE_URL."),
    ] = None,
    out: Annotated[Path, typer.Option(metavar="PATH", help="The file to write.")] = Path(
        "schema.py"
    ),
    tables: Annotated[
        str | None, typer.Option(metavar="NAME,...", help="The tables to read; all by default.")
    ] = None,
    schema: Annotated[
        str, typer.Option(metavar="NAME", help="The Postgres schema to read.")
    ] = "public",
    owner: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="The column that holds the owner's user id."),
    ] = None,
    from_powersync: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Read a PowerSync schema in TypeScript; best effort."),
    ] = None,
    from_drizzle: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Read Drizzle's pgTable(...) instead; best effort."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write the file even if another is there.")
    ] = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Write a definition file from tables that there are.

    They are a Postgres database's, or PowerSync's or Drizzle's. The database is only read. What a
    definition cannot say stands in the file, and is printed.
    Exit codes: 0 done, 2 a mistake, and nothing was changed.
    """
    from dualschema.pull import pull_drizzle, pull_postgres, pull_powersync

    with reporting(debug=debug, as_json=as_json):
        given = [each for each in (database, from_powersync, from_drizzle) if each is not None]
        if len(given) > 1:
            raise ConfigurationError(
                "--database, --from-powersync and --from-drizzle exclude each other"
            )
        if (from_powersync or from_drizzle) and (tables is not None or schema != "public"):
            raise ConfigurationError("--tables and --schema go with a database, not with a file")
        if from_powersync is not None:
            pulled = pull_powersync(_read(from_powersync), owner=owner)
        elif from_drizzle is not None:
            pulled = pull_drizzle(_read(from_drizzle), owner=owner)
        else:
            wanted = [name.strip() for name in (tables or "").split(",") if name.strip()]
            pulled = pull_postgres(named_url(database), schema=schema, tables=wanted, owner=owner)
        state = _write(out, pulled.source, force=force)
        if as_json:
            say_json(_document(out, pulled, state))
        else:
            _tell(out, pulled, state)
        raise typer.Exit(Exit.DONE)


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file} is no text in UTF-8") from None
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from None


def _write(file: Path, source: str, *, force: bool) -> State:
    planned = new_file("pull", str(file), source, force=force)
    if planned.state is not State.CURRENT:
        write_files([planned])
    return planned.state


def _document(file: Path, pulled: Pulled, state: State) -> dict[str, Any]:
    return {
        "path": str(file),
        "state": state.value,
        "tables": list(pulled.tables),
        "notes": [
            {"kind": n.kind.value, "table": n.table, "column": n.column, "text": n.text}
            for n in pulled.notes
        ],
    }


def _tell(file: Path, pulled: Pulled, state: State) -> None:
    for note in pulled.notes:
        say(f"{note.kind.value.replace('_', ' ')}: {note}", _STYLES[note.kind.value])
    if state is State.CURRENT:
        say(f"{file} is up to date")
    else:
        say(f"wrote {file}", "green")
    kinds = [note.kind.value for note in pulled.notes]
    left, changed = kinds.count("left_out"), kinds.count("changed")
    tables = counted(len(pulled.tables), "table")
    if left or changed:
        say(f"{tables}; {left} left out, {changed} changed: see the file's comments", "yellow")
    else:
        say(f"{tables}, all as they are")
