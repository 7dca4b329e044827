"""``dualschema studio``: a web page on this machine with the database's rows and dead letters."""

from __future__ import annotations

import threading
import webbrowser
from typing import Annotated

import typer

from dualschema.cli.database_url import VARIABLE
from dualschema.cli.postgres import OfSchema, definition
from dualschema.cli.report import AsJson, Debug, reporting, say, say_json
from dualschema.cli.server import open_database

__all__ = ["studio"]


def studio(
    *,
    database: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="postgresql://... or sqlite:///file.db; by default that of the project's "
            f"uploader, or of {VARIABLE}.",
        ),
    ] = None,
    schema: OfSchema = None,
    port: Annotated[
        int,
        typer.Option(
            min=0, max=65535, metavar="NUMBER", help="Where it listens; 0 for any that is free."
        ),
    ] = 0,
    write: Annotated[
        bool, typer.Option("--write", help="Let it change rows, and replay dead letters.")
    ] = False,
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Print the address, and open no browser.")
    ] = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Show rows, dead letters and a diagram in the browser.

    It listens on this machine alone, and answers only who has the printed address. It changes
    nothing without --write. Ctrl-C ends it.
    Exit codes: 0 ended by Ctrl-C; 2 a mistake.
    """
    with reporting(debug=debug, as_json=as_json):
        from dualschema.studio import serve

        place = definition(schema)

        def ready(address: str) -> None:
            if as_json:
                say_json({"address": address, "write": write})
            else:
                say(f"studio: {address}")
                say("It changes rows." if write else "It only reads: --write lets it change rows.")
            if not no_open:
                # In a thread: some browsers are waited for until they end.
                threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

        with open_database(database, place.schema, place.configuration) as (opened, uploader):
            serve(opened, place.schema, ready=ready, port=port, write=write, uploader=uploader)
