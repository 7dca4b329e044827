"""``dualschema migrate --stamp``: a database that has the tables goes on with migrations."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from tests.cli.commands import Call, Done
from tests.fixtures.projects import Project
from tests.migrate.test_history import write

SCHEMA = """\
import dualschema as ds


class Note(ds.Table, name="notes"):
    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)


schema = ds.Schema(Note)
"""

MADE = "op.execute('CREATE TABLE made (id int)')"
MORE = "op.execute('ALTER TABLE made ADD more int')"
NEXT = "Next: `dualschema doctor` tells whether its tables are as the definition says.\n"


@pytest.fixture
def command(importing: Project, call: Call) -> Call:
    """Give the command in a project with a schema, whose database is empty."""
    importing.configure("", "first:schema")
    importing.write("first.py", SCHEMA)
    return call


@pytest.fixture
def made(importing: Project, postgres_url: str) -> str:
    """Give a database with what two migrations make."""
    folder = importing.root / "migrations"
    folder.mkdir()
    write(folder, "one", up=MADE, file="0001_one.py")
    write(folder, "two", "one", MORE, file="0002_two.py")
    write(folder, "three", "two", "op.execute('DROP TABLE made')", file="0003_three.py")
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE made (id int, more int)")
    return postgres_url


def test_a_database_that_has_it_already_is_told_how_to_go_on(command: Call, made: str) -> None:
    refused = command("migrate")
    assert (2, "") == (refused.code, refused.out)
    assert refused.err == (
        'error: 0001_one.py fails in line 7: relation "made" already exists\n'
        "if the database has from elsewhere what the migrations make, "
        "`dualschema migrate --stamp` notes them as run\n"
    )

    assert Done(0, f"noted 0001_one.py: one\n{NEXT}", "") == command(
        "migrate", "--stamp", "--to", "0001"
    )
    assert "column" in command("migrate").err
    noted = command("migrate", "--stamp", "--to", "0002", "--json")
    assert [["two"]] == [
        [each["revision"] for each in found] for found in json.loads(noted.out).values()
    ]
    assert Done(0, "ran 0003_three.py: three\n", "") == command("migrate")
    nothing = Done(0, "the database has all of these migrations: nothing to do\n", "")
    assert nothing == command("migrate", "--stamp")


def test_a_database_that_was_pushed_to_is_refused(
    command: Call, importing: Project, postgres_url: str
) -> None:
    generate = ("generate", "--database", postgres_url)
    assert (0, 0) == (command(*generate).code, command("push", "--yes").code)
    pushed = (
        "error: the database was pushed to, so notes is there, which no migration made: if it has "
        "all that they make, `dualschema migrate --stamp` notes them as run; else take another "
        "one\n"
    )
    assert Done(2, "", pushed) == command("migrate")
    with psycopg.connect(postgres_url) as connection:
        connection.execute("DROP TABLE notes")
    assert 0 == command("migrate").code
    command("rollback", "--yes")
    next((importing.root / "migrations").glob("*.py")).unlink()
    assert 0 == command("push", "--yes").code
    refused = command(*generate)
    assert (2, "") == (refused.code, refused.out)
    assert refused.err == (
        f"{pushed.partition(': if')[0]}: generate without --database, and `dualschema migrate "
        "--stamp` then notes here what is written\n"
    )


def test_nothing_is_printed_that_is_not_run(command: Call, made: str) -> None:
    said = "error: --sql prints what is run, and --stamp runs nothing: say one\n"
    assert Done(2, "", said) == command("migrate", "--sql", "--stamp")
    none = command("migrate", "--stamp", "--to", "0009")
    assert (2, "") == (none.code, none.out)
    assert none.err.startswith("error: no migration is '0009': ")
    assert 1 == command("status").code


def test_who_may_write_nothing_is_told_what_to_do(command: Call, made: str) -> None:
    fixed = ("--database", f"{made}?options=-c%20default_transaction_read_only%3Don")
    advice = "; connect to the primary, where one may write: default_transaction_read_only = off\n"
    for line in (("push", "--yes"), ("migrate",), ("migrate", "--stamp")):
        done = command(*line, *fixed)
        assert (2, "") == (done.code, done.out)
        assert done.err.endswith(f"in a read-only transaction{advice}")
    assert 1 == command("status", *fixed).code
    nowhere = ("--database", f"{made}?options=-csearch_path%3Dnowhere")
    done = command("push", "--yes", *nowhere)
    assert done.err.endswith(
        "; make the schema that its search path names, or let the role use it\n"
    )


def test_a_database_that_was_pushed_to_goes_on(command: Call) -> None:
    assert (0, 0) == (command("push", "--yes").code, command("generate", "-m", "first").code)
    assert "--stamp" in command("migrate").err

    assert Done(0, f"noted 0001_first.py: first\n{NEXT}", "") == command("migrate", "--stamp")

    assert (0, 0) == (command("status").code, command("migrate").code)
    assert Done(0, "the database is as the definition says: nothing to do\n", "") == command("push")


def test_migrations_that_were_made_one_are_noted_as_that_one(
    command: Call, importing: Project, postgres_url: str
) -> None:
    here = ("--database", postgres_url)
    importing.write("more.py", SCHEMA.replace("_id)\n", "_id)\n    more: ds.Column[int | None]\n"))
    importing.write("most.py", SCHEMA.replace("_id)\n", "_id)\n    most: ds.Column[int | None]\n"))
    for schema in ("first:schema", "more:schema"):
        assert 0 == command("generate", "--schema", schema, *here).code
        assert 0 == command("migrate").code
    folder = importing.root / "migrations"
    first, second = sorted(folder.glob("*.py"))
    last = json.loads(command("status", "--json").out)["done"][-1]["revision"]
    no_file = f"error: the database has the migration {last}, of which migrations/ has no file: "
    older = "this code is older, or it is another app's database\n"

    text = second.read_text("utf-8")
    second.unlink()
    for line in (("migrate",), ("migrate", "--stamp"), ("status",)):  # as older code does
        assert Done(2, "", no_file + older) == command(*line)
    second.write_text(text, "utf-8")
    assert 0 == command("migrate").code

    first.unlink()
    second.unlink()
    assert 0 == command("generate", "--schema", "more:schema", "-m", "All so far").code
    hint = "if it is one of several that were made one, `dualschema migrate --stamp` notes them as "
    assert Done(2, "", f"{no_file}{hint}run; else {older}") == command("migrate")
    noted = f"noted 0001_all_so_far.py: All so far\n{NEXT}"
    assert Done(0, noted, "") == command("migrate", "--stamp")

    nothing = "the database has all of these migrations: nothing to do\n"
    assert Done(0, nothing, "") == command("migrate", "--stamp")
    assert Done(0, nothing, "") == command("migrate")
    same = "the database is as the definition says: nothing to write\n"
    assert same == command("generate", "--schema", "more:schema", *here).out
    assert 0 == command("generate", "--schema", "most:schema", "-m", "most", *here).code
    assert Done(0, "ran 0002_most.py: most\n", "") == command("migrate")
    assert 0 == command("rollback", "--yes", "--steps", "2").code
    with psycopg.connect(postgres_url) as connection:
        left = "SELECT 1 FROM pg_tables WHERE tablename = 'notes'"
        assert None is connection.execute(left).fetchone()


def test_one_that_has_the_revision_of_the_last_is_had(
    command: Call, importing: Project, made: str
) -> None:
    assert 0 == command("migrate", "--stamp", "--to", "0002").code
    folder = importing.root / "migrations"
    for file in folder.glob("*.py"):
        file.unlink()
    write(folder, "two", up="raise AssertionError", file="0001_all_so_far.py")
    write(folder, "three", "two", "op.execute('DROP TABLE made')", file="0002_three.py")

    assert Done(0, "ran 0002_three.py: three\n", "") == command("migrate")


def test_a_push_to_a_database_with_migrations_tells_of_the_way_on(
    command: Call, importing: Project, postgres_url: str
) -> None:
    assert 0 == command("generate", "-m", "first", "--database", postgres_url).code
    assert 0 == command("migrate").code
    nothing = Done(0, "the database is as the definition says: nothing to do\n", "")
    assert nothing == command("push")
    revision = json.loads(command("status", "--json").out)["done"][0]["revision"]
    importing.write("more.py", SCHEMA.replace("_id)\n", "_id)\n    more: ds.Column[int | None]\n"))
    note = (
        f"this database has run migrations, the last one is {revision}, and a push is none: for "
        "other databases `dualschema generate` then writes one, and here `dualschema migrate "
        "--stamp` notes it as run"
    )

    more = ("--schema", "more:schema")
    shown = f"add column notes.more\nnote: {note}\n"
    assert Done(0, shown, "") == command("push", *more, "--dry-run")
    assert [note] == json.loads(command("push", *more, "--dry-run", "--json").out)["notes"]
    assert Done(0, f"{shown}done\n", "") == command("push", *more, "--yes")
    assert {"steps": [], "notes": [], "done": True} == json.loads(
        command("push", *more, "--json").out
    )

    assert 0 == command("generate", *more, "-m", "more").code
    assert "--stamp" in command("migrate").err
    assert Done(0, f"noted 0002_more.py: more\n{NEXT}", "") == command("migrate", "--stamp")
    assert (0, 0) == (command("status").code, command("migrate").code)


def test_a_constraint_that_was_pushed_is_there_already(
    command: Call, importing: Project, postgres_url: str
) -> None:
    migrated = ("generate", "--database", postgres_url)
    assert (0, 0) == (command(*migrated).code, command("migrate").code)
    named = "name: ds.Column[str | None] = ds.column(max_length=5)"
    plain = "name: ds.Column[str | None]"
    for file, column in (("plain", plain), ("named", named)):
        importing.write(f"{file}.py", SCHEMA.replace("_id)\n", f"_id)\n    {column}\n"))
    more = (*migrated, "--schema", "plain:schema")
    assert (0, 0) == (command(*more).code, command("migrate").code)
    assert 0 == command("push", "--schema", "named:schema", "--yes").code
    assert 0 == command("generate", "--schema", "named:schema").code

    refused = command("migrate").err

    assert 'constraint "notes_name_length_check" for relation "notes" already exists' in refused
    assert "--stamp" in refused


def test_what_migrations_print_is_not_what_programs_read(command: Call, made: str) -> None:
    shouting = "print('SHOUTING')\nrevision ="
    for file in Path("migrations").glob("*.py"):
        text = file.read_text("utf-8").replace("revision =", shouting, 1)
        file.write_text(text.replace("    op.execute", "    print('LOUD'); op.execute"), "utf-8")

    command("migrate", "--stamp", "--to", "0002")
    lines = [
        ("migrate", "--sql"),
        ("status", "--json"),
        ("migrate", "--json"),
        ("rollback", "--yes", "--json"),
        ("check", "--json"),
        ("generate", "--json"),
    ]
    for line in lines:
        done = command(*line)
        assert "SHOUTING" in done.err, line
        assert not {"SHOUTING", "LOUD"} & set(done.out.split()), line
        assert "--json" not in line or json.loads(done.out), line
