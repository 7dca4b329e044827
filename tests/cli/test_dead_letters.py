"""``dualschema dead-letters``: what was refused is found, and replayed or closed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import dualschema as ds
from dualschema.cli import main
from dualschema.codegen import load_schema
from dualschema.upload import Batch, DeadLetter, Operation, Transaction, Uploader
from tests.cli.commands import Done
from tests.fixtures.projects import Project

SCHEMA = """\
import dualschema as ds


class Folder(ds.Table, name="folders"):
    id: ds.Column[str] = ds.column(primary_key=True)
    slug: ds.Column[str] = ds.column(unique=True)
    user_id: ds.Column[str] = ds.column(owner=True)


class Page(ds.Table, name="pages"):
    id: ds.Column[str] = ds.column(primary_key=True)
    text: ds.Column[str] = ds.column(default="")
    stars: ds.Column[int] = ds.column(default=0, ge=0)
    folder_id: ds.Column[str] = ds.column(foreign_key="folders.id")
    user_id: ds.Column[str] = ds.column(owner=True)


schema = ds.Schema(Folder, Page)
"""


@dataclass
class Server:
    """A project with a database, and the command in this process.

    Attributes:
        url: the database's, with a password that nothing may print.
    """

    project: Project
    url: str
    capsys: pytest.CaptureFixture[str]
    db: ds.Database
    schema: ds.Schema
    up: Uploader = field(init=False)
    sent: int = 0

    def __post_init__(self) -> None:
        self.up = Uploader(self.db, self.schema, after_refusal="skip")
        with self.db.engine.begin() as connection:
            self.schema.create_all(connection)
        self.up.create_tables()

    def __call__(self, *arguments: str) -> Done:
        """Run a command."""
        code = main(["dead-letters", *arguments])
        said = self.capsys.readouterr()
        assert "secret" not in said.out + said.err
        return Done(code, said.out, said.err)

    def json(self, *arguments: str) -> Any:
        """Run a command that succeeds; return what it tells programs."""
        done = self(*arguments, "--json")
        assert (0, "") == (done.code, done.err)
        return json.loads(done.out)

    def table(self, name: str) -> Any:
        return next(t for t in self.schema.tables if t.__name__ == name)

    def refused(self, *operations: Operation, user: str = "ann") -> str:
        """Send a transaction that is refused; return its letter."""
        self.sent += 1
        time.sleep(0.002)  # two letters of one millisecond would be of the same age
        for place, operation in enumerate(operations):
            operation.op_id = self.sent * 100 + place
        batch = Batch([Transaction(list(operations), self.sent)], f"{user}'s phone")
        [result] = self.up.apply(batch, user)
        letter: str = result.wire()["failed_operation"]["details"]["dead_letter"]
        return letter

    def take_slug(self) -> None:
        """Have a row that is in the way of ``a_family``."""
        row = self.table("Folder")(id="f0", slug="home", user_id="bob")
        self.db.run(ds.insert(row))

    def free_slug(self) -> None:
        self.db.run(ds.delete(self.table("Folder"), "f0"))

    def a_family(self) -> tuple[str, str, str]:
        """Have a folder refused, a page that needs it, and a change of the page."""
        self.take_slug()
        return (
            self.refused(Operation("PUT", "folders", "f1", {"slug": "home"})),
            self.refused(Operation("PUT", "pages", "p1", {"folder_id": "f1", "text": "a"})),
            self.refused(Operation("PATCH", "pages", "p1", {"text": "b"})),
        )

    def states(self) -> dict[str, str]:
        return {each.id: each.state for each in self.up.letters.all(state=None)}


@pytest.fixture(params=["postgres", "sqlite"])
def server(
    request: pytest.FixtureRequest,
    importing: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Iterator[Server]:
    """Give a server on each kind of database, which the environment names."""
    url = f"sqlite:///{tmp_path / 'server.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    importing.write("letters_schema.py", SCHEMA)
    importing.configure("", "letters_schema:schema")
    monkeypatch.chdir(importing.root)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("NO_COLOR", "1")
    with ds.connect(url) as db:
        schema = load_schema("letters_schema:schema", importing.root)
        yield Server(importing, url, capsys, db, schema)


def test_without_letters_there_is_nothing_to_list(server: Server) -> None:
    assert Done(0, "no dead letters\n", "") == server("list")
    assert [] == server.json("list")
    assert Done(0, "no dead letters wait\n", "") == server("replay", "--all")


def test_letters_are_listed_with_their_reasons(server: Server) -> None:
    folder, page, change = server.a_family()

    done = server("list")

    lines = [line for line in done.out.splitlines() if line.startswith("│")]
    cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]
    assert (0, "") == (done.code, done.err)
    assert [[folder, "ann"], [page, "ann"], [change, "ann"]] == [each[:2] for each in cells]
    assert ["UNIQUE_VIOLATION", "1", ""] == [cells[0][3], *cells[0][5:]]
    assert "another row has this value" in cells[0][4]
    assert ["BLOCKED", "folder_id: it names a row that is not there", "1", folder] == cells[1][3:]
    assert ["BLOCKED", "the row's own write was refused, and waits", "1", page] == cells[2][3:]


def test_a_list_may_be_of_one_user_or_of_another_state(server: Server) -> None:
    family = server.a_family()
    other = server.refused(Operation("PUT", "pages", "p1", {"folder_id": "no"}), user="eve")
    server("discard", family[2])

    def listed(*arguments: str) -> list[str]:
        return [each["id"] for each in server.json("list", *arguments)]

    assert [*family[:2], other] == listed()
    assert [other] == listed("--user", "eve")
    assert [family[2]] == listed("--state", "discarded")
    assert [*family, other] == listed("--state", "all")
    assert [] == listed("--state", "trying")
    assert " state " in server("list", "--state", "all").out
    assert 2 == server("list", "--state", "lost").code


def test_programs_are_told_all_of_a_letter(server: Server) -> None:
    folder, page, _ = server.a_family()

    listed, shown = server.json("list")[1], server.json("show", page)

    assert folder == listed["blocked_by"][0]
    assert 1 == listed.pop("operations")
    [operation] = shown.pop("operations")
    assert {
        "op": "PUT",
        "table": "pages",
        "id": "p1",
        "op_id": 200,
        "op_data": {"folder_id": "f1", "text": "a"},
    } == operation
    extra = {"resolved_at": None, "transaction_id": 2, "operation_index": 0}
    details = shown.pop("details")
    assert {"table": "pages", "id": "p1", "column": "folder_id", "blocked_by": [folder]} == details
    assert {**listed, **extra} == {**shown, "transaction_id": int(shown["transaction_id"])}
    assert ("ann", "ann's phone", "waiting") == (
        listed["user_id"],
        listed["client_id"],
        listed["state"],
    )


def test_a_letter_is_shown_with_its_operations_and_nothing_steers_the_terminal(
    server: Server,
) -> None:
    letter = server.refused(
        Operation("PATCH", "pages", "p1", {"text": "é\x1b[2J"}),
        Operation("DELETE", "pages", "p\x1b[2J2", {}),
        Operation("PATCH", "nowhere", "p1", {}),
    )

    done = server("show", letter)

    when = server.json("show", letter)["created_at"]
    assert (
        f"id:          {letter}\n"
        "user:        ann\n"
        "client:      ann's phone\n"
        f"when:        {when}\n"
        "state:       waiting\n"
        "refused:     UNKNOWN_TABLE: there is no such table to upload to\n"
        "operation:   2\n"
        '   0  PATCH pages p1  {"text": "é\\u001b[2J"}\n'
        "   1  DELETE pages p\ufffd[2J2\n"
        "   2  PATCH nowhere p1  {}\n"
    ) == done.out
    assert "\x1b" not in server("list").out


def test_a_replay_whose_cause_remains_is_refused_again(server: Server) -> None:
    folder, page, _ = server.a_family()

    done = server("replay", folder)
    reason = server.up.letters.get(folder).message
    assert Done(1, f"{folder}  refused again, UNIQUE_VIOLATION: {reason}\n", "") == done

    done = server("replay", page)
    reason = f"BLOCKED: folder_id: it names a row that is not there; it waits for {folder}"
    assert Done(1, f"{page}  refused again, {reason}\n", "") == done

    done = server("replay", "--all", "--json")
    assert 1 == done.code
    assert ["refused"] * 3 == [each["result"] for each in json.loads(done.out)]
    assert {"waiting"} == set(server.states().values())


def test_when_its_cause_is_gone_it_is_replayed_with_those_that_waited(server: Server) -> None:
    family = server.a_family()
    server.free_slug()

    done = server("replay", family[0])

    assert Done(0, "".join(f"{each}  replayed\n" for each in family), "") == done
    assert {"replayed"} == set(server.states().values())
    page = server.db.get(server.table("Page"), "p1")
    assert ("b", "f1", "ann") == (page.text, page.folder_id, page.user_id)


def test_one_that_waited_and_is_refused_for_its_own_reason_is_told(server: Server) -> None:
    server.take_slug()
    folder = server.refused(Operation("PUT", "folders", "f1", {"slug": "home"}))
    page = server.refused(Operation("PUT", "pages", "p1", {"folder_id": "f1"}))
    bad = server.refused(
        Operation("PUT", "pages", "p2", {"folder_id": "f1"}),
        Operation("PATCH", "pages", "p2", {"stars": -1}),
    )
    server.free_slug()

    done = server("replay", folder, "--json")

    told = {each["id"]: each for each in json.loads(done.out)}
    assert 1 == done.code
    assert {folder: "replayed", page: "replayed", bad: "refused"} == {
        each: found["result"] for each, found in told.items()
    }
    assert "INVALID_DATA" == told[bad]["error_code"]


def test_all_of_a_user_are_replayed_in_the_order_of_their_age(server: Server) -> None:
    family = server.a_family()
    other = server.refused(Operation("PUT", "folders", "f9", {"slug": "home"}), user="eve")
    server.free_slug()

    done = server("replay", "--all", "--user", "ann", "--json")

    assert (0, list(family)) == (done.code, [each["id"] for each in json.loads(done.out)])
    assert "waiting" == server.states()[other]
    done = server("replay", "--all")
    assert (1, f"{other}  refused again, ") == (done.code, done.out[: len(other) + 17])


def test_letters_are_replayed_by_age_however_they_are_named(server: Server) -> None:
    folder, page, _ = server.a_family()
    server.free_slug()

    assert 0 == server("replay", page, folder).code
    assert {"replayed"} == set(server.states().values())


def test_a_discarded_letter_leaves_those_that_wait_for_it(server: Server) -> None:
    folder, page, change = server.a_family()

    done = server("discard", folder)

    waits = [
        f"{each} waits for it still: --with-blocked discards it, too\n" for each in (page, change)
    ]
    assert Done(0, f"{folder}  discarded\n" + "".join(waits), "") == done
    assert {folder: "discarded", page: "waiting", change: "waiting"} == server.states()


def test_those_that_wait_for_it_may_be_discarded_as_well(server: Server) -> None:
    family = server.a_family()
    other = server.refused(Operation("PUT", "pages", "p9", {"folder_id": "no"}))

    told = server.json("discard", family[0], "--with-blocked")

    assert [{"id": each, "result": "discarded"} for each in family] == told["letters"]
    assert [] == told["still_blocked"]
    assert {**dict.fromkeys(family, "discarded"), other: "waiting"} == server.states()
    assert "discarded" in server("show", family[0]).out


def test_nothing_is_done_where_one_of_the_ids_is_wrong(server: Server) -> None:
    folder, page, _ = server.a_family()
    server("discard", page)
    server.free_slug()

    for command in ("replay", "discard"):
        done = server(command, folder, "nowhere")
        assert Done(2, "", "error: there is no dead letter nowhere\n") == done
        done = server(command, folder, page)
        assert Done(2, "", f"error: the dead letter {page} was discarded already\n") == done
    assert Done(2, "", "error: there is no dead letter nowhere\n") == server("show", "nowhere")
    assert "waiting" == server.states()[folder]


def test_what_a_client_still_sends_is_not_replayed(server: Server) -> None:
    def failing(*_: Any) -> bool:
        raise KeyError("a fault of the application's")

    server.db.run(ds.insert(server.table("Folder")(id="f1", slug="a", user_id="ann")))
    server.up = Uploader(server.db, server.schema, authorise={server.table("Page"): failing})
    operation = Operation("PUT", "pages", "p1", {"folder_id": "f1"}, op_id=1)
    server.up.apply(Batch([Transaction([operation])], "phone"), "ann")
    [letter] = server.states()

    done = server("replay", letter)

    reason = "is not given up yet: its client sends it again"
    assert Done(2, "", f"error: the dead letter {letter} {reason}\n") == done
    assert [letter] == [each["id"] for each in server.json("list", "--state", "trying")]


@pytest.mark.parametrize("arguments", [[], ["some-id", "--all"], ["some-id", "--user", "ann"]])
def test_a_replay_is_of_named_letters_or_of_all(server: Server, arguments: list[str]) -> None:
    done = server("replay", *arguments)

    wanted = "error: name the dead letters to replay, or say --all, or --all --user ID\n"
    assert Done(2, "", wanted) == done


SERVER = """\
import os

import dualschema as ds
from dualschema.upload import Uploader
from letters_schema import Page, schema

print("this is said as it is imported")


def allows(user, request, row):
    print("asked")
    if "bad" in request.values.get("text", ""):
        raise ds.RefusedError("mind your words", code="RUDE", column="text")
    return True


def make():
    return Uploader(ds.connect(os.environ["APP_DATABASE"]), schema, authorise={Page: allows})


number = 3


def failing():
    raise KeyError("secret")
"""


def configure(server: Server, monkeypatch: pytest.MonkeyPatch, uploader: str) -> None:
    """Have the project name an uploader, with a database of its own."""
    text = SERVER + "\n\nuploader = make()\n" if uploader.endswith(":uploader") else SERVER
    server.project.write("letters_server.py", text)
    server.project.write(
        "pyproject.toml",
        f'[tool.dualschema]\nschema = "letters_schema:schema"\nuploader = "{uploader}"\n',
    )
    monkeypatch.setenv("APP_DATABASE", server.url)
    monkeypatch.delenv("DATABASE_URL")


@pytest.mark.parametrize("name", ["uploader", "make"])
def test_the_projects_own_uploader_has_its_rules(
    server: Server, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    server.db.run(ds.insert(server.table("Folder")(id="f1", slug="a", user_id="ann")))
    configure(server, monkeypatch, f"letters_server:{name}")
    letter = server.refused(
        Operation("PUT", "pages", "p1", {"folder_id": "f1", "text": "bad", "stars": 1}),
        Operation("PATCH", "pages", "p1", {"stars": -1}),
    )
    entries = json.dumps(json.loads(server.up.letters.get(letter).entries)[:1])
    server.db.run(ds.update(DeadLetter, letter).set(entries=entries))  # the cause is gone

    assert [letter] == [each["id"] for each in json.loads(server("list", "--json").out)]
    done = server("replay", letter)

    assert (1, f"{letter}  refused again, RUDE: mind your words\n") == (done.code, done.out)
    assert "asked" in done.err


@pytest.mark.parametrize(
    ("uploader", "arguments", "reason"),
    [
        (
            "letters_server:make",
            ("--database", "sqlite://"),
            (
                "letters_server:make, the uploader of [tool.dualschema], has its own database: "
                "leave --database out"
            ),
        ),
        (
            "letters_server:number",
            (),
            "letters_server:number is no Uploader, nor a function that makes one, but gives a int",
        ),
        (
            "letters_server:failing",
            (),
            "letters_server:failing failed by KeyError: --debug shows where",
        ),
        ("letters_server:lost", (), "letters_server has no 'lost'"),
        (
            "letters_server",
            (),
            (
                "'letters_server' names no uploader: write uploader = "
                '"package.module:attribute" or "folder/file.py:attribute"'
            ),
        ),
    ],
)
def test_an_uploader_that_cannot_be_had_is_a_mistake(
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    uploader: str,
    arguments: tuple[str, ...],
    reason: str,
) -> None:
    configure(server, monkeypatch, uploader)

    done = server("list", *arguments)

    assert (2, "") == (done.code, done.out)
    assert done.err.endswith(f"error: {reason}\n")


# The database.


@pytest.fixture
def bare(
    importing: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Give the command in a project, where no database is named."""
    monkeypatch.chdir(importing.root)
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def call(*arguments: str) -> Done:
        code = main(["dead-letters", *arguments])
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return call


@pytest.mark.parametrize(
    "arguments", [["list"], ["show", "a"], ["replay", "--all"], ["discard", "a"]]
)
def test_a_database_must_be_named(bare: Callable[..., Done], arguments: list[str]) -> None:
    wanted = "error: no database is named: give --database URL, or set DATABASE_URL\n"
    assert Done(2, "", wanted) == bare(*arguments)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (
            "postgresql://me:secret@localhost:secret/a",
            "the database's URL cannot be read: postgresql://user@host/name or sqlite:///file.db",
        ),
        ("mysql://me:secret@localhost/a", "a URL of Postgres or SQLite is wanted, not of 'mysql'"),
        ("sqlite:///nowhere.db", "there is no file nowhere.db"),
        (
            "sqlite://",
            "the database has no table dualschema_dead_letters: Uploader.create_tables() makes it",
        ),
        (
            "postgresql://me:secret@127.0.0.1:1/a",
            "no connection to the database can be made: ",
        ),
    ],
)
def test_a_database_that_cannot_be_used_is_told_without_its_password(
    bare: Callable[..., Done], tmp_path: Path, url: str, reason: str
) -> None:
    for option in ([], ["--debug"]):
        done = bare("list", "--database", url, *option)
        assert (2, "") == (done.code, done.out)
        assert f"error: {reason}" in done.err
        assert "secret" not in done.err
    assert not Path("nowhere.db").exists()


def test_a_named_database_is_before_the_environments(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = server.a_family()[0]
    monkeypatch.setenv("DATABASE_URL", "sqlite:///nowhere.db")

    assert letter in server("list", "--database", server.url).out


def test_only_a_replay_needs_the_schema(server: Server) -> None:
    letter = server.a_family()[0]
    server.project.write("pyproject.toml", "[tool.dualschema]\n")

    assert 0 == server("list").code
    done = server("replay", letter)
    assert (2, True) == (done.code, done.err.startswith("error: no schema is named: put schema ="))
    assert 0 == server("discard", letter).code


def test_help_names_the_commands(bare: Callable[..., Done]) -> None:
    assert bare() == bare("--help")
    for name in ("list", "show", "replay", "discard"):
        assert f"\n  {name} " in bare().out
    assert "`dualschema dead-letters replay --help` shows" in bare("replay", "--al").err
