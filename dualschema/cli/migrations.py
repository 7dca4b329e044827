"""``dualschema generate``, ``migrate``, ``status``, ``rollback``: migrations, written and run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dualschema.cli.postgres import (
    InDatabase,
    OfSchema,
    connected,
    definition,
    is_named,
)
from dualschema.cli.report import AsJson, Debug, Exit, aside, ask, can_ask, reporting, say, say_json
from dualschema.codegen import Configuration, read_configuration
from dualschema.errors import EmbeddedPostgresError, MigrationError

if TYPE_CHECKING:  # the extra `cli`, but Alembic takes its time to load
    import sqlalchemy as sa

    from dualschema.migrate import History, Revision

__all__ = ["generate", "migrate", "rollback", "status"]


def generate(
    *,
    name: Annotated[
        str | None, typer.Option("--message", "-m", metavar="TEXT", help="What it is about.")
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Compare with this database, which has all migrations, and with what was changed "
            "in it by hand; by default, with a throw-away Postgres that runs them.",
        ),
    ] = None,
    schema: OfSchema = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Write what the definition changed as a new migration.

    That is the difference between the definition and the last migration. It is a file of Alembic's
    in the folder of migrations; nothing is written if nothing differs.
    Exit codes: 0 written, or no difference; 2 a mistake.
    """
    with reporting(debug=debug, as_json=as_json):
        place = definition(schema)
        history = _history(place.configuration)

        from dualschema.migrate import draft_migration
        from dualschema.migrate.rendering import notes

        with aside(), _compared(database, history) as connection:
            draft = draft_migration(
                connection,
                place.schema,
                history,
                name=name,
                publication=place.configuration.publication,
            )
        if draft is not None:
            draft.write()
        root = place.configuration.root
        steps = [] if draft is None else [step.text for step in draft.steps]
        if as_json:
            file = None if draft is None else _short(draft.file, root)
            say_json({"file": file, "steps": steps})
        elif draft is None:
            compared = "migrations are" if database is None else "database is"
            say(f"the {compared} as the definition says: nothing to write", "green")
        else:
            for step in draft.steps:
                said = notes(step)
                say("\n  ".join([step.text, *said]), "red" if said else "")
            say(f"wrote {_short(draft.file, root)}", "green")


def migrate(
    *,
    to: Annotated[
        str | None, typer.Option(metavar="REV", help="The last one to run: a revision, or 0003.")
    ] = None,
    sql: Annotated[bool, typer.Option("--sql", help="Print the SQL, and run nothing.")] = False,
    stamp: Annotated[
        bool,
        typer.Option(
            "--stamp", help="Run nothing, and note them as run: for tables that are there already."
        ),
    ] = False,
    database: InDatabase = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Run the migrations that a database has not.

    They run in one transaction, unless one uses Alembic's autocommit_block(). Of several processes
    that do so at once, one does, and the others wait and find nothing to do.
    With --sql and no database, the SQL of all migrations is printed.
    Exit codes: 0 done, or nothing to do; 2 a mistake, or one failed: nothing was changed.
    """
    with reporting(debug=debug, as_json=as_json):
        history = _with_files(read_configuration())
        if sql and stamp:
            raise MigrationError("--sql prints what is run, and --stamp runs nothing: say one")
        if sql:
            current = _current(history, database)
            with aside():
                text = history.sql(current, to)
            _say_sql(text, as_json=as_json)
            return
        with aside(), connected(database) as connection:
            done = (history.stamp if stamp else history.upgrade)(connection, to)
        if as_json:
            say_json({"noted" if stamp else "done": _documents(done)})
        elif done and stamp:
            _list(done, "noted", "")
            say("Next: `dualschema doctor` tells whether its tables are as the definition says.")
        else:
            _list(done, "ran", "the database has all of these migrations: nothing to do")


def status(*, database: InDatabase = None, as_json: AsJson = False, debug: Debug = False) -> None:
    """Show which migrations a database has.

    Exit codes: 0 it has all; 1 some are still to be run; 2 a mistake.
    """
    with reporting(debug=debug, as_json=as_json):
        history = _with_files(read_configuration())
        with connected(database) as connection:
            done, waiting = history.state(connection)
        if as_json:
            say_json({"done": _documents(done), "waiting": _documents(waiting)})
        else:
            for each in history.revisions:
                _list([each], "has" if each in done else "waits", "")
        if waiting:
            raise typer.Exit(Exit.STALE)


def rollback(
    *,
    steps: Annotated[
        int, typer.Option(min=1, metavar="COUNT", help="How many migrations to undo.")
    ] = 1,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")] = False,
    database: InDatabase = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Undo the last migrations that a database has.

    That is one transaction. What they added is dropped, with the values in it, so it asks first.
    Exit codes: 0 done, or nothing to do; 2 a mistake, or one failed: nothing was changed.
    """
    with reporting(debug=debug, as_json=as_json):
        history = _with_files(read_configuration())
        with connected(database) as connection:
            done, _ = history.split(history.settled(connection))
            if done and not yes and not _is_wanted(done[-steps:]):
                if as_json:
                    say_json({"undone": []})
                else:
                    say("nothing was changed")
                raise typer.Exit(Exit.MISTAKE)
            last = done[-1] if done else None
            with aside():
                undone = history.downgrade(connection, steps, last=last)
        if as_json:
            say_json({"undone": _documents(undone)})
        else:
            _list(undone, "undid", "the database has no migrations: nothing to do")


def _current(history: History, url: str | None) -> str | None:
    """Return the last migration that the database has, if one is named."""
    if not is_named(url):
        return None
    with connected(url) as connection:
        return history.settled(connection)


def _say_sql(text: str, *, as_json: bool) -> None:
    if as_json:
        say_json({"sql": text})
    else:
        typer.echo(text, nl=False)


def _history(configuration: Configuration) -> History:
    from dualschema.migrate import History

    with aside():  # the files are imported
        return History(configuration.root / configuration.migrations)


def _with_files(configuration: Configuration) -> History:
    """Return the migrations that are to be run: a folder without any is taken for a wrong one."""
    history = _history(configuration)
    if not history.revisions:
        raise MigrationError(
            f"there are no migrations in {configuration.migrations.rstrip('/')}/: `dualschema "
            "generate` writes the first, or `migrations` in pyproject.toml is to name another "
            "folder"
        )
    return history


@contextlib.contextmanager
def _compared(url: str | None, history: History) -> Iterator[sa.Connection]:
    if url is not None:
        with connected(url) as connection:
            yield connection
        return

    from dualschema.migrate import throw_away

    try:
        with throw_away(history) as connection:
            yield connection
    except EmbeddedPostgresError as error:
        raise EmbeddedPostgresError(
            f"{error}\nOr compare with a database that has all migrations: --database URL."
        ) from error


def _is_wanted(last: Sequence[Revision]) -> bool:
    names = ", ".join(each.file for each in reversed(last))
    if not can_ask():
        raise MigrationError(
            f"nobody can be asked here, and nothing was changed: --yes undoes {names}"
        )
    return ask(f"Undo {names}, and lose what they added?")


def _list(revisions: Sequence[Revision], verb: str, none: str) -> None:
    for each in revisions:
        say(f"{verb} {each.file}: {each.title}", "yellow" if verb == "waits" else "")
    if not revisions and none:
        say(none, "green")


def _documents(revisions: Sequence[Revision]) -> list[dict[str, Any]]:
    return [{"revision": r.id, "file": r.file, "title": r.title} for r in revisions]


def _short(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
