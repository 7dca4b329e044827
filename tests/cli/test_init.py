"""``dualschema init``: what it writes works at once, and nothing that is there is lost."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

import pytest

import dualschema as ds
from dualschema.cli import main
from dualschema.cli.init import _ENVIRONMENT, _SCHEMA
from tests.cli.commands import Done, run
from tests.fixtures.projects import Project

NEXT = "Next: `dualschema codegen` writes the clients' code from schema.py.\n"

SECTION = """\
[tool.dualschema]
schema = "schema.py:schema"
released = "schema.released.json"

[tool.dualschema.targets]
typescript = "client/schema.ts"
sync-streams = "powersync/sync-config.yaml"
"""


@pytest.fixture
def empty(tmp_path: Path) -> Project:
    """Give a project with nothing in it."""
    root = (tmp_path / "empty").resolve()
    root.mkdir()
    return Project(root, tmp_path / "packages")


def test_in_an_empty_folder_the_result_works_at_once(empty: Project) -> None:
    said = "wrote pyproject.toml\nwrote schema.py\nwrote .env.example\n"
    assert Done(0, said + NEXT, "") == run(empty, "init")
    assert {".env.example", "pyproject.toml", "schema.py"} == set(empty.contents())
    assert SECTION.encode() == empty.contents()["pyproject.toml"]

    said = (
        "wrote client/schema.ts (typescript)\n"
        "wrote powersync/sync-config.yaml (sync-streams)\n"
        "2 files written, 0 already up to date\n"
    )
    assert Done(0, said, "") == run(empty, "codegen")
    assert Done(0, "2 files up to date\n", "") == run(empty, "codegen", "--check")
    assert b"auth.user_id()" in empty.contents()["powersync/sync-config.yaml"]


def test_what_was_made_may_be_released_at_once(empty: Project) -> None:
    for command in (["init"], ["codegen"], ["check", "--release"]):
        assert 0 == run(empty, *command).code

    said = "compatibility: ok: clients of the last release go on working\n"
    done = run(empty, "check")
    assert (0, "") == (done.code, done.err)
    assert done.out.endswith(said)


@pytest.mark.slow
def test_push_and_generate_work_at_once(empty: Project, postgres_url: str) -> None:
    assert 0 == run(empty, "init").code

    said = "create table todos\nadd index todos_user_id_idx to todos\n"
    done = run(empty, "push", "--dry-run", DATABASE_URL=postgres_url)
    assert Done(0, said, "") == done
    done = run(empty, "generate", "--database", postgres_url)
    assert Done(0, f"{said}wrote migrations/0001_create_table_todos_and_more.py\n", "") == done


@pytest.mark.parametrize("schema", ["schema.py:schema", "schema:schema"])
def test_a_section_that_names_the_schema_stays(empty: Project, schema: str) -> None:
    section = f'[tool.dualschema]\nschema = "{schema}"\n'
    empty.write("pyproject.toml", section)

    assert run(empty, "init").out.startswith("pyproject.toml stays as it is\nwrote schema.py\n")
    assert section.encode() == empty.contents()["pyproject.toml"]
    assert 0 == run(empty, "check").code


def test_a_folder_of_any_name_will_do(empty: Project) -> None:
    folder = empty.root / "0 my-app, é"
    folder.mkdir()

    for command in ("init", "codegen", "check"):
        assert 0 == run(empty, command, cwd=folder).code


@pytest.mark.parametrize("name", ["pyproject.toml", ".env.example"])
def test_a_file_that_may_not_be_written_stays(empty: Project, name: str) -> None:
    file = empty.write(name, "# mine\n")
    file.chmod(0o444)
    before = empty.contents()

    done = run(empty, "init")

    assert Done(2, "", f"error: {name} is read-only, and something is to be added to it\n") == done
    assert before == empty.contents()


def test_a_second_time_nothing_changes(empty: Project) -> None:
    run(empty, "init")
    run(empty, "codegen")
    before = empty.contents()

    stays = "{} stays as it is\n"
    said = "".join(map(stays.format, ("pyproject.toml", "schema.py", ".env.example")))
    assert Done(0, said + NEXT, "") == run(empty, "init")
    assert before == empty.contents()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("is_ended", [True, False])
def test_what_stands_in_files_is_added_to(empty: Project, end: str, is_ended: bool) -> None:
    project = '\ufeff[project]\nname = "müsli"  # mine\n\n[tool.ruff]\nline-length = 80'
    files = {"pyproject.toml": project, ".env.example": "# Ours\nSECRET="}
    for name, text in files.items():
        files[name] = (text + "\n" * is_ended).replace("\n", end)
        empty.write(name, files[name])

    added = "added to pyproject.toml\nwrote schema.py\nadded to .env.example\n"
    assert Done(0, added + NEXT, "") == run(empty, "init")
    contents = empty.contents()
    gap = "\n" if is_ended else "\n\n"
    for name, text in (("pyproject.toml", SECTION), (".env.example", _ENVIRONMENT)):
        below = (gap + text).replace("\n", end)
        assert (files[name] + below).encode() == contents[name]
    document = tomllib.loads(contents["pyproject.toml"].decode("utf-8-sig"))
    assert {"ruff", "dualschema"} == set(document["tool"])
    assert 0 == run(empty, "codegen").code


def test_variables_that_name_a_database_stay(empty: Project) -> None:
    empty.write(".env.example", "SECRET=\r\nexport DATABASE_URL=postgresql://mine\r\n")

    assert ".env.example stays as it is\n" in run(empty, "init").out
    mine = b"SECRET=\r\nexport DATABASE_URL=postgresql://mine\r\n"
    assert mine == empty.contents()[".env.example"]


def test_another_schema_is_not_replaced_unless_forced(empty: Project) -> None:
    empty.write("schema.py", "mine\n")
    before = empty.contents()

    said = (
        "error: schema.py is there already: name another with --out, or say --force to replace it\n"
    )
    assert Done(2, "", said) == run(empty, "init")
    assert before == empty.contents()
    done = run(empty, "init", "--force")
    assert (0, "") == (done.code, done.err)
    assert "replaced schema.py\n" in done.out
    assert _SCHEMA.encode() == empty.contents()["schema.py"]


def test_the_schema_stands_where_it_is_wanted(empty: Project) -> None:
    done = run(empty, "init", "--out", "app/tables.py")

    assert (0, "") == (done.code, done.err)
    assert "wrote app/tables.py\n" in done.out
    assert b'schema = "app/tables.py:schema"\n' in empty.contents()["pyproject.toml"]
    assert 0 == run(empty, "codegen").code


def test_programs_read_json(empty: Project) -> None:
    empty.write("pyproject.toml", "")

    done = run(empty, "init", "--json")
    states = {"pyproject.toml": "changed", "schema.py": "new", ".env.example": "new"}
    files = [{"path": path, "state": state} for path, state in states.items()]
    assert (0, "", {"files": files}) == (done.code, done.err, json.loads(done.out))
    done = run(empty, "init", "--json", "--out", "schema")
    assert (2, ["error"]) == (done.code, list(json.loads(done.out)))


OUT = "name a file that can be imported, and no module of Python's: app/schema.py"


@pytest.mark.parametrize(
    ("files", "arguments", "expected"),
    [
        (
            {"pyproject.toml": '[tool.dualschema]\nschema = "app.tables:schema"\n'},
            ["--force"],
            "pyproject.toml has a [tool.dualschema] already, and its schema is not schema.py",
        ),
        (
            {"pyproject.toml": '[tool.dualschema.targets]\nkysely = "tables.ts"\n'},
            [],
            'which names no schema: put schema = "schema.py:schema" there',
        ),
        ({"pyproject.toml": "[tool"}, [], "pyproject.toml is no TOML: "),
        (
            {"pyproject.toml": "tool = {ruff = {}}\n"},
            [],
            "no [tool.dualschema] can be added to pyproject.toml, where `tool` is a value",
        ),
        ({"pyproject.toml/a": ""}, [], "pyproject.toml cannot be read: "),
        (
            {"client/schema.ts": "mine"},
            [],
            "client/schema.ts is there already, and `dualschema codegen` would replace it",
        ),
        ({"app": "a file"}, ["--out", "app/schema.py"], " cannot be written: "),
        ({"schema/__init__.py": ""}, [], "schema.py: the package schema/ is imported in its place"),
        ({}, ["--out", "schema.txt"], f"--out schema.txt: {OUT}"),
        ({}, ["--out", "my-schema.py"], f"--out my-schema.py: {OUT}"),
        ({}, ["--out", "types.py"], f"--out types.py: {OUT}"),
        ({}, ["--out", "../a.py"], "--out ../a.py: the schema's file is to be in this folder"),
    ],
)
def test_mistakes_are_told_and_change_nothing(
    empty: Project, files: dict[str, str], arguments: list[str], expected: str
) -> None:
    for path, text in files.items():
        empty.write(path, text)
    before = empty.contents()

    done = run(empty, "init", *arguments)
    assert (2, "", 1) == (done.code, done.out, done.err.count("\n"))
    assert expected in done.err
    assert before == empty.contents()
    debugged = run(empty, "init", "--debug", *arguments).err
    assert "Traceback (most recent call last):" in debugged


def test_the_variables_are_those_of_the_settings(
    empty: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    file = empty.write(".env", _ENVIRONMENT)

    settings = ds.Settings(_env_file=file)
    assert "development" == settings.environment
    assert settings.database_url.get_secret_value() in _ENVIRONMENT


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a folder that is worked in")
def test_a_working_directory_that_is_gone_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()

    assert 2 == main(["init"])
    said = "error: the working directory is gone: change to one that is there\n"
    assert ("", said) == capsys.readouterr()
