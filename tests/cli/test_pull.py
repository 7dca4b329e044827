"""``dualschema pull``: what each option does, what is printed, and the exit codes."""

from __future__ import annotations

import json

import psycopg
import pytest

from tests.cli.commands import Done, run
from tests.fixtures.projects import Project

TABLES = """
CREATE TABLE notes (id text PRIMARY KEY, title text NOT NULL DEFAULT '', user_id text);
CREATE TABLE tags (note_id text, tag text, PRIMARY KEY (note_id, tag));
"""

LEFT_OUT = (
    "tags: the table is left out, since its key has 2 columns (note_id, tag), and a definition's "
    "has one"
)


@pytest.fixture
def url(postgres_url: str) -> str:
    with psycopg.connect(postgres_url) as connection:
        connection.execute(TABLES)
    return postgres_url


def test_a_definition_is_written_once(project: Project, url: str) -> None:
    said = f"left out: {LEFT_OUT}\n"
    end = "1 table; 1 left out, 0 changed: see the file's comments\n"

    assert Done(0, f"{said}wrote schema.py\n{end}", "") == run(project, "pull", DATABASE_URL=url)
    text = project.contents()["schema.py"].decode()
    assert 'title: ds.Column[str] = ds.column(default="")' in text
    assert f"# {LEFT_OUT}"[:80] in text
    again = run(project, "pull", "--database", url)
    assert Done(0, f"{said}schema.py is up to date\n{end}", "") == again


def test_another_file_is_not_replaced_unless_forced(project: Project, url: str) -> None:
    project.write("app/schema.py", "mine\n")

    done = run(project, "pull", "--database", url, "--out", "app/schema.py")
    assert (2, "") == (done.code, done.out)
    assert (
        "error: app/schema.py is there already: name another with --out, or say --force to replace "
        "it\n"
    ) == done.err
    assert b"mine\n" == project.contents()["app/schema.py"]
    done = run(project, "pull", "--database", url, "--out", "app/schema.py", "--force")
    assert 0 == done.code
    assert b"class Note(" in project.contents()["app/schema.py"]


def test_programs_read_json(project: Project, url: str) -> None:
    done = run(project, "pull", "--json", "--tables", "notes,tags", DATABASE_URL=url)

    assert (0, "") == (done.code, done.err)
    note = {"kind": "left_out", "table": "tags", "column": None}
    text = LEFT_OUT.removeprefix("tags: ")
    assert {
        "path": "schema.py",
        "state": "new",
        "tables": ["notes"],
        "notes": [{**note, "text": text}],
    } == json.loads(done.out)


def test_tables_schema_and_owner_are_chosen(project: Project, url: str) -> None:
    done = run(project, "pull", "--tables", "notes", "--owner", "user_id", DATABASE_URL=url)

    assert Done(0, "wrote schema.py\n1 table, all as they are\n", "") == done
    assert b"owner=True" in project.contents()["schema.py"]
    done = run(project, "pull", "--schema", "nowhere", DATABASE_URL=url)
    assert (2, "error: the database has no schema nowhere: name another with --schema\n") == (
        done.code,
        done.err,
    )


def test_typescript_is_read_instead(project: Project) -> None:
    project.write("a.ts", "export const S = new Schema({ notes: new Table({ t: column.text }) });")
    project.write("b.ts", "export const notes = pgTable('notes', { id: text('id').primaryKey() });")

    for option, file in (("--from-powersync", "a.ts"), ("--from-drizzle", "b.ts")):
        out = file.replace(".ts", ".py")
        done = run(project, "pull", option, file, "--out", out)
        assert Done(0, f"wrote {out}\n1 table, all as they are\n", "") == done
        assert b"# Best effort" in project.contents()[out]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "DATABASE_URL is empty: set it, or give --database URL"),
        (["--database", ""], "--database is empty"),
        (["--database", "x", "--from-drizzle", "y"], "exclude each other"),
        (["--from-drizzle", "none.ts"], "none.ts cannot be read: No such file or directory"),
        (["--from-drizzle", "notes_schema.py"], "the file holds no table that can be read"),
        (["--from-drizzle", "none.ts", "--tables", "a"], "go with a database, not with a file"),
        (["--database", "nonsense"], "the database's URL cannot be read"),
        (["--database", "postgresql://u:secret@127.0.0.1:1/x"], "the database cannot be reached"),
    ],
)
def test_mistakes_are_told_and_change_nothing(
    project: Project, arguments: list[str], expected: str
) -> None:
    before = project.contents()
    done = run(project, "pull", *arguments, DATABASE_URL="")

    assert (2, "") == (done.code, done.out)
    assert expected in done.err
    assert "secret" not in done.err
    assert 1 == done.err.count("\n")
    assert before == project.contents()
