"""The demo's steps in their order; each is timed, and each comparison is noted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import dualschema as ds
from dualschema.client import find_core, open_powersync, queued_writes
from examples.timers.demo import client, server
from examples.timers.demo.display import Display
from examples.timers.demo.forms import forms_of
from examples.timers.demo.journal import Journal
from examples.timers.demo.operations import operate
from examples.timers.demo.rows import (
    Rows,
    count,
    differences,
    read_data,
    read_rows,
    write_rows,
)
from examples.timers.demo.upload import apply_entries, rows_of
from examples.timers.schema import schema

if TYPE_CHECKING:
    import apsw

__all__ = ["tell"]


def tell(began: float) -> bool:
    """Run and show all steps; return whether all rows were equal.

    Args:
        began: when the process began, by ``time.perf_counter()``.
    """
    journal, display = Journal(began), Display()
    with journal.step("Import", began=began):
        core = find_core()  # if it is missing, say so before anything is started or shown
    with ExitStack() as stack, ThreadPoolExecutor(1) as pool:
        with journal.step("Open Postgres, make both schemas"):
            # The server starts in processes of its own: make the schemas in the meantime.
            opening = pool.submit(stack.enter_context, server.server())
            ddl = schema.ddl("postgresql"), schema.ddl("sqlite")
            postgres = opening.result()
            display.schemas(*ddl)
            server.make_tables(postgres)
            plain = stack.enter_context(client.plain_sqlite())
            app = stack.enter_context(closing(open_powersync(schema, library=core)))
        databases = ds.Database(postgres), ds.Database(plain), ds.Database(app)
        rows = _round(journal, *databases)
        with journal.step("PowerSync's upload queue, decoded") as step:
            queued = rows_of(queued_writes(app))
            step.rows = count(queued)
            journal.compare(step, differences(rows, queued))
        display.forms(forms_of(rows, postgres, plain))
        with journal.step("The app's operations on each") as step:
            operations = operate(databases, rows)
            journal.compare(step, [each for done in operations for each in done.differences])
        display.operations(operations)
        _offline_and_back(journal, display, databases[0], app, rows)
        with journal.step("Close Postgres"):
            stack.close()
    display.summary(journal)
    return journal.all_equal


def _round(journal: Journal, postgres: ds.Database, plain: ds.Database, app: ds.Database) -> Rows:
    """Take the rows from the files to Postgres, from there to SQLite, from there to PowerSync."""
    with journal.step("Read the JSON files") as step:
        rows = read_data()
        step.rows = count(rows)

    def there_and_back(name: str, given: Rows, db: ds.Database) -> Rows:
        with journal.step(name) as step:
            write_rows(db, given)
            found = read_rows(db)
            step.rows = count(found)
            journal.compare(step, differences(rows, found))
        return found

    in_postgres = there_and_back("Files to Postgres, and back", rows, postgres)
    in_sqlite = there_and_back("Postgres to SQLite, and back", in_postgres, plain)
    there_and_back("SQLite to PowerSync, and back", in_sqlite, app)
    return rows


def _offline_and_back(
    journal: Journal,
    display: Display,
    postgres: ds.Database,
    app: apsw.Connection,
    rows: Rows,
) -> None:
    """Write on the client, upload, and see that both sides agree again."""
    client.empty_queue(app)  # what it holds the server has
    with journal.step("Writes of an offline client") as step:
        client.work_offline(ds.Database(app), rows)
        entries = queued_writes(app)
        step.rows = len(entries)
    display.queue(entries)
    with journal.step("Upload: server and client agree") as step:
        apply_entries(postgres, entries)
        client.empty_queue(app)
        on_server, on_client = read_rows(postgres), read_rows(ds.Database(app))
        step.rows = count(on_server)
        unseen = [] if differences(rows, on_server) else ["the upload changed nothing"]
        journal.compare(step, differences(on_client, on_server) + unseen)
