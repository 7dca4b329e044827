"""``dualschema studio``: a web page on this machine with the database's rows and dead letters."""

from __future__ import annotations

import contextlib
import os
import sys
import webbrowser
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from sqlalchemy.engine import URL

from dualschema.cli.report import reporting, say
from dualschema.codegen import load_schema, override, read_configuration
from dualschema.engine import normalised
from dualschema.errors import ConfigurationError

__all__ = ["studio"]

_VARIABLE: Final = "DATABASE_URL"


def studio(
    *,
    database: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help=f"postgresql://... or sqlite:///file.db; by default that of {_VARIABLE}.",
        ),
    ] = None,
    schema: Annotated[
        str | None,
        typer.Option(
            metavar="MODULE:NAME",
            help="Where the schema is: app.schema:schema or app/schema.py:schema.",
        ),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where it listens; 0 for any that is free.")
    ] = 0,
    write: Annotated[
        bool, typer.Option("--write", help="Let it change rows, and replay dead letters.")
    ] = False,
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Print the address, and open no browser.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show an error's traceback.")] = False,
) -> None:
    """Show the database in the browser: rows, dead letters, and the schema as a diagram.

    It listens on this machine alone, and answers only who has the printed address. It changes
    nothing without --write. Ctrl-C ends it.
    """
    with reporting(debug=debug, as_json=False):
        from dualschema.crud import connect
        from dualschema.crud.dialects import Kind
        from dualschema.studio import serve
        from dualschema.upload import Uploader

        configured = override(read_configuration(), schema=schema)
        url = _url(database)
        with contextlib.redirect_stdout(sys.stderr):
            tables = load_schema(configured.schema, configured.root)
        with connect(url, application_name="dualschema studio") as opened:
            takes_uploads = opened.kind is not Kind.POWERSYNC  # also tells whether it answers

            def ready(address: str) -> None:
                say(f"studio: {address}")
                say("It changes rows." if write else "It only reads: --write lets it change rows.")
                if not no_open:
                    webbrowser.open(address)

            uploader: Any = Uploader(opened, tables) if takes_uploads else None
            serve(opened, tables, ready=ready, port=port, write=write, uploader=uploader)


def _url(given: str | None) -> URL:
    text = given or os.environ.get(_VARIABLE)
    if not text:
        raise ConfigurationError(f"no database is named: give --database URL, or set {_VARIABLE}")
    url = normalised(text)
    file = url.database
    is_file = url.get_backend_name() == "sqlite" and file and "uri" not in url.query
    if is_file and file != ":memory:" and not Path(str(file)).is_file():
        raise ConfigurationError(f"there is no file {file}")  # to connect would make one
    return url
