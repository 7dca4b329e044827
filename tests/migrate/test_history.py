"""A folder of migrations: what goes wrong in it is told in a line, and whose the database is."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

import dualschema as ds
from dualschema.errors import MigrationError
from dualschema.migrate import Draft, History, draft_migration
from dualschema.migrate.ledger import hold_lock, made_tables
from tests.metadata.catalogs import Postgres
from tests.migrate.databases import Database, fresh_database
from tests.schema.define import define

UNNAMED = "bad.py names no revision or down_revision: if it is no migration, it belongs elsewhere"

FILE = """\
'''{title}'''
from alembic import op
revision = {revision!r}
down_revision = {parent!r}

def upgrade() -> None:
    {up}

def downgrade() -> None:
    op.execute("SELECT 1")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "migrations"
    made.mkdir()
    return made


def write(
    folder: Path, revision: str, parent: str | None = None, up: str = "pass", *, file: str = ""
) -> Path:
    """Write a migration by hand."""
    path = folder / (file or f"{revision}.py")
    path.write_text(FILE.format(title=revision, revision=revision, parent=parent, up=up), "utf-8")
    return path


def upgraded(database: Database, folder: Path) -> list[str]:
    with database.engine.begin() as connection:
        return [each.id for each in History(folder).upgrade(connection)]


def fault(database: Database, folder: Path) -> str:
    """Return how the migrations of a folder fail."""
    with pytest.raises(MigrationError) as caught:
        upgraded(database, folder)
    return str(caught.value)


def test_what_fails_is_told_with_its_file_and_line(database: Database, folder: Path) -> None:
    write(folder, "one")
    for up, said in (
        ("op.execute('SELECT no_such()')", "function no_such() does not exist"),
        ("{}['x']", "KeyError: 'x'"),
    ):
        write(folder, "two", "one", up)
        assert f"two.py fails in line 7: {said}" == fault(database, folder)
    assert [] == database.run("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")


def test_a_file_that_cannot_be_loaded_is_named(database: Database, folder: Path) -> None:
    for text, message in (
        ("revision = (", "bad.py fails in line 1: SyntaxError: '(' was never closed"),
        ("\n1 / 0", "bad.py fails in line 2: ZeroDivisionError: division by zero"),
        ("pass", UNNAMED),
    ):
        (folder / "bad.py").write_text(text, "utf-8")
        assert message == fault(database, folder)
    (folder / "bad.py").write_text("revision = 'bad'\ndown_revision = None", "utf-8")
    assert "bad.py has no function upgrade()" == fault(database, folder)


def test_a_file_that_is_missing_or_there_twice_is_named(database: Database, folder: Path) -> None:
    write(folder, "two", "one")
    missing = "two comes behind one, of which migrations/ has no file: bring it back"
    assert missing == fault(database, folder)
    write(folder, "one")
    copy = write(folder, "one", file="copy.py")
    assert fault(database, folder).startswith("more than one file of migrations/ has the revision ")
    copy.unlink()
    assert ["one", "two"] == upgraded(database, folder)


@pytest.mark.parametrize(
    "revision",
    [
        *("base", "head", "heads", "a-b", "-1", "a+b", "a@b", "a:b", "", "a'b", "a\nb", "a\0b"),
        *(5, None, ("a", "b"), ["a"], b"a"),
    ],
)
def test_a_revision_that_means_something_else_is_refused(folder: Path, revision: object) -> None:
    write(folder, "first")
    path = write(folder, "bad", "first", file="0002_bad.py")
    path.write_text(path.read_text("utf-8").replace("'bad'\ndown", f"{revision!r}\ndown"), "utf-8")

    with pytest.raises(MigrationError) as caught:
        History(folder)

    assert str(caught.value) == (
        f"0002_bad.py has the revision {revision!r}, which Alembic takes for no name: give it "
        "another one, of letters and digits"
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("down_revision = ''", "bad.py has the down_revision '', which names no migration"),
        ("down_revision = 5", "bad.py has the down_revision 5, which names no migration"),
        ("down_revision = 'bad'", "bad.py comes behind itself: its down_revision is its own"),
        ("tables = 'notes'", "bad.py: tables is to be a list of names"),
        ("tables = 5", "bad.py: tables is to be a list of names"),
        ("tables_left = [5]", "bad.py: tables_left is to be a list of names"),
        ("depends_on = 'zero'", "a migration names zero, of which migrations/ has no file"),
        (
            "branch_labels = 'first'",
            "Branch name 'first' in revision bad already used by revision first",
        ),
    ],
)
def test_what_a_file_says_wrongly_of_itself_is_told(folder: Path, line: str, said: str) -> None:
    write(folder, "first")
    path = write(folder, "bad", "first")
    path.write_text(f"{path.read_text('utf-8')}\n{line}\n", "utf-8")

    with pytest.raises(MigrationError) as caught:
        History(folder)

    assert str(caught.value).startswith(said)


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(MigrationError) as caught:
        History(tmp_path / ("a" * 300))

    assert f"{tmp_path / ('a' * 300)} cannot be read: File name too long" == str(caught.value)


def test_migrations_in_a_circle_are_named(folder: Path) -> None:
    write(folder, "one", "two")
    write(folder, "two", "one")

    with pytest.raises(MigrationError, match=r"^one and two come behind each other: "):
        History(folder)


def test_a_revision_that_is_too_long_is_told(database: Database, folder: Path) -> None:
    write(folder, "a" * 33, file="0001_long.py")

    said = f"the revision {'a' * 33} has more characters than alembic_version holds: shorten it"
    assert said == fault(database, folder)


CONCURRENTLY = """\
op.execute("CREATE TABLE before (a int)")
    with op.get_context().autocommit_block():
        op.create_index("before_a", "before", ["a"], postgresql_concurrently=True)
    op.execute({after!r})"""


def test_what_needs_no_transaction_has_none(database: Database, folder: Path) -> None:
    write(folder, "one", up=CONCURRENTLY.format(after="CREATE TABLE after (a int)"))
    write(folder, "two", "one", "op.execute('CREATE TABLE later (a int)')")

    assert ["one", "two"] == upgraded(database, folder)
    assert [] == upgraded(database, folder)
    indexes = "SELECT indexname FROM pg_indexes WHERE tablename = 'before'"
    assert [("before_a",)] == database.run(indexes)
    with fresh_database(database.postgres) as other, other.engine.begin() as connection:
        hold_lock(connection)  # nobody has it any more


def test_what_fails_behind_it_says_what_remains(database: Database, folder: Path) -> None:
    write(folder, "zero")
    write(folder, "one", "zero", CONCURRENTLY.format(after="SELECT no_such()"))

    said = fault(database, folder)

    assert said.startswith("one.py fails in line 10: function no_such() does not exist")
    assert said.endswith("\nwhat came before its autocommit_block() remains")
    assert [(0,)] == database.run("SELECT count(*) FROM before")
    assert [("zero",)] == database.run("SELECT version_num FROM alembic_version")


def test_nobody_migrates_while_a_block_runs(database: Database, folder: Path) -> None:
    slow = "with op.get_context().autocommit_block():\n        op.execute('SELECT pg_sleep(0.5)')"
    write(folder, "one", up=f"{slow}\n    {CONCURRENTLY.format(after='SELECT 1')}")
    with ThreadPoolExecutor() as threads:  # an index would wait for the snapshots of who waits
        done = [threads.submit(upgraded, database, folder) for _ in range(3)]

    assert [[], [], ["one"]] == sorted(each.result() for each in done)


def drafted(database: Database, folder: Path, table: type[ds.Table]) -> Draft:
    with database.engine.begin() as connection:
        draft = draft_migration(connection, ds.Schema(table), History(folder))
    assert draft is not None
    draft.write()
    return draft


@pytest.mark.parametrize(
    ("name", "title"),
    [("n\udcc3\udcb6te", "nöte"), ("n\udcf6te", "n\ufffdte"), ("n\ud800te", "n?te")],
)
def test_a_name_that_is_not_utf8_makes_a_file(
    database: Database, folder: Path, name: str, title: str
) -> None:
    with database.engine.begin() as connection:
        note = ds.Schema(define("notes", {"a": str}))
        draft = draft_migration(connection, note, History(folder), name=name)
    assert draft is not None
    draft.write()

    assert [title] == [each.title for each in History(folder).revisions]


def test_an_index_may_be_made_before_without_a_lock(database: Database, folder: Path) -> None:
    drafted(database, folder, define("notes", {"a": str}))
    upgraded(database, folder)
    indexed = define("notes", {"a": (str, {"index": True})})
    draft = drafted(database, folder, indexed)
    given = "['a'], unique=False"
    draft.file.write_text(draft.text.replace(given, f"{given}, if_not_exists=True"), "utf-8")
    with database.engine.connect() as connection:
        by_itself = connection.execution_options(isolation_level="AUTOCOMMIT")
        by_itself.exec_driver_sql("CREATE INDEX CONCURRENTLY notes_a_idx ON notes (a)")

    assert 1 == len(upgraded(database, folder))
    with database.engine.begin() as connection:
        assert None is draft_migration(connection, ds.Schema(indexed), History(folder))
    with fresh_database(database.postgres) as other:
        assert 2 == len(upgraded(other, folder))
        assert database.catalog() == other.catalog()


def test_a_database_that_is_not_ours_is_told(database: Database, folder: Path) -> None:
    write(folder, "one")
    database.run("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
    database.run("INSERT INTO alembic_version VALUES ('theirs')")
    message = "the database has the migration theirs, of which migrations/ has no file: "
    assert fault(database, folder).startswith(message)
    database.run("INSERT INTO alembic_version VALUES ('too')")
    assert fault(database, folder).startswith("the database has the migrations theirs and too, ")


def test_what_stands_in_another_schema_of_the_search_path_is_not_ours(
    database: Database, folder: Path, postgres_connection: Postgres
) -> None:
    other = f"{database.space}_other"
    note, victim = define("notes"), "CREATE TABLE victim (id int)"
    try:
        postgres_connection.execute(
            f"CREATE SCHEMA {other};"
            f"CREATE TABLE {other}.alembic_version (version_num varchar(32) PRIMARY KEY);"
            f"INSERT INTO {other}.alembic_version VALUES ('theirs');"
            f"CREATE TABLE {other}.dualschema_tables (name text PRIMARY KEY);"
            f"INSERT INTO {other}.dualschema_tables VALUES ('victim')"
        )
        database.run(victim)
        with database.engine.begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL search_path = {database.space}, {other}")
            assert frozenset() == made_tables(connection)
            draft = draft_migration(connection, ds.Schema(note), History(folder))
            assert draft is not None
            draft.write()
            assert 1 == len(History(folder).upgrade(connection))
            assert {"notes"} == made_tables(connection)
            assert History(folder).revisions[0].id == History(folder).current(connection)
        found = postgres_connection.execute(f"SELECT * FROM {other}.alembic_version").fetchall()
        assert [("theirs",)] == found
    finally:
        postgres_connection.execute(f"DROP SCHEMA {other} CASCADE")


def test_a_migration_is_found_by_its_number_and_no_file_is_written_over(
    database: Database, folder: Path
) -> None:
    write(folder, "0002abc", file="0001_first.py")
    write(folder, "second", "0002abc", file="0002_second.py")
    history = History(folder)
    assert "0002abc" == history.find("0002abc").id
    assert "0002abc" == history.find("0002a").id
    assert "second" == history.find("sec").id
    with pytest.raises(MigrationError, match="more than one migration is '0002'"):
        history.find("0002")

    (folder / "0001_first.py").unlink()
    write(folder, "second", file="0002_second.py")
    upgraded(database, folder)
    with database.engine.begin() as connection:
        draft = draft_migration(connection, ds.Schema(define("n")), History(folder), name="second")
        assert draft is not None
    assert "0003_second.py" == draft.file.name
    draft.write()
    with pytest.raises(MigrationError, match=r"0003_second\.py cannot be written: File exists"):
        draft.write()


def _migrate_slowly(url: str, folder: Path) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        History(folder).upgrade(connection)


def test_what_is_undone_is_what_was_asked_for(database: Database, folder: Path) -> None:
    write(folder, "one")
    upgraded(database, folder)
    asked = History(folder).revisions[0]
    write(folder, "two", "one")
    upgraded(database, folder)

    with database.engine.begin() as connection:
        with pytest.raises(MigrationError, match=r"one\.py is the last one no more"):
            History(folder).downgrade(connection, last=asked)
        undone = History(folder).downgrade(connection, last=History(folder).revisions[1])
    assert ["two"] == [each.id for each in undone]


def test_branches_are_no_single_line(database: Database, folder: Path) -> None:
    write(folder, "one")
    write(folder, "two", "one")
    third = write(folder, "three", "one")
    last = (
        "three.py and two.py are both last: let one come behind the other, "
        "by down_revision = 'three' in two.py"
    )
    assert last == fault(database, folder)
    joined = write(folder, "joined", "?")
    joined.write_text(joined.read_text("utf-8").replace("'?'", "('two', 'three')"), "utf-8")
    assert fault(database, folder).startswith("joined.py joins branches, ")

    third.write_text(third.read_text("utf-8").replace("'one'", "'two'"), "utf-8")
    write(folder, "joined", "three")
    assert ["one", "two", "three", "joined"] == upgraded(database, folder)


@pytest.mark.slow
def test_a_killed_migration_leaves_nothing_and_frees_the_lock(
    folder: Path, postgres_url: str
) -> None:
    slow = "op.execute('CREATE TABLE half (id int)'); op.execute('SELECT pg_sleep(60)')"
    write(folder, "one", up=slow)
    url = postgres_url.replace("postgresql://", "postgresql+psycopg://")
    engine = sa.create_engine(url)
    process = multiprocessing.get_context("spawn").Process(
        target=_migrate_slowly, args=(url, folder)
    )
    process.start()
    with psycopg.connect(postgres_url, autocommit=True) as watching:
        sleeping = "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
        sleeping += " AND datname = current_database()"
        until = time.monotonic() + 60
        while watching.execute(sleeping).fetchone() is None:
            assert time.monotonic() < until
            time.sleep(0.05)
    process.kill()
    process.join()
    write(folder, "one", up="op.execute('CREATE TABLE whole (id int)')")

    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '20s'")
        assert ["one"] == [each.id for each in History(folder).upgrade(connection)]
        names = sa.inspect(connection).get_table_names()
    assert {"whole", "alembic_version", "dualschema_migrations"} == set(names)
    engine.dispose()
